//! Connections to `journal.db`, all set up alike, and what SQLite's errors mean.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::OpenOptions;
use crate::JournalError;

/// How long a connection waits for another's lock. Locks are held for milliseconds; a wait this
/// long is a fault.
const BUSY: Duration = Duration::from_secs(10);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Makes a new database file.
    Create,
    /// Writes, or copies the WAL into the database.
    Write,
    /// Reads.
    Read,
}

/// Opens `path`. The durability settings are per connection, so every one gets them.
pub(super) fn connect(
    path: &Path,
    access: Access,
    options: &OpenOptions,
) -> Result<Connection, JournalError> {
    let flags = match access {
        Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let doing = || format!("opening {}", path.display());
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| failed(doing(), &error))?;
    set_up(&connection, access, options).map_err(|error| failed(doing(), &error))?;
    Ok(connection)
}

fn set_up(connection: &Connection, access: Access, options: &OpenOptions) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // We alone decide when the WAL is copied and forgotten, so that a damaged journal is left as it
    // is; only a new database is to leave no WAL behind.
    let keep_wal = access != Access::Create;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, keep_wal)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    if access == Access::Create {
        connection.pragma_update(None, "page_size", options.page_bytes)?;
    }
    if access == Access::Read {
        return Ok(());
    }
    connection.pragma_update(None, "synchronous", if options.sync { "FULL" } else { "OFF" })?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // A full group of batches is kept in memory until its commit, instead of being written twice.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    Ok(())
}

/// What an error of SQLite's means: that the file is not what was written, or that the storage (or
/// the machine) refused.
pub(super) fn failed(doing: impl Into<String>, error: &rusqlite::Error) -> JournalError {
    let doing = doing.into();
    let reason = error.to_string();
    if is_damage(error) {
        return JournalError::Damaged { place: format!("(in journal.db, {doing})"), reason };
    }
    JournalError::Storage { doing, reason }
}

fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        // Our statements are fixed and right: a "logic error" means that the schema is not ours.
        rusqlite::Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::TypeMismatch
                | ErrorCode::SchemaChanged
                | ErrorCode::ConstraintViolation
                | ErrorCode::TooBig
                | ErrorCode::ReadOnly
                | ErrorCode::Unknown
        ),
        rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::QueryReturnedNoRows
        | rusqlite::Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// Sequences are kept as SQLite's integers, which are signed: the network ends long before 2^63.
pub(super) fn key(sequence: domain::Sequence) -> i64 {
    i64::try_from(sequence.0).unwrap_or(i64::MAX)
}

/// An integer of SQLite's that was stored unsigned; `None` if it is negative.
pub(super) fn unsigned(value: i64) -> Option<u64> {
    u64::try_from(value).ok()
}
