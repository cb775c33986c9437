//! The plan against a naive book: every command it gives must be one a fresh network accepts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{observation, stations};
use super::*;

/// A network so simple that it is obviously right: stock and balances, each never below what is
/// promised of it.
#[derive(Default)]
struct Book {
    stock: BTreeMap<(String, String, String), i64>,
    balances: BTreeMap<String, i64>,
    /// Price and quantity by side, station and commodity.
    offers: BTreeMap<(String, String, String), (i64, i64)>,
    /// Credits in buy offers, by station.
    held: BTreeMap<String, i64>,
    posted: u64,
    withdrawn: u64,
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
        match json["type"].as_str().unwrap() {
            "station" | "commodity" | "trader" => {
                assert!(domain::Identifier::new(json["id"].as_str().unwrap()).is_ok());
            }
            "credits" => self.pay(&text(&json["trader"]), data["change"].as_i64().unwrap(), line),
            "adjustment" => self.adjust(&text(&json["station"]), data, line),
            "trade" => self.trade(data, line),
            "offer" => {
                assert_eq!(data["replace"], true);
                let place = [text(&data["side"]), text(&data["station"]), text(&data["commodity"])];
                let of = |name: &str| data[name].as_u64().unwrap().cast_signed();
                assert!(of("quantity") > 0, "{}", line.json);
                self.posted += 1;
                self.offer(place, Some((of("unitPrice"), of("quantity"))), line);
            }
            "offer_withdraw" => {
                let subject = &line.needs.as_ref().unwrap().subject;
                let place: Vec<String> = subject.split(' ').map(str::to_owned).collect();
                self.withdrawn += 1;
                self.offer(place.try_into().unwrap(), None, line);
            }
            other => panic!("{other}"),
        }
    }

    fn adjust(&mut self, station: &str, data: &Value, line: &PlannedLine) {
        let owner = data["owner"].as_str().unwrap_or(station);
        let change = &data["lines"][0];
        let place = (station.to_owned(), owner.to_owned(), text(&change["commodity"]));
        let by = if change["reason"] == "counted" {
            let level = self.stock.get(&place).copied().unwrap_or(0);
            assert_eq!(change["expected"].as_i64(), Some(level), "{}", line.json);
            self.counts += 1;
            change["count"].as_i64().unwrap() - level
        } else {
            change["change"].as_i64().unwrap()
        };
        self.give(place, by, line);
    }

    fn trade(&mut self, data: &Value, line: &PlannedLine) {
        let goods = &data["lines"][0];
        let quantity = goods["quantity"].as_i64().unwrap();
        let value = quantity * goods["unitPrice"].as_i64().unwrap();
        for (party, sign) in [("seller", -1), ("buyer", 1)] {
            let place = (text(&data["station"]), text(&data[party]), text(&goods["commodity"]));
            self.pay(&place.1, -sign * value, line);
            self.give(place, sign * quantity, line);
        }
        self.trades += 1;
        self.value += value;
    }

    fn offer(&mut self, place: [String; 3], promise: Option<(i64, i64)>, line: &PlannedLine) {
        let [side, station, commodity] = place;
        let place = (side.clone(), station.clone(), commodity.clone());
        let open = match promise {
            Some(promise) => self.offers.insert(place, promise),
            None => self.offers.remove(&place),
        };
        assert_ne!(open, promise, "changes nothing: {}", line.json);
        if side == "buy" {
            let value =
                |promise: Option<(i64, i64)>| promise.map_or(0, |(price, units)| price * units);
            *self.held.entry(station.clone()).or_default() += value(promise) - value(open);
            self.pay(&station, 0, line);
        } else {
            self.give((station.clone(), station, commodity), 0, line);
        }
    }

    fn give(&mut self, place: (String, String, String), by: i64, line: &PlannedLine) {
        let (station, owner, commodity) = place.clone();
        let level = self.stock.entry(place).or_default();
        *level += by;
        let offer = ("sell".to_owned(), station.clone(), commodity);
        let promised = self.offers.get(&offer).filter(|_| station == owner);
        let promised = promised.map_or(0, |(_, quantity)| *quantity);
        assert!(*level >= promised, "{promised} promised of {level}: {}", line.json);
    }

    fn pay(&mut self, trader: &str, by: i64, line: &PlannedLine) {
        let balance = self.balances.entry(trader.to_owned()).or_default();
        *balance += by;
        let held = self.held.get(trader).copied().unwrap_or(0);
        assert!(*balance >= held, "{held} promised of {balance}: {}", line.json);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

struct Planned {
    lines: Vec<PlannedLine>,
    book: Book,
    prices_unpromised: u64,
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
    Planned { lines, book, prices_unpromised: planner.prices_unpromised(), findings }
}

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/market/testdata").join(name)
}

/// The real files, if they are here.
fn real() -> Option<(PathBuf, PathBuf)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let files = (data.join("stations.csv"), data.join("market_observations.ndjson"));
    (files.0.exists() && files.1.exists()).then_some(files)
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

#[test]
fn prices_become_offers_of_what_was_last_known_and_go_with_the_price() {
    let planned = plan(&testdata("stations.csv"), &testdata("observations.ndjson"));
    let offers: Vec<(&str, &str, (i64, i64))> = planned
        .book
        .offers
        .iter()
        .map(|((side, _, commodity), promise)| (side.as_str(), commodity.as_str(), *promise))
        .collect();
    // Scrap is no longer asked for, gold is not wanted, of algae no quantity was ever seen.
    assert_eq!(offers, [("buy", "domestic-appliances", (500, 20)), ("sell", "gold", (9100, 70))]);
    assert_eq!((planned.book.posted, planned.book.withdrawn), (7, 1));
    assert_eq!(planned.prices_unpromised, 2, "of algae, the price asked and the price paid");
}

/// On a network that was imported before there were offers, these are replayed and offers added.
#[test]
fn commands_other_than_offers_are_those_of_the_import_that_knew_none() {
    let check = |planned: &Planned, expected: (usize, &str)| {
        let is_kept = |line: &&PlannedLine| {
            let of_offers = matches!(line.effect, Effect::Offer | Effect::Withdrawal);
            !of_offers && !line.json.contains(":issued-to-hold:")
        };
        let lines: Vec<&str> =
            planned.lines.iter().filter(is_kept).map(|line| line.json.as_str()).collect();
        let hash = blake3::hash(lines.join("\n").as_bytes()).to_hex();
        assert_eq!((lines.len(), &hash[..16]), expected);
    };
    let made_up = plan(&testdata("stations.csv"), &testdata("observations.ndjson"));
    check(&made_up, (19, "5d8536cfe5c36236"));
    if let Some((stations, observations)) = real() {
        check(&plan(&stations, &observations), (5630, "bc8f5e6624d9a547"));
    }
}

#[test]
fn an_unknown_quantity_keeps_the_offer_at_the_price_of_the_row() {
    let row = |time: &str, prices: &str, stock: i64| {
        format!(
            r#"{{"observedAt":"2014-09-{time}T20:00:00Z","system":"TILIAN","station":"Maunder's Hope","commodity":"Fish",{prices},"demand":-1,"stock":{stock}}}"#
        )
    };
    let (asked, dearer, gone) = (
        r#""sellPrice":0,"buyPrice":7"#,
        r#""sellPrice":0,"buyPrice":8"#,
        r#""sellPrice":0,"buyPrice":0"#,
    );
    let folder = tempfile::tempdir().unwrap();
    let check = |rows: &[String], expected: Option<(i64, i64)>, posted: u64| {
        let path = folder.path().join("rows.ndjson");
        std::fs::write(&path, rows.join("\n")).unwrap();
        let planned = plan(&testdata("stations.csv"), &path);
        let open = planned.book.offers.values().next().copied();
        assert_eq!((open, planned.book.posted), (expected, posted), "{rows:?}");
    };
    check(&[row("08", asked, -1)], None, 0);
    check(&[row("08", asked, 5), row("09", asked, -1)], Some((7, 5)), 1);
    check(&[row("08", asked, 5), row("09", dearer, -1)], Some((8, 5)), 2);
    check(&[row("08", asked, 5), row("09", gone, -1)], None, 1);
    check(&[row("08", asked, 5), row("09", gone, -1), row("10", asked, -1)], Some((7, 5)), 2);
    check(&[row("08", asked, 5), row("09", asked, 0)], None, 1);
    check(&[row("08", asked, 5), row("09", asked, 5), row("10", asked, 5)], Some((7, 5)), 1);
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
    let Some((stations, observations)) = real() else {
        crate::console::note("skipped: ../shared/data is not here; the made-up record stands in");
        return;
    };
    let planned = plan(&stations, &observations);
    assert_eq!(planned.book.trades, 510 + 1021, "each fall in stock and in demand");
    assert_eq!(planned.book.value, 22_827_831_492);
    assert_eq!(planned.findings.len(), 1, "{:#?}", planned.findings);
    assert!(planned.findings[0].contains("crossed"));
    assert_eq!((planned.book.posted, planned.book.withdrawn), (4465, 187));
    assert_eq!(planned.prices_unpromised, 968);
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
