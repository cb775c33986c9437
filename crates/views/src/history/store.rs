//! The file `history.db`: sealed segments of the index.
//!
//! It holds nothing that the journal does not: a file that is damaged, of another version or of
//! another journal is deleted and made anew, and the journal fills it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `about` | `journal` BLOB (16 bytes), `position`, `recorded_at` INTEGER: everything up to this event is in the segments |
//! | `segments` | `id` INTEGER PRIMARY KEY, `level`, `start` INTEGER, `zones` BLOB: least and greatest time of each zone, 16 bytes little-endian |
//! | `postings` | `segment`, `key`, `part` INTEGER, `posting` BLOB; the first three are the key. Rows of a segment that is not in `segments` are rubbish, and are deleted |
//! | `rules` | `rule` INTEGER PRIMARY KEY, `station`, `owner`, `commodity`, `firing`, `mixed` INTEGER: what the rules of stock say at `position` |

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{CommodityId, JournalId, Sequence, StationId, Timestamp, TraderId};
use parking_lot::Mutex;
use roaring::RoaringBitmap;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Row, Transaction};
use thiserror::Error;

use super::chunk::Zone;
use super::key::{Family, Key};
use super::posting::{Posting, PostingError, decode, decode_among};
use super::rules::{RuleNow, Rules};
use super::segment::Segment;

/// Says that a file is ours: "itnh".
const APPLICATION_ID: u32 = 0x6974_6e68;
/// Another version is deleted and made anew.
const SCHEMA_VERSION: u32 = 2;
/// How long a reader waits for a checkpoint of the writer, in milliseconds: far beyond any.
const BUSY_TIMEOUT_MS: u64 = 5_000;
/// Postings of common keys take many bytes: fewer, larger pages.
const PAGE_BYTES: u32 = 8_192;
/// Statements kept prepared.
const STATEMENTS_MAX: usize = 32;

const SCHEMA: &str = "
    CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), journal BLOB NOT NULL,
        position INTEGER NOT NULL, recorded_at INTEGER NOT NULL);
    CREATE TABLE segments (id INTEGER PRIMARY KEY, level INTEGER NOT NULL, start INTEGER NOT NULL,
        zones BLOB NOT NULL);
    CREATE TABLE postings (segment INTEGER NOT NULL, key INTEGER NOT NULL, part INTEGER NOT NULL,
        posting BLOB NOT NULL, PRIMARY KEY (segment, key, part)) WITHOUT ROWID;
    CREATE TABLE rules (rule INTEGER PRIMARY KEY, station INTEGER NOT NULL, owner INTEGER NOT NULL,
        commodity INTEGER NOT NULL, firing INTEGER NOT NULL, mixed INTEGER NOT NULL);";

/// The store failed, or what it holds is damaged.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// SQLite said so.
    #[error("history.db: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A value is not as we write it.
    #[error("history.db: {0}")]
    Posting(#[from] PostingError),
    /// The file could not be deleted.
    #[error("deleting the damaged history.db: {0}")]
    Remove(#[from] io::Error),
}

impl StoreError {
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Posting(_) => true,
            Self::Remove(_) => false,
            Self::Sqlite(rusqlite::Error::SqliteFailure(failure, _)) => matches!(
                failure.code,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
            ),
            // A table or a value that is not as we make it.
            Self::Sqlite(error) => matches!(
                error,
                rusqlite::Error::QueryReturnedNoRows
                    | rusqlite::Error::InvalidQuery
                    | rusqlite::Error::InvalidColumnType(..)
                    | rusqlite::Error::FromSqlConversionFailure(..)
                    | rusqlite::Error::IntegralValueOutOfRange(..)
                    | rusqlite::Error::SqlInputError { .. }
            ),
        }
    }
}

/// Up to where the store has everything, and what was there: the proof that it is of this history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) journal: JournalId,
    pub(crate) position: Sequence,
    pub(crate) recorded_at: Timestamp,
}

/// What a start finds.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) about: About,
    /// By start.
    pub(crate) segments: Vec<Arc<Segment>>,
    pub(crate) rules: Rules,
    /// Segments whose rows are to be deleted.
    pub(crate) rubbish: Vec<i64>,
}

/// The sealed segments. One thread writes; any number read, each with a connection of its own.
#[derive(Debug)]
pub(crate) struct Store {
    path: Option<PathBuf>,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the file, or a store in memory; a file that is damaged or not ours is made anew.
    pub(crate) fn open(path: Option<&Path>, journal: JournalId) -> Result<Self, StoreError> {
        let mut connection = open(path, journal);
        if let (Err(error), Some(path)) = (&connection, path)
            && error.is_damage()
        {
            remove(path)?;
            connection = open(Some(path), journal);
        }
        let path = path.map(Path::to_owned);
        Ok(Self { path, writer: Mutex::new(connection?), readers: Mutex::default() })
    }

    /// Reads what is there, but for postings.
    pub(crate) fn found(&self) -> Result<Found, StoreError> {
        let connection = self.writer.lock();
        let about = read_about(&connection)?;
        let segments = read_segments(&connection)?;
        let rules = read_rules(&connection)?;
        let mut rubbish = Vec::new();
        let mut at = i64::MIN;
        let next = "SELECT min(segment) FROM postings WHERE segment > ?1";
        while let Some(id) = connection.query_row(next, [at], |row| row.get::<_, Option<i64>>(0))? {
            if !segments.iter().any(|segment| segment.id == id) {
                rubbish.push(id);
            }
            at = id;
        }
        Ok(Found { about, segments, rules, rubbish })
    }

    /// Forgets everything.
    pub(crate) fn clear(&self, journal: JournalId) -> Result<(), StoreError> {
        let mut connection = self.writer.lock();
        let transaction = connection.transaction()?;
        transaction.execute_batch(
            "DROP TABLE about; DROP TABLE segments; DROP TABLE postings; DROP TABLE rules;",
        )?;
        make(&transaction, journal)?;
        Ok(transaction.commit()?)
    }

    /// Writes in one transaction.
    pub(crate) fn write<T>(
        &self,
        act: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.writer.lock();
        let done = (|| {
            let writing = Writing(connection.transaction()?);
            let done = act(&writing)?;
            writing.0.commit()?;
            Ok(done)
        })();
        drop(connection);
        self.noted(done)
    }

    /// Reads rows of the writer's own, in the order of their keys.
    pub(crate) fn read<T>(
        &self,
        act: impl FnOnce(&Reading<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let Some(path) = &self.path else {
            return act(&Reading(&self.writer.lock()));
        };
        let idle = self.readers.lock().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => connect(Some(path))?,
        };
        // One transaction for all that is read: its locks cost more than finding a posting.
        let done = (|| {
            let transaction = connection.unchecked_transaction()?;
            let done = act(&Reading(&transaction))?;
            transaction.commit()?;
            Ok(done)
        })();
        if done.is_ok() {
            // As many as ever read at once: the gateway bounds those.
            self.readers.lock().push(connection);
        }
        self.noted(done)
    }

    /// Takes a store that turns out to be damaged out of the way: this process goes on with what it
    /// has open, and the next start finds none and makes it anew.
    fn noted<T>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        if let (Err(error), Some(path)) = (&done, &self.path)
            && error.is_damage()
        {
            tracing::error!(%error, "the index of the past is damaged; a restart makes it anew");
            // Whether it can be deleted or not, the error that led here is what is reported.
            let _ = remove(path);
        }
        done
    }
}

/// A transaction of the writer.
pub(crate) struct Writing<'a>(Transaction<'a>);

impl Writing<'_> {
    pub(crate) fn posting(
        &self,
        segment: i64,
        key: Key,
        part: u32,
        posting: &[u8],
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO postings VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.0.prepare_cached(insert)?;
        insert.execute((segment, key.integer(), part, posting))?;
        Ok(())
    }

    /// From now on the segment is there.
    pub(crate) fn segment(&self, segment: &Segment) -> Result<(), StoreError> {
        let insert = "INSERT INTO segments VALUES (?1, ?2, ?3, ?4)";
        let row = (segment.id, segment.level, integer(segment.start), zones_bytes(&segment.zones));
        self.0.prepare_cached(insert)?.execute(row)?;
        Ok(())
    }

    /// From now on it is not; its rows are rubbish.
    pub(crate) fn forget(&self, segment: &Segment) -> Result<(), StoreError> {
        let delete = "DELETE FROM segments WHERE id = ?1";
        self.0.prepare_cached(delete)?.execute([segment.id])?;
        Ok(())
    }

    pub(crate) fn about(&self, about: &About) -> Result<(), StoreError> {
        let update = "UPDATE about SET position = ?1, recorded_at = ?2";
        let row = (integer(about.position.0), about.recorded_at.0);
        self.0.prepare_cached(update)?.execute(row)?;
        Ok(())
    }

    pub(crate) fn rules(&self, rules: &Rules) -> Result<(), StoreError> {
        self.0.execute("DELETE FROM rules", [])?;
        let mut insert =
            self.0.prepare_cached("INSERT INTO rules VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
        for (rule, now) in rules.iter() {
            let RuleNow { station, owner, commodity, is_firing, is_mixed } = now;
            insert.execute((rule, station.0, owner.0, commodity.0, is_firing, is_mixed))?;
        }
        Ok(())
    }

    /// Deletes at most so many rows of a segment that is no more; says whether there are others.
    pub(crate) fn delete(&self, segment: i64, limit: usize) -> Result<bool, StoreError> {
        let last = "SELECT key FROM postings WHERE segment = ?1 ORDER BY key LIMIT 1 OFFSET ?2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let last: Option<i64> = self
            .0
            .prepare_cached(last)?
            .query_row((segment, limit), |row| row.get(0))
            .optional()?;
        let delete = "DELETE FROM postings WHERE segment = ?1 AND key <= ?2";
        let mut delete = self.0.prepare_cached(delete)?;
        delete.execute((segment, last.unwrap_or(i64::MAX)))?;
        Ok(last.is_some())
    }
}

/// A connection that reads.
pub(crate) struct Reading<'a>(&'a Connection);

impl Reading<'_> {
    /// A posting, or a part of one.
    pub(crate) fn posting(
        &self,
        segment: i64,
        key: Key,
        part: u32,
    ) -> Result<Option<Posting>, StoreError> {
        self.posting_as(segment, key, part, decode)
    }

    /// Which of some offsets a posting that is whole, or a part of one, has.
    pub(crate) fn posting_among(
        &self,
        segment: i64,
        key: Key,
        part: u32,
        others: &RoaringBitmap,
    ) -> Result<RoaringBitmap, StoreError> {
        let found = self.posting_as(segment, key, part, |bytes| decode_among(bytes, others))?;
        Ok(found.unwrap_or_default())
    }

    fn posting_as<T>(
        &self,
        segment: i64,
        key: Key,
        part: u32,
        decode: impl FnOnce(&[u8]) -> Result<T, PostingError>,
    ) -> Result<Option<T>, StoreError> {
        let select = "SELECT posting FROM postings WHERE segment = ?1 AND key = ?2 AND part = ?3";
        let mut select = self.0.prepare_cached(select)?;
        let mut rows = select.query((segment, key.integer(), part))?;
        match rows.next()? {
            Some(row) => Ok(Some(decode(blob(row, 0)?)?)),
            None => Ok(None),
        }
    }

    /// Rows of a segment behind a key, in order, at most so many.
    pub(crate) fn rows(
        &self,
        segment: i64,
        after: i64,
        before: Key,
        limit: usize,
    ) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
        let select = "SELECT key, posting FROM postings
            WHERE segment = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4";
        let mut select = self.0.prepare_cached(select)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = select.query_map((segment, after, before.integer(), limit), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn open(path: Option<&Path>, journal: JournalId) -> Result<Connection, StoreError> {
    let mut connection = connect(path)?;
    prepare(&mut connection, journal)?;
    // Fails if the tables are not as we make them.
    read_about(&connection)?;
    read_rules(&connection)?;
    connection.query_row("SELECT count(*) FROM segments WHERE level < 0", [], |_| Ok(()))?;
    connection
        .query_row(
            "SELECT posting FROM postings WHERE segment = 0 AND key = 0 AND part = 0",
            [],
            |_| Ok(()),
        )
        .optional()?;
    Ok(connection)
}

fn connect(path: Option<&Path>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match path {
        Some(path) => Connection::open_with_flags(path, flags)?,
        None => Connection::open_in_memory_with_flags(flags)?,
    };
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // Else a statement with a bound limit is planned anew each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    if path.is_some() {
        connection.pragma_update(None, "journal_mode", "WAL")?;
    }
    // What is not synced yet is read from the journal again.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

fn prepare(connection: &mut Connection, journal: JournalId) -> rusqlite::Result<()> {
    let pragma = |connection: &Connection, name: &str| -> rusqlite::Result<u32> {
        connection.pragma_query_value(None, name, |row| row.get(0))
    };
    let made_by = pragma(connection, "application_id")?;
    let version = pragma(connection, "user_version")?;
    if (made_by, version) == (APPLICATION_ID, SCHEMA_VERSION) {
        return Ok(());
    }
    let all = "SELECT count(*) FROM sqlite_schema";
    let tables: u32 = connection.query_row(all, [], |row| row.get(0))?;
    if (made_by, version, tables) != (0, 0, 0) {
        // Not ours: the caller deletes it.
        return Err(rusqlite::Error::InvalidQuery);
    }
    let transaction = connection.transaction()?;
    make(&transaction, journal)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()
}

fn make(transaction: &Transaction<'_>, journal: JournalId) -> rusqlite::Result<()> {
    transaction.execute_batch(SCHEMA)?;
    let insert = "INSERT INTO about VALUES (1, ?1, 0, 0)";
    transaction.execute(insert, [journal.0.to_be_bytes()])?;
    Ok(())
}

fn read_about(connection: &Connection) -> Result<About, StoreError> {
    let select = "SELECT journal, position, recorded_at FROM about";
    Ok(connection.query_row(select, [], |row| {
        Ok(About {
            journal: JournalId(u128::from_be_bytes(row.get(0)?)),
            position: Sequence(unsigned(row, 1)?),
            recorded_at: Timestamp(row.get(2)?),
        })
    })?)
}

fn read_segments(connection: &Connection) -> Result<Vec<Arc<Segment>>, StoreError> {
    let mut select =
        connection.prepare("SELECT id, level, start, zones FROM segments ORDER BY start")?;
    let mut statuses = connection
        .prepare("SELECT key FROM postings WHERE segment = ?1 AND key >= ?2 ORDER BY key")?;
    let (mut segments, mut rows) = (Vec::new(), select.query([])?);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let first = Key::new(Family::Status, 0).integer();
        let keys = statuses.query_map((id, first), |row| unsigned(row, 0).map(Key))?;
        segments.push(Arc::new(Segment {
            id,
            level: row.get(1)?,
            start: unsigned(row, 2)?,
            zones: zones(blob(row, 3)?)?,
            statuses: keys.collect::<Result<_, _>>()?,
        }));
    }
    Ok(segments)
}

fn read_rules(connection: &Connection) -> Result<Rules, StoreError> {
    let select = "SELECT rule, station, owner, commodity, firing, mixed FROM rules";
    let mut select = connection.prepare(select)?;
    let rows = select.query_map([], |row| {
        let now = RuleNow {
            station: StationId(row.get(1)?),
            owner: TraderId(row.get(2)?),
            commodity: CommodityId(row.get(3)?),
            is_firing: row.get(4)?,
            is_mixed: row.get(5)?,
        };
        Ok((row.get(0)?, now))
    })?;
    Ok(rows.collect::<Result<Rules, rusqlite::Error>>()?)
}

fn zones_bytes(zones: &[Zone]) -> Vec<u8> {
    let bytes = |zone: &Zone| [zone.least.0.to_le_bytes(), zone.greatest.0.to_le_bytes()];
    zones.iter().flat_map(bytes).flatten().collect()
}

fn zones(bytes: &[u8]) -> Result<Box<[Zone]>, StoreError> {
    let (times, rest) = bytes.as_chunks::<8>();
    let (pairs, odd) = times.as_chunks::<2>();
    if !rest.is_empty() || !odd.is_empty() {
        return Err(PostingError.into());
    }
    let time = |bytes: &[u8; 8]| Timestamp(i64::from_le_bytes(*bytes));
    let zone =
        |[least, greatest]: &[[u8; 8]; 2]| Zone { least: time(least), greatest: time(greatest) };
    Ok(pairs.iter().map(zone).collect())
}

fn blob<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_blob()?)
}

fn unsigned(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

fn integer(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
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
