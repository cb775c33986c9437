//! Earlier times: stock, credits, and statements.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, shown, trade};

/// Ceres and Mars Port, and two trades of ice on Ceres; the sequences of the trades.
async fn traded() -> (Network, [u64; 2]) {
    let network = Network::founded().await;
    let mut sequences = [0; 2];
    for (sequence, quantity) in sequences.iter_mut().zip([500, 20]) {
        let made = network.post("/api/trades", trade(quantity)).await.expect(201);
        *sequence = made.json["sequence"].as_u64().unwrap();
    }
    (network, sequences)
}

#[tokio::test]
async fn stock_is_shown_as_of_an_earlier_sequence_or_time() {
    let (network, [first, second]) = traded().await;
    let read = async |at: &str| {
        let path = format!("/api/inventory/ceres?by=owner{at}");
        network.get(&path).await.expect(200).json
    };
    let now = read("").await;
    assert_eq!(read(&format!("&asOf={second}")).await["levels"], now["levels"]);
    let between = read(&format!("&asOf={first}")).await;
    assert_eq!(between["asOf"]["sequence"], first);
    let of = |levels: &Value, owner: &str| {
        let levels = levels["levels"].as_array().unwrap();
        let level = levels.iter().find(|level| level["owner"] == owner);
        level.map_or(0, |level| level["available"].as_u64().unwrap())
    };
    assert_eq!((of(&between, "acme"), of(&now, "acme")), (500, 520));
    let before = read(&format!("&asOf={}", first - 1)).await;
    assert_eq!((of(&before, "acme"), of(&before, "belt-mining")), (0, 10_000));
    let time = between["asOf"]["time"].as_str().unwrap();
    assert_eq!(read(&format!("&asOf={time}")).await, between);
}

#[tokio::test]
async fn credits_are_shown_as_of_an_earlier_time_to_whoever_may_see_them() {
    let (network, [first, _]) = traded().await;
    let path = format!("/api/traders/acme?asOf={first}");
    let then = network.get(&path).await.expect(200).json;
    assert_eq!(then["balance"], 1_000_000 - 500 * 12);
    assert_eq!(then["asOf"]["sequence"], first);
    let key = network.key_of("trader", "belt-mining").await;
    let hidden = network.ask(Method::GET, &path).key(&key).send().await.expect(200).json;
    assert_eq!((&hidden["balance"], &hidden["held"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn what_was_not_yet_there_is_refused() {
    let (network, [_, second]) = traded().await;
    let future = format!("/api/inventory/ceres?asOf={}", second + 1_000);
    let refused = network.get(&future).await.expect_problem(409, "unknown_position");
    assert_eq!(refused.json["last"], second);
    for path in ["/api/inventory/ceres?asOf=1", "/api/inventory/nowhere?asOf=1"] {
        network.get(path).await.expect_problem(404, "unknown_station");
    }
    for path in ["/api/traders/acme?asOf=1", "/api/traders/acme?asOf=1970-01-01T00:00:00Z"] {
        network.get(path).await.expect_problem(404, "unknown_trader");
    }
    network.get("/api/traders/acme?asOf=yesterday").await.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn a_statement_has_every_change_and_what_there_was_after_it() {
    let (network, _) = traded().await;
    let hold = json!({
        "station": "ceres", "buyer": "acme", "seller": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": 10, "unitPrice": 12 }],
        "hold": { "expiresInSeconds": 3600 }, "reference": "PO-7",
    });
    network.post("/api/trades", hold).await.expect(201);
    let newest = network.get("/api/traders/acme/entries").await.expect(200);
    shown!(newest);
    let mut all = newest.json["items"].as_array().unwrap().clone();
    all.reverse();
    let mut found = Vec::new();
    let mut path = "/api/traders/acme/entries?order=oldest&limit=1".to_owned();
    loop {
        let page = network.get(&path).await.expect(200).json;
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["nextCursor"].as_str() else {
            break;
        };
        path = format!("/api/traders/acme/entries?order=oldest&limit=1&cursor={cursor}");
    }
    assert_eq!(found, all);
    let of_type = network.get("/api/traders/acme/entries?type=trade.held").await.expect(200).json;
    assert_eq!(of_type["items"].as_array().unwrap().len(), 1);
    let wrong = network.get("/api/traders/acme/entries?type=trade").await;
    wrong.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn a_statement_is_for_whoever_may_see_the_account() {
    let (network, _) = traded().await;
    let key = network.key_of("trader", "acme").await;
    let of = async |name: &str| {
        let path = format!("/api/traders/{name}/entries");
        network.ask(Method::GET, &path).key(&key).send().await
    };
    of("acme").await.expect(200);
    let hidden = of("belt-mining").await;
    hidden.expect_problem(404, "unknown_trader");
    let unknown = of("nobody").await;
    unknown.expect_problem(404, "unknown_trader");
}
