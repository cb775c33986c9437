//! What is asked, for each line of the table.

use axum::http::Method;
use serde_json::{Value, json};

use super::given::{By, World, booking};
use super::rules::Rule;
use crate::tests::support::{Ask, hold, offer, station, trade};

/// A request to be made by anyone.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) method: Method,
    /// With the path's parameter, and the query.
    pub(super) path: String,
    /// What the path's parameter names, if it has one.
    pub(super) thing: Option<String>,
    pub(super) body: Option<Value>,
}

impl Wanted {
    /// The request, for this caller.
    pub(super) fn ask(&self, world: &World, by: By) -> Ask {
        self.ask_at(world, by, &self.path)
    }

    fn ask_at(&self, world: &World, by: By, path: &str) -> Ask {
        self.sent_with(world.ask(by, self.method.clone(), path))
    }

    fn sent_with(&self, ask: Ask) -> Ask {
        match &self.body {
            Some(body) if self.path.starts_with("/api/events") => {
                ask.lines(std::slice::from_ref(body))
            }
            Some(body) => ask.json(body),
            None => ask,
        }
    }

    /// The request, or its rehearsal, for a caller by token of the same role and accounts.
    pub(super) fn ask_by_token(&self, world: &World, by: By, is_rehearsed: bool) -> Ask {
        let query = if is_rehearsed { "?dryRun=true" } else { "" };
        let path = format!("{}{query}", self.path);
        self.sent_with(world.ask_by_token(by, self.method.clone(), &path))
    }

    /// Asks what would happen.
    pub(super) fn rehearse(&self, world: &World, by: By) -> Ask {
        self.ask_at(world, by, &format!("{}?dryRun=true", self.path))
    }

    /// Everything that the client says, in one text.
    pub(super) fn said(&self) -> String {
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        format!("{} {} {body}", self.method, self.path)
    }

    /// Whether it changes something.
    pub(super) fn is_write(&self) -> bool {
        self.method != Method::GET
    }

    /// Whether it is a fact of the ledger that it would change, which can be rehearsed.
    pub(super) fn is_of_ledger(&self) -> bool {
        let beside = ["/api/webhooks", "/api/session", "/api/stream-tokens"];
        self.is_write() && !beside.iter().any(|path| self.path.starts_with(path))
    }
}

/// What the line asks.
pub(super) fn request(world: &World, rule: &Rule, by: By) -> Wanted {
    let (method, template) = rule.operation.split_once(' ').unwrap();
    let (thing, query) = subject(world, rule);
    let mut path = template.to_owned();
    if let Some(thing) = &thing {
        let (begin, rest) = path.split_once('{').unwrap();
        let (_, end) = rest.split_once('}').unwrap();
        path = format!("{begin}{thing}{end}");
    }
    path.push_str(query.as_deref().unwrap_or_default());
    let body = body(world, rule, by);
    assert!(!path.contains('{'), "nothing is given for {}", rule.name());
    Wanted { method: method.parse().unwrap(), path, thing, body }
}

/// What the path names, and the query.
fn subject(world: &World, rule: &Rule) -> (Option<String>, Option<String>) {
    let named = |name: &str| (Some(world.thing(name).to_owned()), None);
    let plain = |name: &str| (Some(name.to_owned()), None);
    let by_query = |query: &str| (None, Some(query.to_owned()));
    let then = world.thing("then");
    let (_, path) = rule.operation.split_once(' ').unwrap();
    match (path, rule.case) {
        ("/api/trades/{transactionId}/settle", "its own") => named("offered"),
        ("/api/trades/{transactionId}/settle" | "/api/trades/{transactionId}/void", _) => {
            named("proposed")
        }
        (path, _) if path.starts_with("/api/trades/{") => named("trade"),
        (path, _) if path.starts_with("/api/offers/{") => named("offer"),
        ("/api/cargo/{shipmentId}/events", "ended") => named("ended"),
        (path, _) if path.starts_with("/api/cargo/{") => named("shipment"),
        (path, _) if path.starts_with("/api/vessels/{") => plain("hauler"),
        ("/api/alerts", status) => by_query(&format!("?status={status}")),
        (path, _) if path.starts_with("/api/alerts/{") => named("alert"),
        (path, _) if path.starts_with("/api/alert-rules/{") => plain("acme-ice"),
        ("/api/inventory", "of Acme") => by_query("?owner=acme"),
        ("/api/inventory/{stationId}", case) => {
            let query = match case {
                "by owner" => "?by=owner".to_owned(),
                "of Acme" => "?owner=acme".to_owned(),
                "as it was" => format!("?by=owner&asOf={then}"),
                _ => String::new(),
            };
            (Some("ceres".to_owned()), Some(query))
        }
        (path, _) if path.starts_with("/api/inventory/{") => plain("ceres"),
        (path, _) if path.starts_with("/api/stations/{") => plain("ceres"),
        (path, _) if path.starts_with("/api/commodities/{") => plain("ore"),
        ("/api/traders/{id}", "as it was") => {
            (Some("acme".to_owned()), Some(format!("?asOf={then}")))
        }
        (path, _) if path.starts_with("/api/traders/{") => plain("acme"),
        ("/api/events", "newest first") => by_query("?order=newest&limit=1000"),
        ("/api/events", "of an actor") => by_query("?actor=miner-bot"),
        ("/api/events" | "/api/updates/real-time", "of a trade") => {
            by_query(&format!("?trade={}", world.thing("trade")))
        }
        ("/api/events", "of a shipment") => {
            by_query(&format!("?shipment={}", world.thing("shipment")))
        }
        ("/api/events", "") if rule.operation.starts_with("GET") => by_query("?limit=1000"),
        ("/api/updates/real-time", "of levels") => by_query("?topic=levels"),
        (path, _) if path.starts_with("/api/webhooks/{") => named("webhook"),
        (path, _) if path.starts_with("/api/keys/{") => named("key"),
        ("/api/analytics/series", "of cargo") => by_query("?metric=bookings"),
        ("/api/analytics/series", _) => by_query("?metric=value&by=station&id=ceres"),
        ("/api/analytics/prices", _) => by_query("?station=ceres&commodity=water-ice"),
        ("/api/analytics/rankings", "of delays") => by_query("?of=stations&by=delay"),
        ("/api/analytics/rankings", case) => {
            by_query(&format!("?of={}", case.trim_start_matches("of ")))
        }
        _ => (None, None),
    }
}

fn body(world: &World, rule: &Rule, by: By) -> Option<Value> {
    let name = |name: &str| Some(json!({ "name": name }));
    match (rule.operation, rule.case) {
        ("POST /api/trades", case) => Some(trade_of(world, case)),
        ("POST /api/trades/{transactionId}/reverse", _) => Some(json!({ "reason": "a mistake" })),
        (
            "POST /api/trades/{transactionId}/settle"
            | "POST /api/trades/{transactionId}/void"
            | "POST /api/keys/{keyId}/rotate"
            | "POST /api/webhooks/{webhookId}/secrets",
            _,
        ) => Some(json!({})),
        ("POST /api/offers", _) => {
            let mut bid = offer(1);
            bid["trader"] = json!("acme");
            bid["side"] = json!("buy");
            Some(bid)
        }
        ("POST /api/transfers", _) => {
            Some(json!({ "from": "acme", "to": "red-star", "credits": 1 }))
        }
        ("POST /api/cargo", _) => Some(booking("acme", None)),
        ("POST /api/cargo/{shipmentId}/events", case) => Some(report(case)),
        ("PUT /api/vessels/{id}", _) => Some(json!({ "name": "Hauler II", "carrier": "red-star" })),
        ("PUT /api/alert-rules/{id}", _) => Some(json!({
            "kind": "stock", "station": "ceres", "owner": "acme", "commodity": "water-ice",
            "low": 7, "clear": 8
        })),
        ("POST /api/inventory/{stationId}/adjustments", _) => {
            let line = json!({ "commodity": "ore", "change": 1, "reason": "produced" });
            Some(json!({ "owner": "acme", "lines": [line] }))
        }
        ("PUT /api/stations/{id}", _) => {
            let mut moved = station();
            moved["name"] = json!("Ceres, moved");
            Some(moved)
        }
        ("PUT /api/commodities/{id}", _) => name("Ore, fine"),
        ("PUT /api/traders/{id}", _) => name("Acme, renamed"),
        ("POST /api/traders/{id}/credits", _) => Some(json!({ "change": 1, "reason": "issued" })),
        ("POST /api/events", _) => Some(json!({ "type": "trade", "data": trade(1) })),
        ("POST /api/webhooks", _) => {
            let topics = json!({ "topic": ["vessel"] });
            Some(json!({ "url": "https://example.com/new", "filter": topics }))
        }
        ("PATCH /api/webhooks/{webhookId}", _) => Some(json!({ "description": "another" })),
        ("POST /api/webhooks/{webhookId}/replay", "from") => Some(json!({ "from": "1" })),
        // The first event makes the network, which everybody may see; the second makes a key.
        ("POST /api/webhooks/{webhookId}/replay", "an event") => Some(json!({ "event": "1" })),
        ("POST /api/webhooks/{webhookId}/replay", _) => Some(json!({ "event": "2" })),
        ("POST /api/keys", _) => Some(json!({ "principal": "new", "role": "viewer" })),
        ("POST /api/session", _) => {
            let key = world.key_of(by).unwrap_or("itn_00000000000000000000wrong");
            Some(json!({ "key": key }))
        }
        _ => None,
    }
}

fn trade_of(world: &World, case: &str) -> Value {
    match case {
        "taking an offer" => {
            let mut taken = trade(1);
            let offer = world.thing("sold");
            taken["lines"] = json!([{
                "commodity": "water-ice", "quantity": 1, "offer": offer, "limitPrice": 10
            }]);
            taken
        }
        "proposing a hold" => hold(1),
        _ => trade(1),
    }
}

fn report(case: &str) -> Value {
    let lines = |counted: &str| {
        let mut line = json!({ "commodity": "water-ice" });
        line[counted] = json!(1);
        json!([line])
    };
    match case {
        "received" => json!({ "type": "received", "lines": lines("accepted") }),
        "found" => json!({ "type": "found", "lines": lines("quantity") }),
        "ended" => json!({ "type": "loaded" }),
        kind => json!({ "type": kind }),
    }
}
