//! Streams: each caller gets the events that lists give it, from every position, and the state of now
//! as reads give it; tokens open what their key may see, once; webhooks are sent the same.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::given::{By, World};
use super::items;
use crate::tests::support::Ask;
use crate::tests::updates::events;

const STREAM: &str = "/api/updates/real-time";

async fn listed(world: &World, by: By) -> Vec<Value> {
    let ask = world.ask(by, Method::GET, "/api/events?limit=1000");
    items(&ask.send().await.expect(200).json).unwrap().clone()
}

#[tokio::test]
async fn a_stream_has_what_the_list_has_from_every_position() {
    let world = World::new().await;
    for by in By::WITH_KEY {
        let all = listed(&world, by).await;
        let key = world.key_of(by);
        let streamed = events(&world.network, key, "").await;
        assert_eq!(streamed, all, "{by:?}");
        let text = Value::Array(streamed).to_string();
        world.assert_hidden(by, "a stream", &text);
        for filter in ["&trader=acme", "&topic=trade,shipment,alert,credits,key,stock"] {
            for event in events(&world.network, key, filter).await {
                assert!(all.contains(&event), "{by:?} {filter}: {event}");
            }
        }
    }
}

/// Reads until `enough` is there, and says what was read.
async fn read(ask: Ask, enough: impl Fn(&str) -> bool) -> String {
    let response = ask.open().await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut text = String::new();
    while !enough(&text) {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
    }
    text
}

/// The position that an administrator's stream is at is no secret, and opens nothing.
#[tokio::test]
async fn a_position_of_somebody_else_widens_nothing() {
    let world = World::new().await;
    let admins = listed(&world, By::Admin).await;
    let last = admins.len();
    for by in By::SCOPED {
        let all = listed(&world, by).await;
        for at in [1, last / 2, last - 1] {
            let id = admins[at - 1]["id"].as_str().unwrap();
            let ask = world.ask(by, Method::GET, STREAM).header("last-event-id", id);
            let end = format!("id: {}", admins[last - 1]["id"].as_str().unwrap());
            let text = read(ask, |text| text.contains(&end)).await;
            world.assert_hidden(by, "a stream", &text);
            let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
            let events: Vec<Value> =
                data.filter_map(|data| serde_json::from_str(data).ok()).collect();
            let events: Vec<_> = events.into_iter().filter(|one| one.get("id").is_some()).collect();
            assert!(all.ends_with(&events), "{by:?} from {id}: {events:?}");
        }
    }
}

#[tokio::test]
async fn a_snapshot_has_what_reads_show() {
    let world = World::new().await;
    let path = format!("{STREAM}?snapshot=inventory,shipments,alerts,summary");
    for by in By::WITH_KEY {
        let is_last = |text: &str| {
            let parts = text.matches("event: snapshot").count();
            parts >= 4 && text.ends_with("\n\n")
        };
        let text = read(world.ask(by, Method::GET, &path), is_last).await;
        world.assert_hidden(by, &path, &text);
        let parts = text.lines().filter_map(|line| line.strip_prefix("data: "));
        let parts: Vec<Value> = parts.map(|part| serde_json::from_str(part).unwrap()).collect();
        let of = |kind: &str| {
            let part = parts.iter().find(|part| part["kind"] == kind);
            part.unwrap_or_else(|| panic!("{by:?} has no {kind}: {text}"))["items"].clone()
        };
        for (kind, list) in [
            ("inventory", "/api/inventory"),
            ("shipments", "/api/cargo"),
            ("alerts", "/api/alerts"),
        ] {
            let listed = world.ask(by, Method::GET, list).send().await.expect(200);
            let mut listed = items(&listed.json).unwrap().clone();
            // What is open, as a snapshot has it.
            listed.retain(|one| one["status"] != "cancelled");
            let mut shown = of(kind).as_array().unwrap().clone();
            for items in [&mut listed, &mut shown] {
                items.sort_by_key(Value::to_string);
            }
            assert_eq!(shown, listed, "{by:?} {kind}");
        }
        let is_shown = !of("summary").as_array().unwrap().is_empty();
        assert_eq!(is_shown, !By::SCOPED.contains(&by), "{by:?}");
    }
}

#[tokio::test]
async fn a_token_opens_what_its_key_may_see_and_once() {
    let world = World::new().await;
    for by in By::WITH_KEY {
        let made = world.ask(by, Method::POST, "/api/stream-tokens").send().await.expect(201);
        let token = made.json["token"].as_str().unwrap().to_owned();
        let all = listed(&world, by).await;
        let path = format!("{STREAM}?after=0&token={token}");
        // Whoever has it, even with a key of more rights.
        let ask = || world.ask(By::Admin, Method::GET, &path);
        let last = world.network.sequence().await;
        let end = format!("id: {last}-");
        let text = read(ask(), |text| text.contains(&end) && text.ends_with("\n\n")).await;
        world.assert_hidden(by, "a stream", &text);
        let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
        for event in &all {
            assert!(ids.clone().any(|id| event["id"] == id), "{by:?}: {event}");
        }
        ask().send().await.expect_problem(401, "unauthenticated");
        // It is for streams alone.
        let ask = || world.network.ask(Method::GET, "/api/whoami").key(&token);
        ask().send().await.expect_problem(401, "unauthenticated");
    }
    // A token outlives its key by nothing.
    let key = json!({ "principal": "brief", "role": "viewer" });
    let key = world.network.post("/api/keys", key).await.expect(201).json;
    let ask = world.network.ask(Method::POST, "/api/stream-tokens");
    let made = ask.key(key["key"].as_str().unwrap()).send().await.expect(201);
    let path = format!("/api/keys/{}", key["keyId"]);
    world.network.ask(Method::DELETE, &path).send().await.expect(200);
    let path = format!("{STREAM}?token={}", made.json["token"].as_str().unwrap());
    let ask = world.ask(By::Nobody, Method::GET, &path);
    ask.send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_webhook_is_sent_what_the_list_of_its_key_has() {
    let world = World::new().await;
    for by in By::WITH_KEY {
        let hook = json!({ "url": "https://example.com/all", "after": "0" });
        let made = world.ask(by, Method::POST, "/api/webhooks").json(&hook).send().await;
        let id = made.expect(201).json["webhookId"].as_str().unwrap().to_owned();
        let all = listed(&world, by).await;
        let path = format!("/api/webhooks/{id}");
        // What it is told, until it has been shown everything.
        let last = world.network.sequence().await;
        let is_through = |hook: &Value| hook["after"] == last;
        world.network.until(&path, is_through).await;
        let sent = world.network.outbox.sent.lock().unwrap().clone();
        let own = sent.iter().filter(|message| message.id.starts_with(&format!("{id}-")));
        let own: Vec<Value> =
            own.map(|message| serde_json::from_slice(&message.body).unwrap()).collect();
        assert_eq!(own, all, "{by:?}");
        world.network.ask(Method::DELETE, &path).send().await.expect(200);
    }
}
