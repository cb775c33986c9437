//! Starting, refusing to start, and stopping.

use std::fs;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use itn_tests::client::Request;
use itn_tests::load::{self, Load, Outcome, Weight};
use itn_tests::process::{self, Ended, Process};
use itn_tests::random::Seed;
use itn_tests::server::{self, ADMIN_KEY, Folder};
use itn_tests::stream::Stream;
use itn_tests::wire::Connection;
use itn_tests::{Client, Server, bodies, given, wait};

/// A refusal to start comes at once.
const REFUSAL_LIMIT: Duration = Duration::from_secs(20);

#[track_caller]
fn run(arguments: &[&str]) -> Ended {
    process::run(&mut process::itn(arguments), REFUSAL_LIMIT)
}

#[track_caller]
fn refuses(command: &mut Command, code: i32, words: &[&str]) {
    let ended = process::run(command, REFUSAL_LIMIT);
    assert_eq!(ended.code(), code, "{command:?}: {}", ended.said());
    for word in words {
        assert!(ended.stderr.contains(word), "{word:?} is not in: {}", ended.stderr);
    }
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    assert!(!ended.stdout.contains("listening on"), "{}", ended.stdout);
}

/// Where a process that was not started by [`Server`] listens.
fn listening(process: &Process) -> SocketAddr {
    wait::until("the line `listening on`", REFUSAL_LIMIT, || {
        let stdout = process.stdout();
        let address = stdout.split("listening on http://").nth(1)?.split_once('\n')?.0;
        address.trim().parse().ok()
    })
}

#[test]
fn help_names_the_commands() {
    let ended = run(&["--help"]);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    for command in ["serve", "demo", "simulate", "import", "verify", "migrate"] {
        assert!(ended.stdout.contains(command), "{command} is not in: {}", ended.stdout);
    }
    let ended = run(&["serve", "--help"]);
    for flag in ["--data", "--listen", "ITN_DATA", "ITN_LISTEN"] {
        assert!(ended.stdout.contains(flag), "{flag} is not in: {}", ended.stdout);
    }
    assert_eq!(run(&["--version"]).code(), 0);
}

#[test]
fn bad_flags_are_bad_usage() {
    let folder = Folder::new();
    let data = folder.data();
    let serve = || {
        let mut command = process::itn(["serve", "--data"]);
        command.arg(&data);
        command
    };
    refuses(&mut process::itn(["nonsense"]), 2, &["nonsense"]);
    refuses(&mut process::itn::<&str>([]), 2, &[]);
    refuses(serve().arg("--nonsense"), 2, &["--nonsense"]);
    refuses(serve().args(["--listen", "nowhere"]), 2, &["nowhere"]);
    refuses(serve().args(["--listen", "127.0.0.1:99999"]), 2, &["99999"]);
    refuses(serve().args(["--speed", "fast"]), 2, &["fast"]);
    refuses(serve().args(["--epoch", "yesterday"]), 2, &["yesterday"]);
    refuses(serve().env("ITN_SPEED", "fast"), 2, &["fast"]);
    refuses(&mut process::itn(["verify", "--nonsense"]), 2, &["--nonsense"]);
    assert!(!data.exists(), "bad usage left a data folder behind");
}

#[test]
fn anonymous_reading_is_for_loopback_and_for_reading() {
    let folder = Folder::new();
    let mut command = process::itn(["serve", "--listen", "0.0.0.0:0", "--anonymous", "--data"]);
    let ended = process::run(command.arg(folder.data()), REFUSAL_LIMIT);
    assert!(ended.code() > 0, "{}", ended.said());
    assert!(ended.stderr.contains("loopback"), "{}", ended.stderr);

    let server = Server::options(&folder.data()).arg("--anonymous").start();
    given::market(&mut server.client());
    let mut nobody = server.anonymous();
    nobody.get("/api/inventory/ceres").expect(200);
    let whoami = nobody.get("/api/whoami").expect(200).json();
    assert_eq!((&whoami["anonymous"], &whoami["role"]), (&true.into(), &"viewer".into()));
    let refused = nobody.post("/api/trades", &bodies::trade());
    assert!([401, 403].contains(&refused.status()), "{}", refused.text());
}

#[test]
fn a_folder_has_one_process() {
    let (mut server, mut client, folder) = given::open_market();
    let data = folder.data();
    let name = data.display().to_string();
    let mut second = process::itn(["serve", "--listen", "127.0.0.1:0", "--data"]);
    refuses(second.arg(&data), 1, &[&name, "in use"]);
    assert!(!server.process().has_ended());
    client.post("/api/trades", &bodies::trade()).expect(201);
    // Killed, it holds the folder no longer.
    server.kill();
    Server::start(&data).stop();
}

#[test]
fn a_port_has_one_process() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = process::itn(["serve", "--listen", &address, "--data"]);
    refuses(command.arg(folder.data()), 1, &[&address, "in use"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = Folder::new();
    // Not by permissions, which mean nothing to root.
    let file = folder.path().join("file");
    fs::write(&file, "a file, where a folder is wanted").unwrap();
    let inside = file.join("data");
    for path in [file, inside] {
        let name = path.display().to_string();
        let mut command = process::itn(["serve", "--listen", "127.0.0.1:0", "--data"]);
        refuses(command.arg(&path), 1, &[&name]);
    }
}

#[test]
fn the_first_start_makes_a_key_and_shows_it_once() {
    let folder = Folder::new();
    let options = Server::options(&folder.data());
    let start = || {
        let mut command = process::itn(["serve", "--listen", "127.0.0.1:0", "--data"]);
        Process::spawn(command.arg(folder.data()))
    };
    let first = start();
    let address = listening(&first);
    let stdout = first.stdout();
    let key = stdout.lines().find_map(|line| line.strip_prefix("admin key: ")).unwrap().to_owned();
    assert!(key.starts_with("itn_"), "{key}");
    Client::new(address, Some(&key)).get("/api/network").expect(200);
    first.terminate();
    assert_eq!(first.wait(Duration::from_secs(10)).code(), 0);

    for file in fs::read_dir(folder.data()).unwrap() {
        let path = file.unwrap().path();
        let bytes = if path.is_file() { fs::read(&path).unwrap() } else { vec![] };
        let found = bytes.windows(key.len()).any(|window| window == key.as_bytes());
        assert!(!found, "the key itself is in {}", path.display());
    }
    let second = start();
    let address = listening(&second);
    assert!(!second.stdout().contains("itn_"), "{}", second.stdout());
    Client::new(address, Some(&key)).get("/api/network").expect(200);
    second.kill();
    // Nor does a key in the environment let anyone in who comes later.
    let server = options.env("ITN_ADMIN_KEY", ADMIN_KEY).start();
    Client::new(server.address(), Some(&key)).get("/api/network").expect(200);
}

/// A key that nobody was shown would lock everybody out of the network that has it.
#[test]
fn a_key_that_cannot_be_shown_is_not_made() {
    let folder = Folder::new();
    let serve = || {
        let mut command = process::itn(["serve", "--listen", "127.0.0.1:0", "--data"]);
        command.arg(folder.data());
        command
    };
    let (unread, stdout) = io::pipe().unwrap();
    drop(unread);
    let mut refused = serve().stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = refused.stderr.take().unwrap();
    let status = wait::until("a start that cannot show its key to end", REFUSAL_LIMIT, || {
        refused.try_wait().unwrap()
    });
    let said = io::read_to_string(&mut stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains("the first administrator's key") && !said.contains("panicked"), "{said}");

    let next = Process::spawn(&mut serve());
    let address = listening(&next);
    let stdout = next.stdout();
    let key = stdout.lines().find_map(|line| line.strip_prefix("admin key: ")).unwrap().to_owned();
    Client::new(address, Some(&key)).get("/api/network").expect(200);
    assert_eq!(stdout.matches("itn_").count(), 1, "{stdout}");
}

#[test]
fn asked_to_stop_it_answers_what_is_under_way_and_ends_in_time() {
    let seed = Seed::new();
    let (server, mut client, folder) = given::open_market();
    let address = server.address();
    let load = Load::start(4, "t", Weight::Light, || server.client(), |writer| seed.random(writer));
    // Peers that would keep it for ever: a reader, an idle connection, a request half sent.
    let mut stream = Stream::open(address, Some(ADMIN_KEY), "?after=0", None).unwrap();
    let idle = Connection::open(address, REFUSAL_LIMIT).unwrap();
    let mut half = Connection::open(address, REFUSAL_LIMIT).unwrap();
    half.send(b"POST /api/trades HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{").unwrap();
    let start = given::sequence(&mut client);
    wait::until("the load to be under way", REFUSAL_LIMIT, || {
        (given::sequence(&mut client) > start + 50).then_some(())
    });
    let ended = server.stop();
    assert!(!ended.stderr.contains("panicked"), "{}", ended.stderr);
    let attempts = load.finish();
    // The stream ends, rather than hangs.
    while stream.message(Duration::from_secs(5)).is_ok() {}
    drop(idle);

    let started = Instant::now();
    let server = Server::start(&folder.data());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(5), "a start after a clean stop took {took:?}");
    let mut client = server.client();
    load::check(&mut client, "t-", &attempts).unwrap_or_else(|wrong| panic!("{wrong}"));
    // A request that met the closing door may have no answer, but none that was taken in: so what
    // has no answer has not happened.
    let unknown: Vec<_> = attempts.into_iter().filter(|a| a.outcome == Outcome::Unknown).collect();
    for event in given::events(&mut client, start) {
        let reference = event["data"]["reference"].as_str().unwrap_or_default();
        let unanswered = unknown.iter().find(|attempt| attempt.reference == reference);
        assert!(unanswered.is_none(), "done, but not answered: {unanswered:?}");
    }
    given::assert_balanced(&mut client);
}

#[test]
fn settings_come_from_flags_then_the_environment_then_the_env_file() {
    let folder = Folder::new();
    let file = "ITN_DATA=from-file\nITN_LISTEN=127.0.0.1:0\nITN_SPEED=7\nITN_ANONYMOUS=true\n";
    fs::write(folder.path().join(".env"), file).unwrap();
    let mut command = process::itn(["serve", "--data", "from-flag"]);
    command.current_dir(folder.path()).env("ITN_SPEED", "11");
    let process = Process::spawn(&mut command);
    let address = listening(&process);
    let network = Client::new(address, None).get("/api/network").expect(200).json();
    assert_eq!(network["speed"], 11, "{network}");
    assert!(folder.path().join("from-flag").is_dir());
    assert!(!folder.path().join("from-file").exists());
}

#[test]
fn a_restart_changes_nothing_that_can_be_read() {
    let (server, mut client, folder) = given::open_market();
    let keyed = Request::json("POST", "/api/trades", &bodies::trade()).key("kept");
    let answer = client.send(&keyed).expect(201);
    let trade = answer.json();
    let shipment = client.post("/api/cargo", &bodies::shipment()).expect(201).json();
    let paths = [
        format!("/api/trades/{}", trade["transactionId"].as_str().unwrap()),
        format!("/api/cargo/{}", shipment["shipmentId"].as_str().unwrap()),
        "/api/inventory/ceres".into(),
        "/api/inventory/mars-port".into(),
        "/api/traders/acme".into(),
        "/api/stations".into(),
        "/api/commodities".into(),
        "/api/trades".into(),
        "/api/cargo".into(),
        "/api/events?after=0&limit=1000".into(),
        "/api/audit".into(),
    ];
    let read = |client: &mut Client| {
        paths.clone().map(|path| {
            let mut body = client.get(&path).expect(200).json();
            // How late it is, is not part of the state.
            body["asOf"]["time"].take();
            body
        })
    };
    let before = read(&mut client);
    server.stop();
    let hash = server::state_hash(&folder.data());
    let server = Server::start(&folder.data());
    assert_eq!(read(&mut server.client()), before);
    let again = server.client().send(&keyed).expect(201);
    assert_eq!(again.text(), answer.text(), "another answer to the same key");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    server.kill();
    let server = Server::start(&folder.data());
    assert_eq!(read(&mut server.client()), before);
    server.stop();
    assert_eq!(server::state_hash(&folder.data()), hash);
}

#[test]
fn verify_and_migrate_say_what_they_found() {
    let (server, _, folder) = given::open_market();
    server.stop();
    let data = folder.data();
    let verified = server::verify(&data);
    assert_eq!(verified.code(), 0, "{}", verified.said());
    assert!(verified.stdout.contains("sequence "), "{}", verified.stdout);
    let hash = server::state_hash(&data);
    let mut migrate = process::itn(["migrate", "--data"]);
    let migrated = process::run(migrate.arg(&data), REFUSAL_LIMIT);
    assert_eq!(migrated.code(), 0, "{}", migrated.said());
    assert!(migrated.said().to_lowercase().contains("nothing to do"), "{}", migrated.said());
    assert_eq!(server::state_hash(&data), hash);

    let nothing = folder.path().join("nothing");
    let name = nothing.display().to_string();
    for command in ["verify", "migrate"] {
        refuses(process::itn([command, "--data"]).arg(&nothing), 1, &[&name]);
        assert!(!nothing.exists(), "{command} made a folder");
    }
}
