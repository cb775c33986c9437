//! What folding costs at 2 million stock entries, and what a snapshot of them costs.
//!
//! `cargo run --release -p views --example fold_cost`

#![expect(clippy::print_stdout, reason = "it is there to print")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{
    Batch, BatchId, CommitObserver, CommodityDetails, CommodityId, Credits, Envelope, Epoch, Event,
    EventReader, Identifier, JournalId, Position, PrincipalId, Quantity, ReadError, Recorded,
    Sequence, Source, StationDetails, StationId, StationKind, StockAdjusted, StockChange, Text,
    Timestamp, TradeLine, TradeSettled, TraderDetails, TraderId,
};
use views::{Views, ViewsFold};

const STATIONS: u32 = 5_000;
const TRADERS: u32 = 10_000;
const COMMODITIES: u32 = 200;
/// Each is two entries: two owners of a commodity at a station.
const PAIRS: u32 = 1_000_000;
const BATCH_EVENTS: usize = 8_192;
const TRADES: usize = 1_000_000;

struct NoJournal;

impl EventReader for NoJournal {
    fn last(&self) -> Sequence {
        Sequence::ZERO
    }

    fn read_after(&self, _: Sequence, _: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok(Vec::new())
    }
}

/// `SplitMix64`: the same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(1);
        let spread = table::mix(self.0) >> 32;
        u32::try_from((spread * u64::from(bound)) >> 32).expect("below the bound, a u32")
    }
}

#[derive(Clone, Copy)]
struct Pair {
    station: StationId,
    commodity: CommodityId,
    owners: [TraderId; 2],
}

struct Run {
    fold: ViewsFold,
    last: u64,
}

impl Run {
    /// Folds the events and says how much processor time it took, and the longest wall time of a
    /// batch; making them is not counted.
    fn fold(&mut self, events: impl Iterator<Item = Event>) -> (Duration, Duration) {
        let (mut all, mut longest) = (Duration::ZERO, Duration::ZERO);
        let mut events = events.peekable();
        while events.peek().is_some() {
            let batch = events.by_ref().take(BATCH_EVENTS).map(|event| self.place(event)).collect();
            let id = BatchId { journal: JournalId(1), epoch: Epoch(1), number: 1 };
            let batch = Arc::new(Batch { id, events: batch });
            let (begin, busy) = (Instant::now(), busy());
            self.fold.committed(&batch);
            all += self::busy().saturating_sub(busy);
            longest = longest.max(begin.elapsed());
        }
        (all, longest)
    }

    fn place(&mut self, event: Event) -> Recorded {
        self.last += 1;
        let envelope = Envelope {
            sequence: Sequence(self.last),
            recorded_at: Timestamp(i64::try_from(self.last).expect("a small number")),
            occurred_at: None,
            actor: PrincipalId(1),
            key: None,
            trace: None,
            note: None,
        };
        Recorded { envelope, event }
    }

    fn report(&mut self, what: &str, events: impl Iterator<Item = Event>, count: usize) {
        let (all, longest) = self.fold(events);
        let each = all.as_nanos() / count as u128;
        println!("{what}: {each} ns each, the longest batch of {BATCH_EVENTS} {longest:?}");
    }
}

/// Processor time of this thread: what others do on the machine does not count.
fn busy() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = stat.split(' ').next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanos.unwrap_or_default())
}

fn text(words: &str) -> Text {
    Text::new(words).expect("a short text")
}

fn reference_data() -> Vec<Event> {
    let name = |words: String| Identifier::new(&words).expect("a plain name");
    let mut events = Vec::new();
    for number in 0..STATIONS {
        let (station, trader) = (StationId(number), TraderId(number));
        let details = Box::new(StationDetails {
            name: text("a station"),
            kind: StationKind::Station,
            system: name("sol".to_owned()),
            position: Position::default(),
            owner: trader,
        });
        let id = name(format!("station-{number}"));
        events.push(Event::StationCreated { station, trader, id, details });
    }
    for number in STATIONS..STATIONS + TRADERS {
        let (trader, id) = (TraderId(number), name(format!("trader-{number}")));
        let details = TraderDetails { name: text("a trader") };
        events.push(Event::TraderCreated { trader, id, details });
        let amount = Credits::new(1_000_000_000).expect("below the maximum");
        events.push(Event::CreditsIssued { trader, amount });
    }
    for number in 0..COMMODITIES {
        let (commodity, id) = (CommodityId(number), name(format!("commodity-{number}")));
        let details = Box::new(CommodityDetails {
            name: text("a commodity"),
            category: None,
            unit_mass_grams: None,
            unit_volume_millilitres: None,
        });
        events.push(Event::CommodityCreated { commodity, id, details });
    }
    events
}

fn produced(pair: Pair, owner: TraderId) -> Event {
    let quantity = Quantity::new(1_000_000).expect("below the maximum");
    let change = StockChange::In(Source::Produced, quantity);
    let lines = [(pair.commodity, change)].into();
    Event::StockAdjusted(StockAdjusted { station: pair.station, owner, lines })
}

fn traded(pair: Pair, buyer: TraderId, seller: TraderId, quantity: u64) -> Event {
    let quantity = Quantity::new(quantity).expect("below the maximum");
    let unit_price = Credits::new(1).expect("below the maximum");
    let total = unit_price.times(quantity).expect("below the maximum");
    let lines = [TradeLine { commodity: pair.commodity, quantity, unit_price }].into();
    Event::TradeSettled(TradeSettled {
        station: pair.station,
        buyer,
        seller,
        lines,
        total,
        terms: None,
    })
}

/// What one read of memory costs that waits for the one before: the unit of everything here.
fn chase() -> Duration {
    const STEPS: u32 = 2_000_000;
    let mut next: Vec<[u32; 16]> = (0..STEPS).map(|place| [place; 16]).collect();
    let mut numbers = Numbers(1);
    for place in (1..STEPS).rev() {
        next.swap(place as usize, numbers.below(place) as usize);
    }
    let begin = busy();
    let end = (0..STEPS).fold(0, |at: u32, _| next[at as usize][0]);
    std::hint::black_box(end);
    busy().saturating_sub(begin) / STEPS
}

/// Freezes, writes and restores everything, as a start does.
fn snapshot(run: &mut Run, path: &Path) {
    let begin = Instant::now();
    let frozen = run.fold.freeze().expect("there is a store");
    println!("freezing: {:?}", begin.elapsed());
    let (begin, mut parts) = (Instant::now(), Vec::new());
    let mut keep = |part: &[u8]| {
        parts.push(part.to_vec());
        Ok(())
    };
    frozen(&mut keep).expect("it is kept in memory");
    println!("writing {} MiB: {:?}", parts.len(), begin.elapsed());
    let (views, mut fold) = Views::open(Some(path), Arc::new(NoJournal)).expect("a store");
    let begin = busy();
    let restored = fold.restore(Sequence(run.last), &mut parts.into_iter().map(Ok));
    restored.expect("it was just written");
    println!("restoring: {:?}", busy().saturating_sub(begin));
    println!("{:?}", views.read().counts());
}

fn main() {
    println!("a dependent read of memory: {:?}", chase());
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("views.db");
    let (views, fold) = Views::open(Some(&path), Arc::new(NoJournal)).expect("a store");
    let mut run = Run { fold, last: 0 };
    run.fold(reference_data().into_iter());

    let mut numbers = Numbers(7);
    let mut taken = BTreeSet::new();
    let mut pairs: Vec<Pair> = Vec::new();
    while pairs.len() < PAIRS as usize {
        let (station, commodity) = (numbers.below(STATIONS), numbers.below(COMMODITIES));
        let owner = STATIONS + numbers.below(TRADERS / 2) * 2;
        if taken.insert((station, commodity, owner)) {
            let owners = [TraderId(owner), TraderId(owner + 1)];
            let (station, commodity) = (StationId(station), CommodityId(commodity));
            pairs.push(Pair { station, commodity, owners });
        }
    }
    drop(taken);
    let entries = pairs.iter().flat_map(|pair| pair.owners.map(|owner| produced(*pair, owner)));
    run.report("a new entry", entries, pairs.len() * 2);

    let pick = |numbers: &mut Numbers| pairs[numbers.below(PAIRS) as usize];
    let between = (0..TRADES).map(|_| {
        let pair = pick(&mut numbers);
        let side = numbers.below(2) as usize;
        traded(pair, pair.owners[side], pair.owners[1 - side], 1)
    });
    run.report("a trade between entries", between.collect::<Vec<_>>().into_iter(), TRADES);

    let begin = Instant::now();
    let audit = views.audit(domain::Scope::Network).expect("everything may be seen");
    println!("audit: {:?}, balanced: {}", begin.elapsed(), audit.balanced);
    snapshot(&mut run, &path);
    println!("a dependent read of memory: {:?}", chase());

    let to_anyone = (0..TRADES).map(|_| {
        let pair = pick(&mut numbers);
        let buyer = TraderId(STATIONS + numbers.below(TRADERS));
        traded(pair, buyer, pair.owners[usize::from(buyer == pair.owners[0])], 1)
    });
    run.report("a trade that makes an entry", to_anyone.collect::<Vec<_>>().into_iter(), TRADES);
    println!("{:?}", views.read().counts());
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let memory = status.lines().find(|line| line.starts_with("VmHWM"));
    println!("{}", memory.unwrap_or("VmHWM: unknown"));
}
