//! `/api/network`, `/api/audit`, health, the page, and what is not there.

use axum::http::Method;
use serde_json::json;

use super::support::{JOURNAL, Network, shown, trade};
use crate::{Gateway, GatewayOptions};

#[tokio::test]
async fn the_network_tells_of_itself() {
    let network = Network::founded().await;
    network.post("/api/trades", trade(3)).await.expect(201);
    let told = network.get("/api/network").await.expect(200);
    insta::assert_json_snapshot!(told.json, { ".time" => "[time]" });
    shown!(network.get("/api/audit").await.expect(200));
}

#[tokio::test]
async fn health_needs_no_key() {
    let network = Network::new();
    for (path, status) in [("/livez", "alive"), ("/readyz", "ready")] {
        let ask = network.ask(Method::GET, path).without("authorization");
        assert_eq!(ask.send().await.expect(200).json, json!({ "status": status }));
    }
}

#[tokio::test]
async fn a_network_that_recovers_says_how_far_it_is() {
    let gateway = Gateway::recovering(GatewayOptions::unidentified());
    let told = |phase, replayed, total| json!({ "status": "recovering", "phase": phase, "replayed": replayed, "total": total });
    gateway.progress(domain::Sequence(3), domain::Sequence(9));
    let network = Network { router: gateway.router(), ..Network::new() };
    assert_eq!(network.get("/readyz").await.expect(503).json, told("checking", 3, 9));
    gateway.identify(&JOURNAL.into());
    gateway.progress(domain::Sequence(5), domain::Sequence(9));
    let health = network.get("/readyz").await.expect(503);
    assert_eq!(health.json, told("replaying", 5, 9));
    network.get("/livez").await.expect(200);
    let refused = network.get("/api/trades").await.expect_problem(503, "recovering");
    assert_eq!((&refused.json["replayed"], &refused.json["total"]), (&json!(5), &json!(9)));
    network.post("/api/trades", trade(1)).await.expect_problem(503, "recovering");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let network = Network::founded().await;
    for path in ["/api", "/api/nothing", "/metrics/more", "/nothing", "/api/trades/", "/nothing.js"]
    {
        network.get(path).await.expect_problem(404, "unknown_route");
    }
    for (method, path, allow) in [
        (Method::DELETE, "/api/trades", "GET,HEAD,POST"),
        (Method::PATCH, "/api/stations/ceres", "GET,HEAD,PUT"),
        (Method::POST, "/readyz", "GET,HEAD"),
        (Method::OPTIONS, "/api/cargo", "GET,HEAD,POST"),
    ] {
        let answer = network.ask(method, path).send().await;
        let answer = answer.expect_problem(405, "method_not_allowed");
        let mut allowed: Vec<_> = answer.header("allow").split(',').collect();
        allowed.sort_unstable();
        assert_eq!(allowed.join(","), allow);
    }
    let head = network.ask(Method::HEAD, "/api/stations").send().await.expect(200);
    assert_eq!(head.text, "");
}

#[tokio::test]
async fn a_panic_costs_its_own_request_alone() {
    let network = Network::new();
    let failed = network.get("/panic").await.expect_problem(500, "internal");
    assert!(!failed.text.contains("on purpose"));
    network.get("/readyz").await.expect(200);
}
