//! What counting costs on its thread, in memory and on disk, with every trade at a random one of a
//! million pairs of station and commodity: the worst there is.
//!
//! `cargo run --release -p views --example analytics_cost [trades a second of network time]`

#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use domain::{
    Batch, BatchId, CommitObserver, CommodityDetails, CommodityId, Credits, Envelope, Epoch, Event,
    EventReader, Identifier, JournalId, Position, PrincipalId, Quantity, ReadError, Recorded,
    Scope, Sequence, StationDetails, StationId, StationKind, Text, Timestamp, TradeLine,
    TradeSettled, TraderId,
};
use views::Analytics;
use views::analytics::{Interval, RankBy, Retention, Subject};

const STATIONS: u32 = 5_000;
const COMMODITIES: u32 = 200;
const TRADERS: u32 = 10_000;
const BATCH_EVENTS: usize = 8_192;
const TRADES: u64 = 4_000_000;
const JOURNAL: JournalId = JournalId(1);

struct NoJournal;

impl EventReader for NoJournal {
    fn last(&self) -> Sequence {
        Sequence::ZERO
    }

    fn read_after(&self, _: Sequence, _: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok(Vec::new())
    }
}

fn below(number: u64, bound: u32) -> u32 {
    let spread = table::mix(number) >> 32;
    u32::try_from((spread * u64::from(bound)) >> 32).expect("below the bound, a u32")
}

fn text(words: &str) -> Text {
    Text::new(words).expect("a short text")
}

fn place(sequence: u64, at: i64, event: Event) -> Recorded {
    let envelope = Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(at),
        occurred_at: None,
        actor: PrincipalId(1),
        key: None,
        trace: None,
        note: None,
    };
    Recorded { envelope, event }
}

fn founding(number: u32) -> Event {
    let name = |words: String| Identifier::new(&words).expect("a plain name");
    if number < STATIONS {
        let details = Box::new(StationDetails {
            name: text("a station"),
            kind: StationKind::Station,
            system: name(format!("system-{}", number / 4)),
            position: Position::default(),
            owner: TraderId(number),
        });
        let id = name(format!("station-{number}"));
        return Event::StationCreated {
            station: StationId(number),
            trader: TraderId(number),
            id,
            details,
        };
    }
    let number = number - STATIONS;
    let details = Box::new(CommodityDetails {
        name: text("a commodity"),
        category: Some(name(format!("category-{}", number % 12))),
        unit_mass_grams: None,
        unit_volume_millilitres: None,
    });
    let id = name(format!("commodity-{number}"));
    Event::CommodityCreated { commodity: CommodityId(number), id, details }
}

fn trade(sequence: u64) -> Event {
    let number = sequence * 8;
    let quantity = Quantity::new(1 + u64::from(below(number, 100))).expect("a small number");
    let unit_price = Credits::new(1_000 + u64::from(below(number + 1, 200))).expect("a small one");
    let commodity = CommodityId(below(number + 2, COMMODITIES));
    let trader = |salt| TraderId(STATIONS + below(number + salt, TRADERS));
    Event::TradeSettled(TradeSettled {
        station: StationId(below(number + 3, STATIONS)),
        buyer: trader(4),
        seller: trader(5),
        lines: [TradeLine { commodity, quantity, unit_price }].into(),
        total: unit_price.times(quantity).expect("a small number"),
        terms: None,
    })
}

/// Processor time of the thread that counts.
fn busy() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("there is /proc");
    let nanos = tasks.flatten().find_map(|task| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let stat = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        (name.trim() == "analytics").then(|| stat.split(' ').next()?.parse().ok())?
    });
    Duration::from_nanos(nanos.unwrap_or_default())
}

fn wait(analytics: &Analytics, behind: u64) {
    loop {
        let (position, last) = analytics.progress();
        if last.0 - position.0 <= behind {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let done = act();
    println!("{what}: {:?}", begin.elapsed());
    done
}

fn memory(what: &str) -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|line| line.starts_with(what)).unwrap_or("unknown").to_owned()
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn questions(analytics: &Analytics, now: Timestamp) {
    let minutes = Interval::Minute.bucket(now) - 1_439..Interval::Minute.bucket(now) + 1;
    let hours = Interval::Hour.bucket(now) - 23..Interval::Hour.bucket(now) + 1;
    let pair = (StationId(7), CommodityId(7));
    timed("1,440 minutes of a pair", || {
        analytics.candles(pair, Interval::Minute, &minutes).expect("they are kept")
    });
    timed("1,440 minutes of a station", || {
        analytics.series(Subject::Station(pair.0), Interval::Minute, &minutes).expect("they are")
    });
    timed("the traders of 24 hours by value", || {
        let like = (Subject::Trader(TraderId(0)), RankBy::Value);
        analytics.ranking(like, &hours, 100, Scope::Network).expect("they are kept")
    });
    timed("the summary", || analytics.windows(now).expect("it is kept"));
}

fn main() {
    let rate: u64 = std::env::args().nth(1).map_or(50_000, |rate| rate.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("analytics.db");
    let opened = Analytics::open(Some(&path), JOURNAL, Arc::new(NoJournal), Retention::default());
    let (analytics, mut feed) = opened.expect("a new store");
    let things = u64::from(STATIONS + COMMODITIES);
    let mut sequence = 0;
    let mut at = 7_258_118_400_000_000_i64;
    let step = i64::try_from(1_000_000 / rate).expect("microseconds");
    let begin = Instant::now();
    while sequence < TRADES + things {
        let mut events = Vec::with_capacity(BATCH_EVENTS);
        for _ in 0..BATCH_EVENTS {
            sequence += 1;
            at += step;
            let thing = u32::try_from(sequence - 1).ok().filter(|_| sequence <= things);
            let event = thing.map_or_else(|| trade(sequence), founding);
            events.push(place(sequence, at, event));
        }
        let id = BatchId { journal: JOURNAL, epoch: Epoch(1), number: 1 };
        feed.committed(&Arc::new(Batch { id, events }));
        wait(&analytics, 32_768);
    }
    wait(&analytics, 0);
    let each = busy().as_nanos() / u128::from(sequence);
    println!("{sequence} trades, {rate} a second of network time, {:?}", begin.elapsed());
    println!("{each} ns of processor time each");
    println!("{} and {} bytes of file and log", size(&path), size(&path.with_extension("db-wal")));
    println!("{}, {}", memory("VmHWM"), memory("VmRSS"));
    questions(&analytics, Timestamp(at));
    timed("ending, with the last save", || drop((analytics, feed)));
    println!("{} bytes each of file", size(&path) / sequence);
    let begin = Instant::now();
    let opened = Analytics::open(Some(&path), JOURNAL, Arc::new(NoJournal), Retention::default());
    drop(opened.expect("the same store"));
    println!(
        "opening it again, which a journal that has none of it empties: {:?}",
        begin.elapsed()
    );
}
