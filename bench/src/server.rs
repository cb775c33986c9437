//! Child processes that serve HTTP: the server that is measured, and its peers.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::{Doing as _, Failure, Outcome};

/// The administrator's key of every server and peer of a run.
pub(crate) const KEY: &str = "itn_bench-bench-bench-bench-bench-bench-bench-0";

/// How long a server may take to end when told to.
const STOP_LIMIT: Duration = Duration::from_mins(2);

/// A child process that has said where it listens. It is killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start until it said so.
    pub(crate) ready_after: Duration,
    log: PathBuf,
}

/// The binary that is measured, beside this one.
pub(crate) fn binary() -> Outcome<PathBuf> {
    let own = std::env::current_exe().doing("finding this program")?;
    let binary = own.with_file_name("itn");
    if binary.is_file() {
        Ok(binary)
    } else {
        let cause = "not there: run `cargo build --release -p itn` first";
        Err(Failure::new(binary.display().to_string(), cause))
    }
}

impl Server {
    /// `itn serve` on a data folder, which is made if it is not there.
    pub(crate) fn start(data: &Path) -> Outcome<Self> {
        Self::start_with(data, &[])
    }

    /// As [`Self::start`], with more arguments.
    pub(crate) fn start_with(data: &Path, arguments: &[&str]) -> Outcome<Self> {
        Self::spawn(Self::serve(data, arguments)?, &data.with_extension("log"), |_| {})
    }

    /// As [`Self::start`]; `launched` gets the process before it is ready.
    pub(crate) fn start_watched(data: &Path, launched: impl FnOnce(u32)) -> Outcome<Self> {
        Self::spawn(Self::serve(data, &[])?, &data.with_extension("log"), launched)
    }

    fn serve(data: &Path, arguments: &[&str]) -> Outcome<Command> {
        let mut command = Command::new(binary()?);
        command.arg("serve").arg("--data").arg(data).args(["--listen", "127.0.0.1:0"]);
        command.args(arguments);
        Ok(command)
    }

    /// This program as a peer.
    pub(crate) fn peer(log: &Path, arguments: &[String]) -> Outcome<Self> {
        let mut command = Command::new(std::env::current_exe().doing("finding this program")?);
        command.arg("peer").args(arguments);
        Self::spawn(command, log, |_| {})
    }

    fn spawn(mut command: Command, log: &Path, launched: impl FnOnce(u32)) -> Outcome<Self> {
        // Neither the environment nor a `.env` of whoever runs this may change what is measured.
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("ITN_") {
                command.env_remove(name);
            }
        }
        let folder = log.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder).doing(&folder.display().to_string())?;
        let stderr = File::options().append(true).create(true).open(log);
        let stderr = stderr.doing(&log.display().to_string())?;
        command.current_dir(folder).env("ITN_ADMIN_KEY", KEY);
        // Checkpoints are told at this level; nothing else is, and not for each request.
        command.env("ITN_LOG", "info,journal=debug").env("NO_COLOR", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let doing = format!("starting {}", command.get_program().to_string_lossy());
        let began = Instant::now();
        let mut child = command.spawn().doing(&doing)?;
        launched(child.id());
        let stdout = child.stdout.take();
        let mut server = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            ready_after: Duration::ZERO,
            log: log.to_owned(),
        };
        for line in stdout.into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
            let line = line.doing(&doing)?;
            if let Some((_, address)) = line.split_once("listening on http://") {
                server.ready_after = began.elapsed();
                server.address = address.trim().parse().doing(&line)?;
                return Ok(server);
            }
        }
        // It ended: what it wrote says why.
        let said = fs::read_to_string(log).unwrap_or_default();
        let last: Vec<&str> = said.lines().rev().take(5).collect();
        Err(Failure::new(doing, format!("it ended: {}", last.join(" | "))))
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGTERM; waits for a clean end and says how long it took.
    pub(crate) fn stop(mut self) -> Outcome<Duration> {
        let began = Instant::now();
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| Failure::new("stopping the server", "it has no number"))?;
        kill_process(pid, Signal::TERM).doing("stopping the server")?;
        while began.elapsed() < STOP_LIMIT {
            if let Some(status) = self.child.try_wait().doing("stopping the server")? {
                return if status.success() {
                    Ok(began.elapsed())
                } else {
                    Err(Failure::new("stopping the server", status))
                };
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(Failure::new("stopping the server", format!("still running after {STOP_LIMIT:?}")))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
