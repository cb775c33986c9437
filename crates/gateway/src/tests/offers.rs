//! `/api/offers`, and trades that take them.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, offer, shown, trade};

fn taking(quantity: u64, offer: &Value, limit: u64) -> Value {
    let mut body = trade(1);
    body["lines"] = json!([{
        "commodity": "water-ice", "quantity": quantity, "offer": offer, "limitPrice": limit
    }]);
    body
}

#[tokio::test]
async fn an_offer_reserves_is_taken_in_parts_and_filled() {
    let network = Network::founded().await;
    let made = network.post("/api/offers", offer(30)).await.expect(201);
    shown!(made);
    let path = made.header("location").to_owned();
    assert_eq!(network.get(&path).await.expect(200).json, made.json);
    assert_eq!(network.ice("belt-mining").await, (9_970, 30));
    let id = made.json["offerId"].clone();

    let moved = network.post("/api/trades", taking(10, &id, 9)).await;
    let moved = moved.expect_problem(409, "price_moved");
    assert_eq!(moved.faults(), [("/lines/0/limitPrice".to_owned(), "price_moved".to_owned())]);
    assert_eq!((&moved.json["limit"], &moved.json["price"]), (&json!(9), &json!(10)));

    let taken = network.post("/api/trades", taking(10, &id, 12)).await.expect(201);
    assert_eq!((&taken.json["total"], &taken.json["lines"][0]["offer"]), (&json!(100), &id));
    let rest = network.get(&path).await.expect(200);
    assert_eq!((&rest.json["quantity"], &rest.json["remaining"]), (&json!(30), &json!(20)));
    assert_eq!(rest.json["sequence"], taken.json["sequence"]);

    let exceeded = network.post("/api/trades", taking(21, &id, 12)).await;
    let exceeded = exceeded.expect_problem(409, "offer_exceeded");
    assert_eq!(exceeded.json["available"], 20);
    let mut elsewhere = taking(1, &id, 12);
    elsewhere["station"] = json!("mars-port");
    let mismatch =
        network.post("/api/trades", elsewhere).await.expect_problem(409, "offer_mismatch");
    assert_eq!(mismatch.faults(), [("/lines/0/offer".to_owned(), "offer_mismatch".to_owned())]);

    network.post("/api/trades", taking(20, &id, 12)).await.expect(201);
    network.get(&path).await.expect_problem(404, "offer_closed");
    let closed = network.post("/api/trades", taking(1, &id, 12)).await;
    closed.expect_problem(409, "offer_closed");
    let gone = network.ask(Method::DELETE, &path).send().await;
    gone.expect_problem(404, "offer_closed");
    assert_eq!(network.ice("belt-mining").await, (9_970, 0));
    network.audit().await;
}

#[tokio::test]
async fn an_offer_to_buy_holds_credits_until_it_is_withdrawn() {
    let network = Network::founded().await;
    let mut bid = offer(10);
    bid["trader"] = json!("acme");
    bid["side"] = json!("buy");
    bid["expiresInSeconds"] = json!(3_600);
    let made = network.post("/api/offers", bid).await.expect(201);
    assert!(made.json["expiresAt"].is_string());
    assert_eq!(network.credits("acme").await, (999_900, 100));
    let id = made.json["offerId"].clone();
    network.post("/api/trades", taking(4, &id, 10)).await.expect(201);
    assert_eq!(network.credits("acme").await, (999_900, 60));
    let ask = network.ask(Method::DELETE, made.header("location"));
    let withdrawn = ask.send().await.expect(200);
    assert_eq!(
        [&withdrawn.json["status"], &withdrawn.json["quantity"], &withdrawn.json["remaining"]],
        [&json!("withdrawn"), &json!(10), &json!(6)]
    );
    assert_eq!(network.credits("acme").await, (999_960, 0));
    assert_eq!(network.ice("acme").await, (4, 0));
}

#[tokio::test]
async fn an_offer_is_replaced_left_as_it_is_and_emptied() {
    let network = Network::founded().await;
    let mut posting = offer(10);
    posting["replace"] = json!(true);
    let first = network.post("/api/offers", posting.clone()).await.expect(201).json;
    let same = network.post("/api/offers", posting.clone()).await.expect(200).json;
    assert_eq!(same["offer"]["offerId"], first["offerId"]);
    assert_eq!(same["withdrawn"], json!([]));
    posting["quantity"] = json!(9_999);
    let second = network.post("/api/offers", posting.clone()).await.expect(201).json;
    assert_ne!(second["offerId"], first["offerId"]);
    assert_eq!(network.ice("belt-mining").await, (1, 9_999));
    posting["quantity"] = json!(0);
    let emptied = network.post("/api/offers", posting.clone()).await.expect(200).json;
    assert_eq!(emptied["offer"], json!(null));
    assert_eq!(emptied["withdrawn"][0]["offerId"], second["offerId"]);
    assert_eq!(emptied["withdrawn"][0]["status"], "withdrawn");
    assert_eq!(network.ice("belt-mining").await, (10_000, 0));
    let nothing = network.post("/api/offers", posting).await.expect(200).json;
    assert_eq!(nothing, json!({ "offer": null, "withdrawn": [] }));
}

#[tokio::test]
async fn offers_are_listed_best_price_first_page_by_page() {
    let network = Network::founded().await;
    let post = async |trader: &str, side: &str, price: u64| {
        let mut body = offer(1);
        body["trader"] = json!(trader);
        body["side"] = json!(side);
        body["unitPrice"] = json!(price);
        network.post("/api/offers", body).await.expect(201);
    };
    for price in [12, 10, 11] {
        post("belt-mining", "sell", price).await;
        post("acme", "buy", price - 5).await;
    }
    let check = async |query: &str, expected: &[u64]| {
        let mut prices = Vec::new();
        let mut path = format!("/api/offers?limit=2&{query}");
        loop {
            let page = network.get(&path).await.expect(200);
            let items = page.json["items"].as_array().unwrap();
            prices.extend(items.iter().map(|item| item["unitPrice"].as_u64().unwrap()));
            let Some(cursor) = page.json["nextCursor"].as_str() else { break };
            path = format!("/api/offers?limit=2&{query}&cursor={cursor}");
            assert!(page.header("link").contains(cursor));
        }
        assert_eq!(prices, expected, "{query}");
    };
    check("", &[10, 11, 12, 7, 6, 5]).await;
    check("side=sell", &[10, 11, 12]).await;
    check("side=buy&station=ceres", &[7, 6, 5]).await;
    check("commodity=water-ice&trader=acme", &[7, 6, 5]).await;
    check("station=mars-port", &[]).await;
    check("commodity=ore", &[]).await;
    shown!(network.get("/api/offers?limit=1").await.expect(200));
    let wrong = network.get("/api/offers?side=both&cursor=c1&station=pluto").await;
    wrong.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn what_happens_to_an_offer_is_told_as_events() {
    let network = Network::founded().await;
    let before = network.sequence().await;
    network.post("/api/offers", offer(30)).await.expect(201);
    let mut posting = offer(20);
    posting["replace"] = json!(true);
    let id = network.post("/api/offers", posting).await.expect(201).json["offerId"].clone();
    network.post("/api/trades", taking(20, &id, 12)).await.expect(201);
    let last = network.post("/api/offers", offer(1)).await.expect(201);
    network.ask(Method::DELETE, last.header("location")).send().await.expect(200);
    shown!(network.get(&format!("/api/events?after={before}")).await.expect(200));
}
