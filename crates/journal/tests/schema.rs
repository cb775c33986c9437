//! The wire types are what the schema says: `src/encoding/wire.rs` is generated from
//! `schema/events.proto`, and committed so that a build needs no generator.

use std::path::Path;

/// Set to write the file anew after a change of the schema.
const BLESS: &str = "ITN_BLESS";

#[test]
fn the_wire_types_are_generated_from_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile([root.join("schema/events.proto")], [root.join("schema")])
        .expect("compiling schema/events.proto");
    let out = tempfile::tempdir().expect("making a temporary folder");
    prost_build::Config::new()
        // What few events have is boxed, so that the message of a plain trade stays small.
        .boxed(".itn.v1.TradeSettled.terms")
        .boxed(".itn.v1.TradeHeld.terms")
        .boxed(".itn.v1.HoldSettled.rest")
        .boxed(".itn.v1.ShipmentChanged.charges_end.charges_paid")
        .boxed(".itn.v1.ShipmentChanged.charges_end.charges_released")
        .out_dir(out.path())
        .compile_fds(descriptors)
        .expect("generating the wire types");
    let generated = std::fs::read_to_string(out.path().join("itn.v1.rs")).expect("reading them");

    let committed_at = root.join("src/encoding/wire.rs");
    if std::env::var_os(BLESS).is_some() {
        std::fs::write(&committed_at, &generated).expect("writing the wire types");
    }
    let committed = std::fs::read_to_string(&committed_at).unwrap_or_default();
    assert!(
        committed == generated,
        "src/encoding/wire.rs is not what schema/events.proto makes: \
         run `{BLESS}=1 cargo test -p journal --test schema`"
    );
}

/// Each event of the schema, by name and number, and no other.
#[test]
fn the_storage_page_lists_the_events_of_the_schema() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("reading a document");
    let (schema, page) = (read("schema/events.proto"), read("../../docs/storage.md"));
    let (_, events) = schema.split_once("oneof event {").expect("a oneof of events");
    let (events, _) = events.split_once('}').expect("its end");
    let fields = events.lines().filter_map(|line| line.trim().strip_suffix(';'));
    let mut expected: Vec<_> = fields
        .map(|field| {
            let (name, number) = field.split_once(" = ").expect("a name and a number");
            format!("`{}` ({number})", name.split_once(' ').expect("a type and a name").1)
        })
        .collect();
    let (_, table) = page.split_once("| Event (`oneof` number)").expect("the table of events");
    let (table, _) = table.split_once("\n\n").expect("its end");
    let mut found: Vec<_> = table
        .lines()
        .filter_map(|row| row.strip_prefix("| `"))
        .filter_map(|row| row.split(" |").next())
        .flat_map(|events| events.split(", `"))
        .map(|event| format!("`{}", event.trim_start_matches('`')))
        .collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}
