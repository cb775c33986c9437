//! How a line of the log looks: for people, or for programs. Either names the request it belongs to.

use std::fmt::{self, Debug, Write};

use clap::ValueEnum;
use gateway::with_request_id;
use serde::Serialize;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Readable,
    /// For programs: a JSON object a line
    Json,
}

/// What is said where lines are missing.
const LOST: &str = "lines of the log were lost: whoever reads it is too slow";

impl LogFormat {
    /// The line that says how many are missing.
    pub(super) fn lost(self, count: u64) -> String {
        match self {
            Self::Readable => format!("{}  WARN {LOST} lost={count}\n", now()),
            Self::Json => {
                let mut line = begin(Level::WARN, "itn");
                member(&mut line, "message", &LOST);
                member(&mut line, "lost", &count);
                line.push_str("}\n");
                line
            }
        }
    }
}

fn now() -> String {
    let mut text = String::new();
    // Writing to memory does not fail.
    let _ = SystemTime.format_time(&mut Writer::new(&mut text));
    text
}

/// `TIME LEVEL message key=value request=ID`.
pub(super) struct Readable;

impl<S, N> FormatEvent<S, N> for Readable
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let level = *event.metadata().level();
        if writer.has_ansi_escapes() {
            let colour = match level {
                Level::ERROR => 31,
                Level::WARN => 33,
                Level::INFO => 32,
                Level::DEBUG => 34,
                Level::TRACE => 35,
            };
            write!(writer, "\x1b[2m{}\x1b[0m \x1b[{colour}m{level:>5}\x1b[0m ", now())?;
        } else {
            write!(writer, "{} {level:>5} ", now())?;
        }
        ctx.format_fields(writer.by_ref(), event)?;
        with_request_id(|id| id.map_or(Ok(()), |id| write!(writer, " request={id}")))?;
        writeln!(writer)
    }
}

/// `{"timestamp":…,"level":…,"target":…,"message":…,"requestId":…,"key":value}`.
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _ctx: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let about = event.metadata();
        let mut members = Members(begin(*about.level(), about.target()));
        event.record(&mut members);
        let Members(mut line) = members;
        with_request_id(|id| id.into_iter().for_each(|id| member(&mut line, "requestId", &id)));
        writeln!(writer, "{line}}}")
    }
}

fn begin(level: Level, target: &str) -> String {
    let mut line = format!("{{\"timestamp\":\"{}\",\"level\":\"{level}\"", now());
    member(&mut line, "target", &target);
    line
}

fn member<T: Serialize + ?Sized>(line: &mut String, name: &str, value: &T) {
    // Names are of our own code and need no escaping; of these values none fails.
    let value = serde_json::to_string(value).unwrap_or_default();
    let _ = write!(line, ",\"{name}\":{value}");
}

/// The fields of an event, as members of an object.
struct Members(String);

impl Visit for Members {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        member(&mut self.0, field.name(), &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        member(&mut self.0, field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        member(&mut self.0, field.name(), &value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        member(&mut self.0, field.name(), &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        member(&mut self.0, field.name(), &value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        member(&mut self.0, field.name(), &value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        member(&mut self.0, field.name(), &value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_said_in_the_form_of_the_log() {
        let line = LogFormat::Json.lost(7);
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&said["lost"], &said["level"]), (&7.into(), &"WARN".into()), "{line}");
        assert!(LogFormat::Readable.lost(7).ends_with("too slow lost=7\n"));
    }
}
