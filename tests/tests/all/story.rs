//! One story told against the real server with its clock sped up: a hold runs out while nobody is
//! there, a shipment is predicted late, becomes overdue, falls silent, arrives short and damaged.
//! Every alert fires once, in its order, and ends by itself; the audit balances at the end.

use std::time::{Duration, Instant};

use itn_tests::client::Request;
use itn_tests::server::{ADMIN_KEY, Folder, state_hash, verify};
use itn_tests::stream::Stream;
use itn_tests::{Client, Server, bodies, given, wait};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// An hour of the network passes in a second.
const SPEED: &str = "3600";
/// Whatever is waited for takes some ten seconds of wall time at most, on a busy machine more.
const LIMIT: Duration = Duration::from_mins(1);

fn serve(folder: &Folder) -> Server {
    Server::options(&folder.data()).arg("--speed").arg(SPEED).start()
}

/// Network time.
fn now(client: &mut Client) -> Timestamp {
    let network = client.get("/api/network").expect(200).json();
    network["time"].as_str().unwrap().parse().unwrap()
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// The alerts that are firing: kind and severity, oldest first.
fn firing(client: &mut Client) -> Vec<(String, String)> {
    let page = client.get("/api/alerts").expect(200).json();
    let word = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let alerts = page["items"].as_array().unwrap().iter().rev();
    alerts.map(|alert| (word(alert, "kind"), word(alert, "severity"))).collect()
}

/// Waits until an alert of this kind is firing, and gives it.
fn alert(client: &mut Client, kind: &str) -> Value {
    wait::until(&format!("the alert {kind}"), LIMIT, || {
        let page = client.get("/api/alerts").expect(200).json();
        page["items"].as_array().unwrap().iter().find(|alert| alert["kind"] == kind).cloned()
    })
}

fn level(client: &mut Client, station: &str, owner: &str) -> Value {
    let path = format!("/api/inventory/{station}?owner={owner}&commodity={}", bodies::COMMODITY);
    client.get(&path).expect(200).json()["levels"][0].clone()
}

/// A hold of 500 units that nobody settles, made just before the server is killed.
fn a_hold_runs_out_while_the_server_is_down(folder: &Folder) -> (Server, String) {
    let server = serve(folder);
    let mut client = server.client();
    given::market(&mut client);
    let body = bodies::with(
        bodies::trade(),
        &json!({ "lines": [bodies::line(500)], "hold": { "expiresInSeconds": 7200 } }),
    );
    let hold = client.post("/api/trades", &body).expect(201).json();
    assert_eq!(hold["status"], "pending", "{hold}");
    let id = hold["transactionId"].as_str().unwrap().to_owned();
    assert_eq!(level(&mut client, bodies::STATION, bodies::SELLER)["reserved"], 500);
    let buyer = client.get(&format!("/api/traders/{}", bodies::BUYER)).expect(200).json();
    assert_eq!((&buyer["held"], &buyer["available"]), (&json!(500), &json!(999_500)), "{buyer}");
    let killed = Instant::now();
    server.kill();
    // Its deadline passes with nobody there.
    wait::until("the deadline", LIMIT, || {
        (killed.elapsed() > Duration::from_secs(3)).then_some(())
    });
    let server = serve(folder);
    let mut client = server.client();
    let path = format!("/api/trades/{id}");
    assert_eq!(client.get(&path).expect(200).json()["status"], "expired");
    assert_eq!(level(&mut client, bodies::STATION, bodies::SELLER)["reserved"], 0);
    assert_eq!(given::balance(&mut client, bodies::BUYER), 1_000_000);
    let refused = client.post(&format!("{path}/settle"), &json!({})).expect(409);
    assert_eq!(refused.code(), "hold_expired");
    (server, id)
}

/// 400 units, promised in 20 hours, and at once said to be two hours late.
fn a_shipment_is_predicted_late(client: &mut Client) -> String {
    let start = now(client);
    let promise = start + hours(20);
    let booking = bodies::with(
        bodies::shipment(),
        &json!({
            "lines": [{ "commodity": bodies::COMMODITY, "quantity": 400 }],
            "plannedDeparture": start.to_string(), "plannedArrival": promise.to_string(),
        }),
    );
    let booked = client.post("/api/cargo", &booking).expect(201).json();
    let id = booked["shipmentId"].as_str().unwrap().to_owned();
    report(client, &id, &json!({ "type": "departed" }));
    let estimate = promise + hours(2);
    let estimated = json!({ "type": "estimated", "estimatedArrival": estimate.to_string(),
        "delayCode": "weather", "reason": "a storm on the way" });
    let shipment = report(client, &id, &estimated);
    let estimated = shipment["estimatedArrival"].as_str().unwrap().parse::<Timestamp>();
    assert_eq!(estimated.unwrap(), estimate, "{shipment}");
    id
}

fn report(client: &mut Client, shipment: &str, body: &Value) -> Value {
    client.post(&format!("/api/cargo/{shipment}/events"), body).expect(201).json()
}

#[test]
fn a_hold_expires_unattended_and_a_late_shipment_tells_so_until_it_is_counted() {
    let folder = Folder::new();
    let (server, hold) = a_hold_runs_out_while_the_server_is_down(&folder);
    let mut client = server.client();
    let expired = alert(&mut client, "hold_expired");
    assert_eq!(expired["cause"]["transactionId"], hold.as_str(), "{expired}");
    acknowledge(&mut client, &expired);
    wait::until("the end of the alert", LIMIT, || firing(&mut client).is_empty().then_some(()));

    let from = given::sequence(&mut client);
    let shipment = a_shipment_is_predicted_late(&mut client);
    let late = alert(&mut client, "shipment_late");
    assert_eq!(late["shipmentId"], shipment.as_str(), "{late}");
    let acknowledged = acknowledge(&mut client, &late);
    assert_eq!(acknowledged["acknowledgedBy"], "admin", "{acknowledged}");
    assert_eq!(firing(&mut client), [("shipment_late".to_owned(), "warning".to_owned())]);

    // Its promise and an hour's grace pass, and then a day without news.
    alert(&mut client, "shipment_overdue");
    alert(&mut client, "shipment_silent");
    let seen = json!({ "type": "position", "position": { "x": 1, "y": 0, "z": 0 } });
    report(&mut client, &shipment, &seen);
    wait::until("the end of the silence", LIMIT, || {
        firing(&mut client).iter().all(|(kind, _)| kind != "shipment_silent").then_some(())
    });
    report(&mut client, &shipment, &json!({ "type": "arrived" }));
    wait::until("the end of all alerts", LIMIT, || firing(&mut client).is_empty().then_some(()));

    it_is_counted_short_and_damaged(&mut client, &shipment);
    given::assert_balanced(&mut client);
    the_stream_tells_it_in_order(&server, from, &shipment);
    // Something of every class of account, reserved goods and held credits among them.
    let hold = json!({ "hold": { "expiresInSeconds": 86_400 } });
    client.post("/api/trades", &bodies::with(bodies::trade(), &hold)).expect(201);
    let audit = client.get("/api/audit").expect(200).json();
    server.stop();
    // And the journal alone comes to the same.
    state_hash(&folder.data());
    let verified = verify(&folder.data()).stdout;
    for line in totals(&audit) {
        assert!(verified.lines().any(|said| said == line), "no {line:?} in\n{verified}");
    }
}

/// The audit in the words of `itn verify`.
fn totals(audit: &Value) -> [String; 2] {
    let credit = |name: &str| audit["credits"][name].as_u64().unwrap();
    let good = |name: &str| audit["commodities"][0][name].as_u64().unwrap();
    [
        format!(
            "credits: issued {} = retired {} + available {} + held {}",
            credit("issued"),
            credit("retired"),
            credit("available"),
            credit("held")
        ),
        format!(
            "goods: produced {} + found {} = available {} + reserved {} + unavailable {} + \
             in transit {} + consumed {} + lost {} + expired {} + stolen {}",
            good("produced"),
            good("found"),
            good("available"),
            good("reserved"),
            good("unavailable"),
            good("inTransit"),
            good("consumed"),
            good("lost"),
            good("expired"),
            good("stolen")
        ),
    ]
}

fn acknowledge(client: &mut Client, alert: &Value) -> Value {
    let id = alert["alertId"].as_str().unwrap();
    client.send(&Request::new("POST", &format!("/api/alerts/{id}/acknowledge"))).expect(200).json()
}

/// Stock rises when it is counted, and not before; what is missing stays outstanding until somebody
/// writes it off.
fn it_is_counted_short_and_damaged(client: &mut Client, shipment: &str) {
    let before = level(client, bodies::DESTINATION, bodies::SELLER);
    assert_eq!((&before["onHand"], &before["incoming"]), (&json!(0), &json!(400)), "{before}");
    let line =
        json!({ "commodity": bodies::COMMODITY, "accepted": 390, "rejected": 6, "short": 4 });
    let counted = report(client, shipment, &json!({ "type": "received", "lines": [line] }));
    assert_eq!(counted["status"], "partially_received", "{counted}");
    assert_eq!(counted["lines"][0]["outstanding"], 4, "{counted}");
    assert_eq!(counted["lines"][0]["short"], 4, "{counted}");
    let after = level(client, bodies::DESTINATION, bodies::SELLER);
    assert_eq!(
        (&after["available"], &after["unavailable"], &after["incoming"]),
        (&json!(390), &json!(6), &json!(4)),
        "{after}"
    );
    let stolen = json!({ "type": "lost", "cause": "stolen", "reason": "the seal was broken" });
    let ended = report(client, shipment, &stolen);
    assert_eq!(ended["status"], "received", "{ended}");
    assert_eq!(ended["lines"][0]["writtenOff"], 4, "{ended}");
}

fn the_stream_tells_it_in_order(server: &Server, from: u64, shipment: &str) {
    let last = given::sequence(&mut server.client());
    let query = format!("?after={from}");
    let Ok(mut stream) = Stream::open(server.address(), Some(ADMIN_KEY), &query, None) else {
        panic!("no stream")
    };
    let events = stream.events(usize::try_from(last - from).unwrap(), LIMIT);
    let told: Vec<String> = events
        .iter()
        .map(|message| {
            let event = &message.data;
            let kind = event["data"]["kind"].as_str().unwrap_or_default();
            let what = event["type"].as_str().unwrap();
            let what =
                if what.starts_with("alert.") { format!("{what} {kind}") } else { what.into() };
            assert!(
                event["subject"] == shipment || event["data"]["cause"]["shipmentId"] == shipment,
                "of another thing: {event}"
            );
            what
        })
        .collect();
    assert_eq!(
        told,
        [
            "shipment.booked",
            "shipment.departed",
            "shipment.estimated",
            "alert.fired shipment_late",
            "alert.acknowledged shipment_late",
            "shipment.delayed",
            "alert.fired shipment_overdue",
            "alert.fired shipment_silent",
            "shipment.position",
            "alert.resolved shipment_silent",
            "shipment.arrived",
            "alert.resolved shipment_overdue",
            "alert.resolved shipment_late",
            "shipment.received",
            "shipment.lost",
        ]
    );
}
