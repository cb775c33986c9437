//! The role walk: every operation of the document, with every role, two strangers, and those without
//! a good key. `rules.rs` is the table of who gets what; an operation without a line in it fails, and
//! so does a line without an operation.

mod alike;
mod bulk;
mod given;
mod queries;
mod requests;
mod rules;
mod streams;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::support::{Answer, Network};
use crate::openapi::document;
use given::{By, World};
use requests::{Wanted, request};
use rules::{Rule, rules};

/// The operations of the document that is served.
async fn operations() -> BTreeMap<String, Value> {
    let network = Network::new();
    let served = network.get("/openapi.json").await.expect(200).json;
    assert_eq!(served, serde_json::from_slice::<Value>(&document().json).unwrap());
    let paths = served["paths"].as_object().unwrap().clone();
    let of_path = |(path, item): (String, Value)| {
        let operations = item.as_object().unwrap().clone().into_iter();
        operations.map(move |(method, operation)| {
            (format!("{} {path}", method.to_uppercase()), operation)
        })
    };
    paths.into_iter().flat_map(of_path).collect()
}

#[tokio::test]
async fn every_operation_has_a_rule_and_every_rule_an_operation() {
    let operations: BTreeSet<_> = operations().await.into_keys().collect();
    let ruled: BTreeSet<_> = rules().iter().map(|rule| rule.operation.to_owned()).collect();
    let without: Vec<_> = operations.difference(&ruled).collect();
    assert_eq!(without, Vec::<&String>::new(), "have no rule in tests/walk/rules.rs");
    let beyond: Vec<_> = ruled.difference(&operations).collect();
    assert_eq!(beyond, Vec::<&String>::new(), "have a rule, and are not in the document");
    let mut cases: Vec<_> = rules().iter().map(Rule::name).collect();
    cases.sort_unstable();
    let count = cases.len();
    cases.dedup();
    assert_eq!(cases.len(), count, "a rule stands twice");
}

/// What it is answered, without what changes from one moment to the next.
fn still(json: &Value) -> Value {
    let mut json = json.clone();
    if let Some(fields) = json.as_object_mut() {
        fields.remove("time");
        fields.remove("asOf");
        if let Some(counts) = fields.get_mut("counts").and_then(Value::as_object_mut) {
            counts.remove("readers");
        }
    }
    json
}

/// What a list has; nothing if it is no list.
fn items(json: &Value) -> Option<&Vec<Value>> {
    ["items", "levels"].iter().find_map(|field| json.get(field)?.as_array())
}

/// Asks and reads the answer, but of a stream its head alone: it has no end.
async fn answer(ask: super::support::Ask) -> Answer {
    use http_body_util::BodyExt;
    let (parts, body) = ask.open().await.into_parts();
    let is_stream = parts.headers.get("content-type").is_some_and(|it| it == "text/event-stream");
    let bytes = if is_stream { "".into() } else { body.collect().await.unwrap().to_bytes() };
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let json = serde_json::from_str(&text).unwrap_or_default();
    Answer { status: parts.status, headers: parts.headers, json, text }
}

/// Whether it is what the table says, given what an administrator gets.
fn judge(gets: &str, answer: &Answer, admins: &Value) -> Result<(), String> {
    let (own, all) = (still(&answer.json), still(admins));
    let (items, all_items) = (items(&own), items(&all));
    let count = items.map_or(0, Vec::len);
    let all_count = all_items.map_or(0, Vec::len);
    let is_good = answer.status.is_success();
    let is_as_told = match gets {
        "all" => is_good && own == all,
        "some" => is_good && (1..all_count).contains(&count),
        "none" => is_good && items.is_some() && count == 0 && own["nextCursor"].is_null(),
        "part" => is_good && own != all && count == all_count,
        "yes" => is_good,
        status => {
            let status: u16 = status.parse().map_err(|_| format!("{status} is no rule"))?;
            let code = answer.json["code"].as_str().unwrap_or_default();
            answer.status == status
                && match status {
                    401 => code == "unauthenticated",
                    403 => code == "not_permitted",
                    404 | 422 => code.starts_with("unknown_"),
                    _ => !code.is_empty(),
                }
        }
    };
    if is_as_told {
        return Ok(());
    }
    Err(format!("should be {gets}, and is {}: {}", answer.status, answer.text))
}

/// Two worlds: one where anybody may read, and one where not.
struct Worlds {
    closed: World,
    open: World,
}

impl Worlds {
    async fn new() -> Self {
        Self { closed: World::new().await, open: World::open_to_anybody().await }
    }

    fn of(&self, by: By) -> &World {
        if by == By::Anybody { &self.open } else { &self.closed }
    }
}

/// Reads, and writes that are refused or only rehearsed: nothing changes.
#[tokio::test]
async fn everyone_gets_what_the_table_says() {
    let worlds = Worlds::new().await;
    let before = worlds.closed.network.sequence().await;
    let mut wrong = Vec::new();
    for rule in rules() {
        for by in By::ALL {
            let world = worlds.of(by);
            let wanted = request(world, &rule, by);
            let gets = rule.of(by);
            if wanted.is_write() && gets == "yes" && !wanted.is_of_ledger() {
                continue;
            }
            let asked = if wanted.is_write() && gets == "yes" {
                wanted.rehearse(world, by)
            } else {
                wanted.ask(world, by)
            };
            let got = answer(asked).await;
            world.assert_hidden(by, &wanted.said(), &got.text);
            let admins = if gets.parse::<u16>().is_ok() || gets == "yes" {
                Value::Null
            } else {
                answer(wanted.ask(world, By::Admin)).await.json
            };
            if let Err(told) = judge(gets, &got, &admins) {
                wrong.push(format!("{} {}: {told}", rule.name(), by.word()));
            }
            if let Err(told) = rehearsed(world, &wanted, by, gets, &got).await {
                wrong.push(format!("{} {}: {told}", rule.name(), by.word()));
            }
        }
    }
    assert_eq!(worlds.closed.network.sequence().await, before, "a refusal changed something");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A rehearsal of what is refused is refused in the same words.
async fn rehearsed(
    world: &World,
    wanted: &Wanted,
    by: By,
    gets: &str,
    refused: &Answer,
) -> Result<(), String> {
    if !wanted.is_of_ledger() || gets == "yes" {
        return Ok(());
    }
    let rehearsed = answer(wanted.rehearse(world, by)).await;
    let same = (rehearsed.status, &rehearsed.json) == (refused.status, &refused.json);
    if same { Ok(()) } else { Err(format!("rehearsed it is {}", rehearsed.text)) }
}

/// Each write that is allowed, in a network of its own.
#[tokio::test]
async fn whoever_may_write_does() {
    let mut wrong = Vec::new();
    let rules = rules();
    for rule in &rules {
        for by in By::ALL {
            if rule.of(by) != "yes" || rule.operation.starts_with("GET") {
                continue;
            }
            let world = World::new().await;
            let wanted = request(&world, rule, by);
            let before = world.network.sequence().await;
            let got = answer(wanted.ask(&world, by)).await;
            world.assert_hidden(by, &wanted.said(), &got.text);
            if let Err(told) = judge("yes", &got, &Value::Null) {
                wrong.push(format!("{} {}: {told}", rule.name(), by.word()));
            }
            let is_bulk = wanted.path.starts_with("/api/events");
            let recorded = world.network.sequence().await > before;
            if !is_bulk && recorded != wanted.is_of_ledger() {
                wrong.push(format!("{} {}: recorded is {recorded}", rule.name(), by.word()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A tag stands for one answer: a cache that has another caller's must not be told that it is good.
#[tokio::test]
async fn two_answers_never_have_the_same_tag() {
    let world = World::new().await;
    let mut wrong = Vec::new();
    let mut tagged = 0;
    for rule in rules().iter().filter(|rule| rule.operation.starts_with("GET /api/")) {
        let mut known: BTreeMap<String, (By, Value)> = BTreeMap::new();
        for by in By::WITH_KEY {
            let wanted = request(&world, rule, by);
            let got = answer(wanted.ask(&world, by)).await;
            let tag = got.header("etag").to_owned();
            if tag.is_empty() {
                continue;
            }
            tagged += 1;
            let again = wanted.ask(&world, by).header("if-none-match", &tag);
            assert_eq!(answer(again).await.status, 304, "{}", rule.name());
            let shown = still(&got.json);
            let (first, theirs) = known.entry(tag).or_insert_with(|| (by, shown.clone()));
            if *theirs != shown {
                let (one, other) = (first.word(), by.word());
                wrong.push(format!("{}: {one} and {other} have one tag", rule.name()));
            }
        }
    }
    assert!(tagged > 100, "{tagged}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The table is what it says: with an operation more, or one less, it is found out.
#[test]
fn the_judge_can_fail() {
    let answered = |status: u16, json: Value| {
        let text = json.to_string();
        let status = axum::http::StatusCode::from_u16(status).unwrap();
        Answer { status, headers: axum::http::HeaderMap::new(), json, text }
    };
    let two = json!({ "items": [1, 2], "nextCursor": null });
    let one = json!({ "items": [1], "nextCursor": null });
    let none = json!({ "items": [], "nextCursor": null });
    let more = json!({ "items": [], "nextCursor": "c1" });
    let denied = json!({ "code": "not_permitted" });
    for (gets, status, json, is_good) in [
        ("all", 200, &two, true),
        ("all", 200, &one, false),
        ("some", 200, &one, true),
        ("some", 200, &two, false),
        ("some", 200, &none, false),
        ("none", 200, &none, true),
        ("none", 200, &more, false),
        ("none", 200, &one, false),
        ("part", 200, &two, false),
        ("yes", 404, &one, false),
        ("403", 403, &denied, true),
        ("404", 403, &denied, false),
        ("401", 401, &denied, false),
    ] {
        let judged = judge(gets, &answered(status, json.clone()), &two);
        assert_eq!(judged.is_ok(), is_good, "{gets} {json}");
    }
}
