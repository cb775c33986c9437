//! From a backup to a data folder.
//!
//! The head file comes first: it says that there is a journal here, so that no server makes a new one
//! while it is not. Then come rows under another name, and the name last.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use domain::{Epoch, JournalId, Sequence};
use rusqlite::Connection;

use super::super::connection::{Access, connect, failed, key};
use super::super::files::{Files, failed as file_failed};
use super::super::head::{Head, HeadFile};
use super::super::{OpenOptions, create_as, schema, verify};
use super::source::BackupSource;
use super::target::{lock, make_folder, read_back};
use super::{BackupError, BackupStep, COPY, OnBackup, bytes_of, check_room};
use crate::row::Walk;
use crate::{ChainHash, JournalError};

/// What may lie in a folder that is restored into: a volume's own, and what was left by a restore that
/// was cut off before there was a journal.
const LEFT_BEHIND: [&str; 9] = [
    "lost+found",
    "lock",
    "head",
    "journal.db.new",
    "journal.db.new-wal",
    "journal.db.new-shm",
    "operations.db",
    "operations.db.new",
    "operations.db.new-journal",
];

/// A data folder made of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// Of which journal.
    pub journal: JournalId,
    /// Its last event.
    pub last: Sequence,
    /// The chain hash there.
    pub chain: ChainHash,
    /// The epoch that what comes next begins behind: no other copy of the journal has it.
    pub epoch: Epoch,
    /// Bytes of the journal.
    pub bytes: u64,
}

/// Makes a data folder of the backup in `from`, in a folder that is empty or not there. `beside` puts
/// in what else belongs there, before there is a journal.
pub fn restore<E: From<BackupError>>(
    from: &Path,
    to: &Path,
    on_progress: OnBackup<'_>,
    beside: impl FnOnce(JournalId) -> Result<(), E>,
) -> Result<Restored, E> {
    let (source, _source_lock) = open_backup(from)?;
    check_empty(to)?;
    make_folder(to).map_err(BackupError::from)?;
    let _lock = lock(to).map_err(BackupError::from)?;
    // Again, now that nobody else can be doing the same.
    check_empty(to)?;
    check_room(to, source.bytes())?;
    let files = Files::in_folder(to).map_err(BackupError::from)?;
    let restored = copy(&source, &files, on_progress)?;
    beside(source.id())?;
    files.publish_database().map_err(BackupError::from)?;
    Ok(restored)
}

fn open_backup(from: &Path) -> Result<(BackupSource, Option<File>), BackupError> {
    let path = from.join(COPY);
    if !path.is_file() {
        return Err(BackupError::Missing(from.to_owned()));
    }
    // A medium that cannot be written has no backup running either.
    let held = match lock(from) {
        Err(error @ JournalError::InUse(_)) => return Err(error.into()),
        held => held.ok(),
    };
    // To be written where it can be: a run that was killed left what must be rolled back.
    let connection = connect(&path, Access::Write, &OpenOptions::default())?;
    Ok((BackupSource::of(connection, bytes_of(&path))?, held))
}

fn check_empty(folder: &Path) -> Result<(), BackupError> {
    let failed = |error| file_failed("reading", folder, &error);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(failed(error).into()),
    };
    let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = names.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    let alien = |name: &&String| !LEFT_BEHIND.contains(&name.as_str());
    // Without a head nothing was begun here: then only what a volume or a lock leaves may be there.
    let begun = names.iter().any(|name| name == "head");
    let more = |name: &&String| !begun && !matches!(name.as_str(), "lost+found" | "lock");
    match names.iter().find(alien).or_else(|| names.iter().find(more)) {
        None => Ok(()),
        Some(found) => {
            Err(BackupError::NotEmpty { folder: folder.to_owned(), found: found.clone() })
        }
    }
}

fn copy(
    source: &BackupSource,
    files: &Files,
    on_progress: OnBackup<'_>,
) -> Result<Restored, BackupError> {
    let end = source.end()?;
    let head = Head { journal: source.id(), last: end.last, chain: end.chain };
    note_head(files, &head)?;
    files.remove_unfinished()?;
    let options = OpenOptions::default();
    let migrations = schema::all().into_iter().take(source.schema() as usize);
    create_as(files, &options, source.id(), &migrations.collect::<Vec<_>>())?;
    let path = files.new_database();
    let mut connection = connect(&path, Access::Write, &options)?;
    let mut walk = Walk::from_start(source.id());
    while walk.last < end.last {
        on_progress(BackupStep::Copying, walk.last, end.last);
        let slice = source.read(&mut walk, end.last)?;
        super::target::append(&mut connection, &slice, walk)?;
        super::super::checkpoint::empty_wal(&connection)
            .map_err(|error| failed("copying the WAL into the database", &error))?;
    }
    let epoch = claim_branch(&connection, &walk)?;
    super::super::checkpoint::empty_wal(&connection)
        .map_err(|error| failed("copying the WAL into the database", &error))?;
    connection.close().map_err(|(_, error)| failed("closing the journal", &error))?;
    read_back(&path, end, Walk::from_start(source.id()), on_progress)?;
    files.remove_companions()?;
    let bytes = bytes_of(&path);
    Ok(Restored { journal: source.id(), last: end.last, chain: end.chain, epoch, bytes })
}

/// Says how far the journal must reach that is to come.
fn note_head(files: &Files, head: &Head) -> Result<(), JournalError> {
    let path: PathBuf = files.head();
    let (mut file, _) = HeadFile::open(&path)?;
    let synced = file.write(head).and_then(|()| File::open(&path)?.sync_all());
    synced.map_err(|error| file_failed("writing", &path, &error))?;
    super::super::sync_folder(files.folder())
}

/// Takes an epoch that no other copy of this journal can have: what is recorded from here on is
/// another history than the one that the backup was taken from, which may have gone on.
fn claim_branch(connection: &Connection, end: &Walk) -> Result<Epoch, JournalError> {
    let mut random = [0; 4];
    getrandom::fill(&mut random).map_err(|error| JournalError::Storage {
        doing: "choosing an epoch".to_owned(),
        reason: error.to_string(),
    })?;
    let newest = verify::newest_epoch(connection, end)?;
    let epoch = newest + 2 + u64::from(u32::from_le_bytes(random));
    let stored = i64::try_from(epoch).unwrap_or(i64::MAX);
    connection
        .execute("INSERT INTO epochs (epoch, after) VALUES (?1, ?2)", (stored, key(end.last)))
        .map_err(|error| failed("beginning a new history", &error))?;
    Ok(Epoch(epoch))
}
