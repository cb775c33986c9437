//! The life of keys: how long they are good, what takes their place, when they were used.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Answer, Ask, Network, shown, station, trade};

async fn made(network: &Network, more: Value) -> Value {
    let mut key = json!({ "principal": "joe", "role": "operator" });
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    network.post("/api/keys", key).await.expect(201).json
}

fn secret(key: &Value) -> &str {
    key["key"].as_str().unwrap()
}

async fn rotate(network: &Network, key: &Value, body: Value) -> Answer {
    network.post(&format!("/api/keys/{}/rotate", key["keyId"]), body).await
}

async fn revoke(network: &Network, key: &Value) -> Answer {
    network.ask(Method::DELETE, &format!("/api/keys/{}", key["keyId"])).send().await
}

async fn whoami(network: &Network, key: &Value) -> Answer {
    network.ask(Method::GET, "/api/whoami").key(secret(key)).send().await
}

fn as_of_list<'a>(list: &'a Value, key: &Value) -> &'a Value {
    list["items"].as_array().unwrap().iter().find(|item| item["keyId"] == key["keyId"]).unwrap()
}

/// What the list says of a key.
async fn listed(network: &Network, key: &Value) -> Value {
    as_of_list(&network.get("/api/keys").await.expect(200).json, key).clone()
}

/// Waits until its time is over.
async fn expired(network: &Network, key: &Value) {
    network.until("/api/keys", |list| as_of_list(list, key)["status"] == "expired").await;
}

#[tokio::test]
async fn a_key_says_when_it_expires_and_then_is_refused() {
    let network = Network::founded().await;
    let lasting = made(&network, json!({ "expiresInSeconds": 315_360_000 })).await;
    shown!(network.get("/api/keys").await.expect(200));
    let short = made(&network, json!({ "expiresInSeconds": 1 })).await;
    assert!(short["expiresAt"].as_str() > short["recordedAt"].as_str());
    expired(&network, &short).await;
    let refused = whoami(&network, &short).await.expect_problem(401, "unauthenticated");
    assert!(refused.json["detail"].as_str().unwrap().contains("expired"));
    whoami(&network, &lasting).await.expect(200);
    // The network itself ends it, at its time, as everybody can read.
    let ended = async || {
        let list = network.get("/api/events?limit=1000").await.expect(200).json;
        let items = list["items"].as_array().unwrap().clone();
        items.into_iter().find(|event| event["type"] == "key.expired")
    };
    let event = loop {
        if let Some(event) = ended().await {
            break event;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(event["data"]["keyId"], short["keyId"]);
    assert_eq!(event["data"]["occurredAt"], short["expiresAt"]);
    assert_eq!(event["data"]["actor"], "network");
    // Revoking it now changes nothing.
    let revoked = revoke(&network, &short).await.expect(200);
    assert_eq!(
        (&revoked.json["status"], &revoked.json["revokedAt"]),
        (&json!("expired"), &Value::Null)
    );
    for wrong in [json!(0), json!(315_360_001), json!("1d")] {
        let key = json!({ "principal": "x", "role": "viewer", "expiresInSeconds": wrong });
        let refused = network.post("/api/keys", key).await.expect_problem(422, "invalid_request");
        assert_eq!(refused.faults()[0].0, "/expiresInSeconds");
    }
}

#[tokio::test]
async fn a_rotated_key_is_good_beside_the_new_one_for_a_while() {
    let network = Network::founded().await;
    let old = made(&network, json!({})).await;
    let path = format!("/api/keys/{}/rotate", old["keyId"]);
    let ask = |body: Value| {
        network.ask(Method::POST, &path).json(&body).header("idempotency-key", "k").send()
    };
    let dry = network.post(&format!("{path}?dryRun=true"), json!({})).await.expect(200);
    let types: Vec<_> =
        dry.json["events"].as_array().unwrap().iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["key.created", "key.updated"]);
    let answer = ask(json!({})).await.expect(201);
    assert_eq!(answer.header("cache-control"), "no-store");
    shown!(ask(json!({})).await.expect(201));
    // A day is what is meant where nothing is said.
    let again = ask(json!({ "keepOldSeconds": 86_400 })).await.expect(201);
    assert_eq!(again.json["key"], Value::Null, "shown once");
    ask(json!({ "keepOldSeconds": 1 })).await.expect_problem(422, "key_reused");
    let new = answer.json;
    assert_eq!(whoami(&network, &old).await.expect(200).json["keyId"], old["keyId"]);
    assert_eq!(whoami(&network, &new).await.expect(200).json["keyId"], new["keyId"]);
    let kept = listed(&network, &old).await;
    assert_eq!((&kept["status"], kept["expiresAt"].is_string()), (&json!("active"), true));
    let refused = rotate(&network, &old, json!({})).await.expect_problem(409, "already_rotated");
    assert_eq!(refused.json["keyId"], new["keyId"]);
    // At once, and both or neither.
    let newest = rotate(&network, &new, json!({ "keepOldSeconds": 0 })).await.expect(201).json;
    whoami(&network, &new).await.expect_problem(401, "unauthenticated");
    let traded = network.ask(Method::POST, "/api/trades").json(&trade(1)).key(secret(&newest));
    assert_eq!(traded.send().await.expect(201).json["actor"], "joe");
    rotate(&network, &new, json!({})).await.expect_problem(409, "key_ended");
    let unknown = json!({ "keyId": 999 });
    rotate(&network, &unknown, json!({})).await.expect_problem(404, "unknown_key");
    let long = json!({ "keepOldSeconds": 2_592_001 });
    rotate(&network, &newest, long).await.expect_problem(422, "invalid_request");
    let own = network.ask(Method::POST, &format!("/api/keys/{}/rotate", newest["keyId"]));
    let own = own.json(&json!({})).key(secret(&newest)).send().await;
    own.expect_problem(403, "not_permitted");
}

#[tokio::test]
async fn the_last_lasting_key_of_an_administrator_stays() {
    let network = Network::founded().await;
    let first = json!({ "keyId": 0 });
    revoke(&network, &first).await.expect_problem(409, "last_admin_key");
    let ends = json!({ "expiresInSeconds": 60 });
    rotate(&network, &first, ends).await.expect_problem(409, "last_admin_key");
    let key = json!({ "principal": "second", "role": "admin" });
    let second = network.post("/api/keys", key).await.expect(201).json;
    revoke(&network, &second).await.expect(200);
    revoke(&network, &first).await.expect_problem(409, "last_admin_key");
    // One that leaked is put out of use all the same, by its successor: the answer that shows it may
    // be lost, and then the old one must be able to ask again.
    let at_once = json!({ "keepOldSeconds": 0 });
    let refused = rotate(&network, &first, at_once.clone()).await;
    let refused = refused.expect_problem(409, "last_admin_key");
    let advice = "rotate this one with `keepOldSeconds` 60";
    assert!(refused.json["detail"].as_str().unwrap().contains(advice), "{}", refused.json);
    let lost = rotate(&network, &first, json!({ "keepOldSeconds": 60 })).await.expect(201).json;
    rotate(&network, &lost, at_once).await.expect_problem(409, "last_admin_key");
    let new = rotate(&network, &lost, json!({ "keepOldSeconds": 60 })).await.expect(201).json;
    let by_new = |path: String| network.ask(Method::DELETE, &path).key(secret(&new)).send();
    for ended in [&first, &lost] {
        by_new(format!("/api/keys/{}", ended["keyId"])).await.expect(200);
    }
    network.get("/api/keys").await.expect_problem(401, "unauthenticated");
    whoami(&network, &new).await.expect(200);
}

/// Everything that was opened with a key ends with it: here by its time, which begins when it is rotated,
/// so that nothing depends on how long the test takes to get there.
#[tokio::test]
async fn what_was_opened_with_a_key_ends_with_its_time() {
    let network = Network::founded().await;
    let key = made(&network, json!({})).await;
    let by_key = |method, path: &str| network.ask(method, path).key(secret(&key));
    let hook = json!({ "url": "https://example.com/hook", "after": "0" });
    let hook = by_key(Method::POST, "/api/webhooks").json(&hook).send().await.expect(201);
    let path = format!("/api/webhooks/{}", hook.json["webhookId"].as_str().unwrap());
    let token = by_key(Method::POST, "/api/stream-tokens").send().await.expect(201);
    let own: fn(Ask) -> Ask =
        |ask| ask.without("authorization").header("sec-fetch-site", "same-origin");
    let signed_in = own(network.ask(Method::POST, "/api/session"));
    let signed_in = signed_in.json(&json!({ "key": secret(&key) })).send().await.expect(200);
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let browse = async || {
        own(network.ask(Method::GET, "/api/whoami")).header("cookie", &cookie).send().await
    };
    browse().await.expect(200);

    let new = rotate(&network, &key, json!({ "keepOldSeconds": 1 })).await.expect(201).json;
    expired(&network, &key).await;
    browse().await.expect_problem(401, "unauthenticated");
    whoami(&network, &key).await.expect_problem(401, "unauthenticated");
    let write = by_key(Method::PUT, "/api/stations/x").json(&station());
    write.send().await.expect_problem(401, "unauthenticated");
    let line = json!({ "type": "trade", "data": trade(1) });
    let bulk = by_key(Method::POST, "/api/events").lines(&[line]).send().await;
    bulk.expect_problem(401, "unauthenticated");
    let token = token.json["token"].as_str().unwrap();
    let stream = network.ask(Method::GET, &format!("/api/updates/real-time?token={token}"));
    stream.without("authorization").send().await.expect_problem(401, "unauthenticated");
    let by_new = || network.ask(Method::GET, &path).key(secret(&new));
    let ended = loop {
        let found = by_new().send().await.expect(200).json;
        if found["status"] == "disabled" {
            break found;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(ended["disabledReason"], "key_revoked");
    // The new key of the same principal takes it over.
    let active = network.ask(Method::PATCH, &path).key(secret(&new));
    active.json(&json!({ "status": "active" })).send().await.expect(200);
}

#[tokio::test]
async fn the_list_says_when_a_key_was_last_used() {
    let network = Network::founded().await;
    let (used, unused) = (made(&network, json!({})).await, made(&network, json!({})).await);
    assert_eq!(listed(&network, &used).await["lastUsedAt"], Value::Null);
    whoami(&network, &used).await.expect(200);
    let answer = network.get("/api/keys").await.expect(200);
    // It changes without an event: no tag may say that nothing has.
    assert!(!answer.headers.contains_key("etag"));
    let at = as_of_list(&answer.json, &used)["lastUsedAt"].as_str().unwrap().to_owned();
    assert!(at.as_str() > used["recordedAt"].as_str().unwrap(), "{at}");
    assert_eq!(as_of_list(&answer.json, &unused)["lastUsedAt"], Value::Null);
    // What was refused is no use.
    revoke(&network, &used).await.expect(200);
    whoami(&network, &used).await.expect_problem(401, "unauthenticated");
    assert_eq!(listed(&network, &used).await["lastUsedAt"], at.as_str());
}
