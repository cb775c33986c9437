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
}

/// Whoever folds committed events: called with each batch, in order, from one thread.
pub trait CommitObserver: Send {
    /// The last event it has folded; batches up to here may be offered again, and are passed over.
    fn position(&self) -> Sequence;

    /// Folds a batch that is durable. Answers of its commands are released when all have returned.
    fn committed(&mut self, batch: &Arc<Batch>);
}
