//! Tokens of an issuer that others wrote (`jose`), whose keys the real process fetches: by each algorithm,
//! with a key that takes another's place, and from an issuer that is down when the server starts.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use itn_tests::client::Request;
use itn_tests::server::{ADMIN_KEY, Options, state_hash};
use itn_tests::skip::skip;
use itn_tests::stream::Stream;
use itn_tests::{Client, Folder, Server, process, readme, wait};
use serde_json::{Value, json};

const ISSUER: &str = "https://id.example.org/realms/sol";
const LIMIT: Duration = Duration::from_mins(1);

/// A program that makes keys and signs tokens. It ends when this is dropped.
struct Signer {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Signer {
    /// `None` where what it needs is not installed.
    fn start(algorithm: &str) -> Option<Self> {
        let installed = process::repository().join("target/clients/node");
        if !installed.join("node_modules/jose").is_dir() {
            skip("tokens", "npm's `jose` is not installed");
            return None;
        }
        if !itn_tests::node::is_at_least(20, 0) {
            skip("tokens", "npm's `jose` needs node 20");
            return None;
        }
        // A module is looked for beside whoever asks for it.
        let script = installed.join("tokens.mjs");
        fs::copy(process::repository().join("tests/clients/tokens.mjs"), &script).unwrap();
        let mut command = Command::new("node");
        command.arg(script).arg(algorithm).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let commands = process.stdin.take().unwrap();
        let answers = BufReader::new(process.stdout.take().unwrap());
        Some(Self { process, commands, answers })
    }

    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.commands, "{command}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    }

    fn make(&mut self, kid: &str) -> Value {
        self.ask(&json!({ "make": kid }))
    }

    fn token(&mut self, kid: &str, claims: &Value) -> String {
        let token = self.ask(&json!({ "sign": kid, "claims": claims }));
        token.as_str().unwrap().to_owned()
    }
}

impl Drop for Signer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the issuer shows its keys. Its thread ends with the test's process.
struct Issuer {
    url: String,
    keys: Arc<Mutex<Vec<Value>>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    fn start(listener: TcpListener) -> Self {
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        let (keys, asked) = (Arc::<Mutex<Vec<Value>>>::default(), Arc::<AtomicUsize>::default());
        let issuer = Self { url, keys: Arc::clone(&keys), asked: Arc::clone(&asked) };
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4_096];
                let _ = stream.read(&mut request);
                asked.fetch_add(1, Ordering::Relaxed);
                let body = json!({ "keys": *keys.lock().unwrap() }).to_string();
                let length = body.len();
                let _ = write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
            }
        });
        issuer
    }

    fn show(&self, keys: &[&Value]) {
        *self.keys.lock().unwrap() = keys.iter().map(|key| (*key).clone()).collect();
    }
}

fn options(folder: &Folder, keys: &str, algorithm: &str) -> Options {
    let flags = [
        ("--oidc-issuer", ISSUER),
        ("--oidc-audience", "itn"),
        ("--oidc-keys", keys),
        ("--oidc-algorithm", algorithm),
        ("--oidc-role-claim", "realm_access.roles"),
        ("--oidc-roles", "admin=chiefs,trader=pilots,viewer=eyes"),
    ];
    let options = Server::options(&folder.data());
    flags.into_iter().fold(options, |options, (flag, value)| options.arg(flag).arg(value))
}

fn claims(subject: &str, role: &str, accounts: &[&str], seconds: u64) -> Value {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    json!({
        "iss": ISSUER, "aud": "itn", "sub": subject, "iat": now, "exp": now + seconds,
        "realm_access": { "roles": [role] }, "itn_accounts": accounts
    })
}

fn status(server: &Server, token: &str) -> u16 {
    Client::new(server.address(), Some(token)).get("/api/whoami").status()
}

/// Waits until the server has the key that the token is signed with. Not too often: it counts those that
/// it does not know.
fn until_taken(server: &Server, token: &str) {
    wait::until("the token to be taken", LIMIT, || {
        std::thread::sleep(Duration::from_millis(100));
        (status(server, token) == 200).then_some(())
    });
}

/// What the doctor says of the issuer's keys.
fn examined(folder: &Folder, file: &Path, algorithm: &str) -> String {
    let mut command = process::itn(["doctor", "--json", "--data"]);
    command.arg(folder.path()).arg("--oidc-keys").arg(file).args(["--oidc-algorithm", algorithm]);
    let said: Value = serde_json::from_str(&process::run(&mut command, LIMIT).stdout).unwrap();
    let mut checks = said["checks"].as_array().unwrap().iter();
    let keys = checks.find(|check| check["check"] == "issuer keys").unwrap();
    keys["level"].as_str().unwrap().to_owned()
}

#[test]
fn tokens_of_another_library_are_taken_by_each_algorithm() {
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let Some(mut signer) = Signer::start(algorithm) else { return };
        let folder = Folder::new();
        let file = folder.path().join("keys.json");
        let keys = json!({ "keys": [signer.make("one"), signer.make("two")] });
        fs::write(&file, keys.to_string()).unwrap();
        let server = options(&folder, file.to_str().unwrap(), algorithm).start();
        server.client().put("/api/traders/acme", &json!({ "name": "Acme" })).expect(201);
        let token = signer.token("two", &claims("ann", "pilots", &["acme"], 600));
        let mut client = Client::new(server.address(), Some(&token));
        let who = client.get("/api/whoami").expect(200).json();
        let known = (&who["principal"], &who["role"], &who["accounts"]);
        assert_eq!(known, (&json!("oidc.ann"), &json!("trader"), &json!(["acme"])), "{algorithm}");
        let late = signer.token("one", &claims("ann", "pilots", &["acme"], 0));
        assert_eq!(status(&server, &late), 200, "within the leeway");
        let mut other = claims("ann", "pilots", &["acme"], 600);
        other["aud"] = json!("other");
        let other = signer.token("one", &other);
        assert_eq!(status(&server, &other), 401);
        if algorithm == "ES256" {
            assert_eq!(examined(&folder, &file, "ES256"), "ok");
            assert_eq!(examined(&folder, &file, "RS256"), "warning", "of another algorithm");
        }
    }
}

/// The issuer is down when the server starts; it comes, changes its key, and the server starts anew.
#[test]
fn keys_are_fetched_when_the_issuer_is_there_and_when_a_new_one_is_named() {
    let Some(mut signer) = Signer::start("ES256") else { return };
    let folder = Folder::new();
    // Its port is taken, and nobody takes connections yet.
    let reserved = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = reserved.local_addr().unwrap();
    drop(reserved);
    let url = format!("http://{address}/keys");
    let server = options(&folder, &url, "ES256").start();
    let (one, two) = (signer.make("one"), signer.make("two"));
    let token = signer.token("one", &claims("ann", "chiefs", &[], 600));
    let early = Client::new(server.address(), Some(&token)).get("/api/whoami");
    assert_eq!((early.status(), early.json()["code"].as_str()), (503, Some("issuer_unavailable")));
    assert_eq!(early.header("retry-after"), Some("5"));
    assert_eq!(status(&server, ADMIN_KEY), 200, "keys go on");

    let issuer = Issuer::start(TcpListener::bind(address).unwrap());
    assert_eq!(issuer.url, url);
    issuer.show(&[&one]);
    until_taken(&server, &token);

    // A stream by a token, and what the subject does, in its own name.
    let mut client = Client::new(server.address(), Some(&token));
    let mut stream = Stream::open(server.address(), Some(&token), "", None).unwrap();
    let made = client.put("/api/traders/acme", &json!({ "name": "Acme" })).expect(201).json();
    assert_eq!(made["sequence"], stream.event(LIMIT).unwrap().sequence());
    let of_ann = server.client().get("/api/events?actor=oidc.ann").expect(200).json();
    assert_eq!(of_ann["items"].as_array().unwrap().len(), 1, "{of_ann}");

    // Another key, which the server asks for when a token names it, once for all who do.
    issuer.show(&[&one, &two]);
    let newer = signer.token("two", &claims("bob", "eyes", &[], 600));
    until_taken(&server, &newer);
    let asked = issuer.asked.load(Ordering::Relaxed);
    let stranger = signer.make("three");
    assert!(stranger.is_object());
    let unknown = signer.token("three", &claims("eve", "chiefs", &[], 600));
    for _ in 0..20 {
        assert_eq!(status(&server, &unknown), 401);
    }
    assert!(issuer.asked.load(Ordering::Relaxed) <= asked + 1, "anybody may name a key");

    // Who is revoked stays out, also after a start; others come back as whom they were.
    let keys = server.client().get("/api/keys").expect(200).json();
    let of = |name: &str| {
        let items = keys["items"].as_array().unwrap();
        items.iter().find(|key| key["principal"] == name).unwrap()["keyId"].clone()
    };
    let revoke = Request::new("DELETE", &format!("/api/keys/{}", of("oidc.bob")));
    server.client().send(&revoke).expect(200);
    assert_eq!(status(&server, &newer), 401);
    let said = server.stop().said();
    for secret in [&token, &newer, &unknown] {
        let (_, signature) = secret.rsplit_once('.').unwrap();
        assert!(!said.contains(signature), "a token is in the log: {said}");
    }
    let server = options(&folder, &url, "ES256").start();
    until_taken(&server, &token);
    let who = Client::new(server.address(), Some(&token)).get("/api/whoami").expect(200).json();
    assert_eq!((&who["keyId"], &who["principal"]), (&of("oidc.ann"), &json!("oidc.ann")));
    assert_eq!(status(&server, &newer), 401);
    server.stop();
    state_hash(&folder.data());
}

/// What docs/access.md says of tokens, as pasted: an issuer made of openssl.
#[test]
fn the_session_of_tokens_works_as_pasted() {
    let openssl = Command::new("openssl").arg("version").output();
    if !openssl.is_ok_and(|output| output.status.success()) {
        skip("tokens", "there is no openssl on this machine, which docs/access.md uses");
        return;
    }
    let markdown = fs::read_to_string(process::repository().join("docs/access.md")).unwrap();
    let folder = Folder::new();
    let paste = |script: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-u", "-c", script]).current_dir(folder.path());
        let ended = process::run(&mut bash, LIMIT);
        for wrong in ["/problems/", "command not found", "unbound variable", "curl: ("] {
            assert!(!ended.said().contains(wrong), "{}", ended.said());
        }
        ended.said()
    };
    paste(&readme::session(&markdown, "tokens-issuer").expect("a marked block"));
    let flags = "--oidc-issuer https://id.example.org --oidc-audience itn --oidc-keys keys.json";
    assert!(markdown.contains(&format!("itn serve --data ./data {flags}\n")));
    let mut options = Server::options(&folder.data());
    for flag in flags.split(' ').filter(|word| *word != "keys.json") {
        options = options.arg(flag);
    }
    let server = options.arg(folder.path().join("keys.json")).start();
    let script = readme::session(&markdown, "tokens").expect("a marked block");
    let script = readme::set(&readme::set(&script, "URL", &server.url()), "KEY", ADMIN_KEY);
    let said = paste(&script);
    for word in ["\"principal\":\"oidc.ann\"", "\"role\":\"trader\"", "\"subject\":\"ann\"", "401"]
    {
        assert!(said.contains(word), "{word} is not in what the session shows:\n{said}");
    }
}
