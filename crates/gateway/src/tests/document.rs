//! The `OpenAPI` document and the router hold each other.

use std::fs;
use std::path::Path;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::http::{Method, Uri};
use serde_json::{Value, json};

use super::support::{Answer, Network, hold as held, offer};
use crate::openapi::{base, document};
use crate::problem::Code;

fn parsed() -> &'static Value {
    static PARSED: LazyLock<Value> =
        LazyLock::new(|| serde_json::from_slice(&document().json).unwrap());
    &PARSED
}

/// The operation that the document has for a request.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let fits = |template: &&String| {
        let (mut wanted, mut given) = (template.split('/'), path.split('/'));
        let same = wanted.by_ref().zip(given.by_ref());
        same.into_iter().all(|(wanted, given)| wanted == given || wanted.starts_with('{'))
            && template.split('/').count() == path.split('/').count()
    };
    let paths = parsed()["paths"].as_object().unwrap();
    let template = paths.keys().find(fits)?;
    paths[template].get(method.as_str().to_lowercase())
}

/// Fails where an answer is none that the document has for the operation: every answer that a test gets
/// goes through here, so that the document says of each all that it may answer.
#[track_caller]
pub(crate) fn hold(method: &Method, uri: &Uri, answer: &Answer) {
    let Some(operation) = operation(method, uri.path()) else {
        return;
    };
    let (id, status) = (&operation["operationId"], answer.status.as_u16());
    let mut response = &operation["responses"][status.to_string()];
    if let Some(place) = response["$ref"].as_str() {
        response = parsed().pointer(place.trim_start_matches('#')).unwrap();
    }
    assert!(response.is_object(), "{id} answers {status}, says no document: {}", answer.text);
    let type_of = answer.header("content-type").split(';').next().unwrap_or_default();
    if let Some(contents) = response["content"].as_object() {
        assert!(contents.contains_key(type_of), "{id} answers {status} as {type_of}");
    }
    if type_of == "application/problem+json" {
        let codes =
            &response["content"][type_of]["schema"]["allOf"][1]["properties"]["code"]["enum"];
        let known = codes.as_array().is_some_and(|codes| codes.contains(&answer.json["code"]));
        assert!(known, "{id} answers {status} {}: not in openapi/problems.rs", answer.json["code"]);
    }
    let said = response["headers"].as_object();
    let told = |name: &str| said.is_some_and(|said| said.contains_key(name));
    for name in ["ETag", "Link", "Location", "Idempotency-Replayed", "Retry-After"] {
        let is_there = answer.headers.contains_key(name);
        assert!(!is_there || told(name), "{id} answers {status} with an undocumented {name}");
    }
    for (name, header) in said.into_iter().flatten() {
        let place = header["$ref"].as_str().unwrap_or_default().trim_start_matches('#');
        let is_required = parsed().pointer(place).is_some_and(|header| header["required"] == true);
        let is_there = answer.headers.contains_key(name);
        assert!(is_there || !is_required, "{id} answers {status} without {name}");
    }
}

#[test]
fn every_operation_says_what_it_may_answer_and_has_an_example() {
    let mut untold = Vec::new();
    for (path, item) in parsed()["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("500"), "{id} has no row in openapi/problems.rs");
            // Without end, so that no story can have it.
            if id == "followEvents" {
                continue;
            }
            let examples =
                responses.values().filter_map(|response| response["content"].as_object());
            let has_example = examples.flatten().any(|(media, content)| {
                !media.contains("problem") && content["example"] != json!(null)
            });
            let is_empty = responses.contains_key("204");
            if !has_example && !is_empty {
                untold.push(format!("{method} {path} ({id})"));
            }
            let body = operation["requestBody"]["content"].as_object();
            for (_, content) in body.into_iter().flatten() {
                assert!(content["examples"].is_object(), "{id} has no step with a body");
            }
        }
    }
    assert_eq!(untold, Vec::<String>::new(), "not in openapi/story.json");
}

#[test]
fn every_code_is_some_operations_or_of_no_operation() {
    // Of paths and methods that are none of the document's; of clients that are told by a stream.
    let of_none = ["unknown_route", "method_not_allowed"];
    let text = parsed().to_string();
    for code in Code::ALL.iter().map(|code| code.row().code) {
        // Once in the list of all codes, and once more where an operation answers it.
        let is_told = text.matches(&format!("\"{code}\"")).count() > 1;
        assert!(is_told || of_none.contains(&code), "no operation answers {code}");
    }
}

#[test]
fn every_parameter_is_bounded_and_described() {
    let mut bare = BTreeSet::new();
    for item in parsed()["paths"].as_object().unwrap().values() {
        for operation in item.as_object().unwrap().values() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let (name, schema) = (&parameter["name"], &parameter["schema"]);
                assert!(
                    parameter["description"].is_string(),
                    "{name} of {}",
                    operation["operationId"]
                );
                if schema == &json!({ "type": "string" }) && name != "If-None-Match" {
                    bare.insert(name.to_string());
                }
            }
        }
    }
    assert_eq!(bare, BTreeSet::new(), "without bounds in openapi/parameters.rs");
}

#[test]
fn the_document_is_the_one_that_is_kept() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
    let made = format!("{:#}\n", parsed());
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
    walk(parsed(), parsed());
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
    let document = base();
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
    network.post("/api/trades", held(1)).await.expect(201);
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
        required(&document["components"]["schemas"][schema], document, &mut names);
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
    assert_eq!(&served.json, parsed());
}
