//! The proxy's file, run by the real proxy: two networks behind two names, over TLS.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Command;

use itn_tests::process::{self, Ended, Process};
use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Folder, Server, bodies, given, wait};
use serde_json::Value;

use super::{LIMIT, has, python_tool, server};

/// A running Caddy. Its names end in `.test`, for which no lookup is done.
struct Caddy {
    https: u16,
    root: PathBuf,
    process: Process,
    _folder: Folder,
}

/// How many pairs of ports are tried.
const PORTS_TRIED: usize = 5;

/// A port that was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Caddy {
    /// In front of two servers, and of whatever listens at `third`. If somebody else has taken a port that
    /// was free a moment ago, it is started on others.
    #[track_caller]
    fn start(first: SocketAddr, second: SocketAddr, third: SocketAddr) -> Self {
        let mut said = String::new();
        for _ in 0..PORTS_TRIED {
            match Self::try_start(first, second, third) {
                Ok(caddy) => return caddy,
                Err(ended) => said = ended.said(),
            }
        }
        panic!("Caddy does not start: {said}");
    }

    /// Waits until it answers, or ends.
    fn try_start(first: SocketAddr, second: SocketAddr, third: SocketAddr) -> Result<Self, Ended> {
        let folder = Folder::new();
        let (http, https) = (free_port(), free_port());
        let files = process::repository().join("deploy/caddy");
        // The options of this machine, then the file as it is delivered.
        let config = format!(
            "{{\n\tadmin off\n\thttp_port {http}\n\thttps_port {https}\n\tlocal_certs\n\
             \tskip_install_trust\n}}\n\nimport {}\n\nthird.test {{\n\timport itn {third}\n}}\n",
            files.join("two.Caddyfile").display()
        );
        let file = folder.path().join("Caddyfile");
        fs::write(&file, config).unwrap();
        let mut caddy = Command::new(program());
        caddy.args(["run", "--adapter", "caddyfile", "--config"]).arg(&file).current_dir(&files);
        caddy.env("XDG_DATA_HOME", folder.path()).env("XDG_CONFIG_HOME", folder.path());
        caddy.env("ITN_FIRST_NAME", "first.test").env("ITN_FIRST", first.to_string());
        caddy.env("ITN_SECOND_NAME", "second.test").env("ITN_SECOND", second.to_string());
        let process = Process::spawn(&mut caddy);
        let root = folder.path().join("caddy/pki/authorities/local/root.crt");
        let mut caddy = Self { https, root, process, _folder: folder };
        for name in ["first.test", "second.test"] {
            let is_up = wait::until("the proxy answers by TLS", LIMIT, || {
                if caddy.process.has_ended() {
                    return Some(false);
                }
                (caddy.curl(name, "/livez", &[]).code() == 0).then_some(true)
            });
            if !is_up {
                return Err(caddy.process.wait(LIMIT));
            }
        }
        Ok(caddy)
    }

    /// A request that trusts the proxy's own authority alone.
    fn command(&self, name: &str, path: &str, more: &[&str]) -> Command {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "--max-time", "60", "--cacert"]).arg(&self.root);
        curl.args(["--resolve", &format!("{name}:{}:127.0.0.1", self.https)]);
        curl.args(["-H", &format!("Authorization: Bearer {ADMIN_KEY}")]).args(more);
        curl.arg(format!("https://{name}:{}{path}", self.https));
        curl
    }

    fn curl(&self, name: &str, path: &str, more: &[&str]) -> Ended {
        process::run(&mut self.command(name, path, more), LIMIT * 3)
    }

    fn json(&self, name: &str, path: &str, more: &[&str]) -> Value {
        let ended = self.curl(name, path, more);
        serde_json::from_str(&ended.stdout).unwrap_or_else(|it| panic!("{it}: {}", ended.said()))
    }
}

/// The proxy's program, installed or unpacked.
fn program() -> PathBuf {
    let unpacked = process::repository().join("target/clients/caddy/usr/bin/caddy");
    if unpacked.is_file() { unpacked } else { "caddy".into() }
}

/// Whether this machine has what it takes.
fn is_here() -> bool {
    for program in [program(), "curl".into()] {
        let program = program.to_str().unwrap();
        if !has(program) {
            skip("packaging", &format!("there is no {program} on this machine"));
            return false;
        }
    }
    true
}

/// What the first request to it says.
fn overhear(listener: &TcpListener) -> String {
    listener.set_nonblocking(true).unwrap();
    let stream = wait::until("somebody connects", LIMIT, || listener.accept().ok());
    let (mut stream, _) = stream;
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    let mut head = Vec::new();
    let mut part = [0; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut part).unwrap();
        assert!(count > 0, "it hangs up");
        head.extend_from_slice(&part[..count]);
    }
    stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
    String::from_utf8(head).unwrap()
}

#[test]
fn two_networks_stand_behind_two_names() {
    if !is_here() {
        return;
    }
    let folders = [Folder::new(), Folder::new()];
    let [first, second] = [0, 1].map(|at| server(&folders[at], "127.0.0.1:0"));
    let third = TcpListener::bind("127.0.0.1:0").unwrap();
    let caddy = Caddy::start(first.address(), second.address(), third.local_addr().unwrap());
    given::market(&mut first.client());
    let journal = |name| caddy.json(name, "/api/network", &[])["journal"].clone();
    let direct =
        |server: &Server| server.client().get("/api/network").expect(200).json()["journal"].clone();
    assert_eq!((journal("first.test"), journal("second.test")), (direct(&first), direct(&second)));
    assert_ne!(journal("first.test"), journal("second.test"));

    // Whoever is no client of ours is told nothing of how the machine fares.
    let metrics = caddy.curl("first.test", "/metrics", &["-w", "%{http_code}"]);
    assert_eq!(metrics.stdout, "404");
    let head = caddy.curl("first.test", "/api/whoami", &["-D", "-"]).stdout.to_lowercase();
    assert!(head.contains("strict-transport-security: max-age=31536000"), "{head}");

    // The client's address is the one that the proxy sees, and nothing that the client says.
    let mut asked = caddy.command("third.test", "/x", &["-H", "X-Forwarded-For: 203.0.113.9"]);
    let asked = Process::spawn(&mut asked);
    let asked_of_it = overhear(&third).to_lowercase();
    assert_eq!(asked.wait(LIMIT).code(), 0);
    assert!(asked_of_it.contains("x-forwarded-for: 127.0.0.1\r\n"), "{asked_of_it}");
    assert!(
        asked_of_it.contains("x-forwarded-proto: https\r\n")
            && !asked_of_it.contains("203.0.113.9")
    );

    streams_pass(&caddy, &first);
    restarts_are_waited_for(&caddy, first, &folders[0]);
}

/// Events come through while the stream is open: nothing on the way keeps them.
fn streams_pass(caddy: &Caddy, first: &Server) {
    let path = "/api/updates/real-time";
    let sse = Process::spawn(&mut caddy.command("first.test", path, &["-N"]));
    wait::until("the stream is open", LIMIT, || sse.stdout().contains("retry:").then_some(()));
    let socket = python_tool("python3").map(|python| {
        let mut follow = Command::new(python);
        follow.arg(process::repository().join("tests/packaging/follow.py"));
        follow.args([&caddy.https.to_string(), "first.test"]).arg(&caddy.root).arg(ADMIN_KEY);
        let follow = Process::spawn(&mut follow);
        wait::until("the socket is open", LIMIT, || follow.stdout().contains("open").then_some(()));
        follow
    });
    let mut trades = Vec::new();
    for _ in 0..3 {
        let trade = first.client().post("/api/trades", &bodies::trade()).expect(201).json();
        let id = trade["transactionId"].as_str().unwrap().to_owned();
        // Each is there before the next one is made.
        wait::until("the event comes", LIMIT, || sse.stdout().contains(&id).then_some(()));
        trades.push(format!("{}-", trade["sequence"]));
    }
    let Some(mut socket) = socket else { return };
    wait::until("the socket has them", LIMIT, || {
        let said = socket.stdout();
        let events: Vec<_> = said.lines().filter(|line| line.ends_with("trade.settled")).collect();
        let has = |id: &String| events.iter().any(|line| line.starts_with(id.as_str()));
        (events.len() == trades.len() && trades.iter().all(has)).then_some(())
    });
    assert!(!socket.has_ended());
}

/// An upgrade by restart: who asks meanwhile waits, and is answered.
fn restarts_are_waited_for(caddy: &Caddy, first: Server, folder: &Folder) {
    let listen = first.address().to_string();
    let before = caddy.json("first.test", "/api/network", &[])["sequence"].clone();
    first.stop();
    let waiting = Process::spawn(&mut caddy.command("first.test", "/api/network", &[]));
    let again = server(folder, &listen);
    let answer = waiting.wait(LIMIT * 2);
    let mut answer: Value = serde_json::from_str(&answer.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", answer.said()));
    if answer["code"] == "recovering" {
        // It came when the new one listened, and was not ready yet.
        assert_eq!(answer["retryable"], true, "{answer}");
        answer = wait::until("the server is ready", LIMIT, || {
            let answer = caddy.json("first.test", "/api/network", &[]);
            (answer["code"] != "recovering").then_some(answer)
        });
    }
    assert_eq!(answer["sequence"], before, "{answer}");
    again.stop();
}

#[test]
fn the_proxys_files_are_valid() {
    if !is_here() {
        return;
    }
    let files = process::repository().join("deploy/caddy");
    for file in ["Caddyfile", "two.Caddyfile"] {
        let mut caddy = Command::new(program());
        caddy.args(["validate", "--adapter", "caddyfile", "--config", file]).current_dir(&files);
        let home = Folder::new();
        let ended = process::run(caddy.env("XDG_DATA_HOME", home.path()), LIMIT);
        assert_eq!(ended.code(), 0, "{file}: {}", ended.said());
    }
}
