//! The JavaScript client, through a proxy that loses connections and with a server that is killed under it:
//! nothing is lost, nothing happens twice, and a follower is told everything once.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use itn_tests::lossy::Lossy;
use itn_tests::process::{self, Process};
use itn_tests::random::Seed;
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Folder, Server, given, node, readme, wait};
use serde_json::Value;

const WRITERS: u64 = 3;
const TRADES_EACH: u64 = 40;
const BULK_LINES: u64 = 1_200;
const KILLS: u64 = 4;
const LIMIT: Duration = Duration::from_mins(2);

/// `AbortSignal.any` is there from 20.3.
fn node() -> Option<Command> {
    node::is_at_least(20, 3).then(|| Command::new("node"))
}

#[test]
fn nothing_is_lost_and_nothing_happens_twice_however_often_it_is_cut_off() {
    let Some(mut node) = node() else {
        skip("js_client", "there is no node of version 20.3 or later on this machine");
        return;
    };
    let seed = Seed::new();
    let (mut server, mut client, folder) = given::open_market();
    let before = given::sequence(&mut client);
    let address = server.address().to_string();
    let lossy = Lossy::new(server.address(), seed.random(1), 30_000);
    let mut chance = seed.random(2);
    let root = process::repository();
    let module = root.join("dashboard/client/index.js");
    node.arg(root.join("tests/clients/js_client.mjs")).arg(module).args([&lossy.url(), ADMIN_KEY]);
    node.args([WRITERS, TRADES_EACH, BULK_LINES, before].map(|number| number.to_string()));
    let mut program = Process::spawn(&mut node);
    wait::until("the program", LIMIT, || {
        assert!(!program.has_ended(), "{}", program.stderr());
        program.stdout().contains("begun").then_some(())
    });
    for _ in 0..KILLS {
        // Not a wait for anything: this is the random moment.
        std::thread::sleep(Duration::from_millis(50 + chance.below(300)));
        server.kill();
        server = Server::options(&folder.data()).listen(&address).start();
    }
    let ended = program.wait(LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    let said: Value = serde_json::from_str(ended.stdout.lines().last().unwrap()).unwrap();
    let numbers = |name: &str| -> Vec<u64> {
        said[name].as_array().unwrap().iter().map(|number| number.as_u64().unwrap()).collect()
    };
    let sequences: BTreeSet<_> = numbers("sequences").into_iter().collect();
    assert_eq!(
        sequences.len() as u64,
        WRITERS * TRADES_EACH,
        "two writes were answered with one trade"
    );
    let statuses = numbers("statuses");
    assert!(statuses.iter().all(|status| *status == 201), "{statuses:?}");
    assert_eq!(statuses.len() as u64, BULK_LINES);
    let count = WRITERS * TRADES_EACH + BULK_LINES;
    assert!(numbers("told").into_iter().eq(1..=before + count), "not each once and in order");
    let references = said["references"].as_array().unwrap();
    let unique: BTreeSet<_> = references.iter().filter_map(Value::as_str).collect();
    assert_eq!((references.len() as u64, unique.len() as u64), (count, count));
    assert_eq!(said["balanced"], true);
    assert_eq!(given::balance(&mut server.client(), "acme"), 1_000_000 - count);
    given::assert_balanced(&mut server.client());
    assert!(lossy.cuts() > 10, "only {} connections were cut", lossy.cuts());
    server.stop();
}

#[test]
fn the_examples_of_the_docs_run() {
    let Some(mut node) = node() else {
        skip("js_client", "there is no node of version 20.3 or later on this machine");
        return;
    };
    let (server, _, _folder) = given::open_market();
    let root = process::repository();
    let markdown = fs::read_to_string(root.join("docs/clients.md")).unwrap();
    let script = readme::session(&markdown, "js").expect("a block marked <!-- test: js -->");
    // As if it had been installed from a registry.
    let program = Folder::new();
    let modules = program.path().join("node_modules");
    fs::create_dir(&modules).unwrap();
    std::os::unix::fs::symlink(root.join("dashboard/client"), modules.join("itn-client")).unwrap();
    let file = program.path().join("example.mjs");
    fs::write(&file, script).unwrap();
    node.arg("--preserve-symlinks")
        .arg(file)
        .env("ITN_URL", server.url())
        .env("ITN_KEY", ADMIN_KEY);
    let ended = process::run(&mut node, LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    for word in ["settled", "insufficient_stock", "201", "trade.settled"] {
        assert!(
            ended.stdout.contains(word),
            "{word} is not in what the example shows:\n{}",
            ended.said()
        );
    }
}
