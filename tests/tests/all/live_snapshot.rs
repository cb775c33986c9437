//! A snapshot and the events behind it are the state of now, whenever a client comes; and a reader
//! that stops reading harms no other.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use itn_tests::bodies::{BUYER, COMMODITY, SELLER, STATION, with};
use itn_tests::random::{Random, Seed};
use itn_tests::server::ADMIN_KEY;
use itn_tests::stream::Stream;
use itn_tests::wire::is_closed;
use itn_tests::{Client, Server, bodies, client::Request, given, wait};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(30);

/// What a naive client knows: units by station, owner and commodity, and trades settled.
#[derive(Debug, Default, PartialEq, Eq)]
struct Model {
    units: BTreeMap<(String, String, String), i64>,
    trades_settled: u64,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).into()
}

impl Model {
    fn add(&mut self, station: &Value, owner: &Value, commodity: &Value, change: i64) {
        let place = (text(station), text(owner), text(commodity));
        let units = self.units.entry(place.clone()).or_default();
        *units += change;
        assert!(*units >= 0, "less than nothing of {place:?}");
        if *units == 0 {
            self.units.remove(&place);
        }
    }

    fn take_in(&mut self, part: &Value) {
        for item in part["items"].as_array().unwrap() {
            if part["kind"] == "summary" {
                self.trades_settled = item["tradesSettled"].as_u64().unwrap();
                continue;
            }
            let available = item["available"].as_i64().unwrap();
            self.add(&item["station"], &item["owner"], &item["commodity"], available);
        }
    }

    fn follow(&mut self, event: &Value) {
        let data = &event["data"];
        let lines = data["lines"].as_array().unwrap();
        match event["type"].as_str().unwrap() {
            "trade.settled" => {
                self.trades_settled += 1;
                self.give(data, lines, ["seller", "buyer"]);
            }
            "stock.transferred" => self.give(data, lines, ["from", "to"]),
            "stock.adjusted" => {
                for line in lines {
                    let change = line["change"].as_i64().unwrap();
                    self.add(&data["station"], &data["owner"], &line["commodity"], change);
                }
            }
            other => panic!("{other}"),
        }
    }

    fn give(&mut self, data: &Value, lines: &[Value], [from, to]: [&str; 2]) {
        for line in lines {
            let quantity = line["quantity"].as_i64().unwrap();
            self.add(&data["station"], &data[from], &line["commodity"], -quantity);
            self.add(&data["station"], &data[to], &line["commodity"], quantity);
        }
    }

    /// What the lists say.
    fn listed(client: &mut Client, goods: usize) -> Self {
        let mut model = Self::default();
        for owner in [BUYER, SELLER] {
            let found = client.get(&format!("/api/inventory?owner={owner}&limit=1000")).expect(200);
            model.take_in(&found.json());
        }
        assert!(model.units.len() > goods, "{}", model.units.len());
        let network = client.get("/api/network").expect(200).json();
        model.trades_settled = network["counts"]["tradesSettled"].as_u64().unwrap();
        model
    }
}

/// Enough goods for a snapshot of several parts.
fn goods(client: &mut Client, count: usize) {
    for number in 0..count {
        let good = format!("good-{number}");
        given::commodity(client, &good);
        let lines = json!([{ "commodity": good, "change": 5, "reason": "produced" }]);
        for owner in [BUYER, SELLER] {
            let body = json!({ "owner": owner, "lines": lines });
            client.post(&format!("/api/inventory/{STATION}/adjustments"), &body).expect(201);
        }
    }
}

fn busy(client: &mut Client, random: &mut Random, goods: u64) {
    let commodity = match random.below(3) {
        0 => COMMODITY.to_owned(),
        _ => format!("good-{}", random.below(goods)),
    };
    let quantity = 1 + random.below(3);
    let (path, body) = match random.below(4) {
        0 | 1 => {
            let line = json!({ "commodity": commodity, "quantity": quantity, "unitPrice": 1 });
            ("/api/trades".to_owned(), with(bodies::trade(), &json!({ "lines": [line] })))
        }
        2 => {
            let lines = json!([{ "commodity": commodity, "change": quantity, "reason": "found" }]);
            let body = json!({ "owner": SELLER, "lines": lines });
            (format!("/api/inventory/{STATION}/adjustments"), body)
        }
        _ => {
            let lines = json!([{ "commodity": commodity, "quantity": quantity }]);
            let gift = json!({ "from": BUYER, "to": SELLER, "station": STATION, "lines": lines });
            ("/api/transfers".to_owned(), gift)
        }
    };
    // Some are refused for want of stock.
    let status = client.post(&path, &body).status();
    assert!(status == 201 || status == 409, "{status}");
}

#[test]
fn a_snapshot_and_what_follows_is_the_state_of_now() {
    const GOODS: usize = 300;
    let luck = Seed::new();
    let (server, mut client, _folder) = given::open_market();
    goods(&mut client, GOODS);
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..3)
        .map(|number| {
            let (mut client, mut random) = (server.client(), luck.random(number));
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    busy(&mut client, &mut random, GOODS as u64);
                }
            })
        })
        .collect();
    let last = Arc::new(AtomicU64::new(u64::MAX));
    let query = format!(
        "?snapshot=inventory,summary&trader={BUYER},{SELLER}&type=trade.settled,stock.adjusted,stock.transferred"
    );
    let readers: Vec<_> = (0..8)
        .map(|number| {
            let (address, query, last) = (server.address(), query.clone(), Arc::clone(&last));
            let mut random = luck.random(100 + number);
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(random.below(1_500)));
                let mut stream = Stream::open(address, Some(ADMIN_KEY), &query, None).unwrap();
                let (mut model, mut at, mut parts) = (Model::default(), 0, 0);
                while at < last.load(Ordering::Acquire) {
                    let message = match stream.message(Duration::from_millis(100)) {
                        Ok(message) => message,
                        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => continue,
                        Err(error) => panic!("{error}"),
                    };
                    match message.event.as_deref() {
                        Some("snapshot") => {
                            assert_eq!(at, 0, "a snapshot comes first");
                            model.take_in(&message.data);
                            parts += 1;
                        }
                        Some("progress") => at = message.sequence(),
                        None if message.id.is_some() => {
                            assert!(message.sequence() > at);
                            at = message.sequence();
                            model.follow(&message.data);
                        }
                        _ => {}
                    }
                }
                assert!(parts > 2, "{parts} parts");
                model
            })
        })
        .collect();
    thread::sleep(Duration::from_secs(3));
    stop.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.join().unwrap();
    }
    // An event that all readers want is the last.
    given::stock(&mut client, SELLER, 1);
    last.store(given::sequence(&mut client), Ordering::Release);
    let expected = Model::listed(&mut client, GOODS);
    for reader in readers {
        assert_eq!(reader.join().unwrap(), expected);
    }
}

/// A stream that was asked for and is not read: the kernel's buffers are all it gets.
fn unread(server: &Server, query: &str) -> TcpStream {
    let mut socket = TcpStream::connect(server.address()).unwrap();
    let request = Request::new("GET", &format!("/api/updates/real-time{query}"));
    socket.write_all(request.head(server.address(), Some(ADMIN_KEY)).as_bytes()).unwrap();
    socket
}

#[test]
fn readers_that_stop_reading_harm_no_other() {
    let (server, mut client, _folder) = given::open_market();
    let mut sleepers = Vec::new();
    for number in 0..10 {
        sleepers.push(unread(&server, "?after=0"));
        sleepers.push(unread(&server, "?after=0&topic=trade"));
        if number % 2 == 0 {
            sleepers.push(unread(&server, "?snapshot=inventory,shipments&topic=trade"));
        }
    }
    let readers = |client: &mut Client| {
        client.get("/api/network").expect(200).json()["counts"]["readers"].as_u64().unwrap()
    };
    wait::until("all sleepers", LIMIT, || (readers(&mut client) >= 25).then_some(()));
    let head = given::sequence(&mut client);
    let query = format!("?after={head}&topic=trade");
    let mut attentive = Stream::open(server.address(), Some(ADMIN_KEY), &query, None).unwrap();
    let mut slowest = Duration::ZERO;
    let began = Instant::now();
    // Megabytes at a time, which nobody's buffers hold, until the server has let all of them go: it
    // waits half a minute for each. Meanwhile every trade is seen at once by the one who reads.
    while readers(&mut client) > 1 {
        assert!(began.elapsed() < Duration::from_mins(3), "{} are left", readers(&mut client));
        let lines = vec![json!({ "type": "trade", "data": bodies::trade() }); 2_000];
        client.send(&Request::lines("/api/events?results=failures", &lines)).expect(200);
        attentive.events(lines.len(), LIMIT);
        for _ in 0..20 {
            let sent = Instant::now();
            client.post("/api/trades", &bodies::trade()).expect(201);
            attentive.events(1, LIMIT);
            slowest = slowest.max(sent.elapsed());
        }
        given::stock(&mut client, SELLER, 10_000);
        given::credits(&mut client, BUYER, 10_000);
    }
    assert!(slowest < Duration::from_secs(2), "a trade took {slowest:?} to be seen");
    for mut sleeper in sleepers {
        // What the kernel had taken is there; then it is over.
        sleeper.set_read_timeout(Some(LIMIT)).unwrap();
        let mut rest = Vec::new();
        if let Err(error) = sleeper.read_to_end(&mut rest) {
            assert!(is_closed(&error), "{error}");
        }
    }
}

/// Reads levels, cut off now and then, until it has all up to `last`: the latest of each place.
fn follow_levels(
    address: &std::sync::Mutex<std::net::SocketAddr>,
    last: &AtomicU64,
    mut random: Random,
) -> BTreeMap<(String, String), Value> {
    let mut latest: BTreeMap<(String, String), Value> = BTreeMap::new();
    let mut resume = "0".to_owned();
    let at = |id: &str| id.split('-').next().unwrap().parse::<u64>().unwrap();
    while at(&resume) < last.load(Ordering::Acquire) {
        let place = *address.lock().unwrap();
        let query = format!("?topic=levels&after={resume}");
        // The server is down now and then, and so is the panic of a refused connection expected.
        let opened =
            std::panic::catch_unwind(|| Stream::open(place, Some(ADMIN_KEY), &query, None));
        let Ok(Ok(mut stream)) = opened else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        for _ in 0..=random.below(200) {
            match stream.message(Duration::from_millis(100)) {
                Ok(message) => match (message.event.as_deref(), message.id) {
                    (Some("level"), None) => {
                        let level = message.data;
                        let key = (text(&level["station"]), text(&level["commodity"]));
                        latest.insert(key, level);
                    }
                    (Some("progress"), Some(id)) => {
                        assert!(at(&id) >= at(&resume), "{id} after {resume}");
                        resume = id;
                    }
                    (Some("lagged"), _) => break,
                    (None, None) => {}
                    other => panic!("{other:?}"),
                },
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {}
                Err(_) => break,
            }
        }
    }
    latest
}

#[test]
fn levels_end_at_the_state_of_now_whatever_happens_between() {
    const GOODS: usize = 60;
    let luck = Seed::new();
    let folder = itn_tests::Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    goods(&mut server.client(), GOODS);
    let address = Arc::new(std::sync::Mutex::new(server.address()));
    let last = Arc::new(AtomicU64::new(u64::MAX));
    let readers: Vec<_> = (0..4)
        .map(|number| {
            let (address, last) = (Arc::clone(&address), Arc::clone(&last));
            let random = luck.random(number);
            thread::spawn(move || follow_levels(&address, &last, random))
        })
        .collect();
    let mut random = luck.random(100);
    for round in 0..4 {
        let mut client = server.client();
        for _ in 0..150 {
            busy(&mut client, &mut random, GOODS as u64);
        }
        drop(client);
        if round % 2 == 0 {
            server.kill();
        } else {
            server.stop();
        }
        server = Server::start(&folder.data());
        *address.lock().unwrap() = server.address();
    }
    let mut client = server.client();
    // A change of stock is the last event.
    given::stock(&mut client, SELLER, 1);
    last.store(given::sequence(&mut client), Ordering::Release);
    let listed = client.get("/api/inventory?limit=1000").expect(200).json();
    let mut prices: BTreeMap<(String, String), u64> = BTreeMap::new();
    for event in given::events(&mut client, 0) {
        if event["type"] == "trade.settled" {
            for line in event["data"]["lines"].as_array().unwrap() {
                let place = (text(&event["data"]["station"]), text(&line["commodity"]));
                prices.insert(place, line["unitPrice"].as_u64().unwrap());
            }
        }
    }
    for reader in readers {
        let latest = reader.join().unwrap();
        assert_eq!(latest.len(), listed["items"].as_array().unwrap().len());
        for item in listed["items"].as_array().unwrap() {
            let place = (text(&item["station"]), text(&item["commodity"]));
            let level = &latest[&place];
            for field in ["onHand", "available", "reserved", "incoming", "changedAt"] {
                assert_eq!(level[field], item[field], "{field} of {place:?}");
            }
            assert_eq!(level["lastPrice"].as_u64(), prices.get(&place).copied(), "{place:?}");
        }
    }
}
