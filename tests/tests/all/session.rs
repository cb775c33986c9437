//! The curl sessions of the README and the docs, as anyone would paste them.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use itn_tests::process::{self, Process};
use itn_tests::readme;
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Folder, Server, given};

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
    let said = pasted(&script);
    let words = ["transactionId", "shipmentId", "levels", "settled", "booked", "data:", "id:"];
    assert_said(&said, &words);
}

#[test]
fn getting_started_works_as_pasted() {
    if !has_python() {
        skip("session", "there is no python3 on this machine, which docs/getting-started.md uses");
        return;
    }
    let path = process::repository().join("docs/getting-started.md");
    let markdown = fs::read_to_string(path).unwrap();
    let script = readme::session(&markdown, "getting-started").expect("marked blocks");
    let folder = Folder::new();
    assert!(markdown.contains("itn serve --data ./data --webhook-allow 127.0.0.0/8\n"));
    let options = Server::options(&folder.data()).arg("--webhook-allow").arg("127.0.0.0/8");
    let server = options.start();
    let said = pasted_on(&folder, &server, &script);
    let words = [
        "\"status\":\"settled\"",
        "\"status\":\"received\"",
        "data: {\"specversion\"",
        "acme bought 500 water-ice",
        "the receiver got trade.settled with sequence",
        "state hash ",
    ];
    assert_said(&said, &words);
    // The backup, the restore and the verification, each of the same journal up to the same event.
    let lines = |start: &str| said.lines().filter(|line| line.starts_with(start)).count();
    assert_eq!((lines("ok"), lines("sequence ")), (3, 3), "{said}");
    let ends: BTreeSet<_> = said.lines().filter(|line| line.starts_with("sequence ")).collect();
    assert_eq!(ends.len(), 1, "{said}");
    assert_no_tool_failed(&said);
}

#[test]
fn the_sessions_on_a_new_server_work_as_pasted() {
    let reversed = "\"status\":\"reversed\"";
    shows_anew("trading", &["offerId", reversed, "\"held\":450", "dryRun", "balanced"]);
    shows_anew(
        "access",
        &[
            "\"role\":\"trader\"",
            "\"accounts\":[\"acme\"]",
            "\"replaces\":1",
            "\"status\":\"revoked\"",
            "401",
            "key 4 of guest, viewer, good until",
            "last used",
        ],
    );
    shows_anew(
        "api",
        &[
            "idempotency-replayed: true",
            "\"dryRun\":true",
            reversed,
            "\"status\":\"received\"",
            "\"acknowledgedBy\":\"admin\"",
            "{\"line\":2,\"status\":201",
            "{\"line\":3,\"status\":422",
            "data: {\"specversion\"",
            "\"status\":\"paused\"",
            "tradesPerSecond",
            "\"balanced\":true",
            "insufficient_stock",
        ],
    );
    let counted = "itn_commands_total{outcome=\"accepted\"} 2";
    shows_anew("observing", &[counted, "{\"status\":\"ready\"}"]);
}

#[test]
fn the_sessions_of_the_tools_work_as_pasted() {
    if !has_python() {
        skip("session", "there is no python3 on this machine, which docs/export.md uses");
        return;
    }
    for (name, words) in [
        ("export", ["complete up to sequence", "\"voided\"", "alertId,status", "\"onHand\""]),
        ("limits", ["\"line\":1", "\"status\":20", "\"line\":2", "\"sequence\""]),
        ("watch", ["$ trade", "acme bought", "> shipment", "\"specversion\":\"1.0\""]),
    ] {
        shows(name, &words);
    }
}

#[test]
fn the_sessions_of_the_guides_work_as_pasted() {
    shows("history", &["\"transactionId\"", "\"ore\"", "\"nextCursor\":null"]);
    shows("live", &["data: {", "event: snapshot", "event: progress", "\"token\":"]);
    shows("past", &["\"levels\"", "\"balance\"", "\"change\":", "\"asOf\":{\"sequence\":20,"]);
    shows("webhooks", &["\"webhookId\"", "\"secret\":\"whsec_"]);
}

fn has_python() -> bool {
    let python = Command::new("python3").arg("--version").output();
    python.is_ok_and(|output| output.status.success())
}

/// Pastes the session of `docs/NAME.md` on a network where a little of everything happened.
#[track_caller]
fn shows(name: &str, words: &[&str]) {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    given::awkward(&mut server.client());
    let said = pasted_on(&folder, &server, &session_of(name));
    assert_said(&said, words);
    assert_no_tool_failed(&said);
}

/// Pastes the session of `docs/NAME.md` on a new server; what it has refused belongs to it.
#[track_caller]
fn shows_anew(name: &str, words: &[&str]) {
    assert_said(&pasted(&session_of(name)), words);
}

#[track_caller]
fn session_of(name: &str) -> String {
    let path = process::repository().join(format!("docs/{name}.md"));
    let markdown = fs::read_to_string(path).unwrap();
    readme::session(&markdown, name).expect("marked blocks")
}

#[track_caller]
fn assert_said(said: &str, words: &[&str]) {
    for word in words {
        assert!(said.contains(word), "{word} is not in what the session shows:\n{said}");
    }
}

#[track_caller]
fn assert_no_tool_failed(said: &str) {
    for wrong in ["itn: ", "error: ", "Traceback", "panicked"] {
        assert!(!said.contains(wrong), "{wrong} is in what the session shows:\n{said}");
    }
}

/// What the script says on a new server.
#[track_caller]
fn pasted(script: &str) -> String {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    pasted_on(&folder, &server, script)
}

/// What the script says, with `itn` in reach.
#[track_caller]
fn pasted_on(folder: &Folder, server: &Server, script: &str) -> String {
    let script = readme::set(script, "URL", &server.url());
    let script = readme::set(&script, "KEY", ADMIN_KEY);
    let mut bash = Command::new("bash");
    bash.args(["-u", "-c", &script]).current_dir(folder.path());
    let programs = process::binary().parent().unwrap().display();
    bash.env("PATH", format!("{programs}:{}", std::env::var("PATH").unwrap()));
    let said = Process::spawn(&mut bash).wait(Duration::from_mins(1)).said();
    for wrong in ["/problems/", "command not found", "unbound variable", "curl: (7)", "curl: (22)"]
    {
        assert!(!said.contains(wrong), "{wrong} is in what the session shows:\n{said}");
    }
    said
}
