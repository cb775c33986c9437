//! Finding what is past, over HTTP.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Answer, Network, hold, trade};

async fn types(network: &Network, query: &str) -> Vec<String> {
    let found = network.get(&format!("/api/events?{query}")).await.expect(200);
    let items = found.json["items"].as_array().unwrap().clone();
    items.iter().map(|one| one["type"].as_str().unwrap().to_owned()).collect()
}

fn ids(answer: &Answer) -> Vec<Value> {
    let items = answer.json["items"].as_array().unwrap();
    items.iter().map(|one| one["transactionId"].clone()).collect()
}

async fn made(network: &Network, body: Value) -> String {
    let made = network.post("/api/trades", body).await.expect(201);
    made.json["transactionId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn whoever_got_its_answer_finds_its_trade_in_either_order() {
    let network = Network::founded().await;
    let mut all = Vec::new();
    for number in 1..=20 {
        let mut body = trade(1);
        body["reference"] = json!(format!("PO-{}", number % 7));
        all.push(made(&network, body).await);
        let path = format!("/api/trades?limit=1&reference=PO-{}", number % 7);
        let newest = network.get(&path).await.expect(200);
        assert_eq!(ids(&newest), [json!(all.last())], "{}", newest.text);
    }
    let mut found = Vec::new();
    let mut path = "/api/trades?order=oldest&limit=6&station=ceres&trader=acme".to_owned();
    loop {
        let page = network.get(&path).await.expect(200);
        found.extend(ids(&page));
        // What happens meanwhile does not disturb the cursor.
        all.push(made(&network, trade(1)).await);
        let Some(cursor) = page.json["nextCursor"].as_str() else { break };
        path =
            format!("/api/trades?order=oldest&limit=6&station=ceres&trader=acme&cursor={cursor}");
    }
    all.truncate(found.len());
    assert!(found.len() >= 20);
    assert_eq!(found, all.iter().map(|id| json!(id)).collect::<Vec<_>>());
}

#[tokio::test]
async fn trades_are_found_by_the_status_they_came_to() {
    let network = Network::founded().await;
    let (pending, voided) = (made(&network, hold(1)).await, made(&network, hold(2)).await);
    let settled = made(&network, trade(3)).await;
    let reversed = made(&network, trade(4)).await;
    network.post(&format!("/api/trades/{voided}/void"), json!({})).await.expect(200);
    let reason = json!({ "reason": "wrong" });
    network.post(&format!("/api/trades/{reversed}/reverse"), reason).await.expect(200);
    let cases = [
        ("pending", Some(pending)),
        ("voided", Some(voided)),
        ("settled", Some(settled)),
        ("reversed", Some(reversed)),
        ("expired", None),
    ];
    for (status, expected) in cases {
        let found = network.get(&format!("/api/trades?status={status}")).await.expect(200);
        let expected: Vec<_> = expected.into_iter().map(|id| json!(id)).collect();
        assert_eq!(ids(&found), expected, "{status}");
    }
}

#[tokio::test]
async fn events_are_found_by_what_they_are_about() {
    let network = Network::founded().await;
    let id = made(&network, hold(5)).await;
    made(&network, trade(1)).await;
    network.post(&format!("/api/trades/{id}/settle"), json!({})).await.expect(200);
    assert_eq!(types(&network, &format!("trade={id}")).await, ["trade.held", "trade.settled"]);
    let newest = format!("trade={id}&order=newest&limit=1");
    assert_eq!(types(&network, &newest).await, ["trade.settled"]);
    assert_eq!(types(&network, "topic=trade&station=ceres").await.len(), 3);
    assert_eq!(types(&network, "topic=trade&station=mars-port").await.len(), 0);
    assert_eq!(
        types(&network, "type=trade.held,credits.issued&order=newest").await,
        ["trade.held", "credits.issued"]
    );
    // The settlement says no commodity but by its hold.
    assert_eq!(types(&network, "topic=trade&commodity=water-ice").await.len(), 3);
    assert_eq!(types(&network, "topic=trade&system=sol").await.len(), 3);
    assert_eq!(types(&network, "actor=network&limit=1").await, ["network.created"]);
    assert_eq!(types(&network, "actor=nobody").await.len(), 0);
    // Whether there is such a principal is told by nothing else that is asked for, either.
    for actor in ["network", "nobody"] {
        for (unknown, code) in
            [("station=nowhere", "unknown_station"), ("trade=t-000000004j7", "unknown_trade")]
        {
            let path = format!("/api/events?actor={actor}&{unknown}");
            network.get(&path).await.expect_problem(422, code);
        }
    }
    assert_eq!(types(&network, "to=2000-01-01T00:00:00Z").await.len(), 0);
    let all = types(&network, "from=2000-01-01T00:00:00Z&limit=1000").await;
    assert_eq!(all.len() as u64, network.sequence().await);
}

/// Who did what: by any key of theirs, also when that is revoked; and the network itself.
#[tokio::test]
async fn events_are_found_by_who_asked_for_them() {
    let network = Network::founded().await;
    let hands = json!({ "principal": "hands", "role": "operator" });
    let keys =
        [network.post("/api/keys", hands.clone()).await, network.post("/api/keys", hands).await];
    for (key, quantity) in keys.iter().zip([1, 2]) {
        let ask = network.ask(Method::POST, "/api/trades").key(key.json["key"].as_str().unwrap());
        ask.json(&trade(quantity)).send().await.expect(201);
    }
    let path = format!("/api/keys/{}", keys[0].json["keyId"]);
    network.ask(Method::DELETE, &path).send().await.expect(200);
    let miner = network.key_of("trader", "belt-mining").await;
    let ask = network.ask(Method::POST, "/api/trades").key(&miner).json(&hold(5));
    let proposed = ask.send().await.expect(201);
    network.post("/api/trades", trade(3)).await.expect(201);
    let both = ["trade.settled", "trade.settled"];
    assert_eq!(types(&network, "actor=hands").await, both);
    assert_eq!(types(&network, "actor=hands&order=newest").await, both);
    assert_eq!(types(&network, "actor=hands&type=trade.held").await.len(), 0);
    assert_eq!(types(&network, "actor=trader-of-belt-mining").await, ["trade.held"]);
    // A trader's name is no principal's.
    assert_eq!(types(&network, "actor=acme").await.len(), 0);
    let admins = types(&network, "actor=admin&limit=1000").await;
    assert_eq!(admins.iter().filter(|kind| *kind == "trade.settled").count(), 1);
    assert_eq!(admins.iter().filter(|kind| *kind == "key.revoked").count(), 1);
    // Each event is somebody's, and nobody else's.
    let all = network.sequence().await;
    let networks = types(&network, "actor=network&limit=1000").await;
    assert_eq!(all, (both.len() + 1 + admins.len() + networks.len()) as u64);
    // Page by page.
    let first = network.get("/api/events?actor=hands&limit=1").await.expect(200);
    let after = first.json["nextCursor"].as_str().unwrap();
    let rest = network.get(&format!("/api/events?actor=hands&after={after}")).await.expect(200);
    assert_eq!(rest.json["items"].as_array().unwrap().len(), 1);
    assert_ne!(rest.json["items"], first.json["items"]);
    // Whoever sees some accounts alone sees what was done of theirs, by whomever.
    let other = network.key("other", "trader", &["ceres"]).await;
    let seen = async |key: &str, actor: &str| {
        let path = format!("/api/events?actor={actor}&topic=trade");
        let found = network.ask(Method::GET, &path).key(key).send().await.expect(200);
        found.json["items"].as_array().unwrap().len()
    };
    for (key, hands, own) in [(&miner, 2, 1), (&other, 0, 0)] {
        assert_eq!(seen(key, "hands").await, hands);
        assert_eq!(seen(key, "trader-of-belt-mining").await, own);
    }
    assert_eq!(proposed.json["actor"], "trader-of-belt-mining");
}

#[tokio::test]
async fn a_filter_that_names_nothing_is_refused() {
    let network = Network::founded().await;
    let cases = [
        ("station=nowhere", "unknown_station"),
        ("station=ceres,nowhere", "unknown_station"),
        ("system=nowhere", "unknown_system"),
        ("trade=t-000000004j7", "unknown_trade"),
        ("shipment=s-000000004j7", "unknown_shipment"),
        ("topic=nothing", "invalid_request"),
        ("type=trade", "invalid_request"),
        ("order=newest&after=1", "invalid_request"),
    ];
    for (query, code) in cases {
        let answer = network.ask(Method::GET, &format!("/api/events?{query}")).send().await;
        answer.expect_problem(422, code);
    }
}
