//! The story of the document's examples, told to a network: each request is accepted as it stands there, and
//! the answers are the document's.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::support::{ADMIN, Network};
use crate::openapi::examples::{filled, story};
use crate::wire::{TextScalar, Time};

/// What changes from run to run stands as one of these.
const TIME: &str = "2200-01-01T00:00:12.345678Z";
const SECRET: &str = "itn_0123456789abcdefghijklmnopqrstuv";
const SIGNING_SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3BxcnN0dXY=";

/// Methods and paths by operation.
fn routes() -> Map<String, Value> {
    let document = crate::openapi::base();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let of_method = |(method, operation): (&String, &Value)| {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            (id, json!({ "method": method.to_uppercase(), "path": path }))
        };
        item.as_object().unwrap().iter().map(of_method).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// The same every time: clocks and secrets are not.
fn settled(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(name, value)| settled(value, name)),
        Value::Array(items) => items.iter_mut().for_each(|value| settled(value, name)),
        Value::Number(_) if name == "durationMillis" => *value = json!(12),
        Value::String(text) if is_told_by_a_clock(text) => TIME.clone_into(text),
        Value::String(text) if text.starts_with("itn_") => SECRET.clone_into(text),
        Value::String(text) if text.starts_with("whsec_") => SIGNING_SECRET.clone_into(text),
        Value::String(text) if name == "messageId" => {
            let kind = text.rfind('-').map_or(text.len(), |at| at + 1);
            text.truncate(kind);
            text.push_str("0123456789abcdef");
        }
        _ => {}
    }
}

/// Whether it is a time that a clock told: those that the story says are days ahead of the network's.
fn is_told_by_a_clock(text: &str) -> bool {
    let is_ahead = text.starts_with("2200-01-0") && !text.starts_with("2200-01-01");
    // A deadline of some seconds from now has the fraction of now.
    let is_of_the_story = is_ahead && !text.contains('.');
    Time::read(text).is_some() && !is_of_the_story
}

#[tokio::test]
async fn the_examples_are_what_a_network_takes_and_answers() {
    let (began, network, routes) = (Instant::now(), Network::new(), routes());
    let mut kept =
        Map::from_iter([("key".to_owned(), json!(ADMIN)), ("run".to_owned(), json!("0001"))]);
    let (mut answers, mut refused) = (Map::new(), Vec::new());
    for step in story() {
        let step = filled(&step, &kept);
        let id = step["operation"].as_str().unwrap();
        let route = routes.get(id).unwrap_or_else(|| panic!("there is no operation {id}"));
        let mut path = route["path"].as_str().unwrap().to_owned();
        for (name, value) in step["path"].as_object().into_iter().flatten() {
            path = path.replace(&format!("{{{name}}}"), value.as_str().unwrap());
        }
        let query = step["query"].as_object().into_iter().flatten();
        let query: Vec<_> =
            query.map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
        let path = if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) };
        let method: Method = route["method"].as_str().unwrap().parse().unwrap();
        let mut ask = network.ask(method, &path);
        for (name, value) in step["headers"].as_object().into_iter().flatten() {
            ask = ask.header(name, value.as_str().unwrap());
        }
        if let Some(body) = step.get("body") {
            ask = ask.json(body);
        }
        if let Some(lines) = step["lines"].as_array() {
            ask = ask.lines(lines);
        }
        let status = step["status"].as_u64().unwrap();
        let answer = ask.send().await;
        if u64::from(answer.status.as_u16()) != status {
            refused.push(format!("{}: {}", step["name"], answer.text));
        }
        for (name, pointer) in step["keep"].as_object().into_iter().flatten() {
            let value = answer.json.pointer(pointer.as_str().unwrap());
            let Some(value) = value else {
                refused.push(format!("{}: no {pointer} in {}", step["name"], answer.text));
                continue;
            };
            kept.insert(name.clone(), value.clone());
        }
        let of_operation = answers.entry(id).or_insert_with(|| json!({}));
        let is_first = of_operation.get(status.to_string()).is_none();
        // The document does not hold itself, and an example of a problem is made of the table.
        if is_first && id != "openapi" && status < 400 && !answer.text.is_empty() {
            let mut shown = if answer.json.is_null() { json!(answer.text) } else { answer.json };
            settled(&mut shown, "");
            of_operation[status.to_string()] = shown;
        }
    }
    assert_eq!(refused, Vec::<String>::new());
    let took = began.elapsed();
    answers["openapi"]["200"] = json!({ "openapi": "3.1.0" });
    // What it measured is another at each run.
    answers["metrics"]["200"] = json!(
        "# HELP itn_build_info Always 1; its label says which version runs.\n\
         # TYPE itn_build_info gauge\nitn_build_info{version=\"0.1.0\"} 1\n"
    );
    network.audit().await;
    kept.insert("key".to_owned(), json!(SECRET));
    let made = format!("{:#}\n", json!({ "answers": answers, "kept": kept }));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/openapi/answers.json");
    if std::env::var_os("ITN_BLESS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    if took >= Duration::from_mins(1) {
        // A minute of network time has passed, and figures count by the minute.
        return;
    }
    let is_same = fs::read_to_string(&path).unwrap() == made;
    assert!(is_same, "answers.json is not what the network answers: run twice with ITN_BLESS=1");
}
