//! `/api/cargo`.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Answer, Network, shown};

pub(crate) fn booking(quantity: u64) -> Value {
    json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining", "carrier": "acme",
        "lines": [{ "commodity": "water-ice", "quantity": quantity }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    })
}

pub(crate) async fn report(network: &Network, path: &str, report: Value) -> Answer {
    network.post(&format!("{path}/events"), report).await
}

#[tokio::test]
async fn a_shipment_goes_from_booking_to_receipt() {
    let network = Network::founded().await;
    let booked = network.post("/api/cargo", booking(400)).await.expect(201);
    shown!(booked);
    let path = booked.header("location").to_owned();
    assert_eq!(network.get(&path).await.expect(200).json, booked.json);
    report(&network, &path, json!({ "type": "loaded" })).await.expect(201);
    let left = json!({ "type": "departed", "estimatedArrival": "2300-01-04T00:00:00Z" });
    let late = report(&network, &path, left).await.expect(201);
    assert_eq!(late.json["delayed"], json!({ "reason": "estimate", "code": null }));
    let position = json!({ "x": 0.5, "y": 0, "z": 1 });
    let seen = json!({ "type": "position", "position": position, "at": "2200-01-01T05:00:00Z" });
    report(&network, &path, seen).await.expect(201);
    report(&network, &path, json!({ "type": "arrived" })).await.expect(201);
    let lines = json!([{ "commodity": "water-ice", "accepted": 390 }]);
    let part = report(&network, &path, json!({ "type": "received", "lines": lines })).await;
    assert_eq!(part.expect(201).json["status"], "partially_received");
    let lines = json!([{ "commodity": "water-ice", "accepted": 5, "rejected": 5 }]);
    let received = json!({ "type": "received", "lines": lines, "reference": "dock-4" });
    let received = report(&network, &path, received).await.expect(201);
    assert!(received.json.get("timeline").is_none());
    let read = network.get(&path).await.expect(200);
    shown!(read);
    for (field, value) in received.json.as_object().unwrap() {
        // Of the report, where the read has them of the booking.
        if !["recordedAt", "occurredAt", "reference"].contains(&field.as_str()) {
            assert_eq!(&read.json[field], value, "{field}");
        }
    }
    assert_eq!(received.json["reference"], "dock-4");
    let levels = network.get("/api/inventory/mars-port?owner=belt-mining").await.expect(200);
    assert_eq!(levels.json["levels"][0]["available"], 395);
    let over = report(&network, &path, json!({ "type": "arrived" })).await;
    shown!(over.expect_problem(409, "invalid_transition"));
}

#[tokio::test]
async fn a_repeated_report_shows_the_shipment_as_it_was_then() {
    let network = Network::founded().await;
    let booked = network.post("/api/cargo", booking(10)).await.expect(201);
    let path = format!("{}/events", booked.header("location"));
    let ask = |key: &str, report: Value| {
        network.ask(Method::POST, &path).json(&report).header("idempotency-key", key)
    };
    let loaded = ask("one", json!({ "type": "loaded" })).send().await.expect(201);
    let lost = json!({ "type": "cancelled", "reason": "no ship" });
    ask("two", lost).send().await.expect(201);
    let again = ask("one", json!({ "type": "loaded" })).send().await.expect(201);
    assert_eq!(again.text, loaded.text);
    assert_eq!(again.header("idempotency-replayed"), "true");
}

#[tokio::test]
async fn reports_are_refused_for_what_does_not_fit() {
    let network = Network::founded().await;
    let booked = network.post("/api/cargo", booking(10)).await.expect(201);
    let path = booked.header("location").to_owned();
    report(&network, &path, json!({ "type": "arrived" }))
        .await
        .expect_problem(409, "invalid_transition");
    report(&network, &path, json!({ "type": "departed" })).await.expect(201);
    report(&network, &path, json!({ "type": "arrived" })).await.expect(201);
    let lines = json!([{ "commodity": "water-ice", "accepted": 11 }]);
    let over = report(&network, &path, json!({ "type": "received", "lines": lines })).await;
    shown!(over.expect_problem(409, "over_receipt"));
    let lines = json!([{ "commodity": "ore", "accepted": 1 }]);
    let other = report(&network, &path, json!({ "type": "received", "lines": lines })).await;
    other.expect_problem(422, "not_in_shipment");
    report(&network, "/api/cargo/s-00000000001", json!({ "type": "arrived" }))
        .await
        .expect_problem(404, "unknown_shipment");
    report(&network, "/api/cargo/whatever", json!({ "type": "arrived" }))
        .await
        .expect_problem(404, "unknown_shipment");
    network.get("/api/cargo/s-00000000001").await.expect_problem(404, "unknown_shipment");
}

#[tokio::test]
async fn shipments_are_listed_without_their_timelines() {
    let network = Network::founded().await;
    network.post("/api/cargo", booking(10)).await.expect(201);
    let late = network.post("/api/cargo", booking(20)).await.expect(201);
    let estimate = json!({ "type": "estimated", "estimatedArrival": "2300-02-01T00:00:00Z" });
    report(&network, late.header("location"), estimate).await.expect(201);
    let all = network.get("/api/cargo?origin=ceres").await.expect(200);
    assert_eq!(all.json["items"].as_array().unwrap().len(), 2);
    let delayed =
        network.get("/api/cargo?delayed=true&status=booked&carrier=acme").await.expect(200);
    shown!(delayed);
}

#[tokio::test]
async fn each_bad_report_is_refused_for_what_is_wrong_with_it() {
    let network = Network::new();
    for (body, expected) in [
        (
            json!({ "type": "received", "lines": [{ "commodity": "ore" }] }),
            "/lines/0/accepted missing_field",
        ),
        (
            json!({ "type": "received", "lines": [{ "commodity": "ore", "accepted": 1, "quantity": 1 }] }),
            "/lines/0/quantity unknown_field",
        ),
        (
            json!({ "type": "received", "lines": [{ "commodity": "ore", "short": 0 }] }),
            "/lines/0/short out_of_range",
        ),
        (
            json!({ "type": "lost", "lines": [{ "commodity": "ore", "accepted": 1, "quantity": 1 }] }),
            "/lines/0/accepted unknown_field",
        ),
        (
            json!({ "type": "found", "lines": [{ "commodity": "ore" }] }),
            "/lines/0/quantity missing_field",
        ),
        (json!({ "type": "lost", "cause": "eaten" }), "/cause invalid_value"),
        (json!({ "type": "found", "cause": "lost" }), "/cause unknown_field"),
        (json!({ "type": "held" }), "/reason missing_field"),
        (json!({ "type": "released", "reason": "x" }), "/reason unknown_field"),
        (
            json!({ "type": "estimated", "estimatedArrival": "2200-01-01T00:00:00Z", "delayCode": "x" }),
            "/delayCode invalid_value",
        ),
        (json!({ "type": "arrived", "delayCode": "crew" }), "/delayCode unknown_field"),
    ] {
        let refused = report(&network, "/api/cargo/s-00000000001", body.clone()).await;
        let refused = refused.expect_problem(422, "invalid_request");
        let faults: Vec<_> =
            refused.faults().iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(faults, [expected], "{body}");
    }
}
