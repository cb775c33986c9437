//! `/api/inventory`.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, shown};

#[tokio::test]
async fn an_adjustment_is_all_or_nothing() {
    let network = Network::founded().await;
    let lines = json!([
        { "commodity": "water-ice", "change": -10, "reason": "damaged" },
        { "commodity": "ore", "change": 7, "reason": "found" }
    ]);
    let body = json!({ "owner": "belt-mining", "lines": lines });
    let path = "/api/inventory/ceres/adjustments";
    shown!(network.post(path, body).await.expect(201));
    let lines = json!([
        { "commodity": "ore", "change": 5, "reason": "produced" },
        { "commodity": "water-ice", "change": -20_000, "reason": "consumed" }
    ]);
    let body = json!({ "owner": "belt-mining", "lines": lines });
    let refused = network.post(path, body).await.expect_problem(409, "insufficient_stock");
    assert_eq!(refused.faults()[0].0, "/lines/1/change");
    shown!(network.get("/api/inventory/ceres").await.expect(200));
}

#[tokio::test]
async fn a_count_must_know_what_was_there() {
    let network = Network::founded().await;
    let count = |expected: u64| {
        let line = json!({ "commodity": "water-ice", "count": 9_990, "expected": expected, "reason": "counted" });
        json!({ "owner": "belt-mining", "lines": [line] })
    };
    let path = "/api/inventory/ceres/adjustments";
    shown!(network.post(path, count(9_000)).await.expect_problem(409, "count_stale"));
    shown!(network.post(path, count(10_000)).await.expect(201));
}

#[tokio::test]
async fn levels_everywhere_are_listed_page_by_page() {
    let network = Network::founded().await;
    let body = json!({ "lines": [
        { "commodity": "water-ice", "change": 3, "reason": "produced" },
        { "commodity": "ore", "change": 4, "reason": "produced" }
    ] });
    network.post("/api/inventory/mars-port/adjustments", body).await.expect(201);
    let mut path = "/api/inventory?limit=1".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = network.get(&path).await.expect(200);
        for item in page.json["items"].as_array().unwrap() {
            seen.push((item["station"].clone(), item["commodity"].clone(), item["onHand"].clone()));
        }
        let Some(cursor) = page.json["nextCursor"].as_str() else { break };
        path = format!("/api/inventory?limit=1&cursor={cursor}");
    }
    let expected =
        [("ceres", "water-ice", 10_000), ("mars-port", "water-ice", 3), ("mars-port", "ore", 4)];
    assert_eq!(seen, expected.map(|(at, what, count)| (json!(at), json!(what), json!(count))));
    let much = network.get("/api/inventory?commodity=water-ice&minAvailable=4").await.expect(200);
    assert_eq!(much.json["items"].as_array().unwrap().len(), 1);
    for bad in ["-1", "1.0", "x", "9007199254740992", "%2B4"] {
        let refused = network.get(&format!("/api/inventory?minAvailable={bad}")).await;
        refused.expect_problem(422, "invalid_request");
    }
    network.get("/api/inventory/pluto").await.expect_problem(404, "unknown_station");
    network
        .get("/api/inventory/ceres?commodity=gold")
        .await
        .expect_problem(422, "unknown_commodity");
}

/// Levels by owner are shown whole or not at all.
#[tokio::test]
async fn more_levels_than_an_answer_has_are_refused() {
    let network = Network::founded().await;
    let mut lines: Vec<Value> = (0..100)
        .map(|at| json!({ "type": "commodity", "id": format!("c{at}"), "data": { "name": "C" } }))
        .collect();
    let change = |at| json!({ "commodity": format!("c{at}"), "change": 1, "reason": "found" });
    let changes: Vec<_> = (0..100).map(change).collect();
    for at in 0..100 {
        let owner = format!("t{at}");
        lines.push(json!({ "type": "trader", "id": owner, "data": { "name": "T" } }));
        let data = json!({ "owner": owner, "lines": changes });
        lines.push(json!({ "type": "adjustment", "station": "mars-port", "data": data }));
    }
    let bulk = network.ask(Method::POST, "/api/events?results=failures").lines(&lines);
    assert_eq!(bulk.send().await.expect(200).lines()[0]["failed"], 0);
    let path = "/api/inventory/mars-port";
    let all = network.get(&format!("{path}?by=owner")).await.expect(200);
    assert_eq!(all.json["levels"].as_array().unwrap().len(), 10_000);
    let one = json!({ "owner": "acme", "lines": [change(0)] });
    network.post(&format!("{path}/adjustments"), one).await.expect(201);
    let refused = network.get(&format!("{path}?by=owner")).await;
    let refused = refused.expect_problem(409, "limit_reached");
    let detail = refused.json["detail"].as_str().unwrap();
    for way in ["`commodity`", "`owner`", "/api/inventory"] {
        assert!(detail.contains(way), "{detail}");
    }
    let narrowed = network.get(&format!("{path}?by=owner&commodity=c0")).await.expect(200);
    assert_eq!(narrowed.json["levels"].as_array().unwrap().len(), 101);
    network.get(&format!("{path}?owner=t7")).await.expect(200);
    network.get(path).await.expect(200);
}
