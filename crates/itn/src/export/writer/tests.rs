//! Rows as they stand in the file.

use std::fs;

use super::*;

/// What a file of these items holds, to the byte.
fn written(what: What, format: Format, guards: bool, items: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let output = Output::open(Some(&path)).unwrap();
    let mut writer = Writer::new(output, what, format, guards);
    for item in items {
        writer.write(serde_json::from_str(item).unwrap()).unwrap();
    }
    let (items_count, _) = writer.finish().unwrap();
    assert_eq!(items_count, items.len() as u64);
    fs::read_to_string(path).unwrap()
}

const EVENT: &str = r#"{"sequence":"7","id":"7-a","type":"t.x","subject":"-1\r\n\"=,","data":{"b":1,
 "a":[-5]},"time":null}"#;
const HEADER: &str =
    "sequence,id,type,subject,time,recordedat,source,specversion,datacontenttype,data\r\n";

#[test]
fn cells_are_quoted_where_they_must_and_only_text_is_guarded() {
    let row = |subject: &str| {
        format!(
            "{HEADER}7,7-a,t.x,\"{subject}\r\n\"\"=,\",,,,,,\"{{\"\"a\"\":[-5],\"\"b\"\":1}}\"\r\n"
        )
    };
    assert_eq!(written(What::Events, Format::Csv, false, &[EVENT]), row("-1"));
    assert_eq!(written(What::Events, Format::Csv, true, &[EVENT]), row("'-1"));
    let level = r#"{"station":"=a","onHand":-3}"#;
    let guarded = written(What::Levels, Format::Csv, true, &[level]);
    assert!(guarded.ends_with("\r\n'=a,,,-3,,,,,,,\r\n"), "{guarded}");
}

#[test]
fn a_table_of_nothing_has_its_header() {
    assert_eq!(written(What::Events, Format::Csv, false, &[]), HEADER);
    assert_eq!(written(What::Events, Format::Ndjson, false, &[]), "");
}

#[test]
fn a_line_is_an_item_as_it_was_sent() {
    let compact = r#"{"b":1,"a":9007199254740991,"c":"\n"}"#;
    let lines = written(What::Trades, Format::Ndjson, false, &[compact, EVENT]);
    assert_eq!(lines, format!("{compact}\n{}\n", EVENT.replace('\n', " ")));
}

#[test]
fn a_row_for_each_line_and_one_without_any() {
    let two = r#"{"transactionId":"t-1","lines":[{"commodity":"a","total":1},{"commodity":"b"}]}"#;
    let none = r#"{"transactionId":"t-2","lines":[]}"#;
    let table = written(What::Trades, Format::Csv, false, &[two, none]);
    let rows: Vec<_> = table.split("\r\n").map(|row| row.trim_end_matches(',')).collect();
    assert_eq!(rows[1..], ["t-1,,,,,1,a,,,1", "t-1,,,,,2,b", "t-2", ""]);
}
