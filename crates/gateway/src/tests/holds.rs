//! `/api/trades` with `hold`, and `/settle`, `/void`, `/reverse`.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, hold, shown, trade};

/// The settings of the network of these tests: 10,000 ice of the miners, a million credits of Acme.
const ICE: u64 = 10_000;
const CREDITS: u64 = 1_000_000;

#[tokio::test]
async fn a_hold_reserves_both_sides_and_settles_in_parts() {
    let network = Network::founded().await;
    let made = network.post("/api/trades", hold(500)).await.expect(201);
    shown!(made);
    let path = made.header("location").to_owned();
    assert_eq!(network.get(&path).await.expect(200).json, made.json);
    assert_eq!(network.ice("belt-mining").await, (ICE - 500, 500));
    assert_eq!(network.credits("acme").await, (CREDITS - 6_000, 6_000));
    // What is reserved counts against everything else.
    network.post("/api/trades", trade(9_501)).await.expect_problem(409, "insufficient_stock");

    let lines = json!([{ "commodity": "water-ice", "quantity": 200 }]);
    let part = network.post(&format!("{path}/settle"), json!({ "lines": lines })).await.expect(200);
    assert_eq!(part.json["status"], "pending");
    assert_eq!(part.json["lines"][0]["settledQuantity"], 200);
    assert_eq!(network.ice("acme").await, (200, 0));
    assert_eq!(network.credits("acme").await, (CREDITS - 6_000, 3_600));

    let over = json!([{ "commodity": "water-ice", "quantity": 301 }]);
    let over = network.post(&format!("{path}/settle"), json!({ "lines": over })).await;
    let over = over.expect_problem(409, "over_settlement");
    assert_eq!(over.faults(), [("/lines/0/quantity".to_owned(), "over_settlement".to_owned())]);
    let other = json!([{ "commodity": "ore", "quantity": 1 }]);
    let other = network.post(&format!("{path}/settle"), json!({ "lines": other })).await;
    other.expect_problem(422, "not_in_trade");

    let rest = json!([{ "commodity": "water-ice", "quantity": 100 }]);
    let last = json!({ "lines": rest, "final": true });
    let last = network.post(&format!("{path}/settle"), last).await.expect(200);
    shown!(last);
    assert_eq!(network.get(&path).await.expect(200).json, last.json);
    assert_eq!(network.ice("belt-mining").await, (ICE - 300, 0));
    assert_eq!(network.credits("acme").await, (CREDITS - 3_600, 0));
    let again = network.post(&format!("{path}/settle"), json!({})).await;
    again.expect_problem(409, "already_settled");
    network.post(&format!("{path}/void"), json!({})).await.expect_problem(409, "already_settled");
    network.audit().await;
}

#[tokio::test]
async fn a_voided_hold_releases_everything_once() {
    let network = Network::founded().await;
    let path = network.post("/api/trades", hold(5)).await.expect(201).header("location").to_owned();
    let reason = json!({ "reason": "the buyer left" });
    let voided = network.post(&format!("{path}/void"), reason).await.expect(200);
    shown!(voided);
    assert_eq!(network.ice("belt-mining").await, (ICE, 0));
    assert_eq!(network.credits("acme").await, (CREDITS, 0));
    for (follow, body) in [("void", json!({})), ("settle", json!({}))] {
        let refused = network.post(&format!("{path}/{follow}"), body).await;
        let refused = refused.expect_problem(409, "invalid_transition");
        assert_eq!(refused.json["from"], "voided");
    }
    assert_eq!(network.credits("acme").await, (CREDITS, 0));
}

#[tokio::test]
async fn a_hold_expires_by_network_time() {
    let network = Network::at_speed(10_000).await;
    let made = network.post("/api/trades", hold(5)).await.expect(201);
    let path = made.header("location").to_owned();
    let expired = async {
        loop {
            let answer = network.get(&path).await.expect(200);
            if answer.json["status"] != "pending" {
                break answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let answer = tokio::time::timeout(std::time::Duration::from_mins(1), expired).await.unwrap();
    assert_eq!(answer.json["status"], "expired");
    assert_eq!(network.ice("belt-mining").await, (ICE, 0));
    assert_eq!(network.credits("acme").await, (CREDITS, 0));
    for follow in ["settle", "void"] {
        let late = network.post(&format!("{path}/{follow}"), json!({})).await;
        late.expect_problem(409, "hold_expired");
    }
}

#[tokio::test]
async fn a_reversal_moves_everything_back_once() {
    let network = Network::founded().await;
    let mut body = trade(500);
    let tax = json!([{ "payer": "acme", "to": "ceres", "amount": 7, "kind": "tax" }]);
    body["charges"] = tax.clone();
    let made = network.post("/api/trades", body).await.expect(201);
    assert_eq!(made.json["charges"], tax);
    let path = made.header("location").to_owned();
    assert_eq!(network.credits("ceres").await, (7, 0));
    let reason = json!({ "reason": "wrong buyer" });
    let reversed = network.post(&format!("{path}/reverse"), reason.clone()).await.expect(200);
    shown!(reversed);
    assert_eq!(network.get(&path).await.expect(200).json, reversed.json);
    assert_eq!(network.ice("belt-mining").await, (ICE, 0));
    assert_eq!(
        (network.credits("acme").await, network.credits("ceres").await),
        ((CREDITS, 0), (0, 0))
    );
    let again = network.post(&format!("{path}/reverse"), reason.clone()).await;
    again.expect_problem(409, "already_reversed");
    let settled = network.post(&format!("{path}/settle"), json!({})).await;
    settled.expect_problem(409, "already_reversed");

    // What is gone cannot be given back: told with what is missing.
    let made = network.post("/api/trades", trade(500)).await.expect(201);
    let used = json!([{ "commodity": "water-ice", "change": -400, "reason": "consumed" }]);
    let used = json!({ "owner": "acme", "lines": used });
    network.post("/api/inventory/ceres/adjustments", used).await.expect(201);
    let path = format!("{}/reverse", made.header("location"));
    let gone = network.post(&path, reason.clone()).await.expect_problem(409, "insufficient_stock");
    assert_eq!((&gone.json["requested"], &gone.json["available"]), (&json!(500), &json!(100)));

    let pending = network.post("/api/trades", hold(1)).await.expect(201);
    let path = format!("{}/reverse", pending.header("location"));
    let refused = network.post(&path, reason).await.expect_problem(409, "invalid_transition");
    assert_eq!(
        (&refused.json["from"], &refused.json["to"]),
        (&json!("pending"), &json!("reversed"))
    );
    network.audit().await;
}

#[tokio::test]
async fn the_charges_of_a_hold_are_held_and_paid_with_it() {
    let network = Network::founded().await;
    let mut body = hold(5);
    body["charges"] = json!([{ "payer": "acme", "to": "ceres", "amount": 9, "kind": "docking" }]);
    let path = network.post("/api/trades", body.clone()).await.expect(201);
    let path = path.header("location").to_owned();
    assert_eq!(network.credits("acme").await, (CREDITS - 69, 69));
    network.post(&format!("{path}/settle"), json!({})).await.expect(200);
    assert_eq!(
        (network.credits("acme").await, network.credits("ceres").await.0),
        ((CREDITS - 69, 0), 9)
    );
    body["charges"][0]["to"] = json!("acme");
    let same = network.post("/api/trades", body.clone()).await.expect_problem(422, "same_party");
    assert_eq!(same.faults(), [("/charges/0/to".to_owned(), "same_party".to_owned())]);
    body["charges"][0]["to"] = json!("nobody");
    let unknown = network.post("/api/trades", body).await.expect_problem(422, "unknown_trader");
    assert_eq!(unknown.faults(), [("/charges/0/to".to_owned(), "unknown_trader".to_owned())]);
}

#[tokio::test]
async fn what_is_no_trade_is_not_followed() {
    let network = Network::founded().await;
    for id in ["t-00000000001", "t-00000000vvv", "x", "s-00000000001"] {
        for (follow, body) in
            [("settle", json!({})), ("void", json!({})), ("reverse", json!({ "reason": "x" }))]
        {
            let refused = network.post(&format!("/api/trades/{id}/{follow}"), body).await;
            refused.expect_problem(404, "unknown_trade");
        }
    }
}

#[tokio::test]
async fn follow_ups_are_repeated_by_their_keys() {
    let network = Network::founded().await;
    let path = network.post("/api/trades", hold(5)).await.expect(201).header("location").to_owned();
    let settle = || {
        let ask = network.ask(Method::POST, &format!("{path}/settle"));
        ask.json(&json!({})).header("idempotency-key", "s").send()
    };
    let first = settle().await.expect(200);
    let again = settle().await.expect(200);
    assert_eq!((again.header("idempotency-replayed"), &again.text), ("true", &first.text));
}

#[tokio::test]
async fn trades_are_found_by_their_status() {
    let network = Network::founded().await;
    let mut paths = Vec::new();
    for quantity in 1..=4 {
        let made = network.post("/api/trades", hold(quantity)).await.expect(201);
        paths.push(made.header("location").to_owned());
    }
    let direct = network.post("/api/trades", trade(5)).await.expect(201);
    let direct = direct.header("location").to_owned();
    network.post("/api/trades", trade(6)).await.expect(201);
    network.post(&format!("{}/settle", paths[1]), json!({})).await.expect(200);
    network.post(&format!("{}/void", paths[2]), json!({})).await.expect(200);
    network.post(&format!("{}/settle", paths[3]), json!({})).await.expect(200);
    let reason = json!({ "reason": "x" });
    network.post(&format!("{}/reverse", paths[3]), reason.clone()).await.expect(200);
    network.post(&format!("{direct}/reverse"), reason).await.expect(200);
    let check = async |query: &str, expected: &[u64]| {
        let found = network.get(&format!("/api/trades{query}")).await.expect(200);
        let items = found.json["items"].as_array().unwrap().iter();
        let quantity = |item: &Value| item["lines"][0]["quantity"].as_u64().unwrap();
        assert_eq!(items.map(quantity).collect::<Vec<_>>(), expected, "{query}");
    };
    check("", &[6, 5, 4, 3, 2, 1]).await;
    check("?status=pending", &[1]).await;
    check("?status=settled", &[6, 2]).await;
    check("?status=voided", &[3]).await;
    check("?status=expired", &[]).await;
    check("?status=reversed", &[5, 4]).await;
}

#[tokio::test]
async fn what_happens_to_a_trade_is_told_as_events() {
    let network = Network::founded().await;
    let before = network.sequence().await;
    let path = network.post("/api/trades", hold(5)).await.expect(201).header("location").to_owned();
    let lines = json!([{ "commodity": "water-ice", "quantity": 2 }]);
    network.post(&format!("{path}/settle"), json!({ "lines": lines })).await.expect(200);
    network.post(&format!("{path}/void"), json!({ "reason": "enough" })).await.expect(200);
    network.post(&format!("{path}/reverse"), json!({ "reason": "wrong" })).await.expect(200);
    shown!(network.get(&format!("/api/events?after={before}")).await.expect(200));
}
