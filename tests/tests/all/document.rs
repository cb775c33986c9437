//! The `OpenAPI` document, by programs that others wrote: a linter, one that tests the server by what the
//! document says, and one that runs the collection made of it.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use itn_tests::process::{self, Ended, Process};
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Folder, Server};

/// How long each may take; schemathesis is told to end well before.
const LIMIT: Duration = Duration::from_mins(4);

/// A program that `scripts/test` installs, if it is there.
fn installed(test: &str, path: &str) -> Option<PathBuf> {
    let program = process::repository().join("target/document").join(path);
    if !program.exists() {
        skip(test, &format!("{path} is not installed"));
        return None;
    }
    Some(program)
}

fn run(command: &mut Command) -> Ended {
    command.current_dir(process::repository()).env("NO_COLOR", "1");
    Process::spawn(command).wait(LIMIT)
}

fn node(test: &str, path: &str) -> Option<Command> {
    let program = installed(test, &format!("node/node_modules/{path}"))?;
    let mut command = Command::new("node");
    command.arg(program);
    Some(command)
}

#[test]
fn a_linter_finds_nothing_to_say_of_the_document() {
    if !itn_tests::node::is_at_least(20, 19) {
        skip("redocly", "it needs node 20.19, or 22.12");
        return;
    }
    let Some(mut redocly) = node("redocly", "@redocly/cli/bin/cli.js") else { return };
    redocly.args(["lint", "crates/gateway/openapi.json", "--config", "redocly.yaml"]);
    let ended = run(redocly.env("REDOCLY_TELEMETRY", "off"));
    assert_eq!(ended.code(), 0, "{}", ended.said());
}

/// All checks in all phases: what is sent is made of the document, and every answer is held against it.
#[test]
fn the_server_does_what_the_document_says() {
    let Some(program) = installed("schemathesis", "venv/bin/schemathesis") else { return };
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let tests = process::repository().join("tests/document");
    let mut schemathesis = Command::new(program);
    schemathesis
        .arg("--config-file")
        .arg(tests.join("schemathesis.toml"))
        .args(["run", &format!("{}/openapi.json", server.url())])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", &tests)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("ITN_KEY", ADMIN_KEY);
    schemathesis.current_dir(folder.path()).env("NO_COLOR", "1");
    let ended = Process::spawn(&mut schemathesis).wait(LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
}

#[test]
fn the_collection_is_made_of_the_document_and_runs() {
    let Some(mut newman) = node("newman", "newman/bin/newman.js") else { return };
    let mut made = Command::new("node");
    let ended = run(made.args(["scripts/postman", "--check"]));
    assert_eq!(ended.code(), 0, "{}", ended.said());
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    newman.args(["run", "docs/postman/itn.postman_collection.json", "--bail", "--color", "off"]);
    newman.args(["--env-var", &format!("baseUrl={}", server.url())]);
    newman.args(["--env-var", &format!("key={ADMIN_KEY}")]);
    let ended = run(&mut newman);
    assert_eq!(ended.code(), 0, "{}", ended.said());
}
