//! `/api/events` by cursor, and `/api/updates/real-time`.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::support::{Ask, Network, TAG, shown, trade};

#[tokio::test]
async fn every_event_is_a_cloud_event() {
    let network = Network::founded().await;
    network.post("/api/trades", trade(7)).await.expect(201);
    let booking = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": 4 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    });
    let booked = network.post("/api/cargo", booking).await.expect(201);
    let report = json!({ "type": "cancelled", "reason": "no ship" });
    network.post(&format!("{}/events", booked.header("location")), report).await.expect(201);
    network.put("/api/traders/acme", json!({ "name": "Acme Haulage" })).await.expect(200);
    let key = json!({ "principal": "eyes", "role": "viewer" });
    let key = network.post("/api/keys", key).await.expect(201).json["keyId"].clone();
    network.ask(Method::DELETE, &format!("/api/keys/{key}")).send().await.expect(200);
    shown!(network.get("/api/events").await.expect(200));
}

#[tokio::test]
async fn events_are_read_on_from_any_position() {
    let network = Network::founded().await;
    let all = network.get("/api/events?limit=1000").await.expect(200);
    let all = all.json["items"].as_array().unwrap().clone();
    let mut seen: Vec<Value> = Vec::new();
    let mut path = "/api/events?limit=3".to_owned();
    loop {
        let page = network.get(&path).await.expect(200);
        seen.extend(page.json["items"].as_array().unwrap().clone());
        let Some(cursor) = page.json["nextCursor"].as_str() else { break };
        path = format!("/api/events?limit=3&after={cursor}");
        assert_eq!(page.header("link"), format!("<{path}>; rel=\"next\""));
    }
    assert_eq!(seen, all);
    let last = all.len();
    for after in [format!("{}", last - 1), format!("{}-{TAG}", last - 1)] {
        let one = network.get(&format!("/api/events?after={after}")).await.expect(200);
        assert_eq!(one.json["items"], json!([all[last - 1]]));
    }
    for bad in ["x", "1-ffffffff", "1-", "-1", "99999", "%2B1", "18446744073709551616"] {
        let refused = network.get(&format!("/api/events?after={bad}")).await;
        refused.expect_problem(409, "unknown_position");
    }
}

/// Reads frames of a stream until it has so many events.
async fn follow(ask: Ask, count: usize) -> (String, Vec<Value>) {
    let response = ask.open().await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let mut text = String::new();
    while text.matches("\ndata: ").count() < count {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    let events = text.lines().filter_map(|line| line.strip_prefix("data: "));
    let events = events.map(|data| serde_json::from_str(data).unwrap()).collect();
    (text, events)
}

#[tokio::test]
async fn a_stream_resumes_with_nothing_missed_and_nothing_twice() {
    let network = Network::founded().await;
    let stream = || network.ask(Method::GET, "/api/updates/real-time");
    let last = network.sequence().await;
    let all = network.get("/api/events?limit=1000").await.expect(200);
    let all = all.json["items"].as_array().unwrap().clone();
    let resumed = stream().header("last-event-id", &format!("{}-{TAG}", last - 2));
    let (text, events) = follow(resumed, 2).await;
    assert!(text.starts_with(&format!("retry: 1000\n\nid: {}-{TAG}\ndata: ", last - 1)), "{text}");
    assert!(!text.contains("event:"));
    assert_eq!(events, all[all.len() - 2..]);
    // `Last-Event-ID` beats `after`.
    let both = network.ask(Method::GET, "/api/updates/real-time?after=1");
    let (_, events) = follow(both.header("last-event-id", &(last - 1).to_string()), 1).await;
    assert_eq!(events, all[all.len() - 1..]);
}

#[tokio::test]
async fn without_a_position_a_stream_begins_now() {
    let network = Network::founded().await;
    let response = network.ask(Method::GET, "/api/updates/real-time").open().await;
    let mut body = response.into_body();
    let hello = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(hello, "retry: 1000\n\n");
    let made = network.post("/api/trades", trade(1)).await.expect(201);
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let text = std::str::from_utf8(&frame).unwrap();
    let event: Value = serde_json::from_str(text.split("data: ").nth(1).unwrap()).unwrap();
    assert_eq!(event["data"], made.json);
    network.hub.stop();
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn unknown_positions_and_websockets_are_refused() {
    let network = Network::founded().await;
    let path = "/api/updates/real-time";
    for bad in ["99999", "1-ffffffff", "x"] {
        let refused = network.get(&format!("{path}?after={bad}")).await;
        refused.expect_problem(409, "unknown_position");
        let header = network.ask(Method::GET, path).header("last-event-id", bad).send().await;
        header.expect_problem(409, "unknown_position");
    }
    let unreadable = network.ask(Method::GET, path).header("last-event-id", "7-\u{e9}");
    unreadable.send().await.expect_problem(409, "unknown_position");
    let none = network.ask(Method::GET, path).header("last-event-id", "").open().await;
    assert_eq!(none.status(), 200);
    let upgrade = network.ask(Method::GET, path).header("upgrade", "websocket");
    upgrade.header("connection", "upgrade").send().await.expect_problem(400, "not_supported");
}

#[tokio::test]
async fn a_busy_stream_ends_when_its_key_is_revoked() {
    let network = Network::founded().await;
    let key = json!({ "principal": "eyes", "role": "viewer" });
    let key = network.post("/api/keys", key).await.expect(201).json;
    let ask = network.ask(Method::GET, "/api/updates/real-time").key(key["key"].as_str().unwrap());
    let mut body = ask.open().await.into_body();
    let mut next = async || body.frame().await.map(|frame| frame.unwrap().into_data().unwrap());
    assert_eq!(next().await.unwrap(), "retry: 1000\n\n");
    network.post("/api/trades", trade(1)).await.expect(201);
    assert!(next().await.unwrap().starts_with(b"id: "));
    let path = format!("/api/keys/{}", key["keyId"]);
    network.ask(Method::DELETE, &path).send().await.expect(200);
    tokio::time::pause();
    tokio::time::advance(crate::routes::KEY_CHECK_EVERY).await;
    tokio::time::resume();
    network.post("/api/trades", trade(1)).await.expect(201);
    assert_eq!(next().await, None);
}
