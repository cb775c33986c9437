//! What the index of the past costs: time and bytes for each event, and a search.
//!
//! `cargo run --release -p views --example history_cost [TRADES [PRINCIPALS]]`: the trades are asked for
//! by so many principals, a thousand if left out.

#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    CommodityId, Credits, Envelope, Event, EventReader, JournalId, Note, PrincipalId, Quantity,
    ReadError, Recorded, Scope, Sequence, StationId, Text, Timestamp, TradeLine, TradeSettled,
    TraderId,
};
use views::{EventFilter, History, Order, Part, TradeFilter, Views};

const STATIONS: u32 = 5_000;
const TRADERS: u32 = 10_000;
const COMMODITIES: u32 = 200;
const TRADES: u64 = 4_000_000;

const PRINCIPALS: u32 = 1_000;

/// A journal of trades that are made when they are read; a tenth has a reference of its own.
#[derive(Clone, Copy)]
struct Made {
    trades: u64,
    principals: u32,
}

fn below(seed: u64, bound: u32) -> u32 {
    let spread = table::mix(seed) >> 32;
    u32::try_from((spread * u64::from(bound)) >> 32).expect("below the bound, a u32")
}

impl Made {
    fn at(self, sequence: u64) -> Recorded {
        let number = |what: u64, bound| below(sequence * 8 + what, bound);
        let quantity = Quantity::new(1).expect("below the maximum");
        let unit_price = Credits::new(1).expect("below the maximum");
        let commodity = CommodityId(number(0, COMMODITIES));
        let station = number(1, STATIONS);
        let trade = TradeSettled {
            station: StationId(station),
            buyer: TraderId(station),
            seller: TraderId(STATIONS + number(2, TRADERS)),
            lines: [TradeLine { commodity, quantity, unit_price }].into(),
            total: unit_price,
            terms: None,
        };
        let reference = (number(3, 10) == 0).then(|| Text::new(&format!("PO-{sequence}")));
        let reference = reference.map(|text| text.expect("a short text"));
        Recorded {
            envelope: Envelope {
                sequence: Sequence(sequence),
                recorded_at: Timestamp(i64::try_from(sequence).expect("a small number")),
                occurred_at: None,
                actor: PrincipalId(1 + number(4, self.principals)),
                key: None,
                trace: None,
                note: Note::new(reference, BTreeMap::new()).expect("a short note"),
            },
            event: Event::TradeSettled(trade),
        }
    }
}

impl EventReader for Made {
    fn last(&self) -> Sequence {
        Sequence(self.trades)
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok((after.0 + 1..=self.trades).take(limit).map(|at| self.at(at)).collect())
    }
}

/// Processor time of all threads: what others do on the machine does not count.
fn busy() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let nanos = threads.filter_map(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        stat.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

fn main() {
    let argument = |at| std::env::args().nth(at);
    let trades = argument(1).and_then(|count| count.parse().ok()).unwrap_or(TRADES);
    let principals = argument(2).and_then(|count| count.parse().ok()).unwrap_or(PRINCIPALS);
    let made = Made { trades, principals };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("history.db");
    let begin = busy();
    for sequence in 1..=trades.min(1_000_000) {
        std::hint::black_box(made.at(sequence));
    }
    let making = busy().saturating_sub(begin).as_nanos() / u128::from(trades.min(1_000_000));
    let (views, _fold) = Views::open(None, Arc::new(made)).expect("views in memory");
    let begin = busy();
    let (history, _feed) = History::open(Some(&path), JournalId(1), &views).expect("an index");
    assert!(history.wait_for(Sequence(trades), Duration::from_hours(2)), "it is indexed");
    let each = busy().saturating_sub(begin).as_nanos() / u128::from(trades);
    println!("{trades} trades: {} ns each, merging included", each.saturating_sub(making));
    let bytes = std::fs::metadata(&path).expect("the file").len();
    println!("{} MiB, {} bytes each", bytes >> 20, bytes / trades);
    let part = Part { order: Order::Newest, cursor: None, limit: 50 };
    for (what, filter) in [
        ("all", TradeFilter::default()),
        ("station", TradeFilter { station: Some(StationId(7)), ..TradeFilter::default() }),
        (
            "station and commodity",
            TradeFilter {
                station: Some(StationId(7)),
                commodity: Some(CommodityId(7)),
                ..TradeFilter::default()
            },
        ),
        ("nothing", TradeFilter { trader: Some(TraderId(99_999)), ..TradeFilter::default() }),
    ] {
        for round in ["first", "again"] {
            let begin = Instant::now();
            let found = history.find_trades(&filter, part, Scope::Network).expect("a page");
            println!("{what}, {round}: {} found in {:?}", found.items.len(), begin.elapsed());
        }
    }
    for round in ["first", "again"] {
        let filter = EventFilter { actor: Some(PrincipalId(1)), ..EventFilter::default() };
        let begin = Instant::now();
        let found = history.find_events(&filter, part, Scope::Network).expect("a page");
        println!("actor, {round}: {} found in {:?}", found.items.len(), begin.elapsed());
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{}", memory.unwrap_or("VmHWM: unknown"));
}
