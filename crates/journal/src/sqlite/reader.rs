//! Reading what is committed: events by sequence, and batches in order.
//!
//! A read transaction keeps the WAL from starting again, so each is short: some rows at a time.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, ScopedJoinHandle};

use domain::{Batch, EventReader, JournalId, ReadError, Recorded, Sequence};
use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, OptionalExtension};

use super::connection::{Access, connect, failed, key};
use super::{OpenOptions, damaged_row};
use crate::row::{Row, Walk};
use crate::{ChainHash, JournalError};

/// Connections that read at once: as many as may usefully decode on a small machine; more wait.
const CONNECTIONS_MAX: usize = 4;
/// Rows read in one transaction: decoding these takes about two milliseconds.
const ROWS_MAX: u32 = 16;
/// Rows of which single events are read in one transaction: a millisecond of reading and checking.
/// A transaction each would cost as much again: its locks, and every page that was kept in memory
/// forgotten with each commit in between.
const ROWS_PICKED_MAX: usize = 64;
/// Events that are worth a second thread: to begin one costs as much as to read two or three.
const SHARED_MIN: usize = 2 * ROWS_PICKED_MAX;
/// The row that holds an event.
const ROW_OF: &str = "SELECT row FROM rows WHERE first <= ?1 ORDER BY first DESC LIMIT 1";
/// That row and those behind it. How many is for the reader to say by stopping: SQLite plans a
/// statement with a bound limit anew each time it is run, which costs more than reading the row.
const ROWS_FROM: &str = "SELECT row FROM rows
    WHERE first >= (SELECT max(first) FROM rows WHERE first <= ?1) ORDER BY first";

/// The last event that readers may see: durable, and noted in the head.
#[derive(Debug, Default)]
pub(super) struct Published(AtomicU64);

impl Published {
    pub(super) fn get(&self) -> Sequence {
        Sequence(self.0.load(Ordering::Acquire))
    }

    pub(super) fn set(&self, last: Sequence) {
        self.0.store(last.0, Ordering::Release);
    }
}

/// Reads with connections of its own. It may outlive the journal, and then reads what was there.
#[derive(Debug)]
pub(super) struct SqliteReader {
    path: PathBuf,
    options: OpenOptions,
    journal: JournalId,
    published: Arc<Published>,
    pool: Mutex<Pool>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    idle: Vec<Connection>,
    open_count: usize,
}

impl SqliteReader {
    pub(super) fn new(
        path: PathBuf,
        options: OpenOptions,
        journal: JournalId,
        published: Arc<Published>,
    ) -> Self {
        let (pool, returned) = (Mutex::default(), Condvar::new());
        Self { path, options, journal, published, pool, returned }
    }

    pub(super) fn connect(&self) -> Result<Connection, JournalError> {
        connect(&self.path, Access::Read, &self.options)
    }

    /// Lends a connection; one that failed is not used again.
    fn with<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let idle = {
            let mut pool = self.pool.lock();
            while pool.idle.is_empty() && pool.open_count >= CONNECTIONS_MAX {
                self.returned.wait(&mut pool);
            }
            pool.open_count += usize::from(pool.idle.is_empty());
            pool.idle.pop()
        };
        let read = idle.map_or_else(|| self.connect(), Ok).and_then(|connection| {
            // A panic must not take the place of this connection with it.
            let result = catch_unwind(AssertUnwindSafe(|| read(&connection)));
            let panicked = |_| JournalError::Storage {
                doing: "reading the journal".to_owned(),
                reason: "the reader panicked".to_owned(),
            };
            let result = result.map_err(panicked)??;
            Ok((connection, result))
        });
        let mut pool = self.pool.lock();
        self.returned.notify_one();
        match read {
            Ok((connection, result)) => {
                pool.idle.push(connection);
                Ok(result)
            }
            Err(error) => {
                pool.open_count -= 1;
                Err(error)
            }
        }
    }

    /// The chain hash after `at`, if a batch ends there.
    pub(super) fn chain(&self, at: Sequence) -> Result<Option<ChainHash>, JournalError> {
        if at > self.published.get() {
            return Ok(None);
        }
        if at == Sequence::ZERO {
            return Ok(Some(crate::row::first_chain(self.journal)));
        }
        self.with(|connection| {
            let mut chain = None;
            visit_rows(connection, ROW_OF, at, 1, |row| {
                chain = (row.last() == at && row.is_last).then_some(row.chain);
                Ok(ControlFlow::Break(()))
            })?;
            Ok(chain)
        })
    }

    fn read(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, JournalError> {
        let last = self.published.get();
        let mut events: Vec<Recorded> = Vec::new();
        let mut at = after;
        while at < last && events.len() < limit {
            // A connection is lent for one transaction at a time, so that a long read is fair.
            at = self.with(|connection| {
                visit_rows(connection, ROWS_FROM, at.next(), ROWS_MAX, |row| {
                    for recorded in row.events_after(after).take(limit - events.len()) {
                        events.push(recorded.map_err(|error| damaged_row(row.first, &error))?);
                    }
                    let enough = events.len() >= limit || row.last() >= last;
                    Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
                })
            })?;
        }
        Ok(events)
    }

    /// Events wherever they are. Of many, a second thread reads half: each lies in a row of its own, as a
    /// rule, and what takes long is checking and decoding these.
    fn pick(&self, sequences: &[Sequence]) -> Result<Vec<Recorded>, JournalError> {
        if sequences.len() < SHARED_MIN {
            return self.pick_in_turn(sequences);
        }
        let (first, second) = sequences.split_at(sequences.len() / 2);
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("journal-reads".to_owned());
            let other = thread.spawn_scoped(scope, || self.pick_in_turn(second));
            let mut events = self.pick_in_turn(first)?;
            events.extend(match other.map(ScopedJoinHandle::join) {
                Ok(Ok(read)) => read?,
                // There is no thread to be had, or it panicked: what is wrong shows again here.
                Ok(Err(_)) | Err(_) => self.pick_in_turn(second)?,
            });
            Ok(events)
        })
    }

    /// Neighbours share the reading of their row, and a connection is lent for one transaction of some
    /// rows at a time.
    fn pick_in_turn(&self, sequences: &[Sequence]) -> Result<Vec<Recorded>, JournalError> {
        let mut events = Vec::with_capacity(sequences.len());
        let last = self.published.get();
        let is_there = |wanted: &Sequence| (Sequence(1)..=last).contains(wanted);
        if let Some(missing) = sequences.iter().find(|wanted| !is_there(wanted)) {
            return Err(damaged_row(*missing, &"it is not committed"));
        }
        while events.len() < sequences.len() {
            self.with(|connection| {
                let doing = "reading single events";
                let transaction =
                    connection.unchecked_transaction().map_err(|error| failed(doing, &error))?;
                for _ in 0..ROWS_PICKED_MAX {
                    let Some(wanted) = sequences.get(events.len()) else { break };
                    visit_rows(&transaction, ROW_OF, *wanted, 1, |row| {
                        while let Some(next) = sequences.get(events.len()) {
                            let found = row.event(*next);
                            match found.map_err(|error| damaged_row(row.first, &error))? {
                                Some(recorded) => events.push(recorded),
                                None => break,
                            }
                        }
                        Ok(ControlFlow::Break(()))
                    })?;
                }
                transaction.commit().map_err(|error| failed(doing, &error))
            })?;
        }
        Ok(events)
    }
}

impl EventReader for SqliteReader {
    fn last(&self) -> Sequence {
        self.published.get()
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.read(after, limit).map_err(|error| ReadError { after, reason: error.to_string() })
    }

    fn events(&self, sequences: &[Sequence]) -> Result<Vec<Recorded>, ReadError> {
        self.pick(sequences).map_err(|error| {
            let first = sequences.first().map_or(0, |first| first.0.saturating_sub(1));
            ReadError { after: Sequence(first), reason: error.to_string() }
        })
    }
}

/// Visits up to `limit` rows of a query ([`ROWS_FROM`] or [`ROW_OF`]) from the one that holds
/// `sequence` on, which must be committed; the last event of the last row visited. Each must follow
/// the one before.
fn visit_rows(
    connection: &Connection,
    query: &str,
    sequence: Sequence,
    limit: u32,
    mut visit: impl FnMut(&Row<'_>) -> Result<ControlFlow<()>, JournalError>,
) -> Result<Sequence, JournalError> {
    let doing = || format!("reading from event {sequence} on");
    let mut statement =
        connection.prepare_cached(query).map_err(|error| failed(doing(), &error))?;
    let mut found = statement.query([key(sequence)]).map_err(|error| failed(doing(), &error))?;
    let mut last: Option<Sequence> = None;
    for _ in 0..limit {
        let next = found.next().map_err(|error| failed(doing(), &error))?;
        let Some(row) = next else { break };
        let expected = last.map_or(sequence, Sequence::next);
        let bytes = row
            .get_ref(0)
            .and_then(|value| value.as_blob().map_err(rusqlite::Error::from))
            .map_err(|error| failed(doing(), &error))?;
        let row = Row::parse(bytes).map_err(|error| damaged_row(expected, &error))?;
        let follows = match last {
            Some(_) => row.first == expected,
            None => row.first <= expected && expected <= row.last(),
        };
        if !follows {
            let held = format!("the row found holds {} to {}", row.first, row.last());
            return Err(damaged_row(expected, &held));
        }
        last = Some(row.last());
        if visit(&row)?.is_break() {
            break;
        }
    }
    last.ok_or_else(|| damaged_row(sequence, &"it is missing"))
}

/// Batches in order, on a connection of its own, some rows at a time.
pub(super) struct Batches {
    connection: Connection,
    walk: Walk,
    end: Sequence,
    partial: Vec<Recorded>,
    ready: VecDeque<Batch>,
    failed: Option<JournalError>,
}

impl Batches {
    /// From the batch that holds the event behind `after`, up to what is committed now.
    pub(super) fn behind(
        reader: &SqliteReader,
        after: Sequence,
    ) -> Result<Option<Self>, JournalError> {
        let end = reader.published.get();
        if after >= end {
            return Ok(None);
        }
        let connection = reader.connect()?;
        let first = batch_start(&connection, after.next())?;
        let mut walk = Walk::from_start(reader.journal);
        visit_rows(&connection, ROW_OF, first, 1, |row| {
            walk = Walk::from_row(reader.journal, row);
            Ok(ControlFlow::Break(()))
        })?;
        let (partial, ready) = (Vec::new(), VecDeque::new());
        Ok(Some(Self { connection, walk, end, partial, ready, failed: None }))
    }

    fn read_some(&mut self) -> Result<(), JournalError> {
        let Self { connection, walk, end, partial, ready, .. } = self;
        visit_rows(connection, ROWS_FROM, walk.last.next(), ROWS_MAX, |row| {
            if row.first > *end {
                return Ok(ControlFlow::Break(()));
            }
            walk.step(row).map_err(|error| damaged_row(row.first, &error))?;
            partial.reserve(usize::from(row.count));
            for recorded in row.events_after(Sequence::ZERO) {
                partial.push(recorded.map_err(|error| damaged_row(row.first, &error))?);
            }
            if row.is_last {
                ready.push_back(Batch { id: row.batch, events: std::mem::take(partial) });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(())
    }
}

impl Iterator for Batches {
    type Item = Result<Batch, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        // What was read before damage was met is good, and comes before it.
        while self.ready.is_empty() && self.failed.is_none() && self.walk.last < self.end {
            self.failed = self.read_some().err();
        }
        let batch = self.ready.pop_front().map(Ok);
        batch.or_else(|| {
            self.walk.last = self.end;
            self.failed.take().map(Err)
        })
    }
}

/// The first event of the batch that holds `sequence`.
fn batch_start(connection: &Connection, sequence: Sequence) -> Result<Sequence, JournalError> {
    let (mut first, mut index) = (sequence, 0);
    visit_rows(connection, ROW_OF, sequence, 1, |row| {
        (first, index) = (row.first, row.index);
        Ok(ControlFlow::Break(()))
    })?;
    if index == 0 {
        return Ok(first);
    }
    let doing = || format!("looking for the batch of event {sequence}");
    let start = connection
        .query_row(
            "SELECT first FROM rows WHERE first <= ?1 ORDER BY first DESC LIMIT 1 OFFSET ?2",
            (key(first), index),
            |row| row.get::<_, i64>(0),
        )
        .optional()
        .map_err(|error| failed(doing(), &error))?
        .and_then(super::connection::unsigned);
    start.map(Sequence).ok_or_else(|| damaged_row(first, &"the rows before it are missing"))
}
