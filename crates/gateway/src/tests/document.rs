//! The `OpenAPI` document and the router hold each other.

use std::fs;
use std::path::Path;

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Network, hold, offer};
use crate::openapi::document;
use crate::problem::Code;

fn parsed() -> Value {
    serde_json::from_slice(&document().json).unwrap()
}

#[test]
fn the_document_is_the_one_that_is_kept() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = format!("{}\n", std::str::from_utf8(&document().json).unwrap());
    if std::env::var_os("ITN_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "openapi.json is not what the routes make: run again with ITN_BLESS=1");
}

#[test]
fn every_code_is_in_the_document() {
    let document = parsed();
    let codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].clone();
    let all: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
    assert_eq!(codes, json!(all));
    assert_eq!(document["openapi"], "3.1.0");
}

#[test]
fn every_reference_in_the_document_leads_somewhere() {
    fn walk(value: &Value, document: &Value) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(to)) = fields.get("$ref") {
                    let found = document.pointer(to.trim_start_matches('#'));
                    assert!(found.is_some(), "{to}");
                }
                fields.values().for_each(|value| walk(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, document)),
            _ => {}
        }
    }
    let document = parsed();
    walk(&document, &document);
}

/// The diagnosis knows these keywords, and no body may have another.
#[test]
fn bodies_have_only_keywords_that_the_diagnosis_knows() {
    const KNOWN: [&str; 19] = [
        "type",
        "properties",
        "required",
        "additionalProperties",
        "items",
        "oneOf",
        "anyOf",
        "$ref",
        "enum",
        "format",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
        "maxProperties",
        "description",
        "examples",
        // Told to clients, and checked by the format.
        "pattern",
        "minLength",
    ];
    fn check(schema: &Value, schemas: &Value) {
        for (keyword, value) in schema.as_object().unwrap() {
            assert!(KNOWN.contains(&keyword.as_str()) || keyword == "maxLength", "{keyword}");
            match keyword.as_str() {
                "properties" => value.as_object().unwrap().values().for_each(|v| check(v, schemas)),
                "items" => check(value, schemas),
                "additionalProperties" if value.is_object() => check(value, schemas),
                "oneOf" => {
                    let variants = value.as_array().unwrap();
                    assert!(variants.len() == 2 && variants.contains(&json!({ "type": "null" })));
                    for variant in variants {
                        check(variant, schemas);
                    }
                }
                "$ref" => {
                    let name = value.as_str().unwrap().rsplit('/').next().unwrap();
                    check(&schemas[name], schemas);
                }
                _ => {}
            }
        }
    }
    let document = parsed();
    let schemas = &document["components"]["schemas"];
    let mut bodies = 0;
    for item in document["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for content in operation["requestBody"]["content"].as_object().into_iter().flatten() {
                check(&content.1["schema"], schemas);
                bodies += 1;
            }
        }
    }
    assert_eq!(bodies, 23);
}

#[test]
fn bodies_refuse_unknown_fields_by_their_schema() {
    let document = parsed();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        let is_body = name.starts_with("New") || name.starts_with("Put") || name == "BulkLine";
        if is_body {
            assert_eq!(schema["additionalProperties"], json!(false), "{name}");
        }
    }
}

/// Every documented parameter of the query is known, and no other is.
#[tokio::test]
async fn the_parameters_of_the_document_are_those_of_the_routes() {
    let network = Network::founded().await;
    for (path, item) in parsed()["paths"].as_object().unwrap() {
        let Some(operation) = item.get("get").filter(|_| path.starts_with("/api/")) else {
            continue;
        };
        let path = path.replace("{stationId}", "ceres").replace(['{', '}'], "");
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
        let names: Vec<_> = query.map(|parameter| parameter["name"].as_str().unwrap()).collect();
        if names.is_empty() {
            continue;
        }
        let query: Vec<_> = names.iter().map(|name| format!("{name}=%00")).collect();
        let refused = network.get(&format!("{path}?{}&surely-not=1", query.join("&"))).await;
        let unknown: Vec<_> = refused
            .faults()
            .into_iter()
            .filter(|(_, code)| code == "unknown_parameter")
            .map(|(name, _)| name)
            .collect();
        assert_eq!(unknown, ["surely-not"], "{path}: {}", refused.text);
    }
}

/// What the document says that every answer has, those in lists have too.
#[tokio::test]
async fn items_of_lists_have_what_the_document_requires() {
    fn required(schema: &Value, document: &Value, names: &mut Vec<String>) {
        if let Some(Value::String(to)) = schema.get("$ref") {
            return required(
                document.pointer(to.trim_start_matches('#')).unwrap(),
                document,
                names,
            );
        }
        for part in ["allOf", "oneOf"].iter().filter_map(|word| schema.get(word)?.as_array()) {
            for schema in part {
                required(schema, document, names);
            }
        }
        let own = schema["required"].as_array().into_iter().flatten();
        names.extend(own.map(|name| name.as_str().unwrap().to_owned()));
    }
    let network = Network::founded().await;
    network
        .put("/api/vessels/red-star", json!({ "name": "R", "carrier": "acme" }))
        .await
        .expect(201);
    network.post("/api/offers", offer(1)).await.expect(201);
    network.post("/api/trades", hold(1)).await.expect(201);
    let booking = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": 2 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-03T00:00:00Z"
    });
    network.post("/api/cargo", booking).await.expect(201);
    let rule = json!({
        "kind": "stock", "station": "ceres", "commodity": "ore", "low": 1, "clear": 2
    });
    network.put("/api/alert-rules/ore", rule).await.expect(201);
    let document = parsed();
    for (path, schema) in [
        ("vessels", "Vessel"),
        ("offers", "Offer"),
        ("trades", "Trade"),
        ("cargo", "Shipment"),
        ("alerts", "Alert"),
        ("alert-rules", "AlertRule"),
    ] {
        let mut names = Vec::new();
        required(&document["components"]["schemas"][schema], &document, &mut names);
        assert!(!names.is_empty(), "{schema}");
        let listed = network.get(&format!("/api/{path}")).await.expect(200);
        let item = listed.json["items"][0].as_object().unwrap();
        let missing: Vec<_> = names.iter().filter(|name| !item.contains_key(*name)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{path}");
    }
}

#[tokio::test]
async fn the_document_is_served() {
    let network = Network::new();
    let ask = network.ask(Method::GET, "/openapi.json").without("authorization");
    let served = ask.send().await.expect(200);
    assert_eq!(served.header("content-type"), "application/json");
    assert_eq!(served.json, parsed());
}
