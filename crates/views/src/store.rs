//! The file `views.db`: where the last event of each ended shipment is.
//!
//! It holds nothing that the journal does not: a file that is damaged, or is not ours, is deleted
//! and made anew, and the replay fills it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `ended_shipments` | `shipment` INTEGER PRIMARY KEY, `last` INTEGER NOT NULL |
//! | `about` | `tag` BLOB (16 random bytes), `position` INTEGER: everything ended up to here is in |

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use thiserror::Error;

/// Says that a file is ours: "itnv".
const APPLICATION_ID: u32 = 0x6974_6e76;
/// Another version is deleted and made anew.
const SCHEMA_VERSION: u32 = 1;
/// How long a reader waits for a checkpoint of the writer, in milliseconds: far beyond any.
const BUSY_TIMEOUT_MS: u64 = 5_000;

const SCHEMA: &str = "
    CREATE TABLE ended_shipments (shipment INTEGER PRIMARY KEY, last INTEGER NOT NULL)
        WITHOUT ROWID;
    CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), tag BLOB NOT NULL,
        position INTEGER NOT NULL);
    INSERT INTO about VALUES (1, randomblob(16), 0);";

const PLACE: &str = "UPDATE about SET position = ?1";

/// A sequence as an integer of the store; sequences have 53 bits, and a greater bound means none.
fn integer(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// A sequence from a column.
fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

/// The read models could not be opened.
#[derive(Debug, Error)]
pub enum ViewsError {
    /// The store could not be opened or made.
    #[error("opening {path}: {source}")]
    Store {
        /// Its file.
        path: PathBuf,
        /// What went wrong.
        source: rusqlite::Error,
    },
    /// A damaged store could not be deleted.
    #[error("deleting the damaged {path}: {source}")]
    Remove {
        /// Its file.
        path: PathBuf,
        /// What went wrong.
        source: io::Error,
    },
    /// The thread that writes the store could not be started.
    #[error("starting the thread of the views: {0}")]
    Thread(io::Error),
}

/// Which `views.db`: random, given when it is made or emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Tag(pub(crate) u128);

/// One connection to the store.
#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    path: PathBuf,
}

/// Opens the store for writing, and again for reading. A file that is damaged or not ours is
/// deleted first.
pub(crate) fn open(path: &Path) -> Result<(Store, Store), ViewsError> {
    let failed = |source| ViewsError::Store { path: path.to_owned(), source };
    let writer = match Store::open(path) {
        Err(error) if is_damage(&error) => {
            let removed = remove(path);
            removed.map_err(|source| ViewsError::Remove { path: path.to_owned(), source })?;
            Store::open(path)
        }
        opened => opened,
    };
    let reader = Store::open(path);
    Ok((writer.map_err(failed)?, reader.map_err(failed)?))
}

/// Whether a file is not to be trusted, rather than just not to be had.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
        ),
        // A table or a value that is not as we make it.
        rusqlite::Error::QueryReturnedNoRows
        | rusqlite::Error::InvalidQuery
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::SqlInputError { .. } => true,
        _ => false,
    }
}

fn remove(path: &Path) -> io::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

impl Store {
    fn open(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // What is not synced yet is replayed: only a snapshot needs it durable, and asks for that.
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let mut store = Self { connection, path: path.to_owned() };
        store.prepare()?;
        store.tag()?;
        store.last_of(0)?;
        Ok(store)
    }

    fn prepare(&mut self) -> rusqlite::Result<()> {
        let pragma = |connection: &Connection, name: &str| -> rusqlite::Result<u32> {
            connection.pragma_query_value(None, name, |row| row.get(0))
        };
        let made_by = pragma(&self.connection, "application_id")?;
        let version = pragma(&self.connection, "user_version")?;
        if (made_by, version) == (APPLICATION_ID, SCHEMA_VERSION) {
            return Ok(());
        }
        let all = "SELECT count(*) FROM sqlite_schema";
        let tables: u32 = self.connection.query_row(all, [], |row| row.get(0))?;
        if (made_by, version, tables) != (0, 0, 0) {
            // Not ours: the caller deletes it.
            return Err(rusqlite::Error::InvalidQuery);
        }
        self.make()
    }

    fn make(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()
    }

    /// Forgets everything and takes a new tag, which is returned: snapshots made before no longer
    /// fit.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<Tag> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch("DROP TABLE ended_shipments; DROP TABLE about;")?;
        transaction.execute_batch(SCHEMA)?;
        transaction.commit()?;
        self.tag()
    }

    /// Goes back to an earlier position: forgets what was booked behind it, and the shipments that
    /// had not ended then. What it holds is then of this journal up to there, whatever came after.
    pub(crate) fn rewind(
        &mut self,
        position: u64,
        open: impl Iterator<Item = u64>,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let later = "DELETE FROM ended_shipments WHERE shipment > ?1";
            transaction.execute(later, [integer(position)])?;
            let delete = "DELETE FROM ended_shipments WHERE shipment = ?1";
            let mut delete = transaction.prepare_cached(delete)?;
            for shipment in open {
                delete.execute([integer(shipment)])?;
            }
            transaction.execute(PLACE, [integer(position)])?;
        }
        transaction.commit()
    }

    pub(crate) fn tag(&self) -> rusqlite::Result<Tag> {
        let select = "SELECT tag FROM about";
        let tag: [u8; 16] = self.connection.query_row(select, [], |row| row.get(0))?;
        Ok(Tag(u128::from_be_bytes(tag)))
    }

    /// Everything that ended up to here is in.
    pub(crate) fn position(&self) -> rusqlite::Result<u64> {
        let select = "SELECT position FROM about";
        self.connection.query_row(select, [], |row| number(row, 0))
    }

    /// Adds ended shipments with their last events, and with them where the store now is, if that
    /// is known. Durable at once if `sync`.
    pub(crate) fn add(
        &mut self,
        ended: &[(u64, u64)],
        position: Option<u64>,
        sync: bool,
    ) -> rusqlite::Result<()> {
        if sync {
            self.connection.pragma_update(None, "synchronous", "FULL")?;
        }
        let written = self.write(ended, position);
        if sync {
            self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        written
    }

    fn write(&mut self, ended: &[(u64, u64)], position: Option<u64>) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let insert = "INSERT OR REPLACE INTO ended_shipments VALUES (?1, ?2)";
            let mut insert = transaction.prepare_cached(insert)?;
            for (shipment, last) in ended {
                insert.execute([integer(*shipment), integer(*last)])?;
            }
        }
        if let Some(position) = position {
            transaction.execute(PLACE, [integer(position)])?;
        }
        transaction.commit()
    }

    /// The last event of an ended shipment.
    pub(crate) fn last_of(&self, shipment: u64) -> rusqlite::Result<Option<u64>> {
        let select = "SELECT last FROM ended_shipments WHERE shipment = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        let found = select.query_row([integer(shipment)], |row| number(row, 0));
        found.optional()
    }

    /// Ended shipments with a lesser identifier and their last events, newest first.
    pub(crate) fn before(&self, before: u64, limit: usize) -> rusqlite::Result<Vec<(u64, u64)>> {
        let select = "SELECT shipment, last FROM ended_shipments WHERE shipment < ?1
            ORDER BY shipment DESC LIMIT ?2";
        let mut select = self.connection.prepare_cached(select)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let pair = |row: &Row<'_>| Ok((number(row, 0)?, number(row, 1)?));
        let rows = select.query_map([integer(before), limit], pair);
        rows?.collect()
    }

    /// Takes a store that turns out to be damaged out of the way: this process goes on with what it
    /// has open, and the next start finds none and replays.
    pub(crate) fn condemn(&self, error: &rusqlite::Error) {
        if is_damage(error) {
            // Whether it can be deleted or not, the error that led here is what is reported.
            let _ = remove(&self.path);
        }
    }
}
