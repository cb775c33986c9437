//! Parameters and headers, as the code that reads and writes them bounds them.

use serde_json::{Map, Value, json};

use crate::limits::{FILTER_VALUES_MAX, PAGE_ITEMS_MAX, PAGE_ITEMS_USUAL};

/// As far as coordinates reach.
const LIGHT_YEARS_MAX: i64 = domain::Position::COORDINATE_MAX / 1_000;

/// Reads that say by `ETag` which state they show.
const TAGGED: &[&str] = &[
    "listTrades",
    "listOffers",
    "listShipments",
    "listVessels",
    "readVessel",
    "listAlerts",
    "readAlert",
    "listAlertRules",
    "readAlertRule",
    "listInventory",
    "readInventory",
    "listStations",
    "readStation",
    "listCommodities",
    "readCommodity",
    "listTraders",
    "readTrader",
    "listEntries",
    "listEvents",
    "readSummary",
    "readSeries",
    "readPrices",
    "readRankings",
    "readLanes",
    "audit",
];

/// Writes that make a thing with a place of its own.
const LOCATED: &[&str] = &["createTrade", "postOffer", "bookShipment", "createWebhook"];

fn named(component: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{component}") })
}

/// The schema of a parameter by its name, where its type does not say it all.
fn schema(operation: &str, place: &str, name: &str) -> Option<Value> {
    let several = |item: Value| json!({ "type": "array", "items": item, "minItems": 1, "maxItems": FILTER_VALUES_MAX });
    let is_filter = matches!(operation, "listEvents" | "followEvents");
    let one_or_several = |item: Value| if is_filter { several(item) } else { item };
    let words = |words: &[&str]| json!({ "type": "string", "enum": words });
    Some(match (place, name) {
        ("path", "transactionId") => named("TradeId"),
        ("path", "shipmentId") => named("ShipmentId"),
        ("path", "offerId") => named("OfferId"),
        ("path", "alertId") => json!({
            "type": "string", "pattern": "^a-(?!0{11}$)[0-7][0-9a-v]{10}$", "examples": ["a-000000004j7"]
        }),
        ("path", "webhookId") => json!({
            "type": "string", "pattern": "^w-(0|[1-9][0-9]{0,19})$", "examples": ["w-1"]
        }),
        ("path", "keyId") => json!({
            "type": "integer", "format": "int64", "minimum": 0, "maximum": u32::MAX
        }),
        ("path", "id" | "stationId")
        | ("query", "owner" | "carrier" | "origin" | "destination" | "actor" | "id") => {
            named("Identifier")
        }
        ("query", "station" | "commodity" | "trader" | "vessel" | "system") => {
            one_or_several(named("Identifier"))
        }
        ("query", "shipment") => several(named("ShipmentId")),
        ("query", "trade") => several(named("TradeId")),
        ("query", "topic") if operation == "listEvents" => {
            // Levels are states and no events.
            let mut topic = named("Topic");
            topic["not"] = json!({ "const": "levels" });
            several(topic)
        }
        ("query", "topic") => several(named("Topic")),
        ("query", "type") => several(named("EventType")),
        ("query", "snapshot") => several(named("SnapshotKind")),
        ("query", "reference") => named("Text"),
        ("query", "from" | "to") => named("Time"),
        ("query", "after") | ("header", "Last-Event-ID") => json!({
            "type": "string", "pattern": "^[0-9]{1,19}(-[0-9a-f]{8})?$", "examples": ["4711"]
        }),
        ("query", "asOf") => json!({
            "anyOf": [{ "type": "string", "pattern": "^[0-9]{1,19}$" }, named("Time")],
            "examples": ["4711", "2200-01-01T00:00:00Z"]
        }),
        ("query", "cursor") => {
            let part = "(0|[1-9a-f][0-9a-f]{0,6})";
            let pattern = match operation {
                "listOffers" => format!("^c{part}\\.{part}\\.{part}$"),
                _ => format!("^c{part}$"),
            };
            json!({ "type": "string", "pattern": pattern })
        }
        ("query", "limit") => json!({
            "type": "integer", "minimum": 1, "maximum": PAGE_ITEMS_MAX, "default": PAGE_ITEMS_USUAL
        }),
        ("query", "minAvailable" | "maxAge") => named("Amount"),
        ("query", "maxDistance") => {
            json!({ "type": "number", "minimum": 0, "maximum": LIGHT_YEARS_MAX })
        }
        ("query", "by") => words(match operation {
            "readInventory" => &["owner"],
            "readRankings" => &["value", "units", "trades", "delay"],
            _ => &["network", "station", "system", "commodity", "category"],
        }),
        ("query", "of") => words(&["stations", "commodities", "traders", "lanes"]),
        ("query", "interval") => words(&["minute", "hour", "day"]),
        ("query", "metric") => words(&[
            "trades",
            "value",
            "units",
            "reversals",
            "reversedValue",
            "bookings",
            "departures",
            "shippedUnits",
            "arrivals",
            "onTime",
            "delaySeconds",
        ]),
        ("query", "results") => words(&["failures", "all"]),
        ("query", "token") => json!({ "type": "string", "pattern": "^itn_[A-Za-z0-9_-]{20,128}$" }),
        ("header", "Idempotency-Key") => json!({
            "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"
        }),
        _ => return None,
    })
}

/// Bounds the parameters of an operation.
pub(super) fn bound(operation: &str, parameters: &mut [Value]) {
    for parameter in parameters {
        let text = |field: &str| parameter[field].as_str().unwrap_or_default().to_owned();
        let Some(schema) = schema(operation, &text("in"), &text("name")) else {
            continue;
        };
        if schema["type"] == "array" {
            parameter["style"] = "form".into();
            parameter["explode"] = false.into();
        }
        parameter["schema"] = schema;
    }
}

/// What a client may say of what it has already.
fn if_none_match() -> Value {
    json!({
        "name": "If-None-Match",
        "in": "header",
        "description": "The `ETag` of an earlier answer: 304 if nothing changed since.",
        // What is no tag is one that nothing bears.
        "schema": { "type": "string" }
    })
}

/// Adds the headers of an operation's answers, and what goes with them.
pub(super) fn add_headers(operation: &str, has_key: bool, at: &mut Value) {
    let reference = |name: &str| json!({ "$ref": format!("#/components/headers/{name}") });
    let is_list = operation == "listEvents"
        || at["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "cursor"));
    let is_tagged = TAGGED.contains(&operation);
    for status in ["200", "201"] {
        let Some(response) = at["responses"].get_mut(status) else {
            continue;
        };
        let own = response.get("headers").and_then(Value::as_object);
        let mut headers = own.cloned().unwrap_or_default();
        let mut add = |name: &str, component: &str, applies: bool| {
            if applies {
                headers.insert(name.to_owned(), reference(component));
            }
        };
        add("ETag", "ETag", is_tagged);
        add("Link", "Link", is_list);
        add("Location", "Location", status == "201" && LOCATED.contains(&operation));
        add("Idempotency-Replayed", "IdempotencyReplayed", has_key);
        if !headers.is_empty() {
            response["headers"] = headers.into();
        }
    }
    if is_tagged {
        at["responses"]["304"] = json!({
            "description": "Nothing changed since the answer that bore this tag.",
            "headers": { "ETag": reference("ETag") }
        });
        if !at["parameters"].is_array() {
            at["parameters"] = json!([]);
        }
        if let Some(parameters) = at["parameters"].as_array_mut() {
            parameters.push(if_none_match());
        }
    }
}

/// The headers that answers have.
pub(super) fn headers() -> Value {
    let header = |description: &str, schema: Value, required: bool| json!({ "description": description, "schema": schema, "required": required });
    let text = || json!({ "type": "string" });
    let headers = [
        ("ETag", "Which state this shows: the position of the last event in it.", text(), true),
        ("Link", "The next page, `rel=\"next\"` (RFC 8288); not on the last one.", text(), false),
        (
            "Location",
            "Where the thing that was made is.",
            json!({ "type": "string", "format": "uri-reference" }),
            true,
        ),
        (
            "IdempotencyReplayed",
            "That this is the first answer again: nothing was done now.",
            json!({ "type": "string", "const": "true" }),
            false,
        ),
        ("RetryAfter", "Seconds to wait.", json!({ "type": "integer", "minimum": 1 }), true),
        (
            "RateLimit",
            "What is left of each budget, and the seconds until more is (IETF draft); where there is one.",
            text(),
            false,
        ),
        ("RateLimitPolicy", "What each budget is: its size and its seconds.", text(), false),
        ("WwwAuthenticate", "The scheme by which to say who one is.", text(), true),
    ];
    let of = |(name, description, schema, required): (&str, &str, Value, bool)| {
        (name.to_owned(), header(description, schema, required))
    };
    headers.into_iter().map(of).collect::<Map<_, _>>().into()
}
