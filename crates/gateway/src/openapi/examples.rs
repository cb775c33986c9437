//! Examples: requests of one story that is told to a real network by a test, and what that answered.
//!
//! The same story makes the Postman collection (`scripts/postman`).

use serde_json::{Map, Value, json};

use super::object;

/// The requests, in the order in which they can be made: an array of steps.
pub(crate) const STORY: &str = include_str!("story.json");
/// What a network answered: by operation and status, and what the steps kept for later ones.
const ANSWERS: &str = include_str!("answers.json");

/// The steps of the story.
pub(crate) fn story() -> Vec<Value> {
    serde_json::from_str(STORY).unwrap_or_default()
}

/// The same text with `{{name}}` filled in by what was kept.
pub(crate) fn filled(value: &Value, kept: &Map<String, Value>) -> Value {
    let text = kept.iter().fold(value.to_string(), |text, (name, value)| {
        let plain = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.replace(&format!("{{{{{name}}}}}"), &plain)
    });
    serde_json::from_str(&text).unwrap_or_default()
}

/// Adds to an operation its examples.
pub(super) fn add(operation: &str, at: &mut Value) {
    let answers = object(ANSWERS);
    let none = Map::new();
    let part = |name: &str| answers.get(name).and_then(Value::as_object).unwrap_or(&none);
    let steps = story();
    let own = steps.iter().filter(|step| step["operation"] == operation);
    for (number, step) in own.map(|step| filled(step, part("kept"))).enumerate() {
        add_parameters(&step, at);
        add_body(&step, number + 1, at);
    }
    let said = part("answers").get(operation).and_then(Value::as_object).unwrap_or(&none);
    for (status, answer) in said {
        let contents = at.pointer_mut(&format!("/responses/{status}/content"));
        for content in contents.and_then(Value::as_object_mut).into_iter().flatten() {
            if content.0 != "application/problem+json" {
                content.1["example"] = answer.clone();
            }
        }
    }
}

fn add_parameters(step: &Value, at: &mut Value) {
    for parameter in at["parameters"].as_array_mut().into_iter().flatten() {
        let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str())
        else {
            continue;
        };
        // Only what must be given: an example of a filter would be taken for a part of the request.
        let value = &step[place][name];
        if place == "path" && !value.is_null() && parameter.get("example").is_none() {
            let is_number = parameter["schema"]["type"] == "integer";
            let number = value.as_str().and_then(|text| text.parse::<u64>().ok());
            let number = number.filter(|_| is_number).map(Value::from);
            parameter["example"] = number.unwrap_or_else(|| value.clone());
        }
    }
}

fn add_body(step: &Value, number: usize, at: &mut Value) {
    let lines = step["lines"].as_array().map(|lines| {
        let lines: Vec<_> = lines.iter().map(Value::to_string).collect();
        Value::from(lines.join("\n") + "\n")
    });
    let Some(body) = lines.or_else(|| step.get("body").cloned()) else {
        return;
    };
    let contents = at.pointer_mut("/requestBody/content").and_then(Value::as_object_mut);
    for (_, content) in contents.into_iter().flatten() {
        let name = step["name"].as_str().unwrap_or_default();
        // By number: names of members have no order of their own.
        content["examples"][format!("step{number:02}")] = json!({ "summary": name, "value": body });
    }
}
