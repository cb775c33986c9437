//! A journal in memory, for tests: it can hold, fail and lose what is submitted.
//!
//! Handles made by [`MemoryJournal::reopen`] share one storage, as a process and the one that
//! follows it share a disk. Batches go through the same sealing as on disk, so that an event that
//! cannot be written fails here, too, and chain hashes are the real ones.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crossbeam_channel::Sender;
use domain::{Batch, BatchId, Epoch, EventReader, JournalId, ReadError, Recorded, Sequence};
use parking_lot::{Condvar, Mutex};

use crate::row::first_chain;
use crate::submission::accept;
use crate::{
    Appender, BatchIterator, ChainHash, Completion, FreeSpace, Journal, JournalError, Outcome,
};

/// A journal in memory.
#[derive(Debug, Clone)]
pub struct MemoryJournal {
    storage: Arc<Storage>,
}

#[derive(Debug)]
struct Storage {
    id: JournalId,
    state: Mutex<State>,
    /// Something that was held is no longer held.
    settled: Condvar,
}

#[derive(Debug, Default)]
struct State {
    batches: Vec<Arc<Batch>>,
    /// The chain hash after each batch.
    chains: Vec<ChainHash>,
    epoch: Epoch,
    writers: BTreeMap<Epoch, WriterState>,
    holding: bool,
    held: VecDeque<Held>,
    /// The next batch to be committed fails for this reason instead.
    fail_next: Option<Arc<str>>,
    /// Why nothing can be written until it is opened again.
    failed: Option<Arc<str>>,
    free_space: Option<FreeSpace>,
}

#[derive(Debug, Default)]
struct WriterState {
    batches_count: u64,
    ended: Option<Outcome>,
}

/// A batch that was submitted and is neither committed nor refused yet.
#[derive(Debug)]
struct Held {
    epoch: Epoch,
    expected: Sequence,
    batch: Arc<Batch>,
    completions: Sender<Completion>,
}

impl MemoryJournal {
    /// An empty one.
    pub fn new(id: JournalId) -> Self {
        let storage = Storage { id, state: Mutex::default(), settled: Condvar::new() };
        Self { storage: Arc::new(storage) }
    }

    /// As a process that starts after this one finds it: what is committed is there, what was held
    /// is lost, and a failure is over.
    #[must_use]
    pub fn reopen(&self) -> Self {
        self.discard_held();
        let mut state = self.storage.state.lock();
        state.holding = false;
        state.failed = None;
        state.fail_next = None;
        self.clone()
    }

    /// Batches submitted from now on wait for [`Self::release`].
    pub fn hold(&self) {
        self.storage.state.lock().holding = true;
    }

    /// Lets the next `count` held batches through; how many there were.
    pub fn release(&self, count: usize) -> usize {
        let mut state = self.storage.state.lock();
        let released = (0..count).take_while(|_| state.settle_next(self.storage.id)).count();
        self.storage.settled.notify_all();
        released
    }

    /// Lets all held batches through, and those that come from now on.
    pub fn release_all(&self) {
        self.storage.state.lock().holding = false;
        self.release(usize::MAX);
    }

    /// Loses what is held, without a completion: as when the process is killed.
    pub fn discard_held(&self) {
        self.storage.state.lock().held.clear();
        self.storage.settled.notify_all();
    }

    /// How many batches are held.
    pub fn held_count(&self) -> usize {
        self.storage.state.lock().held.len()
    }

    /// The next batch that would be committed fails, and all behind it, until [`Self::reopen`].
    pub fn fail_next(&self, reason: &str) {
        self.storage.state.lock().fail_next = Some(reason.into());
    }

    /// What [`Journal::free_space`] says from now on.
    pub fn set_free_space(&self, free_space: Option<FreeSpace>) {
        self.storage.state.lock().free_space = free_space;
    }

    /// All committed batches.
    pub fn committed(&self) -> Vec<Arc<Batch>> {
        self.storage.state.lock().batches.clone()
    }
}

impl State {
    fn last(&self) -> Sequence {
        self.batches.last().map_or(Sequence::ZERO, |batch| batch.last())
    }

    /// Commits or refuses the oldest batch that waits; `false` if none does.
    fn settle_next(&mut self, journal: JournalId) -> bool {
        let Some(Held { epoch, expected, batch, completions }) = self.held.pop_front() else {
            return false;
        };
        let number = batch.id.number;
        let outcome = self.append(journal, epoch, expected, batch);
        // Whoever submitted it may be gone.
        let _ = completions.send(Completion { number, outcome });
        true
    }

    fn append(
        &mut self,
        journal: JournalId,
        epoch: Epoch,
        expected: Sequence,
        batch: Arc<Batch>,
    ) -> Outcome {
        let last = self.last();
        let chain = self.chains.last().copied().unwrap_or_else(|| first_chain(journal));
        let failed = self.failed.clone().or_else(|| self.fail_next.take());
        let writer = self.writers.entry(epoch).or_default();
        if let Some(ended) = &writer.ended {
            return ended.clone();
        }
        let id = BatchId { journal, epoch, number: writer.batches_count + 1 };
        let accepted = match failed {
            Some(reason) => Err(Outcome::Failed(reason)),
            None if epoch != self.epoch => Err(Outcome::Fenced),
            None => accept(&batch, id, expected, last, chain),
        };
        match accepted {
            Ok((_, chain)) => {
                writer.batches_count += 1;
                let last = batch.last();
                self.batches.push(batch);
                self.chains.push(chain);
                Outcome::Committed(last)
            }
            Err(outcome) => {
                if let Outcome::Failed(reason) = &outcome {
                    self.failed = Some(Arc::clone(reason));
                }
                writer.ended = Some(outcome.clone());
                outcome
            }
        }
    }

    /// The first batch that holds an event behind `after`.
    fn batch_behind(&self, after: Sequence) -> usize {
        self.batches.partition_point(|batch| batch.last() <= after)
    }
}

impl Journal for MemoryJournal {
    fn id(&self) -> JournalId {
        self.storage.id
    }

    fn reader(&self) -> Arc<dyn EventReader> {
        Arc::clone(&self.storage) as Arc<dyn EventReader>
    }

    fn batches(&self, after: Sequence) -> Result<BatchIterator, JournalError> {
        let state = self.storage.state.lock();
        let behind = state.batches.iter().skip(state.batch_behind(after));
        let batches: Vec<_> = behind.map(|batch| Ok(Batch::clone(batch))).collect();
        Ok(Box::new(batches.into_iter()))
    }

    fn chain(&self, at: Sequence) -> Result<Option<ChainHash>, JournalError> {
        if at == Sequence::ZERO {
            return Ok(Some(first_chain(self.storage.id)));
        }
        let state = self.storage.state.lock();
        let found = state.batches.binary_search_by_key(&at, |batch| batch.last());
        Ok(found.ok().and_then(|place| state.chains.get(place).copied()))
    }

    fn claim(&self, completions: Sender<Completion>) -> Result<Box<dyn Appender>, JournalError> {
        let mut state = self.storage.state.lock();
        if let Some(reason) = &state.failed {
            let (doing, reason) = ("claiming the journal".to_owned(), reason.to_string());
            return Err(JournalError::Storage { doing, reason });
        }
        state.epoch = Epoch(state.epoch.0 + 1);
        let (storage, epoch) = (Arc::clone(&self.storage), state.epoch);
        Ok(Box::new(MemoryAppender { storage, epoch, completions }))
    }

    fn free_space(&self) -> Option<FreeSpace> {
        self.storage.state.lock().free_space
    }
}

impl EventReader for Storage {
    fn last(&self) -> Sequence {
        self.state.lock().last()
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        let state = self.state.lock();
        let behind = state.batches.iter().skip(state.batch_behind(after));
        let events = behind.flat_map(|batch| &batch.events);
        let events = events.filter(|recorded| recorded.envelope.sequence > after);
        Ok(events.take(limit).cloned().collect())
    }
}

struct MemoryAppender {
    storage: Arc<Storage>,
    epoch: Epoch,
    completions: Sender<Completion>,
}

impl Appender for MemoryAppender {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    fn submit(&mut self, expected: Sequence, batch: Arc<Batch>) {
        let completions = self.completions.clone();
        let mut state = self.storage.state.lock();
        state.held.push_back(Held { epoch: self.epoch, expected, batch, completions });
        if !state.holding {
            while state.settle_next(self.storage.id) {}
        }
    }
}

impl Drop for MemoryAppender {
    fn drop(&mut self) {
        let mut state = self.storage.state.lock();
        while state.held.iter().any(|held| held.epoch == self.epoch) {
            self.storage.settled.wait(&mut state);
        }
    }
}
