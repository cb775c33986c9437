//! `itn watch`: each event once whatever happens, the server's filters, colour only when asked.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use itn_tests::load::{Load, Weight};
use itn_tests::process::{self, Process};
use itn_tests::random::Seed;
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Server, bodies, given, wait};
use serde_json::Value;

/// From an event to the line that tells it, pauses between connections included.
const LIMIT: Duration = Duration::from_mins(1);

fn watch(url: &str, arguments: &[&str]) -> Process {
    Process::spawn(process::itn(["watch", "--url", url, "--key", ADMIN_KEY]).args(arguments))
}

/// Waits until it follows, so that what happens next is seen.
#[track_caller]
fn following(watching: &Process) {
    wait::until("the line `following`", LIMIT, || {
        watching.stderr().contains("itn watch: following").then_some(())
    });
}

/// The whole lines so far.
fn lines(watching: &Process) -> Vec<String> {
    let said = watching.stdout();
    let whole = &said[..said.rfind('\n').map_or(0, |end| end + 1)];
    whole.lines().map(Into::into).collect()
}

#[track_caller]
fn wait_for_lines(watching: &Process, count: usize) -> Vec<String> {
    wait::until("lines", LIMIT, || {
        let lines = lines(watching);
        (lines.len() >= count).then_some(lines)
    })
}

#[test]
fn across_crashes_and_restarts_each_event_comes_once() {
    let luck = Seed::new();
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    let (url, address) = (server.url(), server.address().to_string());
    let watchers = [watch(&url, &["--after", "0", "--ndjson"]), watch(&url, &["--ndjson"])];
    watchers.iter().for_each(following);
    given::market(&mut server.client());
    for round in 0..4 {
        let load = Load::start(
            2,
            &format!("w{round}"),
            Weight::Light,
            || server.client(),
            |writer| luck.random(round * 10 + writer),
        );
        let start = given::sequence(&mut server.client());
        wait::until("some events", LIMIT, || {
            (given::sequence(&mut server.client()) > start + 50).then_some(())
        });
        if round % 2 == 0 {
            server.kill();
        } else {
            server.stop();
        }
        load.finish();
        server = Server::options(&folder.data()).listen(&address).start();
    }
    server.client().post("/api/trades", &bodies::trade()).expect(201);
    let events = given::events(&mut server.client(), 0);
    let last = events.last().unwrap()["id"].to_string();
    let [from_the_beginning, from_now] = watchers.map(|watching| {
        wait::until("the last event", LIMIT, || {
            lines(&watching).last().is_some_and(|line| line.contains(&last)).then_some(())
        });
        let said = watching.stderr();
        assert!(said.contains("disconnected") && said.contains("connected again"), "{said}");
        let seen: Vec<Value> =
            lines(&watching).iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        watching.terminate();
        let ended = watching.wait(LIMIT);
        assert_eq!(ended.code(), 0, "{}", ended.said());
        seen
    });
    assert!(from_the_beginning == events, "missed, repeated or changed");
    // The first events are those of an empty network's start, before anybody could watch it.
    let missing = events.len() - from_now.len();
    assert!(from_now == events[missing..], "missed, repeated or changed");
    assert!(missing < 10, "{missing} were missed at the start");
}

#[test]
fn every_event_of_a_busy_network_is_told_in_words() {
    let luck = Seed::new();
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut client = server.client();
    given::awkward(&mut client);
    let load =
        Load::start(2, "words", Weight::Light, || server.client(), |writer| luck.random(writer));
    wait::until("some events", LIMIT, || (given::sequence(&mut client) > 200).then_some(()));
    load.finish();
    let last = usize::try_from(given::sequence(&mut client)).unwrap();
    let watching = watch(&server.url(), &["--after", "0"]);
    let lines = wait_for_lines(&watching, last);
    for (number, line) in (1..).zip(&lines) {
        assert_eq!(line.split_whitespace().next(), Some(number.to_string().as_str()), "{line}");
        assert!(!line.contains(['{', '\u{1b}']), "not in words: {line}");
    }
    let trade = lines.iter().find(|line| line.contains("$ trade")).unwrap();
    assert!(trade.contains("acme bought") || trade.contains("acme holds"), "{trade}");
    assert!(lines.iter().any(|line| line.contains("> shipment    s-") && line.contains("books")));
}

#[test]
fn filters_are_the_servers() {
    let (server, mut client, _folder) = given::open_market();
    given::trader(&mut client, "zeta");
    let follow = |filters: &[&str]| {
        let watching = watch(&server.url(), &[&["--ndjson", "--after", "0"], filters].concat());
        following(&watching);
        watching
    };
    let trades = follow(&["--topic", "trade,credits", "--trader", bodies::BUYER]);
    let shipments = follow(&["--type", "shipment.booked", "--station", bodies::DESTINATION]);
    let zeta = follow(&["--trader", "zeta"]);
    client.post("/api/trades", &bodies::trade()).expect(201);
    let booked = client.post("/api/cargo", &bodies::shipment()).expect(201).json();
    let id = booked["shipmentId"].as_str().unwrap();
    let shipment = follow(&["--shipment", id]);
    client.post("/api/trades", &bodies::trade()).expect(201);
    let departed = serde_json::json!({ "type": "departed" });
    client.post(&format!("/api/cargo/{id}/events"), &departed).expect(201);
    given::credits(&mut client, "zeta", 5);
    let types = |watching: &Process, count: usize| {
        let lines = wait_for_lines(watching, count);
        let events = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let types: Vec<_> =
            events.map(|event| event["type"].as_str().unwrap().to_owned()).collect();
        types.join(" ")
    };
    assert_eq!(types(&zeta, 2), "trader.created credits.issued");
    assert_eq!(types(&trades, 3), "credits.issued trade.settled trade.settled");
    assert_eq!(types(&shipments, 1), "shipment.booked");
    assert_eq!(types(&shipment, 2), "shipment.booked shipment.departed");

    let refused = watch(&server.url(), &["--station", "nowhere"]).wait(LIMIT);
    assert_eq!(refused.code(), 1);
    assert!(refused.stderr.contains("422 unknown_station"), "{}", refused.stderr);
    let refused = watch(&server.url(), &["--topic", "weather"]).wait(LIMIT);
    assert_eq!(refused.code(), 1);
    assert!(refused.stderr.contains("topic"), "{}", refused.stderr);
}

#[test]
fn a_snapshot_is_the_state_and_then_come_the_events_since() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut client = server.client();
    given::awkward(&mut client);
    let last = given::sequence(&mut client);
    let kinds = "inventory,shipments,alerts,summary";
    let watching = watch(&server.url(), &["--ndjson", "--snapshot", kinds]);
    let words = watch(&server.url(), &["--snapshot", kinds]);
    let state = wait_for_lines(&watching, 4);
    wait_for_lines(&words, 4);
    client.post("/api/trades", &bodies::trade()).expect(201);
    let read = |line: &String| serde_json::from_str::<Value>(line).unwrap();
    for (part, path) in state.iter().map(read).zip(["inventory", "cargo", "alerts"]) {
        let listed = client.get(&format!("/api/{path}?limit=1000")).expect(200).json();
        let count = |page: &Value| page["items"].as_array().map(Vec::len);
        assert_eq!(count(&part), count(&listed), "{part}");
        assert_eq!((&part["asOf"]["sequence"], &part["last"]), (&last.into(), &true.into()));
    }
    let event = read(&wait_for_lines(&watching, 5)[4]);
    assert_eq!(event["sequence"], (last + 1).to_string());
    let words = wait_for_lines(&words, 5);
    assert!(words[1].ends_with("= snapshot    shipments: 3"), "{words:?}");
    assert!(words[3].contains("summary: ") && words[3].contains("stations 2"), "{words:?}");
    assert!(words[4].contains("acme bought"), "{words:?}");
}

#[test]
fn colour_is_only_where_it_is_asked_for_or_on_a_screen() {
    let (server, _client, _folder) = given::open_market();
    for (arguments, is_coloured) in
        [(&[][..], false), (&["--color", "always"], true), (&["--color", "never"], false)]
    {
        let watching = watch(&server.url(), &[&["--after", "0"], arguments].concat());
        let lines = wait_for_lines(&watching, 5);
        assert_eq!(lines.iter().any(|line| line.contains('\u{1b}')), is_coloured, "{arguments:?}");
    }
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    if !python.is_ok_and(|status| status.success()) {
        skip("watch on a screen", "there is no python3 on this machine");
        return;
    }
    // Python makes a screen of its own: what is written there comes out of its standard output.
    let screen =
        "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
    for (no_color, is_coloured) in [(None, true), (Some(""), true), (Some("1"), false)] {
        let mut command = Command::new("python3");
        command.args(["-c", screen]).arg(process::binary()).args(["watch", "--after", "0"]);
        command.args(["--url", &server.url(), "--key", ADMIN_KEY]).env("TERM", "xterm");
        command.env_remove("NO_COLOR").envs(no_color.map(|value| ("NO_COLOR", value)));
        let watching = Process::spawn(command.current_dir("/"));
        let lines = wait_for_lines(&watching, 6);
        let painted = lines.iter().any(|line| line.contains("\u{1b}[3"));
        assert_eq!(painted, is_coloured, "NO_COLOR {no_color:?}: {lines:?}");
    }
}

#[test]
fn what_is_final_is_told_in_the_servers_words() {
    let (server, _client, _folder) = given::open_market();
    let url = server.url();
    for (arguments, words) in [
        (&["--after", "999999"][..], "409 unknown_position"),
        (&["--after", "1-notthisjournal"], "409 unknown_position"),
        (&["--key", "itn_wrongwrongwrongwrongwrong"], "401"),
        (&["--url", "http://127.0.0.1:9"], "127.0.0.1:9"),
        (&["--url", "ftp://127.0.0.1"], "begin with http:// or https://"),
    ] {
        let mut command = process::itn(["watch"]);
        command.args(arguments).env("ITN_URL", &url).env("ITN_KEY", ADMIN_KEY);
        let ended = process::run(&mut command, LIMIT);
        assert_eq!(ended.code(), 1, "{arguments:?}: {}", ended.said());
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn a_key_that_is_revoked_ends_it() {
    let (server, mut client, _folder) = given::open_market();
    let key = serde_json::json!({ "principal": "ana", "role": "viewer" });
    let key = client.post("/api/keys", &key).expect(201).json();
    let mut command = process::itn(["watch", "--url", &server.url(), "--key"]);
    let watching = Process::spawn(command.arg(key["key"].as_str().unwrap()));
    following(&watching);
    client.send(&itn_tests::client::Request::new("DELETE", &format!("/api/keys/{}", key["keyId"])));
    let ended = watching.wait(LIMIT);
    assert_eq!(ended.code(), 1, "{}", ended.said());
    assert!(ended.stderr.contains("401"), "{}", ended.stderr);
}

#[test]
fn ctrl_c_ends_it_also_while_nobody_reads() {
    let (server, mut client, _folder) = given::open_market();
    let lines: Vec<_> = (0..1_000)
        .map(|_| serde_json::json!({ "type": "trade", "data": bodies::trade() }))
        .collect();
    let bulk = itn_tests::client::Request::lines("/api/events?results=failures", &lines);
    client.send(&bulk).expect(200);
    let mut command = process::itn(["watch", "--after", "0", "--ndjson", "--key", ADMIN_KEY]);
    command.args(["--url", &server.url()]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut watching = command.spawn().unwrap();
    let mut first = String::new();
    let mut output = BufReader::with_capacity(1, watching.stdout.take().unwrap());
    output.read_line(&mut first).unwrap();
    assert!(first.contains("network.created"), "{first}");
    let interrupted = Command::new("kill").args(["-INT", &watching.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    let status = wait::until("its end", LIMIT, || watching.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
}
