//! `POST /api/transfers`.

use serde_json::json;

use super::support::{Network, shown};

#[tokio::test]
async fn credits_and_goods_are_given() {
    let network = Network::founded().await;
    let gift = json!({ "from": "acme", "to": "belt-mining", "credits": 5, "reason": "thanks" });
    shown!(network.post("/api/transfers", gift).await.expect(201));
    assert_eq!(network.credits("belt-mining").await, (5, 0));
    let lines = json!([{ "commodity": "water-ice", "quantity": 3 }]);
    let gift = json!({ "from": "belt-mining", "to": "acme", "station": "ceres", "lines": lines });
    shown!(network.post("/api/transfers", gift).await.expect(201));
    assert_eq!(network.ice("acme").await, (3, 0));
    let before = network.sequence().await;
    let events = network.get(&format!("/api/events?after={}", before - 2)).await.expect(200);
    let kinds: Vec<_> =
        events.json["items"].as_array().unwrap().iter().map(|one| &one["type"]).collect();
    assert_eq!(kinds, ["credits.transferred", "stock.transferred"]);
    network.audit().await;
}

#[tokio::test]
async fn a_gift_to_oneself_or_of_what_is_not_there_is_refused() {
    let network = Network::founded().await;
    let own = json!({ "from": "acme", "to": "acme", "credits": 5 });
    let own = network.post("/api/transfers", own).await.expect_problem(422, "same_party");
    assert_eq!(own.faults(), [("/to".to_owned(), "same_party".to_owned())]);
    let much = json!({ "from": "acme", "to": "ceres", "credits": 1_000_001 });
    network.post("/api/transfers", much).await.expect_problem(409, "insufficient_credits");
    let lines = json!([{ "commodity": "ore", "quantity": 3 }]);
    let none = json!({ "from": "acme", "to": "ceres", "station": "ceres", "lines": lines });
    let none = network.post("/api/transfers", none).await.expect_problem(409, "insufficient_stock");
    assert_eq!(none.faults(), [("/lines/0/quantity".to_owned(), "insufficient_stock".to_owned())]);
}
