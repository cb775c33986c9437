//! What browsers are told.

use axum::http::Method;
use serde_json::json;

use super::support::{Ask, Network, trade};

const MAP: &str = "https://map.example";

fn network() -> Network {
    Network::with(|options| {
        options.limits.cors_origins =
            vec![MAP.parse().unwrap(), "http://localhost:3000".parse().unwrap()];
    })
}

fn preflight(network: &Network, origin: &str) -> Ask {
    let ask = network.ask(Method::OPTIONS, "/api/trades").without("authorization");
    ask.header("origin", origin).header("access-control-request-method", "POST")
}

#[tokio::test]
async fn every_answer_is_not_guessed_nor_framed_nor_told_of() {
    let network = Network::founded().await;
    let answers = [
        network.get("/").await.expect(200),
        network.get("/livez").await.expect(200),
        network.get("/api/stations").await.expect(200),
        network.get("/api/stations/nowhere").await.expect(404),
        network.get("/nowhere").await.expect(404),
        network.ask(Method::DELETE, "/api/trades").send().await.expect(405),
        network.ask(Method::GET, "/api/whoami").without("authorization").send().await.expect(401),
        network.post("/api/trades", trade(1)).await.expect(201),
        network.post("/api/trades", json!(1)).await.expect(422),
        network.get("/panic").await.expect(500),
    ];
    for answer in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
        ] {
            let values: Vec<_> = answer.headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{name} of {}", answer.text);
        }
        assert!(!answer.headers.contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn caches_between_keep_no_answer_to_a_read() {
    let network = Network::founded().await;
    let made = network.post("/api/trades", trade(1)).await.expect(201);
    let path = made.header("location").to_owned();
    // What is written is kept by no cache anyway.
    assert_eq!(made.header("cache-control"), "");
    for (path, status) in [
        (path.as_str(), 200),
        ("/api/trades", 200),
        ("/api/stations", 200),
        ("/api/whoami", 200),
        ("/api/stations/nowhere", 404),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answer = network.ask(method, path).send().await.expect(status);
            assert_eq!(answer.header("cache-control"), "private, no-cache", "{path}");
        }
    }
    // Who says something else means it.
    let stream = network.ask(Method::GET, "/api/updates/real-time").open().await;
    assert_eq!(stream.headers()["cache-control"], "no-store");
}

#[tokio::test]
async fn configured_pages_may_ask_and_read() {
    let network = network();
    for origin in [MAP, "http://localhost:3000"] {
        let answer = preflight(&network, origin).send().await.expect(204);
        assert_eq!(answer.header("access-control-allow-origin"), origin);
        assert!(answer.header("access-control-allow-methods").contains("PATCH"));
        let allowed = answer.header("access-control-allow-headers").to_ascii_lowercase();
        for sent in
            ["authorization", "content-type", "idempotency-key", "if-none-match", "x-request-id"]
        {
            assert!(allowed.contains(sent), "{sent}");
        }
        assert!(answer.header("vary").starts_with("Origin"));
        assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        let read = network.ask(Method::GET, "/api/stations").header("origin", origin).send().await;
        let read = read.expect(200);
        assert_eq!(read.header("access-control-allow-origin"), origin);
        let exposed = read.header("access-control-expose-headers").to_ascii_lowercase();
        for shown in
            ["ratelimit", "etag", "location", "link", "idempotency-replayed", "retry-after"]
        {
            assert!(exposed.split(", ").any(|name| name == shown), "{shown}");
        }
        // Refusals may be read, too.
        let refused = network.ask(Method::GET, "/api/stations").header("origin", origin);
        let refused = refused.without("authorization").send().await.expect(401);
        assert_eq!(refused.header("access-control-allow-origin"), origin);
    }
}

#[tokio::test]
async fn other_pages_may_not() {
    let network = network();
    let none = Network::new();
    for origin in ["https://map.example.evil", "http://map.example", "https://MAP.example", "null"]
    {
        for network in [&network, &none] {
            let answer = preflight(network, origin).send().await.expect(405);
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
            let ask = network.ask(Method::GET, "/api/stations").header("origin", origin);
            let answer = ask.send().await.expect(200);
            assert!(!answer.headers.contains_key("access-control-allow-origin"), "{origin}");
        }
    }
    // Caches keep what one page may read from the others.
    let vary = |answer: &super::support::Answer| {
        let values = answer.headers.get_all("vary").iter().map(|value| value.to_str().unwrap());
        values.collect::<Vec<_>>().join(", ")
    };
    assert!(vary(&network.get("/api/stations").await).contains("Origin"));
    assert!(!vary(&none.get("/api/stations").await).contains("Origin"));
}

#[tokio::test]
async fn a_session_is_no_use_to_them() {
    let network = network();
    let key = json!({ "key": super::support::ADMIN });
    let sign_in = network.ask(Method::POST, "/api/session").json(&key).without("authorization");
    let signed_in = sign_in.header("sec-fetch-site", "same-origin").send().await.expect(200);
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let ask = network.ask(Method::GET, "/api/stations").without("authorization");
    let ask = ask.header("cookie", &cookie).header("origin", MAP);
    let refused = ask.header("sec-fetch-site", "cross-site").send().await;
    let refused = refused.expect_problem(403, "foreign_origin");
    assert!(!refused.headers.contains_key("access-control-allow-credentials"));
}
