//! The file `books.db`: the pages of the books, and what stations stood at now and then.
//!
//! It holds nothing that the journal does not: a file that is damaged, or of another journal, is made
//! anew, and the journal is read into it again.
//!
//! | Table | Columns |
//! |---|---|
//! | `pages` | `book`, `first` (its first event): the key; `last`; `earliest`, `latest`: when they happened, in µs; `available`, `held`: the opening balance of a book of credits; `since`: entries since the last opening; `entries` BLOB: the differences of the following events, as LEB128 |
//! | `openings` | `book`, `at` (a sequence): the key; `stock` BLOB: the rows of the station. While the books are behind, some are past the position: a start deletes those |
//! | `balances` | `trader`, `available`, `held`: as of `about.position` |
//! | `about` | `journal` BLOB; `position`: the last event entered, and `recorded_at`, when that was; `rebuilding`: 1 until the books have once met the present; `noted`: the greatest `at` of an opening |
//!
//! `book` is 0 for stock and 1 for credits, times 2^32, plus the number of the station or trader.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use domain::{AMOUNT_MAX, Credits, JournalId, ReadError, Sequence, Timestamp, TraderId};
use parking_lot::Mutex;
use rusqlite::config::DbConfig;
use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::book::Book;
use super::pending::{Page, Waiting};
use crate::store::is_damage;
use crate::{Balance, ViewsError};

const APPLICATION_ID: u32 = 0x6974_6e62;
const SCHEMA_VERSION: u32 = 2;
/// Beyond any checkpoint of the writer, in milliseconds.
const BUSY_TIMEOUT_MS: u64 = 5_000;

/// Pages of the file kept in memory by the writer, in KiB.
const CACHE_KIB: i64 = 65_536;

const SCHEMA: &str = "
    CREATE TABLE pages (book INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
        earliest INTEGER NOT NULL, latest INTEGER NOT NULL, available INTEGER NOT NULL,
        held INTEGER NOT NULL, since INTEGER NOT NULL, entries BLOB NOT NULL,
        PRIMARY KEY (book, first)) WITHOUT ROWID;
    CREATE TABLE openings (book INTEGER NOT NULL, at INTEGER NOT NULL, stock BLOB NOT NULL,
        PRIMARY KEY (book, at)) WITHOUT ROWID;
    CREATE TABLE balances (trader INTEGER PRIMARY KEY, available INTEGER NOT NULL,
        held INTEGER NOT NULL);
    CREATE TABLE about (one INTEGER PRIMARY KEY CHECK (one = 1), journal BLOB NOT NULL,
        position INTEGER NOT NULL, recorded_at INTEGER NOT NULL, rebuilding INTEGER NOT NULL,
        noted INTEGER NOT NULL);";
const PAGE: &str =
    "SELECT first, last, earliest, latest, available, held, since, entries FROM pages";

/// How far a store has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct About {
    pub(super) journal: JournalId,
    pub(super) position: Sequence,
    pub(super) recorded_at: Timestamp,
    pub(super) rebuilding: bool,
}

/// One connection, or in memory the only one.
#[derive(Debug, Clone)]
pub(super) struct Store(Arc<Mutex<Connection>>);

/// Opens the store for writing and for reading; without a path, in memory. `is_good` says whether
/// what it holds is of the journal at hand; a file that is not, or is damaged, is made anew.
pub(super) fn open(
    path: Option<&Path>,
    new: About,
    is_good: impl Fn(&About) -> Result<bool, ReadError>,
) -> Result<(Store, Store), ViewsError> {
    let Some(path) = path else {
        let memory = Path::new(":memory:");
        let failed = |source| ViewsError::Store { path: memory.to_owned(), source };
        let store = Connection::open_in_memory().and_then(|connection| prepare(connection, new));
        let store = Store(Arc::new(Mutex::new(store.map_err(failed)?)));
        return Ok((store.clone(), store));
    };
    let failed = |source| ViewsError::Store { path: path.to_owned(), source };
    let connect = || Connection::open(path).and_then(|connection| prepare(connection, new));
    let known = connect().and_then(|connection| {
        let about = read_about(&connection)?;
        read_balances(&connection)?;
        Ok((about, connection))
    });
    let known = match known {
        Ok((about, connection)) => is_good(&about)?.then_some(connection),
        Err(error) if is_damage(&error) => None,
        // A disk that is full, or somebody else: nothing is wrong with what is there.
        Err(error) => return Err(failed(error)),
    };
    let writer = if let Some(connection) = known {
        // That the store is of the journal at hand is proven up to its position, and not behind it.
        drop_early_openings(&connection).map_err(failed)?;
        connection
    } else {
        remove(path)?;
        connect().map_err(failed)?
    };
    let reader = Connection::open(path).map_err(failed)?;
    set_up(&reader).map_err(failed)?;
    Ok((Store(Arc::new(Mutex::new(writer))), Store(Arc::new(Mutex::new(reader)))))
}

fn drop_early_openings(connection: &Connection) -> rusqlite::Result<()> {
    let select = "SELECT noted > position FROM about";
    // To look for them is to read the whole table: only after a stop while the books were behind.
    if connection.query_row(select, [], |row| row.get(0))? {
        connection.execute_batch(
            "BEGIN; DELETE FROM openings WHERE at > (SELECT position FROM about);
             UPDATE about SET noted = position; COMMIT",
        )?;
    }
    Ok(())
}

pub(super) fn remove(path: &Path) -> Result<(), ViewsError> {
    for ending in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        match fs::remove_file(&file) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(ViewsError::Remove { path: path.to_owned(), source });
            }
            _ => {}
        }
    }
    Ok(())
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_millis(BUSY_TIMEOUT_MS))?;
    // Else a statement with a bound limit is planned anew each time it is run.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Makes the tables, if there are none; refuses what is not ours.
fn prepare(mut connection: Connection, new: About) -> rusqlite::Result<Connection> {
    set_up(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Every save touches some page of the file for every book.
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // What is lost is read again: the position is in the same transaction.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let (made_by, version) = (pragma("application_id")?, pragma("user_version")?);
    if (made_by, version) == (APPLICATION_ID, SCHEMA_VERSION) {
        return Ok(connection);
    }
    let count = "SELECT count(*) FROM sqlite_schema";
    let tables: u32 = connection.query_row(count, [], |row| row.get(0))?;
    if (made_by, version, tables) != (0, 0, 0) {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let transaction = connection.transaction()?;
    transaction.execute_batch(SCHEMA)?;
    let insert = "INSERT INTO about VALUES (1, ?1, ?2, ?3, ?4, 0)";
    let journal = new.journal.0.to_be_bytes();
    let position = integer(new.position.0);
    transaction.execute(insert, params![journal, position, new.recorded_at.0, new.rebuilding])?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    transaction.commit()?;
    Ok(connection)
}

fn read_about(connection: &Connection) -> rusqlite::Result<About> {
    let select = "SELECT journal, position, recorded_at, rebuilding FROM about";
    connection.query_row(select, [], |row| {
        let journal: [u8; 16] = row.get(0)?;
        Ok(About {
            journal: JournalId(u128::from_be_bytes(journal)),
            position: Sequence(number(row, 1)?),
            recorded_at: Timestamp(row.get(2)?),
            rebuilding: row.get(3)?,
        })
    })
}

fn read_balances(connection: &Connection) -> rusqlite::Result<Vec<(TraderId, Balance)>> {
    let mut select = connection.prepare("SELECT trader, available, held FROM balances")?;
    let rows = select.query_map([], |row| {
        let balance = Balance { available: credits(row, 1)?, held: credits(row, 2)? };
        Ok((TraderId(row.get(0)?), balance))
    })?;
    rows.collect()
}

/// A sequence as an integer of the store; sequences have 53 bits, and a greater bound means none.
fn integer(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, value))
}

fn credits(row: &Row<'_>, column: usize) -> rusqlite::Result<Credits> {
    let value = number(row, column)?;
    let refused = || rusqlite::Error::IntegralValueOutOfRange(column, integer(AMOUNT_MAX) + 1);
    Credits::new(value).map_err(|_| refused())
}

fn blob(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(Vec::<u8>::column_result(row.get_ref(column)?)?)
}

impl Store {
    pub(super) fn about(&self) -> rusqlite::Result<About> {
        read_about(&self.0.lock())
    }

    /// Saves what waits, and how far the books have come with it: all or nothing.
    pub(super) fn save(
        &self,
        waiting: &Waiting,
        balances: &[(TraderId, Balance)],
        about: &About,
    ) -> rusqlite::Result<()> {
        let mut connection = self.0.lock();
        let transaction = connection.transaction()?;
        {
            let insert = "INSERT INTO pages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let mut insert = transaction.prepare_cached(insert)?;
            // In the order of the table: neighbours share pages of the file.
            let mut books: Vec<_> = waiting.pages.iter().collect();
            books.sort_unstable_by_key(|(book, _)| **book);
            let pages = |(book, pages)| std::iter::repeat(book).zip::<&Vec<Page>>(pages);
            for (book, page) in books.into_iter().flat_map(pages) {
                insert.execute(params![
                    book.number(),
                    integer(page.first()),
                    integer(page.last()),
                    page.occurred.0.0,
                    page.occurred.1.0,
                    integer(page.opening.available.get()),
                    integer(page.opening.held.get()),
                    page.since_opening,
                    encode(&page.sequences),
                ])?;
            }
            let insert = "INSERT OR REPLACE INTO openings VALUES (?1, ?2, ?3)";
            let mut insert = transaction.prepare_cached(insert)?;
            for opening in &waiting.openings {
                let (book, at) = (opening.book.number(), integer(opening.at.0));
                insert.execute(params![book, at, &*opening.stock])?;
            }
            let insert = "INSERT OR REPLACE INTO balances VALUES (?1, ?2, ?3)";
            let mut insert = transaction.prepare_cached(insert)?;
            for (trader, balance) in balances {
                let (available, held) = (balance.available.get(), balance.held.get());
                insert.execute(params![trader.0, integer(available), integer(held)])?;
            }
        }
        let update = "UPDATE about SET position = ?1, recorded_at = ?2, rebuilding = ?3,
            noted = max(noted, ?4)";
        let position = integer(about.position.0);
        let noted = waiting.openings.iter().map(|opening| opening.at.0).max();
        let noted = integer(noted.unwrap_or_default());
        transaction
            .execute(update, params![position, about.recorded_at.0, about.rebuilding, noted])?;
        transaction.commit()
    }

    /// All balances, as of the position.
    pub(super) fn balances(&self) -> rusqlite::Result<Vec<(TraderId, Balance)>> {
        read_balances(&self.0.lock())
    }

    /// Entries of a book of stock since its last opening.
    pub(super) fn since_opening(&self, book: Book) -> rusqlite::Result<u32> {
        let select = "SELECT since FROM pages WHERE book = ?1 ORDER BY first DESC LIMIT 1";
        let connection = self.0.lock();
        let mut select = connection.prepare_cached(select)?;
        Ok(select.query_row([book.number()], |row| row.get(0)).optional()?.unwrap_or(0))
    }

    /// The last opening of a book at or before a sequence.
    pub(super) fn opening(
        &self,
        book: Book,
        at: Sequence,
    ) -> rusqlite::Result<Option<(Sequence, Vec<u8>)>> {
        let select = "SELECT at, stock FROM openings WHERE book = ?1 AND at <= ?2
            ORDER BY at DESC LIMIT 1";
        let connection = self.0.lock();
        let mut select = connection.prepare_cached(select)?;
        let found = select.query_row(params![book.number(), integer(at.0)], |row| {
            Ok((Sequence(number(row, 0)?), blob(row, 1)?))
        });
        found.optional()
    }

    /// The page of a book that begins last at or before a sequence.
    pub(super) fn page_at(&self, book: Book, at: u64) -> rusqlite::Result<Option<Page>> {
        let order = "WHERE book = ?1 AND first <= ?2 ORDER BY first DESC LIMIT 1";
        Ok(self.pages(order, book, at, 1)?.pop())
    }

    /// Pages of a book that begin at or behind a sequence, oldest first, at most so many.
    pub(super) fn pages_from(
        &self,
        book: Book,
        from: u64,
        limit: usize,
    ) -> rusqlite::Result<Vec<Page>> {
        let order = "WHERE book = ?1 AND first >= ?2 ORDER BY first LIMIT ?3";
        self.pages(order, book, from, limit)
    }

    /// Pages of a book that begin before a sequence, newest first, at most so many.
    pub(super) fn pages_before(
        &self,
        book: Book,
        before: u64,
        limit: usize,
    ) -> rusqlite::Result<Vec<Page>> {
        let order = "WHERE book = ?1 AND first < ?2 ORDER BY first DESC LIMIT ?3";
        self.pages(order, book, before, limit)
    }

    fn pages(
        &self,
        order: &str,
        book: Book,
        bound: u64,
        limit: usize,
    ) -> rusqlite::Result<Vec<Page>> {
        let connection = self.0.lock();
        let mut select = connection.prepare_cached(&format!("{PAGE} {order}"))?;
        let (book, bound) = (book.number(), integer(bound));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let wanted = select.parameter_count();
        if wanted == 2 {
            return select.query_map(params![book, bound], page)?.collect();
        }
        select.query_map(params![book, bound, limit], page)?.collect()
    }
}

fn page(row: &Row<'_>) -> rusqlite::Result<Page> {
    let first = number(row, 0)?;
    let sequences = decode(first, &blob(row, 7)?);
    let sequences = sequences.filter(|all| all.last().copied() == number(row, 1).ok());
    let damaged =
        || rusqlite::Error::InvalidColumnType(7, "entries".into(), rusqlite::types::Type::Blob);
    Ok(Page {
        sequences: sequences.ok_or_else(damaged)?,
        occurred: (Timestamp(row.get(2)?), Timestamp(row.get(3)?)),
        opening: Balance { available: credits(row, 4)?, held: credits(row, 5)? },
        since_opening: row.get(6)?,
    })
}

/// The differences of consecutive sequences, as LEB128.
fn encode(sequences: &[u64]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(2 * sequences.len());
    for (before, after) in sequences.iter().zip(sequences.iter().skip(1)) {
        let mut rest = after - before;
        while rest >= 0x80 {
            bytes.push(rest.to_le_bytes()[0] | 0x80);
            rest >>= 7;
        }
        bytes.push(rest.to_le_bytes()[0]);
    }
    bytes
}

/// `None` if the bytes are not what [`encode`] makes.
fn decode(first: u64, bytes: &[u8]) -> Option<Vec<u64>> {
    let mut sequences = vec![first];
    let (mut last, mut step, mut shift) = (first, 0_u64, 0_u32);
    for byte in bytes {
        step |= u64::from(byte & 0x7f).checked_shl(shift)?;
        shift += 7;
        if byte & 0x80 == 0 {
            last = last.checked_add(step).filter(|next| *next > last)?;
            sequences.push(last);
            (step, shift) = (0, 0);
        }
    }
    (shift == 0).then_some(sequences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_are_read_as_they_were_written() {
        for sequences in [vec![7], vec![1, 2, 3], vec![5, 132, 133, 1 << 52, (1 << 53) - 1]] {
            let bytes = encode(&sequences);
            assert_eq!(decode(sequences[0], &bytes), Some(sequences));
        }
        assert_eq!(decode(1, &[0x80]), None);
        assert_eq!(decode(1, &[0]), None, "no event is twice in a book");
    }

    /// What another tail of the journal would make of a station is not what this one does.
    #[test]
    fn a_start_drops_openings_past_the_position() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.db");
        let new = super::super::keeper::about_nothing(JournalId(7));
        let book = Book::Stock(domain::StationId(3));
        let opening =
            |at| super::super::pending::Opening { book, at: Sequence(at), stock: [1].into() };
        let (writer, _) = open(Some(&path), new, |_| Ok(true)).unwrap();
        let waiting = Waiting { openings: vec![opening(40), opening(90)], ..Waiting::default() };
        let about = About { position: Sequence(50), ..new };
        writer.save(&waiting, &[], &about).unwrap();
        let at = |store: &Store| store.opening(book, Sequence(100)).unwrap().map(|(at, _)| at);
        assert_eq!(at(&writer), Some(Sequence(90)));
        drop(writer);
        for _ in 0..2 {
            let (writer, reader) = open(Some(&path), new, |about| {
                assert_eq!(about.position, Sequence(50));
                Ok(true)
            })
            .unwrap();
            assert_eq!((at(&writer), at(&reader)), (Some(Sequence(40)), Some(Sequence(40))));
        }
    }
}
