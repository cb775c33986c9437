//! Which problems an operation may answer: a closed table. Every answer that a test gets in process is
//! held against it, so that it cannot lag behind the handlers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::problem::{Code, Row};
use crate::shape::Flaw;

/// What an operation refuses beside what its kind does: about what its path names, and else.
///
/// Codes stand in the order of the checks of the rules, by their stable names.
const OWN: &[(&str, &str, &str)] = &[
    // Trades.
    (
        "createTrade",
        "",
        "same_party unknown_station unknown_trader unknown_commodity offer_closed offer_mismatch \
         price_moved offer_exceeded amount_overflow insufficient_stock insufficient_credits \
         limit_reached",
    ),
    (
        "listTrades",
        "",
        "unknown_station unknown_trader unknown_commodity history_rebuilding stopping",
    ),
    ("readTrade", "unknown_trade", "stopping"),
    (
        "settleTrade",
        "unknown_trade",
        "already_settled already_reversed hold_expired invalid_transition unknown_commodity \
         not_in_trade over_settlement insufficient_stock insufficient_credits limit_reached",
    ),
    (
        "voidTrade",
        "unknown_trade",
        "already_settled already_reversed hold_expired invalid_transition",
    ),
    (
        "reverseTrade",
        "unknown_trade",
        "already_reversed invalid_transition insufficient_stock insufficient_credits limit_reached",
    ),
    (
        "postOffer",
        "",
        "unknown_station unknown_trader unknown_commodity amount_overflow insufficient_stock \
         insufficient_credits limit_reached",
    ),
    ("listOffers", "", "unknown_station unknown_trader unknown_commodity"),
    ("readOffer", "offer_closed", "stopping"),
    ("withdrawOffer", "offer_closed", ""),
    (
        "transfer",
        "",
        "same_party unknown_station unknown_trader unknown_commodity insufficient_stock \
         insufficient_credits limit_reached",
    ),
    // Cargo.
    (
        "bookShipment",
        "",
        "same_party unknown_station unknown_trader unknown_vessel unknown_commodity over_capacity \
         insufficient_stock insufficient_credits limit_reached",
    ),
    (
        "listShipments",
        "",
        "unknown_station unknown_trader unknown_vessel unknown_commodity history_rebuilding stopping",
    ),
    ("readShipment", "unknown_shipment", "stopping"),
    (
        "reportShipment",
        "unknown_shipment",
        "invalid_transition on_hold unknown_commodity not_in_shipment amount_overflow over_receipt \
         vessel_busy limit_reached",
    ),
    ("listVessels", "", ""),
    ("putVessel", "", "unknown_trader limit_reached"),
    ("readVessel", "unknown_vessel", ""),
    // Alerts.
    (
        "listAlerts",
        "",
        "unknown_station unknown_trader unknown_commodity history_rebuilding stopping",
    ),
    ("readAlert", "unknown_alert", ""),
    ("acknowledgeAlert", "unknown_alert", ""),
    ("listAlertRules", "", ""),
    (
        "putAlertRule",
        "",
        "unknown_station unknown_trader unknown_commodity already_exists limit_reached",
    ),
    ("readAlertRule", "unknown_alert_rule", ""),
    ("deleteAlertRule", "unknown_alert_rule", ""),
    // Stock.
    ("listInventory", "", "unknown_trader unknown_commodity"),
    (
        "readInventory",
        "unknown_station",
        "unknown_trader unknown_commodity unknown_position limit_reached history_rebuilding stopping",
    ),
    (
        "adjustInventory",
        "unknown_station",
        "unknown_trader unknown_commodity count_stale amount_overflow insufficient_stock \
         limit_reached",
    ),
    // Reference data.
    ("listStations", "", ""),
    ("putStation", "", "unknown_trader already_exists limit_reached"),
    ("readStation", "unknown_station", ""),
    ("listCommodities", "", ""),
    ("putCommodity", "", "limit_reached"),
    ("readCommodity", "unknown_commodity", ""),
    ("listTraders", "", ""),
    ("putTrader", "", "already_exists limit_reached"),
    ("readTrader", "unknown_trader", "unknown_position history_rebuilding stopping"),
    ("changeCredits", "unknown_trader", "amount_overflow insufficient_credits"),
    ("listEntries", "unknown_trader", "history_rebuilding stopping"),
    // Events.
    ("ingest", "", "not_supported"),
    (
        "listEvents",
        "",
        "unknown_position unknown_station unknown_system unknown_trader unknown_commodity \
         unknown_vessel unknown_trade unknown_shipment history_rebuilding stopping",
    ),
    (
        "followEvents",
        "",
        "unknown_position unknown_station unknown_system unknown_trader unknown_commodity \
         unknown_vessel unknown_trade unknown_shipment overloaded too_many_readers stopping",
    ),
    ("createStreamToken", "", "too_many_stream_tokens"),
    // Webhooks.
    (
        "createWebhook",
        "",
        "url_refused unknown_station unknown_system unknown_trader unknown_commodity unknown_vessel \
         unknown_trade unknown_shipment unknown_position limit_reached key_reused key_required",
    ),
    ("listWebhooks", "", ""),
    ("readWebhook", "unknown_webhook", ""),
    (
        "changeWebhook",
        "unknown_webhook",
        "url_refused unknown_station unknown_system unknown_trader unknown_commodity unknown_vessel \
         unknown_trade unknown_shipment key_revoked",
    ),
    ("deleteWebhook", "unknown_webhook", "overloaded"),
    ("listDeliveries", "unknown_webhook", "overloaded"),
    ("rotateWebhookSecret", "unknown_webhook", "limit_reached"),
    ("replayWebhook", "unknown_webhook", "unknown_position unknown_event"),
    ("testWebhook", "unknown_webhook", "overloaded"),
    // Access.
    ("createKey", "", "unknown_trader already_exists limit_reached"),
    ("listKeys", "", ""),
    (
        "rotateKey",
        "unknown_key",
        "limit_reached key_ended already_rotated token_key last_admin_key",
    ),
    ("revokeKey", "unknown_key", "last_admin_key"),
    ("whoAmI", "", ""),
    (
        "signIn",
        "",
        "unauthenticated token_outdated no_access foreign_origin issuer_unavailable low_space stopping",
    ),
    ("signOut", "", "foreign_origin"),
    // Figures, and the network itself.
    ("readSummary", "", "analytics_rebuilding stopping"),
    (
        "readSeries",
        "",
        "unknown_station unknown_system unknown_commodity analytics_rebuilding stopping",
    ),
    ("readPrices", "", "unknown_station unknown_commodity analytics_rebuilding stopping"),
    ("readRankings", "", "analytics_rebuilding stopping"),
    ("readLanes", "", "unknown_station analytics_rebuilding stopping"),
    ("findRoutes", "", "unknown_commodity analytics_rebuilding stopping"),
    ("readNetwork", "", ""),
    ("audit", "", "stopping"),
    // The server.
    ("livez", "", ""),
    ("readyz", "", ""),
    ("metrics", "", ""),
    ("openapi", "", ""),
];

/// The media type of all of them.
const PROBLEM: &str = "application/problem+json";

/// Any answer may be one of these.
const ANY: &str = "internal too_many_connections";
/// Whoever must say who they are.
const OF_CALLERS: &str = "unauthenticated token_outdated not_permitted no_access foreign_origin \
                          issuer_unavailable low_space stopping";
/// Whatever reads a body.
const OF_BODIES: &str = "malformed_json malformed_encoding request_timeout body_too_large unsupported_media_type overloaded";
/// Whatever the ledger decides.
const OF_WRITES: &str = "overloaded low_space stopping outcome_unknown";

/// Answers that many operations share, by name: status and codes.
const SHARED: &[(&str, u16, &str)] = &[
    ("Malformed", 400, "malformed_json malformed_encoding"),
    ("Unauthenticated", 401, "unauthenticated token_outdated"),
    ("Forbidden", 403, "not_permitted no_access foreign_origin"),
    ("ForeignOrigin", 403, "foreign_origin"),
    ("RequestTimeout", 408, "request_timeout"),
    ("BodyTooLarge", 413, "body_too_large"),
    ("UnsupportedMediaType", 415, "unsupported_media_type"),
    ("Invalid", 422, "invalid_request"),
    ("InvalidOrReused", 422, "invalid_request key_reused"),
    ("Internal", 500, "internal"),
    ("TooManyConnections", 503, "too_many_connections"),
    (
        "Unavailable",
        503,
        "overloaded too_many_connections recovering issuer_unavailable low_space stopping",
    ),
    ("OutcomeUnknown", 504, "outcome_unknown"),
];

/// What tells kinds of operations from each other.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a question of its own, with answers of its own"
)]
pub(super) struct Kind {
    /// Whether it is part of the API proper.
    pub(super) is_of_api: bool,
    /// Whether it asks who calls.
    pub(super) has_caller: bool,
    /// Whether its path names something.
    pub(super) has_subject: bool,
    /// Whether it reads a body.
    pub(super) has_body: bool,
    /// Whether the ledger decides it.
    pub(super) is_write: bool,
    /// Whether it knows an idempotency key.
    pub(super) has_key: bool,
}

/// The problems of an operation, by status; `None` if the table does not know it.
pub(super) fn of(operation: &str, kind: &Kind) -> Option<BTreeMap<u16, Vec<&'static str>>> {
    let (_, in_path, otherwise) = *OWN.iter().find(|(name, ..)| *name == operation)?;
    let mut said = Vec::new();
    let mut say = |words: &'static str, applies: bool| {
        said.extend(words.split_whitespace().filter(|_| applies));
    };
    say(ANY, true);
    say("recovering invalid_request overloaded", kind.is_of_api);
    say(OF_CALLERS, kind.has_caller);
    say("unknown_route", kind.has_subject);
    say(OF_BODIES, kind.has_body);
    say(OF_WRITES, kind.is_write);
    say("key_reused", kind.has_key);
    say(otherwise, true);
    let paths: Vec<_> = in_path.split_whitespace().collect();
    // In the order of the table of codes.
    let mut by_status = BTreeMap::<u16, Vec<&'static str>>::new();
    for row in Code::ALL.iter().map(|code| code.row()) {
        // What every request may be told that comes too often.
        let is_of_rate = row.status == 429 && kind.is_of_api;
        if said.contains(&row.code) || is_of_rate {
            by_status.entry(row.status).or_default().push(row.code);
        }
        if paths.contains(&row.code) {
            by_status.entry(row.status_elsewhere).or_default().push(row.code);
        }
    }
    if operation == "followEvents" {
        // What is wrong with a handshake is wrong with its headers.
        by_status.entry(400).or_default().push("not_supported");
    }
    Some(by_status)
}

/// Adds the answers of these problems to those of an operation.
pub(super) fn add(problems: &BTreeMap<u16, Vec<&'static str>>, responses: &mut Map<String, Value>) {
    for (status, codes) in problems {
        let own = responses.get_mut(&status.to_string()).and_then(|own| own.get_mut("content"));
        if let Some(content) = own.and_then(Value::as_object_mut) {
            // It has an answer of its own of this status, too.
            content.insert(PROBLEM.to_owned(), content_of(*status, codes));
            continue;
        }
        let joined = codes.join(" ");
        let shared = SHARED.iter().find(|(_, of, words)| of == status && *words == joined);
        let response = match shared {
            Some((name, ..)) => json!({ "$ref": format!("#/components/responses/{name}") }),
            None => response(*status, codes),
        };
        responses.insert(status.to_string(), response);
    }
}

/// The answers that operations share.
pub(super) fn shared() -> Value {
    let response = |(name, status, words): &(&str, u16, &str)| {
        let codes: Vec<_> = words.split_whitespace().collect();
        ((*name).to_owned(), response(*status, &codes))
    };
    SHARED.iter().map(response).collect::<Map<_, _>>().into()
}

fn rows(codes: &[&str]) -> Vec<Row> {
    let all = Code::ALL.iter().map(|code| code.row());
    all.filter(|row| codes.contains(&row.code)).collect()
}

/// The body of an answer of this status with one of these codes.
fn content_of(status: u16, codes: &[&str]) -> Value {
    let example = rows(codes).first().map(|row| {
        json!({
            "type": format!("/problems/{}", row.code), "title": row.title, "status": status,
            "detail": row.title, "code": row.code, "retryable": row.retryable,
            "requestId": "bb5fa358f607-93"
        })
    });
    json!({
        "schema": { "allOf": [
            { "$ref": "#/components/schemas/Problem" },
            { "type": "object", "properties": {
                "status": { "const": status }, "code": { "enum": codes }
            } }
        ] },
        "example": example
    })
}

/// An answer of this status with one of these codes.
fn response(status: u16, codes: &[&str]) -> Value {
    let rows = rows(codes);
    let lines: Vec<_> =
        rows.iter().map(|row| format!("- `{}`: {}.", row.code, row.title)).collect();
    let mut headers = Map::new();
    let mut header = |name: &str, component: &str| {
        let place = format!("#/components/headers/{component}");
        headers.insert(name.to_owned(), json!({ "$ref": place }));
    };
    if rows.iter().all(|row| row.retryable) {
        header("Retry-After", "RetryAfter");
    }
    if status == 429 {
        header("RateLimit", "RateLimit");
        header("RateLimit-Policy", "RateLimitPolicy");
    }
    if status == 401 {
        header("WWW-Authenticate", "WwwAuthenticate");
    }
    let mut response = json!({
        "description": lines.join("\n"),
        "content": { PROBLEM: content_of(status, codes) }
    });
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
    response
}

/// What every problem is.
pub(super) fn problem_schema() -> Value {
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
    json!({
        "type": "object",
        "description": "Problem details (RFC 9457), with members of their own for some codes.",
        "required": ["type", "title", "status", "detail", "code", "retryable", "requestId"],
        "properties": {
            "type": { "type": "string", "description": "`/problems/` and the code." },
            "title": { "type": "string", "description": "The code in words." },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string", "description": "What is so here, in words." },
            "code": {
                "type": "string",
                "description": "Stable, and never reused for anything else.",
                "enum": codes
            },
            "retryable": {
                "type": "boolean",
                "description": "Whether the same request, unchanged, may do better later."
            },
            "errors": {
                "type": "array",
                "description": "All that is wrong with the request's shape; or what the state refuses.",
                "items": { "$ref": "#/components/schemas/Fault" }
            },
            "requestId": {
                "type": "string",
                "description": "What the server's log calls the request, and its answer's X-Request-Id: \
                    the request's own X-Request-Id, if it has the form, else the trace of its \
                    traceparent, else a new one."
            }
        }
    })
}

/// One thing that is wrong with a request.
pub(super) fn fault_schema() -> Value {
    let flaws: Vec<_> = Flaw::ALL.iter().map(|flaw| flaw.code()).collect();
    json!({
        "type": "object",
        "description": "One thing that is wrong, and where: in the body, a parameter or a header.",
        "required": ["code", "detail"],
        "properties": {
            "pointer": { "type": "string", "description": "A JSON pointer (RFC 6901)." },
            "parameter": { "type": "string", "description": "Of the path or the query." },
            "header": { "type": "string", "description": "A header's name." },
            "code": {
                "type": "string",
                "description": format!(
                    "Of shape: {}. Else the code of the problem itself.", flaws.join(", ")
                )
            },
            "detail": { "type": "string", "description": "What is wrong, in words." }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_codes_that_are_known_and_each_operation_once() {
        let known: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
        let kinds = [ANY, OF_CALLERS, OF_BODIES, OF_WRITES];
        let own = OWN.iter().flat_map(|(_, in_path, otherwise)| [*in_path, *otherwise]);
        let shared = SHARED.iter().map(|(_, _, words)| *words);
        for word in own.chain(kinds).chain(shared).flat_map(str::split_whitespace) {
            assert!(known.contains(&word), "{word}");
        }
        let mut names: Vec<_> = OWN.iter().map(|(name, ..)| *name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
