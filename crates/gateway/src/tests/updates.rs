//! `/api/updates/real-time`: what each reader gets, by its filter and its key.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::support::{Network, hold, offer, trade};

const PATH: &str = "/api/updates/real-time";

/// The types of the events that a reader gets from the beginning of the journal to `progress`, or as
/// far as now if there is none: then everything matched.
async fn types(network: &Network, key: Option<&str>, query: &str) -> Vec<String> {
    let events = events(network, key, query).await;
    events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
}

async fn events(network: &Network, key: Option<&str>, query: &str) -> Vec<Value> {
    let last = network.sequence().await;
    let ask = network.ask(Method::GET, &format!("{PATH}?after=0{query}"));
    let ask = match key {
        Some(key) => ask.key(key),
        None => ask,
    };
    let mut body = ask.open().await.into_body();
    let mut text = String::new();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < last {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        while let Some((message, rest)) = text.split_once("\n\n") {
            let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
            if let Some(id) = field("id: ") {
                at = id.split('-').next().unwrap().parse().unwrap();
                if field("event: ").is_none() {
                    found.push(serde_json::from_str(field("data: ").unwrap()).unwrap());
                }
            }
            text = rest.to_owned();
        }
    }
    found
}

async fn busy() -> Network {
    let network = Network::founded().await;
    network.post("/api/trades", trade(5)).await.expect(201);
    network.post("/api/trades", hold(3)).await.expect(201);
    network.post("/api/offers", offer(10)).await.expect(201);
    network
}

#[tokio::test]
async fn each_filter_admits_what_it_names() {
    let network = busy().await;
    let of = async |query: &str| types(&network, None, query).await;
    let all = of("").await;
    assert_eq!(all.len() as u64, network.sequence().await);
    assert_eq!(of("&topic=trade").await, ["trade.settled", "trade.held"]);
    assert_eq!(of("&topic=trade,offer").await, ["trade.settled", "trade.held", "offer.opened"]);
    assert_eq!(of("&type=trade.held,offer.opened").await, ["trade.held", "offer.opened"]);
    assert_eq!(of("&topic=trade&type=offer.opened").await, [""; 0]);
    assert_eq!(of("&station=mars-port").await, ["station.created"]);
    assert_eq!(of("&topic=stock,credits&trader=belt-mining").await, ["stock.adjusted"]);
    assert_eq!(of("&topic=commodity&commodity=ore").await, ["commodity.created"]);
    assert_eq!(of("&severity=critical").await, all, "only alerts are bad");
    assert_eq!(of("&topic=alert&severity=info").await, [""; 0]);
    let trade = events(&network, None, "&type=trade.settled").await[0]["subject"].clone();
    let by_id = of(&format!("&trade={}", trade.as_str().unwrap())).await;
    assert_eq!(by_id, ["trade.settled"]);
    let system = network.get("/api/stations/ceres").await.expect(200).json["system"].clone();
    let by_system = of(&format!("&topic=station&system={}", system.as_str().unwrap())).await;
    assert_eq!(by_system, ["station.created", "station.created"]);
}

#[tokio::test]
async fn what_is_not_known_is_refused() {
    let network = Network::founded().await;
    for (query, code) in [
        ("station=nowhere", "unknown_station"),
        ("system=nowhere", "unknown_system"),
        ("commodity=nothing", "unknown_commodity"),
        ("trader=nobody", "unknown_trader"),
        ("vessel=none", "unknown_vessel"),
        ("topic=weather", "invalid_request"),
        ("type=trade", "invalid_request"),
        ("station=ceres,,", "invalid_request"),
        ("shipment=t-00000000001", "invalid_request"),
        ("trade=1", "invalid_request"),
        ("severity=bad", "invalid_request"),
        ("topic=trade&topic=offer", "invalid_request"),
        ("colour=red", "invalid_request"),
    ] {
        let refused = network.get(&format!("{PATH}?{query}")).await;
        refused.expect_problem(422, code);
    }
    let many = vec!["ceres"; 101].join(",");
    network.get(&format!("{PATH}?station={many}")).await.expect_problem(422, "invalid_request");
}

#[tokio::test]
async fn a_system_is_where_its_stations_are_now() {
    let network = busy().await;
    let mut moved = network.get("/api/stations/mars-port").await.expect(200).json;
    let body = |system: &str, station: &mut Value| {
        json!({
            "name": station["name"], "kind": station["kind"], "system": system,
            "position": station["position"],
        })
    };
    let there = body("elsewhere", &mut moved);
    network.put("/api/stations/mars-port", there).await.expect(200);
    let of = async |query: &str| types(&network, None, query).await;
    assert_eq!(of("&system=elsewhere").await, ["station.created", "station.updated"]);
    let mut new = body("elsewhere", &mut moved);
    new["name"] = json!("New");
    network.put("/api/stations/new-port", new).await.expect(201);
    let found = of("&system=elsewhere").await;
    assert_eq!(found, ["station.created", "station.updated", "station.created"]);
}

#[tokio::test]
async fn keys_of_accounts_get_what_is_public_and_their_own() {
    let network = busy().await;
    network.put("/api/traders/stranger", json!({ "name": "Stranger" })).await.expect(201);
    let stranger = network.key("stranger-bot", "trader", &["stranger"]).await;
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let private = ["trade.settled", "trade.held", "credits.issued", "stock.adjusted"];
    let seen = types(&network, Some(&stranger), "").await;
    assert!(seen.iter().all(|kind| !private.contains(&kind.as_str())), "{seen:?}");
    assert!(seen.iter().any(|kind| kind == "offer.opened"), "{seen:?}");
    assert!(!seen.iter().any(|kind| kind.starts_with("key.")), "{seen:?}");
    let own = types(&network, Some(&acme), "&topic=trade,credits,stock").await;
    assert_eq!(own, ["credits.issued", "trade.settled", "trade.held"]);
}
