//! `/api/inventory`.

use serde_json::json;

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
