//! The file `analytics.db`: what was counted, in sorted runs.
//!
//! It holds nothing that the journal does not: a file that is damaged, or is not ours, or is of
//! another journal, is deleted and made anew, and the journal fills it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `about` | `journal` BLOB (16 bytes), `position` INTEGER: everything up to this event is in; `recorded_at` INTEGER: when that was recorded |
//! | `runs` | `interval`, `kind`, `bucket`, `run`: PRIMARY KEY; `level`: how often it was merged |
//! | `parts` | `run`, `first`: PRIMARY KEY; `cells` BLOB: cells from this number on, sorted |
//! | `names` | `kind` (0 system, 1 category), `number`: PRIMARY KEY; `name` |
//! | `stations` | `station` INTEGER PRIMARY KEY, `system`: the number of its name |
//! | `commodities` | `commodity` INTEGER PRIMARY KEY, `category`: the number of its name, or null |
//! | `gone` | `interval` INTEGER PRIMARY KEY, `before`: buckets before this one were let go |
//!
//! Cells of one interval, kind and bucket that were counted between two saves are one run. A row for
//! each cell, updated in place, would write each page of a day's million candles anew with every
//! save; a run only appends. Runs of one bucket are merged, sixteen of a level into one of the next.

use std::path::{Path, PathBuf};
use std::time::Duration;

use domain::{JournalId, Sequence, Timestamp};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use super::Interval;
use super::memory::{Memory, Places, put};
use crate::AsOf;
use crate::store::{ViewsError, integer, is_damage, number, remove};

/// Says that a file is ours: "itna".
const APPLICATION_ID: u32 = 0x6974_6e61;
/// Another version is deleted and made anew.
const SCHEMA_VERSION: u32 = 1;
/// Parts are up to a quarter of it: so they need no pages of their own.
const PAGE_BYTES: u32 = 16_384;
/// How long a reader waits for a checkpoint of the writer: far beyond any.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const SCHEMA: &str = "
    CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), journal BLOB NOT NULL,
        position INTEGER NOT NULL, recorded_at INTEGER NOT NULL);
    CREATE TABLE runs (interval INTEGER NOT NULL, kind INTEGER NOT NULL, bucket INTEGER NOT NULL,
        run INTEGER NOT NULL, level INTEGER NOT NULL,
        PRIMARY KEY (interval, kind, bucket, run)) WITHOUT ROWID;
    CREATE TABLE parts (run INTEGER NOT NULL, first INTEGER NOT NULL, cells BLOB NOT NULL,
        PRIMARY KEY (run, first)) WITHOUT ROWID;
    CREATE TABLE names (kind INTEGER NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL,
        PRIMARY KEY (kind, number)) WITHOUT ROWID;
    CREATE TABLE stations (station INTEGER PRIMARY KEY, system INTEGER NOT NULL);
    CREATE TABLE commodities (commodity INTEGER PRIMARY KEY, category INTEGER);";

const SYSTEMS: i64 = 0;
const CATEGORIES: i64 = 1;

/// One connection to the store.
pub(super) struct Store {
    pub(super) connection: Connection,
    path: Option<PathBuf>,
    journal: JournalId,
}

impl Store {
    /// Opens the file of this journal; one that is damaged or not ours is deleted first. Without a
    /// path it is in memory.
    pub(super) fn open(path: Option<&Path>, journal: JournalId) -> Result<Self, ViewsError> {
        let Some(path) = path else {
            let failed = |source| ViewsError::Store { path: PathBuf::new(), source };
            return Self::in_memory(journal).map_err(failed);
        };
        let failed = |source| ViewsError::Store { path: path.to_owned(), source };
        match Self::open_file(path, journal) {
            Err(error) if is_damage(&error) => {
                tracing::warn!(%error, "analytics.db is damaged or not ours: it is made anew");
                let removed = remove(path);
                removed.map_err(|source| ViewsError::Remove { path: path.to_owned(), source })?;
                Self::open_file(path, journal).map_err(failed)
            }
            opened => opened.map_err(failed),
        }
    }

    fn in_memory(journal: JournalId) -> rusqlite::Result<Self> {
        let mut store = Self { connection: Connection::open_in_memory()?, path: None, journal };
        store.prepare(journal)?;
        Ok(store)
    }

    fn open_file(path: &Path, journal: JournalId) -> rusqlite::Result<Self> {
        let mut store = Self::connect(path, journal)?;
        // Before the file has its first page.
        store.connection.pragma_update(None, "page_size", PAGE_BYTES)?;
        store.connection.pragma_update(None, "journal_mode", "WAL")?;
        // What is not synced yet is counted again from the journal.
        store.connection.pragma_update(None, "synchronous", "NORMAL")?;
        // Not within a commit, for which readers wait: see `checkpoint`.
        store.connection.pragma_update(None, "wal_autocheckpoint", 0)?;
        store.prepare(journal)?;
        Ok(store)
    }

    fn connect(path: &Path, journal: JournalId) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Else a statement with a bound limit is planned anew each time it is run.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        Ok(Self { connection, path: Some(path.to_owned()), journal })
    }

    /// Another connection to the same file, for reading; `None` if it is in memory.
    pub(super) fn reader(&self) -> rusqlite::Result<Option<Self>> {
        self.path.as_deref().map(|path| Self::connect(path, self.journal)).transpose()
    }

    fn prepare(&mut self, journal: JournalId) -> rusqlite::Result<()> {
        let number = |connection: &Connection, query| -> rusqlite::Result<u32> {
            connection.query_row(query, [], |row| row.get(0))
        };
        if number(&self.connection, "SELECT count(*) FROM sqlite_schema")? == 0 {
            self.create(journal)?;
        }
        let ours = number(&self.connection, "PRAGMA application_id")? == APPLICATION_ID
            && number(&self.connection, "PRAGMA user_version")? == SCHEMA_VERSION
            && self.journal()? == journal;
        if !ours {
            return Err(rusqlite::Error::InvalidQuery);
        }
        // It came later than the rest.
        self.connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS gone (interval INTEGER PRIMARY KEY, before INTEGER NOT NULL)",
        )?;
        // Fails if a table is not as we make it.
        self.places()?;
        let select = "SELECT run, first, cells, interval, kind, bucket, level
            FROM runs NATURAL JOIN parts LIMIT 0";
        self.connection.prepare(select).map(drop)
    }

    fn create(&mut self, journal: JournalId) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        let insert = "INSERT INTO about VALUES (1, ?1, 0, 0)";
        transaction.execute(insert, [journal.0.to_be_bytes()])?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
        transaction.commit()
    }

    fn journal(&self) -> rusqlite::Result<JournalId> {
        let select = "SELECT journal FROM about";
        let journal: [u8; 16] = self.connection.query_row(select, [], |row| row.get(0))?;
        Ok(JournalId(u128::from_be_bytes(journal)))
    }

    /// Everything up to here is in.
    pub(super) fn as_of(&self) -> rusqlite::Result<AsOf> {
        let select = "SELECT position, recorded_at FROM about";
        self.connection.query_row(select, [], |row| {
            let (sequence, time) = (Sequence(number(row, 0)?), Timestamp(row.get(1)?));
            Ok(AsOf { sequence, time })
        })
    }

    /// The first bucket that was not let go; none if nothing ever was.
    pub(super) fn gone_before(&self, interval: Interval) -> rusqlite::Result<Option<i64>> {
        let select = "SELECT before FROM gone WHERE interval = ?1";
        self.connection.query_row(select, [interval.number()], |row| row.get(0)).optional()
    }

    /// Forgets all: the events come again from the first one on. A file that is too damaged for that
    /// is deleted and made anew; whoever reads it must open it again.
    pub(super) fn begin_anew(&mut self) -> rusqlite::Result<()> {
        let (cleared, path) = (self.clear(), self.path.clone());
        let (Err(error), Some(path)) = (&cleared, path) else { return cleared };
        if !is_damage(error) {
            return cleared;
        }
        // Closes the file.
        self.connection = Connection::open_in_memory()?;
        if remove(&path).is_err() {
            return cleared;
        }
        *self = Self::open_file(&path, self.journal)?;
        Ok(())
    }

    fn clear(&mut self) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        transaction.execute_batch(
            "DELETE FROM runs; DELETE FROM parts; DELETE FROM names; DELETE FROM stations;
            DELETE FROM commodities; DELETE FROM gone; UPDATE about SET position = 0, recorded_at = 0",
        )?;
        transaction.commit()
    }

    /// Which system each station is in, and which category each commodity.
    pub(super) fn places(&self) -> rusqlite::Result<Places> {
        let mut places = Places::default();
        let mut select = self
            .connection
            .prepare("SELECT kind, number, name FROM names ORDER BY kind, number")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (kind, expected, name) = (row.get::<_, i64>(0)?, number(row, 1)?, row.get_ref(2)?);
            let name = domain::Identifier::new(name.as_str()?)
                .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(2, 0))?;
            let names = if kind == SYSTEMS { &mut places.systems } else { &mut places.categories };
            if u64::from(names.number(&name)) != expected {
                return Err(rusqlite::Error::IntegralValueOutOfRange(1, integer(expected)));
            }
        }
        (places.systems_saved, places.categories_saved) =
            (places.systems.len(), places.categories.len());
        let mut select = self.connection.prepare("SELECT station, system FROM stations")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            put(&mut places.system_of, row.get::<_, u32>(0)? as usize, row.get(1)?);
        }
        let mut select = self.connection.prepare("SELECT commodity, category FROM commodities")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            put(&mut places.category_of, row.get::<_, u32>(0)? as usize, row.get(1)?);
        }
        Ok(places)
    }

    /// Moves what is committed from the log into the file. Readers go on meanwhile.
    pub(super) fn checkpoint(&self) -> rusqlite::Result<()> {
        if self.path.is_none() {
            return Ok(());
        }
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

/// Writes what changed of the places since the last save, and the position, in the transaction
/// under way.
pub(super) fn write_places(connection: &Connection, memory: &Memory) -> rusqlite::Result<()> {
    let places = &memory.places;
    let names = [
        (SYSTEMS, &places.systems, places.systems_saved),
        (CATEGORIES, &places.categories, places.categories_saved),
    ];
    let mut insert = connection.prepare_cached("INSERT INTO names VALUES (?1, ?2, ?3)")?;
    for (kind, names, saved) in names {
        for (number, name) in (saved..).zip(names.from(saved)) {
            insert.execute(params![kind, i64::try_from(number).ok(), name.as_str()])?;
        }
    }
    let upsert = "INSERT OR REPLACE INTO stations VALUES (?1, ?2)";
    let mut upsert = connection.prepare_cached(upsert)?;
    for station in &places.changed_stations {
        upsert.execute(params![station.0, places.system(*station)])?;
    }
    let upsert = "INSERT OR REPLACE INTO commodities VALUES (?1, ?2)";
    let mut upsert = connection.prepare_cached(upsert)?;
    for commodity in &places.changed_commodities {
        upsert.execute(params![commodity.0, places.category(*commodity)])?;
    }
    let AsOf { sequence, time } = memory.as_of;
    let update = "UPDATE about SET position = ?1, recorded_at = ?2";
    connection.prepare_cached(update)?.execute([integer(sequence.0), time.0])?;
    Ok(())
}

/// Notes that buckets before this one are let go, in the transaction under way.
pub(super) fn note_gone(
    connection: &Connection,
    interval: Interval,
    before: i64,
) -> rusqlite::Result<()> {
    let upsert = "INSERT OR REPLACE INTO gone (interval, before) VALUES (?1, ?2)";
    connection.prepare_cached(upsert)?.execute([interval.number(), before]).map(drop)
}
