//! `/api/session`: whom a cookie stands for, how long, and from which pages.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::{advance, pause, resume};

use super::support::{ADMIN, Answer, Ask, Network, station, trade};
use crate::limits::SESSION_IDLE_MAX;
use crate::routes::KEY_CHECK_EVERY;

const HOST: &str = "itn.example:8080";
const STREAM: &str = "/api/updates/real-time";

/// What a browser says of a page of ours.
const OWN: [(&str, &str); 2] =
    [("origin", "http://itn.example:8080"), ("sec-fetch-site", "same-origin")];

/// A request of a browser, from a page of ours, with this cookie.
fn browse(network: &Network, method: Method, path: &str, cookie: &str) -> Ask {
    let ask = network.ask(method, path).without("authorization").header("host", HOST);
    OWN.into_iter().fold(ask, |ask, (name, value)| ask.header(name, value)).header("cookie", cookie)
}

async fn try_sign_in(network: &Network, key: &str) -> Answer {
    let ask = browse(network, Method::POST, "/api/session", "").without("cookie");
    ask.json(&json!({ "key": key })).send().await
}

/// The cookie of someone who signed in.
async fn sign_in(network: &Network, key: &str) -> String {
    let answer = try_sign_in(network, key).await.expect(200);
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn joe(network: &Network) -> Value {
    let key = json!({ "principal": "joe", "role": "operator" });
    network.post("/api/keys", key).await.expect(201).json
}

async fn whoami(network: &Network, cookie: &str) -> Answer {
    browse(network, Method::GET, "/api/whoami", cookie).send().await
}

#[tokio::test]
async fn a_key_gives_a_cookie_that_stands_for_it() {
    let network = Network::founded().await;
    let joe = joe(&network).await;
    let key = joe["key"].as_str().unwrap();
    let answer = try_sign_in(&network, key).await.expect(200);
    let by_key = network.ask(Method::GET, "/api/whoami").key(key).send().await.expect(200);
    assert_eq!(answer.json, by_key.json);
    assert_eq!(answer.header("cache-control"), "no-store");
    let set = answer.header("set-cookie");
    let (cookie, attributes) = set.split_once("; ").unwrap();
    assert_eq!(attributes, "HttpOnly; SameSite=Strict; Path=/");
    assert!(cookie.starts_with("itn_session=") && !set.contains(key), "{set}");
    assert_eq!(whoami(&network, cookie).await.expect(200).json, by_key.json);
    let body = trade(1);
    let traded = browse(&network, Method::POST, "/api/trades", cookie).json(&body).send().await;
    assert_eq!(traded.expect(201).json["actor"], "joe");
    // Among others, and beside one that somebody else set.
    let many = format!("theme=dark; itn_session=no; {cookie}; x=y");
    whoami(&network, &many).await.expect(200);
    // The cookie is no key, and the key is no cookie.
    let token = cookie.split_once('=').unwrap().1;
    let as_key = network.ask(Method::GET, "/api/whoami").key(token).send().await;
    as_key.expect_problem(401, "unauthenticated");
    whoami(&network, &format!("itn_session={key}")).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn over_tls_the_cookie_is_for_tls_alone() {
    let network = Network::founded().await;
    let ask = browse(&network, Method::POST, "/api/session", "").without("cookie");
    let ask = ask.header("origin", "https://itn.example").json(&json!({ "key": ADMIN }));
    let answer = ask.send().await.expect(200);
    let set = answer.header("set-cookie");
    assert!(set.ends_with("; HttpOnly; SameSite=Strict; Path=/; Secure"), "{set}");
}

#[tokio::test]
async fn who_has_no_good_key_does_not_sign_in() {
    let network = Network::founded().await;
    let joe = joe(&network).await;
    network.ask(Method::DELETE, &format!("/api/keys/{}", joe["keyId"])).send().await.expect(200);
    for key in ["", "itn_", "itn_ffffffffffffffffffffffffffffffff", joe["key"].as_str().unwrap()] {
        let refused = try_sign_in(&network, key).await.expect_problem(401, "unauthenticated");
        assert!(!refused.headers.contains_key("set-cookie"), "{key}");
    }
    let ask = || browse(&network, Method::POST, "/api/session", "").without("cookie");
    for (body, pointer) in [(json!({}), "/key"), (json!({ "key": 1 }), "/key")] {
        let refused = ask().json(&body).send().await.expect_problem(422, "invalid_request");
        assert_eq!(refused.faults()[0].0, pointer);
    }
    let form = ask().bytes("application/x-www-form-urlencoded", format!("key={ADMIN}"));
    form.send().await.expect_problem(415, "unsupported_media_type");
    let query = browse(&network, Method::POST, "/api/session?key=x", "").json(&json!({}));
    query.send().await.expect_problem(422, "invalid_request");
}

/// What each way of asking comes to: a read, a write, the stream.
#[tokio::test]
async fn what_a_cookie_may_do_depends_on_the_page_that_asks() {
    let network = Network::founded().await;
    let (ours, theirs) = ("http://itn.example:8080", "http://itn.example:9090");
    for (said, read, write) in [
        (&[("sec-fetch-site", "same-origin")][..], 200, 200),
        (&[("sec-fetch-site", "same-origin"), ("origin", "https://itn.example")], 200, 200),
        (&[("origin", ours)], 200, 200),
        (&[("origin", "HTTP://ITN.EXAMPLE:8080")], 200, 200),
        // Typed by a person, or no browser at all.
        (&[("sec-fetch-site", "none")], 200, 403),
        (&[], 200, 403),
        // Another port is of the same site, and gets the cookie.
        (&[("sec-fetch-site", "same-site"), ("origin", theirs)], 403, 403),
        (&[("sec-fetch-site", "same-site")], 403, 403),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")], 403, 403),
        (&[("origin", theirs)], 403, 403),
        (&[("sec-fetch-site", "none"), ("origin", theirs)], 403, 403),
        (&[("origin", "null")], 403, 403),
        (&[("sec-fetch-site", "surprise")], 403, 403),
    ] {
        let cookie = sign_in(&network, ADMIN).await;
        let ask = |method, path: &str| {
            let ask = browse(&network, method, path, &cookie);
            let ask = ask.without("origin").without("sec-fetch-site");
            said.iter().fold(ask, |ask, (name, value)| ask.header(name, value))
        };
        let check = |answer: Answer, expected: u16| {
            assert_eq!(answer.status, expected, "{said:?}: {}", answer.text);
            if expected == 403 {
                answer.expect_problem(403, "foreign_origin");
            }
        };
        check(ask(Method::GET, "/api/trades").send().await, read);
        let stream = ask(Method::GET, STREAM).open().await;
        assert_eq!(stream.status().as_u16(), read, "{said:?}");
        assert!(!stream.headers().contains_key("access-control-allow-origin"));
        let station = station();
        let put = |path: &str| ask(Method::PUT, path).json(&station);
        network.put("/api/stations/x", station.clone()).await;
        check(put("/api/stations/x").send().await, write);
        let line = json!({ "type": "trade", "data": trade(1) });
        check(ask(Method::POST, "/api/events").lines(&[line]).send().await, write);
        let out = ask(Method::DELETE, "/api/session").send().await;
        check(out, if write == 200 { 204 } else { 403 });
        // Signing in, too, is not for others' pages: the visitor would act for somebody else.
        let ask = ask(Method::POST, "/api/session").without("cookie");
        check(ask.json(&json!({ "key": ADMIN })).send().await, read);
    }
}

#[tokio::test]
async fn the_header_wins_over_the_cookie() {
    let network = Network::founded().await;
    let joe = joe(&network).await;
    let cookie = sign_in(&network, joe["key"].as_str().unwrap()).await;
    let ask = |key: &str| {
        let ask = browse(&network, Method::GET, "/api/whoami", &cookie);
        // Whoever sends a key is where they like.
        ask.header("sec-fetch-site", "cross-site").key(key)
    };
    assert_eq!(ask(ADMIN).send().await.expect(200).json["principal"], "admin");
    ask("itn_wrong").send().await.expect_problem(401, "unauthenticated");
    let basic = browse(&network, Method::GET, "/api/whoami", &cookie);
    let basic = basic.header("authorization", "Basic dTpw").send().await;
    basic.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn without_a_good_session_one_has_no_key() {
    let network = Network::founded().await;
    for cookie in ["", "itn_session=", "itn_session=no", "other=1"] {
        whoami(&network, cookie).await.expect_problem(401, "unauthenticated");
    }
    let unknown = "itn_session=itn_ffffffffffffffffffffffffffffffff";
    let refused = whoami(&network, unknown).await.expect_problem(401, "unauthenticated");
    assert!(refused.json["detail"].as_str().unwrap().contains("sign in again"));
    // Where anybody may read, so may whoever was signed in before a restart.
    let open = Network::with(|options| options.anonymous = true);
    let ask = browse(&open, Method::GET, "/api/whoami", unknown).header("host", "localhost");
    assert_eq!(ask.send().await.expect(200).json["anonymous"], true);
    let ask = browse(&open, Method::PUT, "/api/stations/x", unknown).header("host", "localhost");
    ask.json(&station()).send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_ends_when_it_is_not_used() {
    let network = Network::founded().await;
    let cookie = sign_in(&network, ADMIN).await;
    pause();
    for _ in 0..3 {
        advance(SESSION_IDLE_MAX / 2).await;
        whoami(&network, &cookie).await.expect(200);
    }
    advance(SESSION_IDLE_MAX).await;
    resume();
    whoami(&network, &cookie).await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn signing_out_ends_the_session_wherever_its_cookie_is() {
    let network = Network::founded().await;
    let (here, there) = (sign_in(&network, ADMIN).await, sign_in(&network, ADMIN).await);
    let out = browse(&network, Method::DELETE, "/api/session", &here).send().await.expect(204);
    let gone = "itn_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0";
    assert_eq!(out.header("set-cookie"), gone);
    whoami(&network, &here).await.expect_problem(401, "unauthenticated");
    browse(&network, Method::DELETE, "/api/session", &here).send().await.expect(204);
    whoami(&network, &there).await.expect(200);
    // Whoever signs in again has one session, not two.
    let again = browse(&network, Method::POST, "/api/session", &there);
    again.json(&json!({ "key": ADMIN })).send().await.expect(200);
    whoami(&network, &there).await.expect_problem(401, "unauthenticated");
}

/// A stream of this cookie, which has shown an event.
async fn followed(network: &Network, cookie: &str) -> axum::body::Body {
    let mut body = browse(network, Method::GET, STREAM, cookie).open().await.into_body();
    assert_eq!(next(&mut body).await.unwrap(), "retry: 1000\n\n");
    network.post("/api/trades", trade(1)).await.expect(201);
    assert!(next(&mut body).await.unwrap().starts_with("id: "));
    body
}

async fn next(body: &mut axum::body::Body) -> Option<String> {
    let frame = body.frame().await?.unwrap().into_data().unwrap();
    Some(String::from_utf8(frame.to_vec()).unwrap())
}

/// Whether the stream goes on when its key is looked at next.
async fn goes_on(network: &Network, body: &mut axum::body::Body) -> bool {
    pause();
    advance(KEY_CHECK_EVERY).await;
    resume();
    network.post("/api/trades", trade(1)).await.expect(201);
    next(body).await.is_some()
}

#[tokio::test]
async fn streams_end_with_their_session_and_with_their_key() {
    let network = Network::founded().await;
    let joe = joe(&network).await;
    let key = joe["key"].as_str().unwrap();
    let (first, second) = (sign_in(&network, key).await, sign_in(&network, key).await);
    let mut stream = followed(&network, &first).await;
    assert!(goes_on(&network, &mut stream).await);
    browse(&network, Method::DELETE, "/api/session", &first).send().await.expect(204);
    assert!(!goes_on(&network, &mut stream).await);
    let mut stream = followed(&network, &second).await;
    network.ask(Method::DELETE, &format!("/api/keys/{}", joe["keyId"])).send().await.expect(200);
    whoami(&network, &second).await.expect_problem(401, "unauthenticated");
    assert!(!goes_on(&network, &mut stream).await);
}

/// Whoever only watches uses the session all the same.
#[tokio::test]
async fn a_stream_keeps_its_session() {
    let network = Network::founded().await;
    let cookie = sign_in(&network, ADMIN).await;
    let mut stream = followed(&network, &cookie).await;
    for _ in 0..3 {
        pause();
        advance(SESSION_IDLE_MAX / 2).await;
        resume();
        assert!(goes_on(&network, &mut stream).await);
    }
    whoami(&network, &cookie).await.expect(200);
}

/// A cookie says nothing to caches between us and the browser; these headers do.
#[tokio::test]
async fn what_one_reader_sees_is_kept_for_nobody_else() {
    let network = Network::founded().await;
    let cookie = sign_in(&network, ADMIN).await;
    let first = browse(&network, Method::GET, "/api/stations", &cookie).send().await.expect(200);
    let ask = browse(&network, Method::GET, "/api/stations", &cookie);
    let again = ask.header("if-none-match", first.header("etag")).send().await.expect(304);
    for answer in [first, again] {
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("vary"), "Authorization, Cookie");
    }
}
