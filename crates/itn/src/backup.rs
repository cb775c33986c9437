//! Backups: the journal and the webhooks of a data folder, in another folder, and back.
//!
//! The webhooks are copied first: how far one has come is then never past the end of the journal that
//! lies beside it, and what was delivered meanwhile is delivered again, not skipped. They get their
//! name when the journal's copy is on disk, and before that gets its own.

use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use domain::{JournalId, Sequence};
use journal::{
    BackupError, BackupFolder, BackupOptions, BackupSource, BackupStep, Copied, Restored,
};
use live::webhooks::{SqliteOperations, StoreError};
use thiserror::Error;

use crate::progress::Progress;
use crate::server::OPERATIONS;

/// The copy of the webhooks in a backup.
const OPERATIONS_COPY: &str = "operations.backup";
/// The same until the journal beside it has come as far.
const OPERATIONS_AHEAD: &str = "operations.backup.ahead";

/// A backup or a restore that failed.
#[derive(Debug, Error)]
pub(crate) enum Failed {
    /// The journal was not copied.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// The webhooks were not copied.
    #[error(transparent)]
    Operations(#[from] StoreError),
    /// A webhook had been told what is not in the copy.
    #[error("a webhook has come to event {webhook}, and the copied journal ends with {last}")]
    Ahead {
        /// How far.
        webhook: Sequence,
        /// The end.
        last: Sequence,
    },
    /// A file could not be renamed or removed.
    #[error("{doing} {path}: {error}")]
    File {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        error: std::io::Error,
    },
}

/// How a backup is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct How {
    pub(crate) bytes_per_second: Option<NonZeroU64>,
    pub(crate) trust_old: bool,
}

/// Brings the backup in `to` to where the journal in `data` is now. How many webhooks there are, too.
pub(crate) fn back_up(data: &Path, to: &Path, how: How) -> Result<(Copied, usize), Failed> {
    let folder = BackupFolder::open(to, data)?;
    let source = BackupSource::open(data).map_err(BackupError::from)?;
    let (operations, ahead) = (data.join(OPERATIONS), folder.path().join(OPERATIONS_AHEAD));
    // A folder that no server of this version was started on has none.
    let has_webhooks = operations.exists();
    let (webhook_count, farthest) = if has_webhooks {
        SqliteOperations::copy(&operations, &ahead, source.id())?
    } else {
        (0, Sequence::ZERO)
    };
    let How { bytes_per_second, trust_old } = how;
    let options = BackupOptions { bytes_per_second, trust_old };
    let copied = folder.copy(&source, &options, &mut shown())?;
    if farthest > copied.last {
        return Err(Failed::Ahead { webhook: farthest, last: copied.last });
    }
    let beside = folder.path().join(OPERATIONS_COPY);
    if has_webhooks {
        let renamed = std::fs::rename(&ahead, &beside);
        renamed.map_err(|error| Failed::File { doing: "renaming", path: ahead, error })?;
    } else if beside.exists() {
        let removed = std::fs::remove_file(&beside);
        removed.map_err(|error| Failed::File { doing: "removing", path: beside, error })?;
    }
    folder.publish()?;
    Ok((copied, webhook_count))
}

/// Makes the data folder `to` of the backup in `from`. How many webhooks there are, too.
pub(crate) fn restore(from: &Path, to: &Path) -> Result<(Restored, usize), Failed> {
    let mut webhook_count = 0;
    let restored = journal::restore(from, to, &mut shown(), |journal: JournalId| {
        let operations = from.join(OPERATIONS_COPY);
        if operations.exists() {
            let copied = SqliteOperations::copy(&operations, &to.join(OPERATIONS), journal);
            (webhook_count, _) = copied?;
        }
        Ok::<_, Failed>(())
    })?;
    Ok((restored, webhook_count))
}

/// A bar for each step.
fn shown() -> impl FnMut(BackupStep, Sequence, Sequence) {
    let mut bar: Option<(BackupStep, Progress)> = None;
    move |step, done, total| {
        if bar.as_ref().is_none_or(|(shown, _)| *shown != step) {
            // The one before is cleared first.
            bar = None;
            let what = match step {
                BackupStep::Copying => "copying",
                BackupStep::Checking => "checking",
            };
            bar = Some((step, Progress::bar(total.0, what)));
        }
        if let Some((_, bar)) = &bar {
            bar.at(done.0);
        }
    }
}
