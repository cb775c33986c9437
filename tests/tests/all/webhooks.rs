//! Webhooks of the real process: receivers that fail as they like, a server that dies under them,
//! and a library of another language that checks the signatures.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use itn_tests::load::{Load, Weight};
use itn_tests::random::Seed;
use itn_tests::receiver::{Delivery, Reaction, Receiver};
use itn_tests::server::{Folder, Options};
use itn_tests::skip::skip;
use itn_tests::{Client, Server, bodies, given, process, wait};
use serde_json::{Value, json};

/// What is delivered arrives within this time, on a busy machine.
const LIMIT: Duration = Duration::from_mins(2);
/// How often the server dies.
const ROUNDS: u64 = 8;

/// A server that may send to this machine, and tries again at once.
fn options(folder: &Folder) -> Options {
    let retries = vec!["0"; 64].join(",");
    Server::options(&folder.data())
        .env("ITN_WEBHOOK_ALLOW", "127.0.0.0/8")
        .env("ITN_WEBHOOK_RETRY_SECONDS", retries)
}

fn subscribe(client: &mut Client, body: &Value) -> Value {
    client.post("/api/webhooks", body).expect(201).json()
}

fn webhook(client: &mut Client, id: &Value) -> Value {
    client.get(&format!("/api/webhooks/{}", id.as_str().unwrap())).expect(200).json()
}

fn log(client: &mut Client, id: &Value) -> Vec<Value> {
    let path = format!("/api/webhooks/{}/deliveries?limit=1000", id.as_str().unwrap());
    client.get(&path).expect(200).json()["items"].as_array().unwrap().clone()
}

/// The sequences in the order in which each was accepted first.
fn firsts(got: &[Delivery]) -> Vec<u64> {
    let mut firsts = Vec::new();
    for delivery in got.iter().filter(|delivery| delivery.accepted) {
        let sequence = delivery.sequence();
        if !firsts.contains(&sequence) {
            firsts.push(sequence);
        }
    }
    firsts
}

fn sequences<'a>(events: impl Iterator<Item = &'a Value>) -> Vec<u64> {
    events.map(|event| event["sequence"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn killed_again_and_again_it_skips_nothing_and_keeps_the_order() {
    let seed = Seed::new();
    let folder = Folder::new();
    let mut server = options(&folder).start();
    let mut chance = seed.random(1);
    let moody = Receiver::start(move |_| match chance.below(20) {
        0 => Reaction::HangUp,
        1 => Reaction::Babble,
        2 => Reaction::Status(500),
        3 => Reaction::Status(404),
        4 => Reaction::Redirect("http://127.0.0.1:9/".into()),
        5 => Reaction::Talkative(200_000),
        _ => Reaction::Status(204),
    });
    let steady = Receiver::start(|_| Reaction::Status(200));
    let mut client = server.client();
    let all = subscribe(&mut client, &json!({ "url": moody.url(), "after": "0" }));
    let trades = subscribe(
        &mut client,
        &json!({ "url": steady.url(), "after": "0", "filter": { "topic": ["trade"] } }),
    );
    given::market(&mut client);
    for round in 0..ROUNDS {
        let mut chance = seed.random(100 + round);
        let new_client = || server.client();
        let random = |writer| seed.random(1_000 + round * 2 + writer);
        let load = Load::start(2, &format!("r{round}"), Weight::Light, new_client, random);
        // Not a wait for anything: this is the random moment.
        thread::sleep(Duration::from_millis(5 + chance.below(150)));
        if round % 4 == 3 {
            server.stop();
        } else {
            server.kill();
        }
        load.finish();
        server = options(&folder).start();
    }
    let mut client = server.client();
    let events = given::events(&mut client, 0);
    let last = events.len() as u64;
    let is_trade = |event: &&Value| event["type"].as_str().unwrap().starts_with("trade.");
    let wanted = sequences(events.iter().filter(is_trade));
    for id in [&all["webhookId"], &trades["webhookId"]] {
        wait::until("everything to be delivered", LIMIT, || {
            let webhook = webhook(&mut client, id);
            assert_eq!(webhook["status"], "active", "{webhook}");
            (webhook["after"] == last).then_some(())
        });
    }
    let (of_all, of_trades) = (moody.got(), steady.got());
    assert_eq!(firsts(&of_all), (1..=last).collect::<Vec<_>>());
    assert_eq!(firsts(&of_trades), wanted);
    let failures = of_all.iter().filter(|delivery| !delivery.accepted).count();
    assert!(failures * 10 > of_all.len(), "hardly any failure: {failures} of {}", of_all.len());
    for delivery in of_all.iter().chain(&of_trades) {
        let at = usize::try_from(delivery.sequence()).unwrap() - 1;
        assert_eq!(delivery.event(), events[at]);
        let id = delivery.header("webhook-id");
        assert!(id.ends_with(&format!("-{}", events[at]["id"].as_str().unwrap())), "{id}");
    }
    // What is left over of repeats: a kill may cost each receiver what was under way.
    let repeats = of_trades.len() - wanted.len();
    assert!(repeats <= usize::try_from(ROUNDS).unwrap() * 2, "{repeats} repeats");
    given::assert_balanced(&mut client);
}

#[test]
fn each_receiver_is_treated_by_itself() {
    let folder = Folder::new();
    let server = options(&folder).start();
    let mut client = server.client();
    given::market(&mut client);
    let gone = Receiver::start(|_| Reaction::Status(410));
    let silent = Receiver::start(|_| Reaction::Silence);
    let drawling = Receiver::start(|_| Reaction::Drawling);
    let elsewhere = Receiver::start(|_| Reaction::Status(200));
    let to = elsewhere.url();
    let redirecting = Receiver::start(move |_| Reaction::Redirect(to.clone()));
    let well = Receiver::start(|_| Reaction::Status(200));
    let receivers = [&gone, &silent, &drawling, &redirecting, &well];
    let ids: Vec<_> = receivers
        .iter()
        .map(|one| subscribe(&mut client, &json!({ "url": one.url() }))["webhookId"].clone())
        .collect();
    for _ in 0..50 {
        client.post("/api/trades", &bodies::trade()).expect(201);
    }
    wait::until("who is well to have everything", LIMIT, || (well.got().len() == 50).then_some(()));
    let disabled = |client: &mut Client, id: &Value, reason: &str| {
        wait::until("its end", LIMIT, || {
            let webhook = webhook(client, id);
            (webhook["status"] == "disabled").then(|| assert_eq!(webhook["disabledReason"], reason))
        });
    };
    disabled(&mut client, &ids[0], "gone");
    disabled(&mut client, &ids[3], "failing");
    assert_eq!((gone.got().len(), elsewhere.got().len()), (1, 0));
    assert_eq!(redirecting.got().len(), 65, "once, and after each of the pauses");
    assert_eq!(webhook(&mut client, &ids[1])["after"], given::sequence(&mut client) - 50);
    wait::until("the drawler", LIMIT, || (!drawling.got().is_empty()).then_some(()));
    let answers = log(&mut client, &ids[3]);
    assert!(answers.iter().all(|attempt| attempt["status"] == 307), "{answers:?}");
    // The answer's body is kept nowhere, and shown to nobody.
    assert!(!answers.iter().any(|attempt| attempt.to_string().contains("ok")));

    // The receiver is mended: everything that it missed comes.
    redirecting.reacts(|_| Reaction::Status(200));
    let path = format!("/api/webhooks/{}", ids[3].as_str().unwrap());
    client.patch(&path, &json!({ "status": "active" })).expect(200);
    wait::until("what was missed", LIMIT, || {
        (firsts(&redirecting.got()).len() == 50).then_some(())
    });
    // With one delivery under way that will never be answered, it still ends in time.
    server.stop();
}

#[test]
fn nothing_is_sent_where_the_operator_did_not_allow_it() {
    let (server, mut client, _folder) = given::open_market();
    let receiver = Receiver::start(|_| Reaction::Status(200));
    let port = receiver.port();
    for host in ["127.0.0.1", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]"] {
        for scheme in ["http", "https"] {
            let body = json!({ "url": format!("{scheme}://{host}:{port}/") });
            let refused = client.post("/api/webhooks", &body);
            assert_eq!((refused.status(), refused.code().as_str()), (422, "url_refused"), "{body}");
        }
    }
    // A name is judged by the address that it has when something is sent.
    let named = json!({ "url": format!("https://localhost:{port}/") });
    let id = subscribe(&mut client, &named)["webhookId"].clone();
    client.post("/api/trades", &bodies::trade()).expect(201);
    let path = format!("/api/webhooks/{}/test", id.as_str().unwrap());
    let tested = client.post(&path, &json!({})).expect(200).json();
    assert_eq!((&tested["accepted"], &tested["error"]), (&json!(false), &json!("address_refused")));
    wait::until("the event's attempt", LIMIT, || {
        let attempts = log(&mut client, &id);
        let refused = attempts.iter().filter(|attempt| attempt["error"] == "address_refused");
        (refused.count() == 2).then_some(())
    });
    assert!(receiver.got().is_empty());
    server.stop();
}

#[test]
fn secrets_stay_in_a_file_that_only_its_owner_reads_and_that_is_checked() {
    let folder = Folder::new();
    let mut server = options(&folder).env("ITN_LOG", "trace").start();
    let mut client = server.client();
    given::market(&mut client);
    let receiver = Receiver::start(|_| Reaction::Status(200));
    let made = subscribe(&mut client, &json!({ "url": receiver.url() }));
    client.post("/api/trades", &bodies::trade()).expect(201);
    wait::until("a delivery", LIMIT, || (!receiver.got().is_empty()).then_some(()));
    let secret = made["secret"].as_str().unwrap().strip_prefix("whsec_").unwrap();
    let said = format!("{}{}", server.process().stdout(), server.process().stderr());
    assert!(!said.contains(secret), "the log has the secret");
    server.stop();
    let path = folder.data().join("operations.db");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);

    let mut bytes = fs::read(&path).unwrap();
    let url = receiver.url();
    let at = bytes.windows(url.len()).position(|window| window == url.as_bytes()).unwrap();
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    let ended = options(&folder).try_start().expect_err("it starts on a damaged file");
    assert_ne!(ended.code(), 0);
    for word in ["operations.db is damaged", "restore it from a backup"] {
        assert!(ended.stderr.contains(word), "{word}: {}", ended.stderr);
    }
}

#[test]
fn the_public_library_of_another_language_verifies_what_is_sent() {
    let python = process::repository().join("target/clients/venv/bin/python");
    let script = process::repository().join("tests/clients/verify_webhooks.py");
    let has_library = Command::new(&python)
        .args(["-c", "import standardwebhooks"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !has_library {
        skip(
            "the_public_library_of_another_language_verifies_what_is_sent",
            "no Python with standardwebhooks in target/clients/venv; scripts/test installs it",
        );
        return;
    }
    let folder = Folder::new();
    let server = options(&folder).start();
    let mut client = server.client();
    given::market(&mut client);
    let receiver = Receiver::start(|_| Reaction::Status(200));
    let made = subscribe(&mut client, &json!({ "url": receiver.url() }));
    let path = format!("/api/webhooks/{}", made["webhookId"].as_str().unwrap());
    let mut count = 0;
    let mut next = |client: &mut Client, secrets: &[&Value]| -> Value {
        client.post("/api/trades", &bodies::trade_known_as("Käse, \"quoted\"")).expect(201);
        count += 1;
        let got = wait::until("a delivery", LIMIT, || receiver.got().get(count - 1).cloned());
        let headers: serde_json::Map<_, _> =
            got.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let body = String::from_utf8(got.body).unwrap();
        json!({ "secrets": secrets, "headers": headers, "body": body })
    };
    let first = &made["secret"];
    let mut cases = vec![next(&mut client, &[first])];
    let rotated = client.post(&format!("{path}/secrets"), &json!({})).expect(201).json();
    cases.push(next(&mut client, &[first, &rotated["secret"]]));
    let last = client.post(&format!("{path}/secrets"), &json!({ "keepOldSeconds": 0 }));
    let last = last.expect(201).json();
    cases.push(next(&mut client, &[&last["secret"]]));
    client.post(&format!("{path}/test"), &json!({})).expect(200);

    let mut command = Command::new(python);
    let input = folder.path().join("deliveries.json");
    fs::write(&input, json!(cases).to_string()).unwrap();
    let ended = process::run(command.arg(script).arg(&input), LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    assert_eq!(ended.stdout.trim(), "4 verified, 9 forgeries refused", "{}", ended.said());
    server.stop();
}
