//! The file: made whole or not at all, checked when it is opened, readable by its owner alone.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::JournalId;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::StoreError;

/// The tables. A change gets a number of its own: see `docs/storage.md`.
const SCHEMA: &str = "
    CREATE TABLE network (journal BLOB NOT NULL) STRICT;
    CREATE TABLE numbers (last INTEGER NOT NULL) STRICT;
    CREATE TABLE webhooks (
        webhook INTEGER PRIMARY KEY,
        principal INTEGER NOT NULL,
        key INTEGER NOT NULL,
        url TEXT NOT NULL,
        description TEXT NOT NULL,
        filter TEXT NOT NULL,
        status TEXT NOT NULL,
        status_at INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        creation_key BLOB,
        creation_fingerprint BLOB,
        sum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE secrets (
        webhook INTEGER NOT NULL,
        place INTEGER NOT NULL,
        secret BLOB NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER,
        sum INTEGER NOT NULL,
        PRIMARY KEY (webhook, place)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE cursors (
        webhook INTEGER PRIMARY KEY,
        after INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        failing_since INTEGER,
        next_at INTEGER,
        sum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE attempts (
        webhook INTEGER NOT NULL,
        number INTEGER NOT NULL,
        message TEXT NOT NULL,
        event INTEGER,
        kind TEXT NOT NULL,
        attempt INTEGER NOT NULL,
        at INTEGER NOT NULL,
        duration_us INTEGER NOT NULL,
        status INTEGER,
        failure TEXT,
        PRIMARY KEY (webhook, number)
    ) STRICT, WITHOUT ROWID;
";
/// What the second version added: when keys were last used, in network time.
const KEY_USES: &str = "
    CREATE TABLE key_uses (key INTEGER PRIMARY KEY, used_at INTEGER NOT NULL) STRICT;
";
/// Its number, as SQLite's `user_version`.
const VERSION: i64 = 2;
/// How long a connection waits for another's lock: nobody else has one but somebody who looks.
pub(super) const BUSY: Duration = Duration::from_secs(10);
/// How long emptying the log waits for readers to end: others wait for whoever does that.
pub(super) const READERS: Duration = Duration::from_millis(100);

/// Opens the file, and makes it if it is not there.
pub(super) fn open(path: &Path, journal: JournalId) -> Result<Connection, StoreError> {
    let name = path.display().to_string();
    let storage = |doing: &str, error: std::io::Error| StoreError::Storage {
        doing: format!("{doing} {name}"),
        reason: error.to_string(),
    };
    match fs::metadata(path) {
        Ok(found) if found.len() == 0 => {
            return Err(StoreError::Damaged { file: name, reason: "it is empty".to_owned() });
        }
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make(path, journal).map_err(|error| storage("making", error))?;
        }
        Err(error) => return Err(storage("looking for", error)),
    }
    fs::set_permissions(path, Permissions::from_mode(0o600))
        .map_err(|error| storage("protecting", error))?;
    let connection = connect(path).map_err(|error| failed(&name, "opening it", &error))?;
    let found = check(&connection, &name, journal)?;
    migrate(&connection, &name, found)?;
    Ok(connection)
}

/// Makes the file under another name first: it appears when it is complete and on disk.
fn make(path: &Path, journal: JournalId) -> std::io::Result<()> {
    let sqlite = |error: rusqlite::Error| std::io::Error::other(error.to_string());
    let new = new_name(path);
    for stale in [new.clone(), new.with_extension("new-journal")] {
        match fs::remove_file(stale) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    // Nobody else may read what is written into it, not even for a moment.
    let file = File::options().write(true).create_new(true).mode(0o600).open(&new)?;
    let tables = || -> rusqlite::Result<()> {
        let connection = Connection::open(&new)?;
        connection.execute_batch(&format!("BEGIN; {SCHEMA} {KEY_USES}"))?;
        let id = journal.0.to_be_bytes();
        connection.execute("INSERT INTO network (journal) VALUES (?1)", [&id[..]])?;
        connection.execute_batch(&format!("PRAGMA user_version = {VERSION}; COMMIT"))
    };
    tables().map_err(sqlite)?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

pub(super) fn new_name(path: &Path) -> PathBuf {
    path.with_extension("db.new")
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // Else a statement with a bound limit is planned anew each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What is deleted must not stay readable in free pages: secrets that have ended.
    connection.pragma_update(None, "secure_delete", true)?;
    Ok(connection)
}

/// Refuses a file that is damaged, another network's or of a later version; gives its version, which
/// may be an earlier one. Changes nothing, so that a copy can be checked that nobody may write.
pub(super) fn check(
    connection: &Connection,
    name: &str,
    journal: JournalId,
) -> Result<i64, StoreError> {
    let read = |doing, error: &rusqlite::Error| failed(name, doing, error);
    let found: i64 = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|error| read("reading its version", &error))?;
    if found > VERSION {
        return Err(StoreError::TooNew { file: name.to_owned(), found, known: VERSION });
    }
    let verdict: String = connection
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .map_err(|error| read("checking it", &error))?;
    let damaged = |reason: String| Err(StoreError::Damaged { file: name.to_owned(), reason });
    if verdict != "ok" {
        return damaged(verdict);
    }
    if !(1..=VERSION).contains(&found) {
        return damaged(format!("its schema has the number {found}"));
    }
    let id: Vec<u8> = connection
        .query_row("SELECT journal FROM network", (), |row| row.get(0))
        .map_err(|error| read("reading whose it is", &error))?;
    if id != journal.0.to_be_bytes() {
        return Err(StoreError::Foreign(name.to_owned()));
    }
    Ok(found)
}

/// Adds what a file of this earlier version lacks.
fn migrate(connection: &Connection, name: &str, found: i64) -> Result<(), StoreError> {
    if found != 1 {
        return Ok(());
    }
    let step = format!("BEGIN IMMEDIATE; {KEY_USES} PRAGMA user_version = {VERSION}; COMMIT");
    connection.execute_batch(&step).map_err(|error| failed(name, "adding a table", &error))
}

/// What an error of SQLite's means: that the file is not what was written, or that the storage (or
/// the machine) refused.
pub(super) fn failed(file: &str, doing: &str, error: &rusqlite::Error) -> StoreError {
    let reason = error.to_string();
    let is_damage = match error {
        rusqlite::Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            // Our statements are fixed and right: an unknown error means that the schema is not ours.
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
        ),
        rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::QueryReturnedNoRows => true,
        _ => false,
    };
    if is_damage {
        return StoreError::Damaged { file: file.to_owned(), reason: format!("{doing}: {reason}") };
    }
    StoreError::Storage { doing: format!("{doing} ({file})"), reason }
}
