//! `/api/alerts` and `/api/alert-rules`.

use axum::http::Method;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use super::cargo::{booking, report};
use super::support::{Answer, Network, shown, trade};

async fn alerts(network: &Network, query: &str) -> Vec<Value> {
    let found = network.get(&format!("/api/alerts{query}")).await.expect(200);
    found.json["items"].as_array().unwrap().clone()
}

/// What happened to alerts, in order: the type, the kind and the severity.
async fn told(network: &Network) -> Vec<String> {
    let events = network.get("/api/events?limit=1000").await.expect(200);
    let events = events.json["items"].as_array().unwrap().clone();
    let alerts =
        events.iter().filter(|event| event["type"].as_str().unwrap().starts_with("alert."));
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    alerts
        .map(|event| {
            let data = &event["data"];
            [&event["type"], &data["kind"], &data["severity"]].map(word).join(" ")
        })
        .collect()
}

fn ice_low() -> Value {
    json!({
        "kind": "stock", "station": "ceres", "owner": "belt-mining", "commodity": "water-ice",
        "low": 100, "clear": 500
    })
}

async fn adjust(network: &Network, count: u64, expected: u64) {
    let line = json!({ "commodity": "water-ice", "count": count, "expected": expected, "reason": "counted" });
    let body = json!({ "owner": "belt-mining", "lines": [line] });
    network.post("/api/inventory/ceres/adjustments", body).await.expect(201);
}

async fn acknowledge(network: &Network, id: &str) -> Answer {
    network.ask(Method::POST, &format!("/api/alerts/{id}/acknowledge")).send().await
}

/// Belt mining has sold ice that it is still to bring to Mars Port.
#[tokio::test]
async fn a_late_shipment_is_told_before_it_happens_with_what_it_puts_at_risk() {
    let network = Network::founded().await;
    let lines = json!([{ "commodity": "water-ice", "change": 50, "reason": "produced" }]);
    let produced = json!({ "owner": "belt-mining", "lines": lines });
    network.post("/api/inventory/mars-port/adjustments", produced).await.expect(201);
    let mut hold = trade(20);
    hold["station"] = json!("mars-port");
    hold["hold"] = json!({ "expiresInSeconds": 3_600_000 });
    let hold = network.post("/api/trades", hold).await.expect(201);
    let rule = json!({
        "kind": "stock", "station": "mars-port", "commodity": "water-ice", "low": 5, "clear": 9
    });
    network.put("/api/alert-rules/ice-at-mars", rule).await.expect(201);
    let booked = network.post("/api/cargo", booking(400)).await.expect(201);
    let path = booked.header("location").to_owned();
    let estimate = |arrival: &str| json!({ "type": "estimated", "estimatedArrival": arrival, "delayCode": "weather" });
    let late = report(&network, &path, estimate("2300-01-03T01:00:00Z")).await.expect(201);
    assert_eq!(late.json["delayed"], json!({ "reason": "estimate", "code": "weather" }));
    let found = alerts(&network, "?kind=shipment_late").await;
    assert_eq!(found.len(), 1);
    let id = found[0]["alertId"].as_str().unwrap();
    let read = network.get(&format!("/api/alerts/{id}")).await.expect(200);
    assert_eq!(read.json["atRisk"]["holds"], json!([hold.json["transactionId"]]));
    assert_eq!(read.json["atRisk"]["rules"], json!(["ice-at-mars"]));
    shown!(read);
    // The same cause does not fire again; it worsens, and ends with a better estimate.
    report(&network, &path, estimate("2300-01-03T02:00:00Z")).await.expect(201);
    report(&network, &path, estimate("2300-01-05T00:00:00Z")).await.expect(201);
    assert_eq!(alerts(&network, "?severity=critical&station=mars-port").await.len(), 2);
    report(&network, &path, estimate("2300-01-02T00:00:00Z")).await.expect(201);
    let late: Vec<_> = told(&network).await.into_iter().filter(|it| it.contains("late")).collect();
    assert_eq!(
        late,
        [
            "alert.fired shipment_late warning",
            "alert.changed shipment_late critical",
            "alert.resolved shipment_late critical"
        ]
    );
    let resolved = alerts(&network, "?status=resolved&kind=shipment_late").await;
    assert_eq!(resolved[0]["atRisk"], json!({ "holds": [], "rules": [] }));
    assert!(resolved[0]["resolvedAt"].is_string());
}

#[tokio::test]
async fn stock_that_is_low_or_out_is_one_alert_until_it_is_clear_again() {
    let network = Network::founded().await;
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(201);
    adjust(&network, 101, 10_000).await;
    assert_eq!(alerts(&network, "").await, [] as [Value; 0]);
    for (count, expected) in [(100, 101), (120, 100), (0, 120), (400, 0)] {
        adjust(&network, count, expected).await;
        assert_eq!(alerts(&network, "").await.len(), 1);
    }
    adjust(&network, 500, 400).await;
    assert_eq!(alerts(&network, "").await, [] as [Value; 0]);
    assert_eq!(
        told(&network).await,
        [
            "alert.fired stock_low warning",
            "alert.changed stock_out critical",
            "alert.resolved stock_out critical"
        ]
    );
    let resolved = alerts(&network, "?status=resolved&station=ceres").await;
    assert_eq!(resolved[0]["cause"], json!({ "rule": "ice-low", "owner": "belt-mining" }));
    assert_eq!(resolved[0]["commodity"], "water-ice");
    let events = network.get("/api/events?limit=1000").await.expect(200);
    let events = events.json["items"].as_array().unwrap().clone();
    let fired = events.iter().find(|event| event["type"] == "alert.fired").unwrap();
    assert_eq!(fired["subject"], fired["data"]["alertId"]);
    assert_eq!(fired["data"]["station"], "ceres");
}

/// The types of alerts' events that a key is told of: by the list, and by the stream from its beginning.
async fn told_to(network: &Network, key: Option<&str>) -> [Vec<String>; 2] {
    // Something else comes last, so that the stream says where it stands.
    let name = format!("/api/traders/onlooker-{}", network.sequence().await);
    network.put(&name, json!({ "name": "Onlooker" })).await.expect(201);
    let ask = |path: &str| {
        let ask = network.ask(Method::GET, path);
        if let Some(key) = key { ask.key(key) } else { ask }
    };
    let listed = ask("/api/events?topic=alert&limit=1000").send().await.expect(200).json;
    let mut body = ask("/api/updates/real-time?topic=alert&after=0").open().await.into_body();
    let mut text = String::new();
    while !text.contains("event: progress") {
        let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
        text.push_str(std::str::from_utf8(&frame).unwrap());
    }
    let events = text.split("\n\n").filter_map(|frame| frame.split_once("\ndata: "));
    let events = events.filter(|(head, _)| !head.contains("event:"));
    let events = events.map(|(_, event)| serde_json::from_str(event).unwrap());
    let types = |events: Vec<Value>| {
        events.iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    };
    [types(listed["items"].as_array().unwrap().clone()), types(events.collect())]
}

/// The stock of one was low; then the rule watches another's, which is not. What becomes of the alert
/// is told to neither: one would hear of the other's stock.
#[tokio::test]
async fn an_alert_whose_rule_went_to_another_owner_is_told_to_neither() {
    let network = Network::founded().await;
    network.post("/api/trades", trade(1_000)).await.expect(201);
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(201);
    adjust(&network, 50, 9_000).await;
    let mut of_another = ice_low();
    of_another["owner"] = json!("acme");
    network.put("/api/alert-rules/ice-low", of_another).await.expect(200);
    let first = network.key("first", "trader", &["belt-mining"]).await;
    let second = network.key("second", "trader", &["acme"]).await;
    let both = |types: &[&str]| {
        [types, types].map(|types| types.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(told_to(&network, None).await, both(&["alert.fired", "alert.resolved"]));
    assert_eq!(told_to(&network, Some(&first)).await, both(&["alert.fired"]));
    assert_eq!(told_to(&network, Some(&second)).await, both(&[]));
    // Back at the first, whose stock is low still, it is another alert.
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(200);
    assert_eq!(told_to(&network, Some(&first)).await, both(&["alert.fired", "alert.fired"]));
    assert_eq!(told_to(&network, Some(&second)).await, both(&[]));
}

#[tokio::test]
async fn an_alert_is_acknowledged_once() {
    let network = Network::founded().await;
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(201);
    adjust(&network, 50, 10_000).await;
    let id = alerts(&network, "").await[0]["alertId"].as_str().unwrap().to_owned();
    let ask = || {
        let path = format!("/api/alerts/{id}/acknowledge");
        network.ask(Method::POST, &path).header("idempotency-key", "seen")
    };
    let seen = ask().send().await.expect(200);
    shown!(seen);
    let sequence = network.sequence().await;
    let again = acknowledge(&network, &id).await.expect(200);
    assert_eq!(again.json, seen.json);
    assert_eq!(network.sequence().await, sequence, "a second time changes nothing");
    adjust(&network, 0, 50).await;
    // A repeat is answered as it was then, though it has become worse since.
    let replayed = ask().send().await.expect(200);
    assert_eq!(replayed.header("idempotency-replayed"), "true");
    assert_eq!(replayed.json, seen.json);
    adjust(&network, 600, 0).await;
    let replayed = ask().send().await.expect(200);
    assert_eq!(replayed.json["acknowledgedBy"], "admin");
    acknowledge(&network, &id).await.expect_problem(404, "unknown_alert");
    for unknown in ["a-00000000001", "nothing"] {
        acknowledge(&network, unknown).await.expect_problem(404, "unknown_alert");
        let path = format!("/api/alerts/{unknown}");
        network.get(&path).await.expect_problem(404, "unknown_alert");
    }
}

#[tokio::test]
async fn sensible_rules_are_there_from_the_start_and_more_are_set() {
    let network = Network::founded().await;
    shown!(network.get("/api/alert-rules").await.expect(200));
    let created = network.put("/api/alert-rules/ice-low", ice_low()).await.expect(201);
    shown!(created);
    let read = network.get("/api/alert-rules/ice-low").await.expect(200);
    assert_eq!(read.json["low"], 100);
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(200);
    let mut more = ice_low();
    more["low"] = json!(200);
    let replaced = network.put("/api/alert-rules/ice-low", more.clone()).await.expect(200);
    assert_eq!(replaced.json["low"], 200);
    assert_eq!(replaced.json["createdAt"], created.json["createdAt"]);
    let taken = network.put("/api/alert-rules/another", ice_low()).await;
    taken.expect_problem(409, "already_exists");
    let late = json!({ "kind": "shipment_late", "afterSeconds": 60, "criticalAfterSeconds": 600 });
    let taken = network.put("/api/alert-rules/another", late.clone()).await;
    taken.expect_problem(409, "already_exists");
    let set = network.put("/api/alert-rules/shipment-late", late).await.expect(200);
    assert_eq!(set.json["afterSeconds"], 60);
    let holds = json!({ "kind": "hold_expired", "afterSeconds": 60 });
    network.put("/api/alert-rules/hold-expired", holds).await.expect(200);
    let delete = async |id: &str| {
        network.ask(Method::DELETE, &format!("/api/alert-rules/{id}")).send().await
    };
    let deleted = delete("ice-low").await.expect(200);
    assert_eq!(deleted.json["low"], 200);
    delete("ice-low").await.expect_problem(404, "unknown_alert_rule");
    delete("not%20a%20name").await.expect_problem(404, "unknown_alert_rule");
    let gone = network.get("/api/alert-rules/ice-low").await;
    gone.expect_problem(404, "unknown_alert_rule");
    delete("shipment-silent").await.expect(200);
    let left = network.get("/api/alert-rules?limit=2").await.expect(200);
    let names = |list: &Answer| {
        let items = list.json["items"].as_array().unwrap().clone();
        items.iter().map(|rule| rule["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&left), ["shipment-overdue", "shipment-late"]);
    let next = left.json["nextCursor"].as_str().unwrap();
    let rest = network.get(&format!("/api/alert-rules?cursor={next}")).await.expect(200);
    assert_eq!(names(&rest), ["hold-expired"]);
    network.put("/api/alert-rules/ice-low", more).await.expect(201);
}

#[tokio::test]
async fn each_bad_rule_is_refused_for_what_is_wrong_with_it() {
    let network = Network::founded().await;
    let stock = |field: &str, value: Value| {
        let mut rule = ice_low();
        rule[field] = value;
        rule
    };
    let timing = |after: u64, critical: u64| {
        let kind = "shipment_silent";
        json!({ "kind": kind, "afterSeconds": after, "criticalAfterSeconds": critical })
    };
    for (body, expected) in [
        (
            json!({ "kind": "stock" }),
            "/station missing_field, /commodity missing_field, /low missing_field, /clear missing_field",
        ),
        (stock("clear", json!(100)), "/clear out_of_range"),
        (stock("low", json!(-1)), "/low out_of_range"),
        (stock("afterSeconds", json!(1)), "/afterSeconds unknown_field"),
        (stock("kind", json!("stock_low")), "/kind invalid_value"),
        (timing(9, 8), "/criticalAfterSeconds out_of_range"),
        (timing(0, 8), "/afterSeconds out_of_range"),
        (
            json!({ "kind": "shipment_late", "afterSeconds": 1 }),
            "/criticalAfterSeconds missing_field",
        ),
        (json!({ "kind": "hold_expired", "afterSeconds": 1, "low": 1 }), "/low unknown_field"),
    ] {
        let refused = network.put("/api/alert-rules/x", body.clone()).await;
        let refused = refused.expect_problem(422, "invalid_request");
        let faults =
            refused.faults().iter().map(|(at, code)| format!("{at} {code}")).collect::<Vec<_>>();
        assert_eq!(faults.join(", "), expected, "{body}");
    }
    let unknown = network.put("/api/alert-rules/x", stock("station", json!("pluto"))).await;
    let unknown = unknown.expect_problem(422, "unknown_station");
    assert_eq!(unknown.faults()[0].0, "/station");
}

/// A year of network time is about six minutes: what is promised for today is overdue at once.
#[tokio::test]
async fn an_overdue_shipment_is_told_worsens_and_resolves_when_it_arrives() {
    let network = Network::at_speed(86_400).await;
    let now = network.get("/api/network").await.json["time"].as_str().unwrap().to_owned();
    let now: jiff::Timestamp = now.parse().unwrap();
    let mut booking = booking(10);
    booking["plannedDeparture"] = json!(now.to_string());
    booking["plannedArrival"] = json!((now + jiff::Span::new().hours(12)).to_string());
    let booked = network.post("/api/cargo", booking).await.expect(201);
    let path = booked.header("location").to_owned();
    report(&network, &path, json!({ "type": "departed" })).await.expect(201);
    let overdue = "/api/alerts?kind=shipment_overdue";
    let critical = |found: &Value| found["items"][0]["severity"] == "critical";
    let found = network.until(overdue, critical).await;
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(found["items"][0]["cause"], json!({ "shipmentId": booked.json["shipmentId"] }));
    let delayed = network.get(&path).await.expect(200);
    assert_eq!(delayed.json["delayed"], json!({ "reason": "overdue", "code": null }));
    report(&network, &path, json!({ "type": "arrived" })).await.expect(201);
    let left = alerts(&network, "").await;
    assert_eq!(left, [] as [Value; 0]);
    let overdue: Vec<_> =
        told(&network).await.into_iter().filter(|it| it.contains("overdue")).collect();
    assert_eq!(
        overdue,
        [
            "alert.fired shipment_overdue warning",
            "alert.changed shipment_overdue critical",
            "alert.resolved shipment_overdue critical"
        ]
    );
}

#[tokio::test]
async fn a_silent_shipment_is_told_until_it_is_heard_of() {
    let network = Network::at_speed(86_400).await;
    let booked = network.post("/api/cargo", booking(10)).await.expect(201);
    let path = booked.header("location").to_owned();
    report(&network, &path, json!({ "type": "departed" })).await.expect(201);
    let silent = "/api/alerts?kind=shipment_silent";
    network.until(silent, |found| found["items"][0]["kind"] == "shipment_silent").await;
    let position = json!({ "type": "position", "position": { "x": 0, "y": 0, "z": 1 } });
    report(&network, &path, position).await.expect(201);
    let told = told(&network).await;
    assert!(told.iter().any(|it| it.starts_with("alert.resolved shipment_silent")), "{told:?}");
}

#[tokio::test]
async fn a_hold_that_ran_out_is_told_until_it_is_seen() {
    let network = Network::at_speed(86_400).await;
    let mut hold = trade(20);
    hold["hold"] = json!({ "expiresInSeconds": 60 });
    let hold = network.post("/api/trades", hold).await.expect(201);
    let expired = "/api/alerts?kind=hold_expired";
    let found = network.until(expired, |found| found["items"][0].is_object()).await;
    let alert = &found["items"][0];
    assert_eq!(alert["cause"], json!({ "transactionId": hold.json["transactionId"] }));
    assert_eq!((&alert["station"], &alert["severity"]), (&json!("ceres"), &json!("warning")));
    let id = alert["alertId"].as_str().unwrap();
    let seen = acknowledge(&network, id).await.expect(200);
    assert_eq!(seen.json["acknowledgedBy"], "admin");
    network.until(expired, |found| found["items"] == json!([])).await;
}

#[tokio::test]
async fn alerts_and_rules_are_seen_by_whom_they_concern() {
    let network = Network::founded().await;
    network.put("/api/traders/eve", json!({ "name": "Eve" })).await.expect(201);
    network.put("/api/alert-rules/ice-low", ice_low()).await.expect(201);
    adjust(&network, 100, 10_000).await;
    let booked = network.post("/api/cargo", booking(10)).await.expect(201);
    let late = json!({ "type": "estimated", "estimatedArrival": "2300-01-03T01:00:00Z" });
    report(&network, booked.header("location"), late).await.expect(201);
    let of_stock = alerts(&network, "?kind=stock_low").await[0]["alertId"].clone();
    let path = format!("/api/alerts/{}", of_stock.as_str().unwrap());
    for (account, count, rules, status) in
        [("belt-mining", 2, 5, 200), ("acme", 1, 4, 404), ("eve", 0, 4, 404)]
    {
        let key = network.key_of("trader", account).await;
        let ask = |path: &str| network.ask(Method::GET, path).key(&key).send();
        let length = |answer: Answer| answer.expect(200).json["items"].as_array().unwrap().len();
        assert_eq!(length(ask("/api/alerts").await), count, "{account}");
        assert_eq!(length(ask("/api/alert-rules").await), rules, "{account}");
        ask(&path).await.expect(status);
        ask("/api/alert-rules/shipment-late").await.expect(200);
        let acknowledge = network.ask(Method::POST, &format!("{path}/acknowledge")).key(&key);
        acknowledge.send().await.expect_problem(403, "not_permitted");
        let put = network.ask(Method::PUT, "/api/alert-rules/ice-low").key(&key).json(&ice_low());
        put.send().await.expect_problem(403, "not_permitted");
    }
}

#[tokio::test]
async fn what_would_be_told_of_rules_and_vessels_can_be_rehearsed() {
    let network = Network::founded().await;
    let sequence = network.sequence().await;
    let rehearsed =
        network.put("/api/alert-rules/ice-low?dryRun=true", ice_low()).await.expect(200);
    assert_eq!(rehearsed.json["dryRun"], true);
    assert_eq!(rehearsed.json["events"][0]["type"], "alert-rule.created");
    let vessel = json!({ "name": "Red Star", "carrier": "acme" });
    let rehearsed = network.put("/api/vessels/red-star?dryRun=true", vessel).await.expect(200);
    assert_eq!(rehearsed.json["events"][0]["type"], "vessel.created");
    assert_eq!(network.sequence().await, sequence);
}
