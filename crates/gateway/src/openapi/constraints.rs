//! What a derived schema cannot say: fields that go together, and which of them a word asks for.
//!
//! Told to clients alone. The server checks the same in code, and says what is wrong in better words than
//! a schema could; a test (schemathesis) holds the two to each other.

use serde_json::{Map, Value};

use super::object;

/// By schema, what is added to it.
const CONSTRAINTS: &str = include_str!("constraints.json");

/// Adds to each schema what it cannot say by itself.
pub(super) fn add(schemas: &mut Value) {
    for (name, more) in object(CONSTRAINTS) {
        if let Some(schema) = schemas.get_mut(&name) {
            // The diagnosis asks for the sets of fields of this one by `anyOf`; this says it all.
            if name == "NewTradeLine"
                && let Some(fields) = schema.as_object_mut()
            {
                fields.remove("anyOf");
            }
            merge(schema, more);
        }
    }
}

/// Puts the fields of one object into another, down to what is no object.
fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            for (name, value) in more {
                merge(into.entry(name).or_insert_with(|| Value::Object(Map::new())), value);
            }
        }
        (into, more) => *into = more,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_constraint_is_of_a_schema_and_of_its_fields() {
        let document = crate::openapi::base();
        for (name, more) in object(CONSTRAINTS) {
            let schema = &document["components"]["schemas"][&name];
            assert!(schema.is_object(), "{name}");
            let variants = ["oneOf", "anyOf"].iter().filter_map(|word| more[*word].as_array());
            for part in variants.flatten().chain([&more]) {
                for field in part["properties"].as_object().into_iter().flat_map(Map::keys) {
                    assert!(schema["properties"][field].is_object(), "{name}.{field}");
                }
            }
        }
    }
}
