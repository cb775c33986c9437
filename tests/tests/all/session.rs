//! The curl session of the README, as anyone would paste it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use itn_tests::process::{self, Process};
use itn_tests::readme;
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Folder, Server};

/// The endpoints that give the product its name, as the session must spell them.
const ENDPOINTS: [&str; 6] = [
    "/api/trades",
    "/api/trades/$",
    "/api/cargo",
    "/api/cargo/$",
    "/api/inventory/",
    "/api/updates/real-time",
];

#[test]
fn the_readme_session_works_as_pasted() {
    let path = process::repository().join("README.md");
    let markdown = fs::read_to_string(path).unwrap_or_default();
    let Some(script) = readme::session(&markdown, "session") else {
        skip("session", "README.md has no block marked <!-- test: session -->");
        return;
    };
    for endpoint in ENDPOINTS {
        assert!(script.contains(endpoint), "{endpoint} is not in the session:\n{script}");
    }
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let script = readme::set(&script, "URL", &server.url());
    let script = readme::set(&script, "KEY", ADMIN_KEY);
    let mut bash = Command::new("bash");
    bash.args(["-u", "-c", &script]).current_dir(folder.path());
    let ended = Process::spawn(&mut bash).wait(Duration::from_mins(1));
    let said = ended.said();
    for word in ["transactionId", "shipmentId", "levels", "settled", "booked", "data:", "id:"] {
        assert!(said.contains(word), "{word} is not in what the session shows:\n{said}");
    }
    for wrong in ["/problems/", "command not found", "unbound variable", "curl: (7)"] {
        assert!(!said.contains(wrong), "{wrong} is in what the session shows:\n{said}");
    }
}
