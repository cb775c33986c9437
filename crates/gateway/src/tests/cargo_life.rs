//! What becomes of a shipment on its way, over HTTP: each way that it can go.

use axum::http::Method;
use serde_json::{Value, json};

use super::cargo::{booking, report};
use super::support::{Answer, Network, shown};

/// A shipment of ten units of ice that has come as far as this; its path.
async fn shipped(network: &Network, reports: &[&str]) -> String {
    let booked = network.post("/api/cargo", booking(10)).await.expect(201);
    let path = booked.header("location").to_owned();
    for kind in reports {
        report(network, &path, json!({ "type": kind })).await.expect(201);
    }
    path
}

#[expect(clippy::needless_pass_by_value, reason = "so that lines read like the bodies they are in")]
fn ice(fields: Value) -> Value {
    let mut line = json!({ "commodity": "water-ice" });
    line.as_object_mut().unwrap().append(&mut fields.as_object().unwrap().clone());
    json!([line])
}

fn counted(fields: Value) -> Value {
    json!({ "type": "received", "lines": ice(fields) })
}

/// Available, reserved, unavailable and incoming ice of the belt's miners.
async fn level(network: &Network, station: &str) -> [u64; 4] {
    let path = format!("/api/inventory/{station}?owner=belt-mining&commodity=water-ice");
    let found = network.get(&path).await.expect(200);
    let level = &found.json["levels"][0];
    ["available", "reserved", "unavailable", "incoming"].map(|of| level[of].as_u64().unwrap_or(0))
}

fn line<'a>(shipment: &'a Answer, field: &str) -> &'a Value {
    &shipment.json["lines"][0][field]
}

#[tokio::test]
async fn a_repeated_report_answers_with_the_shipment_unchanged() {
    let network = Network::founded().await;
    let path = shipped(&network, &[]).await;
    for kind in ["loaded", "departed", "arrived"] {
        report(&network, &path, json!({ "type": kind })).await.expect(201);
        let sequence = network.sequence().await;
        let repeat = report(&network, &path, json!({ "type": kind })).await.expect(200);
        assert_eq!(network.sequence().await, sequence, "{kind}");
        assert_eq!(repeat.json["sequence"], sequence);
        let late = json!({ "type": kind, "at": "2210-01-01T00:00:00Z" });
        report(&network, &path, late).await.expect_problem(409, "invalid_transition");
    }
    let id = path.rsplit('/').next().unwrap();
    let again =
        json!({ "type": "shipment_event", "shipmentId": id, "data": { "type": "arrived" } });
    let bulk = network.ask(Method::POST, "/api/events").lines(&[again]).send().await.expect(200);
    assert_eq!(bulk.lines(), [json!({ "line": 1, "status": 200, "id": id })]);
}

#[tokio::test]
async fn nothing_is_available_before_it_is_counted() {
    let network = Network::founded().await;
    let path = shipped(&network, &["loaded", "departed", "arrived"]).await;
    assert_eq!(level(&network, "mars-port").await, [0, 0, 0, 10]);
    let part =
        report(&network, &path, counted(json!({ "accepted": 4, "rejected": 1, "short": 5 })));
    let part = part.await.expect(201);
    assert_eq!(part.json["status"], "partially_received");
    assert_eq!((line(&part, "outstanding"), line(&part, "short")), (&json!(5), &json!(5)));
    assert_eq!(level(&network, "mars-port").await, [4, 0, 1, 5]);
    let rest = report(&network, &path, counted(json!({ "accepted": 5 }))).await.expect(201);
    assert_eq!(rest.json["status"], "received");
    assert_eq!((line(&rest, "outstanding"), line(&rest, "short")), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn over_receipt_in_small_steps_is_refused_past_the_tolerance() {
    let network = Network::founded().await;
    let mut booking = booking(10);
    booking["tolerancePermille"] = json!(200);
    let booked = network.post("/api/cargo", booking).await.expect(201);
    let path = booked.header("location").to_owned();
    for kind in ["departed", "arrived"] {
        report(&network, &path, json!({ "type": kind })).await.expect(201);
    }
    report(&network, &path, counted(json!({ "accepted": 9 }))).await.expect(201);
    let over = report(&network, &path, counted(json!({ "accepted": 4 }))).await;
    over.expect_problem(409, "over_receipt");
    let last = report(&network, &path, counted(json!({ "accepted": 3 }))).await.expect(201);
    assert_eq!((line(&last, "accepted"), line(&last, "found")), (&json!(10), &json!(2)));
    assert_eq!(last.json["tolerancePermille"], 200);
    let audit = network.get("/api/audit").await.expect(200);
    assert_eq!(audit.json["balanced"], true);
    let mut wrong = super::cargo::booking(1);
    wrong["tolerancePermille"] = json!(1_001);
    let wrong = network.post("/api/cargo", wrong).await.expect_problem(422, "invalid_request");
    assert_eq!(wrong.faults(), [("/tolerancePermille".to_owned(), "out_of_range".to_owned())]);
}

#[tokio::test]
async fn goods_are_lost_by_line_and_the_rest_arrives() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    let stolen = json!({
        "type": "lost", "cause": "stolen", "reason": "pirates", "lines": ice(json!({ "quantity": 4 }))
    });
    let part = report(&network, &path, stolen).await.expect(201);
    assert_eq!(part.json["status"], "in_transit");
    assert_eq!((line(&part, "writtenOff"), line(&part, "outstanding")), (&json!(4), &json!(6)));
    let over = json!({ "type": "lost", "lines": ice(json!({ "quantity": 7 })) });
    let over = report(&network, &path, over).await.expect_problem(409, "over_receipt");
    assert_eq!(over.faults()[0].0, "/lines/0/quantity");
    report(&network, &path, json!({ "type": "arrived" })).await.expect(201);
    report(&network, &path, counted(json!({ "accepted": 6 }))).await.expect(201);
    let read = network.get(&path).await.expect(200);
    let theft = &read.json["timeline"][2];
    assert_eq!((&theft["cause"], &theft["reason"]), (&json!("stolen"), &json!("pirates")));
    let audit = network.get("/api/audit").await.expect(200);
    assert_eq!(audit.json["balanced"], true);
}

#[tokio::test]
async fn what_was_lost_is_found_again_and_goes_on() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    let lost = report(&network, &path, json!({ "type": "lost" })).await.expect(201);
    assert_eq!((&lost.json["status"], line(&lost, "writtenOff")), (&json!("lost"), &json!(10)));
    assert_eq!(level(&network, "mars-port").await, [0, 0, 0, 0]);
    report(&network, &path, json!({ "type": "arrived" }))
        .await
        .expect_problem(409, "invalid_transition");
    let found =
        json!({ "type": "found", "reason": "drifting", "lines": ice(json!({ "quantity": 7 })) });
    let found = report(&network, &path, found).await.expect(201);
    shown!(found);
    assert_eq!(level(&network, "mars-port").await, [0, 0, 0, 7]);
    let listed = network.get("/api/cargo?status=lost").await.expect(200);
    assert_eq!(listed.json["items"], json!([]));
    report(&network, &path, json!({ "type": "arrived" })).await.expect(201);
    let over = report(&network, &path, counted(json!({ "accepted": 8 }))).await;
    over.expect_problem(409, "over_receipt");
    let ended = report(&network, &path, counted(json!({ "accepted": 7 }))).await.expect(201);
    assert_eq!(ended.json["status"], "received");
    let audit = network.get("/api/audit").await.expect(200);
    assert_eq!(audit.json["balanced"], true);
}

#[tokio::test]
async fn what_is_outstanding_returns_to_its_origin() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    let back = json!({ "type": "returned", "reason": "no dock" });
    let back = report(&network, &path, back).await.expect(201);
    assert_eq!(back.json["status"], "returned");
    assert_eq!(level(&network, "ceres").await, [10_000, 0, 0, 0]);
    assert_eq!(level(&network, "mars-port").await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_stopped_shipment_goes_nowhere_until_it_is_released() {
    let network = Network::founded().await;
    let path = shipped(&network, &[]).await;
    let held = json!({ "type": "held", "reason": "papers" });
    let held = report(&network, &path, held).await.expect(201);
    assert_eq!(held.json["onHold"], json!({ "reason": "papers" }));
    for kind in ["loaded", "departed"] {
        report(&network, &path, json!({ "type": kind })).await.expect_problem(409, "on_hold");
    }
    let listed = network.get("/api/cargo?onHold=true").await.expect(200);
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 1);
    report(&network, &path, json!({ "type": "released" })).await.expect(201);
    report(&network, &path, json!({ "type": "departed" })).await.expect(201);
    let listed = network.get("/api/cargo?onHold=true").await.expect(200);
    assert_eq!(listed.json["items"], json!([]));
}

#[tokio::test]
async fn cancelled_before_departure_it_is_released_and_after_refused() {
    let network = Network::founded().await;
    let path = shipped(&network, &["loaded"]).await;
    assert_eq!(level(&network, "ceres").await, [9_990, 10, 0, 0]);
    report(&network, &path, json!({ "type": "cancelled" })).await.expect(201);
    assert_eq!(level(&network, "ceres").await, [10_000, 0, 0, 0]);
    let path = shipped(&network, &["departed"]).await;
    report(&network, &path, json!({ "type": "cancelled" }))
        .await
        .expect_problem(409, "invalid_transition");
}

/// The ledger knows nothing of what has ended: single and in bulk the views say why.
#[tokio::test]
async fn reports_of_ended_shipments_are_refused_alike_in_single_and_in_bulk() {
    let network = Network::founded().await;
    let mut ended = Vec::new();
    for (reports, status) in
        [(["cancelled"].as_slice(), "cancelled"), (&["departed", "lost"], "lost")]
    {
        ended.push((shipped(&network, reports).await, status));
    }
    let path = shipped(&network, &["departed", "returned"]).await;
    ended.push((path, "returned"));
    let path = shipped(&network, &["departed", "arrived"]).await;
    report(&network, &path, counted(json!({ "accepted": 10 }))).await.expect(201);
    ended.push((path, "received"));
    let eve = network.key_of("trader", "ceres").await;
    for (path, status) in &ended {
        let single = report(&network, path, json!({ "type": "departed" })).await;
        let single = single.expect_problem(409, "invalid_transition");
        assert_eq!(
            (&single.json["from"], &single.json["to"]),
            (&json!(status), &json!("departed"))
        );
        let id = path.rsplit('/').next().unwrap();
        let data = json!({ "type": "departed" });
        let line = json!({ "type": "shipment_event", "shipmentId": id, "data": data });
        let bulk = || network.ask(Method::POST, "/api/events").lines(std::slice::from_ref(&line));
        let mut answer = bulk().send().await.expect(200).lines().remove(0);
        answer.as_object_mut().unwrap().remove("line");
        for (field, value) in answer.as_object().unwrap() {
            assert_eq!(&single.json[field], value, "{path} {field}");
        }
        // A stranger does not learn that there ever was one.
        if *status != "lost" {
            let hidden = bulk().key(&eve).send().await.expect(200).lines().remove(0);
            assert_eq!(hidden["code"], "unknown_shipment");
            let hidden = network.ask(Method::POST, &format!("{path}/events")).key(&eve);
            let hidden = hidden.json(&json!({ "type": "departed" })).send().await;
            hidden.expect_problem(404, "unknown_shipment");
        }
    }
}

#[tokio::test]
async fn positions_are_kept_as_a_track_in_the_order_of_their_times() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    let seen = |x: u32, at: u32| {
        let position = json!({ "x": x, "y": 0, "z": 0 });
        json!({ "type": "position", "position": position, "at": format!("2200-01-{at:02}T00:00:00Z") })
    };
    for (x, at) in [(1, 2), (3, 4), (2, 3)] {
        report(&network, &path, seen(x, at)).await.expect(201);
    }
    let read = network.get(&path).await.expect(200);
    let xs: Vec<_> =
        read.json["track"].as_array().unwrap().iter().map(|seen| seen["x"].clone()).collect();
    assert_eq!(xs, [json!(1), json!(2), json!(3)]);
    assert_eq!(read.json["position"]["x"], 3, "an older report does not move it back");
    let listed = network.get("/api/cargo").await.expect(200);
    assert!(listed.json["items"][0].get("track").is_none());
    for x in 0..110 {
        report(&network, &path, seen(x, 5)).await;
    }
    let read = network.get(&path).await.expect(200);
    assert_eq!(read.json["track"].as_array().unwrap().len(), 100);
}

#[tokio::test]
async fn charges_are_held_at_booking_and_paid_at_receipt_or_released() {
    let network = Network::founded().await;
    let charge = json!({ "payer": "acme", "to": "ceres", "amount": 100, "kind": "docking" });
    let mut booking = booking(10);
    booking["charges"] = json!([charge]);
    let credits = async |id: &str| {
        let found = network.get(&format!("/api/traders/{id}")).await.expect(200).json;
        ["available", "held"].map(|of| found[of].as_u64().unwrap())
    };
    let paid = network.post("/api/cargo", booking.clone()).await.expect(201);
    assert_eq!(paid.json["charges"], json!([charge]));
    assert_eq!(credits("acme").await, [999_900, 100]);
    let path = paid.header("location").to_owned();
    for kind in ["departed", "arrived"] {
        report(&network, &path, json!({ "type": kind })).await.expect(201);
    }
    report(&network, &path, counted(json!({ "accepted": 10 }))).await.expect(201);
    assert_eq!((credits("acme").await, credits("ceres").await), ([999_900, 0], [100, 0]));
    let read = network.get(&path).await.expect(200);
    assert_eq!(read.json["timeline"][3]["chargesPaid"], json!([charge]));
    let released = network.post("/api/cargo", booking.clone()).await.expect(201);
    let path = released.header("location").to_owned();
    report(&network, &path, json!({ "type": "cancelled" })).await.expect(201);
    assert_eq!(credits("acme").await, [999_900, 0]);
    let read = network.get(&path).await.expect(200);
    assert_eq!(read.json["timeline"][1]["chargesReleased"], json!([charge]));
    booking["charges"][0]["amount"] = json!(1_000_000);
    let poor = network.post("/api/cargo", booking).await;
    poor.expect_problem(409, "insufficient_credits");
}

#[tokio::test]
async fn an_older_estimate_does_not_replace_a_newer_one() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    let estimate = |arrival: &str, at: &str| {
        let arrival = format!("2300-01-{arrival}T00:00:00Z");
        json!({ "type": "estimated", "estimatedArrival": arrival, "at": format!("2210-01-{at}T00:00:00Z") })
    };
    report(&network, &path, estimate("05", "02")).await.expect(201);
    let late = report(&network, &path, estimate("04", "01")).await.expect(201);
    assert_eq!(late.json["estimatedArrival"], "2300-01-05T00:00:00Z");
    report(&network, &path, estimate("05", "02")).await.expect(200);
    let early = json!({ "type": "arrived", "at": "2100-01-01T00:00:00Z" });
    let early = report(&network, &path, early).await.expect_problem(409, "invalid_transition");
    assert!(early.json["notBefore"].is_string(), "{}", early.text);
}

#[tokio::test]
async fn carriers_report_what_they_carry_and_consignees_count() {
    let network = Network::founded().await;
    network.put("/api/traders/eve", json!({ "name": "Eve" })).await.expect(201);
    let path = shipped(&network, &[]).await;
    let events = format!("{path}/events");
    let carrier = network.key_of("carrier", "acme").await;
    let consignee = network.key_of("carrier", "belt-mining").await;
    let stranger = network.key_of("carrier", "eve").await;
    let send = async |key: &str, body: Value| {
        network.ask(Method::POST, &events).key(key).json(&body).send().await
    };
    send(&stranger, json!({ "type": "loaded" })).await.expect_problem(404, "unknown_shipment");
    for kind in ["loaded", "departed", "arrived"] {
        send(&carrier, json!({ "type": kind })).await.expect(201);
    }
    let count = counted(json!({ "accepted": 10 }));
    send(&carrier, count.clone()).await.expect_problem(403, "not_permitted");
    send(&consignee, count).await.expect(201);
    let read = network.ask(Method::GET, &path).key(&stranger).send().await;
    read.expect_problem(404, "unknown_shipment");
    let listed = network.ask(Method::GET, "/api/cargo").key(&stranger).send().await.expect(200);
    assert_eq!(listed.json["items"], json!([]));
    network.ask(Method::GET, &path).key(&carrier).send().await.expect(200);
}

#[tokio::test]
async fn every_report_is_a_cloud_event_that_says_it_all() {
    let network = Network::founded().await;
    let path = shipped(&network, &["departed"]).await;
    for body in [
        json!({ "type": "estimated", "estimatedArrival": "2300-01-04T00:00:00Z", "reason": "ice", "delayCode": "weather" }),
        json!({ "type": "held", "reason": "papers" }),
        json!({ "type": "released" }),
        json!({ "type": "lost", "cause": "stolen", "lines": ice(json!({ "quantity": 2 })) }),
        json!({ "type": "found", "lines": ice(json!({ "quantity": 1 })) }),
        json!({ "type": "arrived" }),
        counted(json!({ "accepted": 3, "rejected": 1, "short": 5 })),
        json!({ "type": "returned", "reason": "no room" }),
    ] {
        report(&network, &path, body).await.expect(201);
    }
    let after = network.sequence().await - 12;
    let mut events = network.get(&format!("/api/events?after={after}")).await.expect(200);
    // The alerts of the estimate come between.
    let items = events.json["items"].as_array().unwrap().clone();
    let cargo =
        items.iter().filter(|event| event["type"].as_str().unwrap().starts_with("shipment."));
    let data: Vec<_> = cargo.map(|event| json!([event["type"], event["data"]])).collect();
    events.json = json!(data);
    shown!(events);
}
