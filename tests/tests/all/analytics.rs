//! Every figure of the real process, across a crash, against an independent script that computes it
//! from the exported events.

use std::process::Command;
use std::thread;
use std::time::Duration;

use itn_tests::load::{Load, Weight};
use itn_tests::process::{self, repository};
use itn_tests::random::{Random, Seed};
use itn_tests::server::{ADMIN_KEY, Folder};
use itn_tests::skip::skip;
use itn_tests::{Client, Server, bodies, given};
use serde_json::{Value, json};

/// Thousands of questions, each answered by a scan in the script.
const LIMIT: Duration = Duration::from_mins(4);

const STATIONS: [&str; 4] = ["ceres", "mars-port", "vesta", "luna"];
const COMMODITIES: [&str; 3] = ["water-ice", "ore", "tools"];
const TRADERS: [&str; 3] = ["acme", "belt-mining", "red-star"];

fn has_python() -> bool {
    Command::new("python3").arg("--version").output().is_ok_and(|ran| ran.status.success())
}

/// Runs the script; what it says must be that enough was compared and nothing differs.
#[track_caller]
fn recompute(server: &Server, most: u32) {
    let mut command = Command::new("python3");
    command.arg(repository().join("tests/analytics/recompute.py"));
    command.args(["--url", &server.url(), "--key", ADMIN_KEY, "--most", &most.to_string()]);
    let ended = process::run(&mut command, LIMIT);
    assert_eq!(ended.code(), 0, "{}", ended.said());
    let compared = ended.stdout.split(' ').next().and_then(|count| count.parse().ok());
    assert!(compared.is_some_and(|count: u64| count > 10_000), "{}", ended.said());
}

/// Someone who does all there is to count, with times of their own.
struct Player {
    client: Client,
    random: Random,
    trades: Vec<String>,
    ships: Vec<(String, i64)>,
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap().to_string()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

fn one<'a>(random: &mut Random, of: &[&'a str]) -> &'a str {
    of[random.index(of.len())]
}

fn station(random: &mut Random, name: &str, x: usize) -> Value {
    let position = json!({ "x": x * x, "y": 1.5, "z": 0 });
    let system = one(random, &["sol", "belt", "rim"]);
    bodies::with(bodies::station(name), &json!({ "system": system, "position": position }))
}

impl Player {
    fn found(server: &Server, mut random: Random) -> Self {
        let mut client = server.client();
        for (x, name) in STATIONS.iter().enumerate() {
            let body = station(&mut random, name, x + 1);
            client.put(&format!("/api/stations/{name}"), &body).expect(201);
        }
        for (name, category) in COMMODITIES.iter().zip(["raw", "raw", "goods"]) {
            let body = json!({ "name": name, "category": category });
            client.put(&format!("/api/commodities/{name}"), &body).expect(201);
        }
        for name in TRADERS {
            given::trader(&mut client, name);
            given::credits(&mut client, name, 1_000_000_000);
            for station in STATIONS {
                let line = |name: &&str| json!({ "commodity": name, "change": 1_000_000, "reason": "produced" });
                let lines: Vec<_> = COMMODITIES.iter().map(line).collect();
                let path = format!("/api/inventory/{station}/adjustments");
                client.post(&path, &json!({ "owner": name, "lines": lines })).expect(201);
            }
        }
        Self { client, random, trades: Vec::new(), ships: Vec::new() }
    }

    /// Some time ago: seconds, hours, or months.
    fn ago(&mut self) -> i64 {
        let most = [60, 7_200, 86_400 * 3, 86_400 * 60, 86_400 * 300][self.random.index(5)];
        now() - i64::try_from(self.random.below(most)).unwrap()
    }

    fn lines(&mut self) -> Vec<Value> {
        let (first, count) = (self.random.index(3), 1 + self.random.index(3));
        let line = |offset| {
            let commodity = COMMODITIES[(first + offset) % 3];
            let (quantity, price) = (1 + self.random.below(50), self.random.below(40));
            json!({ "commodity": commodity, "quantity": quantity, "unitPrice": price })
        };
        (0..count).map(line).collect()
    }

    fn trade(&mut self) -> Value {
        let seller = self.random.index(3);
        json!({
            "station": one(&mut self.random, &STATIONS), "seller": TRADERS[seller],
            "buyer": TRADERS[(seller + 1) % 3], "lines": self.lines(), "at": time(self.ago()),
        })
    }

    fn act(&mut self) {
        match self.random.below(24) {
            0 => {
                let place = self.random.index(4);
                let body = station(&mut self.random, STATIONS[place], place + 1);
                let put = self.client.put(&format!("/api/stations/{}", STATIONS[place]), &body);
                put.expect(200);
            }
            1 => {
                let name = one(&mut self.random, &COMMODITIES);
                let category = one(&mut self.random, &["raw", "goods", "luxury"]);
                let body = json!({ "name": name, "category": category });
                self.client.put(&format!("/api/commodities/{name}"), &body).expect(200);
            }
            2 | 3 => self.hold(),
            4 if !self.trades.is_empty() => {
                let at = self.random.index(self.trades.len());
                let path = format!("{}/reverse", self.trades.swap_remove(at));
                let reason = json!({ "reason": "a mistake", "at": time(now()) });
                // Whoever has sold the goods on cannot give them back.
                self.client.post(&path, &reason);
            }
            5..10 => self.book(),
            10..14 => self.sail(),
            14..18 => self.offer(),
            _ => {
                let body = self.trade();
                let made = self.client.post("/api/trades", &body).expect(201);
                self.trades.push(made.header("location").unwrap().to_owned());
            }
        }
    }

    fn hold(&mut self) {
        let body = bodies::with(self.trade(), &json!({ "hold": { "expiresInSeconds": 3_600 } }));
        let held = self.client.post("/api/trades", &body).expect(201);
        let path = held.header("location").unwrap().to_owned();
        let line = held.json()["lines"][0].clone();
        let part = json!({ "commodity": line["commodity"], "quantity": 1 });
        let part = json!({ "lines": [part], "at": time(now()) });
        self.client.post(&format!("{path}/settle"), &part).expect(200);
        if self.random.below(2) == 0 {
            // One line of one unit is settled by now.
            self.client.post(&format!("{path}/settle"), &json!({}));
        }
    }

    fn offer(&mut self) {
        let body = json!({
            "station": one(&mut self.random, &STATIONS), "trader": one(&mut self.random, &TRADERS),
            "commodity": one(&mut self.random, &COMMODITIES),
            "side": one(&mut self.random, &["sell", "buy"]),
            "unitPrice": self.random.below(40), "quantity": 1 + self.random.below(9),
            "replace": self.random.below(2) == 0,
        });
        self.client.post("/api/offers", &body);
    }

    fn book(&mut self) {
        let from = self.random.index(4);
        let departure = self.ago();
        let mut lines = self.lines();
        for line in &mut lines {
            line.as_object_mut().unwrap().remove("unitPrice");
        }
        let arrival = departure + i64::try_from(self.random.below(7_200)).unwrap();
        let body = json!({
            "origin": STATIONS[from], "destination": STATIONS[(from + 1) % 4],
            "owner": one(&mut self.random, &TRADERS), "carrier": one(&mut self.random, &TRADERS),
            "lines": lines, "plannedDeparture": time(departure), "plannedArrival": time(arrival),
            "at": time(departure),
        });
        let booked = self.client.post("/api/cargo", &body).expect(201);
        self.ships.push((booked.header("location").unwrap().to_owned(), departure));
    }

    fn sail(&mut self) {
        if self.ships.is_empty() {
            return;
        }
        let at = self.random.index(self.ships.len());
        let (ship, departure) = self.ships[at].clone();
        let kind = one(&mut self.random, &["departed", "arrived", "arrived", "lost", "held"]);
        let late = i64::try_from(self.random.below(10_000)).unwrap();
        let when = if kind == "arrived" { departure + late } else { departure };
        let report = match kind {
            "held" | "lost" => json!({ "type": kind, "reason": "pirates" }),
            _ => json!({ "type": kind, "at": time(when.min(now())) }),
        };
        // Refused where the shipment is not so far, or is held: that is not counted either.
        self.client.post(&format!("{ship}/events"), &report);
    }
}

#[test]
fn every_figure_is_what_a_script_computes_from_the_events_across_a_crash() {
    if !has_python() {
        return skip("analytics", "there is no python3");
    }
    let luck = Seed::new();
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut player = Player::found(&server, luck.random(1));
    for _ in 0..150 {
        player.act();
    }
    recompute(&server, 4);
    for _ in 0..60 {
        player.act();
    }
    server.kill();
    let server = Server::start(&folder.data());
    player.client = server.client();
    for _ in 0..60 {
        player.act();
    }
    recompute(&server, 4);
    server.stop();
    // And what was saved at the end is what it was.
    recompute(&Server::start(&folder.data()), 4);
}

#[test]
fn under_load_and_killed_in_it_nothing_is_counted_twice_or_not_at_all() {
    if !has_python() {
        return skip("analytics", "there is no python3");
    }
    let luck = Seed::new();
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    let mut simulate = process::itn(["simulate", "--galaxy", "standard", "--rate", "100"]);
    simulate.args(["--seconds", "6", "--url", &server.url(), "--key", ADMIN_KEY]);
    let simulated = process::run(&mut simulate, LIMIT);
    assert_eq!(simulated.code(), 0, "{}", simulated.said());
    for round in 0..3 {
        let new_client = || server.client();
        let random = |writer| luck.random(round * 10 + writer);
        let load = Load::start(2, &format!("a{round}"), Weight::Light, new_client, random);
        // Not a wait for anything: this is the random moment.
        thread::sleep(Duration::from_millis(300 + luck.random(99 + round).below(500)));
        server.kill();
        load.finish();
        server = Server::start(&folder.data());
    }
    recompute(&server, 2);
}

/// A store that is no store, or is gone, is counted anew.
#[test]
fn without_its_store_it_counts_the_journal_again() {
    if !has_python() {
        return skip("analytics", "there is no python3");
    }
    let folder = Folder::new();
    let server = Server::start(&folder.data());
    let mut player = Player::found(&server, Seed::new().random(1));
    for _ in 0..100 {
        player.act();
    }
    server.stop();
    let store = folder.data().join("analytics.db");
    assert!(std::fs::metadata(&store).unwrap().len() > 0);
    std::fs::write(&store, b"this is no store of figures").unwrap();
    recompute(&Server::start(&folder.data()), 2);
}
