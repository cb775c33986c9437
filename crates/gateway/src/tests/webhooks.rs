//! `/api/webhooks`.

use std::sync::atomic::Ordering;

use axum::http::Method;
use live::webhooks::{Message, SigningSecret, signatures};
use serde_json::{Value, json};

use super::support::{Answer, Network, TAG, trade};

const URL: &str = "https://example.com/hooks";

impl Network {
    async fn subscribe(&self, body: Value) -> Answer {
        self.post("/api/webhooks", body).await
    }

    /// What was sent, once there is so much of it.
    async fn sent(&self, count: usize) -> Vec<Message> {
        let patience = std::time::Instant::now() + std::time::Duration::from_mins(1);
        loop {
            let sent = self.outbox.sent.lock().unwrap().clone();
            if sent.len() >= count {
                return sent;
            }
            assert!(std::time::Instant::now() < patience, "{count} are not sent, only {sent:?}");
            tokio::task::yield_now().await;
        }
    }
}

fn body(message: &Message) -> Value {
    serde_json::from_slice(&message.body).unwrap()
}

#[tokio::test]
async fn a_webhook_is_made_and_gets_what_it_wants() {
    let network = Network::founded().await;
    let made = network
        .subscribe(json!({
            "url": URL, "description": "Trades on Ceres",
            "filter": { "topic": ["trade"], "station": ["ceres"] }
        }))
        .await
        .expect(201);
    assert_eq!(made.header("location"), "/api/webhooks/w-1");
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = SigningSecret::parse(made.json["secret"].as_str().unwrap()).unwrap();
    network.post("/api/trades", trade(1)).await.expect(201);
    network.put("/api/traders/other", json!({ "name": "Other" })).await.expect(201);
    network.post("/api/trades", trade(2)).await.expect(201);
    let sent = network.sent(2).await;
    let events = network.get("/api/events?after=0&limit=1000").await.expect(200);
    let trades: Vec<_> = events.json["items"].as_array().unwrap().clone();
    let trades: Vec<_> =
        trades.into_iter().filter(|event| event["type"] == "trade.settled").collect();
    assert_eq!(sent.iter().map(body).collect::<Vec<_>>(), trades, "the same as everywhere");
    for (message, event) in sent.iter().zip(&trades) {
        assert_eq!(message.id, format!("w-1-{}", event["id"].as_str().unwrap()));
        assert_eq!(message.content_type, "application/cloudevents+json");
        let expected = signatures([&secret], &message.id, message.at, &message.body);
        assert_eq!(message.signature, expected);
    }
    let read = network
        .until("/api/webhooks/w-1", |webhook| webhook["after"] == network_last(&trades))
        .await;
    assert_eq!(read.get("secret"), None);
    let listed = network.get("/api/webhooks").await.expect(200);
    assert_eq!(listed.json["items"], json!([read]));
    insta::assert_json_snapshot!(read, {
        ".createdAt" => "[time]",
        ".secrets[].createdAt" => "[time]",
    });
    let log = network.get("/api/webhooks/w-1/deliveries?limit=1").await.expect(200);
    let mut item = log.json["items"][0].clone();
    assert!(item["durationMillis"].take().is_u64());
    assert!(item["at"].take().is_string());
    insta::assert_json_snapshot!(item);
    let next = log.json["nextCursor"].as_str().unwrap();
    let rest =
        network.get(&format!("/api/webhooks/w-1/deliveries?cursor={next}")).await.expect(200);
    assert_eq!(rest.json["items"].as_array().unwrap().len(), 1);
    assert_eq!(rest.json["nextCursor"], Value::Null);
    network.audit().await;
}

fn network_last(trades: &[Value]) -> Value {
    let sequence = trades.last().unwrap()["sequence"].as_str().unwrap();
    sequence.parse::<u64>().unwrap().into()
}

#[tokio::test]
async fn a_key_of_an_account_gets_what_that_may_see_and_not_after_it_ends() {
    let network = Network::founded().await;
    let acme = network.key_of("trader", "acme").await;
    let other = network.key_of("trader", "belt-mining").await;
    let made = network
        .ask(Method::POST, "/api/webhooks")
        .key(&acme)
        .json(&json!({ "url": URL, "after": "0" }))
        .send()
        .await
        .expect(201);
    let seen = network.get("/api/events?after=0&limit=1000").await.expect(200);
    let public_or_own = |event: &&Value| {
        let kind = event["type"].as_str().unwrap();
        let public = ["network.", "station.", "commodity.", "trader."];
        public.iter().any(|topic| kind.starts_with(topic)) || kind.starts_with("credits.")
    };
    let expected: Vec<_> =
        seen.json["items"].as_array().unwrap().iter().filter(public_or_own).cloned().collect();
    let sent = network.sent(expected.len()).await;
    assert_eq!(sent.iter().map(body).collect::<Vec<_>>(), expected);

    // For others it is not there; for administrators it is.
    for (key, status) in [(&other, 404), (&acme, 200)] {
        for path in ["/api/webhooks/w-1", "/api/webhooks/w-1/deliveries"] {
            network.ask(Method::GET, path).key(key).send().await.expect(status);
        }
        let listed = network.ask(Method::GET, "/api/webhooks").key(key).send().await.expect(200);
        let count = listed.json["items"].as_array().unwrap().len();
        assert_eq!(count, usize::from(status == 200));
    }
    network.get("/api/webhooks/w-1").await.expect(200);
    for (method, path, body) in [
        (Method::PATCH, "/api/webhooks/w-1", Some(json!({ "status": "paused" }))),
        (Method::POST, "/api/webhooks/w-1/secrets", Some(json!({}))),
        (Method::POST, "/api/webhooks/w-1/replay", Some(json!({ "from": "1" }))),
        (Method::POST, "/api/webhooks/w-1/test", None),
        (Method::DELETE, "/api/webhooks/w-1", None),
    ] {
        let ask = network.ask(method, path).key(&other);
        let ask = body.iter().fold(ask, super::support::Ask::json);
        ask.send().await.expect_problem(404, "unknown_webhook");
    }

    let key = made.json["keyId"].as_u64().unwrap();
    network.ask(Method::DELETE, &format!("/api/keys/{key}")).send().await.expect(200);
    let ended = network.until("/api/webhooks/w-1", |it| it["status"] == "disabled").await;
    assert_eq!(ended["disabledReason"], "key_revoked");
    assert!(ended["disabledAt"].is_string());
    let change = |body: Value| network.ask(Method::PATCH, "/api/webhooks/w-1").json(&body);
    change(json!({ "status": "active" })).send().await.expect_problem(409, "key_revoked");
    // Another key of the same principal takes it over.
    let again = network.key_of("trader", "acme").await;
    let resumed = change(json!({ "status": "active" })).key(&again).send().await.expect(200);
    assert_eq!(resumed.json["status"], "active");
    assert_ne!(resumed.json["keyId"], key);
}

#[tokio::test]
async fn what_could_not_work_is_refused() {
    let network = Network::founded().await;
    let refused = async |body: Value, code: &str, place: &str| {
        let status = if code == "unknown_position" { 409 } else { 422 };
        let answer = network.subscribe(body.clone()).await.expect_problem(status, code);
        let places: Vec<_> = answer.faults().into_iter().map(|(place, _)| place).collect();
        let expected: Vec<_> = Some(place).filter(|place| !place.is_empty()).into_iter().collect();
        assert_eq!(places, expected, "{body}");
    };
    for url in [
        "http://example.com/",
        "ftp://example.com/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]:8443/",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "example.com",
    ] {
        refused(json!({ "url": url }), "url_refused", "/url").await;
    }
    refused(json!({ "url": "" }), "invalid_request", "/url").await;
    refused(json!({}), "invalid_request", "/url").await;
    refused(json!({ "url": URL, "filters": {} }), "invalid_request", "/filters").await;
    let filter = |filter: Value| json!({ "url": URL, "filter": filter });
    refused(filter(json!({ "station": ["nowhere"] })), "unknown_station", "/filter/station").await;
    refused(filter(json!({ "system": ["nowhere"] })), "unknown_system", "/filter/system").await;
    refused(filter(json!({ "topic": ["levels"] })), "invalid_request", "/filter/topic").await;
    refused(filter(json!({ "topic": ["nothing"] })), "invalid_request", "/filter/topic/0").await;
    refused(filter(json!({ "trader": vec!["acme"; 101] })), "invalid_request", "/filter/trader")
        .await;
    refused(json!({ "url": URL, "after": "999999" }), "unknown_position", "").await;
    refused(json!({ "url": URL, "after": "1-ffffffff" }), "unknown_position", "").await;
    assert_eq!(network.get("/api/webhooks").await.expect(200).json["items"], json!([]));
    let dry = network.post("/api/webhooks?dryRun=true", json!({ "url": URL })).await;
    dry.expect_problem(422, "invalid_request");
    let ask = network.ask(Method::POST, "/api/webhooks").without("authorization");
    ask.json(&json!({ "url": URL })).send().await.expect_problem(401, "unauthenticated");
    network.get("/api/webhooks/w-1").await.expect_problem(404, "unknown_webhook");
    network.get("/api/webhooks/nonsense").await.expect_problem(404, "unknown_webhook");
}

#[tokio::test]
async fn a_retry_of_its_making_makes_no_second_one() {
    let network = Network::founded().await;
    let ask = |body: Value| {
        network.ask(Method::POST, "/api/webhooks").header("idempotency-key", "k").json(&body)
    };
    let first = ask(json!({ "url": URL })).send().await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = ask(json!({ "url": URL })).send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.json["webhookId"], first.json["webhookId"]);
    assert_eq!(again.json["secret"], Value::Null);
    ask(json!({ "url": "https://example.org/" })).send().await.expect_problem(422, "key_reused");
    assert_eq!(network.get("/api/webhooks").await.json["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn it_is_changed_paused_tested_and_deleted() {
    let network = Network::founded().await;
    network.subscribe(json!({ "url": URL })).await.expect(201);
    let patch = |body: Value| network.ask(Method::PATCH, "/api/webhooks/w-1").json(&body);
    let paused = patch(json!({ "status": "paused" })).send().await.expect(200);
    assert_eq!(paused.json["status"], "paused");
    network.post("/api/trades", trade(1)).await.expect(201);
    let change = json!({ "url": "https://example.org/", "filter": { "topic": ["trade"] },
        "description": "Another", "status": "active" });
    let changed = patch(change.clone()).send().await.expect(200);
    for (field, value) in change.as_object().unwrap() {
        assert_eq!(&changed.json[field], value);
    }
    assert_eq!(network.sent(1).await[0].target.as_str(), "https://example.org/");
    patch(json!({ "status": "disabled" })).send().await.expect_problem(422, "invalid_request");
    patch(json!({ "url": "http://x/" })).send().await.expect_problem(422, "url_refused");

    let tested = network.ask(Method::POST, "/api/webhooks/w-1/test").send().await.expect(200);
    assert_eq!(
        (&tested.json["accepted"], &tested.json["type"]),
        (&json!(true), &json!("webhook.test"))
    );
    let message = network.sent(2).await.remove(1);
    assert_eq!(message.id, tested.json["messageId"]);
    let event = body(&message);
    assert_eq!(event["type"], "webhook.test");
    assert_eq!(message.id, format!("w-1-{}", event["id"].as_str().unwrap()));

    let gone = network.ask(Method::DELETE, "/api/webhooks/w-1").send().await.expect(200);
    assert_eq!(gone.json["webhookId"], "w-1");
    network
        .ask(Method::DELETE, "/api/webhooks/w-1")
        .send()
        .await
        .expect_problem(404, "unknown_webhook");
    network.post("/api/trades", trade(1)).await.expect(201);
    assert_eq!(network.subscribe(json!({ "url": URL })).await.expect(201).json["webhookId"], "w-2");
}

#[tokio::test]
async fn events_are_sent_again_on_request() {
    let network = Network::founded().await;
    network.subscribe(json!({ "url": URL, "filter": { "topic": ["trade"] } })).await.expect(201);
    let traded = network.post("/api/trades", trade(1)).await.expect(201);
    let sequence = traded.json["sequence"].as_u64().unwrap();
    network.post("/api/trades", trade(2)).await.expect(201);
    let first = network.sent(2).await;
    let ask = async |body: Value| network.post("/api/webhooks/w-1/replay", body).await;
    let id = format!("{sequence}-{TAG}");
    let single = ask(json!({ "event": id })).await.expect(200);
    assert_eq!(single.json["delivery"]["event"], id);
    let sent = network.sent(3).await;
    assert_eq!((&sent[2].id, &sent[2].body), (&first[0].id, &first[0].body));
    let moved = ask(json!({ "from": sequence.to_string() })).await.expect(200);
    assert_eq!(moved.json["delivery"], Value::Null);
    assert_eq!(moved.json["webhook"]["after"], sequence - 1);
    let sent = network.sent(5).await;
    assert_eq!([&sent[3].id, &sent[4].id], [&first[0].id, &first[1].id]);

    for wrong in [json!({}), json!({ "from": "1", "event": "1" }), json!({ "from": 1 })] {
        ask(wrong).await.expect_problem(422, "invalid_request");
    }
    ask(json!({ "event": "0" })).await.expect_problem(422, "unknown_event");
    ask(json!({ "event": "99999" })).await.expect_problem(422, "unknown_event");
    ask(json!({ "from": "99999" })).await.expect_problem(409, "unknown_position");
    ask(json!({ "from": "x" })).await.expect_problem(409, "unknown_position");
}

#[tokio::test]
async fn secrets_are_changed_and_a_receiver_that_is_gone_ends_it() {
    let network = Network::founded().await;
    let made = network.subscribe(json!({ "url": URL })).await.expect(201);
    let rotate = async |body: Value| network.post("/api/webhooks/w-1/secrets", body).await;
    let second = rotate(json!({ "keepOldSeconds": 60 })).await.expect(201);
    assert_eq!(second.header("cache-control"), "no-store");
    assert_eq!(second.json["secrets"].as_array().unwrap().len(), 2);
    assert!(second.json["secrets"][0]["expiresAt"].is_string());
    network.post("/api/trades", trade(1)).await.expect(201);
    let message = network.sent(1).await.remove(0);
    let secrets = [&made, &second]
        .map(|answer| SigningSecret::parse(answer.json["secret"].as_str().unwrap()).unwrap());
    let expected = signatures(&secrets, &message.id, message.at, &message.body);
    assert_eq!(message.signature, expected);
    rotate(json!({ "keepOldSeconds": 2_592_001 })).await.expect_problem(422, "invalid_request");
    rotate(json!({})).await.expect(201);
    rotate(json!({})).await.expect(201);
    rotate(json!({})).await.expect_problem(409, "limit_reached");
    let alone = rotate(json!({ "keepOldSeconds": 0 })).await.expect(201);
    assert_eq!(alone.json["secrets"].as_array().unwrap().len(), 1);

    network.outbox.is_gone.store(true, Ordering::Relaxed);
    network.post("/api/trades", trade(1)).await.expect(201);
    let ended = network.until("/api/webhooks/w-1", |it| it["status"] == "disabled").await;
    assert_eq!(ended["disabledReason"], "gone");
    let log = network.get("/api/webhooks/w-1/deliveries").await.expect(200);
    let last = &log.json["items"][0];
    assert_eq!((&last["status"], &last["accepted"]), (&json!(410), &json!(false)));
}

#[tokio::test]
async fn lists_go_on_by_cursor() {
    let network = Network::founded().await;
    for _ in 0..3 {
        network.subscribe(json!({ "url": URL })).await.expect(201);
    }
    let first = network.get("/api/webhooks?limit=2").await.expect(200);
    let ids = |answer: &Answer| -> Vec<String> {
        let items = answer.json["items"].as_array().unwrap();
        items.iter().map(|item| item["webhookId"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&first), ["w-1", "w-2"]);
    let next = first.json["nextCursor"].as_str().unwrap();
    assert!(first.header("link").contains(next));
    let rest = network.get(&format!("/api/webhooks?cursor={next}")).await.expect(200);
    assert_eq!(ids(&rest), ["w-3"]);
    assert_eq!(rest.json["nextCursor"], Value::Null);
}
