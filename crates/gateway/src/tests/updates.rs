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

pub(crate) async fn events(network: &Network, key: Option<&str>, query: &str) -> Vec<Value> {
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
    let head = network.sequence().await;
    for (event, data) in &messages[..messages.len() - 1] {
        assert_eq!((event.as_str(), &data["asOf"]["sequence"]), ("snapshot", &json!(head)));
    }
    assert!(
        messages.last().unwrap().1["position"].as_str().unwrap().starts_with(&head.to_string())
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
    assert_eq!(inventory(None, "&commodity=ore").await, Vec::<Value>::new());
    assert_eq!(inventory(None, "&system=sol&topic=trade").await, inventory(None, "").await);
    let owners = inventory(None, "&trader=belt-mining").await;
    let list = network.get("/api/inventory?owner=belt-mining").await.expect(200);
    assert_eq!(json!(owners), list.json["items"]);
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let ask = network.ask(Method::GET, "/api/inventory").key(&acme).send().await.expect(200);
    assert_eq!(json!(inventory(Some(&acme), "").await), ask.json["items"]);
    assert_eq!(inventory(Some(&acme), "&trader=belt-mining").await, Vec::<Value>::new());
    let found = snapshot(&network, Some(&acme), "snapshot=summary,shipments").await;
    assert_eq!(items(&found, "summary"), Vec::<&Value>::new());
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

/// A stream that is read message by message: event field, identifier, data.
struct Reader {
    body: axum::body::Body,
    text: String,
}

impl Reader {
    async fn open(network: &Network, query: &str) -> Self {
        let response = network.ask(Method::GET, &format!("{PATH}?{query}")).open().await;
        assert_eq!(response.status(), 200);
        Self { body: response.into_body(), text: String::new() }
    }

    async fn next(&mut self) -> (String, Option<String>, Value) {
        loop {
            while let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name));
                let data = field("data: ").map(|data| serde_json::from_str(data).unwrap());
                let (event, id) = (field("event: ").unwrap_or_default(), field("id: "));
                let found = (event.to_owned(), id.map(str::to_owned), data.unwrap_or_default());
                self.text = rest.to_owned();
                if found.2 != Value::Null {
                    return found;
                }
            }
            let frame = self.body.frame().await.unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }

    /// The levels until the next progress, and that progress.
    async fn told(&mut self) -> (Vec<Value>, String) {
        let mut levels = Vec::new();
        loop {
            match self.next().await {
                (event, None, level) if event == "level" => levels.push(level),
                (event, Some(id), _) if event == "progress" => return (levels, id),
                other => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn levels_are_the_latest_stock_and_price_of_what_changed() {
    let network = Network::founded().await;
    let mut reader = Reader::open(&network, "topic=levels").await;
    let before = network.sequence().await;
    // All of these within a telling or two: the states in between are passed over.
    for quantity in 1..=20 {
        network.post("/api/trades", trade(quantity)).await.expect(201);
    }
    let last = network.sequence().await;
    let mut tellings = 0;
    let level = loop {
        let (levels, _) = reader.told().await;
        tellings += 1;
        assert_eq!(levels.len(), 1);
        if levels[0]["sequence"] == last {
            break levels[0].clone();
        }
    };
    assert!(tellings < 10, "{tellings} tellings of 20 trades");
    assert_eq!((&level["station"], &level["commodity"]), (&json!("ceres"), &json!("water-ice")));
    assert_eq!((&level["onHand"], &level["lastPrice"]), (&json!(10_000), &json!(12)));
    assert_eq!(level["lastTradeSequence"], last);

    let lines = json!([{ "commodity": "ore", "change": 7, "reason": "found" }]);
    let found = json!({ "owner": "acme", "lines": lines });
    network.post("/api/inventory/mars-port/adjustments", found).await.expect(201);
    let (levels, id) = reader.told().await;
    assert_eq!((&levels[0]["station"], &levels[0]["onHand"]), (&json!("mars-port"), &json!(7)));
    assert_eq!(levels[0]["lastPrice"], Value::Null);
    assert!(id.starts_with(&format!("{}-", last + 1)), "{id}");

    // With a position, what changed behind it; and by filter.
    let of = async |query: String| {
        let mut reader = Reader::open(&network, &query).await;
        let (levels, id) = reader.told().await;
        assert!(id.starts_with(&format!("{}-", last + 1)), "{id}");
        levels.iter().map(|level| level["station"].clone()).collect::<Vec<_>>()
    };
    let positions = [(before, vec!["ceres", "mars-port"]), (last, vec!["mars-port"])];
    for (after, expected) in positions {
        assert_eq!(json!(of(format!("topic=levels&after={after}")).await), json!(expected));
    }
    assert_eq!(of(format!("topic=levels&after={before}&station=ceres")).await, ["ceres"]);
    assert_eq!(of(format!("topic=levels&after={before}&commodity=ore")).await, ["mars-port"]);
    assert_eq!(of(format!("topic=levels&after={before}&system=sol")).await.len(), 2);
}

#[tokio::test]
async fn levels_follow_a_snapshot_and_stand_alone() {
    let network = Network::founded().await;
    let mut reader = Reader::open(&network, "topic=levels&snapshot=inventory").await;
    let (event, _, part) = reader.next().await;
    assert_eq!((event.as_str(), &part["last"]), ("snapshot", &json!(true)));
    assert_eq!(reader.next().await.0, "progress");
    network.post("/api/trades", trade(1)).await.expect(201);
    assert_eq!(reader.told().await.0.len(), 1);
    for query in ["topic=levels,trade", "topic=levels&trader=acme", "topic=levels&severity=info"] {
        let refused = network.get(&format!("{PATH}?{query}")).await;
        refused.expect_problem(422, "invalid_request");
    }
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let ask = network.ask(Method::GET, &format!("{PATH}?topic=levels")).key(&acme).send().await;
    ask.expect_problem(403, "not_permitted");
    network
        .get(&format!("{PATH}?topic=levels&after=9999"))
        .await
        .expect_problem(409, "unknown_position");
}

#[tokio::test]
async fn a_stream_token_opens_one_stream_with_the_rights_of_its_key() {
    let network = Network::founded().await;
    let acme = network.key("acme-bot", "trader", &["acme"]).await;
    let token = async || {
        let made = network.ask(Method::POST, "/api/stream-tokens").key(&acme).send().await;
        made.expect(201).json["token"].as_str().unwrap().to_owned()
    };
    let open = async |token: &str| {
        let path = format!("{PATH}?topic=levels&token={token}");
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = tower::ServiceExt::oneshot(network.router.clone(), request).await.unwrap();
        let any = response.headers().get("access-control-allow-origin").cloned();
        assert_eq!(any.unwrap(), "*");
        response.status().as_u16()
    };
    let first = token().await;
    // Known, and of a key that may not see this; then used up.
    assert_eq!(open(&first).await, 403);
    assert_eq!(open(&first).await, 401);
    assert_eq!(open("itn_00000000000000000000000000000000").await, 401);
    // Not of a key that was revoked, and not later than a minute.
    let late = token().await;
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(61)).await;
    assert_eq!(open(&late).await, 401);
    tokio::time::resume();
    let revoked = token().await;
    let key =
        network.get("/api/keys").await.expect(200).json["items"].as_array().unwrap().len() - 1;
    network.ask(Method::DELETE, &format!("/api/keys/{key}")).send().await.expect(200);
    assert_eq!(open(&revoked).await, 401);
}
