//! `itn export`: read back by another language's own modules, cut off, told apart, refused.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use itn_tests::client::Request;
use itn_tests::given::{AMOUNT_MAX, AWKWARD};
use itn_tests::process::{self, Ended, Process};
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Server, bodies, given, wait};
use serde_json::{Value, json};

/// A few thousand rows, on a busy machine without optimisation.
const LIMIT: Duration = Duration::from_mins(1);
fn export(server: &Server, arguments: &[&str]) -> Command {
    let mut command = process::itn(["export", "--url", &server.url(), "--key", ADMIN_KEY]);
    command.args(arguments);
    command
}

#[track_caller]
fn exported(server: &Server, arguments: &[&str]) -> Ended {
    let ended = process::run(&mut export(server, arguments), LIMIT);
    assert_eq!(ended.code(), 0, "{arguments:?}: {}", ended.said());
    ended
}

fn rows(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the server said is complete.
#[track_caller]
fn complete_up_to(ended: &Ended) -> u64 {
    let said = ended.stderr.split("complete up to sequence ").nth(1);
    let digits = said.and_then(|said| said.split(' ').next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_else(|| panic!("{}", ended.stderr))
}

#[test]
fn what_is_exported_is_what_the_api_says_read_by_another_program() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    given::awkward(&mut server.client());
    let python = Command::new("python3").arg("--version").stdout(Stdio::null()).status();
    let is_there = python.is_ok_and(|status| status.success());
    if !is_there {
        skip("export", "there is no python3 on this machine");
    }
    let script = process::repository().join("tests/export/check.py");
    for what in ["trades", "shipments", "levels", "events", "alerts"] {
        let files = ["csv", "ndjson"].map(|format| folder.path().join(format!("{what}.{format}")));
        for file in &files {
            let ended = exported(&server, &[what, "--out", file.to_str().unwrap()]);
            assert_eq!(ended.stdout, "");
            assert_eq!(complete_up_to(&ended), given::sequence(&mut server.client()));
        }
        assert!(fs::read(&files[1]).unwrap().len() > 100, "nothing was exported");
        if is_there {
            let mut check = Command::new("python3");
            check.arg(&script).args([&server.url(), ADMIN_KEY, what]).args(&files);
            let ended = process::run(&mut check, LIMIT);
            assert_eq!(ended.code(), 0, "{what}: {}", ended.said());
        }
    }
    // Nothing else is left beside them.
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    left.retain(|path| path.extension().is_none() && *path != folder.data());
    assert_eq!(left, Vec::<PathBuf>::new());
}

#[test]
fn standard_output_has_rows_alone_and_filters_are_the_servers() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    given::awkward(&mut server.client());
    let all = exported(&server, &["trades", "--format", "ndjson"]);
    assert_eq!(rows(&all).len(), 43);
    let voided = exported(&server, &["trades", "--status", "voided", "--format", "ndjson"]);
    assert_eq!(rows(&voided)[0]["reason"], AWKWARD);
    let known = exported(&server, &["trades", "--reference", AWKWARD, "--format", "ndjson"]);
    assert_eq!(rows(&known).len(), 3);
    let csv = exported(&server, &["trades", "--status", "expired"]);
    assert_eq!(csv.stdout.lines().count(), 1, "a header and nothing else: {}", csv.stdout);
    let plain = exported(&server, &["trades"]).stdout;
    assert!(plain.contains("\"=SUM(A1), \"\"quoted\"\""), "{plain}");
    let guarded = exported(&server, &["trades", "--guard-formulas"]).stdout;
    assert!(guarded.contains("\"'=SUM(A1), \"\"quoted\"\""), "{guarded}");

    let here =
        exported(&server, &["levels", "--station", "ceres", "--by-owner", "--format", "ndjson"]);
    let here = rows(&here);
    assert!(
        here.iter().all(|level| level["station"] == "ceres" && level["asOf"]["sequence"].is_u64())
    );
    let ore =
        here.iter().find(|level| level["commodity"] == "ore" && level["owner"] == bodies::SELLER);
    assert_eq!(ore.unwrap()["onHand"], json!(AMOUNT_MAX - AMOUNT_MAX / 2 - 3), "{here:?}");
    let stations =
        exported(&server, &["levels", "--station", "ceres,mars-port", "--format", "ndjson"]);
    assert_eq!(rows(&stations).iter().filter(|level| level["station"] == "mars-port").count(), 2);

    // What a list does not know is refused, and not passed over.
    for wrong in [
        &["trades", "--by-owner"][..],
        &["alerts", "--vessel", "x"],
        &["levels", "--topic", "trade"],
    ] {
        let refused = process::run(&mut export(&server, wrong), LIMIT);
        assert_eq!((refused.code(), refused.stdout.as_str()), (1, ""), "{wrong:?}");
        assert!(refused.stderr.contains("there is no such parameter"), "{}", refused.stderr);
    }

    // Incrementally: what is behind what was exported before.
    let before = complete_up_to(&all);
    server.client().post("/api/trades", &bodies::trade()).expect(201);
    let after =
        exported(&server, &["events", "--after", &before.to_string(), "--format", "ndjson"]);
    let sequences: Vec<_> = rows(&after).iter().map(|event| event["sequence"].clone()).collect();
    assert_eq!(sequences, [json!((before + 1).to_string())]);
}

#[test]
fn many_pages_are_one_list_while_more_comes() {
    let (server, mut client, _folder) = given::open_market();
    let lines: Vec<_> = (0..2_500)
        .map(|number| json!({ "type": "trade", "data": bodies::trade_known_as(&format!("r{number}")) }))
        .collect();
    client.send(&Request::lines("/api/events?results=failures", &lines)).expect(200);
    for what in ["trades", "events"] {
        let before = given::sequence(&mut client);
        let mut command = export(&server, &[what, "--format", "ndjson"]);
        let exporting = Process::spawn(&mut command);
        // More comes while it exports.
        for _ in 0..20 {
            client.post("/api/trades", &bodies::trade_known_as("meanwhile")).expect(201);
        }
        let ended = exporting.wait(LIMIT);
        assert_eq!(ended.code(), 0, "{}", ended.said());
        let up_to = complete_up_to(&ended);
        assert!(up_to >= before, "{}", ended.stderr);
        let rows = rows(&ended);
        if what == "events" {
            let sequences = rows
                .iter()
                .map(|event| event["sequence"].as_str().unwrap().parse::<u64>().unwrap());
            assert!(sequences.eq(1..=up_to), "a gap or a repeat");
        } else {
            let pages = given::events(&mut client, 0);
            let is_trade = |event: &&Value| event["type"] == "trade.settled";
            let mut made: Vec<_> = pages[..usize::try_from(up_to).unwrap()]
                .iter()
                .filter(is_trade)
                .map(|event| event["subject"].clone())
                .collect();
            let mut ids: Vec<_> = rows.iter().map(|trade| trade["transactionId"].clone()).collect();
            ids.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            made.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            assert_eq!(ids, made);
        }
    }
}

/// A server with more trades than a pipe holds.
fn busy() -> (Folder, Server) {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut client = server.client();
    given::market(&mut client);
    let lines: Vec<_> =
        (0..2_500).map(|_| json!({ "type": "trade", "data": bodies::trade() })).collect();
    client.send(&Request::lines("/api/events?results=failures", &lines)).expect(200);
    (folder, server)
}

#[test]
fn a_server_that_dies_in_the_middle_is_waited_for() {
    let (folder, server) = busy();
    let address = server.address().to_string();
    let last = given::sequence(&mut server.client());
    let mut command = export(&server, &["events", "--format", "ndjson"]);
    let mut exporting =
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
    // It cannot go on before this is read, as a pipe holds less than a page.
    let mut lines = BufReader::new(exporting.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    server.kill();
    let server = Server::options(&folder.data()).listen(&address).start();
    let rest: Vec<_> = lines.map(Result::unwrap).collect();
    assert!(exporting.wait().unwrap().success());
    let sequence = |line: &String| {
        let event: Value = serde_json::from_str(line).unwrap();
        event["sequence"].as_str().unwrap().parse::<u64>().unwrap()
    };
    let sequences: Vec<_> = std::iter::once(&first).chain(&rest).map(sequence).collect();
    assert!(sequences.iter().copied().eq(1..=last), "{} of {last}", sequences.len());
    server.stop();
}

#[test]
fn whoever_has_read_enough_may_go() {
    let (_folder, server) = busy();
    for command in ["export trades", "watch --after 0"] {
        let script =
            "\"$0\" \"$@\" --url \"$URL\" --key \"$KEY\" | head -n 2; echo \"${PIPESTATUS[0]}\"";
        let mut bash = Command::new("bash");
        bash.args(["-c", script]).arg(process::binary()).args(command.split(' '));
        bash.env("URL", server.url()).env("KEY", ADMIN_KEY).current_dir("/");
        let ended = process::run(&mut bash, LIMIT);
        let lines: Vec<_> = ended.stdout.lines().collect();
        assert_eq!((lines.len(), lines[2]), (3, "0"), "{command}: {}", ended.said());
        let is_quiet = ended.stderr.is_empty() || ended.stderr.starts_with("itn watch: following");
        assert!(is_quiet, "{command}: {}", ended.stderr);
    }
}

#[test]
fn a_file_is_there_whole_or_as_it_was() {
    let (folder, server) = busy();
    let file = folder.path().join("trades.csv");
    fs::write(&file, "as it was").unwrap();
    let private = fs::Permissions::from_mode(0o600);
    fs::set_permissions(&file, private.clone()).unwrap();
    let out = file.to_str().unwrap();
    let entries = || fs::read_dir(folder.path()).unwrap().count();
    let before = entries();
    let refused = process::run(
        &mut export(&server, &["trades", "--out", out, "--station", "nowhere"]),
        LIMIT,
    );
    assert_eq!(refused.code(), 1);
    assert!(refused.stderr.contains("422 unknown_station"), "{}", refused.stderr);
    assert_eq!((fs::read_to_string(&file).unwrap().as_str(), entries()), ("as it was", before));

    // Told to end while the server is gone, it leaves all as it was, too.
    let url = server.url();
    server.kill();
    let nowhere =
        process::run(&mut process::itn(["export", "trades", "--url", &url, "--out", out]), LIMIT);
    assert_eq!(nowhere.code(), 1);
    assert!(nowhere.stderr.contains(&url), "{}", nowhere.stderr);
    assert_eq!((fs::read_to_string(&file).unwrap().as_str(), entries()), ("as it was", before));

    let server = Server::start(&folder.data());
    exported(&server, &["trades", "--out", out]);
    assert!(fs::read_to_string(&file).unwrap().starts_with("transactionId,status,"));
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, private.mode(), "who may read it changed");
    let link = folder.path().join("link.csv");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    exported(&server, &["alerts", "--out", link.to_str().unwrap()]);
    assert!(link.is_symlink(), "what the link names is replaced, and not the link");
    assert!(fs::read_to_string(&file).unwrap().starts_with("alertId,status,"));
    for not_a_file in ["/dev/null", folder.path().to_str().unwrap()] {
        let refused = process::run(&mut export(&server, &["trades", "--out", not_a_file]), LIMIT);
        assert_eq!(refused.code(), 1);
        assert!(refused.stderr.contains("is not a file"), "{}", refused.stderr);
    }
    assert!(!Path::new("/dev/null").is_file());
}

#[test]
fn what_is_told_to_end_leaves_no_half_file() {
    let (folder, server) = busy();
    let address = server.address().to_string();
    let network = server.client().get("/api/network").expect(200).text();
    let file = folder.path().join("events.ndjson");
    let is_begun = || {
        let mut entries =
            fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        entries.any(|name| name.to_string_lossy().starts_with(".itn-export-"))
    };
    // A server that says nothing more than that it is busy: the export waits.
    server.kill();
    let listener = std::net::TcpListener::bind(&address).unwrap();
    std::thread::spawn(move || {
        for (number, socket) in listener.incoming().enumerate() {
            let mut socket = socket.unwrap();
            let mut head = [0; 4096];
            let _ = std::io::Read::read(&mut socket, &mut head);
            let length = network.len();
            let network = format!(
                "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{network}"
            );
            let busy = "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
            let answer = if number == 0 { &network } else { busy };
            let _ = std::io::Write::write_all(&mut socket, answer.as_bytes());
        }
    });
    let mut command =
        process::itn(["export", "events", "--url", &format!("http://{address}"), "--out"]);
    let exporting = Process::spawn(command.arg(&file));
    wait::until("a temporary file", LIMIT, || is_begun().then_some(()));
    exporting.terminate();
    let ended = exporting.wait(LIMIT);
    assert_eq!(ended.code(), 1, "{}", ended.said());
    assert!(ended.stderr.contains("as it was"), "{}", ended.stderr);
    assert!(!is_begun() && !file.exists());
}
