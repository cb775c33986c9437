//! `/api/stations`, `/api/commodities`, `/api/traders`.

use axum::http::Method;
use serde_json::json;

use super::support::{Network, shown, station};

#[tokio::test]
async fn a_station_is_created_then_replaced_then_left_as_it_is() {
    let network = Network::new();
    let created = network.put("/api/stations/ceres", station()).await.expect(201);
    shown!(created);
    let mut body = station();
    body["kind"] = json!("gate");
    let replaced = network.put("/api/stations/ceres", body.clone()).await.expect(200);
    assert_eq!(replaced.json["createdAt"], created.json["createdAt"]);
    assert_ne!(replaced.json["sequence"], created.json["sequence"]);
    let sequence = network.sequence().await;
    let same = network.put("/api/stations/ceres", body).await.expect(200);
    assert_eq!(same.json, replaced.json);
    assert_eq!(network.sequence().await, sequence);
    let mut read = network.get("/api/stations/ceres").await.expect(200).json;
    let as_of = read.as_object_mut().unwrap().remove("asOf").unwrap();
    assert_eq!(read, replaced.json);
    assert_eq!(as_of["sequence"], sequence);
}

#[tokio::test]
async fn a_repeated_creation_is_created_again() {
    let network = Network::new();
    let ask = || {
        let ask = network.ask(Method::PUT, "/api/stations/ceres").json(&station());
        ask.header("idempotency-key", "once")
    };
    let first = ask().send().await.expect(201);
    let again = ask().send().await.expect(201);
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn commodities_and_traders_are_reference_data_too() {
    let network = Network::new();
    let ice = json!({ "name": "Water ice", "category": "raw", "unitMassGrams": 1_000_000 });
    shown!(network.put("/api/commodities/water-ice", ice).await.expect(201));
    shown!(network.put("/api/traders/acme", json!({ "name": "Acme" })).await.expect(201));
    network.put("/api/stations/ceres", station()).await.expect(201);
    shown!(network.get("/api/commodities/water-ice").await.expect(200));
    shown!(network.get("/api/traders/ceres").await.expect(200));
    let taken = network.put("/api/traders/ceres", json!({ "name": "Ceres" })).await;
    shown!(taken.expect_problem(409, "already_exists"));
    for (path, code) in [
        ("/api/stations/acme", "unknown_station"),
        ("/api/commodities/gold", "unknown_commodity"),
        ("/api/traders/nobody", "unknown_trader"),
    ] {
        network.get(path).await.expect_problem(404, code);
    }
}

#[tokio::test]
async fn lists_are_in_the_order_of_creation() {
    let network = Network::new();
    for id in ["zeta", "alpha", "mu"] {
        network.put(&format!("/api/stations/{id}"), station()).await.expect(201);
    }
    let mut seen = Vec::new();
    let mut path = "/api/stations?limit=2".to_owned();
    loop {
        let page = network.get(&path).await.expect(200);
        let items = page.json["items"].as_array().unwrap().iter();
        seen.extend(items.map(|item| item["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page.json["nextCursor"].as_str() else { break };
        path = format!("/api/stations?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["zeta", "alpha", "mu"]);
    let traders = network.get("/api/traders").await.expect(200);
    assert_eq!(traders.json["items"].as_array().unwrap().len(), 3);
    let past = network.get("/api/commodities?cursor=cffffffffffffffff").await.expect(200);
    assert_eq!(past.json["items"], json!([]));
}

#[tokio::test]
async fn credits_are_issued_and_retired() {
    let network = Network::founded().await;
    let path = "/api/traders/acme/credits";
    let retired =
        json!({ "change": -400_000, "reason": "retired", "at": "2199-12-31T00:00:00+01:00" });
    let retired = network.post(path, retired).await.expect(201);
    assert_eq!(retired.json["occurredAt"], "2199-12-30T23:00:00Z");
    shown!(retired);
    shown!(network.get("/api/traders/acme").await.expect(200));
    let much = json!({ "change": -600_001, "reason": "retired" });
    network.post(path, much).await.expect_problem(409, "insufficient_credits");
    let issued = json!({ "change": 1, "reason": "issued" });
    let nobody = network.post("/api/traders/nobody/credits", issued).await;
    nobody.expect_problem(404, "unknown_trader");
}
