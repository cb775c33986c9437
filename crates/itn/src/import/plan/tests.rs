//! The plan against a naive book: every command it gives must be one a fresh network accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{observation, stations};
use super::*;

/// A network so simple that it is obviously right: stock and balances, each never below zero.
#[derive(Default)]
struct Book {
    stock: BTreeMap<(String, String, String), i64>,
    balances: BTreeMap<String, i64>,
    trades: u64,
    counts: u64,
    value: i64,
    last_at: String,
}

impl Book {
    fn post(&mut self, line: &PlannedLine) {
        let json: Value = serde_json::from_str(&line.json).unwrap();
        let data = &json["data"];
        if let Some(at) = data["at"].as_str() {
            assert!(self.last_at.as_str() <= at, "{at} after {}", self.last_at);
            at.clone_into(&mut self.last_at);
        }
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        match json["type"].as_str().unwrap() {
            "station" | "commodity" | "trader" => {
                assert!(domain::Identifier::new(json["id"].as_str().unwrap()).is_ok());
            }
            "credits" => {
                *self.balances.entry(text(&json["trader"])).or_default() +=
                    data["change"].as_i64().unwrap();
            }
            "adjustment" => {
                let station = text(&json["station"]);
                let owner = data["owner"].as_str().unwrap_or(&station).to_owned();
                let change = &data["lines"][0];
                let level = self.stock.entry((station, owner, text(&change["commodity"])));
                let level = level.or_default();
                if change["reason"] == "counted" {
                    assert_eq!(change["expected"].as_i64(), Some(*level), "{}", line.json);
                    *level = change["count"].as_i64().unwrap();
                    self.counts += 1;
                } else {
                    *level += change["change"].as_i64().unwrap();
                }
                assert!(*level >= 0, "{}", line.json);
            }
            "trade" => self.trade(data, line),
            other => panic!("{other}"),
        }
    }

    fn trade(&mut self, data: &Value, line: &PlannedLine) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let goods = &data["lines"][0];
        let quantity = goods["quantity"].as_i64().unwrap();
        let value = quantity * goods["unitPrice"].as_i64().unwrap();
        let (buyer, seller) = (text(&data["buyer"]), text(&data["seller"]));
        for (party, sign) in [(&seller, -1), (&buyer, 1)] {
            let place = (text(&data["station"]), party.clone(), text(&goods["commodity"]));
            let level = self.stock.entry(place).or_default();
            *level += sign * quantity;
            assert!(*level >= 0, "{}", line.json);
            let balance = self.balances.entry(party.clone()).or_default();
            *balance -= sign * value;
            assert!(*balance >= 0, "{}", line.json);
        }
        self.trades += 1;
        self.value += value;
    }
}

struct Planned {
    lines: Vec<PlannedLine>,
    book: Book,
    findings: Vec<String>,
}

fn plan(stations_path: &Path, observations_path: &Path) -> Planned {
    let mut findings = Findings::default();
    let stations = stations::read(stations_path, &mut findings).unwrap();
    let stations = Stations::new(stations, &mut findings);
    let rows = observation::read(observations_path, &mut findings).unwrap().rows;
    let mut commodities = Commodities::default();
    let rows: Vec<_> = rows
        .into_iter()
        .filter_map(|row| Some((stations.find(&row)?, row)))
        .map(|(station, row)| (station, commodities.find_or_add(&row, &mut findings), row))
        .collect();
    let mut planner = Planner::new(&stations, &commodities);
    let mut lines = planner.reference_lines();
    for (station, commodity, row) in &rows {
        let id = &commodities.all[*commodity].id;
        planner.plan(*station, id, row, &mut findings, &mut lines);
    }
    let mut book = Book::default();
    for line in &lines {
        book.post(line);
    }
    let findings = findings.take_lines();
    Planned { lines, book, findings }
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/testdata").join(name)
}

#[test]
fn the_made_up_record_gives_what_it_shows() {
    let planned = plan(&testdata("stations.csv"), &testdata("observations.ndjson"));
    let on_hand = |commodity: &str| {
        let place = ("szulkin-mines".into(), "szulkin-mines".into(), commodity.to_owned());
        planned.book.stock.get(&place).copied()
    };
    assert_eq!(on_hand("gold"), Some(70), "100, then 80, unknown, 90, and 70 at last");
    assert_eq!(on_hand("domestic-appliances"), Some(0), "bought for use");
    assert_eq!(on_hand("scrap"), Some(3), "fell while nothing was asked");
    let beyond = |owner: &str| {
        let of = planned.book.stock.iter().filter(|((_, who, _), _)| who == owner);
        of.map(|(_, level)| level).sum::<i64>()
    };
    assert_eq!(beyond(UNRECORDED_TRADERS), 0);
    assert_eq!((planned.book.trades, planned.book.value), (3, 20 * 9000 + 20 * 9100 + 30 * 500));
    check_findings(&planned.findings);
}

/// Each quirk of the file is told once, by line.
fn check_findings(findings: &[String]) {
    for expected in [
        "observations line 4: noted: crossed",
        "observations line 5: skipped: repeats",
        "observations line 6: skipped: contradicts",
        "observations line 12: noted: stock fell while nothing was asked",
        "observations line 13: skipped: bad time",
        "observations line 14: skipped: not JSON",
        "observations line 15: skipped: out of range",
        "observations line 16: skipped: wrong shape",
        "noted: \"DOM. APPLIANCES\" is taken for \"Dom. Appliances\"",
    ] {
        assert!(findings.iter().any(|line| line.contains(expected)), "{expected}: {findings:#?}");
    }
}

#[test]
fn the_real_record_is_accepted_whole_and_twice_the_same() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let (stations, observations) =
        (data.join("stations.csv"), data.join("market_observations.ndjson"));
    if !observations.exists() {
        crate::console::note("skipped: ../shared/data is not here; the made-up record stands in");
        return;
    }
    let planned = plan(&stations, &observations);
    assert_eq!(planned.book.trades, 510 + 1021, "each fall in stock and in demand");
    assert_eq!(planned.book.value, 22_827_831_492);
    assert_eq!(planned.findings.len(), 1, "{:#?}", planned.findings);
    assert!(planned.findings[0].contains("crossed"));
    let keys: std::collections::BTreeSet<String> = planned
        .lines
        .iter()
        .map(|line| {
            serde_json::from_str::<Value>(&line.json).unwrap()["idempotencyKey"].to_string()
        })
        .collect();
    assert_eq!(keys.len(), planned.lines.len(), "a key belongs to one command");
    assert_eq!(planned.lines, plan(&stations, &observations).lines);
}

#[test]
fn a_longer_record_begins_with_the_commands_of_a_shorter_one() {
    let whole = std::fs::read_to_string(testdata("observations.ndjson")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let short = folder.path().join("short.ndjson");
    // The first eleven rows are in order of time and name every commodity.
    let rows: Vec<&str> = whole.lines().take(11).collect();
    std::fs::write(&short, rows.join("\n")).unwrap();
    let stations = testdata("stations.csv");
    let (short, long) =
        (plan(&stations, &short), plan(&stations, &testdata("observations.ndjson")));
    assert_eq!(long.lines[..short.lines.len()], short.lines[..]);
}
