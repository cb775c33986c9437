//! `?dryRun=true` on every write.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, hold, offer, shown, station, trade};

#[tokio::test]
async fn a_dry_run_answers_what_would_happen_and_changes_nothing() {
    let network = Network::founded().await;
    let made = network.post("/api/trades", hold(5)).await.expect(201);
    let path = made.header("location").trim_start_matches("/api/").to_owned();
    let before = network.sequence().await;
    let gift = json!({ "from": "acme", "to": "ceres", "credits": 5 });
    let lines = json!([{ "commodity": "ore", "change": 1, "reason": "produced" }]);
    let key = json!({ "principal": "x", "role": "viewer" });
    let vessel = json!({ "name": "New", "carrier": "acme" });
    let booking = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": 2 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    });
    let rule = json!({
        "kind": "stock", "station": "ceres", "commodity": "ore", "low": 1, "clear": 2
    });
    for (method, path, body, kinds) in [
        (Method::POST, "trades", trade(5), vec!["trade.settled"]),
        (Method::POST, "trades", hold(5), vec!["trade.held"]),
        (Method::POST, &*format!("{path}/settle"), json!({}), vec!["trade.settled"]),
        (Method::POST, &*format!("{path}/void"), json!({}), vec!["trade.voided"]),
        (Method::POST, "offers", offer(5), vec!["offer.opened"]),
        (Method::POST, "transfers", gift, vec!["credits.transferred"]),
        (
            Method::POST,
            "inventory/ceres/adjustments",
            json!({ "lines": lines }),
            vec!["stock.adjusted"],
        ),
        (Method::PUT, "stations/new", station(), vec!["station.created"]),
        (Method::PUT, "vessels/new", vessel, vec!["vessel.created"]),
        (Method::POST, "cargo", booking, vec!["shipment.booked"]),
        (Method::PUT, "alert-rules/new", rule, vec!["alert-rule.created"]),
        (Method::PUT, "traders/acme", json!({ "name": "acme" }), vec![]),
        (Method::PUT, "traders/new", json!({ "name": "New" }), vec!["trader.created"]),
        (Method::PUT, "commodities/new", json!({ "name": "New" }), vec!["commodity.created"]),
        (
            Method::POST,
            "traders/acme/credits",
            json!({ "change": 1, "reason": "issued" }),
            vec!["credits.issued"],
        ),
        (Method::POST, "keys", key, vec!["key.created"]),
    ] {
        let ask = network.ask(method, &format!("/api/{path}?dryRun=true")).json(&body);
        let answer = ask.send().await.expect(200);
        assert_eq!(answer.json["dryRun"], true, "{path}");
        let events = answer.json["events"].as_array().unwrap();
        let found: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
        assert_eq!(found, kinds, "{path}");
        assert!(!answer.text.contains("\"?\""), "{path}: {}", answer.text);
    }
    assert_eq!(network.sequence().await, before);
    shown!(network.ask(Method::PUT, "/api/stations/new?dryRun=true").json(&station()).send().await);
    let refused = network.post("/api/trades?dryRun=true", trade(20_000)).await;
    refused.expect_problem(409, "insufficient_stock");
    network.post("/api/trades?dryRun=false", trade(1)).await.expect(201);
    assert_eq!(network.sequence().await, before + 1);
}

#[tokio::test]
async fn a_dry_run_uses_up_no_key() {
    let network = Network::founded().await;
    let ask = |query: &str, quantity| {
        let ask = network.ask(Method::POST, &format!("/api/trades{query}"));
        ask.json(&trade(quantity)).header("idempotency-key", "k").send()
    };
    ask("?dryRun=true", 1).await.expect(200);
    ask("", 2).await.expect(201);
    let again = ask("?dryRun=true", 2).await.expect(200);
    assert_eq!(again.json, json!({ "dryRun": true, "events": [] }));
}

#[tokio::test]
async fn a_dry_run_of_bulk_decides_each_line_as_things_are_now() {
    let network = Network::founded().await;
    let before = network.sequence().await;
    let lines = [
        json!({ "type": "trade", "data": trade(10_000) }),
        // Decided by itself: the line before has bought nothing.
        json!({ "type": "trade", "data": trade(10_000) }),
        json!({ "type": "trade", "data": trade(10_001) }),
        json!({ "type": "trader", "id": "acme", "data": { "name": "acme" } }),
        json!({ "type": "offer", "data": offer(1) }),
    ];
    let answer = network.ask(Method::POST, "/api/events?dryRun=true").lines(&lines).send().await;
    let answer = answer.expect(200).lines();
    let event = |line, kinds: &[&str]| json!({ "line": line, "status": 200, "dryRun": true, "events": kinds });
    assert_eq!(answer[0], event(1, &["trade.settled"]));
    assert_eq!(answer[1], event(2, &["trade.settled"]));
    assert_eq!(
        (&answer[2]["status"], &answer[2]["code"]),
        (&json!(409), &json!("insufficient_stock"))
    );
    assert_eq!(answer[3], event(4, &[]));
    assert_eq!(answer[4], event(5, &["offer.opened"]));
    assert_eq!(network.sequence().await, before);
}
