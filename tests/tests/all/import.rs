//! `itn import market` and `itn import fleet`: real records, and small made-up files with their
//! quirks, twice each.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use itn_tests::process::{self, Ended};
use itn_tests::server::{self, ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Server, given};
use serde_json::{Value, json};

/// Twelve thousand observations, on a busy machine without optimisation.
const IMPORT_LIMIT: Duration = Duration::from_mins(4);

const STATIONS: &str = "\
system,station,x_ly,y_ly,z_ly
\"LFT 992\",\"Szulkin Mines\",-7.5625,42.59375,0.6875
\"TILIAN\",\"Maunder's Hope\",-21.53125,22.3125,10.125
";

fn import(server: &Server, what: &str, files: [(&str, &Path); 2]) -> Ended {
    let mut command = process::itn(["import", what]);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    command.args(["--url", &server.url(), "--key", ADMIN_KEY]);
    process::run(&mut command, IMPORT_LIMIT)
}

/// Imports twice, with the server stopped and verified after each; returns what each import said.
/// The second changes nothing.
fn import_twice(data: &Path, what: &str, files: [(&str, &Path); 2]) -> [Ended; 2] {
    let once = || {
        let server = Server::start(data);
        let ended = import(&server, what, files);
        assert_eq!(ended.code(), 0, "{}", ended.said());
        given::assert_balanced(&mut server.client());
        let sequence = given::sequence(&mut server.client());
        server.stop();
        (ended, sequence, server::state_hash(data))
    };
    let (first, sequence, hash) = once();
    let (second, sequence_again, hash_again) = once();
    assert_eq!(sequence_again, sequence, "the second import changed something");
    assert_eq!(hash_again, hash);
    [first, second]
}

/// The two files of an import of observations.
fn market<'a>(stations: &'a Path, observations: &'a Path) -> [(&'static str, &'a Path); 2] {
    [("--stations", stations), ("--observations", observations)]
}

/// The two files of an import of a fleet's log.
fn fleet<'a>(navigation: &'a Path, cargo: &'a Path) -> [(&'static str, &'a Path); 2] {
    [("--navigation", navigation), ("--cargo", cargo)]
}

/// All items of a list.
fn items(server: &Server, path: &str) -> Vec<Value> {
    let mut client = server.client();
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}{cursor}")).expect(200).json();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

/// Unit price and quantity of the offers of one commodity and side, best first.
fn offers(server: &Server, commodity: &str, side: &str) -> Vec<(u64, u64)> {
    let path = format!("/api/offers?commodity={commodity}&side={side}&limit=100");
    let of = |offer: &Value| {
        (offer["unitPrice"].as_u64().unwrap(), offer["remaining"].as_u64().unwrap())
    };
    items(server, &path).iter().map(of).collect()
}

/// A row of gold at Szulkin Mines with this much in stock.
fn gold(time: &str, stock: &str) -> String {
    row(time, "LFT 992", "Szulkin Mines", "Metals", "Gold", "-1", stock)
}

fn row(
    time: &str,
    system: &str,
    station: &str,
    category: &str,
    commodity: &str,
    demand: &str,
    stock: &str,
) -> String {
    format!(
        r#"{{"observedAt":"{time}","system":"{system}","station":"{station}","category":"{category}","commodity":"{commodity}","sellPrice":10,"buyPrice":12,"demand":{demand},"demandLevel":1,"stock":{stock},"stockLevel":1}}"#
    )
}

/// A row of fish that nobody asks or pays for any more.
fn empty_market(time: &str) -> String {
    let row = row(time, "TILIAN", "Maunder's Hope", "Foods", "Fish", "7", "5");
    row.replace(r#""sellPrice":10,"buyPrice":12"#, r#""sellPrice":0,"buyPrice":0"#)
}

#[test]
fn a_file_with_quirks_is_imported_as_far_as_it_makes_sense() {
    let appliances = |time: &str, name: &str, demand: &str| {
        row(time, "lft 992", "SZULKIN MINES", "Consumer Items", name, demand, "0")
    };
    // Line by line; what is wrong with a line is said beside it.
    let lines = [
        gold("2014-09-08T20:00:00Z", "100"),
        appliances("2014-09-08T20:00:00Z", "Dom. Appliances", "50"),
        "{\"observedAt\":\"2014-09-08T2".into(), // 3: cut off
        gold("2014-09-09T20:00:00Z", "-1"),      // unknown is not zero: no trade
        gold("2014-09-10T20:00:00Z", "80"),      // 20 sold
        gold("last week", "70"),                 // 6: no time
        appliances("2014-09-10T20:00:00Z", "DOM. APPLIANCES", "20"), // 30 bought
        row("2014-09-10T20:00:00Z", "SOL", "Nowhere", "Metals", "Gold", "0", "5"), // 8: no station
        gold("2014-09-11T20:00:00Z", "\"60\""),  // 9: not a number
        gold("2014-09-11T20:00:00Z", "-7"),      // 10: less than nothing
        gold("2014-09-12T20:00:00Z", "90"),      // more again: a count, no trade
        "[]".into(),                             // 12: not an observation
        row("2014-09-08T20:00:00Z", "TILIAN", "Maunder's Hope", "Foods", "Fish", "7", "5"),
        empty_market("2014-09-09T20:00:00Z"), // its offers are withdrawn
    ];
    let folder = Folder::new();
    let (stations, observations) =
        (folder.path().join("stations.csv"), folder.path().join("observations.ndjson"));
    fs::write(&stations, STATIONS).unwrap();
    fs::write(&observations, lines.join("\n")).unwrap();
    let data = folder.data();
    let [first, second] = import_twice(&data, "market", market(&stations, &observations));
    for ended in [&first, &second] {
        for line in [3, 6, 8, 9, 10, 12] {
            let named = format!("line {line}:");
            assert!(ended.said().contains(&named), "{named} is not in:\n{}", ended.said());
        }
        assert!(ended.said().contains("7 posted, 2 withdrawn"), "{}", ended.said());
    }

    let server = Server::start(&data);
    let mut client = server.client();
    let trades = client.get("/api/trades?limit=100").expect(200).json();
    let mut seen: Vec<(u64, String)> = trades["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|trade| {
            let quantity = trade["lines"][0]["quantity"].as_u64().unwrap();
            (quantity, trade["occurredAt"].as_str().unwrap()[..19].to_owned())
        })
        .collect();
    seen.sort();
    let expected = [(20, "2014-09-10T20:00:00".to_owned()), (30, "2014-09-10T20:00:00".to_owned())];
    assert_eq!(seen, expected, "{trades}");
    assert_eq!(offers(&server, "gold", "sell"), [(12, 90)]);
    assert_eq!(offers(&server, "gold", "buy"), []);
    assert_eq!(offers(&server, "domestic-appliances", "buy"), [(10, 20)]);
    assert_eq!(offers(&server, "fish", "sell"), []);
    assert_eq!(offers(&server, "fish", "buy"), []);
    assert_eq!(
        client.get("/api/stations").expect(200).json()["items"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn an_offer_that_was_taken_is_neither_missed_nor_posted_again() {
    let folder = Folder::new();
    let (stations, observations) =
        (folder.path().join("stations.csv"), folder.path().join("observations.ndjson"));
    let (data, files) = (folder.data(), market(&stations, &observations));
    let fish = row("2014-09-08T20:00:00Z", "TILIAN", "Maunder's Hope", "Foods", "Fish", "-1", "5");
    fs::write(&stations, STATIONS).unwrap();
    fs::write(&observations, &fish).unwrap();
    let server = Server::start(&data);
    assert_eq!(import(&server, "market", files).code(), 0);
    let mut client = server.client();
    given::trader(&mut client, "visitor");
    given::credits(&mut client, "visitor", 60);
    let offer = items(&server, "/api/offers?commodity=fish&side=sell")[0]["offerId"].clone();
    let line = json!({ "commodity": "fish", "quantity": 5, "offer": offer, "limitPrice": 12 });
    let trade = json!({
        "station": "maunders-hope", "buyer": "visitor", "seller": "maunders-hope", "lines": [line],
    });
    client.post("/api/trades", &trade).expect(201);
    assert_eq!(import(&server, "market", files).code(), 0);
    assert_eq!(offers(&server, "fish", "sell"), []);
    // The market is empty in the record too: that the offer is gone already is no failure.
    fs::write(&observations, [fish, empty_market("2014-09-09T20:00:00Z")].join("\n")).unwrap();
    for _ in 0..2 {
        let ended = import(&server, "market", files);
        assert_eq!(ended.code(), 0, "{}", ended.said());
    }
}

/// The names of real files, if they are here.
fn real(names: [&str; 2]) -> Option<[PathBuf; 2]> {
    let shared = process::repository().parent().unwrap().join("shared/data");
    let paths = names.map(|name| shared.join(name));
    if paths.iter().all(|path| path.exists()) {
        return Some(paths);
    }
    skip(&names.join(" and "), &format!("not in {}", shared.display()));
    None
}

#[test]
fn the_real_observations_are_imported_twice_with_the_same_state() {
    let Some([stations, observations]) = real(["stations.csv", "market_observations.ndjson"])
    else {
        return;
    };
    let folder = Folder::new();
    let data = folder.data();
    import_twice(&data, "market", market(&stations, &observations));
    let server = Server::start(&data);
    let network = server.client().get("/api/network").expect(200).json();
    let count = |thing: &str| network["counts"][thing].as_u64().unwrap_or_default();
    assert_eq!((count("stations"), count("commodities")), (54, 72), "{network}");
    for commodity in ["Gold", "Algae"] {
        let mut asked = last_asked(&observations, commodity);
        asked.sort_unstable();
        assert!(asked.len() > 3, "{commodity}: {asked:?}");
        let mut offered = offers(&server, &commodity.to_lowercase(), "sell");
        assert!(offered.is_sorted_by_key(|(price, _)| *price), "best first: {offered:?}");
        offered.sort_unstable();
        assert_eq!(offered, asked, "{commodity}");
    }
}

/// What each station asks for a commodity at last, and the last known stock of it.
fn last_asked(observations: &Path, commodity: &str) -> Vec<(u64, u64)> {
    let text = fs::read_to_string(observations).unwrap();
    let mut rows: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    rows.retain(|row| row["commodity"].as_str().unwrap().eq_ignore_ascii_case(commodity));
    rows.sort_by_key(|row| row["observedAt"].as_str().unwrap().to_owned());
    let mut asked = BTreeMap::<String, (u64, u64)>::new();
    for row in rows {
        let station = format!("{} {}", row["system"], row["station"]).to_lowercase();
        let known = asked.entry(station).or_default();
        known.0 = row["buyPrice"].as_u64().unwrap();
        known.1 = row["stock"].as_u64().unwrap_or(known.1);
    }
    asked.into_values().filter(|(price, stock)| *price > 0 && *stock > 0).collect()
}

/// How many shipments are in this state.
fn shipments(server: &Server, status: &str) -> usize {
    items(server, &format!("/api/cargo?status={status}&limit=100")).len()
}

/// Units of all that is on hand at a station.
fn on_hand(server: &Server, station: &str) -> u64 {
    let inventory = server.client().get(&format!("/api/inventory/{station}")).expect(200).json();
    let levels = inventory["levels"].as_array().unwrap();
    levels.iter().map(|level| level["onHand"].as_u64().unwrap()).sum()
}

#[test]
fn the_real_fleet_is_imported_twice_with_the_same_state() {
    let Some([navigation, cargo]) = real(["fleet_navigation.ndjson", "fleet_cargo.ndjson"]) else {
        return;
    };
    let folder = Folder::new();
    let data = folder.data();
    let ended = import_twice(&data, "fleet", fleet(&navigation, &cargo));
    for ended in &ended {
        assert!(ended.said().contains("8 of 8 trips, 8 with an empty hold"), "{}", ended.said());
        assert!(ended.said().contains("5 routes that ended where"), "{}", ended.said());
    }
    let server = Server::start(&data);
    assert_eq!(items(&server, "/api/vessels?limit=100").len(), 6);
    assert_eq!((shipments(&server, "received"), shipments(&server, "in_transit")), (7, 1));
    assert_eq!(on_hand(&server, "x1-ap86-bc5d"), 88);
    let under_way = items(&server, "/api/cargo?status=in_transit&limit=100").remove(0);
    assert_eq!(under_way["vessel"], "flat-ship-2");
    assert_eq!(under_way["actualDeparture"], "2025-08-29T14:55:37.092000Z", "{under_way}");
}

#[test]
fn a_made_up_fleet_with_quirks_is_imported_twice_with_the_same_state() {
    let testdata = process::repository().join("crates/itn/src/import/fleet/testdata");
    let (navigation, cargo) = (testdata.join("navigation.ndjson"), testdata.join("cargo.ndjson"));
    let folder = Folder::new();
    let data = folder.data();
    for ended in import_twice(&data, "fleet", fleet(&navigation, &cargo)) {
        for line in [3, 18, 19, 20] {
            let named = format!("navigation line {line}: skipped");
            assert!(ended.said().contains(&named), "{named} is not in:\n{}", ended.said());
        }
        assert!(ended.said().contains("5 of 5 trips, 1 with an empty hold"), "{}", ended.said());
    }
    let server = Server::start(&data);
    // What was missed at two receipts stays outstanding; the probe is still under way.
    let states = ["received", "partially_received", "in_transit"];
    assert_eq!(states.map(|status| shipments(&server, status)), [2, 2, 1]);
    assert_eq!((on_hand(&server, "x9-q1-a1"), on_hand(&server, "x9-q1-b2")), (4, 0));
}

#[test]
fn an_import_without_its_files_or_server_says_so() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let missing = folder.path().join("missing");
    for (what, files) in
        [("market", market(&missing, &missing)), ("fleet", fleet(&missing, &missing))]
    {
        let ended = import(&server, what, files);
        assert_eq!(ended.code(), 1, "{}", ended.said());
        assert!(ended.stderr.contains(&missing.display().to_string()), "{}", ended.stderr);
    }
    let (stations, observations) = (folder.path().join("s.csv"), folder.path().join("o.ndjson"));
    fs::write(&stations, STATIONS).unwrap();
    fs::write(&observations, gold("2014-09-08T20:00:00Z", "100")).unwrap();
    let mut command = process::itn(["import", "market", "--url", "http://127.0.0.1:9"]);
    command.arg("--stations").arg(&stations).arg("--observations").arg(&observations);
    let ended = process::run(command.args(["--key", ADMIN_KEY]), IMPORT_LIMIT);
    assert_eq!(ended.code(), 1, "{}", ended.said());
    assert!(ended.stderr.contains("127.0.0.1:9"), "{}", ended.stderr);
}
