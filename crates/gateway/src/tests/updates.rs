//! `/api/updates/real-time`: what each reader gets, by its filter and its key.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::cargo::booking;
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

/// The messages of a stream until the first `progress`: their event fields and data.
async fn snapshot(network: &Network, key: Option<&str>, query: &str) -> Vec<(String, Value)> {
    let ask = network.ask(Method::GET, &format!("{PATH}?{query}"));
    let ask = match key {
        Some(key) => ask.key(key),
        None => ask,
    };
    let response = ask.open().await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let mut text = String::new();
    let mut found: Vec<(String, Value)> = Vec::new();
    while found.last().is_none_or(|(event, _)| event != "progress") {
        let frame = body.frame().await.unwrap().unwrap();
        text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        while let Some((message, rest)) = text.split_once("\n\n") {
            let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
            if let Some(event) = field("event: ") {
                let is_progress = event == "progress";
                assert_eq!(field("id: ").is_some(), is_progress, "before the end none may resume");
                found.push((event.into(), serde_json::from_str(field("data: ").unwrap()).unwrap()));
            }
            text = rest.to_owned();
        }
    }
    found
}

/// The items of one kind, over all its parts.
fn items<'m>(messages: &'m [(String, Value)], kind: &str) -> Vec<&'m Value> {
    let parts: Vec<_> = messages.iter().filter(|(_, data)| data["kind"] == kind).collect();
    let lasts: Vec<_> = parts.iter().map(|(_, data)| data["last"] == true).collect();
    assert_eq!(lasts.iter().filter(|last| **last).count(), 1);
    assert!(lasts.last().unwrap());
    parts.iter().flat_map(|(_, data)| data["items"].as_array().unwrap()).collect()
}

#[tokio::test]
async fn a_snapshot_is_what_the_lists_say_at_one_sequence() {
    let network = busy().await;
    network.post("/api/cargo", booking(7)).await.expect(201);
    let messages = snapshot(&network, None, "snapshot=inventory,shipments,alerts,summary").await;
    let last = network.sequence().await;
    for (event, data) in &messages[..messages.len() - 1] {
        assert_eq!((event.as_str(), &data["asOf"]["sequence"]), ("snapshot", &json!(last)));
    }
    assert!(
        messages.last().unwrap().1["position"].as_str().unwrap().starts_with(&last.to_string())
    );
    let list = async |path: &str| network.get(path).await.expect(200).json["items"].clone();
    assert_eq!(json!(items(&messages, "inventory")), list("/api/inventory").await);
    assert_eq!(json!(items(&messages, "shipments")), list("/api/cargo").await);
    assert_eq!(json!(items(&messages, "alerts")), list("/api/alerts").await);
    let counts = network.get("/api/network").await.expect(200).json["counts"].clone();
    let mut summary = items(&messages, "summary")[0].clone();
    summary["readers"] = counts["readers"].clone();
    assert_eq!(summary, counts);
}

#[tokio::test]
async fn a_snapshot_has_what_matches_and_may_be_seen() {
    let network = busy().await;
    network.post("/api/cargo", booking(7)).await.expect(201);
    let inventory = async |key: Option<&str>, query: &str| {
        let found = snapshot(&network, key, &format!("snapshot=inventory{query}")).await;
        items(&found, "inventory").into_iter().cloned().collect::<Vec<_>>()
    };
    let of_station = inventory(None, "&station=ceres&commodity=water-ice").await;
    assert_eq!(of_station.len(), 1);
    assert_eq!(of_station[0]["station"], "ceres");
    assert_eq!(inventory(None, "&commodity=ore").await, [json!(0); 0]);
    assert_eq!(inventory(None, "&system=sol&topic=trade").await, inventory(None, "").await);
    let owners = inventory(None, "&trader=belt-mining").await;
    let list = network.get("/api/inventory?owner=belt-mining").await.expect(200);
    assert_eq!(json!(owners), list.json["items"]);
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let ask = network.ask(Method::GET, "/api/inventory").key(&acme).send().await.expect(200);
    assert_eq!(json!(inventory(Some(&acme), "").await), ask.json["items"]);
    assert_eq!(inventory(Some(&acme), "&trader=belt-mining").await, [json!(0); 0]);
    let found = snapshot(&network, Some(&acme), "snapshot=summary,shipments").await;
    assert_eq!(items(&found, "summary"), [&json!(0); 0]);
    let cargo = network.ask(Method::GET, "/api/cargo").key(&acme).send().await.expect(200);
    assert_eq!(json!(items(&found, "shipments")), cargo.json["items"]);
}

#[tokio::test]
async fn a_snapshot_is_in_parts_and_events_follow_it() {
    let network = Network::founded().await;
    for number in 0..900 {
        let path = format!("/api/commodities/good-{number}");
        network.put(&path, json!({ "name": "A good" })).await.expect(201);
    }
    for chunk in (0..900).collect::<Vec<_>>().chunks(100) {
        let lines: Vec<_> = chunk
            .iter()
            .map(|number| {
                let commodity = format!("good-{number}");
                json!({ "commodity": commodity, "change": 10, "reason": "produced" })
            })
            .collect();
        let produced = json!({ "owner": "acme", "lines": lines });
        network.post("/api/inventory/mars-port/adjustments", produced).await.expect(201);
    }
    let messages = snapshot(&network, None, "snapshot=inventory").await;
    assert!(messages.len() > 3, "{}", messages.len());
    assert_eq!(items(&messages, "inventory").len(), 901);
    for (_, data) in &messages {
        assert!(data.to_string().len() < 96 * 1024);
    }
    // A position says that the client has the state already.
    let both = network.get(&format!("{PATH}?snapshot=inventory&after=1")).await;
    both.expect_problem(422, "invalid_request");
    let resumed = network.ask(Method::GET, &format!("{PATH}?snapshot=inventory"));
    let mut body = resumed.header("last-event-id", "1").open().await.into_body();
    body.frame().await.unwrap().unwrap();
    let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert!(frame.starts_with(b"id: 2-"), "{frame:?}");
}
