//! Readers of some of the events, over Server-Sent Events and WebSockets: nothing missed and nothing
//! twice, whatever happens to them and to the server.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use itn_tests::load::{Load, Weight};
use itn_tests::random::{Random, Seed};
use itn_tests::server::ADMIN_KEY;
use itn_tests::stream::Stream;
use itn_tests::websocket::WebSocket;
use itn_tests::{Folder, Server, given, wait};
use serde_json::Value;

const LIMIT: Duration = Duration::from_secs(30);

/// Whether an event is about a shipment, by itself or as what it is caused by.
fn kind(event: &Value) -> &str {
    event["type"].as_str().unwrap()
}

/// A filter, and which events of this market's journal it admits, told from their JSON alone.
type Case = (&'static str, fn(&Value) -> bool);

const CASES: [Case; 6] = [
    ("", |_| true),
    ("topic=trade", |event| kind(event).starts_with("trade.")),
    ("topic=shipment&station=mars-port", |event| kind(event).starts_with("shipment.")),
    ("type=shipment.received,offer.opened", |event| {
        ["shipment.received", "offer.opened"].contains(&kind(event))
    }),
    // What a settlement or a report is about is said by the hold or the booking.
    ("topic=trade,shipment&commodity=water-ice&trader=belt-mining", |event| {
        kind(event).starts_with("trade.") || kind(event).starts_with("shipment.")
    }),
    ("trader=mars-port&topic=trade", |_| false),
];

/// How one reader comes to what it has.
struct Reader {
    address: Arc<Mutex<SocketAddr>>,
    /// The last event of all, once that is known.
    last: Arc<AtomicU64>,
    random: Random,
    query: &'static str,
    seen: Vec<Value>,
    /// Where it may resume: an event or a `progress`.
    resume: Option<String>,
}

fn digits(id: &str) -> u64 {
    id.split('-').next().unwrap().parse().unwrap()
}

impl Reader {
    fn spawn(mut self, over_websocket: bool) -> JoinHandle<Vec<Value>> {
        thread::spawn(move || {
            while !self.is_done() {
                // Cut off after so many messages.
                let patience = 1 + self.random.below(60);
                let opened =
                    if over_websocket { self.websocket(patience) } else { self.sse(patience) };
                if !opened {
                    thread::sleep(Duration::from_millis(20));
                }
            }
            self.seen
        })
    }

    fn is_done(&self) -> bool {
        let at = self.resume.as_deref().map_or(0, digits);
        at >= self.last.load(Ordering::Acquire)
    }

    fn see(&mut self, id: &str, event: Option<Value>) {
        let before = self.resume.as_deref().map_or(0, digits);
        assert!(digits(id) > before, "{id} came after {before}");
        self.resume = Some(id.into());
        self.seen.extend(event);
    }

    fn query(&self) -> String {
        format!("?after={}&{}", self.resume.as_deref().unwrap_or("0"), self.query)
            .trim_end_matches('&')
            .into()
    }

    /// Reads so many messages; whether there was a stream at all.
    fn sse(&mut self, patience: u64) -> bool {
        let place = *self.address.lock().unwrap();
        // The server is down now and then, and so is the panic of a refused connection expected.
        let query = self.query();
        let opened =
            std::panic::catch_unwind(|| Stream::open(place, Some(ADMIN_KEY), &query, None));
        let Ok(Ok(mut stream)) = opened else {
            return false;
        };
        for _ in 0..patience {
            match stream.message(Duration::from_millis(100)) {
                Ok(message) => match (message.event.as_deref(), message.id) {
                    (None, Some(id)) => self.see(&id, Some(message.data)),
                    (Some("progress"), Some(id)) => self.see(&id, None),
                    (Some("lagged"), _) => break,
                    _ => {}
                },
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {}
                Err(_) => break,
            }
        }
        true
    }

    fn websocket(&mut self, patience: u64) -> bool {
        let place = *self.address.lock().unwrap();
        let opened = WebSocket::try_open(place, Some(ADMIN_KEY), &self.query(), &[]);
        let Ok(Ok(mut socket)) = opened else {
            return false;
        };
        for _ in 0..patience {
            match socket.message(Duration::from_millis(100)) {
                Ok(message) => {
                    let id = message["id"].as_str().unwrap_or_default().to_owned();
                    match message["kind"].as_str() {
                        Some("event") => self.see(&id, Some(message["event"].clone())),
                        Some("progress") => self.see(&id, None),
                        Some("subscribed") => {}
                        _ => break,
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::TimedOut => {}
                Err(_) => break,
            }
        }
        true
    }
}

#[test]
fn readers_cut_off_anywhere_get_their_part_of_the_journal() {
    const ROUNDS: u64 = 4;
    let luck = Seed::new();
    let folder = Folder::new();
    let mut server = Server::start(&folder.data());
    given::market(&mut server.client());
    let address = Arc::new(Mutex::new(server.address()));
    let last = Arc::new(AtomicU64::new(u64::MAX));
    let readers: Vec<_> = (0..2 * CASES.len())
        .map(|number| {
            let reader = Reader {
                address: Arc::clone(&address),
                last: Arc::clone(&last),
                random: luck.random(1_000 + number as u64),
                query: CASES[number / 2].0,
                seen: Vec::new(),
                resume: None,
            };
            reader.spawn(number % 2 == 1)
        })
        .collect();
    for round in 0..ROUNDS {
        let random = |writer| luck.random(round * 10 + writer);
        let load = Load::start(3, &format!("v{round}"), Weight::Light, || server.client(), random);
        let start = given::sequence(&mut server.client());
        wait::until("some events", LIMIT, || {
            (given::sequence(&mut server.client()) > start + 150).then_some(())
        });
        server.kill();
        load.finish();
        server = Server::start(&folder.data());
        *address.lock().unwrap() = server.address();
    }
    let events = given::events(&mut server.client(), 0);
    last.store(events.len() as u64, Ordering::Release);
    for (number, reader) in readers.into_iter().enumerate() {
        let (query, admits) = CASES[number / 2];
        let expected: Vec<_> = events.iter().filter(|event| admits(event)).cloned().collect();
        let seen = reader.join().unwrap();
        let ids = |events: &[Value]| events.iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(&seen), ids(&expected), "{query}");
        assert_eq!(seen, expected, "{query}");
    }
}
