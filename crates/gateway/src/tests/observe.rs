//! Identifiers of requests, `/metrics`, and the end.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use axum::Router;
use axum::http::Method;
use serde_json::json;

use super::support::{Answer, JOURNAL, Network, trade};
use crate::{AskMachine, Gateway, GatewayOptions, Machine};

/// What a listener of its own answers.
async fn metrics_of(router: Router, path: &str) -> Answer {
    Network { router, ..Network::new() }
        .ask(Method::GET, path)
        .without("authorization")
        .send()
        .await
}

#[tokio::test]
async fn an_answer_bears_the_name_of_its_request() {
    let network = Network::founded().await;
    let asked = |path: &str| network.ask(Method::GET, path);
    let given = asked("/api/network").header("x-request-id", "mine-1").send().await.expect(200);
    assert_eq!(given.header("x-request-id"), "mine-1");
    let traced = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let given = asked("/api/network").header("traceparent", traced).send().await.expect(200);
    assert_eq!(given.header("x-request-id"), "0af7651916cd43dd8448eb211c80319c");
    let made = asked("/api/network").header("x-request-id", "not a name").send().await.expect(200);
    assert_ne!(made.header("x-request-id"), "not a name");
    // Each kind of refusal: of a handler, of its extractors, of no route, of no method, of a panic.
    for (method, path, status, code) in [
        (Method::GET, "/api/trades/nothing", 404, "unknown_trade"),
        (Method::GET, "/api/trades?limit=x", 422, "invalid_request"),
        (Method::GET, "/nowhere", 404, "unknown_route"),
        (Method::PATCH, "/api/trades", 405, "method_not_allowed"),
        (Method::GET, "/panic", 500, "internal"),
    ] {
        let refused = network.ask(method, path).header("x-request-id", "a/b=1").send().await;
        let refused = refused.expect_problem(status, code);
        assert_eq!(refused.json["requestId"], "a/b=1");
    }
    // Lines of bulk have no names of their own.
    let lines = network.ask(Method::POST, "/api/events").lines(&[json!({ "type": "?" })]);
    let lines = lines.send().await.expect(200);
    assert_eq!(lines.lines()[0].get("requestId"), None, "{}", lines.text);
    assert!(!lines.header("x-request-id").is_empty());
}

#[tokio::test]
async fn metrics_are_for_those_who_see_the_whole_network() {
    let network = Network::founded().await;
    let ask = || network.ask(Method::GET, "/metrics");
    ask().without("authorization").send().await.expect_problem(401, "unauthenticated");
    let trader = network.key("of-acme", "trader", &["acme"]).await;
    ask().key(&trader).send().await.expect_problem(403, "not_permitted");
    network.get("/metrics?x=1").await.expect_problem(422, "invalid_request");
    for role in ["viewer", "operator"] {
        let key = network.key(role, role, &[]).await;
        let told = ask().key(&key).send().await.expect(200);
        assert_eq!(told.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        assert!(!told.text.contains("acme") && !told.text.contains("ceres"), "{}", told.text);
    }
}

#[tokio::test]
async fn what_is_done_is_counted() {
    let network = Network::founded().await;
    for _ in 0..3 {
        network.post("/api/trades", trade(2)).await.expect(201);
    }
    network.post("/api/trades", trade(1_000_000)).await.expect_problem(409, "insufficient_stock");
    network.get("/api/trades/trd-1").await;
    network.get("/nowhere/else").await.expect(404);
    let good = json!({ "type": "trade", "data": trade(1) });
    let lines = [good.clone(), json!({ "type": "trade", "data": {} }), good];
    network.ask(Method::POST, "/api/events").lines(&lines).send().await.expect(200);
    let stream = network.ask(Method::GET, "/api/updates/real-time").open().await;
    let told = network.get("/metrics").await.expect(200).text;
    let of = |name: &str| {
        let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in\n{told}")).parse::<f64>().unwrap()
    };
    let check = |name: &str, expected: f64| assert!((of(name) - expected).abs() < 0.1, "{name}");
    let trades = "itn_http_requests_total{route=\"/api/trades\",method=\"POST\"";
    check(&format!("{trades},status=\"201\"}}"), 3.0);
    check(&format!("{trades},status=\"409\"}}"), 1.0);
    check("itn_http_requests_total{route=\"unmatched\",method=\"GET\",status=\"404\"}", 1.0);
    check("itn_http_request_duration_seconds_count{route=\"/api/trades\",method=\"POST\"}", 4.0);
    check("itn_problems_total{code=\"insufficient_stock\"}", 1.0);
    check("itn_line_problems_total{code=\"invalid_request\"}", 1.0);
    check("itn_commands_total{outcome=\"rejected\"}", 1.0);
    check("itn_readers{transport=\"sse\"}", 1.0);
    check("itn_state{state=\"ready\"}", 1.0);
    check("itn_http_requests_in_flight", 1.0);
    // Founding the network took eight writes, before these five.
    for stage in ["receive", "parse", "execute", "render"] {
        check(&format!("itn_write_stage_seconds_count{{stage=\"{stage}\"}}"), 13.0);
    }
    // What the engine did for it, and the two commands by which it made the network.
    check("itn_commands_total{outcome=\"accepted\"}", 8.0 + 3.0 + 2.0 + 2.0);
    let events = of("itn_events_total");
    check("itn_events_total", 15.0);
    check("itn_batch_events_sum", events);
    check("itn_write_stage_seconds_count{stage=\"commit\"}", of("itn_batch_events_count"));
    drop(stream);
    let told = network.get("/metrics").await.expect(200).text;
    assert!(told.contains("itn_readers{transport=\"sse\"} 0\n"), "{told}");
}

#[tokio::test]
async fn a_listener_of_its_own_tells_also_while_recovering_and_nothing_else() {
    let gateway = Gateway::recovering(GatewayOptions::new(JOURNAL));
    gateway.progress(domain::Sequence(5), domain::Sequence(9));
    let told = metrics_of(gateway.metrics_router(), "/metrics").await.expect(200).text;
    for line in [
        "itn_state{state=\"recovering\"} 1",
        "itn_state{state=\"ready\"} 0",
        "itn_recovery_replayed_events 5",
        "itn_recovery_last_event 9",
    ] {
        assert!(told.lines().any(|found| found == line), "{line} is not in\n{told}");
    }
    assert_eq!(metrics_of(gateway.metrics_router(), "/readyz").await.expect(503).json["total"], 9);
    for elsewhere in ["/api/network", "/", "/docs"] {
        // The document is not of this listener, so that its answers are not held against it.
        let router = gateway.metrics_router();
        let ask = Network { router, ..Network::new() }.ask(Method::GET, elsewhere);
        assert_eq!(ask.open().await.status(), 404, "{elsewhere}");
    }
}

#[tokio::test]
async fn one_that_leaves_goes_on_answering_and_asks_to_come_no_more() {
    let network = Network::founded().await;
    let before = network.get("/readyz").await.expect(200);
    assert_eq!(before.header("connection"), "");
    network.gateway.leave();
    let ready = network.get("/readyz").await.expect(503);
    assert_eq!(ready.json, json!({ "status": "stopping" }));
    network.get("/livez").await.expect(200);
    let traded = network.post("/api/trades", trade(1)).await.expect(201);
    assert_eq!(traded.header("connection"), "close");
}

/// Each family in the order in which it is exposed: its row of the table in the docs.
fn rows(told: &str) -> String {
    let mut labels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let samples = told.lines().filter(|line| !line.starts_with('#'));
    for (name, rest) in samples.filter_map(|line| line.split_once('{')) {
        let stem = name.strip_suffix("_bucket").unwrap_or(name);
        let stem = stem.strip_suffix("_sum").or(stem.strip_suffix("_count")).unwrap_or(stem);
        let known = labels.entry(stem).or_default();
        for (before, _) in rest.match_indices("=\"") {
            let label = rest[..before].rsplit([',', '{']).next().unwrap();
            if label != "le" && !known.contains(&label) {
                known.push(label);
            }
        }
    }
    let mut helps = told.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split_once(' '));
    let mut rows = String::new();
    for kind in told.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = kind.split_once(' ').unwrap();
        let (named, help) = helps.next().unwrap();
        assert_eq!(named, name);
        let labels = labels.get(name).map(|some| some.join("`, `")).unwrap_or_default();
        let labels = if labels.is_empty() { String::new() } else { format!("`{labels}`") };
        writeln!(rows, "| `{name}` | {kind} | {labels} | {help} |").unwrap();
    }
    rows
}

#[tokio::test]
async fn the_docs_list_every_metric() {
    let machine = Machine {
        resident_bytes: Some(1),
        cpu_seconds: Some(1.0),
        started_at: Some(1.0),
        open_files: Some(1),
        open_files_max: Some(1),
        storage: vec![("journal.db".to_owned(), 1)],
        log_lines_lost: 0,
    };
    let network =
        Network::with(|options| options.observe.machine = AskMachine::new(move || machine.clone()));
    network.get("/api/network").await.expect(200);
    let made = rows(&network.get("/metrics").await.expect(200).text);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/observing.md");
    let text = fs::read_to_string(&path).unwrap();
    let (head, rest) = text.split_once("|---|---|---|---|\n").unwrap();
    let end = rest.find("\n\n").unwrap() + 1;
    if std::env::var_os("ITN_BLESS").is_some() {
        let text = format!("{head}|---|---|---|---|\n{made}{}", &rest[end..]);
        fs::write(&path, text).unwrap();
        return;
    }
    assert!(
        rest[..end] == made,
        "docs/observing.md is not true: run again with ITN_BLESS=1\n{made}"
    );
}
