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
