//! What exists and may not be seen is answered as what does not exist: to the letter.

use axum::http::Method;
use domain::{AlertId, Sequence, ShipmentId, TransactionId};
use serde_json::{Value, json};

use super::given::{By, World};
use super::requests::{Wanted, request};
use super::rules::rules;
use super::{Answer, answer};

/// Identifiers of nothing, in the form that this one has: of an event of another kind, and beyond the
/// last one.
fn none_like(id: &str) -> Vec<String> {
    let sequences = [Sequence(1), Sequence(1_000_000)];
    if TransactionId::parse(id).is_some() {
        return sequences.map(|one| TransactionId(one).to_string()).into();
    }
    if ShipmentId::parse(id).is_some() {
        return sequences.map(|one| ShipmentId(one).to_string()).into();
    }
    if AlertId::parse(id).is_some() {
        return sequences.map(|one| AlertId(one).to_string()).into();
    }
    match id {
        // A webhook, and a key.
        "w-1" => vec!["w-9".to_owned()],
        "4" => vec!["9".to_owned()],
        name => vec!["x".repeat(name.len())],
    }
}

/// Status, headers and body, without what names the thing.
fn told(answer: &Answer, id: &str) -> (u16, Vec<(String, String)>, String) {
    // A number may stand anywhere, and no answer names it.
    let is_number = id.bytes().all(|byte| byte.is_ascii_digit());
    let nameless = |text: &str| if is_number { text.to_owned() } else { text.replace(id, "[id]") };
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date");
    let headers =
        headers.map(|(name, value)| (name.to_string(), nameless(value.to_str().unwrap())));
    (answer.status.as_u16(), headers.collect(), nameless(&answer.text))
}

/// Whether the path names what is not for everybody.
fn is_hidden(operation: &str) -> bool {
    let hidden = [
        "{transactionId}",
        "{shipmentId}",
        "{alertId}",
        "alert-rules/{id}",
        "{webhookId}",
        "{keyId}",
    ];
    hidden.iter().any(|name| operation.contains(name)) || operation.ends_with("/entries")
}

#[tokio::test]
async fn a_path_to_what_may_not_be_seen_leads_nowhere() {
    let world = World::new().await;
    let mut compared = 0;
    for rule in rules().iter().filter(|rule| is_hidden(rule.operation)) {
        for by in By::ALL {
            if by == By::Anybody || !["401", "403", "404"].contains(&rule.of(by)) {
                continue;
            }
            if rule.of(by) == "403" && !By::STRANGERS.contains(&by) {
                continue;
            }
            let there = request(&world, rule, by);
            let id = there.thing.clone().unwrap();
            let shown = told(&answer(there.ask(&world, by)).await, &id);
            for other in none_like(&id) {
                let path = there.path.replace(&id, &other);
                let nothing = Wanted { path, ..there.clone() };
                let missing = told(&answer(nothing.ask(&world, by)).await, &other);
                assert_eq!(shown, missing, "{} {}", rule.name(), by.word());
                if there.is_of_ledger() {
                    let shown = told(&answer(there.rehearse(&world, by)).await, &id);
                    let missing = told(&answer(nothing.rehearse(&world, by)).await, &other);
                    assert_eq!(shown, missing, "{} {}, rehearsed", rule.name(), by.word());
                }
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "{compared}");
}

/// Everywhere else that a thing may be named: in queries and in bodies.
#[tokio::test]
async fn naming_what_may_not_be_seen_tells_nothing() {
    let world = World::new().await;
    let (trade, shipment) = (world.thing("trade"), world.thing("shipment"));
    let hook = |field: &str, id: &str| json!({ "url": "https://example.com/x", "filter": { field: [id] } });
    let settle = json!({ "lines": [{ "commodity": "no-such", "quantity": 1 }] });
    for (id, ask) in [
        (trade, &(|id: &str| get(format!("/api/events?trade={id}"))) as &dyn Fn(&str) -> Wanted),
        (shipment, &|id| get(format!("/api/events?shipment={id}"))),
        (trade, &|id| get(format!("/api/events?order=newest&trade={id}"))),
        (trade, &|id| get(format!("/api/updates/real-time?trade={id}"))),
        (shipment, &|id| get(format!("/api/updates/real-time?shipment={id}"))),
        ("miner-bot", &|id| get(format!("/api/events?actor={id}"))),
        ("former-admin", &|id| get(format!("/api/events?order=newest&actor={id}"))),
        ("reference-of-others", &|id| get(format!("/api/trades?reference={id}"))),
        ("reference-of-others", &|id| get(format!("/api/events?reference={id}"))),
        ("cargo-of-others", &|id| get(format!("/api/cargo?reference={id}"))),
        (trade, &|id| post("/api/webhooks?", hook("trade", id))),
        (shipment, &|id| post("/api/webhooks?", hook("shipment", id))),
        // The first thing that is wrong is that it is not there.
        (trade, &|id| post(&format!("/api/trades/{id}/settle"), settle.clone())),
        (trade, &|id| bulk(json!({ "type": "settle", "id": id, "data": settle }))),
        (trade, &|id| bulk(json!({ "type": "void", "id": id, "data": {} }))),
        (trade, &|id| bulk(json!({ "type": "reverse", "id": id, "data": { "reason": "x" } }))),
        (shipment, &|id| {
            let data = json!({ "type": "loaded" });
            bulk(json!({ "type": "shipment_event", "shipmentId": id, "data": data }))
        }),
    ] {
        for by in By::STRANGERS {
            let is_webhook = ask(id).path.ends_with("webhooks?");
            let shown = answer(ask(id).ask(&world, by)).await;
            world.assert_hidden(by, &ask(id).said(), &shown.text);
            for other in none_like(id) {
                let missing = answer(ask(&other).ask(&world, by)).await;
                if is_webhook {
                    // Each made one more, with a secret and a position of its own.
                    assert_eq!(
                        (shown.status, missing.status),
                        (201.try_into().unwrap(), shown.status)
                    );
                    continue;
                }
                let (shown, missing) = (told(&shown, id), told(&missing, &other));
                assert_eq!(shown, missing, "{by:?} {}", ask(id).said());
            }
        }
    }
}

/// An idempotency key of somebody else is as good as one that nobody used.
#[tokio::test]
async fn the_keys_of_others_tell_nothing() {
    let world = World::new().await;
    let gift = |from: &str| json!({ "from": from, "to": "hoarder", "credits": 1 });
    let give = |by, key: &str, from: &str| {
        let ask = world.ask(by, Method::POST, "/api/transfers").json(&gift(from));
        ask.header("idempotency-key", key).send()
    };
    give(By::Trader, "k-1", "acme").await.expect(201);
    let again = give(By::Trader, "k-1", "acme").await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    for by in By::WITH_KEY.into_iter().filter(|by| *by != By::Trader) {
        for from in ["acme", "hoarder", "stranger"] {
            let (used, fresh) =
                (give(by, "k-1", from).await, give(by, &format!("k-{by:?}-{from}"), from).await);
            assert_eq!(used.status, fresh.status, "{by:?} {from}");
            assert!(!used.headers.contains_key("idempotency-replayed"), "{by:?} {from}");
            if !used.status.is_success() {
                assert_eq!(used.text, fresh.text);
                continue;
            }
            // Its own now: another command under it is told apart.
            let other = give(by, "k-1", "red-star").await;
            other.expect_problem(422, "key_reused");
            break;
        }
        let line =
            |key: &str| json!({ "type": "transfer", "idempotencyKey": key, "data": gift("acme") });
        let (used, fresh) = (line("k-1"), line("k-new"));
        let ask = |line: Value| world.ask(by, Method::POST, "/api/events").lines(&[line]).send();
        let (used, fresh) = (ask(used).await, ask(fresh).await);
        if By::SCOPED.contains(&by) || by == By::Viewer {
            assert_eq!(used.text, fresh.text, "{by:?}");
        }
        let hook = json!({ "url": "https://example.com/x" });
        let ask = world.ask(by, Method::POST, "/api/webhooks").json(&hook);
        let made = ask.header("idempotency-key", "hook").send().await.expect(201);
        assert!(!made.headers.contains_key("idempotency-replayed"), "{by:?}");
    }
}

fn get(path: String) -> Wanted {
    Wanted { method: Method::GET, path, thing: None, body: None }
}

fn post(path: &str, body: Value) -> Wanted {
    Wanted { method: Method::POST, path: path.to_owned(), thing: None, body: Some(body) }
}

fn bulk(line: Value) -> Wanted {
    post("/api/events", line)
}
