//! What ends with a token, and with the access of its subject.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::Method;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::{founded, whoami};
use crate::routes::KEY_CHECK_EVERY;
use crate::tests::issuer::{Issuer, Signer, claims, now};
use crate::tests::support::{Ask, Network};

#[tokio::test]
async fn who_is_revoked_stays_out_and_has_no_secret_to_rotate() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "chiefs", &[]));
    let key = whoami(&network, &token).await.expect(200).json["keyId"].clone();
    let path = format!("/api/keys/{key}");
    let rotate = network.post(&format!("{path}/rotate"), json!({})).await;
    rotate.expect_problem(409, "token_key");
    // One of tokens is no administrator for ever.
    let first = network.ask(Method::DELETE, "/api/keys/0").send().await;
    first.expect_problem(409, "last_admin_key");
    let cookie = sign_in(&network, &token).await;
    browse(&network, &cookie).send().await.expect(200);
    let revoked = network.ask(Method::DELETE, &path).send().await.expect(200);
    assert_eq!(revoked.json["status"], "revoked");
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");
    let newer =
        issuer.token_with(&claims("ann", "eyes", &[]), |claims| claims["iat"] = json!(now()));
    for token in [&token, &newer] {
        let refused = whoami(&network, token).await.expect_problem(401, "unauthenticated");
        assert!(refused.json["detail"].as_str().unwrap().contains("was ended"), "{}", refused.text);
    }
    // Nor does a key take its name, or that of one to come.
    for principal in ["oidc.ann", "oidc.bob", "oidc-0123"] {
        let key = json!({ "principal": principal, "role": "viewer" });
        let refused = network.post("/api/keys", key).await.expect_problem(409, "already_exists");
        assert!(refused.json["detail"].as_str().unwrap().contains("tokens"), "{}", refused.text);
    }
}

/// A request of a page of ours.
fn own(ask: Ask) -> Ask {
    ask.without("authorization").header("sec-fetch-site", "same-origin")
}

async fn sign_in(network: &Network, token: &str) -> String {
    let ask = own(network.ask(Method::POST, "/api/session")).json(&json!({ "key": token }));
    let answer = ask.send().await.expect(200);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn browse(network: &Network, cookie: &str) -> Ask {
    own(network.ask(Method::GET, "/api/whoami")).header("cookie", cookie)
}

/// The stream ends before it tells what happens once its key was looked at again.
async fn assert_ends_untold(network: &Network, mut stream: Body) {
    pause();
    advance(KEY_CHECK_EVERY).await;
    resume();
    network
        .post("/api/traders/acme/credits", json!({ "change": 1, "reason": "issued" }))
        .await
        .expect(201);
    while let Some(frame) = stream.frame().await {
        let frame = frame.unwrap();
        let text = String::from_utf8_lossy(frame.data_ref().unwrap()).into_owned();
        assert!(!text.contains("credits.issued"), "{text}");
    }
}

#[tokio::test]
async fn what_a_token_opened_ends_with_it() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "eyes", &[]));
    let by_token = |method, path: &str| network.ask(method, path).key(&token);
    let cookie = sign_in(&network, &token).await;
    let whoever = browse(&network, &cookie).send().await.expect(200).json;
    assert_eq!(whoever, whoami(&network, &token).await.expect(200).json);
    let made = by_token(Method::POST, "/api/stream-tokens").send().await.expect(201).json;
    let opened = format!("/api/updates/real-time?token={}", made["token"].as_str().unwrap());
    let stream = by_token(Method::GET, "/api/updates/real-time").open().await.into_body();

    // Its end is in ten minutes, and half a minute more for clocks that differ.
    network.gateway.advance_wall(625);
    whoami(&network, &token).await.expect(200);
    network.gateway.advance_wall(10);
    whoami(&network, &token).await.expect_problem(401, "unauthenticated");
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");
    let late = network.ask(Method::GET, &opened).without("authorization").send().await;
    late.expect_problem(401, "unauthenticated");
    assert_ends_untold(&network, stream).await;
}

#[tokio::test]
async fn what_a_token_opened_ends_with_the_key_that_signed_it_and_after_a_day() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let second = Signer::es256();
    let token = issuer.token(&claims("ann", "eyes", &[]));
    let cookie = sign_in(&network, &token).await;
    // Another key beside it, or another name for it, changes nothing.
    issuer.publish(&json!([second.jwk("two"), issuer.signer.jwk("three")]));
    network.gateway.look_at_issuer().await;
    browse(&network, &cookie).send().await.expect(200);
    issuer.publish(&json!([second.jwk("one")]));
    network.gateway.look_at_issuer().await;
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");

    let mut endless = claims("ann", "eyes", &[]);
    endless["exp"] = json!(253_000_000_000_i64);
    let token = second.token(&issuer.header(), &endless);
    let cookie = sign_in(&network, &token).await;
    network.gateway.advance_wall(24 * 60 * 60);
    browse(&network, &cookie).send().await.expect(200);
    network.gateway.advance_wall(40);
    browse(&network, &cookie).send().await.expect_problem(401, "unauthenticated");
    // The token itself is good for as long as it says.
    whoami(&network, &token).await.expect(200);
}

#[tokio::test]
async fn a_stream_ends_when_a_newer_token_gives_something_else() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let older =
        issuer.token_with(&claims("ann", "eyes", &[]), |claims| claims["iat"] = json!(now() - 100));
    let stream = network.ask(Method::GET, "/api/updates/real-time").key(&older).open().await;
    let stream = stream.into_body();
    let newer = issuer.token(&claims("ann", "pilots", &["belt-mining"]));
    whoami(&network, &newer).await.expect(200);
    assert_ends_untold(&network, stream).await;
}

#[tokio::test]
async fn a_token_makes_keys_for_an_administrator_and_webhooks_for_nobody() {
    let issuer = Issuer::new();
    let network = founded(&issuer).await;
    let token = issuer.token(&claims("ann", "chiefs", &[]));
    let ask = |path: &str| network.ask(Method::POST, path).key(&token);
    let hook = json!({ "url": "https://example.com/hook" });
    ask("/api/webhooks").json(&hook).send().await.expect_problem(403, "key_required");
    let cookie = sign_in(&network, &token).await;
    let by_cookie = own(network.ask(Method::POST, "/api/webhooks")).header("cookie", &cookie);
    by_cookie.json(&hook).send().await.expect_problem(403, "key_required");
    let made = ask("/api/keys").json(&json!({ "principal": "bot", "role": "viewer" })).send().await;
    let key = made.expect(201).json["key"].as_str().unwrap().to_owned();
    network.ask(Method::POST, "/api/webhooks").key(&key).json(&hook).send().await.expect(201);
}

/// A body that comes when this was done.
fn after(act: impl Future<Output = ()> + Send + 'static, body: &Value) -> Body {
    let text = Bytes::from(body.to_string());
    Body::from_stream(stream::once(async move {
        act.await;
        Ok::<_, Infallible>(text)
    }))
}

/// Changes by whoever may: by one command, in bulk, and beside the ledger.
fn changes() -> [(&'static str, &'static str, Value); 3] {
    let line = json!({
        "type": "trader", "id": "juno", "data": { "name": "Juno" }
    });
    [
        (
            "/api/traders/acme/credits",
            "application/json",
            json!({ "change": 1, "reason": "issued" }),
        ),
        ("/api/events", "application/x-ndjson", line),
        ("/api/webhooks", "application/json", json!({ "url": "https://example.com/hook" })),
    ]
}

#[tokio::test]
async fn what_a_newer_token_gives_while_a_body_comes_is_not_the_older_ones() {
    let issuer = Issuer::new();
    for (number, (path, media_type, body)) in changes().into_iter().enumerate() {
        let network = founded(&issuer).await;
        let subject = format!("ann-{number}");
        let older = issuer.token_with(&claims(&subject, "eyes", &[]), |claims| {
            claims["iat"] = json!(now() - 100);
        });
        whoami(&network, &older).await.expect(200);
        let before = network.sequence().await;
        let newer = issuer.token(&claims(&subject, "chiefs", &[]));
        let widen = network.ask(Method::GET, "/api/whoami").key(&newer);
        let widen = async move {
            widen.send().await.expect(200);
        };
        let ask = network.ask(Method::POST, path).key(&older);
        let ask = ask.bytes(media_type, after(widen, &body));
        ask.send().await.expect_problem(401, "unauthenticated");
        assert_eq!(network.sequence().await, before + 1, "{path}: only the grant");
    }
}

#[tokio::test]
async fn a_token_that_ends_while_its_body_comes_does_nothing() {
    let issuer = Issuer::new();
    for (path, media_type, body) in changes() {
        let network = founded(&issuer).await;
        let token = issuer.token(&claims("ann", "chiefs", &[]));
        whoami(&network, &token).await.expect(200);
        let before = network.sequence().await;
        let gateway = network.gateway.clone();
        let end = async move { gateway.advance_wall(700) };
        let ask = network.ask(Method::POST, path).key(&token);
        let ask = ask.bytes(media_type, after(end, &body));
        ask.send().await.expect_problem(401, "unauthenticated");
        assert_eq!(network.sequence().await, before, "{path}");
    }
}
