//! The file `views.db`: where the last event of each ended shipment is.
//!
//! It holds nothing that the journal does not: a file that is damaged, or is not ours, is deleted
//! and made anew, and the replay fills it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `ended_shipments` | `shipment` INTEGER PRIMARY KEY, `last` INTEGER NOT NULL, `status` INTEGER NOT NULL: its place in [`STATUSES`] |
//! | `found_again` | `found` INTEGER PRIMARY KEY, `shipment` INTEGER NOT NULL, `previous` INTEGER NOT NULL: a lost shipment is under way again since the event `found`; its last event before was `previous` |
//! | `ended_holds` | `trade` INTEGER PRIMARY KEY, `last` INTEGER NOT NULL, `status` INTEGER NOT NULL: 0 settled, 1 voided, 2 expired |
//! | `reversed_trades` | the same, indexed by `last`; `status`: 3 reversed |
//! | `about` | `tag` BLOB (16 random bytes), `position` INTEGER: everything ended up to here is in |

mod trades;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use domain::{Sequence, ShipmentId, ShipmentStatus};
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row};
use thiserror::Error;

use crate::ended::Followed;
use crate::shipments::{Ended, FoundAgain};

/// Says that a file is ours: "itnv".
const APPLICATION_ID: u32 = 0x6974_6e76;
/// Another version is deleted and made anew.
const SCHEMA_VERSION: u32 = 2;
/// How long a reader waits for a checkpoint of the writer, in milliseconds: far beyond any.
const BUSY_TIMEOUT_MS: u64 = 5_000;

const SCHEMA: &str = "
    CREATE TABLE ended_shipments (shipment INTEGER PRIMARY KEY, last INTEGER NOT NULL,
        status INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE found_again (found INTEGER PRIMARY KEY, shipment INTEGER NOT NULL,
        previous INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), tag BLOB NOT NULL,
        position INTEGER NOT NULL);
    INSERT INTO about VALUES (1, randomblob(16), 0);";

const PLACE: &str = "UPDATE about SET position = ?1";
const INSERT: &str = "INSERT OR REPLACE INTO ended_shipments VALUES (?1, ?2, ?3)";
const DELETE: &str = "DELETE FROM ended_shipments WHERE shipment = ?1";

/// How a shipment can end; the store has the place of the status, which must never change.
const STATUSES: [ShipmentStatus; 4] = [
    ShipmentStatus::Received,
    ShipmentStatus::Cancelled,
    ShipmentStatus::Lost,
    ShipmentStatus::Returned,
];

fn status_number(status: ShipmentStatus) -> i64 {
    let place = (0..).zip(STATUSES).find(|(_, one)| *one == status);
    // What is not an end is not stored.
    place.map_or(-1, |(place, _)| place)
}

/// An ended shipment from the columns shipment, last, status.
fn ended(row: &Row<'_>) -> rusqlite::Result<Ended> {
    let status: i64 = row.get(2)?;
    let known = usize::try_from(status).ok().and_then(|place| STATUSES.get(place));
    Ok(Ended {
        shipment: ShipmentId(Sequence(number(row, 0)?)),
        last: Sequence(number(row, 1)?),
        status: *known.ok_or(rusqlite::Error::IntegralValueOutOfRange(2, status))?,
    })
}

/// A sequence as an integer of the store; sequences have 53 bits, and a greater bound means none.
pub(crate) fn integer(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// A sequence from a column.
pub(crate) fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
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
    /// The journal, which says whether a store is of it, could not be read.
    #[error(transparent)]
    Journal(#[from] domain::ReadError),
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
pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
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

pub(crate) fn remove(path: &Path) -> io::Result<()> {
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
        store.ended(0)?;
        store.has_found_again()?;
        store.has_trades()?;
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
        transaction.execute_batch(trades::SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()
    }

    /// Forgets everything and takes a new tag, which is returned: snapshots made before no longer
    /// fit.
    pub(crate) fn clear(&mut self) -> rusqlite::Result<Tag> {
        let transaction = self.connection.transaction()?;
        let drop = "DROP TABLE ended_shipments; DROP TABLE found_again; DROP TABLE about;";
        transaction.execute_batch(drop)?;
        transaction.execute_batch(SCHEMA)?;
        transaction.execute_batch(trades::DROP)?;
        transaction.execute_batch(trades::SCHEMA)?;
        transaction.commit()?;
        self.tag()
    }

    /// Goes back to an earlier position: forgets what was booked behind it, and the shipments that
    /// had not ended then; brings back those that were found again since. What it holds is then of
    /// this journal up to there, whatever came after.
    pub(crate) fn rewind(
        &mut self,
        position: u64,
        open: impl Iterator<Item = u64>,
        holds: impl Iterator<Item = u64>,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        trades::rewind(&transaction, position, holds)?;
        {
            let later = "DELETE FROM ended_shipments WHERE shipment > ?1";
            transaction.execute(later, [integer(position)])?;
            // Of a shipment's finds behind the position, only the first can have come after an event
            // that is not: it says how the shipment was there.
            let bring_back = "INSERT OR REPLACE INTO ended_shipments
                SELECT shipment, previous, ?2 FROM found_again
                WHERE found > ?1 AND shipment <= ?1 AND previous <= ?1";
            let lost = status_number(ShipmentStatus::Lost);
            transaction.execute(bring_back, [integer(position), lost])?;
            let later = "DELETE FROM found_again WHERE found > ?1";
            transaction.execute(later, [integer(position)])?;
            let mut delete = transaction.prepare_cached(DELETE)?;
            for shipment in open {
                delete.execute([integer(shipment)])?;
            }
            transaction.execute(PLACE, [integer(position)])?;
        }
        transaction.commit()
    }

    /// Fails if the table is not as we make it.
    fn has_found_again(&self) -> rusqlite::Result<bool> {
        let select = "SELECT EXISTS (SELECT found, shipment, previous FROM found_again)";
        self.connection.query_row(select, [], |row| row.get(0))
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

    /// Adds shipments that ended, takes out those that are under way again (`None`), and notes where
    /// the store now is, if that is known. Durable at once if `sync`.
    pub(crate) fn add(
        &mut self,
        turned: &[(u64, Option<Ended>)],
        found: &[FoundAgain],
        position: Option<u64>,
        sync: bool,
    ) -> rusqlite::Result<()> {
        if sync {
            self.connection.pragma_update(None, "synchronous", "FULL")?;
        }
        let written = self.write(turned, found, position);
        if sync {
            self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        }
        written
    }

    fn write(
        &mut self,
        turned: &[(u64, Option<Ended>)],
        found: &[FoundAgain],
        position: Option<u64>,
    ) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        {
            let find = "INSERT OR REPLACE INTO found_again VALUES (?1, ?2, ?3)";
            let mut find = transaction.prepare_cached(find)?;
            for FoundAgain { shipment, found, previous } in found {
                find.execute([found.0, shipment.0.0, previous.0].map(integer))?;
            }
            let mut insert = transaction.prepare_cached(INSERT)?;
            let mut delete = transaction.prepare_cached(DELETE)?;
            for (shipment, ended) in turned {
                let shipment = integer(*shipment);
                match ended {
                    Some(Ended { last, status, .. }) => {
                        insert.execute([shipment, integer(last.0), status_number(*status)])?;
                    }
                    None => {
                        delete.execute([shipment])?;
                    }
                }
            }
        }
        if let Some(position) = position {
            transaction.execute(PLACE, [integer(position)])?;
        }
        transaction.commit()
    }

    /// Adds what ended of trades.
    pub(crate) fn add_trades(&mut self, followed: &[Followed]) -> rusqlite::Result<()> {
        if followed.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction()?;
        trades::write(&transaction, followed)?;
        transaction.commit()
    }

    /// An ended shipment.
    pub(crate) fn ended(&self, shipment: u64) -> rusqlite::Result<Option<Ended>> {
        let select = "SELECT shipment, last, status FROM ended_shipments WHERE shipment = ?1";
        let mut select = self.connection.prepare_cached(select)?;
        select.query_row([integer(shipment)], ended).optional()
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
