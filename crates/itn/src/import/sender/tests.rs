//! Which lines go out together, and which wait or stay.

use serde_json::json;

use super::super::planned::{Need, Origin};
use super::super::report::Input;
use super::*;

fn sender(waiting: Vec<PlannedLine>) -> Sender {
    let server = ServerOptions { url: "http://127.0.0.1:9".to_owned(), key: None };
    Sender {
        client: server.client().unwrap(),
        progress: Progress::bar(1, "importing"),
        waiting,
        findings: Findings::default(),
        tally: Tally::default(),
        standing: BTreeMap::new(),
    }
}

fn line(facts: &str) -> PlannedLine {
    let origin = Origin { prefix: "test/v1", input: Input::Navigation, line: 1 };
    origin.line("step", facts, Effect::Booking, None, json!({}))
}

fn needing(facts: &str, subject: &str, ends: bool) -> PlannedLine {
    let need = Need { subject: subject.to_owned(), member: Some("shipmentId"), ends };
    line(facts).needing(need)
}

#[test]
fn a_line_waits_for_the_answer_to_the_one_it_needs_and_names_what_came_of_it() {
    let booking = line("booking").giving("trip".to_owned());
    let mut sender = sender(vec![line("a"), booking.clone(), needing("left", "trip", false)]);
    assert_eq!(sender.next_chunk(), [line("a"), booking]);
    sender.standing.insert("trip".to_owned(), Some("c-7".to_owned()));
    let chunk = sender.next_chunk();
    assert_eq!(chunk.len(), 1);
    let sent: serde_json::Value = serde_json::from_str(&chunk[0].json).unwrap();
    assert_eq!(sent["shipmentId"], "c-7");
    assert_eq!(sent["type"], "shipment");
    assert!(sender.waiting.is_empty());
}

#[test]
fn what_needs_a_refused_line_is_not_sent_and_the_rest_goes_on() {
    let mut sender = sender(vec![needing("left", "trip", false), line("b")]);
    assert_eq!(sender.next_chunk(), [line("b")]);
    assert!(sender.tally.to_string().contains("not sent      1"), "{}", sender.tally);
}

#[test]
fn what_has_ended_is_needed_in_vain() {
    let mut sender = sender(vec![needing("once", "offer", true), needing("twice", "offer", true)]);
    sender.standing.insert("offer".to_owned(), Some("o-1".to_owned()));
    let facts: Vec<bool> =
        sender.next_chunk().iter().map(|line| line.json.contains("\"o-1\"")).collect();
    assert_eq!(facts, [true]);
    assert!(sender.waiting.is_empty());
}
