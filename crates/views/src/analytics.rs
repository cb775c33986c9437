//! Figures of what happened: how much, where, at what price, how late, in buckets of time.
//!
//! Counted from committed events as they come, on a thread of its own ([`crate::follower`]), never by
//! scanning. Buckets are of `occurredAt`; what comes late is added to its old bucket. What was
//! counted since the last save is in memory; the store `analytics.db` has the rest, and both are
//! read as of one position. A crash loses nothing: the journal is read on from the store's position.
//!
//! Nothing here may decide what a caller may see but by the scope it is given, and nothing here is
//! known that the journal does not tell again.

mod cell;
mod follow;
mod histogram;
mod interval;
mod memory;
mod query;
mod routes;
mod runs;
mod store;
mod tally;
mod varint;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use domain::{Batch, CommitObserver, CommodityId, EventReader, JournalId, Sequence, StationId};
use parking_lot::{Mutex, RwLock};

pub use cell::{Candle, Cargo, Flow, Lane};
pub use histogram::Histogram;
pub use interval::{Interval, Retention};
pub use memory::{Price, Subject};
pub use query::{AnalyticsError, Candles, LaneOf, RankBy, Ranked, Shown, Windows};
pub use routes::{Quote, Route, RouteFilter, Routes};

use crate::ViewsError;
use crate::follower::{Follower, Progress};
use crate::mixer::MixedMap;
use cell::LastPrice;
use follow::{Counting, SaveWhen};
use interval::Kept;
use memory::{Memory, low};
use runs::{ReadRuns, Room};
use store::Store;

/// The figures. Cloning one gives another handle to the same.
#[derive(Clone)]
pub struct Analytics(Arc<Handle>);

struct Handle {
    /// Dropped before what it follows with: it ends with a save.
    follower: Follower,
    shared: Arc<Shared>,
}

/// What the one who counts and those who read share.
struct Shared {
    memory: RwLock<Memory>,
    stores: Stores,
    kept: Kept,
    /// A reader found the store damaged.
    is_damaged: AtomicBool,
    /// Until this event is counted, the figures are of the past and not shown.
    until: AtomicU64,
}

impl Shared {
    /// Shows nothing until this event is counted.
    fn begin_until(&self, last: Sequence) {
        self.until.store(last.0, Ordering::Release);
    }
}

/// Whoever holds one of these may ask for the memory; never the other way round.
struct Stores {
    writer: Mutex<Store>,
    /// Connections that nobody reads with now.
    readers: Mutex<Vec<Store>>,
    /// How often the store was begun anew.
    generation: AtomicU64,
}

/// What gives the figures each committed batch. It keeps nothing: its position is the journal's last
/// at start, and what came before is read from there.
pub struct AnalyticsFeed(Arc<Handle>);

impl CommitObserver for AnalyticsFeed {
    fn position(&self) -> Sequence {
        // What it lacks of that, it reads from the journal by itself.
        let (_, last) = Analytics(Arc::clone(&self.0)).progress();
        last
    }

    fn committed(&mut self, batch: &Arc<Batch>) {
        self.0.follower.put(batch);
    }
}

impl Analytics {
    /// Opens the figures of a journal and begins to count what they lack of it. `store` is the path
    /// of `analytics.db`; without one they are in memory. A damaged store, or one of another
    /// journal or another history, is made anew.
    pub fn open(
        store: Option<&Path>,
        journal: JournalId,
        events: Arc<dyn EventReader>,
        retention: Retention,
    ) -> Result<(Self, AnalyticsFeed), ViewsError> {
        Self::open_saving(store, journal, events, (SaveWhen::USUAL, retention))
    }

    /// How far they have come.
    pub(crate) fn followed(&self) -> Progress {
        self.0.follower.progress()
    }

    /// Saves what waits and ends the thread: what is committed later is counted at the next start.
    pub fn close(&self) {
        self.0.follower.close();
    }

    fn open_saving(
        path: Option<&Path>,
        journal: JournalId,
        events: Arc<dyn EventReader>,
        (when, retention): (SaveWhen, Retention),
    ) -> Result<(Self, AnalyticsFeed), ViewsError> {
        let mut store = Store::open(path, journal)?;
        let kept = Kept::new(retention);
        let memory = match restored(&mut store, &*events, &kept) {
            Ok(memory) => memory,
            Err(reason) => {
                tracing::warn!(%reason, "analytics.db is counted anew from the journal");
                let path = path.unwrap_or(Path::new("")).to_owned();
                store.begin_anew().map_err(|source| ViewsError::Store { path, source })?;
                kept.begin_anew();
                Memory::default()
            }
        };
        let shared = Arc::new(Shared {
            memory: RwLock::new(memory),
            stores: Stores {
                writer: Mutex::new(store),
                readers: Mutex::default(),
                generation: AtomicU64::new(0),
            },
            kept,
            is_damaged: AtomicBool::new(false),
            until: AtomicU64::new(0),
        });
        shared.begin_until(events.last());
        let counting = Counting::new(Arc::clone(&shared), Arc::clone(&events), when);
        let follower = Follower::start("analytics", events, counting);
        let follower = follower.map_err(ViewsError::Thread)?;
        let handle = Arc::new(Handle { follower, shared });
        Ok((Self(Arc::clone(&handle)), AnalyticsFeed(handle)))
    }
}

/// What the store has, if it is of this journal's history; else why it is not used.
fn restored(store: &mut Store, events: &dyn EventReader, kept: &Kept) -> Result<Memory, String> {
    let as_of = store.as_of().map_err(|error| error.to_string())?;
    if as_of.sequence == Sequence::ZERO {
        return Ok(Memory::default());
    }
    let last = events.event(as_of.sequence).map_err(|error| error.to_string())?;
    if last.map(|recorded| recorded.envelope.recorded_at) != Some(as_of.time) {
        return Err(format!("its event {} is not in the journal", as_of.sequence));
    }
    let places = store.places().map_err(|error| error.to_string())?;
    for interval in [Interval::Minute, Interval::Hour] {
        let gone = store.gone_before(interval).map_err(|error| error.to_string())?;
        // Before it was noted, these were let go.
        let gone = gone.unwrap_or_else(|| interval.kept_from(Retention::default(), as_of.time));
        kept.forget_before(interval, gone);
    }
    let mut memory = Memory { as_of, places, ..Memory::default() };
    let mut sums = MixedMap::<u64, LastPrice>::default();
    let (ever, all) = ((Interval::Ever, &(0..1)), 0..i64::MAX.cast_unsigned());
    let mut room = Room(usize::MAX);
    let read = runs::read(&store.connection, ever, &all, &mut room, |place, cell: LastPrice| {
        cell::Cell::merge(sums.entry(place.id).or_default(), &cell);
    });
    match read {
        Ok(()) => {}
        Err(ReadRuns::Store(error)) => return Err(error.to_string()),
        Err(ReadRuns::TooMuch) => return Err("it has too many prices".to_owned()),
    }
    for (id, LastPrice { price, at, .. }) in sums {
        let (station, commodity) = (StationId(low(id >> 32)), CommodityId(low(id)));
        memory.prices.put(station, commodity, Price { price, at });
    }
    Ok(memory)
}

#[cfg(test)]
mod tests;
