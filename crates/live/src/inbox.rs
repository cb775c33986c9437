//! Where the committing thread leaves batches, and goes on.
//!
//! Its lock is held for a push or a take, by that thread and by the pacer. Readers, of whom any may
//! lose the processor while it holds the ring's lock, stay away from it.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use domain::{Batch, Sequence};

use crate::ring::count_between;

/// Committed batches that the ring has not taken in. When nobody reads, nobody empties it: then it
/// lets the oldest go, as the ring would.
#[derive(Debug)]
pub(crate) struct Inbox {
    batches: VecDeque<Arc<Batch>>,
    /// The last event before the oldest batch.
    floor: Sequence,
    last: Sequence,
    events_max: usize,
}

impl Inbox {
    /// An inbox that expects what follows `last`.
    pub(crate) fn new(last: Sequence, events_max: usize) -> Self {
        Self { batches: VecDeque::new(), floor: last, last, events_max }
    }

    /// Takes a batch, or passes over one that it had; answers the last event.
    ///
    /// Panics if the batch leaves a gap: every reader would miss an event.
    pub(crate) fn put(&mut self, batch: &Arc<Batch>) -> Sequence {
        if batch.last() <= self.last {
            return self.last;
        }
        assert!(
            batch.first() <= self.last.next(),
            "a batch beginning with {} follows event {}",
            batch.first(),
            self.last
        );
        self.batches.push_back(Arc::clone(batch));
        self.last = batch.last();
        while self.batches.len() > 1 && count_between(self.floor, self.last) > self.events_max {
            if let Some(oldest) = self.batches.pop_front() {
                self.floor = oldest.last();
            }
        }
        self.last
    }

    /// Empties it.
    pub(crate) fn take(&mut self) -> VecDeque<Arc<Batch>> {
        self.floor = self.last;
        mem::take(&mut self.batches)
    }
}
