//! `itn key` against a running server, and what is kept of keys across its end.

use std::thread;
use std::time::{Duration, Instant};

use itn_tests::process::{self, Ended};
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::stream::Stream;
use itn_tests::websocket::{Said, WebSocket};
use itn_tests::{Client, Server, bodies, given, wait};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_mins(1);
/// Between two trades, so that nobody has had enough of them.
const PACE: Duration = Duration::from_millis(20);

#[track_caller]
fn try_key(server: &Server, with: &str, arguments: &[&str]) -> Ended {
    let mut command = process::itn(["key"]);
    command.args(arguments).args(["--url", &server.url(), "--key", with]);
    process::run(&mut command, LIMIT)
}

/// What it prints to standard output, and to standard error.
#[track_caller]
fn key(server: &Server, arguments: &[&str]) -> (String, String) {
    let ended = try_key(server, ADMIN_KEY, arguments);
    assert_eq!(ended.code(), 0, "{arguments:?}: {}", ended.said());
    assert!(!ended.stderr.contains("itn_"), "a secret among the words: {}", ended.stderr);
    (ended.stdout, ended.stderr)
}

/// A secret stands alone on standard output.
#[track_caller]
fn secret(stdout: &str) -> &str {
    let secret = stdout.strip_suffix('\n').unwrap();
    assert!(secret.starts_with("itn_") && !secret.contains(char::is_whitespace), "{stdout:?}");
    secret
}

#[track_caller]
fn refuses(server: &Server, with: &str, arguments: &[&str], code: i32, words: &[&str]) {
    let ended = try_key(server, with, arguments);
    assert_eq!(ended.code(), code, "{arguments:?}: {}", ended.said());
    assert_eq!(ended.stdout, "", "{arguments:?}");
    for word in words {
        assert!(ended.stderr.contains(word), "{word:?} is not in: {}", ended.stderr);
    }
}

/// The keys, by number.
fn listed(server: &Server) -> Vec<Value> {
    let (stdout, _) = key(server, &["list", "--json"]);
    stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn status(server: &Server, secret: &str) -> u16 {
    Client::new(server.address(), Some(secret)).get("/api/whoami").status()
}

#[test]
fn keys_are_made_listed_rotated_and_revoked() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    server.client().put("/api/traders/acme", &json!({ "name": "Acme" })).expect(201);
    let create = [
        "create",
        "--principal",
        "joe",
        "--role",
        "trader",
        "--account",
        "acme",
        "--expires-in",
        "90d",
    ];
    let (stdout, stderr) = key(&server, &create);
    let first = secret(&stdout).to_owned();
    assert!(stderr.contains("key 1 of joe, trader for acme, good until "), "{stderr}");
    assert_eq!(status(&server, &first), 200);

    let (stdout, stderr) = key(&server, &["rotate", "1", "--keep-old", "1h"]);
    let second = secret(&stdout).to_owned();
    assert!(
        stderr.contains("key 2 of joe") && stderr.contains("key 1, in whose place it is, ends at")
    );
    assert_eq!([&first, &second].map(|key| status(&server, key)), [200, 200]);
    let (stdout, stderr) = key(&server, &["rotate", "2", "--keep-old", "0", "--json"]);
    let third: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&third["keyId"], &third["replaces"]), (&json!(3), &json!(2)));
    assert!(stderr.contains("key 2, in whose place it is, has ended"), "{stderr}");
    assert_eq!(status(&server, &second), 401);

    let keys = listed(&server);
    let statuses: Vec<_> = keys.iter().map(|key| key["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["active", "active", "revoked", "active"]);
    let (table, _) = key(&server, &["list"]);
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(table.lines().nth(4).unwrap().contains("never"), "{table}");

    let (stdout, stderr) = key(&server, &["revoke", "1"]);
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", "key 1 of joe is revoked\n"));
    assert_eq!(status(&server, &first), 401);
    key(&server, &["revoke", "1"]);

    refuses(&server, ADMIN_KEY, &["revoke", "0"], 1, &["no other key of an administrator"]);
    refuses(&server, ADMIN_KEY, &["revoke", "99"], 1, &["There is no such key"]);
    refuses(&server, ADMIN_KEY, &["rotate", "1"], 1, &["revoked or has expired"]);
    refuses(&server, &first, &["list"], 1, &["there is no such key, or it was revoked"]);
    let joe = third["key"].as_str().unwrap();
    refuses(&server, joe, &["list"], 1, &["the role trader may not do this"]);
    refuses(&server, ADMIN_KEY, &["create", "--principal", "x", "--role", "king"], 1, &["/role"]);
    let long = ["create", "--principal", "x", "--role", "viewer", "--expires-in", "1y"];
    refuses(&server, ADMIN_KEY, &long, 2, &["such as 90d"]);
    server.stop();
}

#[test]
fn keys_expire_and_their_last_use_is_known_across_restarts() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let (stdout, _) = key(&server, &["create", "--principal", "joe", "--role", "viewer"]);
    let joe = secret(&stdout).to_owned();
    let (stdout, _) = key(&server, &["create", "--principal", "ann", "--role", "viewer"]);
    let ann = secret(&stdout).to_owned();
    assert_eq!(status(&server, &joe), 200);
    key(&server, &["rotate", "2", "--keep-old", "2s"]);
    server.stop();
    // The time goes on, whoever is there to see it.
    let server = Server::start(&folder.data());
    wait::until("the end of a key", LIMIT, || (status(&server, &ann) == 401).then_some(()));
    let keys = listed(&server);
    assert_eq!(keys[2]["status"], "expired", "{keys:?}");
    assert!(keys[0]["lastUsedAt"].is_string() && keys[1]["lastUsedAt"].is_string(), "{keys:?}");
    assert_eq!(keys[3]["lastUsedAt"], Value::Null, "{keys:?}");
    assert_eq!(status(&server, &joe), 200);
    server.stop();
}

/// Quiet ones, too: nothing is traded meanwhile.
#[test]
fn open_streams_end_with_the_time_of_their_key() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let (stdout, _) = key(&server, &["create", "--principal", "eyes", "--role", "viewer"]);
    let eyes = secret(&stdout).to_owned();
    let last = given::sequence(&mut server.client());
    let mut stream = Stream::open(server.address(), Some(&eyes), "", None).unwrap();
    let mut socket = WebSocket::open(server.address(), Some(&eyes), "", &[]).unwrap();
    let mut silent = WebSocket::open(server.address(), Some(&eyes), "?topic=trade", &[]).unwrap();
    key(&server, &["rotate", "1", "--keep-old", "1s"]);
    let end = loop {
        match stream.message(LIMIT) {
            Ok(_) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(end.kind(), std::io::ErrorKind::UnexpectedEof, "{end}");
    for socket in [&mut socket, &mut silent] {
        let code = loop {
            match socket.said(LIMIT).unwrap() {
                Said::Close(code, _) => break code,
                Said::Ping => socket.send_frame(0xA, &[]).unwrap(),
                Said::Pong | Said::Message(_) => {}
            }
        };
        assert_eq!(code, 1008);
    }
    // What they were not told is what happened to the keys alone.
    assert_eq!(given::sequence(&mut server.client()), last + 3);
    server.stop();
}

/// Busy ones in time: whoever writes to their sockets looks at no key.
#[test]
fn busy_streams_end_soon_after_their_key() {
    let (server, mut client, _folder) = given::open_market();
    let (stdout, _) = key(&server, &["create", "--principal", "eyes", "--role", "viewer"]);
    let eyes = secret(&stdout).to_owned();
    let head = given::sequence(&mut client);
    let query = format!("?after={head}");
    let mut stream = Stream::open(server.address(), Some(&eyes), &query, None).unwrap();
    let reading = thread::spawn(move || {
        let mut seen = 0;
        loop {
            match stream.event(LIMIT) {
                Ok(_) => seen += 1,
                Err(error) => return (error.kind(), seen),
            }
        }
    });
    client.post("/api/trades", &bodies::trade()).expect(201);
    key(&server, &["revoke", "1"]);
    let revoked = Instant::now();
    let mut trades = 1;
    while !reading.is_finished() {
        client.post("/api/trades", &bodies::trade()).expect(201);
        trades += 1;
        thread::sleep(PACE);
        // It is looked at every 10 s.
        assert!(revoked.elapsed() < Duration::from_secs(15), "{trades} trades were told");
    }
    let (end, seen) = reading.join().unwrap();
    assert_eq!(end, std::io::ErrorKind::UnexpectedEof);
    assert!((1..=trades).contains(&seen), "{seen} of {trades}");
    server.stop();
}
