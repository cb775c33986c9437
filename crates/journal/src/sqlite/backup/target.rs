//! Where it is copied to: a folder with the copy, and a lock that keeps a second run out.

use std::fs::{self, File, TryLockError};
use std::io;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, TransactionBehavior};
use rustix::fs::{Advice, fadvise};

use super::super::connection::{Access, connect, failed, key};
use super::super::files::{failed as file_failed, remove, sync_folder};
use super::super::head::Head;
use super::super::{OpenOptions, schema, verify};
use super::source::{self, BackupSource, Slice};
use super::{
    BackupError, BackupOptions, BackupStep, COPY, Copied, OnBackup, Pace, UNFINISHED_COPY,
    bytes_of, check_room,
};
use crate::JournalError;
use crate::row::Walk;

/// A folder that holds a backup, or is to.
#[derive(Debug)]
pub struct BackupFolder {
    folder: PathBuf,
    _lock: File,
}

impl BackupFolder {
    /// Opens the folder, or makes it. It must lie outside of the data folder.
    pub fn open(folder: &Path, data: &Path) -> Result<Self, BackupError> {
        check_outside(folder, data)?;
        make_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), _lock: lock(folder)? })
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Brings the copy to where the journal is now, synced and read back. One that is whole for the
    /// first time has its name only with [`Self::publish`].
    pub fn copy(
        &self,
        source: &BackupSource,
        options: &BackupOptions,
        on_progress: OnBackup<'_>,
    ) -> Result<Copied, BackupError> {
        let path = self.writable();
        check_room(&self.folder, source.bytes().saturating_sub(bytes_of(&path)))?;
        let (mut connection, before) = self.open_copy(&path, source)?;
        let mut walk = before;
        let end = source.end()?.last;
        let mut pace = Pace::new(options.bytes_per_second);
        while walk.last < end {
            on_progress(BackupStep::Copying, walk.last, end);
            let slice = source.read(&mut walk, end)?;
            append(&mut connection, &slice, walk)?;
            pace.step(slice.bytes as u64);
        }
        let closed = connection.close();
        closed.map_err(|(_, error)| failed("closing the copy", &error))?;
        let from = if options.trust_old { before } else { Walk::from_start(source.id()) };
        read_back(&path, walk, from, on_progress)?;
        let (journal, last, chain) = (source.id(), walk.last, walk.chain);
        Ok(Copied { journal, before: before.last, last, chain, bytes: bytes_of(&path) })
    }

    /// Gives the copy its name, durably.
    pub fn publish(&self) -> Result<(), BackupError> {
        let (from, to) = (self.folder.join(UNFINISHED_COPY), self.folder.join(COPY));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| file_failed("renaming", &from, &error))?;
        }
        Ok(sync_folder(&self.folder)?)
    }

    /// The copy that is appended to: one that is whole, else one that is not yet.
    fn writable(&self) -> PathBuf {
        let whole = self.folder.join(COPY);
        if whole.exists() { whole } else { self.folder.join(UNFINISHED_COPY) }
    }

    /// The copy, and where it ends: within this journal, at the end of a batch.
    fn open_copy(
        &self,
        path: &Path,
        source: &BackupSource,
    ) -> Result<(Connection, Walk), BackupError> {
        if path.exists() {
            match self.open_existing(path, source) {
                // What has no name yet is nobody's backup.
                Err(error) if path.ends_with(UNFINISHED_COPY) => {
                    tracing::warn!(%error, "an unfinished copy is begun again");
                }
                opened => return opened,
            }
        }
        for suffix in ["", "-journal"] {
            remove(&self.folder.join(format!("{UNFINISHED_COPY}{suffix}")))?;
        }
        let connection = create(path, source)?;
        sync_folder(&self.folder)?;
        Ok((connection, Walk::from_start(source.id())))
    }

    fn open_existing(
        &self,
        path: &Path,
        source: &BackupSource,
    ) -> Result<(Connection, Walk), BackupError> {
        let mut connection = open_for_appending(path, Access::Write)?;
        let pending = schema::pending(&connection)?;
        let found = verify::journal_id(&connection)?;
        if found != source.id() {
            let (folder, expected) = (self.folder.clone(), source.id().0);
            return Err(BackupError::Foreign { folder, found: found.0, expected });
        }
        let end = source::end(&connection, found)?;
        if source.chain(end.last)? != Some(end.chain) {
            return Err(BackupError::Diverged { folder: self.folder.clone(), last: end.last });
        }
        // Before the rows that they are for.
        let until = |pending: &crate::PendingMigration| pending.number <= source.schema();
        let pending: Vec<_> = pending.into_iter().filter(until).collect();
        schema::apply(&mut connection, &pending)?;
        Ok((connection, end))
    }
}

/// Resolves what is there of a path, for the folder itself may not be.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut rest = Vec::new();
    for ancestor in absolute.ancestors() {
        if let Ok(found) = ancestor.canonicalize() {
            return rest.iter().rev().fold(found, |path, name| path.join(name));
        }
        rest.extend(ancestor.file_name());
    }
    absolute
}

fn check_outside(folder: &Path, data: &Path) -> Result<(), BackupError> {
    if !resolved(folder).starts_with(resolved(data)) {
        return Ok(());
    }
    Err(BackupError::Inside { folder: folder.to_owned(), data: data.to_owned() })
}

pub(super) fn make_folder(folder: &Path) -> Result<(), JournalError> {
    fs::create_dir_all(folder).map_err(|error| file_failed("making", folder, &error))?;
    match folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => sync_folder(parent),
        None => Ok(()),
    }
}

/// Keeps another run out for as long as the file is open.
pub(super) fn lock(folder: &Path) -> Result<File, JournalError> {
    let path = folder.join("lock");
    let mut options = File::options();
    let opened = options.write(true).create(true).truncate(false).open(&path);
    let file = opened.map_err(|error| file_failed("opening", &path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalError::InUse(folder.display().to_string())),
        Err(TryLockError::Error(error)) => Err(file_failed("locking", &path, &error)),
    }
}

fn create(path: &Path, source: &BackupSource) -> Result<Connection, JournalError> {
    let mut connection = open_for_appending(path, Access::Create)?;
    let until = |migration: &crate::PendingMigration| migration.number <= source.schema();
    let migrations: Vec<_> = schema::all().into_iter().filter(until).collect();
    schema::apply(&mut connection, &migrations)?;
    connection
        .execute("INSERT INTO journal (id) VALUES (?1)", [source.id().0.to_be_bytes()])
        .map_err(|error| failed("making the copy", &error))?;
    Ok(connection)
}

/// A log of what was there before a transaction, and not of what comes, is next to nothing where rows
/// are only appended: each is written once.
fn open_for_appending(path: &Path, access: Access) -> Result<Connection, JournalError> {
    let connection = connect(path, access, &OpenOptions::default())?;
    connection
        .pragma_update_and_check(None, "journal_mode", "TRUNCATE", |_| Ok(()))
        .map_err(|error| failed("opening the copy", &error))?;
    Ok(connection)
}

pub(super) fn append(
    connection: &mut Connection,
    slice: &Slice,
    walk: Walk,
) -> Result<(), JournalError> {
    let path = connection.path().map(PathBuf::from).unwrap_or_default();
    let before = bytes_of(&path);
    let mut write = || -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        {
            let mut insert =
                transaction.prepare_cached("INSERT INTO rows (first, row) VALUES (?1, ?2)")?;
            for (first, bytes) in &slice.rows {
                insert.execute((key(*first), bytes.as_slice()))?;
            }
            let insert = "INSERT OR IGNORE INTO epochs (epoch, after) VALUES (?1, ?2)";
            let mut insert = transaction.prepare_cached(insert)?;
            for epoch in &slice.epochs {
                insert.execute(*epoch)?;
            }
        }
        transaction.commit()
    };
    let doing = || format!("copying up to event {}", walk.last);
    write().map_err(|error| failed(doing(), &error))?;
    forget_pages(&path, before);
    Ok(())
}

/// The machine's memory is for whoever serves: what was just written is not read here again.
fn forget_pages(path: &Path, from: u64) {
    let length = NonZeroU64::new(bytes_of(path).saturating_sub(from));
    let forgotten: io::Result<()> =
        File::open(path).and_then(|file| Ok(fadvise(&file, from, length, Advice::DontNeed)?));
    if let Err(error) = forgotten {
        tracing::debug!(%error, "the system keeps what was copied in memory");
    }
}

/// Reads the copy as it is on disk: that each row follows the one before, from `from` to `end`.
pub(super) fn read_back(
    path: &Path,
    end: Walk,
    from: Walk,
    on_progress: OnBackup<'_>,
) -> Result<(), JournalError> {
    forget_pages(path, 0);
    let connection = connect(path, Access::Read, &OpenOptions::default())?;
    let journal = verify::journal_id(&connection)?;
    let head = Head { journal, last: end.last, chain: end.chain };
    let mut told = |done, total| on_progress(BackupStep::Checking, done, total);
    let walk = verify::walk_from(&connection, from, Some(&head), Some(&mut told))?;
    verify::newest_epoch(&connection, &walk).map(drop)
}
