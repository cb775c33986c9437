//! Headless Chromium, driven over its debugging pipe: no driver, no package, nothing to download.

use std::collections::{HashMap, HashSet};
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

/// How long a page must ask for nothing to be taken to have all it wants.
const QUIET: Duration = Duration::from_millis(300);
/// What is asked for as long as the page is open.
const STREAM: &str = "/api/updates/real-time";

/// A browser with one tab or several, and what their pages and workers have asked for and complained
/// of. It is killed when dropped.
#[derive(Debug)]
pub struct Browser {
    _process: Process,
    _profile: Folder,
    commands: File,
    messages: Receiver<Value>,
    tabs: Vec<Tab>,
    /// The session of the shared worker that began last.
    worker: Option<Value>,
    /// The tab that is spoken to.
    current: Option<usize>,
    last_id: u64,
    complaints: Vec<String>,
    requests: Vec<String>,
    /// Requests under way, but for streams.
    open: HashSet<String>,
    /// When the last of them began or ended.
    asked_at: Instant,
    loads: u64,
}

#[derive(Debug)]
struct Tab {
    target: Value,
    session: Value,
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
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox"])
            // Draws WebGL without a graphics card.
            .args(["--use-angle=swiftshader", "--enable-unsafe-swiftshader"])
            .args(["--disable-quic", "--no-first-run", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"])
            .args(["--hide-scrollbars", "--window-size=1280,800", "--log-level=3"])
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
            tabs: Vec::new(),
            worker: None,
            current: None,
            last_id: 0,
            complaints: Vec::new(),
            requests: Vec::new(),
            open: HashSet::new(),
            asked_at: Instant::now(),
            loads: 0,
        };
        // Workers, too, are heard from their first word on.
        let parameters = json!({
            "autoAttach": true, "waitForDebuggerOnStart": true, "flatten": true,
            "filter": [{ "type": "shared_worker" }]
        });
        browser.call("Target.setAutoAttach", &parameters);
        let targets = browser.call("Target.getTargets", &json!({}));
        let pages = targets["targetInfos"].as_array().unwrap();
        let page = pages.iter().find(|target| target["type"] == "page").expect("a page");
        browser.attach(page["targetId"].clone());
        browser
    }

    /// Opens another tab, speaks to it from now on, and gives its number.
    pub fn open_tab(&mut self) -> usize {
        self.current = None;
        let made = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        self.attach(made["targetId"].clone())
    }

    /// Speaks to this tab from now on; the first is 0.
    pub fn switch(&mut self, tab: usize) {
        self.current = Some(tab);
        // A tab in the background draws nothing.
        self.call("Page.bringToFront", &json!({}));
    }

    /// Closes the tab that is spoken to; others keep their numbers, and one of them is to be switched to.
    /// The last one ends the browser.
    pub fn close_tab(&mut self) {
        let tab = self.current.take().expect("a tab");
        let target = self.tabs[tab].target.clone();
        self.call("Target.closeTarget", &json!({ "targetId": target }));
    }

    /// Loads a page and waits until it has loaded.
    #[track_caller]
    pub fn open(&mut self, url: &str) {
        // What the page before still asks for ends unheard with it, or is kept with it.
        self.open.clear();
        let answer = self.call("Page.navigate", &json!({ "url": url }));
        assert_eq!(answer.get("errorText"), None, "{url}: {answer}");
        let deadline = Instant::now() + PATIENCE;
        while self.evaluate("document.readyState") != "complete" {
            assert!(Instant::now() < deadline, "{url} does not finish loading");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Loads the page anew and waits until it has loaded.
    #[track_caller]
    pub fn reload(&mut self) {
        let before = self.loads;
        self.call("Page.reload", &json!({}));
        let deadline = Instant::now() + PATIENCE;
        while self.loads == before {
            assert!(self.hear(deadline), "the page does not finish loading");
        }
    }

    /// Waits until the page has asked for nothing for a while, but for its stream.
    #[track_caller]
    pub fn settle(&mut self) {
        let begun = Instant::now();
        // What happened before this was not waited for.
        self.asked_at = begun;
        while !self.open.is_empty() || self.asked_at.elapsed() < QUIET {
            self.hear(Instant::now() + QUIET);
            assert!(begun.elapsed() < PATIENCE, "still open: {:?}", self.open);
        }
    }

    /// Shows pages in a window of this size, in pixels of CSS.
    #[track_caller]
    pub fn resize(&mut self, width: u32, height: u32) {
        let parameters = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false
        });
        self.call("Emulation.setDeviceMetricsOverride", &parameters);
    }

    /// As somebody sees pages who prefers this scheme, `dark` or `light`.
    #[track_caller]
    pub fn prefer(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Types where the cursor is.
    #[track_caller]
    pub fn type_text(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// Presses a key by its name, such as `Enter`.
    #[track_caller]
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "Tab" => (9, ""),
            _ => panic!("a key that nobody pressed before: {key}"),
        };
        for kind in ["keyDown", "keyUp"] {
            let text = if kind == "keyDown" { text } else { "" };
            let parameters = json!({
                "type": kind, "key": key, "code": key, "text": text,
                "windowsVirtualKeyCode": code
            });
            self.call("Input.dispatchKeyEvent", &parameters);
        }
    }

    /// The cookies that it keeps for this address.
    #[track_caller]
    pub fn cookies(&mut self, url: &str) -> Vec<Value> {
        let answer = self.call("Network.getCookies", &json!({ "urls": [url] }));
        answer["cookies"].as_array().unwrap().clone()
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

    /// The value of an expression in the shared worker that began last.
    #[track_caller]
    pub fn evaluate_in_worker(&mut self, expression: &str) -> Value {
        let session = self.worker.clone().expect("a shared worker");
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let answer = self.call_in(Some(&session), "Runtime.evaluate", &parameters);
        assert_eq!(answer.get("exceptionDetails"), None, "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What the browser itself counted of the page's work, by its names: seconds, most of them.
    #[track_caller]
    pub fn measures(&mut self) -> HashMap<String, f64> {
        self.call("Performance.enable", &json!({}));
        let answer = self.call("Performance.getMetrics", &json!({}));
        let measures = answer["metrics"].as_array().unwrap().iter();
        measures
            .map(|one| (one["name"].as_str().unwrap().to_owned(), one["value"].as_f64().unwrap()))
            .collect()
    }

    /// Forgets what it has of pages that were loaded before.
    #[track_caller]
    pub fn clear_cache(&mut self) {
        self.call("Network.clearBrowserCache", &json!({}));
    }

    /// A picture of the window, or of a part of it (`x`, `y`, `width`, `height`), as the text of a PNG
    /// in base64.
    #[track_caller]
    pub fn screenshot(&mut self, part: Option<&Value>) -> String {
        let mut parameters = json!({ "format": "png" });
        if let Some(part) = part {
            parameters["clip"] = part.clone();
            parameters["clip"]["scale"] = json!(1);
        }
        let answer = self.call("Page.captureScreenshot", &parameters);
        answer["data"].as_str().unwrap_or_else(|| panic!("{answer}")).into()
    }

    /// Errors on the console, uncaught exceptions and failed loads so far.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The addresses of everything that pages and workers asked for.
    pub fn requests(&self) -> &[String] {
        &self.requests
    }

    fn attach(&mut self, target: Value) -> usize {
        self.current = None;
        let parameters = json!({ "targetId": target, "flatten": true });
        let attached = self.call("Target.attachToTarget", &parameters);
        self.tabs.push(Tab { target, session: attached["sessionId"].clone() });
        let tab = self.tabs.len() - 1;
        self.current = Some(tab);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
        tab
    }

    #[track_caller]
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        let session = self.current.map(|tab| self.tabs[tab].session.clone());
        self.call_in(session.as_ref(), method, parameters)
    }

    #[track_caller]
    fn call_in(&mut self, session: Option<&Value>, method: &str, parameters: &Value) -> Value {
        self.send(method, parameters, session);
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

    fn send(&mut self, method: &str, parameters: &Value, session: Option<&Value>) {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if let Some(session) = session {
            message["sessionId"] = session.clone();
        }
        self.commands.write_all(format!("{message}\0").as_bytes()).unwrap();
    }

    /// Takes in what the browser says next; whether it says something in time.
    fn hear(&mut self, deadline: Instant) -> bool {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(message) = self.messages.recv_timeout(left) else { return false };
        self.note(&message);
        true
    }

    fn note(&mut self, message: &Value) {
        let parameters = &message["params"];
        let request = || parameters["requestId"].as_str().unwrap_or_default().to_owned();
        match message["method"].as_str() {
            Some("Target.attachedToTarget") if parameters["waitingForDebugger"] == true => {
                let worker = &parameters["sessionId"];
                self.worker = Some(worker.clone());
                for method in
                    ["Network.enable", "Runtime.enable", "Runtime.runIfWaitingForDebugger"]
                {
                    self.send(method, &json!({}), Some(worker));
                }
            }
            Some("Network.requestWillBeSent") => {
                let url = parameters["request"]["url"].as_str().unwrap_or_default().to_owned();
                if !url.contains(STREAM) {
                    self.open.insert(request());
                    self.asked_at = Instant::now();
                }
                self.requests.push(url);
            }
            Some("Network.webSocketCreated") => {
                self.requests.push(parameters["url"].as_str().unwrap_or_default().to_owned());
            }
            Some("Network.loadingFinished" | "Network.loadingFailed")
                if self.open.remove(&request()) =>
            {
                self.asked_at = Instant::now();
            }
            Some("Page.loadEventFired") => self.loads += 1,
            _ => {}
        }
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
