//! What is seen of the real process from outside: its log, its metrics, its end.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use itn_tests::bodies::{self, with};
use itn_tests::client::Request;
use itn_tests::process::{self, Process};
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Client, Server, given, wait};
use serde_json::{Value, json};

/// How long a program of others may take.
const LIMIT: Duration = Duration::from_mins(1);

#[test]
fn the_log_names_each_request_and_no_secret() {
    let folder = Folder::new();
    let options = Server::options(&folder.data());
    let server = options.arg("--log-format").arg("json").env("ITN_LOG", "debug").start();
    let mut client = server.client();
    given::market(&mut client);
    let secret = "in-the-query-7f3a";
    let asked = Request::new("GET", &format!("/api/trades?reference={secret}"));
    let asked = asked.header("x-request-id", "mine-7").header("cookie", "c=in-a-header-9b");
    let answered = client.send(&asked);
    let body = with(bodies::trade(), &json!({ "reference": "in-the-body-4c1d" }));
    client.send(&Request::json("POST", "/api/trades", &body)).expect(201);
    let refused = client.get("/api/trades/none").expect(404);
    let ended = server.stop();
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let of = |id: &str| -> Vec<Value> {
        lines.iter().filter(|line| line["requestId"] == id).cloned().collect()
    };
    let mine = of("mine-7");
    let [line] = &mine[..] else { panic!("{mine:?}") };
    assert_eq!((&line["level"], &line["message"]), (&json!("DEBUG"), &json!("answered")), "{line}");
    assert_eq!((&line["path"], &line["method"]), (&json!("/api/trades"), &json!("GET")), "{line}");
    assert_eq!(line["status"], answered.status(), "{line}");
    let id = refused.json()["requestId"].as_str().unwrap().to_owned();
    assert_eq!(refused.header("x-request-id"), Some(&*id));
    let refused = of(&id);
    assert_eq!(refused[0]["code"], "unknown_trade", "{refused:?}");
    for secret in [ADMIN_KEY, secret, "in-a-header-9b", "in-the-body-4c1d"] {
        assert!(!ended.said().contains(secret), "{secret} is in the log:\n{}", ended.stderr);
    }
}

#[test]
fn a_log_for_people_names_slow_requests() {
    let folder = Folder::new();
    let server = Server::options(&folder.data()).env("ITN_LOG_SLOW_MS", "1").start();
    let mut client = server.client();
    given::market(&mut client);
    let line = json!({ "type": "trade", "data": bodies::trade() });
    let lines = vec![line; 2_000];
    let slow = Request::lines("/api/events?results=failures", &lines);
    client.send(&slow.header("x-request-id", "slow-one")).expect(200);
    let ended = server.stop();
    let told = ended.stderr.lines().find(|line| line.ends_with(" request=slow-one"));
    let told = told.unwrap_or_else(|| panic!("not told:\n{}", ended.stderr));
    assert!(told.contains(" WARN a request took long"), "{told}");
}

/// Bytes that Linux keeps of a pipe that nobody reads, and then some.
const PIPE_BYTES: usize = 1024 * 1024;

/// A process whose outputs the test holds itself. It is killed when dropped.
struct Held(Child);

impl Drop for Held {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_log_that_nobody_reads_holds_nothing_up() {
    let folder = Folder::new();
    let mut command = process::itn(["serve", "--listen", "127.0.0.1:0", "--log-format", "json"]);
    command.arg("--data").arg(folder.data());
    command.env("ITN_ADMIN_KEY", ADMIN_KEY).env("ITN_LOG", "debug,hyper=off");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut held = Held(command.spawn().unwrap());
    let child = &mut held.0;
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let address: SocketAddr =
        first.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
    let mut client = Client::new(address, Some(ADMIN_KEY));
    given::market(&mut client);
    let name = "x".repeat(64);
    // More lines than a pipe and the queue of lines hold, which would stop whoever waits for it.
    for _ in 0..(PIPE_BYTES / 200 + 10_000) {
        client.send(&Request::new("GET", "/livez").header("x-request-id", &name)).expect(200);
    }
    client.send(&Request::json("POST", "/api/trades", &bodies::trade())).expect(201);
    let told = client.get("/metrics").expect(200).text();
    let lost = told.lines().find_map(|line| line.strip_prefix("itn_log_lines_lost_total "));
    let lost: u64 = lost.unwrap().parse().unwrap();
    assert!(lost > 0, "nothing was lost: too little was said");
    // Read again, the log says so, and the process ends.
    let mut stderr = child.stderr.take().unwrap();
    let reading = thread::spawn(move || {
        let mut said = String::new();
        stderr.read_to_string(&mut said).map(|_| said)
    });
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
    let said = reading.join().unwrap().unwrap();
    let lines = said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let missing: u64 = lines.filter_map(|line| line["lost"].as_u64()).sum();
    assert!(missing >= lost, "{missing} of {lost} are told of");
}

/// A command with this on its standard input: its exit code, and what it said.
fn fed(command: &mut Command, input: &str) -> (bool, String) {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// A program of Debian's package `prometheus`: unpacked by `scripts/test`, or installed.
fn program(name: &str) -> Option<PathBuf> {
    let unpacked = process::repository().join("target/clients/prometheus/usr/bin").join(name);
    let found = if unpacked.is_file() { unpacked } else { name.into() };
    let ran = Command::new(&found).arg("--version").output();
    if ran.is_ok_and(|output| output.status.success()) {
        return Some(found);
    }
    skip("observing", &format!("there is no {name} on this machine (Debian: prometheus)"));
    None
}

/// A server that has done a little of everything.
fn busy(folder: &Folder) -> Server {
    let options = Server::options(&folder.data()).env("ITN_METRICS_LISTEN", "127.0.0.1:0");
    let server = options.env("ITN_ANONYMOUS", "false").start();
    let mut client = server.client();
    given::market(&mut client);
    client.post("/api/trades", &bodies::trade()).expect(201);
    client.get("/api/trades/none").expect(404);
    client.send(&Request::lines("/api/events", &[json!({ "type": "?" })])).expect(200);
    server
}

/// Where it serves metrics without a key.
fn metrics_address(server: &mut Server) -> SocketAddr {
    wait::until("the line `metrics on`", LIMIT, || {
        let stdout = server.process().stdout();
        let url = stdout.split("metrics on http://").nth(1)?.split_once('\n')?.0;
        url.strip_suffix("/metrics")?.parse().ok()
    })
}

#[test]
fn the_metrics_are_as_prometheus_wants_them() {
    let folder = Folder::new();
    let mut server = busy(&folder);
    let told = server.client().get("/metrics").expect(200).text();
    server.anonymous().get("/metrics").expect(401);
    let address = metrics_address(&mut server);
    Client::new(address, None).get("/api/network").expect(404);
    let also = Client::new(address, None).get("/metrics").expect(200).text();
    let names = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
        lines.filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
    };
    assert_eq!(names(&told), names(&also));
    for file in ["journal.db", "views.db", "operations.db"] {
        assert!(told.contains(&format!("itn_storage_bytes{{file=\"{file}\"}} ")), "{told}");
    }
    let Some(promtool) = program("promtool") else { return };
    let (good, said) = fed(Command::new(promtool).args(["check", "metrics"]), &told);
    assert!(good && said.trim().is_empty(), "{said}");
}

/// The metrics that an expression names.
fn named(expression: &str) -> BTreeSet<String> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let words = expression.split(|letter| !is_part(letter));
    words
        .filter(|word| word.starts_with("itn_") || word.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// Every expression of the dashboard, and of its variables.
fn dashboard_expressions(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            found.extend(fields.get("expr").and_then(Value::as_str).map(str::to_owned));
            fields.values().for_each(|value| dashboard_expressions(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| dashboard_expressions(item, found)),
        _ => {}
    }
}

fn dashboard() -> Vec<String> {
    let text = fs::read_to_string(process::repository().join("deploy/grafana/itn.json")).unwrap();
    let mut found = Vec::new();
    dashboard_expressions(&serde_json::from_str(&text).unwrap(), &mut found);
    assert!(found.len() > 30, "{}", found.len());
    found
}

fn rules() -> Vec<String> {
    let path = process::repository().join("deploy/prometheus/alerts.yml");
    let text = fs::read_to_string(path).unwrap();
    let rules =
        text.lines().filter_map(|line| line.trim().strip_prefix("expr: ")).map(str::to_owned);
    rules.collect()
}

#[test]
fn the_dashboard_and_the_rules_name_what_there_is() {
    let folder = Folder::new();
    let told = busy(&folder).client().get("/metrics").expect(200).text();
    let samples: BTreeSet<&str> =
        told.lines().filter_map(|line| line.split(['{', ' ']).next()).collect();
    let rules = rules();
    assert!(rules.len() >= 20);
    for expression in dashboard().iter().chain(&rules) {
        for name in named(expression) {
            assert!(samples.contains(&*name), "no {name}, which is in {expression}");
        }
    }
    let docs = fs::read_to_string(process::repository().join("docs/observing.md")).unwrap();
    let path = process::repository().join("deploy/prometheus/alerts.yml");
    for line in fs::read_to_string(path).unwrap().lines() {
        if let Some(rule) = line.trim().strip_prefix("- alert: ") {
            assert!(
                docs.contains(&format!("`{rule}`")),
                "docs/observing.md does not tell of {rule}"
            );
        }
    }
}

#[test]
fn the_rules_fire_when_they_should() {
    let Some(program) = program("promtool") else { return };
    let folder = process::repository().join("deploy/prometheus");
    for (what, file) in [("check", "alerts.yml"), ("test", "alerts_test.yml")] {
        let mut promtool = Command::new(&program);
        promtool.args([what, "rules", file]).current_dir(&folder);
        let ended = process::run(&mut promtool, LIMIT);
        assert_eq!(ended.code(), 0, "{}", ended.said());
        assert!(ended.said().contains("SUCCESS"), "{}", ended.said());
    }
    let read = |name| fs::read_to_string(folder.join(name)).unwrap();
    let (rules, tests) = (read("alerts.yml"), read("alerts_test.yml"));
    for line in rules.lines() {
        if let Some(rule) = line.trim().strip_prefix("- alert: ") {
            // Once when it fires, and once when it does not.
            assert!(tests.matches(&format!("alertname: {rule}")).count() >= 2, "{rule}");
        }
    }
}

/// The part of Prometheus' configuration that the docs show, for a server that tells its metrics here.
fn documented_scrape(metrics: SocketAddr) -> String {
    let docs = fs::read_to_string(process::repository().join("docs/observing.md")).unwrap();
    let (_, yaml) = docs.split_once("```yaml\n").unwrap();
    let (yaml, _) = yaml.split_once("```").unwrap();
    assert_eq!(yaml.matches("'10.0.0.5:9464'").count(), 1, "{yaml}");
    yaml.replace("10.0.0.5:9464", &metrics.to_string())
}

/// How many free ports are tried for a program that takes no port 0.
const PORTS_TRIED: usize = 5;

/// A Prometheus with this configuration that answers. Its port was free a moment ago: if somebody else has
/// taken it, Prometheus ends at once, and is started on another.
#[track_caller]
fn start_prometheus(program: &Path, folder: &Folder, config: &Path) -> (Process, SocketAddr) {
    let mut said = String::new();
    for _ in 0..PORTS_TRIED {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut command = Command::new(program);
        command.arg(format!("--config.file={}", config.display()));
        command.arg(format!("--storage.tsdb.path={}", folder.path().join("tsdb").display()));
        command.arg(format!("--web.listen-address={free}"));
        let mut prometheus = Process::spawn(&mut command);
        let is_up = wait::until("Prometheus to be ready", LIMIT, || {
            if prometheus.has_ended() {
                return Some(false);
            }
            let answer = Client::new(free, None).try_send(&Request::new("GET", "/-/ready")).ok()?;
            (answer.status() == 200).then_some(true)
        });
        if is_up {
            return (prometheus, free);
        }
        said = prometheus.wait(LIMIT).said();
    }
    panic!("Prometheus does not start: {said}");
}

#[test]
fn a_prometheus_reads_the_metrics_the_rules_and_the_dashboard() {
    let Some(program) = program("prometheus") else { return };
    let folder = Folder::new();
    let mut server = busy(&folder);
    let rules = process::repository().join("deploy/prometheus/alerts.yml");
    let config = format!(
        "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\nrule_files: ['{}']\n{}",
        rules.display(),
        documented_scrape(metrics_address(&mut server))
    );
    let file = folder.path().join("prometheus.yml");
    fs::write(&file, config).unwrap();
    let (prometheus, address) = start_prometheus(&program, &folder, &file);
    let ask = |query: &str| {
        let mut escaped = String::new();
        for byte in query.bytes() {
            write!(escaped, "%{byte:02X}").unwrap();
        }
        let mut client = Client::new(address, None);
        let path = format!("/api/v1/query?query={escaped}");
        let answer = client.try_send(&Request::new("GET", &path)).ok()?;
        // 503 while it starts.
        (answer.status() != 503).then(|| answer.json())
    };
    wait::until("the first metrics in Prometheus", LIMIT, || {
        let up = ask("up{job=\"itn\"}")?;
        (up["data"]["result"][0]["value"][1] == "1").then_some(())
    });
    let trades = ask("sum(itn_http_requests_total{route=\"/api/trades\",status=\"201\"})").unwrap();
    assert_eq!(trades["data"]["result"][0]["value"][1], "1", "{trades}");
    for expression in dashboard() {
        let expression = expression.replace("$__rate_interval", "1m").replace("$instance", ".*");
        let said = ask(&expression).unwrap();
        assert_eq!(said["status"], "success", "{expression}: {said}");
    }
    let mut client = Client::new(address, None);
    let groups = client.get("/api/v1/rules").expect(200).json()["data"]["groups"].clone();
    assert_eq!(groups[0]["rules"].as_array().map(Vec::len), Some(self::rules().len()), "{groups}");
    prometheus.terminate();
    prometheus.wait(LIMIT);
}

/// What a writer was told of its trades: the reference of each, and the status and code.
type Told = Vec<(String, Option<(u16, String)>)>;

/// Posts trades, each once, until a connection is refused.
fn write_until_refused(address: SocketAddr, name: &str) -> Told {
    let mut client = Client::new(address, Some(ADMIN_KEY));
    let mut told = Told::new();
    loop {
        let reference = format!("{name}-{}", told.len());
        let body = with(bodies::trade(), &json!({ "reference": reference }));
        match client.try_send(&Request::json("POST", "/api/trades", &body)) {
            Ok(answer) => told.push((reference, Some((answer.status(), answer.code())))),
            Err(error) => {
                told.push((reference, None));
                if error.kind() == std::io::ErrorKind::ConnectionRefused {
                    return told;
                }
            }
        }
    }
}

#[test]
fn one_that_is_told_to_stop_leaves_time_to_notice_and_answers_all_it_has_read() {
    const WRITERS: usize = 16;
    let folder = Folder::new();
    let data = folder.data();
    let mut server = Server::options(&data).arg("--drain-delay").arg("1").start();
    given::market(&mut server.client());
    let address = server.address();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| thread::spawn(move || write_until_refused(address, &format!("w{writer}"))))
        .collect();
    let mut client = server.client();
    wait::until("the writers to be under way", LIMIT, || {
        (given::sequence(&mut client) > 200).then_some(())
    });
    server.process().terminate();
    let began = Instant::now();
    wait::until("/readyz to say that it stops", LIMIT, || {
        let ready = Client::new(address, None).try_send(&Request::new("GET", "/readyz")).ok()?;
        (ready.status() == 503 && ready.json()["status"] == "stopping").then_some(())
    });
    // It goes on meanwhile, for connections that are made now, too, each for one request.
    let answer = Client::new(address, Some(ADMIN_KEY)).post("/api/trades", &bodies::trade());
    assert_eq!((answer.status(), answer.header("connection")), (201, Some("close")));
    let ended = server.wait(Duration::from_secs(10));
    assert_eq!(ended.code(), 0, "{}", ended.said());
    assert!(began.elapsed() >= Duration::from_millis(900), "it did not wait");
    let told: Told = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();

    let server = Server::start(&data);
    let events = given::events(&mut server.client(), 0);
    let done: BTreeSet<_> =
        events.iter().filter_map(|event| event["data"]["reference"].as_str()).collect();
    let mut acknowledged = 0;
    for (reference, answer) in &told {
        let there = done.contains(&**reference);
        match answer {
            Some((201, _)) => {
                acknowledged += 1;
                assert!(there, "{reference} was acknowledged, and is not there");
            }
            Some((503, code)) if code == "stopping" => assert!(!there, "{reference}"),
            None => assert!(!there, "{reference} is there, and was not answered"),
            other => panic!("{reference}: {other:?}"),
        }
    }
    assert!(acknowledged > 200, "{acknowledged}");
    server.stop();
}

#[test]
fn an_upgrade_by_restart_loses_nothing_and_does_nothing_twice() {
    const WRITERS: usize = 8;
    const RESTARTS: usize = 3;
    let folder = Folder::new();
    let data = folder.data();
    let mut server = Server::start(&data);
    given::market(&mut server.client());
    let address = Arc::new(Mutex::new(server.address()));
    let over = Arc::new(AtomicBool::new(false));
    // A client as it should be: each trade with a key, sent until it is answered.
    let write = |writer: usize| {
        let (address, over) = (Arc::clone(&address), Arc::clone(&over));
        thread::spawn(move || {
            let mut sent = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let key = format!("u{writer}-{}", sent.len());
                let body = with(bodies::trade(), &json!({ "reference": key }));
                let request = Request::json("POST", "/api/trades", &body).key(&key);
                let answer = wait::until("an answer", LIMIT, || {
                    let now = *address.lock().unwrap();
                    let answer = Client::new(now, Some(ADMIN_KEY)).try_send(&request).ok()?;
                    (answer.status() != 503).then_some(answer)
                });
                let trade = answer.expect(201).json();
                sent.push((key, trade["sequence"].as_u64().unwrap()));
            }
            sent
        })
    };
    let writers: Vec<_> = (0..WRITERS).map(write).collect();
    for _ in 0..RESTARTS {
        let mut client = server.client();
        let begin = given::sequence(&mut client);
        wait::until("trades between restarts", LIMIT, || {
            (given::sequence(&mut client) > begin + 50).then_some(())
        });
        server.stop();
        server = Server::start(&data);
        *address.lock().unwrap() = server.address();
    }
    over.store(true, Ordering::Relaxed);
    let mut sent: Vec<_> = writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect();
    let mut client = server.client();
    let events = given::events(&mut client, 0);
    let mut done: Vec<_> = events
        .iter()
        .filter_map(|event| {
            let reference = event["data"]["reference"].as_str()?.to_owned();
            Some((reference, event["sequence"].as_str()?.parse::<u64>().ok()?))
        })
        .filter(|(reference, _)| reference.starts_with('u'))
        .collect();
    sent.sort_unstable();
    done.sort_unstable();
    assert_eq!(sent, done);
    given::assert_balanced(&mut client);
    server.stop();
}
