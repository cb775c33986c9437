//! Where subscriptions are kept: the operations store. They are no facts of the economy, so they are
//! not in the journal, and cannot be rebuilt from it.

mod memory;
mod sqlite;

#[cfg(test)]
mod conformance;

use thiserror::Error;

use super::record::{Attempt, Cursor, Webhook, WebhookId};

pub use memory::MemoryOperations;
pub use sqlite::SqliteOperations;

/// Attempts kept of each subscription: about twenty days of one that only fails, or the last second of
/// a busy one.
pub const ATTEMPTS_KEPT: u64 = 500;

/// The operations store could not be opened, read or written.
#[derive(Debug, Error)]
pub enum StoreError {
    /// It does not hold what was written.
    #[error(
        "{file} is damaged: {reason}; it holds the webhooks, which are nowhere else: restore it \
         from a backup, or move it away to start without webhooks"
    )]
    Damaged {
        /// Which file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// It belongs to another network.
    #[error("{0} belongs to another journal: its webhooks would begin at positions of that one")]
    Foreign(String),
    /// A later version of the program made it.
    #[error("{file} has schema {found}, and this program knows {known}: use a newer one")]
    TooNew {
        /// Which file.
        file: String,
        /// Its schema.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// The storage refused.
    #[error("{doing}: {reason}")]
    Storage {
        /// What was being tried.
        doing: String,
        /// Why it failed.
        reason: String,
    },
}

/// Keeps subscriptions. May block on storage for some milliseconds.
pub trait OperationsStore: Send + Sync {
    /// All subscriptions, by number.
    fn load(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Keeps a new one, under a number that was never used; durable.
    fn create(&self, new: &Webhook) -> Result<WebhookId, StoreError>;

    /// Replaces all that is known of one but its attempts; durable. One that is not there stays so.
    fn replace(&self, webhook: &Webhook) -> Result<(), StoreError>;

    /// Forgets one, with its attempts; durable.
    fn remove(&self, id: WebhookId) -> Result<(), StoreError>;

    /// Keeps how far one has come, and the attempt by which it came there; forgets the oldest attempt.
    /// Survives the end of the process; the machine's may take the last ones with it, after which
    /// some events are delivered again.
    fn advance(
        &self,
        id: WebhookId,
        cursor: &Cursor,
        attempt: Option<&Attempt>,
    ) -> Result<(), StoreError>;

    /// Attempts with a number below `before`, newest first, at most `limit`, each with its number.
    fn attempts(
        &self,
        id: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Attempt)>, StoreError>;
}
