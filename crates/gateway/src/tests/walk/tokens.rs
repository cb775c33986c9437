//! A token gives what a key of the same role and accounts gives, everywhere and to the letter.

use axum::http::Method;
use serde_json::Value;

use super::given::{By, World};
use super::requests::{Wanted, request};
use super::rules::rules;
use super::{Answer, answer, still};

/// What is a caller's own: who they are, and what is made anew for each who asks.
const OWN: [&str; 4] =
    ["GET /api/whoami", "POST /api/stream-tokens", "POST /api/session", "DELETE /api/session"];

/// Whether the answers may be compared: a webhook is its principal's, and a token makes none.
fn is_alike(operation: &str, by: By) -> bool {
    let is_hook = operation.contains("/api/webhooks");
    !OWN.contains(&operation) && operation != "POST /api/webhooks" && (!is_hook || by == By::Admin)
}

/// What was answered, without what differs between two who may do the same: names, and times.
fn told(answer: &Answer, is_rehearsed: bool) -> (u16, String) {
    let mut json = still(&answer.json);
    if is_rehearsed {
        let kind = |event: &Value| event["type"].clone();
        json = json["events"].as_array().into_iter().flatten().map(kind).collect();
    }
    for item in json.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        // Asking uses a key.
        item.as_object_mut().map(|item| item.remove("lastUsedAt"));
    }
    (answer.status.as_u16(), json.to_string().replace("\"oidc.", "\""))
}

async fn asked(world: &World, wanted: &Wanted, by: By, is_rehearsed: bool) -> [Answer; 2] {
    let by_key = if is_rehearsed { wanted.rehearse(world, by) } else { wanted.ask(world, by) };
    [answer(by_key).await, answer(wanted.ask_by_token(world, by, is_rehearsed)).await]
}

#[tokio::test]
async fn a_token_gets_what_a_key_of_the_same_rights_gets() {
    let world = World::new().await;
    for by in By::WITH_KEY {
        let ask = world.ask_by_token(by, Method::GET, "/api/whoami");
        ask.send().await.expect(200);
    }
    let before = world.network.sequence().await;
    let (mut compared, mut wrong) = (0, Vec::new());
    for rule in rules() {
        for by in By::WITH_KEY.into_iter().filter(|by| is_alike(rule.operation, *by)) {
            let wanted = request(&world, &rule, by);
            let is_rehearsed = wanted.is_write() && rule.of(by) == "yes";
            if is_rehearsed && !wanted.is_of_ledger() {
                continue;
            }
            let [by_key, by_token] = asked(&world, &wanted, by, is_rehearsed).await;
            world.assert_hidden(by, &wanted.said(), &by_token.text);
            let (key, token) = (told(&by_key, is_rehearsed), told(&by_token, is_rehearsed));
            if key != token {
                wrong.push(format!("{} {}: {key:?} and {token:?}", rule.name(), by.word()));
            }
            compared += 1;
        }
    }
    assert_eq!(world.network.sequence().await, before, "a refusal changed something");
    assert!(compared > 300, "{compared}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
