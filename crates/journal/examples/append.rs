//! How fast the journal is here: durable appends, the pause that checkpoints make, reopening, replay.
//!
//! `cargo run --release -p journal --example append -- [FOLDER] [BATCHES] [EVENTS A BATCH]`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::float_arithmetic,
    reason = "an example"
)]
#![allow(clippy::cast_precision_loss, reason = "rates are rounded")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    Batch, BatchId, CommodityId, Credits, Envelope, Epoch, Event, JournalId, PrincipalId, Quantity,
    Recorded, Sequence, StationId, Timestamp, TradeLine, TradeSettled, TraderId,
};
use journal::row::{Row, first_chain, seal};
use journal::{IN_FLIGHT_MAX, Journal, OpenOptions, Outcome, SqliteJournal};

/// Submitted and not yet complete: one is being written while the next is decided.
const AHEAD: u64 = 3;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let scratch = tempfile::tempdir_in(".").unwrap();
    let folder = arguments.next().map_or_else(|| scratch.path().to_owned(), Into::into);
    let mut number = |default: u64| arguments.next().map_or(default, |it| it.parse().unwrap());
    let (batches_count, events_count) = (number(4_000), number(1_024));
    let options =
        OpenOptions { page_bytes: u32::try_from(number(4_096)).unwrap(), ..OpenOptions::default() };

    in_memory();
    let journal = SqliteJournal::open(&folder, options.clone()).unwrap();
    let start = journal.reader().last();
    let begun = Instant::now();
    let mut latencies = append(&journal, batches_count, events_count);
    let seconds = begun.elapsed().as_secs_f64();
    let events = (batches_count * events_count) as f64;
    latencies.sort_unstable();
    let at = |share: usize| latencies[(latencies.len() - 1) * share / 1_000];
    println!("appended  {:>9.0} events/s in batches of {events_count}", events / seconds);
    println!(
        "latency   p50 {:?}  p99 {:?}  p99.9 {:?}  max {:?}",
        at(500),
        at(990),
        at(999),
        at(1_000)
    );
    println!("pause     {:?} at most for a checkpoint", journal.longest_checkpoint_pause());
    println!("free      {:?}", journal.free_space());
    drop(journal);
    let bytes = std::fs::metadata(folder.join("journal.db")).unwrap().len();
    println!("size      {:.1} bytes an event", bytes as f64 / (start.0 as f64 + events));

    let begun = Instant::now();
    let journal = SqliteJournal::open(&folder, options).unwrap();
    let last = journal.reader().last().0 as f64;
    println!("opened    {:>9.0} events/s checked", last / begun.elapsed().as_secs_f64());

    let begun = Instant::now();
    let replayed = journal.batches(Sequence::ZERO).unwrap();
    let replayed: usize = replayed.map(|batch| batch.unwrap().events.len()).sum();
    println!("replayed  {:>9.0} events/s", replayed as f64 / begun.elapsed().as_secs_f64());

    let reader = journal.reader();
    let begun = Instant::now();
    for round in 0..10_000_u64 {
        let sequence = round * 7_919 % journal.reader().last().0 + 1;
        assert!(reader.event(Sequence(sequence)).unwrap().is_some());
    }
    println!("one event {:?}", begun.elapsed() / 10_000);
}

/// What encoding, hashing and decoding cost alone.
fn in_memory() {
    let id = BatchId { journal: JournalId(1), epoch: Epoch(1), number: 1 };
    let batch = Batch { id, events: (1..=8_192).map(trade).collect() };
    let rounds = 100;
    let per_event = |begun: Instant| begun.elapsed() / (8_192 * rounds);
    let begun = Instant::now();
    let bound: usize =
        (0..rounds).flat_map(|_| &batch.events).map(journal::encoded_len_bound).sum();
    println!(
        "bound     {:?} an event, {} bytes",
        per_event(begun),
        bound / (8_192 * rounds as usize)
    );
    let begun = Instant::now();
    let mut rows = vec![];
    for _ in 0..rounds {
        rows = seal(&batch, first_chain(id.journal)).unwrap().0;
    }
    println!("sealed    {:?} an event", per_event(begun));
    let begun = Instant::now();
    for _ in 0..rounds {
        for row in &rows {
            let row = Row::parse(&row.bytes).unwrap();
            assert!(row.events_after(Sequence::ZERO).all(|event| event.is_ok()));
        }
    }
    println!("decoded   {:?} an event", per_event(begun));
}

fn append(journal: &SqliteJournal, batches_count: u64, events_count: u64) -> Vec<Duration> {
    let (sender, completions) = crossbeam_channel::bounded(IN_FLIGHT_MAX);
    let mut appender = journal.claim(sender).unwrap();
    let mut last = journal.reader().last();
    let mut submitted = std::collections::VecDeque::new();
    let mut latencies = Vec::new();
    for number in 1..=batches_count + AHEAD {
        if number <= batches_count {
            let id = BatchId { journal: journal.id(), epoch: appender.epoch(), number };
            let events = (last.0 + 1..).take(usize::try_from(events_count).unwrap()).map(trade);
            let batch = Arc::new(Batch { id, events: events.collect() });
            submitted.push_back(Instant::now());
            appender.submit(last, Arc::clone(&batch));
            last = batch.last();
        }
        if number > AHEAD {
            let completion = completions.recv().unwrap();
            assert!(matches!(completion.outcome, Outcome::Committed(_)), "{completion:?}");
            latencies.push(submitted.pop_front().unwrap().elapsed());
        }
    }
    latencies
}

fn trade(sequence: u64) -> Recorded {
    let mixed = sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let id = |bound: u64| u32::try_from(mixed % bound).unwrap();
    let line = TradeLine {
        commodity: CommodityId(id(200)),
        quantity: Quantity::new(mixed % 900 + 1).unwrap(),
        unit_price: Credits::new(mixed % 90 + 10).unwrap(),
    };
    let envelope = Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp(1_767_225_600_000_000 + i64::try_from(sequence).unwrap() * 2),
        occurred_at: None,
        actor: PrincipalId(3),
        key: None,
        trace: None,
        note: None,
    };
    let event = Event::TradeSettled(TradeSettled {
        station: StationId(id(5_000)),
        buyer: TraderId(id(10_000)),
        seller: TraderId(id(9_999)),
        total: line.unit_price.times(line.quantity).unwrap(),
        lines: Box::new([line]),
        terms: None,
    });
    Recorded { envelope, event }
}
