//! Ended shipments on their way to the store, and there.
//!
//! The fold hands them over and goes on: they wait in memory until the store's own thread has
//! written them, many at once when the disk is slow. A reader looks at what waits, then at what is
//! written, so it never misses one in between. A lost shipment that is found again waits the same
//! way to be taken out; a reader that was overtaken by that looks again.

mod room;
mod trades;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use domain::{ReadError, Sequence, ShipmentId, SnapshotError};
use parking_lot::{Condvar, Mutex};

use crate::shipments::{Ended, FoundAgain, Turn};
use crate::store::{Store, Tag, ViewsError};

use room::{ROOM, Room};

pub(crate) use trades::{Followed, TradeEnd};

/// Shipments in one transaction: a few milliseconds of work.
const WRITE_SHIPMENTS_MAX: usize = 8_192;
/// How long a failed write waits before it is tried again: most failures are a full disk.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// Shipments that wait to be written, and how far it has come.
#[derive(Debug, Default)]
struct Queue {
    /// Ended shipments; `None` where one is under way again.
    waiting: BTreeMap<u64, Option<Ended>>,
    /// Finds that are not written yet, in order; each is also in `waiting`.
    found: Vec<FoundAgain>,
    /// How many were ever found again.
    found_count: u64,
    /// What ended of trades.
    trades: BTreeMap<trades::Place, Followed>,
    /// What the fold has handed over goes up to here.
    position: u64,
    /// Durable requests made, and answered.
    asked: u64,
    answered: u64,
    /// Everything up to here is durable.
    durable: u64,
    /// Portions written: while this grows, the store is not stuck.
    written_count: u64,
    /// Why the last write failed, if it did.
    error: Option<String>,
    closing: bool,
}

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to do.
    work: Condvar,
    /// Something has been done.
    done: Condvar,
}

/// The ended shipments.
#[derive(Debug)]
pub(crate) struct EndedShipments {
    shared: Arc<Shared>,
    /// `None`: everything waits in memory for ever.
    stored: Option<Stored>,
}

#[derive(Debug)]
struct Stored {
    writer: Arc<Mutex<Store>>,
    reader: Mutex<Store>,
    room: Room,
    thread: Option<JoinHandle<()>>,
}

impl EndedShipments {
    /// In memory alone.
    pub(crate) fn in_memory() -> Self {
        Self { shared: Arc::default(), stored: None }
    }

    /// In a store, which a thread of its own writes.
    pub(crate) fn stored(writer: Store, reader: Store) -> Result<Self, ViewsError> {
        Self::stored_with(writer, reader, ROOM)
    }

    fn stored_with(writer: Store, reader: Store, room: Room) -> Result<Self, ViewsError> {
        let shared = Arc::<Shared>::default();
        let writer = Arc::new(Mutex::new(writer));
        let thread = thread::Builder::new().name("views-store".to_owned());
        let (queue, store) = (Arc::clone(&shared), Arc::clone(&writer));
        let thread = thread.spawn(move || queue.write_all(&store));
        Ok(Self {
            shared,
            stored: Some(Stored {
                writer,
                reader: Mutex::new(reader),
                room,
                thread: Some(thread.map_err(ViewsError::Thread)?),
            }),
        })
    }

    pub(crate) fn is_stored(&self) -> bool {
        self.stored.is_some()
    }

    /// Why the store cannot be written, while it cannot.
    pub(crate) fn error(&self) -> Option<String> {
        self.shared.queue.lock().error.clone()
    }

    /// Forgets what an earlier journal or replay left behind.
    pub(crate) fn clear(&self) -> Result<(), rusqlite::Error> {
        let Some(stored) = &self.stored else {
            return Ok(());
        };
        stored.writer.lock().clear().map(|_| ())
    }

    /// Takes what ended or was found again in a batch, whose last event is at `position`.
    pub(crate) fn add(&self, turns: &[Turn], position: Sequence) {
        let mut queue = self.shared.queue.lock();
        queue.position = position.0;
        for turn in turns {
            match *turn {
                Turn::Ended(ended) => {
                    queue.waiting.insert(ended.shipment.0.0, Some(ended));
                }
                Turn::FoundAgain(found) => {
                    queue.found_count += 1;
                    if self.is_stored() {
                        queue.waiting.insert(found.shipment.0.0, None);
                        queue.found.push(found);
                    } else {
                        queue.waiting.remove(&found.shipment.0.0);
                    }
                }
            }
        }
        drop(queue);
        if !turns.is_empty() {
            self.shared.work.notify_one();
        }
    }

    /// How many shipments were ever found again. Where it differs before and after a look at what
    /// is written, one may have been missed.
    pub(crate) fn found_count(&self) -> u64 {
        self.shared.queue.lock().found_count
    }

    /// What a snapshot at `position` must be made with; an error if the store is behind.
    pub(crate) fn tag_at(&self, position: Sequence) -> Result<Tag, SnapshotError> {
        let found = self.with_writer(|store| Ok((store.position()?, store.tag()?)));
        let (found, tag) = found?;
        if found < position.0 {
            let behind = format!("views.db ends at sequence {found}, before {position}");
            return Err(SnapshotError(behind));
        }
        Ok(tag)
    }

    /// Follows a snapshot that is taken over: what came after it will be folded again. `open` are
    /// the shipments that had not ended, `holds` the trades that were pending.
    pub(crate) fn rewind(
        &self,
        position: Sequence,
        open: impl Iterator<Item = u64>,
        holds: impl Iterator<Item = u64>,
    ) -> Result<(), SnapshotError> {
        self.with_writer(|store| {
            if store.position()? > position.0 {
                store.rewind(position.0, open, holds)?;
            }
            Ok(())
        })?;
        self.shared.queue.lock().position = position.0;
        Ok(())
    }

    fn with_writer<T>(
        &self,
        work: impl FnOnce(&mut Store) -> rusqlite::Result<T>,
    ) -> Result<T, SnapshotError> {
        let Some(stored) = &self.stored else {
            return Err(SnapshotError("there is no views.db".to_owned()));
        };
        let mut store = stored.writer.lock();
        let done = work(&mut store);
        done.map_err(|error| {
            store.condemn(&error);
            SnapshotError(format!("views.db: {error}"))
        })
    }

    /// What makes the store durable, from any thread.
    pub(crate) fn flusher(&self) -> Flusher {
        Flusher {
            shared: Arc::clone(&self.shared),
            writer: self.stored.as_ref().map(|stored| Arc::clone(&stored.writer)),
        }
    }

    /// An ended shipment that waits.
    pub(crate) fn waiting(&self, id: ShipmentId) -> Option<Ended> {
        let queue = self.shared.queue.lock();
        queue.waiting.get(&id.0.0).copied().flatten()
    }

    /// An ended shipment that is written.
    pub(crate) fn stored_one(&self, id: ShipmentId) -> Result<Option<Ended>, ReadError> {
        self.read(|store| store.ended(id.0.0)).map(Option::flatten)
    }

    fn read<T>(
        &self,
        query: impl FnOnce(&Store) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, ReadError> {
        let Some(stored) = &self.stored else {
            return Ok(None);
        };
        let store = stored.reader.lock();
        let found = query(&store).inspect_err(|error| store.condemn(error));
        found.map(Some).map_err(|error| ReadError {
            after: Sequence::ZERO,
            reason: format!("views.db, which a restart rebuilds: {error}"),
        })
    }
}

impl Drop for EndedShipments {
    fn drop(&mut self) {
        self.shared.queue.lock().closing = true;
        self.shared.work.notify_all();
        let thread = self.stored.as_mut().and_then(|stored| stored.thread.take());
        if let Some(thread) = thread {
            // It has no answer; had it panicked, that has been reported.
            let _ = thread.join();
        }
    }
}

/// Makes the store durable.
pub(crate) struct Flusher {
    shared: Arc<Shared>,
    writer: Option<Arc<Mutex<Store>>>,
}

impl Flusher {
    /// Waits until everything up to `position` is durable; returns the tag of the store.
    pub(crate) fn flush(&self, position: Sequence) -> Result<Tag, SnapshotError> {
        let mut queue = self.shared.queue.lock();
        queue.asked += 1;
        let ours = queue.asked;
        self.shared.work.notify_one();
        while queue.answered < ours && !queue.closing {
            self.shared.done.wait(&mut queue);
        }
        if queue.durable < position.0 {
            let reason = queue.error.as_deref().unwrap_or("it is closing");
            return Err(SnapshotError(format!("writing views.db: {reason}")));
        }
        drop(queue);
        let Some(writer) = &self.writer else {
            return Err(SnapshotError("there is no views.db".to_owned()));
        };
        let tag = writer.lock().tag();
        tag.map_err(|error| SnapshotError(format!("reading views.db: {error}")))
    }
}

/// What is written in one transaction.
struct Portion {
    trades: Vec<Followed>,
    turned: Vec<(u64, Option<Ended>)>,
    /// All finds that wait: none may be written after what it led to.
    found: Vec<FoundAgain>,
    /// Where the store is then, if nothing is left waiting.
    position: Option<u64>,
    /// The request it answers, if it is to be durable.
    answers: Option<u64>,
}

impl Shared {
    /// The work of the store's thread.
    fn write_all(&self, store: &Mutex<Store>) {
        let _closed = CloseOnDrop(self);
        while let Some(portion) = self.next_portion() {
            let mut store = store.lock();
            let durable = portion.answers.is_some();
            let Portion { trades, turned, found, position, .. } = &portion;
            let written = store.add_trades(trades);
            let written = written.and_then(|()| store.add(turned, found, *position, durable));
            if let Err(error) = &written {
                store.condemn(error);
            }
            drop(store);
            self.note(&portion, written);
        }
    }

    /// Waits for work; `None` when there will be no more.
    fn next_portion(&self) -> Option<Portion> {
        let mut queue = self.queue.lock();
        if queue.error.is_some() && !queue.closing {
            self.work.wait_for(&mut queue, RETRY_AFTER);
        }
        while queue.waiting.is_empty() && queue.trades.is_empty() && queue.asked == queue.answered {
            if queue.closing {
                return None;
            }
            self.work.wait(&mut queue);
        }
        let first = queue.waiting.iter().take(WRITE_SHIPMENTS_MAX);
        let turned: Vec<_> = first.map(|(id, ended)| (*id, *ended)).collect();
        let trades = queue.trades.values().take(WRITE_SHIPMENTS_MAX).copied();
        let trades: Vec<_> = trades.collect();
        let all = turned.len() == queue.waiting.len() && trades.len() == queue.trades.len();
        Some(Portion {
            trades,
            turned,
            found: queue.found.clone(),
            position: all.then_some(queue.position),
            answers: (all && queue.asked > queue.answered).then_some(queue.asked),
        })
    }

    fn note(&self, portion: &Portion, written: rusqlite::Result<()>) {
        let mut queue = self.queue.lock();
        if let (Err(error), None) = (&written, &queue.error) {
            tracing::error!(%error, "views.db cannot be written; what ends waits in memory");
        }
        match written {
            Ok(()) => {
                for (id, ended) in &portion.turned {
                    // What has turned again meanwhile waits still.
                    if queue.waiting.get(id) == Some(ended) {
                        queue.waiting.remove(id);
                    }
                }
                queue.found.drain(..portion.found.len());
                for followed in &portion.trades {
                    queue.trades.remove(&followed.place());
                }
                queue.error = None;
                queue.written_count += 1;
                if let (Some(answered), Some(position)) = (portion.answers, portion.position) {
                    queue.answered = answered;
                    queue.durable = position;
                }
            }
            Err(error) => {
                queue.error = Some(error.to_string());
                queue.answered = queue.asked;
                if queue.closing {
                    // The replay brings it back.
                    queue.waiting.clear();
                    queue.found.clear();
                    queue.trades.clear();
                }
            }
        }
        self.done.notify_all();
    }
}

/// Lets go of whoever waits for the thread, when it ends in whatever way.
struct CloseOnDrop<'a>(&'a Shared);

impl Drop for CloseOnDrop<'_> {
    fn drop(&mut self) {
        self.0.queue.lock().closing = true;
        self.0.done.notify_all();
    }
}

#[cfg(test)]
mod tests;
