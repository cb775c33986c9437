//! The demo's story, followed as the page follows it: each caption stands on the event that it is
//! about, and what it says is so by the network's own rules. And a galaxy that is full from the start.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::process::Command;
use std::time::{Duration, Instant};

use itn_tests::server::Folder;
use itn_tests::stream::Stream;
use itn_tests::{Client, Server, given, process, wait};
use serde_json::Value;

use crate::demo::paste;

/// Six hours of the network in a second: a run in ten seconds.
const SPEED: &str = "21600";
/// A run and its start, on a busy machine.
const LIMIT: Duration = Duration::from_mins(2);
/// One request or one line.
const MOMENT: Duration = Duration::from_secs(20);

const BEATS: [&str; 10] =
    ["calm", "storm", "low", "out", "bid", "turn", "received", "filled", "over", "audit"];

/// What a reader of the stream has seen.
struct Seen {
    stream: Stream,
    events: Vec<Value>,
    deadline: Instant,
}

impl Seen {
    fn from_the_start(address: SocketAddr) -> Self {
        let stream = match Stream::open(address, None, "?after=0", None) {
            Ok(stream) => stream,
            Err(response) => panic!("{}", response.text()),
        };
        Self { stream, events: Vec::new(), deadline: Instant::now() + LIMIT }
    }

    /// Reads on until the caption of this beat, of this run.
    fn until(&mut self, beat: &str, run: &str) -> Value {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            let told: Vec<_> = captions(&self.events).map(caption).collect();
            let event = self.stream.event(left);
            let event = event.unwrap_or_else(|error| panic!("{error}: no {beat} after {told:#?}"));
            let event = event.data;
            self.events.push(event.clone());
            if of_beat(&event, beat) && of_run(&event, run) && !caption(&event).is_empty() {
                return event;
            }
        }
    }

    /// The event right behind another: what the network itself says of it, in the same commit.
    fn behind(&mut self, event: &Value) -> Value {
        let next = sequence(event) + 1;
        while self.events.last().is_none_or(|last| sequence(last) < next) {
            self.events.push(self.stream.event(MOMENT).unwrap().data);
        }
        self.events.iter().find(|event| sequence(event) == next).unwrap().clone()
    }
}

fn caption(event: &Value) -> &str {
    event["data"]["metadata"]["caption"].as_str().unwrap_or_default()
}

fn captions(events: &[Value]) -> impl Iterator<Item = &Value> {
    events.iter().filter(|event| !caption(event).is_empty())
}

fn of_beat(event: &Value, beat: &str) -> bool {
    event["data"]["metadata"]["story"] == beat
}

fn of_run(event: &Value, run: &str) -> bool {
    event["data"]["metadata"]["run"] == run
}

fn sequence(event: &Value) -> u64 {
    event["data"]["sequence"].as_u64().unwrap_or_else(|| panic!("no sequence in {event}"))
}

fn word<'a>(event: &'a Value, name: &str) -> &'a str {
    event["data"][name].as_str().unwrap_or_else(|| panic!("no {name} in {event}"))
}

/// An alert of this kind that is firing.
fn firing(client: &mut Client, kind: &str, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
    let page = client.get(&format!("/api/alerts?kind={kind}&limit=1000")).expect(200).json();
    page["items"].as_array().unwrap().iter().find(|alert| is_it(alert)).cloned()
}

#[test]
fn the_story_is_told_beat_by_beat_and_what_it_says_is_so() {
    let mut server = Server::demo().arg("--seed").arg("7").arg("--speed").arg(SPEED).start();
    let mut client = Client::new(server.address(), None);
    let mut seen = Seen::from_the_start(server.address());

    // A ship leaves, and is late by the rule when the storm comes; so are three others.
    let calm = seen.until("calm", "1");
    assert_eq!(calm["type"], "shipment.departed", "{calm}");
    let awaited = word(&calm, "shipmentId").to_owned();
    let storm = seen.until("storm", "1");
    assert_eq!(
        (&storm["type"], word(&storm, "shipmentId")),
        (&"shipment.estimated".into(), &*awaited)
    );
    assert_eq!(word(&storm, "delayCode"), "weather");
    let late = seen.behind(&storm);
    assert_eq!(late["type"], "alert.fired", "{late}");
    assert_eq!(word(&late, "kind"), "shipment_late");
    assert_eq!(late["data"]["cause"]["shipmentId"], awaited.as_str());

    // The threshold is crossed, which the rule tells, and the late ship is known to matter for it.
    let low = seen.until("low", "1");
    let risk =
        firing(&mut client, "shipment_late", |alert| alert["shipmentId"] == awaited.as_str());
    let is_low = seen.behind(&low);
    assert_eq!((&low["type"], word(&is_low, "kind")), (&"stock.adjusted".into(), "stock_low"));
    assert_eq!(is_low["type"], "alert.fired", "{is_low}");
    let station = word(&low, "station").to_owned();
    let rule = is_low["data"]["cause"]["rule"].as_str().unwrap().to_owned();
    assert_eq!(rule, format!("story-oxygen-{station}"));
    let risk = risk.expect("the late ship's alert");
    assert!(risk["atRisk"]["rules"].as_array().unwrap().contains(&rule.into()), "{risk}");
    let shipment = client.get(&format!("/api/cargo/{awaited}")).expect(200).json();
    assert_eq!(shipment["destination"], station.as_str());
    let vessel = shipment["vessel"].as_str().unwrap();
    let ship = client.get(&format!("/api/vessels/{vessel}")).expect(200).json();
    assert!(caption(&low).contains(ship["name"].as_str().unwrap()), "{low}");

    // The visitor can buy in the middle of it.
    let command = paste(&server.process().stdout()).expect("a curl to paste");
    let ended = process::run(Command::new("bash").args(["-c", &command]), MOMENT);
    assert!(ended.stdout.contains("settled"), "{command}\n{}", ended.said());

    // It runs out: the same alert, and worse. The bid climbs.
    let out = seen.until("out", "1");
    let is_out = seen.behind(&out);
    assert_eq!((&is_out["type"], word(&is_out, "kind")), (&"alert.changed".into(), "stock_out"));
    assert_eq!(is_out["data"]["alertId"], is_low["data"]["alertId"]);
    let bid = seen.until("bid", "1");
    assert_eq!((&bid["type"], word(&bid, "side")), (&"offer.opened".into(), "buy"));
    let turn = seen.until("turn", "1");
    assert_eq!(turn["type"], "shipment.position", "{turn}");
    let received = seen.until("received", "1");
    assert_eq!(received["type"], "shipment.received", "{received}");
    let filled = seen.until("filled", "1");
    assert_eq!((&filled["type"], word(&filled, "buyer")), (&"trade.settled".into(), &*station));
    seen.until("over", "1");
    let audit = seen.until("audit", "1");
    assert_eq!(audit["type"], "stock.adjusted", "{audit}");
    assert_eq!(caption(&audit), "audit: balanced, 0 units unexplained");
    given::assert_balanced(&mut client);

    the_whole_of_it_hangs_together(&seen.events, &station, &awaited, &turn);
    let alert = word(&is_low, "alertId");
    let resolved = ended_before(&seen.events, alert, &audit);
    // Right behind the trade, and the end of the offer that it took.
    assert!((1..=2).contains(&(resolved - sequence(&filled))), "{filled} {resolved}");
    assert!(ended_before(&seen.events, word(&late, "alertId"), &audit) > resolved);

    // The console has the same lines, and no trouble.
    let said = server.process().stderr();
    for event in captions(&seen.events).filter(|event| of_run(event, "1")) {
        let line = format!("#{}  {}", sequence(event), caption(event));
        assert!(said.lines().any(|said| said == line), "no {line:?} in\n{said}");
    }
    assert!(!said.contains("story:"), "{said}");
    server.stop();
}

/// When an alert was resolved.
#[track_caller]
fn ended_before(events: &[Value], alert: &str, audit: &Value) -> u64 {
    let resolved = events
        .iter()
        .find(|event| event["type"] == "alert.resolved" && event["data"]["alertId"] == alert);
    let resolved = sequence(resolved.unwrap_or_else(|| panic!("{alert} is not resolved")));
    assert!(resolved < sequence(audit));
    resolved
}

fn the_whole_of_it_hangs_together(events: &[Value], station: &str, awaited: &str, turn: &Value) {
    let run = || events.iter().filter(|event| of_run(event, "1"));
    let told: Vec<&str> = run()
        .filter(|event| !caption(event).is_empty())
        .map(|event| event["data"]["metadata"]["story"].as_str().unwrap())
        .collect();
    assert_eq!(told, BEATS);
    let of = |kind: &'static str| run().filter(move |event| event["type"] == kind);
    let held_up: BTreeSet<_> =
        of("shipment.estimated").map(|event| word(event, "shipmentId")).collect();
    assert_eq!(held_up.len(), 4, "{held_up:?}");
    assert!(held_up.contains(awaited));
    let bids: Vec<u64> = of("offer.opened")
        .filter(|event| word(event, "station") == station)
        .map(|event| event["data"]["unitPrice"].as_u64().unwrap())
        .collect();
    assert!(bids.len() == 3 && bids.is_sorted_by(|one, other| one < other), "{bids:?}");

    // What turns goes back to where it came from, and from there to the station.
    let turned = word(turn, "shipmentId");
    let returned = of("shipment.returned").find(|event| word(event, "shipmentId") == turned);
    let returned = sequence(returned.expect("the ship goes back"));
    let again = of("shipment.booked").find(|event| sequence(event) > returned).unwrap();
    assert_eq!(word(again, "destination"), station);
    let first = of("shipment.booked").find(|event| word(event, "shipmentId") == turned).unwrap();
    assert_eq!(first["data"]["origin"], again["data"]["origin"]);
    assert_eq!(first["data"]["vessel"], again["data"]["vessel"]);
    assert_ne!(first["data"]["destination"], again["data"]["destination"]);
    // The trade took the last bid, which is filled.
    let filled = run().find(|event| of_beat(event, "filled")).unwrap();
    assert_eq!(filled["data"]["lines"][0]["unitPrice"], *bids.last().unwrap(), "{filled}");
    // All of its shipments have ended.
    let ends = ["shipment.received", "shipment.returned"];
    let ended = ends.into_iter().map(|kind| of(kind).count()).sum::<usize>();
    assert_eq!((of("shipment.booked").count(), ended), (6, 6));
}

#[test]
fn a_kept_demo_that_was_killed_in_the_storm_goes_on_with_the_next_run() {
    let folder = Folder::new();
    let start = || {
        let demo = Server::demo().arg("--seed").arg("7").arg("--speed").arg(SPEED);
        demo.arg("--data").arg(folder.data()).start()
    };
    let server = start();
    let mut seen = Seen::from_the_start(server.address());
    let low = seen.until("low", "1");
    let left: Vec<String> = seen
        .events
        .iter()
        .filter(|event| of_run(event, "1") && event["type"] == "shipment.booked")
        .map(|event| word(event, "shipmentId").to_owned())
        .collect();
    assert!(left.len() >= 4, "{left:?}");
    server.kill();

    let mut server = start();
    let mut seen = Seen::from_the_start(server.address());
    let storm = seen.until("storm", "2");
    assert!(sequence(&storm) > sequence(&low));
    // What the first run left is at its end, and no alert of it is left.
    let mut client = Client::new(server.address(), None);
    for shipment in left {
        let shipment = client.get(&format!("/api/cargo/{shipment}")).expect(200).json();
        let status = shipment["status"].as_str().unwrap();
        assert!(["received", "cancelled"].contains(&status), "{shipment}");
    }
    let rule = format!("story-oxygen-{}", word(&low, "station"));
    for kind in ["stock_low", "stock_out"] {
        let alert = firing(&mut client, kind, |alert| alert["cause"]["rule"] == rule.as_str());
        assert!(alert.is_none(), "{alert:?}");
    }
    assert!(!server.process().stderr().contains("story:"), "{}", server.process().stderr());
    given::assert_balanced(&mut client);
}

#[test]
fn a_quiet_demo_tells_the_page_alone_and_one_without_a_story_nobody() {
    let mut quiet = Server::demo().arg("--quiet-story").arg("--speed").arg("100000").start();
    Seen::from_the_start(quiet.address()).until("audit", "1");
    assert!(!quiet.process().stderr().contains("Calm."), "{}", quiet.process().stderr());

    let none = Server::demo().arg("--no-story").arg("--speed").arg("100000").start();
    let mut seen = Seen::from_the_start(none.address());
    let kinds = |seen: &Seen, kind: &str| seen.events.iter().any(|event| event["type"] == kind);
    while !kinds(&seen, "shipment.departed") {
        seen.events.push(seen.stream.event(MOMENT).unwrap().data);
    }
    let mut client = Client::new(none.address(), None);
    client.get("/api/traders/storyteller").expect(404);
}

#[test]
fn a_galaxy_can_be_full_of_ships_from_the_start_and_stays_so() {
    const COUNT: u64 = 1_500;
    let demo = Server::demo().arg("--scale").arg("small").arg("--no-story");
    let mut server =
        demo.arg("--shipments").arg(COUNT.to_string()).arg("--rate").arg("100").start();
    wait::until("ships under way", LIMIT, || {
        server.process().stderr().contains("under way, after").then_some(())
    });
    let mut client = Client::new(server.address(), None);
    let in_transit = |client: &mut Client| {
        let network = client.get("/api/network").expect(200).json();
        network["counts"]["shipments"]["in_transit"].as_u64().unwrap()
    };
    let full = COUNT * 95 / 100..=COUNT * 105 / 100;
    let first = in_transit(&mut client);
    assert!(full.contains(&first), "{first}");
    // Each is somewhere else on its way: they left at different times, and arrive one by one.
    let page = client.get("/api/cargo?status=in_transit&limit=1000").expect(200).json();
    let departures = page["items"].as_array().unwrap().iter();
    let departures: BTreeSet<_> =
        departures.map(|shipment| shipment["actualDeparture"].to_string()).collect();
    assert!(departures.len() > 500, "{} departures", departures.len());
    let received = |client: &mut Client| {
        let network = client.get("/api/network").expect(200).json();
        network["counts"]["shipments"]["received"].as_u64().unwrap()
    };
    wait::until("arrivals", LIMIT, || (received(&mut client) >= 20).then_some(()));
    let later = in_transit(&mut client);
    assert!(full.contains(&later), "{first}, then {later}");
    // Nobody is thought silent who is only far away.
    let silent = firing(&mut client, "shipment_silent", |_| true);
    assert!(silent.is_none(), "{silent:?}");
    given::assert_balanced(&mut client);
}
