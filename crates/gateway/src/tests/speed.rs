//! Measurements, not checks: `cargo test -p gateway --release -- --ignored --nocapture speed`.

use std::time::{Duration, Instant};

use axum::http::Method;
use domain::PrincipalId;
use serde_json::json;

use super::support::{Network, trade};
use crate::bulk::parse;
use crate::openapi::document;

#[expect(clippy::print_stderr, reason = "a measurement is read by who asked for it")]
fn tell(what: &str, count: u32, took: Duration) {
    eprintln!("{what}: {:?} each, {:.0}/s", took / count, f64::from(count) / took.as_secs_f64());
}

#[test]
#[ignore = "a measurement"]
fn parsing_lines_of_bulk() {
    const LINES: u32 = 8_192;
    let line = |at: u32| {
        let data = json!({
            "station": format!("station-{:04}", at % 5_000), "buyer": format!("trader-{at:05}"),
            "seller": format!("trader-{:05}", at + 1),
            "lines": [{ "commodity": format!("commodity-{:03}", at % 200), "quantity": 3, "unitPrice": 12 }]
        });
        format!("{{\"type\":\"trade\",\"idempotencyKey\":\"bench-{at:012}\",\"data\":{data}}}\n")
    };
    let body: String = (0..LINES).map(line).collect();
    let schemas = &document().schemas;
    // The least of many runs: whatever else runs here only adds to it.
    let run = |_| {
        let begun = Instant::now();
        let parsed = parse(body.as_bytes(), PrincipalId(1), None, schemas).unwrap();
        let took = begun.elapsed();
        assert_eq!(parsed.commands.len(), LINES as usize);
        took
    };
    tell("parse a line of bulk", LINES, (0..100).map(run).min().unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn trades_in_process() {
    const TRADES: u32 = 2_000;
    let network = Network::founded().await;
    let ask = || network.ask(Method::POST, "/api/trades").json(&trade(1)).open();
    for _ in 0..3 {
        let begun = Instant::now();
        for _ in 0..TRADES {
            assert_eq!(ask().await.status(), 201);
        }
        tell("a trade through the router, one by one", TRADES, begun.elapsed());
    }
    let begun = Instant::now();
    for _ in 0..TRADES {
        let answer = network.ask(Method::GET, "/api/whoami").open().await;
        assert_eq!(answer.status(), 200);
    }
    tell("whoami through the router", TRADES, begun.elapsed());
}
