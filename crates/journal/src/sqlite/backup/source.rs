//! What is copied: rows in slices, from a journal that another process may be writing, or from a copy.

use std::path::Path;

use domain::{JournalId, Sequence};
use rusqlite::{Connection, Transaction};

use super::super::connection::{Access, connect, failed, key, unsigned};
use super::super::files::Files;
use super::super::head::{self, Head};
use super::super::{OpenOptions, damaged_row, schema, verify};
use super::{BackupError, SLICE_BYTES, bytes_of};
use crate::row::{Row, Walk};
use crate::{ChainHash, JournalError};

/// A journal to be copied. Holds no lock: whoever writes it goes on, starts and stops.
#[derive(Debug)]
pub struct BackupSource {
    connection: Connection,
    id: JournalId,
    schema: u32,
    bytes: u64,
}

/// Some rows in their order, the last of them the last of its batch; and who wrote up to there.
#[derive(Debug, Default)]
pub(super) struct Slice {
    pub(super) rows: Vec<(Sequence, Vec<u8>)>,
    pub(super) epochs: Vec<(i64, i64)>,
    pub(super) bytes: usize,
}

impl BackupSource {
    /// Opens the journal in a data folder. Refuses one that ends before its head: SQLite would have
    /// dropped a damaged end of its WAL, and the copy would lack it without a word.
    pub fn open(data: &Path) -> Result<Self, JournalError> {
        let files = Files::in_folder(data)?;
        // First of all: it is noted behind its commit, so that whatever is found later has come as far,
        // however fast somebody writes meanwhile.
        let noted = head::read(&files.head())?;
        // A copy must not have what the original could still lose: it would be of another history
        // then.
        files.sync_contents()?;
        let bytes = bytes_of(&files.database()) + bytes_of(&files.wal());
        let connection = connect(&files.database(), Access::Read, &OpenOptions::default())?;
        let source = Self::of(connection, bytes)?;
        source.check(noted.as_ref())?;
        Ok(source)
    }

    /// That the journal reaches its head, and has the history that was durable there.
    fn check(&self, noted: Option<&Head>) -> Result<(), JournalError> {
        let end = self.end()?;
        let Some(head) = noted else {
            if end.last > Sequence::ZERO {
                let last = end.last.0;
                tracing::warn!(
                    last,
                    "no intact head file: an end lost to damage would go unnoticed"
                );
            }
            return Ok(());
        };
        verify::check_journal(head, self.id)?;
        let chain = if head.last <= end.last { self.chain(head.last)? } else { None };
        verify::check_head(head, &end, chain)
    }

    pub(super) fn of(connection: Connection, bytes: u64) -> Result<Self, JournalError> {
        let schema = schema::version(&connection)?;
        let id = verify::journal_id(&connection)?;
        Ok(Self { connection, id, schema, bytes })
    }

    /// Which journal it is.
    pub fn id(&self) -> JournalId {
        self.id
    }

    /// The number of its last migration.
    pub fn schema(&self) -> u32 {
        self.schema
    }

    /// How many migrations this program has behind that.
    pub fn pending(&self) -> usize {
        schema::all().len().saturating_sub(self.schema as usize)
    }

    /// Bytes of its files, about.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Where it ends now: a batch is committed whole, so one ends there.
    pub(super) fn end(&self) -> Result<Walk, JournalError> {
        end(&self.connection, self.id)
    }

    /// The chain hash behind this event, if a batch ends with it.
    pub(super) fn chain(&self, at: Sequence) -> Result<Option<ChainHash>, JournalError> {
        let last = last_row(&self.connection, self.id, at)?;
        let ends = last.last == at && last.between_batches();
        Ok(ends.then_some(last.chain))
    }

    /// The rows that follow where `walk` has come to, up to about a slice and never past `end`.
    pub(super) fn read(&self, walk: &mut Walk, end: Sequence) -> Result<Slice, BackupError> {
        let begun = self.connection.unchecked_transaction();
        let transaction = begun.map_err(|error| failed("beginning to read", &error))?;
        // In the transaction of the rows: what they mean is not newer than what was looked at.
        if applied(&transaction)? != self.schema {
            return Err(BackupError::Migrated);
        }
        let mut slice = Slice::default();
        read_rows(&transaction, walk, end, &mut slice)?;
        slice.epochs = epochs(&transaction, walk.last)?;
        Ok(slice)
    }
}

fn read_rows(
    connection: &Connection,
    walk: &mut Walk,
    end: Sequence,
    slice: &mut Slice,
) -> Result<(), JournalError> {
    let from = walk.last;
    let doing = || format!("reading the rows behind event {from}");
    let mut select = connection
        .prepare_cached("SELECT row FROM rows WHERE first > ?1 ORDER BY first")
        .map_err(|error| failed(doing(), &error))?;
    let mut rows = select.query([key(from)]).map_err(|error| failed(doing(), &error))?;
    while slice.bytes < SLICE_BYTES || !walk.between_batches() {
        if walk.last >= end {
            break;
        }
        let missing = || damaged_row(walk.last.next(), &"it is missing");
        let found = rows.next().map_err(|error| failed(doing(), &error))?.ok_or_else(missing)?;
        let bytes = found
            .get_ref(0)
            .and_then(|value| value.as_blob().map_err(rusqlite::Error::from))
            .map_err(|error| failed(doing(), &error))?;
        let expected = walk.last.next();
        let stepped = Row::parse(bytes).and_then(|row| walk.step(&row));
        stepped.map_err(|error| damaged_row(expected, &error))?;
        slice.bytes += bytes.len();
        slice.rows.push((expected, bytes.to_owned()));
    }
    Ok(())
}

/// Who took the journal over up to this event.
fn epochs(connection: &Connection, last: Sequence) -> Result<Vec<(i64, i64)>, JournalError> {
    let read = || -> rusqlite::Result<Vec<(i64, i64)>> {
        let select = "SELECT epoch, after FROM epochs WHERE after <= ?1 ORDER BY epoch";
        let mut select = connection.prepare_cached(select)?;
        select.query_map([key(last)], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    read().map_err(|error| failed("reading the epochs", &error))
}

fn applied(transaction: &Transaction<'_>) -> Result<u32, JournalError> {
    transaction
        .prepare_cached("SELECT max(number) FROM migrations")
        .and_then(|mut select| select.query_row((), |row| row.get(0)))
        .map_err(|error| failed("reading the migrations", &error))
}

/// Where the rows of a database end.
pub(super) fn end(connection: &Connection, id: JournalId) -> Result<Walk, JournalError> {
    let end = last_row(connection, id, Sequence(u64::MAX))?;
    if end.between_batches() {
        return Ok(end);
    }
    Err(damaged_row(end.last.next(), &"the last batch is not complete"))
}

/// A walk behind the last row that begins at this event or before.
fn last_row(connection: &Connection, id: JournalId, at: Sequence) -> Result<Walk, JournalError> {
    let doing = "looking for the last row";
    let select = "SELECT first, row FROM rows WHERE first <= ?1 ORDER BY first DESC LIMIT 1";
    let mut select = connection.prepare(select).map_err(|error| failed(doing, &error))?;
    let mut rows = select.query([key(at)]).map_err(|error| failed(doing, &error))?;
    let Some(found) = rows.next().map_err(|error| failed(doing, &error))? else {
        return Ok(Walk::from_start(id));
    };
    let first = found.get(0).map(unsigned).map_err(|error| failed(doing, &error))?;
    let first = Sequence(first.unwrap_or_default());
    let bytes = found
        .get_ref(1)
        .and_then(|value| value.as_blob().map_err(rusqlite::Error::from))
        .map_err(|error| failed(doing, &error))?;
    let row = Row::parse(bytes).map_err(|error| damaged_row(first, &error))?;
    if row.batch.journal != id || row.first != first {
        return Err(damaged_row(first, &"it is the row of another event, or of another journal"));
    }
    Ok(Walk::behind_row(id, &row))
}
