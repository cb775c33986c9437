//! Sealed segments of the index, as they are written and read; the file is [`super::file`]'s.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::{JournalId, Sequence, Timestamp};
use parking_lot::Mutex;
use roaring::RoaringBitmap;
use rusqlite::{Connection, OptionalExtension, Transaction};
use thiserror::Error;

use super::file;
use super::key::Key;
use super::posting::{Posting, PostingError, decode, decode_among};
use super::rules::{RuleNow, Rules};
use super::segment::Segment;
use crate::store::{integer, is_damage, remove};

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
            Self::Sqlite(error) => is_damage(error),
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
    short_bytes: usize,
    writer: Mutex<Connection>,
    readers: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the file, or a store in memory; a file that is damaged or not ours is made anew.
    pub(crate) fn open(
        path: Option<&Path>,
        journal: JournalId,
        short_bytes: usize,
    ) -> Result<Self, StoreError> {
        let mut connection = file::open(path, journal);
        if let (Err(error), Some(path)) = (&connection, path)
            && error.is_damage()
        {
            remove(path)?;
            connection = file::open(Some(path), journal);
        }
        let path = path.map(Path::to_owned);
        let writer = Mutex::new(connection?);
        Ok(Self { path, short_bytes, writer, readers: Mutex::default() })
    }

    /// Reads what is there, but for postings.
    pub(crate) fn found(&self) -> Result<Found, StoreError> {
        let connection = self.writer.lock();
        let about = file::about(&connection)?;
        let segments = file::segments(&connection)?;
        let rules = file::rules(&connection)?;
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
            "DROP TABLE about; DROP TABLE segments; DROP TABLE postings;
            DROP TABLE long_postings; DROP TABLE rules;",
        )?;
        file::make(&transaction, journal)?;
        Ok(transaction.commit()?)
    }

    /// Writes in one transaction.
    pub(crate) fn write<T>(
        &self,
        act: impl FnOnce(&Writing<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.writer.lock();
        let done = (|| {
            let writing =
                Writing { transaction: connection.transaction()?, short_bytes: self.short_bytes };
            let done = act(&writing)?;
            writing.transaction.commit()?;
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
            None => file::connect(Some(path))?,
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
pub(crate) struct Writing<'a> {
    transaction: Transaction<'a>,
    short_bytes: usize,
}

impl Writing<'_> {
    pub(crate) fn posting(
        &self,
        segment: i64,
        key: Key,
        part: u32,
        posting: &[u8],
    ) -> Result<(), StoreError> {
        let insert = "INSERT INTO postings VALUES (?1, ?2, ?3, ?4)";
        let mut insert = self.transaction.prepare_cached(insert)?;
        if posting.len() <= self.short_bytes {
            insert.execute((segment, key.integer(), part, posting))?;
        } else {
            let long = "INSERT INTO long_postings (posting) VALUES (?1)";
            let id = self.transaction.prepare_cached(long)?.insert([posting])?;
            insert.execute((segment, key.integer(), part, id))?;
        }
        Ok(())
    }

    /// From now on the segment is there.
    pub(crate) fn segment(&self, segment: &Segment) -> Result<(), StoreError> {
        let insert = "INSERT INTO segments VALUES (?1, ?2, ?3, ?4)";
        let (start, zones) = (integer(segment.start), file::zones_bytes(&segment.zones));
        let mut insert = self.transaction.prepare_cached(insert)?;
        insert.execute((segment.id, segment.level, start, zones))?;
        Ok(())
    }

    /// From now on it is not; its rows are rubbish.
    pub(crate) fn forget(&self, segment: &Segment) -> Result<(), StoreError> {
        let delete = "DELETE FROM segments WHERE id = ?1";
        self.transaction.prepare_cached(delete)?.execute([segment.id])?;
        Ok(())
    }

    pub(crate) fn about(&self, about: &About) -> Result<(), StoreError> {
        let update = "UPDATE about SET position = ?1, recorded_at = ?2";
        let row = (integer(about.position.0), about.recorded_at.0);
        self.transaction.prepare_cached(update)?.execute(row)?;
        Ok(())
    }

    pub(crate) fn rules(&self, rules: &Rules) -> Result<(), StoreError> {
        self.transaction.execute("DELETE FROM rules", [])?;
        let mut insert =
            self.transaction.prepare_cached("INSERT INTO rules VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
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
            .transaction
            .prepare_cached(last)?
            .query_row((segment, limit), |row| row.get(0))
            .optional()?;
        let rows = (segment, last.unwrap_or(i64::MAX));
        let long = "DELETE FROM long_postings WHERE id IN (SELECT posting FROM postings
            WHERE segment = ?1 AND key <= ?2 AND typeof(posting) = 'integer')";
        self.transaction.prepare_cached(long)?.execute(rows)?;
        let delete = "DELETE FROM postings WHERE segment = ?1 AND key <= ?2";
        self.transaction.prepare_cached(delete)?.execute(rows)?;
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
        let select = "SELECT coalesce(long.posting, short.posting)
            FROM postings AS short LEFT JOIN long_postings AS long
                ON typeof(short.posting) = 'integer' AND long.id = short.posting
            WHERE segment = ?1 AND key = ?2 AND part = ?3";
        let mut select = self.0.prepare_cached(select)?;
        let mut rows = select.query((segment, key.integer(), part))?;
        match rows.next()? {
            Some(row) => Ok(Some(decode(file::blob(row, 0)?)?)),
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
        let select = "SELECT key, coalesce(long.posting, short.posting)
            FROM postings AS short LEFT JOIN long_postings AS long
                ON typeof(short.posting) = 'integer' AND long.id = short.posting
            WHERE segment = ?1 AND key > ?2 AND key < ?3 ORDER BY key LIMIT ?4";
        let mut select = self.0.prepare_cached(select)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = select.query_map((segment, after, before.integer(), limit), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
