//! Bad input over HTTP: the right problem, with a code and a place, and nothing changed.
//!
//! Bulk requests are in `bad_bulk.rs`; bytes and connections gone wrong in `bad_wire.rs`.

use itn_tests::bodies::{self, with};
use itn_tests::client::Request;
use itn_tests::{Client, Response, given};
use serde_json::{Value, json};

/// One above the largest amount: 2^53.
const TOO_LARGE: u64 = 1 << 53;

/// Sends a request that must be refused with this status and code, and must change nothing.
#[track_caller]
fn refused(client: &mut Client, request: &Request, status: u16, code: &str) -> Response {
    let before = given::sequence(client);
    let response = client.send(request);
    let said = format!("{} {}\n{}", request.method, request.path, response.text());
    assert_eq!((response.status(), response.code().as_str()), (status, code), "{said}");
    assert_eq!(response.header("content-type"), Some("application/problem+json"), "{said}");
    let problem = response.json();
    assert_eq!(problem["type"], format!("/problems/{code}"), "{said}");
    assert_eq!(problem["status"], status, "{said}");
    assert!(problem["title"].is_string() && problem["detail"].is_string(), "{said}");
    assert!(problem["retryable"].is_boolean(), "{said}");
    assert_eq!(given::sequence(client), before, "a refused request changed something: {said}");
    response
}

/// Sends a body whose shape is wrong at this place, in this way.
#[track_caller]
fn misshapen(client: &mut Client, path: &str, body: &Value, pointer: &str, codes: &[&str]) {
    let response = refused(client, &Request::json("POST", path, body), 422, "invalid_request");
    let problem = response.json();
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors: {problem}"));
    let found = errors.iter().any(|error| {
        error["pointer"] == pointer && codes.iter().any(|code| error["code"] == *code)
    });
    assert!(found, "no {codes:?} at {pointer:?}: {problem}");
    assert!(errors.iter().all(|error| error["detail"].is_string()), "{problem}");
}

#[track_caller]
fn bad_trade(client: &mut Client, fields: &Value, pointer: &str, codes: &[&str]) {
    misshapen(client, "/api/trades", &with(bodies::trade(), fields), pointer, codes);
}

#[test]
fn json_that_is_not() {
    let (mut server, mut client, _folder) = given::open_market();
    let nested = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let nested_object = "{\"metadata\":".repeat(10_000) + "1" + &"}".repeat(10_000);
    let bodies: [&[u8]; 12] = [
        b"",
        b" ",
        b"{",
        b"{\"station\": \"ceres\",}",
        b"{\"station\": \"ceres\"} trailing",
        b"{station: \"ceres\"}",
        b"{\"station\": \"cer\xff\xfees\"}",
        b"{\"station\": \"\\ud800\"}",
        b"\xff\xfe{\x00}\x00",
        b"nonsense",
        nested.as_bytes(),
        nested_object.as_bytes(),
    ];
    let paths = [
        ("POST", "/api/trades"),
        ("POST", "/api/cargo"),
        ("POST", "/api/inventory/ceres/adjustments"),
        ("POST", "/api/traders/acme/credits"),
        ("PUT", "/api/stations/new"),
        ("PUT", "/api/commodities/new"),
        ("PUT", "/api/traders/new"),
        ("POST", "/api/keys"),
    ];
    for (method, path) in paths {
        for body in bodies {
            let request = Request::new(method, path).header("content-type", "application/json");
            refused(&mut client, &request.body(body.to_vec()), 400, "malformed_json");
        }
    }
    assert!(!server.process().has_ended());
}

#[test]
fn shapes_of_a_trade() {
    let (_server, mut client, _folder) = given::open_market();
    let c = &mut client;
    let long = "x".repeat(65);
    let text = "x".repeat(257);

    for body in [json!([]), json!("trade"), json!(5), json!(null), json!([bodies::trade()])] {
        misshapen(c, "/api/trades", &body, "", &["wrong_type"]);
    }
    let twice = bodies::trade().to_string().replacen('{', "{\"station\":\"ceres\",", 1);
    let twice = Request::new("POST", "/api/trades").body(twice.into_bytes());
    let twice = twice.header("content-type", "application/json");
    assert!((400..500).contains(&c.send(&twice).status()), "a field twice was accepted");
    bad_trade(c, &json!({ "colour": "red" }), "/colour", &["unknown_field"]);
    bad_trade(c, &json!({ "Station": "ceres" }), "/Station", &["unknown_field"]);
    for wrong in [json!(5), json!("60"), json!([])] {
        bad_trade(c, &json!({ "hold": wrong }), "/hold", &["wrong_type"]);
    }
    for (wrong, code) in [
        (json!({}), "missing_field"),
        (json!({ "expiresInSeconds": 0 }), "out_of_range"),
        (json!({ "expiresInSeconds": -1 }), "out_of_range"),
        (json!({ "expiresInSeconds": 315_360_001 }), "out_of_range"),
        (json!({ "expiresInSeconds": 1.5 }), "wrong_type"),
    ] {
        bad_trade(c, &json!({ "hold": wrong }), "/hold/expiresInSeconds", &[code]);
    }
    let taking = |fields: &Value| {
        let line = json!({ "commodity": bodies::COMMODITY, "quantity": 1 });
        json!({ "lines": [with(line, fields)] })
    };
    let offer = json!("o-00000000001");
    for (fields, pointer, codes) in [
        (json!({}), "unitPrice", &["missing_field"][..]),
        (json!({ "offer": offer }), "limitPrice", &["missing_field"]),
        (json!({ "limitPrice": 1 }), "offer", &["missing_field"]),
        (json!({ "offer": "s-1", "limitPrice": 1 }), "offer", &["invalid_identifier"]),
        (
            json!({ "offer": offer, "limitPrice": 1, "unitPrice": 1 }),
            "unitPrice",
            &["unknown_field"],
        ),
        (json!({ "limitPrice": 1, "unitPrice": 1 }), "limitPrice", &["unknown_field"]),
    ] {
        bad_trade(c, &taking(&fields), &format!("/lines/0/{pointer}"), codes);
    }
    let charge = json!({ "payer": "acme", "to": "ceres", "amount": 1, "kind": "tax" });
    for (fields, pointer, code) in [
        (json!({ "amount": 0 }), "amount", "out_of_range"),
        (json!({ "amount": -4 }), "amount", "out_of_range"),
        (json!({ "kind": "bribe" }), "kind", "invalid_value"),
        (json!({ "payer": "" }), "payer", "invalid_identifier"),
        (json!({ "for": "x" }), "for", "unknown_field"),
    ] {
        let charges = json!({ "charges": [with(charge.clone(), &fields)] });
        bad_trade(c, &charges, &format!("/charges/0/{pointer}"), &[code]);
    }
    let eleven = vec![charge; 11];
    bad_trade(c, &json!({ "charges": eleven }), "/charges", &["line_count"]);
    for field in ["station", "buyer", "seller"] {
        let pointer = format!("/{field}");
        for wrong in [json!(5), json!(["ceres"]), json!({}), json!(true), json!(null)] {
            bad_trade(c, &json!({ field: wrong }), &pointer, &["wrong_type", "missing_field"]);
        }
        for wrong in ["", &long, "two words", "caf\u{e9}", "a/b", "\u{0}"] {
            bad_trade(c, &json!({ field: wrong }), &pointer, &["invalid_identifier"]);
        }
        let mut body = bodies::trade();
        body.as_object_mut().unwrap().remove(field);
        misshapen(c, "/api/trades", &body, &pointer, &["missing_field"]);
    }
    for wrong in [json!({}), json!("x"), json!(1), json!(null)] {
        bad_trade(c, &json!({ "lines": wrong }), "/lines", &["wrong_type", "missing_field"]);
    }
    bad_trade(c, &json!({ "lines": [5] }), "/lines/0", &["wrong_type"]);
    bad_trade(c, &json!({ "lines": [] }), "/lines", &["line_count"]);
    let of = |number: u32| with(bodies::line(1), &json!({ "commodity": format!("c{number}") }));
    let lines: Vec<Value> = (0..101).map(of).collect();
    bad_trade(c, &json!({ "lines": lines }), "/lines", &["line_count"]);
    let twice = [bodies::line(1), of(1), bodies::line(2)];
    bad_trade(c, &json!({ "lines": twice }), "/lines/2/commodity", &["duplicate_commodity"]);

    bad_trade(c, &json!({ "reference": "" }), "/reference", &["invalid_text"]);
    bad_trade(c, &json!({ "reference": text }), "/reference", &["invalid_text"]);
    bad_trade(c, &json!({ "reference": 5 }), "/reference", &["wrong_type"]);
    bad_trade(c, &json!({ "metadata": { "run": 7 } }), "/metadata/run", &["wrong_type"]);
    bad_trade(c, &json!({ "metadata": [] }), "/metadata", &["wrong_type"]);
    let many: Value = (0..17).map(|n| (format!("k{n}"), json!("v"))).collect();
    let codes = ["out_of_range", "invalid_text", "entry_count"];
    bad_trade(c, &json!({ "metadata": many }), "/metadata", &codes);
    for wrong in [json!("yesterday"), json!("2200-01-01"), json!("2200-13-01T00:00:00Z")] {
        bad_trade(c, &json!({ "at": wrong }), "/at", &["invalid_time"]);
    }
    bad_trade(c, &json!({ "at": 5 }), "/at", &["wrong_type"]);
}

#[test]
fn amounts() {
    let (_server, mut client, _folder) = given::open_market();
    let c = &mut client;
    let numbers = [json!(-1), json!(TOO_LARGE), json!(u64::MAX), json!(i64::MIN), json!(1.5)];
    let others = [json!("5"), json!(null), json!(true), json!([1]), json!({}), json!(1e300)];
    let codes = ["wrong_type", "out_of_range", "missing_field"];
    for wrong in numbers.iter().chain(&others) {
        for field in ["quantity", "unitPrice"] {
            let line = with(bodies::line(1), &json!({ field: wrong }));
            bad_trade(c, &json!({ "lines": [line] }), &format!("/lines/0/{field}"), &codes);
        }
        let line = json!({ "commodity": bodies::COMMODITY, "quantity": wrong });
        let body = with(bodies::shipment(), &json!({ "lines": [line] }));
        misshapen(c, "/api/cargo", &body, "/lines/0/quantity", &codes);
    }
    let too_small = -9_007_199_254_740_992_i64;
    let changes = [json!(0), json!(TOO_LARGE), json!(too_small), json!(0.5), json!("5")];
    for wrong in changes {
        let body = json!({ "change": wrong, "reason": "issued" });
        misshapen(c, "/api/traders/acme/credits", &body, "/change", &codes);
        let line = json!({ "commodity": bodies::COMMODITY, "change": wrong, "reason": "produced" });
        let path = "/api/inventory/ceres/adjustments";
        misshapen(c, path, &json!({ "lines": [line] }), "/lines/0/change", &codes);
    }
    // The largest amount itself is one; what it comes to is not.
    let largest = json!({ "quantity": TOO_LARGE - 1, "unitPrice": TOO_LARGE - 1 });
    let body = with(bodies::trade(), &json!({ "lines": [with(bodies::line(1), &largest)] }));
    refused(c, &Request::json("POST", "/api/trades", &body), 422, "amount_overflow");
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let (_server, mut client, _folder) = given::open_market();
    let line = json!({ "commodity": "", "quantity": -1, "colour": "red" });
    let body = json!({ "station": 5, "buyer": "", "lines": [bodies::line(1), line] });
    let response =
        refused(&mut client, &Request::json("POST", "/api/trades", &body), 422, "invalid_request");
    let errors = response.json()["errors"].clone();
    let of = |error: &Value| error["pointer"].as_str().unwrap_or_default().to_owned();
    let pointers: Vec<String> = errors.as_array().unwrap().iter().map(of).collect();
    let expected = [
        "/station",
        "/buyer",
        "/seller",
        "/lines/1/commodity",
        "/lines/1/quantity",
        "/lines/1/unitPrice",
        "/lines/1/colour",
    ];
    for pointer in expected {
        assert!(pointers.iter().any(|found| found == pointer), "{pointer} is not in {errors}");
    }
}

#[test]
fn shapes_of_everything_else() {
    let (_server, mut client, _folder) = given::open_market();
    let c = &mut client;
    let cases: [(&str, &str, Value, &str); 15] = [
        ("PUT", "/api/stations/new", json!({ "name": "n", "system": "s" }), "/kind"),
        ("PUT", "/api/stations/new", with(bodies::station("n"), &json!({ "kind": "x" })), "/kind"),
        ("PUT", "/api/stations/new", with(bodies::station("n"), &json!({ "name": "" })), "/name"),
        (
            "PUT",
            "/api/stations/new",
            with(bodies::station("n"), &json!({ "position": { "x": 0, "y": "0", "z": 0 } })),
            "/position/y",
        ),
        (
            "PUT",
            "/api/stations/new",
            with(bodies::station("n"), &json!({ "position": { "x": 0.0001, "y": 0, "z": 0 } })),
            "/position/x",
        ),
        (
            "PUT",
            "/api/stations/new",
            with(bodies::station("n"), &json!({ "position": { "x": 0, "y": 0 } })),
            "/position/z",
        ),
        (
            "PUT",
            "/api/commodities/new",
            json!({ "name": "n", "unitMassGrams": 0.5 }),
            "/unitMassGrams",
        ),
        ("PUT", "/api/traders/new", json!({}), "/name"),
        ("PUT", "/api/traders/new", json!({ "name": "n", "balance": 5 }), "/balance"),
        ("POST", "/api/traders/acme/credits", json!({ "change": 5 }), "/reason"),
        ("POST", "/api/traders/acme/credits", json!({ "change": 5, "reason": "theft" }), "/reason"),
        ("POST", "/api/keys", json!({ "principal": "bot", "role": "emperor" }), "/role"),
        ("POST", "/api/inventory/ceres/adjustments", json!({ "owner": "acme" }), "/lines"),
        (
            "POST",
            "/api/cargo",
            with(bodies::shipment(), &json!({ "plannedArrival": "soon" })),
            "/plannedArrival",
        ),
        ("POST", "/api/cargo", with(bodies::shipment(), &json!({ "lines": [] })), "/lines"),
    ];
    for (method, path, body, pointer) in cases {
        let request = Request::json(method, path, &body);
        let problem = refused(c, &request, 422, "invalid_request").json();
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}"));
        assert!(errors.iter().any(|error| error["pointer"] == pointer), "{pointer}: {problem}");
    }
    let shipment = c.post("/api/cargo", &bodies::shipment()).expect(201).json();
    let path = format!("/api/cargo/{}/events", shipment["shipmentId"].as_str().unwrap());
    let received = |lines: Value| json!({ "type": "received", "lines": lines });
    misshapen(c, &path, &json!({}), "/type", &["missing_field"]);
    let reports = [
        (json!({ "type": "teleported" }), "/type"),
        (json!({ "type": "position" }), "/position"),
        (received(json!([])), "/lines"),
        (
            received(json!([{ "commodity": bodies::COMMODITY, "accepted": -1 }])),
            "/lines/0/accepted",
        ),
        (json!({ "type": "loaded", "colour": "red" }), "/colour"),
    ];
    for (body, pointer) in reports {
        let request = Request::json("POST", &path, &body);
        let problem = refused(c, &request, 422, "invalid_request").json();
        let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}"));
        assert!(errors.iter().any(|error| error["pointer"] == pointer), "{pointer}: {problem}");
    }
}

#[test]
fn what_the_state_refuses() {
    let (_server, mut client, _folder) = given::open_market();
    let c = &mut client;
    let trade =
        |fields: Value| Request::json("POST", "/api/trades", &with(bodies::trade(), &fields));
    refused(c, &trade(json!({ "buyer": bodies::SELLER })), 422, "same_party");
    refused(c, &trade(json!({ "station": "nowhere" })), 422, "unknown_station");
    refused(c, &trade(json!({ "buyer": "nobody" })), 422, "unknown_trader");
    refused(c, &trade(json!({ "seller": "nobody" })), 422, "unknown_trader");
    let unknown = with(bodies::line(1), &json!({ "commodity": "nothing" }));
    refused(c, &trade(json!({ "lines": [unknown] })), 422, "unknown_commodity");
    refused(c, &trade(json!({ "lines": [bodies::line(2_000_000)] })), 409, "insufficient_stock");
    let dear = with(bodies::line(1), &json!({ "unitPrice": 2_000_000 }));
    refused(c, &trade(json!({ "lines": [dear] })), 409, "insufficient_credits");
    let shipment =
        |fields: Value| Request::json("POST", "/api/cargo", &with(bodies::shipment(), &fields));
    refused(c, &shipment(json!({ "destination": bodies::STATION })), 422, "same_party");
    refused(c, &shipment(json!({ "destination": "nowhere" })), 422, "unknown_station");

    // All or nothing: the second line spoils the first.
    given::commodity(c, "ore");
    let ore = with(bodies::line(1), &json!({ "commodity": "ore" }));
    refused(c, &trade(json!({ "lines": [bodies::line(1), ore] })), 409, "insufficient_stock");

    // A key answers for one request only.
    c.send(&trade(json!({ "reference": "first" })).key("k")).expect(201);
    refused(c, &trade(json!({ "reference": "second" })).key("k"), 422, "key_reused");
}

#[test]
fn routes_methods_and_media_types() {
    let (server, mut client, _folder) = given::open_market();
    let c = &mut client;
    for path in ["/api", "/api/nothing", "/api/trades/x/y/z", "/metrics/x", "/docs/x/y", "/nothing"]
    {
        refused(c, &Request::new("GET", path), 404, "unknown_route");
    }
    for (path, code) in [
        ("/api/trades/nonsense", "unknown_trade"),
        ("/api/cargo/nonsense", "unknown_shipment"),
        ("/api/inventory/nowhere", "unknown_station"),
        ("/api/stations/nowhere", "unknown_station"),
        ("/api/commodities/nothing", "unknown_commodity"),
        ("/api/traders/nobody", "unknown_trader"),
    ] {
        refused(c, &Request::new("GET", path), 404, code);
    }
    for (method, path) in [
        ("DELETE", "/api/trades"),
        ("PATCH", "/api/trades"),
        ("PUT", "/api/cargo"),
        ("POST", "/api/stations/ceres"),
        ("DELETE", "/api/network"),
        ("POST", "/api/updates/real-time"),
    ] {
        let response = refused(c, &Request::new(method, path), 405, "method_not_allowed");
        assert!(response.header("allow").is_some(), "{method} {path}: no Allow");
    }
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "application/x-ndjson", ""]
    {
        let mut request =
            Request::new("POST", "/api/trades").body(bodies::trade().to_string().into_bytes());
        if !media_type.is_empty() {
            request = request.header("content-type", media_type);
        }
        refused(c, &request, 415, "unsupported_media_type");
    }
    let bulk = Request::json("POST", "/api/events", &bodies::trade());
    refused(c, &bulk, 415, "unsupported_media_type");
    let queries = ["limit=0", "limit=1001", "limit=x", "limit=-1", "after=x", "colour=red"];
    for query in queries {
        let request = Request::new("GET", &format!("/api/events?{query}"));
        let response = c.send(&request);
        assert!((400..500).contains(&response.status()), "{query}: {}", response.text());
        assert!(!response.code().is_empty(), "{query}: {}", response.text());
    }
    let mut nobody = server.anonymous();
    let response = nobody.get("/api/network").expect(401);
    assert_eq!(response.code(), "unauthenticated");
    let challenge = response.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer"), "{challenge}");
    nobody.post("/api/trades", &bodies::trade()).expect(401);
    let mut stranger = Client::new(server.address(), Some("itn_not-a-key"));
    stranger.post("/api/trades", &bodies::trade()).expect(401);
}

#[test]
fn keys_that_are_none() {
    let (_server, mut client, _folder) = given::open_market();
    let trade = || Request::json("POST", "/api/trades", &bodies::trade());
    for key in ["", &"k".repeat(256), "tab\tin it", "caf\u{e9}"] {
        let before = given::sequence(&mut client);
        let response = client.send(&trade().key(key));
        assert!((400..500).contains(&response.status()), "{key:?}: {}", response.text());
        assert_eq!(given::sequence(&mut client), before);
    }
    client.send(&trade().key(&"k".repeat(255))).expect(201);
}
