//! A journal in memory, events that are nothing but their sequence, and readers that check them.

use std::collections::HashMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::{
    AlertRuleId, Batch, BatchId, CommitObserver, Credits, Envelope, Epoch, Event, EventReader,
    Facet, JournalId, OfferId, PrincipalId, ReadError, Recorded, Sequence, StationId, Timestamp,
    TraderId, TransactionId,
};
use live::{Encode, Hub, HubFold, HubOptions, Subscription, Surroundings, System, Update};

/// A journal that is written by hand, and counts what is read of it.
#[derive(Default)]
pub struct Journal {
    events: Mutex<Vec<Recorded>>,
    pub reads: AtomicU64,
    pub longest_read: AtomicU64,
    pub is_broken: AtomicBool,
}

impl EventReader for Journal {
    fn last(&self) -> Sequence {
        Sequence(self.events.lock().unwrap().len() as u64)
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        if self.is_broken.load(Ordering::SeqCst) {
            let reason = "broken".to_owned();
            return Err(ReadError { after, reason });
        }
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.longest_read.fetch_max(limit as u64, Ordering::SeqCst);
        let events = self.events.lock().unwrap();
        let from = usize::try_from(after.0).unwrap();
        Ok(events.iter().skip(from).take(limit).cloned().collect())
    }
}

/// Every station lies in the system of its number, and every rule is about the station of its number.
impl Surroundings for Journal {
    fn system(&self, station: StationId) -> Option<System> {
        Some(System(station.0.into()))
    }

    fn rule_known(
        &self,
        rule: AlertRuleId,
        _: &RangeInclusive<Sequence>,
        tell: &mut dyn FnMut(Facet),
    ) -> bool {
        tell(Facet::Station(StationId(rule.0)));
        true
    }
}

/// Eight bytes an event that is not hidden, and how often each was encoded.
#[derive(Default)]
pub struct Counting {
    times: Mutex<HashMap<u64, u64>>,
    hidden: Mutex<Vec<u64>>,
}

impl Counting {
    pub fn hide(&self, sequences: impl IntoIterator<Item = u64>) {
        self.hidden.lock().unwrap().extend(sequences);
    }

    pub fn times(&self, sequence: u64) -> u64 {
        self.times.lock().unwrap().get(&sequence).copied().unwrap_or(0)
    }
}

impl Encode for Counting {
    fn encode(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        let sequence = recorded.envelope.sequence.0;
        *self.times.lock().unwrap().entry(sequence).or_default() += 1;
        if !self.hidden.lock().unwrap().contains(&sequence) {
            out.extend(sequence.to_be_bytes());
        }
    }
}

/// A hub over a journal, and the hand that writes both.
pub struct Network {
    pub hub: Hub,
    pub journal: Arc<Journal>,
    pub encoder: Arc<Counting>,
    pub writer: Writer,
}

/// The thread that commits.
pub struct Writer {
    journal: Arc<Journal>,
    fold: HubFold,
}

impl Network {
    /// A hub that begins behind `history` events.
    pub fn new(options: HubOptions, history: u64) -> Self {
        let journal = Arc::new(Journal::default());
        append(&journal, history);
        let encoder = Arc::new(Counting::default());
        let (hub, fold) = Hub::new(options, journal.clone(), encoder.clone(), journal.clone());
        let writer = Writer { journal: Arc::clone(&journal), fold };
        Self { hub, journal, encoder, writer }
    }
}

impl Writer {
    /// Makes events durable that the hub does not hear of yet.
    pub fn append(&self, count: u64) -> Arc<Batch> {
        append(&self.journal, count)
    }

    /// Gives the hub a batch.
    pub fn fold(&mut self, batch: &Arc<Batch>) {
        self.fold.committed(batch);
        self.fold.answered();
        assert_eq!(self.fold.position(), batch.last());
    }

    /// Commits this many events as one batch.
    pub fn commit(&mut self, count: u64) {
        let batch = self.append(count);
        self.fold(&batch);
    }
}

fn append(journal: &Journal, count: u64) -> Arc<Batch> {
    let mut events = journal.events.lock().unwrap();
    let first = events.len() as u64 + 1;
    let new: Vec<_> = (first..first + count).map(recorded).collect();
    events.extend(new.iter().cloned());
    let id = BatchId { journal: JournalId(0), epoch: Epoch(1), number: 1 };
    Arc::new(Batch { id, events: new })
}

/// Every hundredth event says what it is about by the first event alone.
fn recorded(sequence: u64) -> Recorded {
    let event = if sequence.is_multiple_of(100) {
        Event::OfferFilled { offer: OfferId(Sequence(1)), trade: TransactionId(Sequence(2)) }
    } else {
        Event::CreditsIssued { trader: trader_of(sequence), amount: Credits::ZERO }
    };
    Recorded {
        envelope: Envelope {
            sequence: Sequence(sequence),
            recorded_at: Timestamp(0),
            occurred_at: None,
            actor: PrincipalId::NETWORK,
            key: None,
            trace: None,
            note: None,
        },
        event,
    }
}

/// Whom an event is about.
pub fn trader_of(sequence: u64) -> TraderId {
    let said_by = if sequence.is_multiple_of(100) { 1 } else { sequence };
    TraderId(u32::try_from(said_by % 10).unwrap())
}

/// The sequences that [`Counting`] wrote.
pub fn sequences(bytes: &[u8]) -> Vec<u64> {
    assert!(!bytes.is_empty() && bytes.len().is_multiple_of(8), "half an event");
    let (events, _) = bytes.as_chunks();
    events.iter().map(|event| u64::from_be_bytes(*event)).collect()
}

/// The next events, which must be those that follow.
pub async fn next_events(reader: &mut Subscription) -> Vec<u64> {
    let before = reader.position().0;
    match reader.next().await {
        Update::Events(bytes) => {
            let found = sequences(&bytes);
            let expected: Vec<u64> = (before + 1..=reader.position().0).collect();
            assert_eq!(found, expected);
            found
        }
        other => panic!("events are expected behind {before}, not {other:?}"),
    }
}

/// Reads until it has everything up to `last`.
pub async fn read_to(reader: &mut Subscription, last: u64) {
    while reader.position() < Sequence(last) {
        next_events(reader).await;
    }
    assert_eq!(reader.position(), Sequence(last));
}

/// Lets everything else run until nothing can go on.
pub async fn settle() {
    // With paused time, a timer fires when every task waits.
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// Options of which each test changes what it is about; no heartbeat comes between.
pub fn options() -> HubOptions {
    HubOptions { heartbeat: Duration::from_hours(1), ..HubOptions::default() }
}

/// Random numbers from a seed (`SplitMix64`, Steele et al. 2014).
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}
