//! Clients that others wrote: each connects, is cut off by a server that is killed, resumes, and has
//! everything once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use itn_tests::server::ADMIN_KEY;
use itn_tests::skip::skip;
use itn_tests::{Client, Folder, Server, bodies, given, process, wait};

const LIMIT: Duration = Duration::from_mins(1);

/// A client that prints the id of each event. Killed when dropped.
struct Follower {
    name: &'static str,
    said: PathBuf,
    process: Child,
}

impl Follower {
    fn start(name: &'static str, command: &mut Command, folder: &Path, url: &str) -> Self {
        let said = folder.join(name);
        let stdout = fs::File::create(&said).unwrap();
        command.args([url, ADMIN_KEY]).arg(folder).stdin(Stdio::null()).stdout(stdout);
        let process = command.spawn().unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name, said, process }
    }

    fn ids(&self) -> Vec<String> {
        let said = fs::read_to_string(&self.said).unwrap();
        said.lines().map(str::to_owned).collect()
    }

    fn wait_for(&self, expected: &[String]) {
        wait::within(LIMIT, || (self.ids().len() >= expected.len()).then_some(()));
        assert_eq!(self.ids(), expected, "{}", self.name);
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The clients that can be had on this machine: `scripts/test` installs them.
fn followers(folder: &Path, url: &str) -> Vec<Follower> {
    let root = process::repository();
    let (scripts, installed) = (root.join("tests/clients"), root.join("target/clients"));
    let mut found = Vec::new();
    for name in ["eventsource", "ws"] {
        if !installed.join("node/node_modules").join(name).is_dir() {
            skip("clients", &format!("npm's `{name}` is not installed"));
            continue;
        }
        if !itn_tests::node::is_at_least(20, 0) {
            skip("clients", &format!("npm's `{name}` needs node 20"));
            continue;
        }
        // A module is looked for beside whoever asks for it.
        let script = installed.join("node").join(format!("{name}.mjs"));
        fs::copy(scripts.join(format!("{name}.mjs")), &script).unwrap();
        found.push(Follower::start(name, Command::new("node").arg(script), folder, url));
    }
    let python = installed.join("venv/bin/python");
    for (name, module) in [("httpx_sse_client", "httpx_sse"), ("websockets_client", "websockets")] {
        let has = Command::new(&python).args(["-c", &format!("import {module}")]).output();
        if !has.is_ok_and(|output| output.status.success()) {
            skip("clients", &format!("PyPI's `{module}` is not installed"));
            continue;
        }
        let script = scripts.join(format!("{name}.py"));
        found.push(Follower::start(name, Command::new(&python).arg(script), folder, url));
    }
    let pipe = Command::new("mkfifo").arg(folder.join("curl.pipe")).status();
    let curl = Command::new("curl").arg("--version").output();
    if pipe.is_ok_and(|status| status.success()) && curl.is_ok() {
        let script = scripts.join("curl.sh");
        found.push(Follower::start("curl", Command::new("sh").arg(script), folder, url));
    } else {
        skip("clients", "there is no curl");
    }
    found
}

/// The ids of the events that the clients asked for.
fn trades(client: &mut Client) -> Vec<String> {
    let events = given::events(client, 0);
    let trades =
        events.iter().filter(|event| event["type"].as_str().unwrap().starts_with("trade."));
    trades.map(|event| event["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn clients_that_others_wrote_resume_and_have_everything_once() {
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    let (address, url) = (server.address().to_string(), server.url());
    let followers = followers(folder.path(), &url);
    for round in 0..3 {
        let mut client = server.client();
        for _ in 0..20 {
            client.post("/api/trades", &bodies::trade()).expect(201);
            given::stock(&mut client, bodies::SELLER, 1);
        }
        let expected = trades(&mut client);
        assert_eq!(expected.len(), 20 * (round + 1));
        for follower in &followers {
            follower.wait_for(&expected);
        }
        server.kill();
        server = Server::options(&folder.data()).listen(&address).start();
    }
}
