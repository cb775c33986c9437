//! Headless Chromium, driven over its debugging pipe: no driver, no package, nothing to download.

use std::env;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::Process;
use crate::server::Folder;

/// How long any one command may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Messages of the browser that may wait to be read; far more than a page sends between two reads.
const MESSAGES_MAX: usize = 65_536;

/// A browser with one page, and what the page has complained of. It is killed when dropped.
#[derive(Debug)]
pub struct Browser {
    _process: Process,
    _profile: Folder,
    commands: File,
    messages: Receiver<Value>,
    session: Option<String>,
    last_id: u64,
    complaints: Vec<String>,
}

/// The browser's program, where this machine has one.
pub fn program() -> Option<String> {
    let named = env::var("ITN_TEST_CHROMIUM").ok();
    let known = ["chromium", "chromium-browser", "google-chrome"].map(String::from);
    named.into_iter().chain(known).find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    })
}

impl Browser {
    /// Starts the browser with an empty page.
    pub fn start(program: &str) -> Self {
        let profile = Folder::new();
        let commands = profile.path().join("commands");
        let answers = profile.path().join("answers");
        let made = Command::new("mkfifo").arg(&commands).arg(&answers).status().unwrap();
        assert!(made.success(), "mkfifo");
        // The pipe is the descriptors 3 and 4, which only a shell hands over without ceremony.
        // Opened for reading and writing, a fifo waits for nobody.
        let script = r#"exec "$0" "$@" 3<>"$COMMANDS" 4<>"$ANSWERS""#;
        let mut command = Command::new("sh");
        command
            .args(["-c", script, program])
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"])
            .args(["--disable-quic", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"])
            .args(["--hide-scrollbars", "--window-size=1280,800"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .arg("about:blank")
            .env("COMMANDS", &commands)
            .env("ANSWERS", &answers);
        let process = Process::spawn(&mut command);
        let both = |path| OpenOptions::new().read(true).write(true).open(path).unwrap();
        let messages = read_messages(both(&answers));
        let commands = both(&commands);
        let mut browser = Self {
            _process: process,
            _profile: profile,
            commands,
            messages,
            session: None,
            last_id: 0,
            complaints: Vec::new(),
        };
        browser.attach();
        browser
    }

    /// Loads a page and waits until it has loaded.
    #[track_caller]
    pub fn open(&mut self, url: &str) {
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        assert_eq!(answer.get("errorText"), None, "{url}: {answer}");
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate("document.readyState") != "complete" {
            assert!(Instant::now() < deadline, "{url} does not finish loading");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The value of an expression on the page; promises are waited for.
    #[track_caller]
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let parameters =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.call("Runtime.evaluate", &parameters);
        assert_eq!(answer.get("exceptionDetails"), None, "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// A picture of the page, as the text of a PNG in base64.
    #[track_caller]
    pub fn screenshot(&mut self) -> String {
        let answer = self.call("Page.captureScreenshot", &json!({ "format": "png" }));
        answer["data"].as_str().unwrap_or_else(|| panic!("{answer}")).into()
    }

    /// Errors on the console, uncaught exceptions and failed loads so far.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    fn attach(&mut self) {
        let targets = self.call("Target.getTargets", &json!({}));
        let pages = targets["targetInfos"].as_array().unwrap();
        let page = pages.iter().find(|target| target["type"] == "page").expect("a page");
        let parameters = json!({ "targetId": page["targetId"], "flatten": true });
        let attached = self.call("Target.attachToTarget", &parameters);
        self.session = attached["sessionId"].as_str().map(Into::into);
        for domain in ["Page", "Runtime", "Log"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
    }

    #[track_caller]
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = match self.messages.recv_timeout(left) {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => panic!("{method}: no answer in {PATIENCE:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("{method}: the browser is gone"),
            };
            if message["id"] == self.last_id {
                assert_eq!(message.get("error"), None, "{method}: {message}");
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        let complaint = match message["method"].as_str() {
            Some("Runtime.consoleAPICalled") => parameters["type"] == "error",
            Some("Runtime.exceptionThrown") => true,
            Some("Log.entryAdded") => parameters["entry"]["level"] == "error",
            _ => false,
        };
        if complaint {
            self.complaints.push(parameters.to_string());
        }
    }
}

fn read_messages(answers: File) -> Receiver<Value> {
    let (sender, receiver) = sync_channel(MESSAGES_MAX);
    thread::spawn(move || {
        let mut answers = BufReader::new(answers);
        let mut bytes = Vec::new();
        while answers.read_until(0, &mut bytes).is_ok_and(|count| count > 0) {
            bytes.pop();
            let Ok(message) = serde_json::from_slice(&bytes) else { return };
            if sender.send(message).is_err() {
                return;
            }
            bytes.clear();
        }
    });
    receiver
}
