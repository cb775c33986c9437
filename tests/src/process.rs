//! Running the built binary: its output kept, its end waited for, its life ended in any way.

use std::env;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::wait;

/// A running process and what it has said so far. It is killed when dropped.
#[derive(Debug)]
pub struct Process {
    child: Child,
    stdout: Capture,
    stderr: Capture,
}

/// How a process ended and all it said.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Its exit status.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// The text of one output, read by a thread of its own until the process closes it.
#[derive(Debug)]
struct Capture {
    text: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

/// The binary under test: `ITN_BIN`, else the one beside the running test, built if it is missing.
/// `scripts/test` builds it first, so that it is never older than the tests.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        if let Some(path) = env::var_os("ITN_BIN") {
            return path.into();
        }
        // target/<profile>/deps/all-0123456789abcdef
        let test = env::current_exe().unwrap();
        let path = test.parent().and_then(Path::parent).unwrap().join("itn");
        if !path.exists() {
            let built = Command::new(env!("CARGO"))
                .args(["build", "--package", "itn", "--bin", "itn"])
                .current_dir(repository())
                .status()
                .unwrap();
            assert!(built.success(), "`itn` does not build");
        }
        path
    })
}

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// A command that runs the binary, untouched by the settings of whoever runs the tests: it starts
/// in `/`, where there is no `.env`, and without the `ITN_` variables.
pub fn itn<I: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = I>) -> Command {
    let mut command = Command::new(binary());
    command.args(arguments).current_dir("/");
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("ITN_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end, which must come within `limit`.
#[track_caller]
pub fn run(command: &mut Command, limit: Duration) -> Ended {
    Process::spawn(command).wait(limit)
}

impl Process {
    /// Starts a command with its output captured.
    #[track_caller]
    pub fn spawn(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let stdout = Capture::of(child.stdout.take().unwrap());
        let stderr = Capture::of(child.stderr.take().unwrap());
        Self { child, stdout, stderr }
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has said on standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// What it has said on standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let id = self.child.id().to_string();
        // It may have ended a moment ago: then there is nobody to tell.
        let _ = Command::new("kill").args(["-TERM", &id]).stderr(Stdio::null()).status().unwrap();
    }

    /// `kill -9`, and waits until it is gone.
    pub fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.wait(Duration::from_secs(10))
    }

    /// Waits for its end, which must come within `limit`.
    #[track_caller]
    pub fn wait(mut self, limit: Duration) -> Ended {
        let ended = wait::within(limit, || self.child.try_wait().unwrap());
        let Some(status) = ended else {
            panic!("still running after {limit:?}; it said:\n{}", self.stderr());
        };
        Ended { status, stdout: self.stdout.whole(), stderr: self.stderr.whole() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let said = format!("--- itn said:\n{}---\n", self.stderr());
            let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
        }
    }
}

impl Ended {
    /// The exit code; -1 where a signal ended it.
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or(-1)
    }

    /// All it said, on both outputs.
    pub fn said(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl Capture {
    fn of(mut output: impl Read + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(count @ 1..) = output.read(&mut block) {
                shared.lock().unwrap().extend_from_slice(&block[..count]);
            }
        });
        Self { text, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        self.so_far()
    }
}
