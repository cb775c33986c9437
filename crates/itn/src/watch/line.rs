//! One line a message: its place, its time, its topic, and what it says, aligned and in colour.

use serde_json::Value;

use super::words::{printable, sentence};
use crate::console::grouped;

const DIM: &str = "2";
const RED: &str = "1;31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BLUE: &str = "34";
const MAGENTA: &str = "35";
const CYAN: &str = "36";

/// Writes lines.
#[derive(Debug)]
pub(super) struct Painter {
    in_colour: bool,
}

impl Painter {
    pub(super) fn new(in_colour: bool) -> Self {
        Self { in_colour }
    }

    /// The line of a message. What is not understood is shown as it came.
    pub(super) fn line(&self, kind: &str, data: &str) -> String {
        let Ok(data) = serde_json::from_str::<Value>(data) else {
            return printable(format!("{kind} {data}").trim_start());
        };
        match kind {
            "" => self.event(&data),
            "snapshot" => self.snapshot(&data),
            other => printable(&format!("{other} {data}")),
        }
    }

    fn event(&self, event: &Value) -> String {
        let text = |name: &str| event[name].as_str().unwrap_or_default();
        let topic = text("type").split('.').next().unwrap_or_default();
        let (mark, colour) = mark(topic);
        let urgency = urgency(event);
        let says = printable(&sentence(event));
        self.columns(
            text("sequence"),
            text("time"),
            (mark, topic, urgency.unwrap_or(colour)),
            &urgency.map_or(says.clone(), |colour| self.paint(colour, &says)),
        )
    }

    /// A part of a snapshot in words is how much there is of what, not all of it.
    fn snapshot(&self, part: &Value) -> String {
        let kind = part["kind"].as_str().unwrap_or_default();
        let items = part["items"].as_array().map_or(&[][..], Vec::as_slice);
        let numbers = |summary: &Value| {
            let members = summary.as_object().into_iter().flatten();
            let number = |(name, value): (&String, &Value)| {
                value.as_u64().map(|number| format!("{name} {}", grouped(number)))
            };
            members.filter_map(number).collect::<Vec<_>>().join(", ")
        };
        let says = match (kind, items) {
            ("summary", [summary]) => numbers(summary),
            _ => grouped(items.len() as u64),
        };
        let more = if part["last"] == false { ", and more" } else { "" };
        let as_of = &part["asOf"];
        let sequence = as_of["sequence"].as_u64().map(|sequence| sequence.to_string());
        self.columns(
            &sequence.unwrap_or_default(),
            as_of["time"].as_str().unwrap_or_default(),
            ("=", "snapshot", DIM),
            &printable(&format!("{kind}: {says}{more}")),
        )
    }

    fn columns(
        &self,
        sequence: &str,
        time: &str,
        (mark, topic, colour): (&str, &str, &str),
        says: &str,
    ) -> String {
        let sequence = self.paint(DIM, &format!("{:>7}", printable(sequence)));
        let time = self.paint(DIM, &format!("{:<19}", short_time(&printable(time))));
        let topic = self.paint(colour, &format!("{mark} {:<10}", printable(topic)));
        format!("{sequence}  {time}  {topic}  {says}")
    }

    fn paint(&self, colour: &str, text: &str) -> String {
        if self.in_colour { format!("\u{1b}[{colour}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// A sign for a topic, for who sees no colour, and its colour.
fn mark(topic: &str) -> (&'static str, &'static str) {
    match topic {
        "trade" => ("$", GREEN),
        "offer" => ("%", CYAN),
        "shipment" => (">", BLUE),
        "stock" => ("#", YELLOW),
        "credits" => ("+", MAGENTA),
        "alert" => ("!", YELLOW),
        _ => (".", DIM),
    }
}

/// The colour of what somebody should look at.
fn urgency(event: &Value) -> Option<&'static str> {
    match event["type"].as_str()? {
        "alert.fired" | "alert.changed" => match event["data"]["severity"].as_str()? {
            "critical" => Some(RED),
            "warning" => Some(YELLOW),
            _ => None,
        },
        "shipment.lost" => Some(RED),
        "shipment.delayed" => Some(YELLOW),
        _ => None,
    }
}

/// RFC 3339 to the second, as people write it.
fn short_time(time: &str) -> String {
    time.chars().take(19).map(|letter| if letter == 'T' { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRED: &str = r#"{"sequence":"4711","time":"2200-01-02T03:04:05.678900Z","type":
        "alert.fired","data":{"kind":"shipment_overdue","severity":"critical","cause":{"shipmentId":
        "s-0"}}}"#;

    #[test]
    fn columns_are_aligned_and_colour_is_only_where_it_is_wanted() {
        let plain = Painter::new(false).line("", FIRED);
        assert_eq!(
            plain,
            "   4711  2200-01-02 03:04:05  ! alert       critical: shipment s-0 is overdue"
        );
        let painted = Painter::new(true).line("", FIRED);
        assert!(painted.ends_with("\u{1b}[1;31mcritical: shipment s-0 is overdue\u{1b}[0m"));
        let parts =
            painted.split('\u{1b}').map(|part| part.split_once('m').unwrap_or(("", part)).1);
        assert_eq!(parts.collect::<String>(), plain);
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_came_and_cannot_move_the_cursor() {
        let painter = Painter::new(false);
        assert_eq!(painter.line("news", "{\"a\":1}"), "news {\"a\":1}");
        assert_eq!(painter.line("", "no \u{1b}[2J JSON"), "no \u{fffd}[2J JSON");
        let unheard = r#"{"sequence":"1","type":"ufo.seen\u001b[2J","subject":"x","data":{"b":2}}"#;
        let line = painter.line("", unheard);
        assert!(line.ends_with(r#"ufo seen�[2J x {"b":2}"#), "{line}");
    }

    #[test]
    fn a_snapshot_is_counted() {
        for (part, expected) in [
            (r#""kind":"shipments","items":[{},{}],"last":true"#, "shipments: 2"),
            (r#""kind":"inventory","items":[{}],"last":false"#, "inventory: 1, and more"),
            (
                r#""kind":"summary","items":[{"events":1234,"openAlerts":{},"stations":2}],"last":true"#,
                "summary: events 1,234, stations 2",
            ),
        ] {
            let as_of = r#""asOf":{"sequence":9,"time":"2200-01-01T00:00:00Z"}"#;
            let line = Painter::new(false).line("snapshot", &format!("{{{as_of},{part}}}"));
            assert_eq!(line, format!("      9  2200-01-01 00:00:00  = snapshot    {expected}"));
        }
    }
}
