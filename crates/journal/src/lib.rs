//! Durable, ordered, fenced append of event batches, and the snapshots that save replaying them.
//!
//! Knows nothing of rules, of time, or of who reads. [`Journal`] is small enough to hold in the
//! head: [`Journal::claim`] makes a writer and fences the one before; [`Appender::submit`] returns
//! at once; completions come in order; one failure fails all behind it. One conformance suite
//! (`tests/conformance.rs`) runs against every implementation: [`SqliteJournal`] in a data folder,
//! [`MemoryJournal`] for tests. All of them keep batches as the rows of [`row`], whose chain of
//! hashes makes a history provable.

#![deny(clippy::unwrap_used, clippy::float_arithmetic, clippy::indexing_slicing)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests panic"))]

pub mod encoding;
mod memory;
mod meters;
pub mod row;
mod snapshots;
mod sqlite;
mod submission;

use std::sync::Arc;

use crossbeam_channel::Sender;
use domain::{Batch, Epoch, EventReader, JournalId, Lineage, Sequence};
use thiserror::Error;

pub use encoding::encoded_len_bound;
pub use memory::MemoryJournal;
pub use meters::Meters;
pub use row::BATCH_EVENTS_BYTES_MAX;
pub use snapshots::{FileSnapshots, MemorySnapshots};
pub use sqlite::{
    BackupError, BackupFolder, BackupOptions, BackupSource, BackupStep, Copied, OnBackup,
    OnProgress, OpenOptions, Restored, SqliteJournal, migrate, pending_migrations, restore,
};

/// Where batches are kept: the seam at which one log is swapped for another.
pub trait Journal: Send + Sync {
    /// Which journal this is.
    fn id(&self) -> JournalId;

    /// Which journal this is, and where it went on from restored backups.
    fn lineage(&self) -> Lineage {
        Lineage::from(self.id())
    }

    /// Committed events by sequence, shared by all readers.
    fn reader(&self) -> Arc<dyn EventReader>;

    /// Committed batches behind `after`, oldest first; the first may begin at or before `after` if
    /// `after` is within it. Ends at what was last when it was called.
    fn batches(&self, after: Sequence) -> Result<BatchIterator, JournalError>;

    /// The chain hash after this event, if a batch ends with it: ties a snapshot to this history.
    /// At zero it is that of the empty journal.
    fn chain(&self, at: Sequence) -> Result<Option<ChainHash>, JournalError>;

    /// Becomes the writer: takes the next epoch, and so fences whoever wrote before. Completions
    /// go to `completions`, which must have room for [`IN_FLIGHT_MAX`].
    fn claim(&self, completions: Sender<Completion>) -> Result<Box<dyn Appender>, JournalError>;

    /// Room left for it, as of at most a second ago; cheap enough to ask for each batch. `None` if
    /// that is not known. Whoever takes writes refuses them when it is low.
    fn free_space(&self) -> Option<FreeSpace> {
        None
    }

    /// What it measures of itself; nothing but zeros, if it does not.
    fn meters(&self) -> Arc<Meters> {
        Arc::default()
    }
}

/// Room left where a journal is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeSpace {
    /// Bytes that may still be written.
    pub free_bytes: u64,
    /// Below this many, writes are to be refused while reads go on.
    pub floor_bytes: u64,
}

impl FreeSpace {
    /// Whether writes are to be refused.
    pub const fn is_low(self) -> bool {
        self.free_bytes < self.floor_bytes
    }
}

/// Batches in order, until the end or the first failure.
pub type BatchIterator = Box<dyn Iterator<Item = Result<Batch, JournalError>> + Send>;

/// BLAKE3 over a row and the hash of the row before it.
pub type ChainHash = [u8; 32];

/// Submitted batches without a completion, at most: bounds memory, and what a crash leaves unknown.
pub const IN_FLIGHT_MAX: usize = 8;

/// The one writer of a journal.
pub trait Appender: Send {
    /// The epoch it writes in.
    fn epoch(&self) -> Epoch;

    /// Hands over a batch whose first event must follow `expected`, the journal's last. Returns at
    /// once; at most [`IN_FLIGHT_MAX`] may be without a completion. Dropping the appender waits for
    /// what was submitted.
    fn submit(&mut self, expected: Sequence, batch: Arc<Batch>);
}

/// What became of a submitted batch; they come in the order of submission.
#[derive(Debug, Clone)]
pub struct Completion {
    /// The batch's number.
    pub number: u64,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a submitted batch.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is durable; the journal's last event is its last.
    Committed(Sequence),
    /// Another writer has taken over, or the journal's last event is not the expected one; the
    /// batch is not in the journal, and no later one will be.
    Fenced,
    /// The append or its sync failed; the batch may or may not be found at the next start, and no
    /// later one will be. Never retried.
    Failed(Arc<str>),
    /// The connection was lost: the tail says, by epoch and batch number, what became of it.
    Unknown(Arc<str>),
}

/// A journal that cannot be opened, read or claimed.
#[derive(Debug, Error)]
pub enum JournalError {
    /// Another process has it open.
    #[error("the data folder {0} is in use by another process")]
    InUse(String),
    /// It is no data folder.
    #[error("{0} holds a backup: `itn restore` makes a data folder of it elsewhere")]
    Backup(String),
    /// What is stored is not what was written.
    #[error("the journal is damaged {place}: {reason}")]
    Damaged {
        /// Where: file, row, sequence.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// It was made by a later version.
    #[error("the journal has format {found}, this program reads up to {known}: use a newer itn")]
    TooNew {
        /// The format found.
        found: u32,
        /// The newest known.
        known: u32,
    },
    /// The storage failed.
    #[error("{doing}: {reason}")]
    Storage {
        /// What was being tried.
        doing: String,
        /// What went wrong.
        reason: String,
    },
}

/// A numbered change of the stored schema that has not been applied yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// Its number; they are applied in this order.
    pub number: u32,
    /// What it is about.
    pub name: &'static str,
}

/// A snapshot's place in history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SnapshotId {
    /// Of which journal.
    pub journal: JournalId,
    /// After which event; a batch ends there.
    pub sequence: Sequence,
    /// The journal's chain hash there.
    pub chain: ChainHash,
    /// The format of its contents; another program's format is passed over.
    pub format: u32,
}

/// Where snapshots are kept. They only save time: a store may be lost, and a snapshot that is
/// damaged, of another format or of another history is passed over.
pub trait SnapshotStore: Send + Sync {
    /// Starts a snapshot of `name` (such as `ledger`). It counts once it is finished.
    fn begin(&self, name: &str, id: SnapshotId) -> Result<Box<dyn SnapshotWriter>, JournalError>;

    /// The snapshots of `name` that are finished, newest first.
    fn list(&self, name: &str) -> Result<Vec<SnapshotId>, JournalError>;

    /// The parts of one. Each part is checked as it is read; the last is followed by `None`.
    fn open(&self, name: &str, id: &SnapshotId) -> Result<PartIterator, JournalError>;

    /// Removes all but the newest `count` of `name`.
    fn keep(&self, name: &str, count: usize) -> Result<(), JournalError>;
}

/// Parts of a snapshot in order.
pub type PartIterator = Box<dyn Iterator<Item = Result<Vec<u8>, JournalError>> + Send>;

/// A snapshot that is being written; dropped unfinished, it never was.
pub trait SnapshotWriter: Send {
    /// The next part, at most 1 MiB.
    fn part(&mut self, bytes: &[u8]) -> Result<(), JournalError>;

    /// Makes it count, durably.
    fn finish(self: Box<Self>) -> Result<(), JournalError>;
}
