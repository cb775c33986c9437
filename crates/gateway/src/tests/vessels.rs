//! `/api/vessels`, and what they carry.

use axum::http::Method;
use serde_json::{Value, json};

use super::cargo::{booking, report};
use super::support::{Answer, Network, shown};

/// Acme's ship, with room for ten units of ice by mass.
fn vessel() -> Value {
    json!({ "name": "Red Star", "carrier": "acme", "massCapacityGrams": 10_000 })
}

async fn launched() -> Network {
    let network = Network::founded().await;
    let ice =
        json!({ "name": "Water ice", "unitMassGrams": 1_000, "unitVolumeMillilitres": 1_100 });
    network.put("/api/commodities/water-ice", ice).await.expect(200);
    network.put("/api/vessels/red-star", vessel()).await.expect(201);
    network
}

async fn book(network: &Network, quantity: u64, vessel: &str) -> Answer {
    let mut booking = booking(quantity);
    booking["vessel"] = json!(vessel);
    booking.as_object_mut().unwrap().remove("carrier");
    network.post("/api/cargo", booking).await
}

#[tokio::test]
async fn a_vessel_is_created_then_replaced_then_left_as_it_is() {
    let network = Network::founded().await;
    shown!(network.put("/api/vessels/red-star", vessel()).await.expect(201));
    network.put("/api/vessels/red-star", vessel()).await.expect(200);
    let mut larger = vessel();
    larger["volumeCapacityMillilitres"] = json!(5_000);
    let replaced = network.put("/api/vessels/red-star", larger).await.expect(200);
    assert_eq!(replaced.json["volumeCapacityMillilitres"], 5_000);
    network.put("/api/vessels/blue-moon", vessel()).await.expect(201);
    shown!(network.get("/api/vessels").await.expect(200));
    let page = network.get("/api/vessels?limit=1").await.expect(200);
    let next = page.json["nextCursor"].as_str().unwrap();
    let page = network.get(&format!("/api/vessels?limit=1&cursor={next}")).await.expect(200);
    assert_eq!(page.json["items"][0]["id"], "blue-moon");
    assert_eq!(page.json["nextCursor"], json!(null));
    let read = network.get("/api/vessels/red-star").await.expect(200);
    assert_eq!(read.json["asOf"]["sequence"], network.sequence().await);
    network.get("/api/vessels/nobody").await.expect_problem(404, "unknown_vessel");
    let unknown = json!({ "name": "Ghost", "carrier": "nobody" });
    let unknown = network.put("/api/vessels/ghost", unknown).await;
    let unknown = unknown.expect_problem(422, "unknown_trader");
    assert_eq!(unknown.faults(), [("/carrier".to_owned(), "unknown_trader".to_owned())]);
}

#[tokio::test]
async fn a_vessel_over_capacity_is_refused() {
    let network = launched().await;
    let over = book(&network, 11, "red-star").await.expect_problem(409, "over_capacity");
    shown!(over);
    book(&network, 10, "red-star").await.expect(201);
    let mut smaller = vessel();
    smaller["volumeCapacityMillilitres"] = json!(1_099);
    network.put("/api/vessels/red-star", smaller).await.expect(200);
    let over = book(&network, 1, "red-star").await.expect_problem(409, "over_capacity");
    assert_eq!(over.json["measure"], "volume");
    book(&network, 1, "nobody").await.expect_problem(422, "unknown_vessel");
}

#[tokio::test]
async fn a_vessel_is_not_used_twice_at_once() {
    let network = launched().await;
    let first = book(&network, 5, "red-star").await.expect(201);
    // Whoever flies the vessel carries what is booked on it.
    assert_eq!(
        (&first.json["carrier"], &first.json["vessel"]),
        (&json!("acme"), &json!("red-star"))
    );
    let second = book(&network, 5, "red-star").await.expect(201);
    let (one, two) = (first.header("location").to_owned(), second.header("location").to_owned());
    let carrying = async || network.get("/api/vessels/red-star").await.json["carrying"].clone();
    assert_eq!(carrying().await, json!(null));
    report(&network, &one, json!({ "type": "loaded" })).await.expect(201);
    assert_eq!(carrying().await, first.json["shipmentId"]);
    let busy = report(&network, &two, json!({ "type": "departed" })).await;
    let busy = busy.expect_problem(409, "vessel_busy");
    assert_eq!(busy.json["shipmentId"], first.json["shipmentId"]);
    report(&network, &one, json!({ "type": "departed" })).await.expect(201);
    report(&network, &two, json!({ "type": "loaded" })).await.expect_problem(409, "vessel_busy");
    report(&network, &one, json!({ "type": "arrived" })).await.expect(201);
    assert_eq!(carrying().await, json!(null));
    report(&network, &two, json!({ "type": "departed" })).await.expect(201);
    let found = network.get("/api/cargo?vessel=red-star&status=in_transit").await.expect(200);
    assert_eq!(found.json["items"][0]["shipmentId"], second.json["shipmentId"]);
    assert_eq!(found.json["items"].as_array().unwrap().len(), 1);
    network.get("/api/cargo?vessel=nobody").await.expect_problem(422, "unknown_vessel");
}

#[tokio::test]
async fn strangers_are_not_told_what_a_vessel_carries() {
    let network = launched().await;
    let booked = book(&network, 5, "red-star").await.expect(201);
    report(&network, booked.header("location"), json!({ "type": "loaded" })).await.expect(201);
    network.put("/api/traders/eve", json!({ "name": "Eve" })).await.expect(201);
    for (account, expected) in [
        ("eve", json!(null)),
        ("acme", booked.json["shipmentId"].clone()),
        ("belt-mining", booked.json["shipmentId"].clone()),
    ] {
        let key = network.key_of("trader", account).await;
        let ask = network.ask(Method::GET, "/api/vessels/red-star").key(&key);
        let seen = ask.send().await.expect(200);
        assert_eq!((&seen.json["name"], &seen.json["carrying"]), (&json!("Red Star"), &expected));
    }
}

#[tokio::test]
async fn bulk_has_lines_of_vessels_and_of_rules_of_alerts() {
    let network = Network::founded().await;
    let rule = json!({
        "kind": "stock", "station": "ceres", "commodity": "water-ice", "low": 5, "clear": 9
    });
    let lines = [
        json!({ "type": "vessel", "id": "red-star", "data": vessel() }),
        json!({ "type": "vessel", "id": "red-star", "data": vessel() }),
        json!({ "type": "alert_rule", "id": "ice-low", "data": rule }),
        json!({ "type": "alert_rule", "data": rule }),
        json!({ "type": "vessel", "id": "ghost", "data": { "name": "Ghost", "carrier": "nobody" } }),
    ];
    let answer = network.ask(Method::POST, "/api/events").lines(&lines).send().await.expect(200);
    insta::assert_snapshot!(answer.text);
    network.get("/api/vessels/red-star").await.expect(200);
    network.get("/api/alert-rules/ice-low").await.expect(200);
}
