//! `POST /api/events`.

use axum::http::Method;
use serde_json::{Value, json};

use super::support::{Answer, Network, hold, offer, station, trade};

#[expect(clippy::needless_pass_by_value, reason = "so that lines read like the bodies they hold")]
fn line(kind: &str, data: Value) -> Value {
    json!({ "type": kind, "data": data })
}

fn about(mut line: Value, field: &str, value: &str) -> Value {
    line[field] = json!(value);
    line
}

async fn ingest(network: &Network, query: &str, lines: &[Value]) -> Answer {
    let answer =
        network.ask(Method::POST, &format!("/api/events{query}")).lines(lines).send().await;
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    answer.expect(200)
}

/// Everything that a line can ask for, in an order in which it can be done.
fn everything() -> Vec<Value> {
    let produced = json!({ "lines": [{ "commodity": "ice", "change": 10, "reason": "produced" }] });
    let sale = json!({
        "station": "here", "buyer": "me", "seller": "here",
        "lines": [{ "commodity": "ice", "quantity": 2, "unitPrice": 1 }]
    });
    let booking = json!({
        "origin": "here", "destination": "there", "owner": "me",
        "lines": [{ "commodity": "ice", "quantity": 1 }],
        "plannedDeparture": "2200-01-01T00:00:00Z", "plannedArrival": "2300-01-01T00:00:00Z"
    });
    vec![
        about(line("station", station()), "id", "here"),
        about(line("station", station()), "id", "there"),
        about(line("commodity", json!({ "name": "Ice" })), "id", "ice"),
        about(line("trader", json!({ "name": "Me" })), "id", "me"),
        about(line("credits", json!({ "change": 5, "reason": "issued" })), "trader", "me"),
        about(line("adjustment", produced), "station", "here"),
        line("trade", sale),
        line("shipment", booking),
        // The booking above: two events at creation, seven lines before it.
        about(line("shipment_event", json!({ "type": "loaded" })), "shipmentId", "s-0000000000a"),
    ]
}

#[tokio::test]
async fn every_kind_of_line_is_done_in_order() {
    let network = Network::new();
    let mut lines = everything();
    // The order of the fields is free.
    let reordered = format!("{{\"data\":{},\"type\":\"trade\"}}", lines[6]["data"]);
    lines.push(serde_json::from_str(&reordered).unwrap());
    let answer = ingest(&network, "", &lines).await;
    insta::assert_snapshot!(answer.text);
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\r\n") + "\r\n\r\n";
    let text = text.replacen(&lines[9].to_string(), &reordered, 1);
    let again = network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", text);
    let again = again.send().await.expect(200);
    let statuses: Vec<_> = again.lines().iter().map(|line| line["status"].clone()).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 201, 201, 201, 201, 200, 201].map(Value::from));
    assert_eq!(again.lines()[0], json!({ "line": 1, "status": 200, "id": "here" }));
}

#[tokio::test]
async fn a_bad_line_does_not_keep_the_others_from_being_done() {
    let network = Network::founded().await;
    let good = line("trade", trade(1)).to_string();
    let mut foreign = line("trade", trade(1));
    foreign["id"] = json!("x");
    let mut key = line("trade", trade(1));
    key["idempotencyKey"] = json!("with space");
    let mut unknown = line(
        "adjustment",
        json!({ "lines": [
        { "commodity": "gold", "change": 1, "reason": "found" }
    ] }),
    );
    unknown["station"] = json!("ceres");
    let mut nowhere = unknown.clone();
    nowhere["station"] = json!("pluto");
    let body = [
        good.clone(),
        "{".to_owned(),
        String::new(),
        line("trade", trade(0)).to_string(),
        line("theft", trade(1)).to_string(),
        line("station", station()).to_string(),
        foreign.to_string(),
        key.to_string(),
        line("trade", trade(20_000)).to_string(),
        unknown.to_string(),
        nowhere.to_string(),
        format!("{{\"data\":{},\"type\":\"trade\"}}", json!({ "station": 1 })),
        format!("{{\"type\":\"trade\",\"data\":{},\"data\":{}}}", trade(1), trade(1)),
        format!("{{\"type\":\"trade\",\"reference\":\"{}\"}}", "x".repeat(70_000)),
        good,
    ];
    let ask =
        network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", body.join("\n"));
    let answer = ask.send().await.expect(200);
    insta::assert_snapshot!(answer.text);
    let ask = network.ask(Method::POST, "/api/events?results=failures");
    let failures = ask.bytes("application/x-ndjson", body.join("\n")).send().await.expect(200);
    let lines = failures.lines();
    let counts = json!({ "lines": 15, "accepted": 2, "replayed": 0, "unchanged": 0, "failed": 13 });
    assert_eq!(lines.last(), Some(&counts));
    assert_eq!(lines.len(), 14);
}

#[tokio::test]
async fn the_same_body_again_with_keys_changes_nothing() {
    let network = Network::new();
    let mut lines = everything();
    for (at, line) in lines.iter_mut().enumerate() {
        line["idempotencyKey"] = json!(format!("k-{at}"));
    }
    let first = ingest(&network, "", &lines).await;
    let sequence = network.sequence().await;
    let again = ingest(&network, "", &lines).await;
    assert_eq!(network.sequence().await, sequence);
    for (first, again) in first.lines().iter().zip(again.lines()) {
        let mut expected = first.clone();
        expected["replayed"] = json!(true);
        assert_eq!(again, expected);
    }
    let mut other = lines.pop().unwrap();
    other["data"]["reference"] = json!("another");
    let reused = ingest(&network, "", &[other]).await;
    assert_eq!(reused.lines()[0]["code"], "key_reused");
}

#[tokio::test]
async fn a_body_of_many_lines_is_parsed_beside_the_runtime() {
    let network = Network::founded().await;
    let lines = vec![line("trade", trade(1)); 1_000];
    let answer = ingest(&network, "", &lines).await;
    let lines = answer.lines();
    assert_eq!(lines.len(), 1_000);
    assert!(
        lines.iter().enumerate().all(|(at, line)| line["line"] == at + 1 && line["status"] == 201)
    );
    let many = "{}\n".repeat(16_385);
    let ask = network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", many);
    ask.send().await.expect_problem(413, "body_too_large");
    let empty = network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", "\n\n");
    empty.send().await.expect_problem(400, "malformed_json");
    let keyed = network.ask(Method::POST, "/api/events").lines(&[line("trade", trade(1))]);
    let keyed = keyed.header("idempotency-key", "k").send().await;
    keyed.expect_problem(422, "not_supported");
    let json = network.ask(Method::POST, "/api/events").json(&trade(1));
    json.send().await.expect_problem(415, "unsupported_media_type");
}

/// A body of nothing but faults does not make a great answer of a small body.
#[tokio::test]
async fn faults_are_told_by_the_line_and_by_the_body_up_to_a_bound() {
    let network = Network::new();
    let fields: Vec<_> = (0..60).map(|at| format!("\"f{at}\":0")).collect();
    let line = format!("{{\"type\":\"trade\",\"data\":{{{}}}}}", fields.join(","));
    let body = vec![line; 2_000].join("\n");
    let ask = network.ask(Method::POST, "/api/events").bytes("application/x-ndjson", body);
    let answer = ask.send().await.expect(200);
    let told = |line: &Value| line["errors"].as_array().map_or(0, Vec::len);
    let lines = answer.lines();
    assert_eq!(lines.len(), 2_000);
    assert!(lines[..1_250].iter().all(|line| told(line) == 8));
    assert!(lines[1_250..].iter().all(|line| line.get("errors").is_none()));
    let last = &lines[1_999];
    assert_eq!((&last["line"], &last["code"]), (&json!(2_000), &json!("invalid_request")));
    assert!(last["detail"].is_string());
}

/// What is checked after the shape is bounded, too.
#[tokio::test]
async fn a_line_with_many_wrong_lines_tells_of_the_first() {
    let network = Network::founded().await;
    let wrong = |at| json!({ "commodity": format!("c{at}"), "reason": "lost" });
    let wrong = json!({ "lines": (0..50).map(wrong).collect::<Vec<_>>() });
    let wrong = about(line("adjustment", wrong), "station", "ceres");
    let answer = ingest(&network, "", &[wrong]).await.lines().remove(0);
    assert_eq!(answer["errors"].as_array().unwrap().len(), 8);
    assert_eq!(answer["detail"], "the request is invalid; `errors` has the first 8 places");
}

/// Lines of trading are the single requests, too; what they are about may be long over.
#[tokio::test]
async fn trades_are_followed_and_offers_posted_by_lines() {
    let network = Network::founded().await;
    let path = network.post("/api/trades", hold(5)).await.expect(201);
    let held = path.json["transactionId"].as_str().unwrap().to_owned();
    let direct = network.post("/api/trades", trade(2)).await.expect(201);
    let direct = direct.json["transactionId"].as_str().unwrap().to_owned();
    let open = network.post("/api/offers", offer(7)).await.expect(201);
    let open = open.json["offerId"].as_str().unwrap().to_owned();
    let reason = json!({ "reason": "wrong" });
    let part = json!({ "lines": [{ "commodity": "water-ice", "quantity": 1 }] });
    let gift = json!({ "from": "acme", "to": "ceres", "credits": 1 });
    let mut emptied = offer(0);
    emptied["replace"] = json!(true);
    let lines = [
        about(line("settle", part), "id", &held),
        about(line("void", json!({})), "id", &held),
        about(line("reverse", reason.clone()), "id", &direct),
        about(line("reverse", reason.clone()), "id", &direct),
        about(line("offer_withdraw", json!({})), "id", &open),
        line("offer", offer(3)),
        line("offer", emptied),
        line("transfer", gift),
        line("settle", json!({})),
        about(line("void", json!({})), "id", "o-000000004j7"),
        about(line("settle", json!({})), "id", "t-00000000vvv"),
        about(line("offer_withdraw", json!({})), "id", "o-000000004j7"),
    ];
    insta::assert_snapshot!(ingest(&network, "", &lines).await.text);
    network.audit().await;
}

/// What a line ended is over for the lines behind it, as it is for the next single request.
#[tokio::test]
async fn a_line_sees_what_the_lines_before_it_made_of_a_trade() {
    let network = Network::founded().await;
    let mut held = Vec::new();
    for _ in 0..4 {
        let made = network.post("/api/trades", hold(5)).await.expect(201);
        held.push(made.json["transactionId"].as_str().unwrap().to_owned());
    }
    let one = json!({ "commodity": "water-ice", "quantity": 1 });
    let (part, last) = (json!({ "lines": [one] }), json!({ "lines": [one], "final": true }));
    let reason = json!({ "reason": "wrong" });
    let follow = |kind: &str, data: &Value, id: &str| about(line(kind, data.clone()), "id", id);
    let all = json!({});
    let lines = [
        follow("settle", &all, &held[0]),
        follow("settle", &all, &held[0]),
        follow("void", &all, &held[0]),
        follow("reverse", &reason, &held[0]),
        follow("reverse", &reason, &held[0]),
        follow("void", &all, &held[1]),
        follow("void", &all, &held[1]),
        follow("settle", &all, &held[1]),
        follow("reverse", &reason, &held[1]),
        // Two units of five: in two parts.
        follow("settle", &part, &held[2]),
        follow("reverse", &reason, &held[2]),
        follow("settle", &last, &held[2]),
        follow("reverse", &reason, &held[2]),
        // What was paid stays so when the rest is called off, until that is reversed, too.
        follow("settle", &part, &held[3]),
        follow("void", &all, &held[3]),
        follow("reverse", &reason, &held[3]),
    ];
    let bulk = ingest(&network, "", &lines).await;
    let status = |line: &Value| match line.get("code") {
        Some(code) => format!("{} {} {:?}", line["status"], code, line.get("from")),
        None => line["status"].to_string(),
    };
    let statuses: Vec<_> = bulk.lines().iter().take(lines.len()).map(status).collect();
    network.audit().await;

    // The same, one by one.
    let network = Network::founded().await;
    for _ in 0..4 {
        network.post("/api/trades", hold(5)).await.expect(201);
    }
    let mut single = Vec::new();
    for line in &lines {
        let path = format!(
            "/api/trades/{}/{}",
            line["id"].as_str().unwrap(),
            line["type"].as_str().unwrap()
        );
        let answer = network.post(&path, line["data"].clone()).await;
        let mut told = answer.json.clone();
        told["status"] = json!(answer.status.as_u16());
        single.push(status(&told));
    }
    assert_eq!(statuses, single);
    network.audit().await;
}
