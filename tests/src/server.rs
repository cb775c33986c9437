//! A server of the real binary on a folder of its own and a free port.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use crate::client::Client;
use crate::process::{self, Ended, Process};
use crate::wait;

/// The admin key of every test server.
pub const ADMIN_KEY: &str = "itn_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

/// How long a start may take before a test gives up on it.
const START_LIMIT: Duration = Duration::from_mins(1);
/// How long a stop may take: what DESIGN.md promises.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// A temporary folder, removed with all it holds.
#[derive(Debug)]
pub struct Folder(TempDir);

/// A server that has said where it listens. It is killed when dropped.
#[derive(Debug)]
pub struct Server {
    process: Process,
    address: SocketAddr,
}

/// How a server is to be started.
#[derive(Debug)]
pub struct Options {
    command: &'static str,
    data: Option<PathBuf>,
    listen: String,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Folder {
    /// A new empty folder.
    pub fn new() -> Self {
        Self(tempfile::Builder::new().prefix("itn-test-").tempdir().unwrap())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Where the server is to keep its data: a folder inside that does not exist at first.
    pub fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }
}

impl Default for Folder {
    fn default() -> Self {
        Self::new()
    }
}

impl Options {
    /// With this variable in its environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// On this address instead of a free port.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        address.clone_into(&mut self.listen);
        self
    }

    /// The process, not yet known to listen.
    #[track_caller]
    pub fn spawn(&self) -> Process {
        let mut command = process::itn([self.command, "--listen", &self.listen]);
        if let Some(data) = &self.data {
            command.arg("--data").arg(data);
        }
        command.args(&self.arguments).env("ITN_ADMIN_KEY", ADMIN_KEY);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        Process::spawn(&mut command)
    }

    /// Starts it and waits until it listens.
    #[track_caller]
    pub fn start(&self) -> Server {
        match self.try_start() {
            Ok(server) => server,
            Err(ended) => panic!("did not start: {}\n{}", ended.status, ended.said()),
        }
    }

    /// Starts it and waits until it listens, or ends.
    #[track_caller]
    pub fn try_start(&self) -> Result<Server, Ended> {
        let mut process = self.spawn();
        let address = wait::until("the line `listening on`", START_LIMIT, || {
            // Asked first: what was said before the end is there once the end is seen.
            let ended = process.has_ended();
            let stdout = process.stdout();
            match listening_address(&stdout) {
                Some(address) => Some(Some(address)),
                None => ended.then_some(None),
            }
        });
        match address {
            Some(address) => Ok(Server { process, address }),
            None => Err(process.wait(STOP_LIMIT)),
        }
    }
}

impl Server {
    /// A server on this data folder with everything at its default.
    #[track_caller]
    pub fn start(data: &Path) -> Self {
        Self::options(data).start()
    }

    /// How a server on this data folder would be started.
    pub fn options(data: &Path) -> Options {
        Options {
            command: "serve",
            data: Some(data.into()),
            listen: "127.0.0.1:0".into(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// How the demo would be started, with its data where it likes.
    pub fn demo() -> Options {
        Options { command: "demo", data: None, ..Self::options(Path::new("")) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://` and where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A new client with the admin key.
    pub fn client(&self) -> Client {
        Client::new(self.address, Some(ADMIN_KEY))
    }

    /// A new client without a key.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address, None)
    }

    /// Its process.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// `kill -9`.
    pub fn kill(self) -> Ended {
        self.process.kill()
    }

    /// SIGTERM, and waits for a clean end within the promised time.
    #[track_caller]
    pub fn stop(self) -> Ended {
        self.process.terminate();
        let ended = self.process.wait(STOP_LIMIT);
        assert_eq!(ended.code(), 0, "not a clean stop: {}\n{}", ended.status, ended.said());
        ended
    }

    /// Waits for it to end by itself.
    #[track_caller]
    pub fn wait(self, limit: Duration) -> Ended {
        self.process.wait(limit)
    }
}

/// What `itn verify` says about a data folder that nobody has open.
#[track_caller]
pub fn verify(data: &Path) -> Ended {
    let mut command = process::itn(["verify", "--data"]);
    process::run(command.arg(data), Duration::from_mins(2))
}

/// The state hash that `itn verify` prints for a folder in which all is well.
#[track_caller]
pub fn state_hash(data: &Path) -> String {
    let ended = verify(data);
    assert_eq!(ended.code(), 0, "verify: {}", ended.said());
    assert!(ended.stdout.lines().any(|line| line.trim() == "ok"), "no `ok` in:\n{}", ended.stdout);
    let hash = ended.stdout.lines().find_map(|line| line.trim().strip_prefix("state hash "));
    let hash = hash.unwrap_or_else(|| panic!("no state hash in:\n{}", ended.stdout)).trim();
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_hash, "not a hash: {hash}");
    hash.into()
}

fn listening_address(stdout: &str) -> Option<SocketAddr> {
    // Only whole lines: the port may still be being written.
    let whole = &stdout[..=stdout.rfind('\n')?];
    let url = whole.lines().find_map(|line| line.split("listening on http://").nth(1))?;
    url.split_whitespace().next()?.trim_end_matches('/').parse().ok()
}
