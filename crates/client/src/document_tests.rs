//! Holds the client to the API's document, which the gateway's tests hold to its routes.

use serde_json::{Map, Value, json};

use crate::types::again;

const DOCUMENT: &str = include_str!("../../gateway/openapi.json");
const CALLS: &str = include_str!("calls.rs");

/// Operations without a method of their name, and why.
const LEFT_OUT: [(&str, &str); 8] = [
    ("ingest", "`Client::bulk`"),
    ("followEvents", "`Client::follow`"),
    ("signIn", "a browser's session is a cookie; programs have keys"),
    ("signOut", "a browser's session is a cookie; programs have keys"),
    ("livez", "for supervisors"),
    ("readyz", "for supervisors"),
    ("metrics", "for Prometheus"),
    ("openapi", "the document itself"),
];

fn document() -> Value {
    serde_json::from_str(DOCUMENT).unwrap()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[test]
fn every_operation_has_a_method_or_a_reason() {
    let document = document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Some(id) = operation["operationId"].as_str() else { continue };
            if LEFT_OUT.iter().any(|(left_out, _)| *left_out == id) {
                continue;
            }
            let told = format!("/// `{} {path}`.", method.to_uppercase());
            let (_, rest) = CALLS.split_once(&told).unwrap_or_else(|| {
                panic!("{id} has no method: run scripts/client-calls, or say in LEFT_OUT why")
            });
            let (_, name) = rest.split_once(" fn ").unwrap();
            assert!(name.starts_with(&format!("{}(", snake(id))), "{id}: {name:.40}");
        }
    }
}

/// An instance of a schema, with all that it may have or only what it must.
fn instance(document: &Value, schema: &Value, is_full: bool) -> Value {
    if let Some(name) = reference(schema) {
        return instance(document, &document["components"]["schemas"][name], is_full);
    }
    if let Some(word) = schema["enum"].get(0) {
        return word.clone();
    }
    let mut made = Map::new();
    if let Some(parts) = schema["allOf"].as_array() {
        for part in parts {
            match instance(document, part, is_full) {
                // A later part may only narrow what an earlier one said.
                Value::Object(fields) => {
                    fields.into_iter().for_each(|(name, of)| _ = made.entry(name).or_insert(of));
                }
                scalar => return scalar,
            }
        }
        return made.into();
    }
    // Beside fields, choices only say which of them go together.
    let has_fields = schema["type"] == "object";
    if let Some(choices) = schema["oneOf"].as_array().filter(|_| !has_fields) {
        return instance(document, &choices[0], is_full);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds[0].as_str(),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") if schema["format"] == "date-time" => json!("2200-01-01T00:00:00Z"),
        Some("string") => json!("x"),
        Some("integer") => json!(schema["minimum"].as_i64().unwrap_or(0).max(1)),
        Some("number") => json!(1.5),
        Some("boolean") => json!(true),
        Some("array") => json!([instance(document, &schema["items"], is_full)]),
        _ => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for (name, field) in schema["properties"].as_object().into_iter().flatten() {
                if is_full || required.contains(&json!(name)) {
                    made.insert(name.clone(), instance(document, field, is_full));
                }
            }
            if let Some(more) = schema.get("additionalProperties").filter(|more| more.is_object()) {
                made.insert("x".to_owned(), instance(document, more, is_full));
            }
            made.into()
        }
    }
}

fn reference(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.rsplit('/').next()
}

#[test]
fn every_schema_comes_through_its_type_whole() {
    let document = document();
    let mut checked = 0;
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        for is_full in [true, false] {
            let instance = instance(&document, schema, is_full);
            let Some(came) = again(name, &instance.to_string()) else { continue };
            checked += 1;
            let came = came.unwrap_or_else(|error| panic!("{name}: {error}: {instance}"));
            assert_eq!(came, instance, "{name}");
        }
    }
    assert!(checked > 150, "{checked}");
}

#[test]
fn what_is_new_does_no_harm() {
    let document = document();
    let mut trade = instance(&document, &document["components"]["schemas"]["Trade"], true);
    trade["aFieldOfTomorrow"] = json!({ "a": [1] });
    trade["status"] = json!("refunded");
    let came: crate::Trade = serde_json::from_value(trade).unwrap();
    assert_eq!(came.status, crate::TradeStatus::Unknown("refunded".to_owned()));
    assert_eq!(came.status.to_string(), "refunded");
}

#[test]
fn every_example_of_an_answer_is_understood() {
    fn examples<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        let Value::Object(fields) = value else {
            value.as_array().into_iter().flatten().for_each(|value| examples(value, found));
            return;
        };
        if let Some(name) = fields.get("schema").and_then(reference) {
            found.extend(fields.get("example").map(|example| (name, example)));
            let several = fields.get("examples").and_then(Value::as_object);
            let values =
                several.into_iter().flatten().filter_map(|(_, example)| example.get("value"));
            found.extend(values.map(|value| (name, value)));
        }
        fields.values().for_each(|value| examples(value, found));
    }
    let document = document();
    let mut found = Vec::new();
    examples(&document["paths"], &mut found);
    for (name, example) in found {
        if let Some(Err(error)) = again(name, &example.to_string()) {
            panic!("{name}: {error}: {example}");
        }
    }
}
