//! A line of bulk is answered as the single request is: each type of line, with every role.

use axum::http::Method;
use serde_json::{Value, json};

use super::given::{By, World};
use super::requests::{Wanted, request};
use super::rules::{Rule, rules};
use super::{answer, operations};

/// The type of the line for an operation, and the fields that its path has.
fn line_of(rule: &Rule, wanted: &Wanted) -> Option<Value> {
    let kind = match rule.operation {
        "POST /api/trades" => "trade",
        "POST /api/trades/{transactionId}/settle" => "settle",
        "POST /api/trades/{transactionId}/void" => "void",
        "POST /api/trades/{transactionId}/reverse" => "reverse",
        "POST /api/offers" => "offer",
        "DELETE /api/offers/{offerId}" => "offer_withdraw",
        "POST /api/transfers" => "transfer",
        "POST /api/cargo" => "shipment",
        "POST /api/cargo/{shipmentId}/events" => "shipment_event",
        "PUT /api/vessels/{id}" => "vessel",
        "PUT /api/alert-rules/{id}" => "alert_rule",
        "POST /api/inventory/{stationId}/adjustments" => "adjustment",
        "PUT /api/stations/{id}" => "station",
        "PUT /api/commodities/{id}" => "commodity",
        "PUT /api/traders/{id}" => "trader",
        "POST /api/traders/{id}/credits" => "credits",
        _ => return None,
    };
    let body = wanted.body.clone().unwrap_or_else(|| json!({}));
    let mut line = json!({ "type": kind, "data": body });
    if let Some(thing) = &wanted.thing {
        let field = match kind {
            "shipment_event" => "shipmentId",
            "adjustment" => "station",
            "credits" => "trader",
            _ => "id",
        };
        line[field] = json!(thing);
    }
    Some(line)
}

/// What both say of a refusal. Where in the request it lies is told in each one's own way.
fn refusal(told: &Value) -> Value {
    let mut told = told.clone();
    if let Some(fields) = told.as_object_mut() {
        // Lines leave out what the code says already.
        for field in ["line", "errors", "type", "title", "requestId"] {
            fields.remove(field);
        }
    }
    told
}

#[tokio::test]
async fn a_line_is_answered_as_the_single_request_is() {
    let world = World::new().await;
    let mut kinds: Vec<String> = Vec::new();
    let rules = rules();
    for rule in &rules {
        for by in By::WITH_KEY {
            let wanted = request(&world, rule, by);
            let Some(line) = line_of(rule, &wanted) else { continue };
            kinds.push(line["type"].as_str().unwrap().to_owned());
            for query in ["?dryRun=true", ""] {
                if query.is_empty() && rule.of(by) == "yes" {
                    // It would change what the next one finds.
                    continue;
                }
                let single = Wanted { path: format!("{}{query}", wanted.path), ..wanted.clone() };
                let single = answer(single.ask(&world, by)).await;
                let path = format!("/api/events{query}");
                let ask = world.ask(by, Method::POST, &path).lines(std::slice::from_ref(&line));
                let bulk = ask.send().await.expect(200);
                world.assert_hidden(by, &line.to_string(), &bulk.text);
                let told = &bulk.lines()[0];
                let place = format!("{} {} {query}", rule.name(), by.word());
                assert_eq!(told["status"], single.status.as_u16(), "{place}: {told}");
                if single.status.is_success() {
                    let events = single.json["events"].as_array().unwrap();
                    let types: Vec<_> = events.iter().map(|event| &event["type"]).collect();
                    assert_eq!(told["events"], json!(types), "{place}");
                } else {
                    assert_eq!(refusal(told), refusal(&single.json), "{place}");
                }
            }
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    let operations = operations().await;
    assert!(operations.contains_key("POST /api/events"));
    let served = world.network.get("/openapi.json").await.expect(200).json;
    let mut known: Vec<String> =
        serde_json::from_value(served["components"]["schemas"]["BulkType"]["enum"].clone())
            .unwrap();
    known.sort_unstable();
    assert_eq!(kinds, known, "every type of line is walked");
}
