//! Keys, roles, and what is refused without them.

use axum::http::Method;
use serde_json::json;

use super::support::{Answer, Network, shown, station, trade};
use crate::openapi::document;

async fn key(network: &Network, principal: &str, role: &str) -> Answer {
    network.post("/api/keys", json!({ "principal": principal, "role": role })).await.expect(201)
}

#[tokio::test]
async fn every_route_of_the_api_refuses_without_a_key() {
    let network = Network::founded().await;
    let document: serde_json::Value = serde_json::from_slice(&document().json).unwrap();
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/") {
            continue;
        }
        let path = path.replace(['{', '}'], "");
        for (method, operation) in item.as_object().unwrap() {
            if operation["security"] == json!([{}]) {
                assert_eq!(path, "/api/session", "needs no key");
                continue;
            }
            let method: Method = method.to_uppercase().parse().unwrap();
            for wrong in ["", "Bearer itn_no", "Basic dTpw", "Bearer"] {
                let ask = network.ask(method.clone(), &path).header("authorization", wrong);
                let ask = if wrong.is_empty() { ask.without("authorization") } else { ask };
                let refused = ask.send().await.expect_problem(401, "unauthenticated");
                assert_eq!(refused.header("www-authenticate"), "Bearer");
                asked += 1;
            }
        }
    }
    assert!(asked > 90, "{asked}");
}

#[tokio::test]
async fn a_key_is_shown_once_and_good_until_it_is_revoked() {
    let network = Network::founded().await;
    let ask = || {
        let body = json!({ "principal": "trader-joe", "role": "operator" });
        network.ask(Method::POST, "/api/keys").json(&body).header("idempotency-key", "k")
    };
    let made = ask().send().await.expect(201);
    let again = ask().send().await.expect(201);
    assert_eq!(again.json["key"], json!(null));
    assert_eq!(again.json["keyId"], made.json["keyId"]);
    assert_eq!(made.header("cache-control"), "no-store");
    let secret = made.json["key"].as_str().unwrap();
    let as_joe = |method, path: &str| network.ask(method, path).key(secret);
    shown!(as_joe(Method::GET, "/api/whoami").send().await.expect(200));
    let traded = as_joe(Method::POST, "/api/trades").json(&trade(1)).send().await.expect(201);
    assert_eq!(traded.json["actor"], "trader-joe");
    let listed = network.get("/api/keys").await.expect(200);
    assert!(!listed.text.contains(secret) && !listed.text.contains("digest"));
    shown!(listed);
    as_joe(Method::GET, "/api/keys").send().await.expect_problem(403, "not_permitted");
    let path = format!("/api/keys/{}", made.json["keyId"]);
    as_joe(Method::DELETE, &path).send().await.expect_problem(403, "not_permitted");
    let revoked = network.ask(Method::DELETE, &path).send().await.expect(200);
    assert!(revoked.json["revokedAt"].is_string());
    network.ask(Method::DELETE, &path).send().await.expect(200);
    as_joe(Method::GET, "/api/whoami").send().await.expect_problem(401, "unauthenticated");
    for id in ["99", "-1", "x", "99999999999"] {
        let unknown = network.ask(Method::DELETE, &format!("/api/keys/{id}")).send().await;
        unknown.expect_problem(404, "unknown_key");
    }
    let events = network.get("/api/events?limit=1000").await.expect(200);
    assert!(!events.text.contains(secret) && !events.text.contains("digest"));
}

#[tokio::test]
async fn roles_do_what_they_may() {
    let network = Network::founded().await;
    let viewer = key(&network, "eyes", "viewer").await.json["key"].as_str().unwrap().to_owned();
    let operator =
        key(&network, "hands", "operator").await.json["key"].as_str().unwrap().to_owned();
    let issue = json!({ "change": 1, "reason": "issued" });
    for (secret, method, path, body, status) in [
        (&viewer, Method::GET, "/api/trades", None, 200),
        (&viewer, Method::POST, "/api/trades", Some(trade(1)), 403),
        (&viewer, Method::PUT, "/api/stations/x", Some(station()), 403),
        (&operator, Method::POST, "/api/trades", Some(trade(1)), 201),
        (&operator, Method::PUT, "/api/stations/x", Some(station()), 201),
        (&operator, Method::POST, "/api/traders/acme/credits", Some(issue.clone()), 403),
        (&operator, Method::GET, "/api/keys", None, 403),
    ] {
        let ask = network.ask(method, path).key(secret);
        let ask = match &body {
            Some(body) => ask.json(body),
            None => ask,
        };
        let answer = ask.send().await.expect(status);
        if status == 403 {
            let refused = answer.expect_problem(403, "not_permitted");
            assert!(refused.json["role"].is_string());
        }
    }
    let other = json!({ "principal": "eyes", "role": "admin" });
    network.post("/api/keys", other).await.expect_problem(409, "already_exists");
}

#[tokio::test]
async fn anybody_may_read_where_the_operator_says_so() {
    let network = Network::with(|options| options.anonymous = true);
    let ask = |method, path: &str| {
        network.ask(method, path).without("authorization").header("host", "localhost:8080")
    };
    shown!(ask(Method::GET, "/api/whoami").send().await.expect(200));
    ask(Method::GET, "/api/trades").send().await.expect(200);
    let write = ask(Method::PUT, "/api/stations/x").json(&station());
    write.send().await.expect_problem(401, "unauthenticated");
    ask(Method::GET, "/api/keys").send().await.expect_problem(403, "not_permitted");
    let wrong = ask(Method::GET, "/api/trades").key("itn_wrong");
    wrong.send().await.expect_problem(401, "unauthenticated");
}

/// A page of a foreign site that has its own name lead here reads nothing (DNS rebinding).
#[tokio::test]
async fn without_a_key_one_reads_by_a_loopback_name_alone() {
    let network = Network::with(|options| options.anonymous = true);
    let ask = || network.ask(Method::GET, "/api/trades");
    for host in ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.9.9.9", "[::1]", "[::1]:8080"] {
        ask().without("authorization").header("host", host).send().await.expect(200);
    }
    for host in
        ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", ""]
    {
        let refused = ask().without("authorization").header("host", host).send().await;
        let refused = refused.expect_problem(403, "not_permitted");
        assert!(refused.json["detail"].as_str().unwrap().contains("Host"), "{host}");
        ask().header("host", host).send().await.expect(200);
    }
    ask().without("authorization").send().await.expect_problem(403, "not_permitted");
}
