//! The file `history.db`: how it is opened or made, and what a start reads of it.
//!
//! It holds nothing that the journal does not: a file that is damaged, of another version or of
//! another journal is deleted and made anew, and the journal fills it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `about` | `journal` BLOB (16 bytes), `position`, `recorded_at` INTEGER: everything up to this event is in the segments |
//! | `segments` | `id` INTEGER PRIMARY KEY, `level`, `start` INTEGER, `zones` BLOB: least and greatest time of each zone, 16 bytes little-endian |
//! | `postings` | `segment`, `key`, `part` INTEGER, `posting` BLOB; the first three are the key. A long posting is the INTEGER of its row in the next table. Rows of a segment that is not in `segments` are rubbish, and are deleted |
//! | `long_postings` | `id` INTEGER PRIMARY KEY, `posting` BLOB |
//! | `rules` | `rule` INTEGER PRIMARY KEY, `station`, `owner`, `commodity`, `firing`, `mixed` INTEGER: what the rules of stock say at `position` |

use std::path::Path;
use std::sync::Arc;

use domain::{CommodityId, JournalId, Sequence, StationId, Timestamp, TraderId};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction};

use super::chunk::Zone;
use super::key::{Family, Key};
use super::posting::PostingError;
use super::rules::{RuleNow, Rules};
use super::segment::Segment;
use super::store::{About, StoreError};
use crate::store::number;

/// Says that a file is ours: "itnh".
const APPLICATION_ID: u32 = 0x6974_6e68;
/// Another version is deleted and made anew.
const SCHEMA_VERSION: u32 = 3;
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
    CREATE TABLE long_postings (id INTEGER PRIMARY KEY, posting BLOB NOT NULL);
    CREATE TABLE rules (rule INTEGER PRIMARY KEY, station INTEGER NOT NULL, owner INTEGER NOT NULL,
        commodity INTEGER NOT NULL, firing INTEGER NOT NULL, mixed INTEGER NOT NULL);";

pub(super) fn open(path: Option<&Path>, journal: JournalId) -> Result<Connection, StoreError> {
    let mut connection = connect(path)?;
    prepare(&mut connection, journal)?;
    // Fails if the tables are not as we make them.
    about(&connection)?;
    rules(&connection)?;
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

pub(super) fn connect(path: Option<&Path>) -> rusqlite::Result<Connection> {
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

pub(super) fn make(transaction: &Transaction<'_>, journal: JournalId) -> rusqlite::Result<()> {
    transaction.execute_batch(SCHEMA)?;
    let insert = "INSERT INTO about VALUES (1, ?1, 0, 0)";
    transaction.execute(insert, [journal.0.to_be_bytes()])?;
    Ok(())
}

pub(super) fn about(connection: &Connection) -> Result<About, StoreError> {
    let select = "SELECT journal, position, recorded_at FROM about";
    Ok(connection.query_row(select, [], |row| {
        Ok(About {
            journal: JournalId(u128::from_be_bytes(row.get(0)?)),
            position: Sequence(number(row, 1)?),
            recorded_at: Timestamp(row.get(2)?),
        })
    })?)
}

pub(super) fn segments(connection: &Connection) -> Result<Vec<Arc<Segment>>, StoreError> {
    let mut select =
        connection.prepare("SELECT id, level, start, zones FROM segments ORDER BY start")?;
    let mut statuses = connection
        .prepare("SELECT key FROM postings WHERE segment = ?1 AND key >= ?2 ORDER BY key")?;
    let (mut segments, mut rows) = (Vec::new(), select.query([])?);
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let first = Key::new(Family::Status, 0).integer();
        let keys = statuses.query_map((id, first), |row| number(row, 0).map(Key))?;
        segments.push(Arc::new(Segment {
            id,
            level: row.get(1)?,
            start: number(row, 2)?,
            zones: zones(blob(row, 3)?)?,
            statuses: keys.collect::<Result<_, _>>()?,
        }));
    }
    Ok(segments)
}

pub(super) fn rules(connection: &Connection) -> Result<Rules, StoreError> {
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

pub(super) fn zones_bytes(zones: &[Zone]) -> Vec<u8> {
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

pub(super) fn blob<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<&'a [u8]> {
    Ok(row.get_ref(column)?.as_blob()?)
}
