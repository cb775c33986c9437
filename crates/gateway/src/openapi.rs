//! The `OpenAPI` 3.1 document: made of the routes themselves, and what is common to all of them.

mod constraints;
pub(crate) mod examples;
mod parameters;
mod problems;

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use utoipa::OpenApi;

use crate::routes::{self, COOKIE_NAME};
use crate::shape::Schemas;
use crate::wire::{EventType, SnapshotKind, Topic, body};

/// Lines of JSON.
const NDJSON: &str = "application/x-ndjson";
/// Server-Sent Events.
const EVENT_STREAM: &str = "text/event-stream";

/// The document, as it is served, and the schemas by which bodies are diagnosed.
pub(crate) struct Document {
    pub(crate) json: Bytes,
    pub(crate) schemas: Schemas,
}

/// The document of this program; made when it is first asked for.
pub(crate) fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
        let mut document = base();
        let schemas = Schemas::of_document(&document);
        complete(&mut document);
        let text = serde_json::to_vec(&document).unwrap_or_default();
        Document { json: text.into(), schemas }
    });
    &DOCUMENT
}

/// What no route refers to by itself: the bodies that lines of bulk hold, the words of filters.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Intergalactic Trade Network",
        description = "Trades, cargo, inventory and live updates on one durable ledger.\n\n\
            **Answers.** A 2xx means the change is on disk, and whoever got it reads their own write. \
            Every refusal is a problem (RFC 9457) with a stable `code` and, as `retryable`, whether to \
            try again. What a key may not see is not there for it: 404.\n\n\
            **Amounts** are whole numbers from 0 to 2^53-1, **times** RFC 3339 in UTC, **names** that \
            clients choose match `[A-Za-z0-9._-]{1,64}`. Unknown fields and parameters are refused.\n\n\
            **Writes** take an `Idempotency-Key`, which makes a retry safe, and `dryRun=true`, which \
            only says what would happen.\n\n\
            **Reads** say as `asOf` and by `ETag` which state they show. **Lists** go on by \
            `nextCursor`, and by `Link`.",
        contact(name = "The project's own docs", url = "/docs"),
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "The server that this document came from.")),
    tags(
        (name = "trades", description = "Goods against credits at a station: at once, or held first and settled later."),
        (name = "offers", description = "Posted prices: what they promise is reserved, and trades take them."),
        (name = "cargo", description = "Goods between stations: booked, under way, received."),
        (name = "vessels", description = "What carries shipments."),
        (name = "inventory", description = "Stock by station, commodity and owner: what is there, and what changes it outside of trades."),
        (name = "stations", description = "Places. Each is a trader of the same name, too."),
        (name = "commodities", description = "Goods."),
        (name = "traders", description = "Parties and their credits: issued, given, and the statement of each."),
        (name = "alerts", description = "What is wrong now, and the rules that say what is."),
        (name = "events", description = "All that happened, by cursor or live; and many commands at once."),
        (name = "webhooks", description = "Events, sent to a URL of yours: signed, in order, at least once."),
        (name = "analytics", description = "Figures of what happened: kept as it happens, never scanned for."),
        (name = "access", description = "Keys, sessions of browsers, and who one is."),
        (name = "network", description = "The network itself: its clock, its bounds, and the proof that nothing was made of nothing."),
        (name = "operations", description = "Of the server: whether it lives, whether it is ready, and this document.")
    ),
    components(schemas(
        Topic,
        EventType,
        SnapshotKind,
        body::FilterBody,
        body::TradeBody,
        body::BookingBody,
        body::ReportBody,
        body::AdjustmentBody,
        body::StationBody,
        body::CommodityBody,
        body::TraderBody,
        body::VesselBody,
        body::AlertRuleBody,
        body::CreditsBody,
        body::KeyBody,
        body::OfferBody,
        body::TransferBody,
        body::WithdrawalBody,
        body::SettlementBody,
        body::VoidBody,
        body::ReversalBody,
        crate::wire::OfferName,
        crate::wire::TradeName,
        crate::wire::answer::RehearsalAnswer<'_>,
        crate::wire::ShipmentName,
        crate::wire::OrderWord,
    ))
)]
pub(crate) struct Base;

/// The document as the routes make it: by this bodies are diagnosed.
pub(crate) fn base() -> Value {
    let (_, document) = routes::documented().split_for_parts();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    // What a derived schema cannot say: a price, or an offer and a limit.
    schemas["NewTradeLine"]["anyOf"] =
        json!([{ "required": ["unitPrice"] }, { "required": ["offer", "limitPrice"] }]);
    document
}

/// The fields of a JSON object that is part of the program.
fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// Adds what clients are told beside.
fn complete(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = problems::problem_schema();
    schemas["Fault"] = problems::fault_schema();
    schemas["BulkResult"] = bulk_result_schema();
    constraints::add(schemas);
    refer_to_items(schemas);
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "An API key; or, where the operator trusts an OpenID Connect issuer, a JWT of it." },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE_NAME,
            "description": "What POST /api/session gives a browser for an API key."
        }
    });
    document["components"]["responses"] = problems::shared();
    document["components"]["headers"] = parameters::headers();
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete_operation(path, method, operation);
        }
    }
}

/// What is sent in lines or as a stream is a text to JSON Schema.
fn tell_lines(operation: &mut Value) {
    let content = |place: &str, operation: &mut Value, media: &str, of: &str| {
        let media_at = format!("{place}/content/{}", media.replace('/', "~1"));
        if let Some(content) = operation.pointer_mut(&media_at) {
            in_lines(content, media, of);
        }
    };
    content("/requestBody", operation, NDJSON, "BulkLine");
    if let Some(lines) = operation.pointer_mut("/requestBody/content/application~1x-ndjson/schema")
    {
        // At least one line has something.
        lines["pattern"] = "[!-~]".into();
    }
    content("/responses/200", operation, NDJSON, "BulkResult");
    content("/responses/200", operation, EVENT_STREAM, "CloudEvent");
}

fn in_lines(content: &mut Value, media: &str, of: &str) {
    let each = if media == NDJSON { "Lines, each a" } else { "Messages, the data of each a" };
    content["schema"] = json!({
        "type": "string",
        "description": format!("{each} {of}."),
        "contentMediaType": media,
        "contentSchema": { "$ref": format!("#/components/schemas/{of}") }
    });
}

/// A line of the answer of bulk.
fn bulk_result_schema() -> Value {
    json!({
        "type": "object",
        "description": "What became of a line: what the single request would be answered, in short; \
            or its problem, without `type` and `title`. With `results=failures` the last line has \
            counts alone.",
        "properties": {
            "line": { "type": "integer", "minimum": 1, "description": "Which one, from 1." },
            "status": { "type": "integer", "description": "As the single request's." },
            "id": { "type": "string", "description": "Of what was made, changed or named." },
            "sequence": { "type": "integer", "description": "Of its event." },
            "replayed": { "type": "boolean", "description": "That this was done before." },
            "code": { "type": "string", "description": "The problem's." },
            "detail": { "type": "string", "description": "The problem's." },
            "retryable": { "type": "boolean", "description": "The problem's." },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" } }
        }
    })
}

/// Lists have their items' schemas by name, not once more in full.
fn refer_to_items(schemas: &mut Value) {
    let Some(schemas) = schemas.as_object_mut() else {
        return;
    };
    let names: Vec<_> = schemas.keys().cloned().collect();
    for (list, item) in names.iter().filter_map(|name| Some((name, name.strip_prefix("List_")?))) {
        if names.iter().any(|name| name == item)
            && let Some(list) = schemas.get_mut(list)
        {
            list["properties"]["items"]["items"] =
                json!({ "$ref": format!("#/components/schemas/{item}") });
        }
    }
}

/// Adds to an operation what is common to all of its kind.
fn complete_operation(path: &str, method: &str, operation: &mut Value) {
    // For programs, too, and asked for with a key.
    let is_of_api = path.starts_with("/api/") || path == "/metrics";
    if operation.get("security").is_none() {
        operation["security"] =
            if is_of_api { json!([{ "key": [] }, { "session": [] }]) } else { json!([]) };
    }
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    // What these are is no fact of the ledger: nothing is rehearsed, and few have keys.
    let beside = ["/api/webhooks", "/api/session", "/api/stream-tokens"];
    let is_write =
        is_of_api && method != "get" && !beside.iter().any(|beside| path.starts_with(beside));
    if operation.get("parameters").is_none() {
        operation["parameters"] = json!([]);
    }
    if is_write {
        add_write_parameters(path, operation);
    }
    let has_key = operation["parameters"]
        .as_array()
        .is_some_and(|all| all.iter().any(|parameter| parameter["name"] == "Idempotency-Key"));
    let kind = problems::Kind {
        is_of_api,
        has_caller: is_of_api && path != "/api/session",
        has_subject: path.contains('{'),
        has_body: operation.get("requestBody").is_some(),
        is_write,
        has_key,
    };
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters::bound(&id, parameters);
    }
    tell_lines(operation);
    parameters::add_headers(&id, has_key, operation);
    // An operation that the table does not know has none, and a test says so.
    let problems = problems::of(&id, &kind).unwrap_or_default();
    if let Some(responses) = operation["responses"].as_object_mut() {
        problems::add(&problems, responses);
    }
    examples::add(&id, operation);
}

fn add_write_parameters(path: &str, operation: &mut Value) {
    let is_bulk = path == "/api/events";
    if !is_bulk {
        // A write with `dryRun=true` is answered with what would be recorded.
        let rehearsal = json!({ "$ref": "#/components/schemas/DryRun" });
        let schema = &mut operation["responses"]["200"]["content"]["application/json"]["schema"];
        *schema = match schema.take() {
            Value::Null => rehearsal,
            answer => json!({ "anyOf": [answer, rehearsal] }),
        };
        let description = &mut operation["responses"]["200"]["description"];
        let said = description.as_str().map(|said| format!("{said} Or, of a dry run, its events."));
        *description = said.unwrap_or_else(|| "Of a dry run: its events.".to_owned()).into();
    }
    let Some(parameters) = operation["parameters"].as_array_mut() else {
        return;
    };
    parameters.push(json!({
        "name": "dryRun",
        "in": "query",
        "description": "`true`: answers 200 with a DryRun, the events that would be recorded, or \
            with the problem; changes nothing. Each line of bulk is decided by itself, as things \
            are now, whatever the lines before it would change, and is answered \
            `{\"line\": 1, \"status\": 200, \"dryRun\": true, \"events\": [types]}`.",
        "schema": { "type": "boolean" }
    }));
    if !is_bulk {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Makes a retry safe: the same key and the same request act once, and \
                are answered alike, with `Idempotency-Replayed: true`. Past the window of the last \
                4,194,304 accepted keys, or without a key, a retry may act twice.",
            "schema": { "type": "string" }
        }));
    }
}
