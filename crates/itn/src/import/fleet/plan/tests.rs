//! The plan against a naive network: every command it gives must be one a fresh network accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::catalogue::Catalogue;
use super::super::{hold, poll};
use super::*;

type Stock = BTreeMap<(String, String), i64>;

/// A network so simple that it is obviously right: goods of the one owner of each ship, never
/// below zero, and shipments that go one way.
#[derive(Default)]
struct Book {
    /// By station and commodity.
    stock: Stock,
    shipments: BTreeMap<String, Shipment>,
    /// By vessel, in units.
    capacity: BTreeMap<String, u64>,
    /// What was told of shipments, in order.
    told: Vec<String>,
}

struct Shipment {
    vessel: String,
    destination: String,
    status: &'static str,
    outstanding: BTreeMap<String, i64>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

impl Book {
    fn post(&mut self, line: &PlannedLine) {
        let json: Value = serde_json::from_str(&line.json).unwrap();
        let data = &json["data"];
        match json["type"].as_str().unwrap() {
            "vessel" => {
                let volume = data["volumeCapacityMillilitres"].as_u64().unwrap();
                self.capacity.insert(text(&json["id"]), volume / 1_000);
            }
            "station" | "commodity" | "trader" => {
                assert!(domain::Identifier::new(json["id"].as_str().unwrap()).is_ok());
            }
            "adjustment" => {
                for change in data["lines"].as_array().unwrap() {
                    let place = (text(&json["station"]), text(&change["commodity"]));
                    self.give(place, change["change"].as_i64().unwrap(), line);
                }
            }
            "shipment" => self.book(data, line),
            "shipment_event" => self.report(data, line),
            other => panic!("{other}"),
        }
    }

    fn give(&mut self, place: (String, String), by: i64, line: &PlannedLine) {
        let level = self.stock.entry(place).or_default();
        *level += by;
        assert!(*level >= 0, "{}", line.json);
    }

    fn book(&mut self, data: &Value, line: &PlannedLine) {
        let (origin, vessel) = (text(&data["origin"]), text(&data["vessel"]));
        assert_ne!(data["origin"], data["destination"]);
        let mut outstanding = BTreeMap::new();
        let mut volume = 0;
        for goods in data["lines"].as_array().unwrap() {
            let (commodity, units) =
                (text(&goods["commodity"]), goods["quantity"].as_i64().unwrap());
            assert!(units > 0);
            volume += if commodity == "empty-hold" { 0 } else { units.unsigned_abs() };
            self.give((origin.clone(), commodity.clone()), -units, line);
            outstanding.insert(commodity, units);
        }
        assert!(volume <= self.capacity[&vessel], "{vessel} over capacity: {}", line.json);
        let subject = line.gives.clone().unwrap();
        let destination = text(&data["destination"]);
        let shipment = Shipment { vessel, destination, status: "booked", outstanding };
        assert!(self.shipments.insert(subject, shipment).is_none(), "{}", line.json);
    }

    fn report(&mut self, data: &Value, line: &PlannedLine) {
        let need = line.needs.as_ref().unwrap();
        assert_eq!(need.member, Some("shipmentId"));
        let kind = text(&data["type"]);
        let carrying = |shipment: &&Shipment| shipment.status == "departed";
        let vessel = self.shipments[&need.subject].vessel.clone();
        let others = self.shipments.values().filter(carrying);
        let is_busy = others.into_iter().any(|other| other.vessel == vessel);
        let shipment = self.shipments.get_mut(&need.subject).unwrap();
        let (from, to) = match kind.as_str() {
            "departed" => ("booked", "departed"),
            "arrived" => ("departed", "arrived"),
            "received" => ("arrived", "received"),
            _ => ("departed", "departed"),
        };
        assert_eq!(shipment.status, from, "{}", line.json);
        assert!(kind != "departed" || !is_busy, "{vessel} in two places: {}", line.json);
        shipment.status = to;
        let at = text(&data["at"]);
        let mut told = format!("{vessel} {kind} {}", &at[11..19]);
        if kind == "received" {
            let destination = shipment.destination.clone();
            let mut arrivals = Vec::new();
            for counted in data["lines"].as_array().unwrap() {
                let commodity = text(&counted["commodity"]);
                let accepted = counted["accepted"].as_i64().unwrap();
                let outstanding = shipment.outstanding.get_mut(&commodity).unwrap();
                *outstanding -= accepted;
                assert_eq!(counted["short"].as_i64().unwrap_or(0), *outstanding);
                told = format!("{told} {commodity} {accepted}/{}", accepted + *outstanding);
                arrivals.push(((destination.clone(), commodity), accepted));
            }
            for (place, accepted) in arrivals {
                self.give(place, accepted, line);
            }
        }
        self.told.push(told);
    }

    fn on_hand(&self) -> Vec<(&str, &str, i64)> {
        let held = self.stock.iter().filter(|(_, level)| **level > 0);
        held.map(|((station, commodity), level)| (station.as_str(), commodity.as_str(), *level))
            .collect()
    }
}

struct Planned {
    lines: Vec<PlannedLine>,
    book: Book,
    seen: Seen,
    findings: Vec<String>,
}

fn plan(navigation: &Path, cargo: &Path) -> Planned {
    let mut findings = Findings::default();
    let polls = poll::read(navigation, &mut findings).unwrap().rows;
    let cargo = hold::read(cargo, &mut findings).unwrap().rows;
    let catalogue = Catalogue::new(&polls, &cargo, &mut findings);
    let sightings = hold::joined(polls, cargo, &mut findings);
    let mut planner = Planner::default();
    let mut lines = catalogue.reference_lines();
    for sighting in &sightings {
        planner.plan(sighting, &mut findings, &mut lines);
    }
    let mut book = Book::default();
    for line in &lines {
        book.post(line);
    }
    let keys: std::collections::BTreeSet<String> = lines
        .iter()
        .map(|line| {
            serde_json::from_str::<Value>(&line.json).unwrap()["idempotencyKey"].to_string()
        })
        .collect();
    assert_eq!(keys.len(), lines.len(), "a key belongs to one command");
    Planned { lines, book, seen: planner.seen(), findings: findings.take_lines() }
}

fn made_up() -> (PathBuf, PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/fleet/testdata");
    (folder.join("navigation.ndjson"), folder.join("cargo.ndjson"))
}

#[test]
fn the_made_up_log_gives_what_it_shows() {
    let (navigation, cargo) = made_up();
    let planned = plan(&navigation, &cargo);
    assert_eq!(
        planned.book.told,
        [
            "big-haul-1 departed 12:10:00",
            "big-haul-1 position 12:10:00",
            "big-haul-1 estimated 12:11:00",
            "big-haul-1 estimated 12:13:00",
            "big-haul-1 position 12:25:00",
            "big-haul-1 arrived 12:25:00",
            "big-haul-1 received 12:26:00 ice-water 5/5 iron-ore 8/10",
            "probe-1 departed 12:29:00",
            "probe-1 position 12:29:00",
            "probe-1 estimated 12:30:00",
            // What was aboard before is not aboard now: sold, lost, who knows. It stays outstanding.
            "big-haul-1 departed 12:32:00",
            "big-haul-1 position 12:32:00",
            "big-haul-1 position 12:39:00",
            "big-haul-1 arrived 12:39:00",
            "big-haul-1 received 12:40:00 ice-water 0/5 iron-ore 0/8",
            "big-haul-1 departed 12:58:00",
            "big-haul-1 position 12:58:00",
            "big-haul-1 estimated 13:00:00",
            // Nobody saw it arrive, but it left again.
            "big-haul-1 position 13:05:00",
            "big-haul-1 arrived 13:05:00",
            "big-haul-1 received 13:05:00 ice-water 4/4",
            "big-haul-1 departed 13:08:00",
            "big-haul-1 position 13:08:00",
            "big-haul-1 estimated 13:10:00",
            "big-haul-1 position 13:20:00",
            "big-haul-1 arrived 13:20:00",
            "big-haul-1 received 13:30:00 ice-water 4/4",
        ]
    );
    // The goods that were aboard in a place it came from unseen are not there any more.
    assert_eq!(planned.book.on_hand(), [("x9-q1-a1", "ice-water", 4)]);
    assert_eq!(planned.book.capacity["big-haul-1"], 60);
    let expected = Seen { polls_with_news: 10, trips: 5, empty_trips: 1, stays: 1, under_way: 1 };
    assert_eq!(planned.seen, expected);
    check_findings(&planned.findings);
}

/// Each quirk of the files is told once, by line.
fn check_findings(findings: &[String]) {
    let expected = [
        "navigation line 3: skipped: not JSON",
        "navigation line 18: skipped: bad time",
        "navigation line 19: skipped: wrong shape: status is \"VANISHED\"",
        "navigation line 20: skipped: out of range",
        "cargo line 20: skipped: wrong shape",
        "navigation line 21: noted: x9-q1-a1 is told of in another way",
        "navigation line 9: skipped: repeats",
        "cargo line 4: skipped: repeats",
        "cargo line 5: skipped: contradicts",
        "navigation line 8: noted: 7 units aboard, of what is not in the cargo file",
        "cargo line 1: noted: seen before any poll of the ship",
        "navigation line 1: noted: BIG_HAUL-1 lay at X9-Q1-A1: no trip, no shipment",
        "navigation line 13: skipped: shows an older route",
        "navigation line 16: noted: the arrival before this route is not in the log",
    ];
    for expected in expected {
        assert!(findings.iter().any(|line| line.contains(expected)), "{expected}: {findings:#?}");
    }
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
}

#[test]
fn polls_that_repeat_give_no_command() {
    let (navigation, cargo) = made_up();
    let planned = plan(&navigation, &cargo);
    let from = |row: u64| {
        planned.lines.iter().filter(move |line| line.input == Input::Navigation && line.line == row)
    };
    assert_eq!(from(5).count(), 0, "in transit, as before");
    assert_eq!(from(6).count(), 1, "another arrival");
    assert_eq!(from(8).count(), 0, "a hold that is unknown is not empty");
}

#[test]
fn a_longer_log_begins_with_the_commands_of_a_shorter_one() {
    let (navigation, cargo) = made_up();
    let whole = std::fs::read_to_string(&navigation).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short.ndjson");
    let long = plan(&navigation, &cargo);
    for rows in 11..=17 {
        let kept: Vec<&str> = whole.lines().take(rows).collect();
        std::fs::write(&short, kept.join("\n")).unwrap();
        let short = plan(&short, &cargo);
        assert!(short.lines.len() > 20);
        assert_eq!(long.lines[..short.lines.len()], short.lines[..], "{rows} rows");
    }
}

#[test]
fn the_real_log_is_accepted_whole_and_twice_the_same() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let (navigation, cargo) =
        (data.join("fleet_navigation.ndjson"), data.join("fleet_cargo.ndjson"));
    if !navigation.exists() || !cargo.exists() {
        crate::console::note("skipped: ../shared/data is not here; the made-up log stands in");
        return;
    }
    let planned = plan(&navigation, &cargo);
    let Seen { trips, empty_trips, stays, under_way, .. } = planned.seen;
    assert_eq!((trips, empty_trips, stays, under_way), (8, 8, 5, 1));
    assert_eq!(planned.findings.len(), 5, "the five that lay in place: {:#?}", planned.findings);
    let told = |kind: &str| planned.book.told.iter().filter(|told| told.contains(kind)).count();
    assert_eq!((told(" departed "), told(" arrived "), told(" estimated ")), (8, 7, 6));
    assert_eq!(planned.book.capacity.len(), 6);
    // What the ships had dug up by the end of the log, at the asteroid they lay at.
    let (stations, units): (Vec<&str>, Vec<i64>) =
        planned.book.on_hand().iter().map(|(station, _, units)| (*station, *units)).unzip();
    assert!(stations.iter().all(|station| *station == "x1-ap86-bc5d"), "{stations:?}");
    assert_eq!(units.iter().sum::<i64>(), 88);
    assert_eq!(planned.lines, plan(&navigation, &cargo).lines);
}
