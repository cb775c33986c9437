//! Parameters of lists never widen what is seen: no filter, no cursor of somebody else's.

use std::collections::BTreeSet;

use axum::http::Method;
use serde_json::Value;

use super::given::{By, World};
use super::{items, operations};

/// A value of each parameter that narrows, which names what strangers have no part in.
fn value(world: &World, path: &str, name: &str) -> Option<String> {
    let text = match name {
        "station" | "origin" | "stationId" => "ceres",
        "destination" => "mars-port",
        "commodity" => "water-ice",
        "system" => "sol",
        "trader" | "owner" => "acme",
        "carrier" => "red-star",
        "vessel" => "hauler",
        "actor" => "miner-bot",
        "trade" => world.thing("trade"),
        "shipment" => world.thing("shipment"),
        "reference" => "reference-of-acme",
        "status" if path == "/api/alerts" => "firing",
        "status" if path == "/api/cargo" => "loading",
        "status" => "pending",
        "kind" => "stock_low",
        "severity" => "info",
        "topic" => "trade,shipment,alert,credits,key",
        "type" => "trade.settled,credits.issued",
        "side" => "sell",
        "by" if path.starts_with("/api/inventory") => "owner",
        "minAvailable" => "1",
        "delayed" | "onHold" => "false",
        "from" => "2200-01-01T00:00:00Z",
        "to" => "2300-01-01T00:00:00Z",
        "asOf" => world.thing("then"),
        "order" => "oldest",
        "after" => "0",
        // These do not narrow.
        "cursor" | "limit" => return None,
        other => panic!("{path} has a parameter that is not walked: {other}"),
    };
    Some(text.to_owned())
}

/// Lists, with the names of their parameters.
async fn lists(world: &World) -> Vec<(String, Vec<String>)> {
    let mut lists = Vec::new();
    for (operation, described) in operations().await {
        let Some(path) = operation.strip_prefix("GET ") else { continue };
        let parameters = described["parameters"].as_array().cloned().unwrap_or_default();
        let query = parameters.iter().filter(|parameter| parameter["in"] == "query");
        let names: Vec<_> =
            query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
        let has = |name: &str| names.iter().any(|one| one == name);
        if !has("cursor") && path != "/api/inventory/{stationId}" {
            continue;
        }
        let path = path.replace("{stationId}", "ceres").replace("{id}", "acme");
        lists.push((path.replace("{webhookId}", world.thing("webhook")), names));
    }
    assert!(lists.len() >= 16, "{lists:?}");
    lists
}

async fn listed(world: &World, by: By, path: &str) -> Option<Vec<Value>> {
    let got = world.ask(by, Method::GET, path).send().await;
    world.assert_hidden(by, path, &got.text);
    got.status.is_success().then(|| items(&got.json).unwrap().clone())
}

#[tokio::test]
async fn no_filter_widens_what_is_seen() {
    let world = World::new().await;
    let mut walked = 0;
    for (path, names) in lists(&world).await {
        for by in By::SCOPED {
            for name in &names {
                let Some(value) = value(&world, &path, name) else { continue };
                // What is resolved is a list of its own; so is what each owner has, and what was.
                let beside: Vec<_> = match (path.as_str(), name.as_str()) {
                    ("/api/alerts", _) => vec![format!("{path}?status=firing&limit=1000")],
                    (_, "by" | "owner" | "asOf") => continue,
                    _ => vec![format!("{path}?limit=1000")],
                };
                let beside =
                    if path == "/api/inventory/ceres" { vec![path.clone()] } else { beside };
                let mut all = BTreeSet::new();
                for path in beside {
                    let items = listed(&world, by, &path).await.unwrap_or_default();
                    all.extend(items.iter().map(Value::to_string));
                }
                let narrowed = format!("{path}?{name}={value}");
                for item in listed(&world, by, &narrowed).await.unwrap_or_default() {
                    assert!(all.contains(&item.to_string()), "{by:?} {narrowed}: {item}");
                }
                walked += 1;
            }
        }
    }
    assert!(walked > 150, "{walked}");
}

/// A cursor is a place in a list, and nothing else: whoever has an administrator's gets their own.
#[tokio::test]
async fn a_cursor_of_somebody_else_widens_nothing() {
    let world = World::new().await;
    let mut followed = 0;
    for (path, names) in lists(&world).await {
        if !names.iter().any(|name| name == "cursor") {
            continue;
        }
        let order = names.iter().any(|name| name == "order");
        for order in if order { &["&order=newest", "&order=oldest"][..] } else { &[""] } {
            let parameter = match (path.as_str(), *order) {
                ("/api/events", "&order=oldest") => "after",
                _ => "cursor",
            };
            let mut next = String::new();
            loop {
                let page = format!("{path}?limit=1{order}{next}");
                let got = world.ask(By::Admin, Method::GET, &page).send().await.expect(200);
                let Some(cursor) = got.json["nextCursor"].as_str() else { break };
                next = format!("&{parameter}={cursor}");
                for by in By::SCOPED {
                    let all = format!("{path}?limit=1000{order}");
                    let Some(all) = listed(&world, by, &all).await else { continue };
                    let page = format!("{path}?limit=1000{order}{next}");
                    let rest = listed(&world, by, &page).await.unwrap();
                    assert!(all.ends_with(&rest), "{by:?} {page}: {rest:?} of {all:?}");
                    followed += 1;
                }
            }
        }
    }
    assert!(followed > 100, "{followed}");
}

/// Page by page one gets the list, and whoever gets nothing is told at once that there is no more.
#[tokio::test]
async fn pages_tell_no_more_than_the_list() {
    let world = World::new().await;
    for (path, names) in lists(&world).await {
        if !names.iter().any(|name| name == "cursor") {
            continue;
        }
        for by in By::SCOPED {
            let Some(all) = listed(&world, by, &format!("{path}?limit=1000")).await else {
                continue;
            };
            let parameter = if path == "/api/events" { "after" } else { "cursor" };
            let (mut found, mut next) = (Vec::new(), String::new());
            loop {
                let page = format!("{path}?limit=1{next}");
                let got = world.ask(by, Method::GET, &page).send().await.expect(200);
                let items = items(&got.json).unwrap();
                assert_eq!(items.len(), usize::from(found.len() < all.len()), "{by:?} {page}");
                found.extend(items.iter().cloned());
                let Some(cursor) = got.json["nextCursor"].as_str() else { break };
                next = format!("&{parameter}={cursor}");
            }
            assert_eq!(found, all, "{by:?} {path}");
        }
    }
}

/// At every sequence, a past read shows no more of others than one of now.
#[tokio::test]
async fn no_earlier_time_shows_more() {
    let world = World::new().await;
    let last = world.network.sequence().await;
    for at in 0..=last {
        for path in ["/api/inventory/ceres?by=owner&", "/api/inventory/mars-port?"] {
            let path = format!("{path}asOf={at}");
            let all = listed(&world, By::Admin, &path).await;
            for by in By::SCOPED {
                let own = listed(&world, by, &path).await;
                assert_eq!(own.is_some(), all.is_some(), "{path}");
                let owner = match by {
                    By::Trader => "acme",
                    By::Carrier => "red-star",
                    By::StrangeTrader => "stranger",
                    _ => "drifter",
                };
                let theirs = all.iter().flatten().filter(|level| level["owner"] == owner);
                let theirs: Vec<_> = theirs.cloned().collect();
                if path.contains("by=owner") {
                    assert_eq!(own.unwrap_or_default(), theirs, "{by:?} {path}");
                } else {
                    assert_eq!(own.unwrap_or_default(), Vec::<Value>::new(), "{by:?} {path}");
                }
            }
        }
        for (trader, but_of) in [("acme", Some(By::Trader)), ("hoarder", None)] {
            let path = format!("/api/traders/{trader}?asOf={at}");
            for by in By::SCOPED {
                let got = world.ask(by, Method::GET, &path).send().await;
                world.assert_hidden(by, &path, &got.text);
                let is_shown = got.json["balance"].is_u64();
                assert_eq!(is_shown, got.status == 200 && but_of == Some(by), "{by:?} {path}");
            }
        }
    }
}
