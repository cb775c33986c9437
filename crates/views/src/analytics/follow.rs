//! The one that counts: in memory, and into the store when enough has come together.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::{EventReader, Recorded, Sequence};
use rusqlite::{Connection, TransactionBehavior};

use super::cell::{Cell, Flow};
use super::interval::Kept;
use super::memory::{Memory, Place, Subject};
use super::store::{note_gone, write_places};
use super::tally::Tally;
use super::{Interval, Shared, runs};
use crate::follower::Follow;
use crate::mixer::MixedMap;
use crate::store::is_damage;

/// Events that are counted again after a crash, at most: so many take about a second.
const UNSAVED_EVENTS_MAX: u64 = 1_000_000;

/// When what was counted is saved.
#[derive(Debug, Clone, Copy)]
pub(super) struct SaveWhen {
    /// Cells that are counted in memory, some 150 bytes each. The more there are, the more often
    /// one is counted again before it is written.
    pub(super) cells_max: usize,
    /// After so long it is saved when nothing waits: so much is counted again after a crash.
    pub(super) after: Duration,
}

impl SaveWhen {
    pub(super) const USUAL: Self = Self { cells_max: 131_072, after: Duration::from_secs(5) };
}

/// Follows the committed events.
pub(super) struct Counting {
    shared: Arc<Shared>,
    events: Arc<dyn EventReader>,
    tally: Tally,
    when: SaveWhen,
    saved_at: Instant,
    saved: Sequence,
}

impl Counting {
    pub(super) fn new(shared: Arc<Shared>, events: Arc<dyn EventReader>, when: SaveWhen) -> Self {
        let saved = shared.memory.read().as_of.sequence;
        let saved_at = Instant::now();
        Self { shared, events, tally: Tally::default(), when, saved_at, saved }
    }

    /// Saves, or begins anew if the store turns out to be damaged.
    fn save(&mut self) -> rusqlite::Result<()> {
        let position = self.position();
        let saved = save(&self.shared);
        self.saved_at = Instant::now();
        if saved.is_ok() {
            self.saved = position;
        }
        if let Err(error) = &saved
            && is_damage(error)
        {
            self.begin_anew()?;
        }
        saved
    }

    /// Forgets all, in the store and in memory: the journal gives it again.
    fn begin_anew(&mut self) -> rusqlite::Result<()> {
        tracing::warn!("analytics.db is damaged: it is emptied, and the journal is counted again");
        let mut store = self.shared.stores.writer.lock();
        let mut memory = self.shared.memory.write();
        store.begin_anew()?;
        // Those under way are of a file that may be gone: they are not kept.
        self.shared.stores.generation.fetch_add(1, Ordering::Relaxed);
        self.shared.stores.readers.lock().clear();
        *memory = Memory::default();
        self.shared.kept.begin_anew();
        self.tally.clear();
        self.saved = Sequence::ZERO;
        self.shared.is_damaged.store(false, Ordering::Relaxed);
        self.shared.begin_until(self.events.last());
        Ok(())
    }
}

impl Follow for Counting {
    fn position(&self) -> Sequence {
        self.shared.memory.read().as_of.sequence
    }

    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
        if self.shared.is_damaged.load(Ordering::Relaxed) {
            self.begin_anew()?;
        }
        let is_full = self.shared.memory.read().deltas.len() >= self.when.cells_max;
        if is_full || self.position().0.saturating_sub(self.saved.0) >= UNSAVED_EVENTS_MAX {
            self.save()?;
        }
        let follows =
            events.first().is_none_or(|first| first.envelope.sequence == self.position().next());
        if !follows {
            // It began anew: what comes next is read from the journal.
            return Ok(());
        }
        self.tally.prepare(events, &*self.events)?;
        self.tally.fold(&mut self.shared.memory.write(), events);
        Ok(())
    }

    fn rest(&mut self) -> Option<Duration> {
        if self.position() == self.saved {
            return None;
        }
        let left = self.when.after.saturating_sub(self.saved_at.elapsed());
        if !left.is_zero() {
            return Some(left);
        }
        let error = self.save().err()?;
        tracing::warn!(%error, "saving analytics.db fails: what was counted stays in memory");
        Some(self.when.after)
    }

    fn end(&mut self) {
        if self.position() == self.saved {
            return;
        }
        if let Err(error) = self.save() {
            tracing::warn!(%error, "saving analytics.db fails: the next start counts again");
        }
    }
}

/// Writes what was counted, with the position up to which it was, all or nothing. Readers wait for
/// the commit alone.
fn save(shared: &Shared) -> rusqlite::Result<()> {
    let mut store = shared.stores.writer.lock();
    let behavior = TransactionBehavior::Immediate;
    let transaction = store.connection.transaction_with_behavior(behavior)?;
    {
        // Only this thread changes it.
        let memory = shared.memory.read();
        write(&transaction, &memory, &shared.kept)?;
        write_places(&transaction, &memory)?;
        for interval in [Interval::Minute, Interval::Hour] {
            let first = shared.kept.from(interval, memory.as_of.time);
            // Before they go: what is refused from now on stays refused.
            shared.kept.forget_before(interval, first);
            note_gone(&transaction, interval, first)?;
            runs::prune(&transaction, interval, first)?;
        }
    }
    let mut memory = shared.memory.write();
    transaction.commit()?;
    memory.deltas.clear();
    memory.places.saved();
    drop(memory);
    // What fails here is tried again with the next save.
    store.checkpoint().or_else(|error| if is_damage(&error) { Err(error) } else { Ok(()) })
}

fn write(connection: &Connection, memory: &Memory, kept: &Kept) -> rusqlite::Result<()> {
    use Interval::{Day, Ever, Hour, Minute};
    let deltas = &memory.deltas;
    let first = |interval| kept.from(interval, memory.as_of.time);
    write_cells(connection, &deltas.candles, &[Minute, Hour, Day], first)?;
    write_cells(connection, &deltas.flows, &[Minute, Hour, Day], first)?;
    write_cells(connection, &deltas.traders, &[Hour, Day], first)?;
    write_cells(connection, &deltas.lanes, &[Hour, Day], first)?;
    let network = Subject::Network.id();
    let mut all = Flow::default();
    let of_network = deltas.flows.iter().filter(|(place, _)| place.id == network);
    of_network.for_each(|(_, flow)| all.merge(flow));
    if all != Flow::default() {
        runs::add(connection, Ever, &[(Place { bucket: 0, id: network }, all)])?;
    }
    let mut prices = memory.fresh_prices();
    sum_up(&mut prices);
    runs::add(connection, Ever, &prices)
}

/// Writes cells, and their sums in the longer intervals.
fn write_cells<C: Cell>(
    connection: &Connection,
    cells: &MixedMap<Place, C>,
    intervals: &[Interval],
    first_kept: impl Fn(Interval) -> i64,
) -> rusqlite::Result<()> {
    // Sorted before they are cloned: places are small. The longer intervals keep nearly that order.
    let mut sorted: Vec<_> = cells.iter().collect();
    sorted.sort_unstable_by_key(|(place, _)| **place);
    let mut cells: Vec<_> =
        sorted.into_iter().map(|(place, cell)| (*place, cell.clone())).collect();
    let mut finer = None;
    for interval in intervals {
        if let Some(finer) = finer.replace(*interval) {
            for (place, _) in &mut cells {
                place.bucket = Interval::widen(finer, place.bucket, *interval);
            }
        }
        sum_up(&mut cells);
        // What came too late for a short interval still counts in the longer ones.
        let kept = first_kept(*interval);
        let forgotten = cells.partition_point(|(place, _)| place.bucket < kept);
        runs::add(connection, *interval, cells.get(forgotten..).unwrap_or_default())?;
    }
    Ok(())
}

/// Sorts cells and adds up those of one place.
fn sum_up<C: Cell>(cells: &mut Vec<(Place, C)>) {
    cells.sort_unstable_by_key(|(place, _)| *place);
    cells.dedup_by(|(place, cell), (before, sum)| {
        let same = place == before;
        if same {
            sum.merge(cell);
        }
        same
    });
}
