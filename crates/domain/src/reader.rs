//! How the rest of the house sees what is committed.

use std::sync::Arc;

use thiserror::Error;

use crate::{Batch, Recorded, Sequence};

/// Reading the journal failed: it is damaged or its storage is.
#[derive(Debug, Clone, Error)]
#[error("reading the journal after sequence {after}: {reason}")]
pub struct ReadError {
    /// What was wanted was behind this.
    pub after: Sequence,
    /// What went wrong.
    pub reason: String,
}

/// Committed events by sequence. May block on storage for a few milliseconds.
pub trait EventReader: Send + Sync {
    /// The last committed event; zero if there is none.
    fn last(&self) -> Sequence;

    /// Events behind `after`, oldest first, at most `limit`; fewer only at the end.
    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError>;

    /// One event, if it is committed.
    fn event(&self, sequence: Sequence) -> Result<Option<Recorded>, ReadError> {
        let after = Sequence(sequence.0.saturating_sub(1));
        let found = self.read_after(after, 1)?.into_iter().next();
        Ok(found.filter(|recorded| recorded.envelope.sequence == sequence))
    }

    /// Committed events, in the order in which they are asked for, each of which must be there.
    fn events(&self, sequences: &[Sequence]) -> Result<Vec<Recorded>, ReadError> {
        let read = |sequence: &Sequence| self.event(*sequence)?.ok_or_else(|| missing(*sequence));
        sequences.iter().map(read).collect()
    }
}

fn missing(sequence: Sequence) -> ReadError {
    let after = Sequence(sequence.0.saturating_sub(1));
    ReadError { after, reason: format!("event {sequence} is not there") }
}

/// Whoever folds committed events: called with each batch, in order, from one thread.
pub trait CommitObserver: Send {
    /// The last event it has folded; events up to here may be offered again, and are passed over.
    fn position(&self) -> Sequence;

    /// Waits until there is room for another batch; asked before each. An error is final: whoever
    /// commits stops, rather than go on without this one. All it has not folded is in the journal.
    fn await_room(&mut self) -> Result<(), NoRoom> {
        Ok(())
    }

    /// Folds a batch that is durable. Answers of its commands are released when all have returned.
    fn committed(&mut self, batch: &Arc<Batch>);

    /// The answers of what was committed are released: what would only delay them may begin.
    fn answered(&mut self) {}

    /// What a snapshot of it is called and how it is laid out; `None` if it keeps nothing.
    fn snapshot_format(&self) -> Option<(&'static str, u32)> {
        None
    }

    /// Freezes its state at its position, quickly, to be written elsewhere; `None` if it keeps
    /// nothing.
    fn freeze(&mut self) -> Option<FrozenState> {
        None
    }

    /// Takes over a snapshot at `position`; after a failure it is as new, and is replayed.
    fn restore(
        &mut self,
        position: Sequence,
        parts: &mut dyn Iterator<Item = Result<Vec<u8>, SnapshotError>>,
    ) -> Result<(), SnapshotError> {
        let _ = (position, parts);
        Err(SnapshotError("keeps no snapshots".to_owned()))
    }
}

/// An observer can take no more batches, and waiting does not help.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub struct NoRoom(pub String);

/// Takes the parts of a snapshot, each at most [`crate::limits::SNAPSHOT_PART_BYTES_MAX`].
pub type PartSink<'a> = dyn FnMut(&[u8]) -> Result<(), SnapshotError> + 'a;

/// State that no longer changes; writes itself, in parts, on whichever thread has the time.
pub type FrozenState = Box<dyn FnOnce(&mut PartSink<'_>) -> Result<(), SnapshotError> + Send>;

/// A snapshot that could not be written or read. Never fatal: snapshots only save time.
#[derive(Debug, Clone, Error)]
#[error("snapshot: {0}")]
pub struct SnapshotError(pub String);
