//! What a test starts from: stations, traders, goods and credits, put there over HTTP.

use serde_json::{Value, json};

use crate::bodies;
use crate::client::Client;
use crate::server::{Folder, Server};

/// The largest amount.
pub const AMOUNT_MAX: u64 = (1 << 53) - 1;
/// Text that programs trip over: quotes, commas, formulas, letters of many bytes, a line separator.
pub const AWKWARD: &str =
    "=SUM(A1), \"quoted\"; \u{141}\u{f3}d\u{17a} \u{1f680}\u{2028}'x' \\ \u{202e}";

/// Two stations, a commodity, a buyer with a million credits and a seller with a million units.
pub fn market(client: &mut Client) {
    station(client, bodies::STATION);
    station(client, bodies::DESTINATION);
    commodity(client, bodies::COMMODITY);
    trader(client, bodies::BUYER);
    trader(client, bodies::SELLER);
    credits(client, bodies::BUYER, 1_000_000);
    stock(client, bodies::SELLER, 1_000_000);
}

/// A station.
pub fn station(client: &mut Client, id: &str) {
    client.put(&format!("/api/stations/{id}"), &bodies::station(id)).expect(201);
}

/// A commodity.
pub fn commodity(client: &mut Client, id: &str) {
    client.put(&format!("/api/commodities/{id}"), &json!({ "name": id })).expect(201);
}

/// A trader.
pub fn trader(client: &mut Client, id: &str) {
    client.put(&format!("/api/traders/{id}"), &json!({ "name": id })).expect(201);
}

/// Credits for a trader.
pub fn credits(client: &mut Client, trader: &str, change: u64) {
    let body = json!({ "change": change, "reason": "issued" });
    client.post(&format!("/api/traders/{trader}/credits"), &body).expect(201);
}

/// Units of the one commodity at the first station for this owner.
pub fn stock(client: &mut Client, owner: &str, quantity: u64) {
    let body = bodies::with(bodies::production(quantity), &json!({ "owner": owner }));
    let path = format!("/api/inventory/{}/adjustments", bodies::STATION);
    client.post(&path, &body).expect(201);
}

/// The last sequence number.
#[track_caller]
pub fn sequence(client: &mut Client) -> u64 {
    let network = client.get("/api/network").expect(200).json();
    network["sequence"].as_u64().unwrap_or_else(|| panic!("no sequence in {network}"))
}

/// What this owner has on hand of the one commodity at the first station.
#[track_caller]
pub fn on_hand(client: &mut Client, owner: &str) -> u64 {
    let path = format!("/api/inventory/{}?owner={owner}", bodies::STATION);
    let levels = client.get(&path).expect(200).json()["levels"].clone();
    let levels = levels.as_array().cloned().unwrap_or_default();
    let level = levels.iter().find(|level| level["commodity"] == bodies::COMMODITY);
    level.map_or(0, |level| level["onHand"].as_u64().unwrap())
}

/// A trader's balance.
#[track_caller]
pub fn balance(client: &mut Client, trader: &str) -> u64 {
    let trader = client.get(&format!("/api/traders/{trader}")).expect(200).json();
    trader["balance"].as_u64().unwrap_or_else(|| panic!("no balance in {trader}"))
}

/// Panics unless the server's own proof says that goods and credits are conserved.
#[track_caller]
pub fn assert_balanced(client: &mut Client) {
    let audit = client.get("/api/audit").expect(200).json();
    assert_eq!(audit["balanced"], true, "{audit}");
    assert_eq!(audit["credits"]["balanced"], true, "{audit}");
    for commodity in audit["commodities"].as_array().unwrap() {
        let of = |name: &str| commodity[name].as_u64().unwrap_or_else(|| panic!("{name}: {audit}"));
        let sources = of("produced") + of("found");
        let sinks = of("consumed") + of("lost") + of("expired") + of("stolen");
        assert_eq!(sources, of("onHand") + of("inTransit") + sinks, "{commodity}");
    }
    let of = |name: &str| audit["credits"][name].as_u64().unwrap();
    assert_eq!(of("issued") - of("retired"), of("balances"), "{audit}");
}

/// All events after `after`, page by page, each in its place in the gap-free sequence.
#[track_caller]
pub fn events(client: &mut Client, after: u64) -> Vec<Value> {
    let mut events: Vec<Value> = Vec::new();
    let mut cursor = after.to_string();
    loop {
        let page = client.get(&format!("/api/events?after={cursor}&limit=1000")).expect(200).json();
        let items = page["items"].as_array().unwrap_or_else(|| panic!("{page}"));
        for item in items {
            let expected = after + events.len() as u64 + 1;
            assert_eq!(item["sequence"], expected.to_string(), "a gap or a repeat: {item}");
            events.push(item.clone());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.into(),
            None => return events,
        }
    }
}

/// The [`market`] with a little of everything that happens, awkward words where any are taken, and
/// the largest amounts.
pub fn awkward(client: &mut Client) {
    market(client);
    let note = json!({ "reference": AWKWARD, "metadata": { "formula": "+1", "a,b": AWKWARD } });
    commodity(client, "ore");
    let whole = json!([{ "commodity": "ore", "change": AMOUNT_MAX, "reason": "produced" }]);
    let body = bodies::with(json!({ "owner": bodies::SELLER, "lines": whole }), &note);
    client.post("/api/inventory/ceres/adjustments", &body).expect(201);
    let lines = json!([bodies::line(3), { "commodity": "ore", "quantity": AMOUNT_MAX / 2, "unitPrice": 0 }]);
    let trade = bodies::with(bodies::trade(), &note);
    client
        .post("/api/trades", &bodies::with(trade.clone(), &json!({ "lines": lines })))
        .expect(201);
    let charges =
        json!([{ "payer": bodies::BUYER, "to": "ceres", "amount": 25, "kind": "docking" }]);
    client
        .post("/api/trades", &bodies::with(trade.clone(), &json!({ "charges": charges })))
        .expect(201);
    let held = bodies::with(trade, &json!({ "hold": { "expiresInSeconds": 3600 } }));
    let held = client.post("/api/trades", &held).expect(201).json();
    let void = format!("/api/trades/{}/void", held["transactionId"].as_str().unwrap());
    client.post(&void, &json!({ "reason": AWKWARD })).expect(200);
    for _ in 0..40 {
        client.post("/api/trades", &bodies::trade()).expect(201);
    }
    let goods = json!([{ "commodity": bodies::COMMODITY, "quantity": 7 }, { "commodity": "ore", "quantity": 1 }]);
    for _ in 0..3 {
        let booked = bodies::with(bodies::shipment(), &json!({ "lines": goods }));
        let booked = client.post("/api/cargo", &bodies::with(booked, &note)).expect(201).json();
        let events = format!("/api/cargo/{}/events", booked["shipmentId"].as_str().unwrap());
        client.post(&events, &json!({ "type": "departed" })).expect(201);
        let position = json!({ "x": 0.125, "y": -7.5, "z": 0 });
        client.post(&events, &json!({ "type": "position", "position": position })).expect(201);
        client.post(&events, &json!({ "type": "held", "reason": AWKWARD })).expect(201);
    }
    let rule = json!({ "station": "ceres", "owner": bodies::SELLER, "commodity": "ore", "kind": "stock", "low": AMOUNT_MAX - 1, "clear": AMOUNT_MAX });
    client.put("/api/alert-rules/ore-low", &rule).expect(201);
}

/// A server on an empty folder with the [`market`] set up, and a client of it. The folder comes
/// last, so that it outlives the process.
pub fn open_market() -> (Server, Client, Folder) {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut client = server.client();
    market(&mut client);
    (server, client, folder)
}
