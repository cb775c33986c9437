//! A copy of the journal in another folder, made while somebody writes it (docs/operations.md).
//!
//! Rows are appended and never change. So a copy needs no long read transaction, which would keep the
//! WAL from starting again for as long: it is made in slices by position, each a read transaction of
//! a few milliseconds, and slices in order add up to the journal as it stood where the last one ends.
//! Each ends with a batch, is checked as it is read, and is one synced transaction of the copy: when
//! the program is killed, the copy is the journal as it once was, and the next run goes on from there.
//!
//! Must not give a copy its name before it was read back whole, and must not append to one what does
//! not follow it.
//!
//! The copy is a database with the journal's own tables under another name, so that no server is
//! started on it by mistake: it would go on from there, as a second journal with the same id.

mod restore;
mod source;
mod target;

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::{JournalId, Sequence};
use thiserror::Error;

pub use self::restore::{Restored, restore};
pub use self::source::BackupSource;
pub use self::target::BackupFolder;
use crate::{ChainHash, JournalError};

/// The copy, when it is whole.
pub(super) const COPY: &str = "journal.backup";
/// The copy, until it is whole for the first time.
const UNFINISHED_COPY: &str = "journal.backup.new";
/// Bytes of rows in a slice, and up to a batch more: read in about two milliseconds, and no more to
/// sync at once than stands in the way of the journal's own commits for that long.
const SLICE_BYTES: usize = 1024 * 1024;
/// Room to leave free beside what is copied: pages that are not full, and the copy's own log.
const ROOM_BYTES: u64 = 16 * 1024 * 1024;

/// How a journal is copied.
#[derive(Debug, Clone, Copy, Default)]
pub struct BackupOptions {
    /// Bytes copied in a second, at most; as many as there can be if not given.
    pub bytes_per_second: Option<NonZeroU64>,
    /// Whether only what is added is read back at the end, and not all of the copy.
    pub trust_old: bool,
}

/// What a backup or a restore is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackupStep {
    /// Rows are copied.
    Copying,
    /// The copy is read back.
    Checking,
}

/// Told how far it has come: the step, the last event done and the last to do.
pub type OnBackup<'a> = &'a mut dyn FnMut(BackupStep, Sequence, Sequence);

/// A copy that is whole, and on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Copied {
    /// Of which journal.
    pub journal: JournalId,
    /// The last event of the copy that was there before.
    pub before: Sequence,
    /// The last event.
    pub last: Sequence,
    /// The journal's chain hash there.
    pub chain: ChainHash,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Why a journal was not copied.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Either side cannot be read or written, or is not what was written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The copy would be lost with the original.
    #[error("the backup {folder} would lie in the data folder {data}, and be lost with it")]
    Inside {
        /// Where it should go.
        folder: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// There is no backup.
    #[error("there is no finished backup in {0}")]
    Missing(PathBuf),
    /// What is there is of another network.
    #[error(
        "the backup in {folder} is of journal {found:032x}, and this is journal {expected:032x}: \
         use another folder"
    )]
    Foreign {
        /// Where.
        folder: PathBuf,
        /// Whose it is.
        found: u128,
        /// Whose it should be.
        expected: u128,
    },
    /// What is there is not the beginning of this journal.
    #[error(
        "the backup in {folder} ends with event {last}, which is not in this journal as it is \
         there: one of them went on from an earlier backup; use another folder"
    )]
    Diverged {
        /// Where.
        folder: PathBuf,
        /// Where it ends.
        last: Sequence,
    },
    /// A newer program took the journal over while it was copied.
    #[error("the journal was migrated meanwhile: run the backup again")]
    Migrated,
    /// It does not fit.
    #[error("{folder} has {free_bytes} bytes free, and about {needed_bytes} are needed")]
    Full {
        /// Where.
        folder: PathBuf,
        /// What there is.
        free_bytes: u64,
        /// What it takes.
        needed_bytes: u64,
    },
    /// There is something already.
    #[error("{folder} is not empty ({found} is there): a backup is restored into an empty folder")]
    NotEmpty {
        /// Which folder.
        folder: PathBuf,
        /// What is in it.
        found: String,
    },
}

/// Spreads copying over time.
struct Pace {
    begun: Instant,
    bytes_per_second: Option<NonZeroU64>,
    bytes: u64,
}

impl Pace {
    fn new(bytes_per_second: Option<NonZeroU64>) -> Self {
        Self { begun: Instant::now(), bytes_per_second, bytes: 0 }
    }

    /// Waits until so many more bytes may have been copied.
    fn step(&mut self, bytes: u64) {
        self.bytes += bytes;
        let Some(rate) = self.bytes_per_second else { return };
        let micros = u128::from(self.bytes) * 1_000_000 / u128::from(rate.get());
        let due = Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX));
        std::thread::sleep(due.saturating_sub(self.begun.elapsed()));
    }
}

/// Refuses to begin what the file system of `folder` has no room for.
fn check_room(folder: &Path, bytes: u64) -> Result<(), BackupError> {
    // A file system that does not say is tried.
    let Ok(stat) = rustix::fs::statvfs(folder) else { return Ok(()) };
    let free_bytes = stat.f_bavail.saturating_mul(stat.f_frsize);
    let needed_bytes = bytes.saturating_add(ROOM_BYTES);
    if free_bytes >= needed_bytes {
        return Ok(());
    }
    Err(BackupError::Full { folder: folder.to_owned(), free_bytes, needed_bytes })
}

/// Bytes of a file; none of one that is not there.
fn bytes_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |found| found.len())
}
