//! The bad-input list: each gets the right problem, says what is wrong where, and changes nothing.

use axum::body::Body;
use axum::http::Method;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Value, json};

use super::support::{Network, offer, station, trade};
use crate::openapi::document;

/// A trade with one of its values replaced by other JSON.
fn with(pointer: &str, raw: &str) -> String {
    let mut body = trade(1);
    if pointer.is_empty() {
        return raw.to_owned();
    }
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = json!("\u{1}"),
        parent => parent[name] = json!("\u{1}"),
    }
    body.to_string().replace("\"\\u0001\"", raw)
}

fn lines(count: usize) -> String {
    let line = |at| json!({ "commodity": format!("c{at}"), "quantity": 1, "unitPrice": 1 });
    json!((0..count).map(line).collect::<Vec<_>>()).to_string()
}

/// Status, code and faults of each bad trade.
#[tokio::test]
async fn each_bad_trade_is_refused_for_what_is_wrong_with_it() {
    let network = Network::founded().await;
    let before = network.sequence().await;
    let long = format!("\"{}\"", "x".repeat(65));
    let longest = format!("\"{}\"", "x".repeat(257));
    let metadata: Value =
        (0..17).map(|at| (at.to_string(), json!("x"))).collect::<serde_json::Map<_, _>>().into();
    let metadata = metadata.to_string();
    let many = lines(101);
    let charge = json!({ "payer": "acme", "to": "ceres", "amount": 1, "kind": "tax" });
    let eleven = json!(vec![charge; 11]).to_string();
    let table: &[(&str, &str, &str)] = &[
        ("/station", "\"\"", "/station invalid_identifier"),
        ("/station", &long, "/station invalid_identifier"),
        ("/station", "\"a b\"", "/station invalid_identifier"),
        ("/station", "7", "/station wrong_type"),
        ("/station", "null", "/station wrong_type"),
        ("/station", "{}", "/station wrong_type"),
        ("/lines", "[]", "/lines line_count"),
        ("/lines", &many, "/lines line_count"),
        ("/lines", "{}", "/lines wrong_type"),
        ("/lines/0", "[\"water-ice\", 1, 1]", "/lines/0 wrong_type"),
        ("/lines/0/quantity", "0", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "-1", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "9007199254740992", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "18446744073709551615", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "18446744073709551616", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "99999999999999999999999999", "/lines/0/quantity out_of_range"),
        ("/lines/0/quantity", "1.5", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "1.0", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "1e3", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "-0", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "\"1\"", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "true", "/lines/0/quantity wrong_type"),
        ("/lines/0/quantity", "[1]", "/lines/0/quantity wrong_type"),
        ("/lines/0/unitPrice", "-1", "/lines/0/unitPrice out_of_range"),
        ("/lines/0/colour", "1", "/lines/0/colour unknown_field"),
        ("/hold", "{\"expiresInSeconds\":0}", "/hold/expiresInSeconds out_of_range"),
        ("/hold", "{\"expiresInSeconds\":315360001}", "/hold/expiresInSeconds out_of_range"),
        ("/hold", "{}", "/hold/expiresInSeconds missing_field"),
        ("/hold", "[60]", "/hold wrong_type"),
        ("/lines/0/limitPrice", "1", "/lines/0/limitPrice unknown_field"),
        ("/lines/0/offer", "\"o-1\"", "/lines/0/offer invalid_identifier"),
        ("/lines/0/offer", "\"o-000000004j7\"", "/lines/0/unitPrice unknown_field"),
        ("/charges", "{}", "/charges wrong_type"),
        ("/charges", &eleven, "/charges line_count"),
        ("/reference", "\"\"", "/reference invalid_text"),
        ("/reference", "\"a\\nb\"", "/reference invalid_text"),
        ("/reference", &longest, "/reference invalid_text"),
        ("/metadata", "{\"run\":7}", "/metadata/run wrong_type"),
        ("/metadata", "{\"\":\"x\"}", "/metadata/ invalid_text"),
        ("/metadata", "{\"a\":\"x\",\"a\":\"y\"}", "/metadata/a duplicate_field"),
        ("/metadata", &metadata, "/metadata out_of_range"),
        ("/at", "\"yesterday\"", "/at invalid_time"),
        ("/at", "1700000000", "/at wrong_type"),
        ("/at", "\"2200-02-30T00:00:00Z\"", "/at invalid_time"),
        ("/a~1b", "1", "/a~01b unknown_field"),
        ("", "[]", " wrong_type"),
        ("", "null", " wrong_type"),
        ("", "\"trade\"", " wrong_type"),
        ("", "[\"ceres\",\"acme\",\"belt-mining\",[]]", " wrong_type"),
    ];
    for (pointer, raw, expected) in table {
        let body = with(pointer, raw);
        let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", body.clone());
        let refused = ask.send().await;
        let refused = refused.expect_problem(422, "invalid_request");
        let faults: Vec<_> =
            refused.faults().iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(faults, [*expected], "{body}");
    }
    assert_eq!(network.sequence().await, before);
    network.post("/api/trades", trade(1)).await.expect(201);
}

#[tokio::test]
async fn all_faults_are_told_at_once() {
    let network = Network::founded().await;
    let body = json!({
        "station": "a b", "buyer": 7, "colour": "red",
        "lines": [
            { "commodity": "ore", "quantity": 0, "unitPrice": 1 },
            { "commodity": "ore", "quantity": "9" }
        ]
    });
    let refused = network.post("/api/trades", body).await.expect_problem(422, "invalid_request");
    super::support::shown!(refused);
    let mut twice = trade(1);
    let line = twice["lines"][0].clone();
    twice["lines"].as_array_mut().unwrap().push(line);
    let refused = network.post("/api/trades", twice).await.expect_problem(422, "invalid_request");
    let expected = ("/lines/1/commodity".to_owned(), "duplicate_commodity".to_owned());
    assert_eq!(refused.faults(), [expected]);
    let repeated = trade(1).to_string().replacen('{', "{\"station\":\"ceres\",", 1);
    let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", repeated);
    let refused = ask.send().await.expect_problem(422, "invalid_request");
    assert_eq!(refused.faults(), [("/station".to_owned(), "duplicate_field".to_owned())]);
}

#[tokio::test]
async fn what_is_no_json_is_malformed() {
    let network = Network::founded().await;
    let mut utf8 = trade(1).to_string().into_bytes();
    let at = utf8.iter().position(|byte| *byte == b'c').unwrap();
    utf8[at] = 0xff;
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = with("/hold", &format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)));
    let bodies: [Vec<u8>; 9] = [
        Vec::new(),
        b"  \n".to_vec(),
        b"{".to_vec(),
        b"{\"station\":}".to_vec(),
        b"{} {}".to_vec(),
        b"station=ceres".to_vec(),
        b"{\"reference\":\"\\ud800\"}".to_vec(),
        utf8,
        nested.into_bytes(),
    ];
    for body in bodies {
        let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", body);
        ask.send().await.expect_problem(400, "malformed_json");
    }
    // Nested where anything may stand: not read deeply, and refused for what it is.
    let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", deep);
    let refused = ask.send().await;
    assert!(matches!(refused.status.as_u16(), 400 | 422), "{}", refused.text);
}

#[tokio::test]
async fn too_large_bodies_are_not_read_to_their_end() {
    let network = Network::founded().await;
    let declared = network.ask(Method::POST, "/api/trades").json(&trade(1));
    let declared = declared.header("content-length", "104857600").send().await;
    declared.expect_problem(413, "body_too_large");
    let chunk = Bytes::from(vec![b' '; 64 * 1024]);
    for (path, media_type, chunks) in
        [("/api/trades", "application/json", 5), ("/api/events", "application/x-ndjson", 257)]
    {
        let read = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counter = read.clone();
        let chunk = chunk.clone();
        let endless = stream::iter(std::iter::repeat_with(move || {
            counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok::<_, std::io::Error>(chunk.clone())
        }));
        let ask = network.ask(Method::POST, path).bytes(media_type, Body::from_stream(endless));
        let refused = ask.send().await.expect_problem(413, "body_too_large");
        assert_eq!(refused.header("connection"), "close");
        assert_eq!(read.load(std::sync::atomic::Ordering::Relaxed), chunks, "{path}");
    }
}

#[tokio::test]
async fn other_media_types_are_refused() {
    let network = Network::founded().await;
    let body = || trade(1).to_string();
    for wrong in ["text/plain", "application/x-www-form-urlencoded", "", "application/x-ndjson"] {
        let ask = network.ask(Method::POST, "/api/trades").bytes(wrong, body());
        ask.send().await.expect_problem(415, "unsupported_media_type");
    }
    let zipped = network.ask(Method::POST, "/api/trades").json(&trade(1));
    let zipped = zipped.header("content-encoding", "br").send().await;
    zipped.expect_problem(415, "unsupported_media_type");
    let charset = "Application/JSON; charset=utf-8";
    let ask = network.ask(Method::POST, "/api/trades").bytes(charset, body());
    ask.send().await.expect(201);
}

#[tokio::test]
async fn names_in_the_path_have_a_form_too() {
    let network = Network::founded().await;
    let long = "x".repeat(65);
    for bad in ["a%20b", "%C3%A9", long.as_str()] {
        let refused = network.put(&format!("/api/stations/{bad}"), station()).await;
        let refused = refused.expect_problem(422, "invalid_request");
        assert_eq!(refused.faults(), [("id".to_owned(), "invalid_identifier".to_owned())]);
    }
}

#[tokio::test]
async fn what_goes_together_is_checked_together() {
    let network = Network::founded().await;
    let booked = json!({
        "origin": "ceres", "destination": "mars-port", "owner": "belt-mining",
        "lines": [{ "commodity": "water-ice", "quantity": 4 }],
        "plannedDeparture": "2200-01-02T00:00:00Z", "plannedArrival": "2200-01-01T00:00:00Z"
    });
    let line = |line: Value| json!({ "lines": [line] });
    let adjust = "/api/inventory/ceres/adjustments";
    let report = "/api/cargo/s-00000000001/events";
    for (path, body, expected) in [
        ("/api/cargo", booked, "/plannedArrival out_of_range"),
        (
            "/api/traders/acme/credits",
            json!({ "change": 0, "reason": "issued" }),
            "/change out_of_range",
        ),
        (
            "/api/traders/acme/credits",
            json!({ "change": 1, "reason": "retired" }),
            "/change out_of_range",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "change": -1, "reason": "produced" })),
            "/lines/0/change out_of_range",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "change": 0, "reason": "lost" })),
            "/lines/0/change out_of_range",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "reason": "lost" })),
            "/lines/0/change missing_field",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "change": 1, "count": 1, "reason": "found" })),
            "/lines/0/count unknown_field",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "count": 1, "reason": "counted" })),
            "/lines/0/expected missing_field",
        ),
        (
            adjust,
            line(
                json!({ "commodity": "ore", "count": 1, "expected": 2, "change": 1, "reason": "counted" }),
            ),
            "/lines/0/change unknown_field",
        ),
        (
            adjust,
            line(json!({ "commodity": "ore", "change": 1, "reason": "because" })),
            "/lines/0/reason invalid_value",
        ),
        (report, json!({ "type": "loaded", "reason": "x" }), "/reason unknown_field"),
        (report, json!({ "type": "position" }), "/position missing_field"),
        (
            report,
            json!({ "type": "position", "position": { "x": 0, "y": 0.0001, "z": 0 } }),
            "/position/y out_of_range",
        ),
        (report, json!({ "type": "position", "position": [0, 0, 0] }), "/position wrong_type"),
        (report, json!({ "type": "estimated", "reason": "x" }), "/estimatedArrival missing_field"),
        (report, json!({ "type": "received" }), "/lines missing_field"),
        (
            report,
            json!({ "type": "received", "lines": [{ "commodity": "ore", "accepted": 0 }] }),
            "/lines/0/accepted out_of_range",
        ),
        (report, json!({ "type": "vanished" }), "/type invalid_value"),
        ("/api/keys", json!({ "principal": "x", "role": "boss" }), "/role invalid_value"),
        ("/api/keys", json!({ "principal": "x", "role": "trader" }), "/accounts missing_field"),
        (
            "/api/keys",
            json!({ "principal": "x", "role": "carrier", "accounts": [] }),
            "/accounts missing_field",
        ),
        (
            "/api/keys",
            json!({ "principal": "x", "role": "viewer", "accounts": ["acme"] }),
            "/accounts unknown_field",
        ),
        ("/api/keys", json!({ "principal": "x", "role": { "admin": null } }), "/role wrong_type"),
    ] {
        let refused = network.post(path, body.clone()).await.expect_problem(422, "invalid_request");
        let faults: Vec<_> =
            refused.faults().iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(faults, [expected], "{body}");
    }
}

#[tokio::test]
async fn what_goes_together_in_trading_is_checked_together() {
    let network = Network::founded().await;
    for (path, body, expected) in [
        ("/api/offers", offer(0), "/quantity out_of_range"),
        ("/api/transfers", json!({ "from": "a", "to": "b" }), "/credits missing_field"),
        (
            "/api/transfers",
            json!({ "from": "a", "to": "b", "station": "c" }),
            "/lines missing_field",
        ),
        (
            "/api/transfers",
            json!({ "from": "a", "to": "b", "credits": 1, "station": "c" }),
            "/station unknown_field",
        ),
        (
            "/api/trades/t-000000004j7/settle",
            json!({ "lines": [{ "commodity": "ore", "quantity": 0 }] }),
            "/lines/0/quantity out_of_range",
        ),
        ("/api/trades/t-000000004j7/settle", json!({ "lines": [] }), "/lines line_count"),
        ("/api/trades/t-000000004j7/reverse", json!({}), "/reason missing_field"),
    ] {
        let refused = network.post(path, body.clone()).await.expect_problem(422, "invalid_request");
        let faults: Vec<_> =
            refused.faults().iter().map(|(at, code)| format!("{at} {code}")).collect();
        assert_eq!(faults, [expected], "{body}");
    }
}

/// 23,000 entries are counted, not compared with each other, and told as one fault.
#[tokio::test]
async fn a_great_many_entries_are_one_fault() {
    let network = Network::founded().await;
    let entries: Vec<_> = (0..23_000).map(|at| format!("\"{at}\":\"\"")).collect();
    let body = with("/reference", &format!("\"x\",\"metadata\":{{{}}}", entries.join(",")));
    let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", body);
    let refused = ask.send().await.expect_problem(422, "invalid_request");
    assert_eq!(refused.faults(), [("/metadata".to_owned(), "out_of_range".to_owned())]);
}

#[tokio::test]
async fn a_hundred_faults_are_told_and_no_more() {
    let network = Network::founded().await;
    let fields: Vec<_> = (0..1_000).map(|at| format!("\"f{at}\":1")).collect();
    let body = format!("{{{}}}", fields.join(","));
    let ask = network.ask(Method::POST, "/api/trades").bytes("application/json", body);
    assert_eq!(ask.send().await.expect_problem(422, "invalid_request").faults().len(), 100);
    let parameters: Vec<_> = (0..1_000).map(|at| format!("p{at}=1")).collect();
    let refused = network.get(&format!("/api/trades?{}", parameters.join("&"))).await;
    assert_eq!(refused.expect_problem(422, "invalid_request").faults().len(), 100);
}

/// A parameter that is taken in silence would be trusted.
#[tokio::test]
async fn unknown_parameters_of_a_query_are_refused_everywhere() {
    let network = Network::founded().await;
    let document: Value = serde_json::from_slice(&document().json).unwrap();
    let before = network.sequence().await;
    let mut asked = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/api/") {
            continue;
        }
        let path = path.replace("{stationId}", "ceres").replace(['{', '}'], "");
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let refused = network.ask(method, &format!("{path}?dryrun=true")).send().await;
            let refused = refused.expect_problem(422, "invalid_request");
            let expected = ("dryrun".to_owned(), "unknown_parameter".to_owned());
            assert_eq!(refused.faults(), [expected], "{path}");
            asked += 1;
        }
    }
    assert!(asked > 22, "{asked}");
    let refused = network.post("/api/trades?dryRun=maybe", trade(1)).await;
    refused.expect_problem(422, "invalid_request");
    assert_eq!(network.sequence().await, before);
}
