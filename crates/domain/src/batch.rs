//! The unit that becomes durable as one.

use crate::{Recorded, Sequence};

/// Which journal: random, given when it is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JournalId(pub u128);

impl JournalId {
    /// Eight hexadecimal digits that tell one journal's cursors from another's.
    pub fn tag(self) -> String {
        format!("{:08x}", self.0 >> 96)
    }
}

/// Which writer of a journal: grows with each that takes it over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub u64);

/// What tells a batch from every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId {
    /// The journal it belongs to.
    pub journal: JournalId,
    /// The writer that wrote it.
    pub epoch: Epoch,
    /// Its number among that writer's batches, from 1.
    pub number: u64,
}

/// Events that become durable together; never none, and never part of a command's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// What tells it from every other.
    pub id: BatchId,
    /// The events, without a gap in their sequence.
    pub events: Vec<Recorded>,
}

impl Batch {
    /// The first event's place.
    pub fn first(&self) -> Sequence {
        self.events.first().map_or(Sequence::ZERO, |recorded| recorded.envelope.sequence)
    }

    /// The last event's place.
    pub fn last(&self) -> Sequence {
        self.events.last().map_or(Sequence::ZERO, |recorded| recorded.envelope.sequence)
    }
}
