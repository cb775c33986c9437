//! `/api/trades`.

use axum::http::Method;
use serde_json::json;

use super::support::{ADMIN, Network, TAG, shown, trade};

#[tokio::test]
async fn a_trade_is_answered_as_it_is_read() {
    let network = Network::founded().await;
    let mut body = trade(500);
    body["reference"] = json!("PO-1234");
    body["metadata"] = json!({ "run": "7" });
    let made = network.post("/api/trades", body).await.expect(201);
    shown!(made);
    let location = made.header("location");
    let id = made.json["transactionId"].as_str().unwrap();
    assert_eq!(location, format!("/api/trades/{id}"));
    assert_eq!(network.get(location).await.expect(200).json, made.json);
    let levels = network.get("/api/inventory/ceres?by=owner").await.expect(200);
    shown!(levels);
}

#[tokio::test]
async fn what_the_state_refuses_is_told_in_names() {
    let network = Network::founded().await;
    let refused = network.post("/api/trades", trade(10_001)).await;
    shown!(refused.expect_problem(409, "insufficient_stock"));
    let mut dear = trade(2);
    dear["lines"][0]["unitPrice"] = json!(600_000);
    let refused = network.post("/api/trades", dear).await;
    shown!(refused.expect_problem(409, "insufficient_credits"));
    let mut nowhere = trade(1);
    nowhere["station"] = json!("pluto");
    let refused = network.post("/api/trades", nowhere).await;
    shown!(refused.expect_problem(422, "unknown_station"));
    let mut nothing = trade(1);
    nothing["lines"][0]["commodity"] = json!("dilithium");
    let refused = network.post("/api/trades", nothing).await;
    shown!(refused.expect_problem(422, "unknown_commodity"));
    let mut same = trade(1);
    same["seller"] = json!("acme");
    let refused = network.post("/api/trades", same).await.expect_problem(422, "same_party");
    assert_eq!(refused.faults(), [("/seller".to_owned(), "same_party".to_owned())]);
    let mut huge = trade(9_007_199_254_740_991);
    huge["lines"][0]["unitPrice"] = json!(2);
    network.post("/api/trades", huge).await.expect_problem(422, "amount_overflow");
}

#[tokio::test]
async fn a_repeat_is_answered_as_the_first_and_changes_nothing() {
    let network = Network::founded().await;
    let ask = |quantity| {
        network
            .ask(Method::POST, "/api/trades")
            .json(&trade(quantity))
            .header("idempotency-key", "a-1")
    };
    let first = ask(5).send().await.expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let sequence = network.sequence().await;
    let again = ask(5).send().await.expect(201);
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.text, first.text);
    assert_eq!(again.header("location"), first.header("location"));
    ask(6).send().await.expect_problem(422, "key_reused");
    assert_eq!(network.sequence().await, sequence);
    let refused = ask(5).header("idempotency-key", "with space").send().await;
    let refused = refused.expect_problem(422, "invalid_request");
    assert_eq!(refused.faults(), [("Idempotency-Key".to_owned(), "out_of_range".to_owned())]);
}

#[tokio::test]
async fn trades_are_listed_newest_first_page_by_page() {
    let network = Network::founded().await;
    for quantity in 1..=3 {
        let mut body = trade(quantity);
        body["reference"] = json!(format!("run-{quantity}"));
        network.post("/api/trades", body).await.expect(201);
    }
    let quantities = |answer: &super::support::Answer| -> Vec<u64> {
        let items = answer.json["items"].as_array().unwrap().iter();
        items.map(|item| item["lines"][0]["quantity"].as_u64().unwrap()).collect()
    };
    let first = network.get("/api/trades?station=ceres&limit=2").await.expect(200);
    assert_eq!(quantities(&first), [3, 2]);
    let cursor = first.json["nextCursor"].as_str().unwrap();
    let link = format!("</api/trades?station=ceres&limit=2&cursor={cursor}>; rel=\"next\"");
    assert_eq!(first.header("link"), link);
    let next = format!("/api/trades?station=ceres&limit=2&cursor={cursor}");
    let rest = network.get(&next).await.expect(200);
    assert_eq!(quantities(&rest), [1]);
    let one = network.get("/api/trades?reference=run-2&status=settled&trader=acme").await;
    assert_eq!(quantities(&one.expect(200)), [2]);
    let none = network.get("/api/trades?from=2300-01-01T00:00:00Z").await.expect(200);
    assert_eq!(quantities(&none), [0; 0]);
    let etag = none.header("etag");
    assert_eq!(etag, format!("\"{}-{TAG}\"", network.sequence().await));
    let same = network.ask(Method::GET, "/api/trades").header("if-none-match", etag).send().await;
    assert_eq!(same.expect(304).text, "");
}

#[tokio::test]
async fn wrong_parameters_are_all_told() {
    let network = Network::founded().await;
    let path = "/api/trades?station=a%20b&limit=0&from=now&cursor=x&status=open&limit=7&colour=red";
    let refused = network.get(path).await.expect_problem(422, "invalid_request");
    let mut faults = refused.faults();
    faults.sort();
    let expected = [
        ("colour", "unknown_parameter"),
        ("cursor", "invalid_cursor"),
        ("from", "invalid_time"),
        ("limit", "duplicate_field"),
        ("limit", "out_of_range"),
        ("station", "invalid_identifier"),
        ("status", "invalid_value"),
    ];
    let expected = expected.map(|(at, code)| (at.to_owned(), code.to_owned()));
    assert_eq!(faults, expected);
    let refused = network.get("/api/trades?trader=nobody").await;
    let refused = refused.expect_problem(422, "unknown_trader");
    assert_eq!(refused.faults(), [("trader".to_owned(), "unknown_trader".to_owned())]);
}

#[tokio::test]
async fn what_is_no_trade_is_not_found() {
    let network = Network::founded().await;
    for id in ["t-00000000001", "t-0000000zzzz", "x", "%ff", "t-00000000vvv", "s-00000000001"] {
        let answer = network.get(&format!("/api/trades/{id}")).await.expect(404);
        let code = answer.json["code"].as_str().unwrap();
        assert!(matches!(code, "unknown_trade" | "unknown_route"), "{id}: {code}");
    }
}

/// Fifty at once with one key: one trade, and fifty times the same answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_from_everywhere_at_once_is_one_trade() {
    let network = Network::founded().await;
    let sequence = network.sequence().await;
    let ask = || {
        let ask = network.ask(Method::POST, "/api/trades").json(&trade(5));
        tokio::spawn(ask.header("idempotency-key", "one").send())
    };
    let asked: Vec<_> = (0..50).map(|_| ask()).collect();
    let mut answers = Vec::new();
    for answer in asked {
        answers.push(answer.await.unwrap().expect(201));
    }
    let first = answers.iter().filter(|answer| answer.header("idempotency-replayed").is_empty());
    assert_eq!(first.count(), 1);
    assert!(answers.iter().all(|answer| answer.text == answers[0].text));
    assert_eq!(network.sequence().await, sequence + 1);
}

/// More buyers than there is: as much is sold as there was, and the rest is told so.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_units_are_sold_once() {
    let network = Network::founded().await;
    let buy = || {
        let ask = network.ask(Method::POST, "/api/trades").json(&trade(500));
        tokio::spawn(ask.send())
    };
    let asked: Vec<_> = (0..30).map(|_| buy()).collect();
    let mut sold = 0;
    for answer in asked {
        let answer = answer.await.unwrap();
        if answer.status == 201 {
            sold += 1;
        } else {
            answer.expect_problem(409, "insufficient_stock");
        }
    }
    assert_eq!(sold, 20);
}

#[tokio::test]
async fn the_scheme_of_the_key_is_free_in_its_case() {
    let network = Network::founded().await;
    let ask = network.ask(Method::GET, "/api/trades");
    ask.header("authorization", &format!("bEaReR {ADMIN}")).send().await.expect(200);
}
