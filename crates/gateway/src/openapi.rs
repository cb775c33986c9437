//! The `OpenAPI` 3.1 document: made of the routes themselves, and what is common to all of them.

use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::problem::Code;
use crate::routes::{self, COOKIE_NAME};
use crate::shape::{Flaw, Schemas};
use crate::wire::{EventType, SnapshotKind, Topic, body};

/// The document, as it is served, and the schemas by which bodies are diagnosed.
pub(crate) struct Document {
    pub(crate) json: Bytes,
    pub(crate) schemas: Schemas,
}

/// The document of this program; made when it is first asked for.
pub(crate) fn document() -> &'static Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
        let document = build();
        let text = serde_json::to_vec_pretty(&document).unwrap_or_default();
        Document { json: text.into(), schemas: Schemas::of_document(&document) }
    });
    &DOCUMENT
}

/// What no route refers to by itself: the bodies that lines of bulk hold, the words of filters.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Intergalactic Trade Network",
        description = "Trades, cargo, inventory and live updates on one durable ledger.",
        license(name = "MIT", identifier = "MIT"),
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
        crate::wire::answer::RehearsalAnswer<'_>,
        crate::wire::ShipmentName,
        crate::wire::OrderWord,
    ))
)]
pub(crate) struct Base;

fn build() -> Value {
    let (_, document) = routes::documented().split_for_parts();
    let mut document = serde_json::to_value(&document).unwrap_or_default();
    let schemas = &mut document["components"]["schemas"];
    schemas["Problem"] = problem_schema();
    schemas["Fault"] = fault_schema();
    // What a derived schema cannot say: a price, or an offer and a limit.
    schemas["NewTradeLine"]["anyOf"] =
        json!([{ "required": ["unitPrice"] }, { "required": ["offer", "limitPrice"] }]);
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "An API key." },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": COOKIE_NAME,
            "description": "What POST /api/session gives a browser for an API key."
        }
    });
    document["components"]["responses"] = json!({
        "Problem": {
            "description": "Refused, or failed; `code` says why, `retryable` whether to try again.",
            "content": {
                "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } }
            }
        }
    });
    let Some(paths) = document["paths"].as_object_mut() else {
        return document;
    };
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    document
}

/// Adds to an operation what is common to all.
fn complete(path: &str, method: &str, operation: &mut Value) {
    operation["responses"]["default"] = json!({ "$ref": "#/components/responses/Problem" });
    if path.starts_with("/api/") && operation.get("security").is_none() {
        operation["security"] = json!([{ "key": [] }, { "session": [] }]);
    }
    // What these are is no fact of the ledger: nothing is rehearsed, and few have keys.
    let beside = ["/api/webhooks", "/api/session"];
    if method == "get" || beside.iter().any(|beside| path.starts_with(beside)) {
        return;
    }
    let parameters = operation
        .as_object_mut()
        .map(|fields| fields.entry("parameters").or_insert_with(|| json!([])));
    if let Some(Value::Array(parameters)) = parameters {
        parameters.push(json!({
            "name": "dryRun",
            "in": "query",
            "description": "`true`: answers 200 with a DryRun, the events that would be recorded, or \
                with the problem; changes nothing. Each line of bulk is decided by itself, as things \
                are now, whatever the lines before it would change, and is answered \
                `{\"line\": 1, \"status\": 200, \"dryRun\": true, \"events\": [types]}`.",
            "schema": { "type": "boolean" }
        }));
    }
    if path == "/api/events" {
        return;
    }
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(json!({
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Makes a retry safe: the same key and the same request act once, and \
                are answered alike, with `Idempotency-Replayed: true`. Past the window of the last \
                4,194,304 accepted keys, or without a key, a retry may act twice.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 }
        }));
    }
}

fn problem_schema() -> Value {
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457), with members of their own for some codes.",
        "required": ["type", "title", "status", "detail", "code", "retryable", "requestId"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "detail": { "type": "string" },
            "code": { "type": "string", "enum": codes },
            "retryable": {
                "type": "boolean",
                "description": "Whether the same request, unchanged, may do better later."
            },
            "errors": { "type": "array", "items": { "$ref": "#/components/schemas/Fault" } },
            "requestId": {
                "type": "string",
                "description": "What the server's log calls the request, and its answer's X-Request-Id: \
                    the request's own X-Request-Id, if it has the form, else the trace of its \
                    traceparent, else a new one."
            }
        }
    })
}

fn fault_schema() -> Value {
    let flaws: Vec<_> = Flaw::ALL.iter().map(|flaw| flaw.code()).collect();
    json!({
        "type": "object",
        "description": "One thing that is wrong, and where: in the body, a parameter or a header.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": { "type": "string", "description": "A JSON pointer (RFC 6901)." },
            "parameter": { "type": "string" },
            "header": { "type": "string" },
            "code": {
                "type": "string",
                "description": format!(
                    "Of shape: {}. Else the code of the problem itself.", flaws.join(", ")
                )
            },
            "detail": { "type": "string" }
        }
    })
}
