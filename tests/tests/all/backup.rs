//! Backups of a server that is written to as fast as it takes it, killed in the midst, and restored.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use itn_tests::client::Request;
use itn_tests::process::{self, Ended, Process};
use itn_tests::random::Seed;
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::stream::Stream;
use itn_tests::{Client, Server, bodies, given, wait};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_mins(2);
/// Trades in one request of the load.
const LINES: usize = 2_000;
/// Loaders at once.
const LOADERS: usize = 3;
/// Backups that are made while the load goes on.
const ROUNDS: u64 = 6;

/// Bulk trades, one request after the other on each of some connections.
struct Bulk {
    stop: Arc<AtomicBool>,
    traded: Arc<AtomicU64>,
    loaders: Vec<JoinHandle<()>>,
}

impl Bulk {
    fn start(server: &Server) -> Self {
        let (stop, traded) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let trade = json!({ "type": "trade", "data": bodies::trade() });
        let request = Request::lines("/api/events?results=failures", &vec![trade; LINES]);
        let loader = |_| {
            let (mut client, request) = (server.client(), request.clone());
            let (stop, traded) = (Arc::clone(&stop), Arc::clone(&traded));
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) && client.try_send(&request).is_ok() {
                    traded.fetch_add(LINES as u64, Ordering::Relaxed);
                }
            })
        };
        let loaders = (0..LOADERS).map(loader).collect();
        Self { stop, traded, loaders }
    }

    /// Waits until so many more trades were taken.
    fn go_on(&self, more: u64) {
        let wanted = self.traded.load(Ordering::Relaxed) + more;
        wait::until("the load goes on", LIMIT, || {
            (self.traded.load(Ordering::Relaxed) >= wanted).then_some(())
        });
    }

    fn finish(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.loaders.into_iter().for_each(|loader| loader.join().unwrap());
    }
}

/// What a backup or a restore says that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    sequence: u64,
    chain: String,
}

fn said(ended: &Ended) -> Said {
    assert_eq!(ended.code(), 0, "{}", ended.said());
    let value = |name: &str| {
        let line = ended.stdout.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_else(|| panic!("no {name} in:\n{}", ended.stdout)).trim().to_owned()
    };
    Said { sequence: value("sequence ").parse().unwrap(), chain: value("chain hash ") }
}

fn backing_up(data: &Path, to: &Path) -> Process {
    let mut command = process::itn(["backup", "--data"]);
    Process::spawn(command.arg(data).arg("--to").arg(to))
}

fn restoring(from: &Path, to: &Path) -> Process {
    let mut command = process::itn(["restore", "--from"]);
    Process::spawn(command.arg(from).arg("--data").arg(to))
}

fn verified(data: &Path, at: Option<u64>) -> Ended {
    let mut command = process::itn(["verify", "--data"]);
    command.arg(data);
    if let Some(at) = at {
        command.arg("--at").arg(at.to_string());
    }
    let ended = process::run(&mut command, LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    ended
}

fn line<'a>(ended: &'a Ended, start: &str) -> &'a str {
    let found = ended.stdout.lines().find(|line| line.starts_with(start));
    found.unwrap_or_else(|| panic!("no {start} in:\n{}", ended.stdout))
}

/// Much to trade with, and one webhook that nobody takes deliveries of.
fn furnish(client: &mut Client) {
    given::market(client);
    given::credits(client, bodies::BUYER, 1_000_000_000);
    given::stock(client, bodies::SELLER, 1_000_000_000);
    let webhook = json!({ "url": "https://hooks.invalid/", "filter": { "topic": ["alert"] } });
    client.post("/api/webhooks", &webhook).expect(201);
}

#[test]
fn a_backup_under_full_load_restores_to_the_state_of_its_sequence() {
    let seed = Seed::new();
    let folder = Folder::new();
    let (data, backup) = (folder.data(), folder.path().join("backup"));
    let mut server = Server::start(&data);
    furnish(&mut server.client());
    let mut all: Vec<Said> = Vec::new();
    for round in 0..ROUNDS {
        let mut chance = seed.random(round);
        let bulk = Bulk::start(&server);
        bulk.go_on(20_000);
        if round % 2 == 0 {
            let cut = backing_up(&data, &backup);
            // Not a wait for anything: this is the random moment.
            thread::sleep(Duration::from_millis(chance.below(400)));
            cut.kill();
        }
        let done = said(&backing_up(&data, &backup).wait(LIMIT));
        assert!(all.last().is_none_or(|last| last.sequence < done.sequence), "{done:?} {all:?}");
        all.push(done);
        if round == ROUNDS / 2 {
            // A server that dies and comes again in the midst of one.
            let under_way = backing_up(&data, &backup);
            server.kill();
            bulk.finish();
            server = Server::start(&data);
            said(&under_way.wait(LIMIT));
        } else {
            bulk.go_on(2_000);
            bulk.finish();
        }
    }
    let last = all.last().unwrap().clone();
    assert!(given::sequence(&mut server.client()) > last.sequence, "the load went on meanwhile");
    let restored = folder.path().join("restored");
    assert_eq!(said(&restoring(&backup, &restored).wait(LIMIT)), last);
    server.kill();

    let copy = verified(&restored, None);
    assert_eq!(said(&copy), last);
    assert!(copy.stdout.contains("operations: 1 webhook"), "{}", copy.stdout);
    for done in &all {
        let original = verified(&data, Some(done.sequence));
        assert_eq!(said(&original), *done);
        let early = verified(&restored, Some(done.sequence));
        assert_eq!(line(&early, "state hash "), line(&original, "state hash "));
        assert_eq!(line(&early, "credits: "), line(&original, "credits: "));
    }
    // Not running, and killed: what is in its log is in the backup, too.
    let whole = said(&backing_up(&data, &backup).wait(LIMIT));
    assert_eq!(whole, said(&verified(&data, None)));
    let mut past_end = process::itn(["verify", "--at"]);
    past_end.arg((whole.sequence + 1).to_string()).arg("--data").arg(&data);
    let refused = process::run(&mut past_end, LIMIT);
    assert_eq!(refused.code(), 1, "{}", refused.said());
    assert!(refused.stderr.contains("ends with event"), "{}", refused.stderr);
}

#[test]
fn readers_that_were_ahead_of_a_restore_are_told_so_for_ever() {
    let folder = Folder::new();
    let (data, backup) = (folder.data(), folder.path().join("backup"));
    let server = Server::start(&data);
    let mut client = server.client();
    furnish(&mut client);
    let at_backup = said(&backing_up(&data, &backup).wait(LIMIT)).sequence;
    let trades: Vec<Value> =
        (0..3).map(|_| client.post("/api/trades", &bodies::trade()).expect(201).json()).collect();
    let id = |server: &Server, sequence: u64| -> String {
        let path = format!("/api/events?after={}&limit=1", sequence - 1);
        let page = server.client().get(&path).expect(200).json();
        page["items"][0]["id"].as_str().unwrap().to_owned()
    };
    let (seen, ahead) = (id(&server, at_backup), id(&server, at_backup + 2));
    server.stop();

    let restored = folder.path().join("restored");
    restoring(&backup, &restored).wait(LIMIT);
    let server = Server::start(&restored);
    let mut client = server.client();
    let refused = |server: &Server| {
        let opened = Stream::open(server.address(), Some(ADMIN_KEY), "", Some(&ahead));
        let answer = opened.expect_err("no stream from an event that is lost");
        assert_eq!(answer.code(), "unknown_position", "{}", answer.text());
    };
    refused(&server);
    // The same sequences come again, for other events.
    for _ in &trades {
        client.post("/api/trades", &bodies::trade()).expect(201);
    }
    assert_eq!(id(&server, at_backup), seen);
    assert_ne!(id(&server, at_backup + 2), ahead);
    refused(&server);
    let stream = Stream::open(server.address(), Some(ADMIN_KEY), "", Some(&seen));
    let events = stream.unwrap().events(3, LIMIT);
    assert_eq!(events[0].sequence(), at_backup + 1);
    assert_eq!(events[1].id.as_deref(), Some(id(&server, at_backup + 2).as_str()));
    assert_eq!(
        client.get("/api/webhooks").expect(200).json()["items"].as_array().unwrap().len(),
        1
    );
    given::assert_balanced(&mut client);
    server.stop();
    let server = Server::start(&restored);
    refused(&server);
    server.stop();
}

#[test]
fn wrong_places_are_refused_with_what_would_be_right() {
    let folder = Folder::new();
    let (data, backup) = (folder.data(), folder.path().join("backup"));
    let refuses = |process: Process, words: &[&str]| {
        let ended = process.wait(LIMIT);
        assert_eq!(ended.code(), 1, "{}", ended.said());
        for word in words {
            assert!(ended.stderr.contains(word), "{word} is not in: {}", ended.stderr);
        }
    };
    refuses(backing_up(&data, &backup), &["no journal", "data"]);
    let server = Server::start(&data);
    refuses(backing_up(&data, &data.join("backup")), &["lost with it"]);
    refuses(restoring(&backup, &data), &["no finished backup"]);
    said(&backing_up(&data, &backup).wait(LIMIT));
    refuses(restoring(&backup, &data), &["is not empty", "empty folder"]);
    server.stop();
    let ended = Server::options(&backup).try_start().expect_err("a backup is no data folder");
    assert!(ended.stderr.contains("itn restore"), "{}", ended.stderr);
}
