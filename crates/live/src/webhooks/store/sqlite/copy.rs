//! A copy of the store for a backup, made while its owner writes it: one read transaction, which is
//! short, for the store is small.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use domain::{JournalId, Sequence};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{StoreError, file, rows};

pub(super) fn copy(
    from: &Path,
    to: &Path,
    journal: JournalId,
) -> Result<(usize, Sequence), StoreError> {
    let name = to.display().to_string();
    let storage = |error: io::Error| StoreError::Storage {
        doing: format!("copying the webhooks to {name}"),
        reason: error.to_string(),
    };
    let new = file::new_name(to);
    let made = make(&new).map_err(storage)?;
    let source = from.display().to_string();
    let vacuum = || -> rusqlite::Result<()> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(from, flags)?;
        connection.busy_timeout(file::BUSY)?;
        // Nothing of the original's is changed, its log neither.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        let into = new.to_string_lossy();
        connection.execute("VACUUM INTO ?1", [into]).map(drop)
    };
    vacuum().map_err(|error| file::failed(&source, "copying it", &error))?;
    made.sync_all().map_err(storage)?;
    let copied = read(&new, journal)?;
    fs::rename(&new, to).map_err(storage)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).map_err(storage)?;
    Ok(copied)
}

/// An empty file that nobody else may read: secrets come into it.
fn make(new: &Path) -> io::Result<File> {
    for stale in [new.to_owned(), new.with_extension("new-journal")] {
        match fs::remove_file(stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    File::options().write(true).create_new(true).mode(0o600).open(new)
}

/// Checks every row of the copy.
fn read(path: &Path, journal: JournalId) -> Result<(usize, Sequence), StoreError> {
    let name = path.display().to_string();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags);
    let connection = opened.map_err(|error| file::failed(&name, "opening it", &error))?;
    file::check(&connection, &name, journal)?;
    let webhooks = rows::webhooks(&connection);
    let webhooks = webhooks.map_err(|error| file::failed(&name, "reading it", &error))?;
    let farthest = webhooks.iter().map(|webhook| webhook.cursor.after).max();
    Ok((webhooks.len(), farthest.unwrap_or_default()))
}
