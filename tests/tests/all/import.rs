//! `itn import market`: real observations, and a small made-up file with their quirks, twice each.

use std::fs;
use std::path::Path;
use std::time::Duration;

use itn_tests::process::{self, Ended};
use itn_tests::server::{self, ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Server, given};

/// Twelve thousand observations, on a busy machine without optimisation.
const IMPORT_LIMIT: Duration = Duration::from_mins(4);

const STATIONS: &str = "\
system,station,x_ly,y_ly,z_ly
\"LFT 992\",\"Szulkin Mines\",-7.5625,42.59375,0.6875
\"TILIAN\",\"Maunder's Hope\",-21.53125,22.3125,10.125
";

fn import(server: &Server, stations: &Path, observations: &Path) -> Ended {
    let mut command = process::itn(["import", "market", "--stations"]);
    command.arg(stations).arg("--observations").arg(observations);
    command.args(["--url", &server.url(), "--key", ADMIN_KEY]);
    process::run(&mut command, IMPORT_LIMIT)
}

/// Imports twice, with the server stopped and verified after each; returns what each import said.
/// The second changes nothing.
fn import_twice(data: &Path, stations: &Path, observations: &Path) -> [Ended; 2] {
    let once = || {
        let server = Server::start(data);
        let ended = import(&server, stations, observations);
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
    ];
    let folder = Folder::new();
    let (stations, observations) =
        (folder.path().join("stations.csv"), folder.path().join("observations.ndjson"));
    fs::write(&stations, STATIONS).unwrap();
    fs::write(&observations, lines.join("\n")).unwrap();
    let data = folder.data();
    let [first, second] = import_twice(&data, &stations, &observations);
    for ended in [&first, &second] {
        for line in [3, 6, 8, 9, 10, 12] {
            let named = format!("line {line}:");
            assert!(ended.said().contains(&named), "{named} is not in:\n{}", ended.said());
        }
        assert!(ended.said().contains("price"), "nothing on prices in:\n{}", ended.said());
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
    assert_eq!(
        client.get("/api/stations").expect(200).json()["items"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn the_real_observations_are_imported_twice_with_the_same_state() {
    let shared = process::repository().parent().unwrap().join("shared/data");
    let (stations, observations) =
        (shared.join("stations.csv"), shared.join("market_observations.ndjson"));
    if !observations.exists() || !stations.exists() {
        skip("the real observations", &format!("{} is not there", shared.display()));
        return;
    }
    let folder = Folder::new();
    let data = folder.data();
    import_twice(&data, &stations, &observations);
    let server = Server::start(&data);
    let network = server.client().get("/api/network").expect(200).json();
    let count = |thing: &str| network["counts"][thing].as_u64().unwrap_or_default();
    assert_eq!((count("stations"), count("commodities")), (54, 72), "{network}");
}

#[test]
fn an_import_without_its_files_or_server_says_so() {
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let missing = folder.path().join("missing");
    let ended = import(&server, &missing, &missing);
    assert_eq!(ended.code(), 1, "{}", ended.said());
    assert!(ended.stderr.contains(&missing.display().to_string()), "{}", ended.stderr);
    let (stations, observations) = (folder.path().join("s.csv"), folder.path().join("o.ndjson"));
    fs::write(&stations, STATIONS).unwrap();
    fs::write(&observations, gold("2014-09-08T20:00:00Z", "100")).unwrap();
    let mut command = process::itn(["import", "market", "--url", "http://127.0.0.1:9"]);
    command.arg("--stations").arg(&stations).arg("--observations").arg(&observations);
    let ended = process::run(command.args(["--key", ADMIN_KEY]), IMPORT_LIMIT);
    assert_eq!(ended.code(), 1, "{}", ended.said());
    assert!(ended.stderr.contains("127.0.0.1:9"), "{}", ended.stderr);
}
