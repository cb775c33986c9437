//! How much may be asked, and how much at once.

use std::convert::Infallible;
use std::io::Write;
use std::time::Duration;

use axum::body::Body;
use axum::http::Method;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::support::{Answer, Ask, Network, trade};
use crate::limits::{BULK_LINES_MAX, SNAPSHOTS_MAX, SNAPSHOTS_OF_KEY_MAX};
use crate::{LimitOptions, Quota};

fn limited(set: impl FnOnce(&mut LimitOptions)) -> Network {
    Network::with(|options| set(&mut options.limits))
}

fn quota(rate: u32, burst: u32) -> Option<Quota> {
    Quota::new(rate, burst)
}

fn traders(names: std::ops::Range<u32>) -> Vec<Value> {
    let line =
        |name| json!({ "type": "trader", "id": format!("t{name}"), "data": { "name": "x" } });
    names.map(line).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_key_that_asks_too_much_is_told_when_to_come_again() {
    let network = limited(|limits| limits.key_rate = quota(1, 6));
    let other = network.key("other", "viewer", &[]).await;
    for left in (0..5).rev() {
        let answer = network.get("/api/whoami").await.expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"key\";q=6;w=6");
        let told = answer.header("ratelimit");
        assert!(told.starts_with(&format!("\"key\";r={left};t=")), "{told}");
    }
    let refused = network.get("/api/whoami").await.expect_problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("ratelimit"), "\"key\";r=0;t=1");
    assert_eq!((&refused.json["policy"], &refused.json["cost"]), (&json!("key"), &json!(1)));
    // Figures cost ten.
    let refused = network.get("/api/audit").await.expect_problem(429, "rate_limited");
    assert_eq!(refused.json["cost"], 10);
    network.ask(Method::GET, "/api/whoami").key(&other).send().await.expect(200);
    network.get("/readyz").await.expect(200);
}

#[tokio::test]
async fn addresses_and_all_together_have_budgets_too() {
    let network = limited(|limits| {
        limits.address_rate = quota(1, 3);
        limits.total_rate = quota(1, 2);
    });
    for _ in 0..2 {
        // Also what nobody may ask, and what is not there, is asked.
        network.ask(Method::GET, "/api/nothing").send().await.expect(404);
    }
    let refused = network.get("/").await.expect_problem(429, "rate_limited");
    assert_eq!(refused.json["policy"], "all");
    assert_eq!(refused.header("ratelimit-policy"), "\"address\";q=3;w=3, \"all\";q=2;w=2");
    // The address has back what it paid for the request that all together could not afford.
    assert!(refused.header("ratelimit").contains("\"all\";r=0;t=1"), "{refused:?}");
    network.get("/livez").await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn all_together_pay_for_nothing_that_is_refused_to_one() {
    let network = limited(|limits| {
        limits.key_rate = quota(1, 2);
        limits.total_rate = quota(1, 5);
    });
    let left = |answer: &Answer, wanted: &str| {
        let told = answer.header("ratelimit");
        assert!(told.contains(&format!("\"all\";r={wanted};")), "{told}");
    };
    for _ in 0..10 {
        let ask = network.ask(Method::GET, "/api/whoami").without("authorization");
        left(&ask.send().await.expect_problem(401, "unauthenticated"), "5");
        let ask = network.ask(Method::GET, "/api/whoami").key("itn_wrong");
        left(&ask.send().await.expect_problem(401, "unauthenticated"), "5");
    }
    for wanted in ["4", "3"] {
        left(&network.get("/api/whoami").await.expect(200), wanted);
    }
    for _ in 0..10 {
        left(&network.get("/api/whoami").await.expect_problem(429, "rate_limited"), "3");
    }
    // What is found out later is theirs.
    let nothing = network.ask(Method::GET, "/nothing").without("authorization");
    left(&nothing.send().await.expect(404), "2");
}

#[tokio::test]
async fn bulk_pays_for_its_lines_before_any_is_decided() {
    let network = limited(|limits| limits.key_rate = quota(1, 10));
    let send = |lines: &[Value]| network.ask(Method::POST, "/api/events").lines(lines).send();
    send(&traders(0..7)).await.expect(200);
    let refused = send(&traders(10..17)).await.expect_problem(429, "rate_limited");
    assert_eq!(refused.json["cost"], 7);
    // Nothing of it was done.
    let free = limited(|_| {});
    free.ask(Method::POST, "/api/events").lines(&traders(0..7)).send().await.expect(200);
    assert_eq!(network.sequence().await, free.sequence().await);
    // More than there ever is at once goes when nothing is missing, and is paid off.
    let network = limited(|limits| limits.key_rate = quota(1, 10));
    let send = |lines: &[Value]| network.ask(Method::POST, "/api/events").lines(lines).send();
    let taken = send(&traders(0..50)).await.expect(200);
    assert_eq!(taken.header("ratelimit"), "\"key\";r=0;t=50");
    let refused = network.get("/api/whoami").await.expect_problem(429, "rate_limited");
    assert_eq!(refused.header("retry-after"), "41");
}

#[tokio::test]
async fn bulk_of_one_puts_nobody_else_in_debt() {
    for of_all in [true, false] {
        let network = limited(|limits| {
            let shared = if of_all { &mut limits.total_rate } else { &mut limits.address_rate };
            *shared = quota(1, 10);
        });
        let send = |lines: &[Value]| network.ask(Method::POST, "/api/events").lines(lines).send();
        let taken = send(&traders(0..50)).await.expect(200);
        // Not the 50 seconds that are asked of a key.
        assert!(taken.header("ratelimit").ends_with(";r=0;t=10"), "{taken:?}");
        let refused = network.get("/api/whoami").await.expect_problem(429, "rate_limited");
        assert_eq!(refused.header("retry-after"), "1");
    }
}

#[tokio::test]
async fn bulk_of_too_many_lines_pays_for_none() {
    let network = limited(|limits| limits.key_rate = quota(1, 10));
    let lines = "{}\n".repeat(BULK_LINES_MAX + 1);
    let ask = network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", lines);
    let refused = ask.send().await.expect_problem(413, "body_too_large");
    assert!(refused.header("ratelimit").starts_with("\"key\";r=9;t="), "{refused:?}");
}

#[tokio::test]
async fn wrong_keys_are_counted_and_a_good_one_is_not_refused_for_them() {
    let network = limited(|limits| limits.failure_rate = quota(1, 3));
    let wrong = || network.ask(Method::GET, "/api/whoami").key("itn_wrongwrongwrongwrongwrong");
    for _ in 0..3 {
        wrong().send().await.expect_problem(401, "unauthenticated");
    }
    let refused = wrong().send().await.expect_problem(429, "too_many_failures");
    assert_eq!((refused.header("connection"), refused.header("retry-after")), ("close", "1"));
    let sign_in = json!({ "key": "itn_wrongwrongwrongwrongwrong" });
    let sign_in = network.ask(Method::POST, "/api/session").json(&sign_in).without("authorization");
    sign_in.send().await.expect_problem(429, "too_many_failures");
    // Whoever sends no key does not try one.
    let none = network.ask(Method::GET, "/api/whoami").without("authorization");
    none.send().await.expect_problem(401, "unauthenticated");
    network.get("/api/whoami").await.expect(200);
}

#[tokio::test]
async fn a_key_has_so_many_requests_at_once() {
    let network = limited(|limits| (limits.at_once, limits.at_once_of_key) = (2, 1));
    let other = network.key("other", "admin", &[]).await;
    let third = network.key("third", "admin", &[]).await;
    let turns = network.gateway.hold_journal_reads();
    let slow = || network.ask(Method::GET, "/api/events");
    let first = tokio::spawn(slow().send());
    let full = async |key: Option<&str>, status: u16, code: &str| loop {
        let ask = network.ask(Method::GET, "/api/whoami");
        let answer = match key {
            Some(key) => ask.key(key).send().await,
            None => ask.send().await,
        };
        if answer.status == 200 {
            tokio::task::yield_now().await;
            continue;
        }
        break answer.expect_problem(status, code);
    };
    let refused = full(None, 429, "too_many_at_once").await;
    assert_eq!(refused.json["maximum"], 1);
    // Another key has its own place; then all are taken.
    network.ask(Method::GET, "/api/whoami").key(&other).send().await.expect(200);
    let second = tokio::spawn(slow().key(&other).send());
    full(Some(&third), 503, "overloaded").await;
    for task in [first, second] {
        task.abort();
        assert!(task.await.is_err());
    }
    // Whoever went away takes no place.
    network.get("/api/whoami").await.expect(200);
    network.ask(Method::GET, "/api/whoami").key(&third).send().await.expect(200);
    drop(turns);
}

#[tokio::test]
async fn a_key_has_so_many_snapshots_under_way() {
    let network = Network::founded().await;
    let other = network.key("other", "viewer", &[]).await;
    let ask = || network.ask(Method::GET, "/api/updates/real-time?snapshot=inventory");
    let mut unread = Vec::new();
    for _ in 0..SNAPSHOTS_OF_KEY_MAX {
        unread.push(ask().open().await);
    }
    let answered = |ask: Ask| async {
        // An answer that is no refusal has no end.
        let answer = tokio::time::timeout(Duration::from_secs(10), ask.send()).await;
        answer.expect("it is refused")
    };
    let refused = answered(ask()).await.expect_problem(429, "too_many_at_once");
    assert_eq!(refused.json["maximum"], SNAPSHOTS_OF_KEY_MAX);
    for _ in SNAPSHOTS_OF_KEY_MAX..SNAPSHOTS_MAX {
        unread.push(ask().key(&other).open().await);
    }
    let refused = answered(ask().key(&other)).await.expect_problem(503, "overloaded");
    assert_eq!(refused.json["maximum"], SNAPSHOTS_MAX);
}

#[tokio::test]
async fn whoever_sends_slowly_takes_no_place_from_others() {
    let network = limited(|limits| (limits.at_once, limits.at_once_of_key) = (1, 1));
    let slow = |path: &str, media: &str| {
        let endless = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        tokio::spawn(network.ask(Method::POST, path).bytes(media, endless).send())
    };
    let sending = [
        slow("/api/trades", "application/json"),
        slow("/api/keys", "application/json"),
        slow("/api/events", "application/x-ndjson"),
    ];
    tokio::task::yield_now().await;
    network.get("/api/whoami").await.expect(200);
    // When a body is there, its request needs a place as any other.
    let (end, ended) = tokio::sync::oneshot::channel();
    let body = Body::from_stream(stream::once(ended));
    let ask = network.ask(Method::POST, "/api/keys").bytes("application/json", body);
    let late = tokio::spawn(ask.send());
    tokio::task::yield_now().await;
    let turns = network.gateway.hold_journal_reads();
    let reading = tokio::spawn(network.ask(Method::GET, "/api/events").send());
    tokio::task::yield_now().await;
    end.send(Bytes::from_static(b"{}")).unwrap();
    late.await.unwrap().expect_problem(429, "too_many_at_once");
    drop(turns);
    reading.await.unwrap().expect(200);
    for sending in sending {
        assert!(!sending.is_finished());
        sending.abort();
    }
}

#[tokio::test]
async fn one_key_cannot_hold_all_the_room_for_bodies() {
    let network = Network::new();
    let other = network.key("other", "operator", &[]).await;
    let endless = || Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    let slow = || network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", endless());
    // Each of them may become as large as there may be any.
    let held: Vec<_> = (0..16).map(|_| tokio::spawn(slow().send())).collect();
    tokio::task::yield_now().await;
    let text = network.get("/metrics").await.expect(200).text;
    assert!(text.contains("itn_http_body_bytes 134217728\n"), "{text}");
    let ask = network.ask(Method::POST, "/api/events").key(&other);
    ask.lines(&traders(0..2_000)).send().await.expect(200);
    for held in held {
        held.abort();
    }
}

#[tokio::test]
async fn whoever_is_not_known_yet_sends_no_more_than_a_key() {
    let network = Network::new();
    let long = json!({ "key": "x".repeat(2 * 1024) });
    let ask = network.ask(Method::POST, "/api/session").json(&long).without("authorization");
    let refused = ask.send().await.expect_problem(413, "body_too_large");
    assert_eq!(refused.json["maximum"], 2_048);
}

#[tokio::test]
async fn whoever_looks_after_the_server_is_never_kept_from_it() {
    let network = limited(|limits| {
        limits.key_rate = quota(1, 10);
        (limits.at_once, limits.at_once_of_key) = (1, 2);
    });
    let other = network.key("other", "admin", &[]).await;
    let lines = traders(0..50);
    network.ask(Method::POST, "/api/events").key(&other).lines(&lines).send().await.expect(200);
    let turns = network.gateway.hold_journal_reads();
    let reading = tokio::spawn(network.ask(Method::GET, "/api/events").send());
    tokio::task::yield_now().await;
    // All places are taken, and the other key is in debt.
    network.get("/api/whoami").await.expect_problem(503, "overloaded");
    network.ask(Method::GET, "/metrics").key(&other).send().await.expect(200);
    drop(turns);
    reading.await.unwrap().expect(200);
    let ask = network.ask(Method::GET, "/api/whoami").key(&other);
    ask.send().await.expect_problem(429, "rate_limited");
}

#[tokio::test]
async fn streams_are_opened_at_a_rate_of_their_own() {
    let network = limited(|limits| limits.stream_rate = quota(1, 2));
    let open = || network.ask(Method::GET, "/api/updates/real-time").open();
    let streams = [open().await, open().await];
    assert!(streams.iter().all(|stream| stream.status() == 200));
    let refused = network.get("/api/updates/real-time").await;
    let refused = refused.expect_problem(429, "rate_limited");
    assert_eq!(refused.json["policy"], "streams");
    network.get("/api/whoami").await.expect(200);
}

#[tokio::test]
async fn a_stream_token_outlives_a_refusal_that_says_to_come_later() {
    let network = limited(|limits| limits.stream_rate = quota(1, 1));
    let made = network.ask(Method::POST, "/api/stream-tokens").send().await.expect(201);
    let path = format!("/api/updates/real-time?token={}", made.json["token"].as_str().unwrap());
    let by_token = || network.ask(Method::GET, &path).without("authorization");
    let first = network.ask(Method::GET, "/api/updates/real-time").open().await;
    assert_eq!(first.status(), 200);
    tokio::time::pause();
    for _ in 0..2 {
        by_token().send().await.expect_problem(429, "rate_limited");
    }
    tokio::time::advance(Duration::from_secs(2)).await;
    let opened = by_token().open().await;
    assert_eq!(opened.status(), 200);
    tokio::time::advance(Duration::from_secs(2)).await;
    by_token().send().await.expect_problem(401, "unauthenticated");
}

#[tokio::test]
async fn bodies_may_be_packed() {
    let network = Network::founded().await;
    let packed = gzip(trade(1).to_string().as_bytes());
    for coding in ["gzip", "GZIP", "x-gzip"] {
        let ask =
            network.ask(Method::POST, "/api/trades").bytes("application/json", packed.clone());
        ask.header("content-encoding", coding).send().await.expect(201);
    }
    let lines: Vec<_> = traders(0..2_000).iter().map(Value::to_string).collect();
    let packed = gzip(lines.join("\n").as_bytes());
    let ask = network.ask(Method::POST, "/api/events?results=failures");
    let ask = ask.bytes("application/x-ndjson", packed).header("content-encoding", "gzip");
    let counts = ask.send().await.expect(200).json;
    assert_eq!((&counts["lines"], &counts["failed"]), (&json!(2_000), &json!(0)));
}

#[tokio::test]
async fn what_unpacks_to_too_much_or_not_at_all_is_refused() {
    let network = Network::founded().await;
    let send = async |path: &str, coding: &str, body: Vec<u8>| {
        let media =
            if path.ends_with("events") { "application/x-ndjson" } else { "application/json" };
        let ask = network.ask(Method::POST, path).bytes(media, body);
        ask.header("content-encoding", coding).send().await
    };
    let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
    for path in ["/api/trades", "/api/events"] {
        send(path, "gzip", bomb.clone()).await.expect_problem(413, "body_too_large");
        let plain = b"{}".to_vec();
        send(path, "gzip", plain).await.expect_problem(400, "malformed_encoding");
        let mut torn = gzip(trade(1).to_string().as_bytes());
        torn.truncate(torn.len() - 9);
        send(path, "gzip", torn).await.expect_problem(400, "malformed_encoding");
        for unknown in ["br", "deflate", "zstd", "gzip, gzip", ""] {
            let refused = send(path, unknown, gzip(b"{}")).await;
            let refused = refused.expect_problem(415, "unsupported_media_type");
            assert_eq!(refused.header("accept-encoding"), "gzip", "{unknown}");
        }
    }
    network.post("/api/trades", trade(1)).await.expect(201);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_is_not_waited_for() {
    let network = Network::new();
    let drip = |every: Duration, bytes: &'static [u8]| {
        let drops = stream::unfold((), move |()| async move {
            sleep(every).await;
            Some((Ok::<_, Infallible>(Bytes::from_static(bytes)), ()))
        });
        network.ask(Method::POST, "/api/trades").bytes("application/json", Body::from_stream(drops))
    };
    for (every, bytes, ends_after) in [
        // Below the least rate: ended when the grace is over.
        (100, &b" "[..], 5),
        // Above it: as long as a body may take.
        (100, &[b' '; 100][..], 30),
    ] {
        let began = Instant::now();
        let refused = drip(Duration::from_millis(every), bytes).send().await;
        let refused = refused.expect_problem(408, "request_timeout");
        assert_eq!(refused.header("connection"), "close");
        assert_eq!(began.elapsed().as_secs(), ends_after, "{} bytes", bytes.len());
    }
}
