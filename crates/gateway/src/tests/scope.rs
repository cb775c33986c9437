//! Keys with accounts: what they may do, and what they see.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, hold, offer, trade};

/// A network where Acme trades with the miners and ships, and others look on.
async fn world() -> Network {
    let network = Network::founded().await;
    network.put("/api/traders/stranger", json!({ "name": "Stranger" })).await.expect(201);
    network
}

/// What an owner sends from Ceres.
fn booking(owner: &str, vessel: Option<&str>) -> Value {
    json!({
        "origin": "ceres", "destination": "mars-port", "owner": owner, "vessel": vessel,
        "lines": [{ "commodity": "water-ice", "quantity": 2 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    })
}

#[tokio::test]
async fn a_key_has_the_accounts_of_its_principal() {
    let network = world().await;
    let key = network.key("acme-bot", "trader", &["acme", "ceres"]).await;
    let who = network.ask(Method::GET, "/api/whoami").key(&key).send().await.expect(200);
    assert_eq!(who.json["accounts"], json!(["ceres", "acme"]));
    assert_eq!(who.json["role"], "trader");
    let other = json!({ "principal": "acme-bot", "role": "trader", "accounts": ["acme"] });
    network.post("/api/keys", other).await.expect_problem(409, "already_exists");
    let unknown = json!({ "principal": "x", "role": "trader", "accounts": ["nobody"] });
    let unknown = network.post("/api/keys", unknown).await.expect_problem(422, "unknown_trader");
    assert_eq!(unknown.faults(), [("/accounts".to_owned(), "unknown_trader".to_owned())]);
}

/// What everybody may see of a trade, a shipment, a balance, stock and events: nothing, if it is not
/// their own.
#[tokio::test]
async fn a_stranger_sees_none_of_what_others_do() {
    let network = world().await;
    let traded =
        network.post("/api/trades", trade(5)).await.expect(201).header("location").to_owned();
    let held = network.post("/api/trades", hold(5)).await.expect(201).header("location").to_owned();
    let booking = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "acme",
        "lines": [{ "commodity": "water-ice", "quantity": 2 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    });
    let shipped =
        network.post("/api/cargo", booking).await.expect(201).header("location").to_owned();
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let stranger = network.key("stranger-bot", "trader", &["stranger"]).await;
    let carrier = network.key("carrier-bot", "carrier", &["stranger"]).await;
    let eyes = network.key("eyes", "viewer", &[]).await;
    let get = async |key: &str, path: &str| network.ask(Method::GET, path).key(key).send().await;

    for path in [&traded, &held, &shipped] {
        for key in [&stranger, &carrier] {
            assert_eq!(get(key, path).await.status, 404, "{path}");
        }
        for key in [&acme, &eyes] {
            get(key, path).await.expect(200);
        }
    }
    for (path, own) in [
        ("/api/trades", 2),
        ("/api/trades?status=pending", 1),
        ("/api/cargo", 1),
        ("/api/inventory?commodity=water-ice", 1),
        ("/api/inventory?owner=acme", 1),
        ("/api/inventory", 1),
    ] {
        for (key, expected) in [(&stranger, 0), (&carrier, 0), (&acme, own)] {
            let found = get(key, path).await.expect(200);
            assert_eq!(found.json["items"].as_array().unwrap().len(), expected, "{path}");
        }
    }
    for path in
        ["/api/inventory/ceres", "/api/inventory/ceres?by=owner", "/api/inventory/ceres?owner=acme"]
    {
        for (key, expected) in [(&stranger, vec![]), (&acme, vec![(3, 2)])] {
            let found = get(key, path).await.expect(200).json["levels"].as_array().unwrap().clone();
            let units = |level: &Value| {
                (level["available"].as_u64().unwrap(), level["reserved"].as_u64().unwrap())
            };
            assert_eq!(found.iter().map(units).collect::<Vec<_>>(), expected, "{path}");
        }
    }
    for (key, shown) in [(&stranger, false), (&acme, true), (&eyes, true)] {
        let found = get(key, "/api/traders/acme").await.expect(200);
        for field in ["balance", "held", "available"] {
            assert_eq!(found.json[field].is_u64(), shown, "{field}");
        }
    }
    for path in ["/api/events", "/api/audit", "/api/keys"] {
        for key in [&stranger, &carrier, &acme] {
            get(key, path).await.expect_problem(403, "not_permitted");
        }
    }
    assert_eq!(get(&acme, "/api/network").await.expect(200).json["counts"], json!(null));
    for path in ["/api/offers", "/api/stations", "/api/commodities", "/api/traders"] {
        get(&stranger, path).await.expect(200);
    }
}

#[tokio::test]
async fn a_trader_takes_offers_and_may_not_name_both_sides() {
    let network = world().await;
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let ask =
        |path: &str, body: &Value| network.ask(Method::POST, path).key(&acme).json(body).send();
    ask("/api/trades", &trade(1)).await.expect_problem(403, "not_permitted");
    ask("/api/offers", &offer(1)).await.expect_problem(403, "not_permitted");
    let id = network.post("/api/offers", offer(10)).await.expect(201).json["offerId"].clone();
    let mut take = trade(1);
    take["lines"] =
        json!([{ "commodity": "water-ice", "quantity": 4, "offer": id, "limitPrice": 10 }]);
    let taken = ask("/api/trades", &take).await.expect(201);
    assert_eq!(taken.json["actor"], "acme-bot");
    assert_eq!(network.ice("acme").await, (4, 0));
    let gift = json!({ "from": "belt-mining", "to": "acme", "credits": 1 });
    ask("/api/transfers", &gift).await.expect_problem(403, "not_permitted");
    let gift = json!({ "from": "acme", "to": "belt-mining", "credits": 1 });
    ask("/api/transfers", &gift).await.expect(201);
    let reverse = format!("{}/reverse", taken.header("location"));
    ask(&reverse, &json!({ "reason": "x" })).await.expect_problem(403, "not_permitted");
}

#[tokio::test]
async fn a_proposed_hold_is_accepted_by_the_other_sides_key() {
    let network = world().await;
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let miner = network.key("miner-bot", "trader", &["belt-mining"]).await;
    let stranger = network.key("stranger-bot", "trader", &["stranger"]).await;
    let ask = |key: &str, path: &str, body: &Value| {
        network.ask(Method::POST, path).key(key).json(body).send()
    };
    let proposed = ask(&acme, "/api/trades", &hold(5)).await.expect(201);
    assert_eq!(proposed.json["proposedBy"], "buyer");
    assert_eq!(proposed.json["awaiting"], "seller");
    assert_eq!((network.credits("acme").await.1, network.ice("belt-mining").await.1), (60, 0));
    let settle = format!("{}/settle", proposed.header("location"));
    ask(&acme, &settle, &json!({})).await.expect_problem(403, "not_permitted");
    ask(&stranger, &settle, &json!({})).await.expect_problem(404, "unknown_trade");
    let accepted = ask(&miner, &settle, &json!({})).await.expect(200);
    assert_eq!(accepted.json["status"], "settled");
    assert_eq!((network.credits("acme").await.1, network.ice("acme").await.0), (0, 5));
    let proposed = ask(&acme, "/api/trades", &hold(5)).await.expect(201);
    let void = format!("{}/void", proposed.header("location"));
    ask(&miner, &void, &json!({ "reason": "no" })).await.expect(200);
    network.audit().await;
}

/// Trades and shipments are numbered one after the other: whoever could tell those of others from
/// none would count them.
#[tokio::test]
async fn what_a_stranger_may_not_see_is_not_there_to_be_changed() {
    let network = world().await;
    let id = |at: &str| at.rsplit('/').next().unwrap().to_owned();
    let held = network.post("/api/trades", hold(5)).await.expect(201).header("location").to_owned();
    let made =
        network.post("/api/trades", trade(5)).await.expect(201).header("location").to_owned();
    let booking = booking("belt-mining", None);
    let shipped =
        network.post("/api/cargo", booking).await.expect(201).header("location").to_owned();
    let (none, nothing) = ("/api/trades/t-00000000001", "/api/cargo/s-00000000001");
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let trader = network.key("stranger-bot", "trader", &["stranger"]).await;
    let carrier = network.key("carrier-bot", "carrier", &["stranger"]).await;
    let ask = |key: &str, path: String, body: Value| {
        network.ask(Method::POST, &path).key(key).json(&body).send()
    };
    for key in [&trader, &carrier] {
        for trade in [&*held, &*made, none] {
            for verb in ["settle", "void"] {
                let refused = ask(key, format!("{trade}/{verb}"), json!({})).await;
                let refused = refused.expect_problem(404, "unknown_trade");
                assert_eq!(refused.json["transactionId"], id(trade));
            }
            // Whatever it names.
            let refused = ask(key, format!("{trade}/reverse"), json!({ "reason": "x" })).await;
            refused.expect_problem(403, "not_permitted");
        }
        for shipment in [&*shipped, nothing] {
            let refused = ask(key, format!("{shipment}/events"), json!({ "type": "loaded" })).await;
            let refused = refused.expect_problem(404, "unknown_shipment");
            assert_eq!(refused.json["shipmentId"], id(shipment));
        }
        let mut lines = Vec::new();
        for trade in [&*held, &*made, none] {
            for kind in ["settle", "void"] {
                lines.push(json!({ "type": kind, "id": id(trade), "data": {} }));
            }
        }
        for shipment in [&*shipped, nothing] {
            let data = json!({ "type": "loaded" });
            let (kind, shipment) = ("shipment_event", id(shipment));
            lines.push(json!({ "type": kind, "shipmentId": shipment, "data": data }));
        }
        let answer = network.ask(Method::POST, "/api/events").key(key).lines(&lines).send().await;
        let codes: Vec<_> = answer.lines().into_iter().map(|line| line["code"].clone()).collect();
        assert_eq!(codes[..6], vec![json!("unknown_trade"); 6]);
        assert_eq!(codes[6..], vec![json!("unknown_shipment"); 2]);
    }
    // What one may see, and may not change, is refused for that.
    ask(&acme, format!("{held}/settle"), json!({})).await.expect_problem(403, "not_permitted");
}

#[tokio::test]
async fn a_busy_vessel_says_of_a_strangers_shipment_no_more_than_that() {
    let network = world().await;
    network
        .put("/api/vessels/red-star", json!({ "name": "R", "carrier": "acme" }))
        .await
        .expect(201);
    let lines = json!([{ "commodity": "water-ice", "change": 5, "reason": "produced" }]);
    let produced = json!({ "owner": "stranger", "lines": lines });
    network.post("/api/inventory/ceres/adjustments", produced).await.expect(201);
    let book = async |owner| {
        let booked = network.post("/api/cargo", booking(owner, Some("red-star"))).await.expect(201);
        booked.json["shipmentId"].as_str().unwrap().to_owned()
    };
    let (theirs, own) = (book("belt-mining").await, book("stranger").await);
    let loaded = json!({ "type": "loaded" });
    network.post(&format!("/api/cargo/{theirs}/events"), loaded.clone()).await.expect(201);
    let stranger = network.key("stranger-bot", "trader", &["stranger"]).await;
    let acme = network.key("acme-bot", "carrier", &["acme"]).await;
    let path = format!("/api/cargo/{own}/events");
    for (key, shown) in [(&*stranger, Value::Null), (&*acme, json!(theirs))] {
        let refused = network.ask(Method::POST, &path).key(key).json(&loaded).send().await;
        let refused = refused.expect_problem(409, "vessel_busy");
        assert_eq!(refused.json["shipmentId"], shown);
        assert_eq!(refused.text.contains(&theirs), !shown.is_null());
        let line = json!({ "type": "shipment_event", "shipmentId": own, "data": loaded });
        let answer = network.ask(Method::POST, "/api/events").key(key).lines(&[line]).send().await;
        assert_eq!(answer.lines()[0]["code"], "vessel_busy");
        assert_eq!(answer.text.contains(&theirs), !shown.is_null());
    }
}

/// The rule on one owner's stock is made to watch another's: neither is told of the other's.
#[tokio::test]
async fn an_alert_is_of_the_owner_whose_stock_was_low() {
    let network = world().await;
    let rule = |owner: &str, low: u64| {
        json!({ "kind": "stock", "station": "ceres", "owner": owner, "commodity": "water-ice",
                "low": low, "clear": low + 1 })
    };
    network.put("/api/alert-rules/ice", rule("belt-mining", 20_000)).await.expect(201);
    let miner = network.key("miner-bot", "trader", &["belt-mining"]).await;
    let stranger = network.key("stranger-bot", "trader", &["stranger"]).await;
    let seen = async |key: &str, status: &str| {
        let path = format!("/api/alerts?status={status}");
        let found = network.ask(Method::GET, &path).key(key).send().await.expect(200);
        found.json["items"].as_array().unwrap().clone()
    };
    assert_eq!(seen(&miner, "firing").await.len(), 1);
    // Of the miners' again, but not low: what it was about stays what it was.
    network.put("/api/alert-rules/ice", rule("belt-mining", 1)).await.expect(200);
    assert_eq!(seen(&miner, "resolved").await.len(), 1);
    network.put("/api/alert-rules/ice", rule("belt-mining", 20_000)).await.expect(200);
    assert_eq!(seen(&miner, "firing").await.len(), 1);
    let lines = json!([{ "commodity": "water-ice", "change": 5, "reason": "produced" }]);
    let produced = json!({ "owner": "stranger", "lines": lines });
    network.post("/api/inventory/ceres/adjustments", produced).await.expect(201);
    network.put("/api/alert-rules/ice", rule("stranger", 1)).await.expect(200);
    for status in ["firing", "resolved"] {
        assert_eq!(seen(&stranger, status).await, Vec::<Value>::new());
    }
    let resolved = seen(&miner, "resolved").await;
    assert_eq!(resolved.len(), 1);
    assert_eq!(resolved[0]["cause"], json!({ "rule": "ice", "owner": "belt-mining" }));
}
