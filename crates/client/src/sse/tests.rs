//! The parser by the rules of the standard, its bytes cut at every place.

use super::*;

/// `(event, data, last event id)` of each message, which must not depend on how the bytes come.
fn check(stream: &[u8], expected: &[(&str, &str, &str)]) -> Parser {
    for step in (1..=stream.len()).rev() {
        let mut parser = Parser::default();
        let mut found = Vec::new();
        for piece in stream.chunks(step) {
            // Nothing in nothing.
            parser.feed(b"", |message| panic!("{message:?}"));
            parser.feed(piece, |message| found.push(message));
        }
        let found: Vec<_> = found
            .iter()
            .map(|Message { event, data, last_event_id }| (&**event, &**data, &**last_event_id))
            .collect();
        assert_eq!(found, expected, "in pieces of {step}: {:?}", String::from_utf8_lossy(stream));
        if step == 1 {
            return parser;
        }
    }
    Parser::default()
}

#[test]
fn lines_end_in_any_of_three_ways() {
    let expected = [("", "one\ntwo", "7-a"), ("progress", "{}", "8-a")];
    let stream = "id: 7-a\ndata: one\ndata: two\n\nevent: progress\nid: 8-a\ndata: {}\n\n";
    for end in ["\n", "\r", "\r\n"] {
        check(stream.replace('\n', end).as_bytes(), &expected);
    }
    check(
        b"id: 7-a\rdata: one\r\ndata: two\n\r\nevent: progress\nid: 8-a\rdata: {}\n\r",
        &expected,
    );
}

#[test]
fn the_examples_of_the_standard() {
    check(b"data: YHOO\ndata: +2\ndata: 10\n\n", &[("", "YHOO\n+2\n10", "")]);
    check(
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        &[("", "first event", "1"), ("", "second event", ""), ("", " third event", "")],
    );
    // The last block has no blank line behind it, so it is none.
    check(b"data\n\ndata\ndata\n\ndata:", &[("", "", ""), ("", "\n", "")]);
    check(b"data:test\n\ndata: test\n\n", &[("", "test", ""), ("", "test", "")]);
}

#[test]
fn comments_unknown_fields_and_blocks_without_data_say_nothing() {
    check(
        b": heartbeat\n\nretry: 1000\n\nnonsense: 1\nno colon\n\n\n\nevent: x\n\ndata: a\n\n",
        &[("", "a", "")],
    );
}

#[test]
fn a_position_stays_until_the_next_and_comes_without_data_too() {
    check(
        b"id: 1\ndata: a\n\ndata: b\n\nid: 5\n\ndata: c\n\nid: 6\0\ndata: d\n\nid:\ndata: e\n\n",
        &[("", "a", "1"), ("", "b", "1"), ("", "c", "5"), ("", "d", "5"), ("", "e", "")],
    );
}

#[test]
fn a_byte_order_mark_is_passed_over_once_and_letters_may_be_cut() {
    check(
        "\u{feff}data: \u{141}\u{f3}d\u{17a} \u{1f680}\n\n".as_bytes(),
        &[("", "\u{141}\u{f3}d\u{17a} \u{1f680}", "")],
    );
    // A second one is a part of the field's name.
    check("\u{feff}\u{feff}data: a\n\n\u{feff}data: b\n\ndata: c\n\n".as_bytes(), &[("", "c", "")]);
    check(b"data: \xff\n\n", &[("", "\u{fffd}", "")]);
}

#[test]
fn a_wait_is_only_digits() {
    let parser =
        check(b"retry: 1500\nretry: 1x\nretry: -1\nretry:\n\ndata: a\n\n", &[("", "a", "")]);
    assert_eq!(parser.retry, Some(Duration::from_millis(1500)));
}
