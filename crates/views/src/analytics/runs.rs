//! Sorted runs of cells in the store: written, merged, read, and let go when they are old.

use std::ops::Range;

use rusqlite::{Connection, params};

use super::Interval;
use super::cell::Cell;
use super::memory::Place;
use super::varint::{read_u64, write_varint};

/// Bytes of a part: what a read of one cell looks through, and a quarter of a page at most.
const PART_BYTES_MAX: usize = 3_500;
/// Runs of a level that are merged into one of the next: a read of a bucket looks into fewer than
/// so many of each level, and a cell is written again once for each level.
const MERGED_RUNS: usize = 16;
/// Runs that are let go with one save.
const PRUNED_RUNS_MAX: usize = 16_384;

/// Bytes behind the cells of a part that tell whether they are as they were written.
const CHECK_BYTES: usize = 8;

/// Cells of a part, in the order of their numbers; `None` if the bytes are none of ours.
fn cells<C: Cell>(first: u64, bytes: &[u8]) -> Option<Vec<(u64, C)>> {
    let (mut bytes, check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
    if u64::from_le_bytes(*check) != table::hash_bytes(bytes) {
        return None;
    }
    let (mut cells, mut id) = (Vec::new(), first);
    while !bytes.is_empty() {
        id = id.checked_add(read_u64(&mut bytes)?)?;
        cells.push((id, C::read(&mut bytes)?));
    }
    Some(cells)
}

fn damaged(run: i64) -> rusqlite::Error {
    rusqlite::Error::IntegralValueOutOfRange(0, run)
}

/// A number of a cell as the store has it.
fn stored(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

/// Writes one run, part by part, in the transaction under way.
struct RunWriter<'a> {
    connection: &'a Connection,
    run: i64,
    first: u64,
    last: u64,
    cells: Vec<u8>,
}

impl<'a> RunWriter<'a> {
    fn begin<C: Cell>(
        connection: &'a Connection,
        (interval, bucket): (Interval, i64),
        level: i64,
    ) -> rusqlite::Result<Self> {
        let next = "SELECT ifnull(max(run), 0) + 1 FROM parts";
        let run: i64 = connection.prepare_cached(next)?.query_row([], |row| row.get(0))?;
        let insert = "INSERT INTO runs (interval, kind, bucket, run, level)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        let key = params![interval.number(), C::KIND, bucket, run, level];
        connection.prepare_cached(insert)?.execute(key)?;
        Ok(Self { connection, run, first: 0, last: 0, cells: Vec::new() })
    }

    fn push<C: Cell>(&mut self, id: u64, cell: &C) -> rusqlite::Result<()> {
        if self.cells.is_empty() {
            (self.first, self.last) = (id, id);
        }
        write_varint(&mut self.cells, u128::from(id - self.last));
        self.last = id;
        cell.write(&mut self.cells);
        if self.cells.len() >= PART_BYTES_MAX { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> rusqlite::Result<()> {
        if self.cells.is_empty() {
            return Ok(());
        }
        let check = table::hash_bytes(&self.cells).to_le_bytes();
        self.cells.extend_from_slice(&check);
        let insert = "INSERT INTO parts (run, first, cells) VALUES (?1, ?2, ?3)";
        let part = params![self.run, stored(self.first), self.cells];
        self.connection.prepare_cached(insert)?.execute(part)?;
        self.cells.clear();
        Ok(())
    }
}

/// Adds cells, sorted by place and once each, as runs: one for each bucket. Merges the runs of a
/// bucket where they have become many.
pub(super) fn add<C: Cell>(
    connection: &Connection,
    interval: Interval,
    cells: &[(Place, C)],
) -> rusqlite::Result<()> {
    for of_bucket in cells.chunk_by(|one, other| one.0.bucket == other.0.bucket) {
        let Some((Place { bucket, .. }, _)) = of_bucket.first() else { continue };
        let mut writer = RunWriter::begin::<C>(connection, (interval, *bucket), 0)?;
        for (place, cell) in of_bucket {
            writer.push(place.id, cell)?;
        }
        writer.flush()?;
        merge::<C>(connection, (interval, *bucket))?;
    }
    Ok(())
}

/// Merges the runs of a bucket, the least level first, while there are too many of one.
fn merge<C: Cell>(
    connection: &Connection,
    (interval, bucket): (Interval, i64),
) -> rusqlite::Result<()> {
    for level in 0.. {
        let select = "SELECT run FROM runs WHERE interval = ?1 AND kind = ?2 AND bucket = ?3
            AND level = ?4 ORDER BY run";
        let mut select = connection.prepare_cached(select)?;
        let key = [interval.number(), C::KIND, bucket, level];
        let runs = select.query_map(key, |row| row.get(0))?;
        let runs: Vec<i64> = runs.collect::<Result<_, _>>()?;
        if runs.len() < MERGED_RUNS {
            return Ok(());
        }
        let mut cursors = Vec::with_capacity(runs.len());
        for run in &runs {
            cursors.push(Cursor::<C>::open(connection, *run)?);
        }
        let mut writer = RunWriter::begin::<C>(connection, (interval, bucket), level + 1)?;
        while let Some(id) = cursors.iter().filter_map(Cursor::id).min() {
            let mut sum = C::default();
            for cursor in cursors.iter_mut().filter(|cursor| cursor.id() == Some(id)) {
                cursor.take(&mut sum)?;
            }
            writer.push(id, &sum)?;
        }
        writer.flush()?;
        for run in runs {
            forget(connection, (interval.number(), C::KIND, bucket), run)?;
        }
    }
    Ok(())
}

fn forget(connection: &Connection, key: (i64, i64, i64), run: i64) -> rusqlite::Result<()> {
    let delete = "DELETE FROM runs WHERE interval = ?1 AND kind = ?2 AND bucket = ?3 AND run = ?4";
    connection.prepare_cached(delete)?.execute([key.0, key.1, key.2, run])?;
    connection.prepare_cached("DELETE FROM parts WHERE run = ?1")?.execute([run])?;
    Ok(())
}

/// Goes through a run, holding one part of it.
struct Cursor<'a, C> {
    connection: &'a Connection,
    run: i64,
    part: std::vec::IntoIter<(u64, C)>,
    head: Option<(u64, C)>,
    /// The first number of the part that is held.
    at: i64,
}

impl<'a, C: Cell> Cursor<'a, C> {
    fn open(connection: &'a Connection, run: i64) -> rusqlite::Result<Self> {
        let part = Vec::new().into_iter();
        let mut cursor = Self { connection, run, part, head: None, at: i64::MIN };
        cursor.advance()?;
        Ok(cursor)
    }

    fn id(&self) -> Option<u64> {
        self.head.as_ref().map(|(id, _)| *id)
    }

    /// Adds the cell it is at to a sum, and goes on.
    fn take(&mut self, sum: &mut C) -> rusqlite::Result<()> {
        if let Some((_, cell)) = &self.head {
            sum.merge(cell);
        }
        self.advance()
    }

    fn advance(&mut self) -> rusqlite::Result<()> {
        self.head = self.part.next();
        if self.head.is_some() {
            return Ok(());
        }
        let select = "SELECT first, cells FROM parts WHERE run = ?1 AND first > ?2
            ORDER BY first LIMIT 1";
        let mut select = self.connection.prepare_cached(select)?;
        let mut rows = select.query([self.run, self.at])?;
        if let Some(row) = rows.next()? {
            self.at = row.get(0)?;
            self.part = part(self.run, self.at, row.get_ref(1)?.as_blob()?)?.into_iter();
            self.head = self.part.next();
        }
        Ok(())
    }
}

fn part<C: Cell>(run: i64, first: i64, bytes: &[u8]) -> rusqlite::Result<Vec<(u64, C)>> {
    let first = u64::try_from(first).map_err(|_| damaged(run))?;
    cells(first, bytes).ok_or_else(|| damaged(run))
}

/// Tells the cells of these buckets with these numbers; a place may come several times. Fails with
/// `TooMuch` after so many cells were looked at.
pub(super) fn read<C: Cell>(
    connection: &Connection,
    (interval, buckets): (Interval, &Range<i64>),
    ids: &Range<u64>,
    room: &mut Room,
    mut tell: impl FnMut(Place, C),
) -> Result<(), ReadRuns> {
    // The part that begins at or before the first wanted number, and those up to the last one.
    let select = "SELECT runs.bucket, runs.run, parts.first, parts.cells
        FROM runs CROSS JOIN parts ON parts.run = runs.run
        WHERE runs.interval = ?1 AND runs.kind = ?2 AND runs.bucket >= ?3 AND runs.bucket < ?4
            AND parts.first >= ifnull((SELECT max(first) FROM parts AS before
                WHERE before.run = runs.run AND before.first <= ?5), ?5)
            AND parts.first < ?6";
    let mut select = connection.prepare_cached(select)?;
    let (from, to) = (stored(ids.start), stored(ids.end));
    let key = params![interval.number(), C::KIND, buckets.start, buckets.end, from, to];
    let mut rows = select.query(key)?;
    while let Some(row) = rows.next()? {
        let bucket = row.get(0)?;
        let bytes = row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from)?;
        let cells = part::<C>(row.get(1)?, row.get(2)?, bytes)?;
        room.take(cells.len())?;
        for (id, cell) in cells.into_iter().filter(|(id, _)| ids.contains(id)) {
            tell(Place { bucket, id }, cell);
        }
    }
    Ok(())
}

/// How many cells one answer may still look at.
pub(super) struct Room(pub(super) usize);

impl Room {
    pub(super) fn take(&mut self, cells: usize) -> Result<(), ReadRuns> {
        self.0 = self.0.checked_sub(cells).ok_or(ReadRuns::TooMuch)?;
        Ok(())
    }
}

/// Why cells could not be read.
#[derive(Debug)]
pub(super) enum ReadRuns {
    Store(rusqlite::Error),
    TooMuch,
}

impl From<rusqlite::Error> for ReadRuns {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error)
    }
}

/// Lets some of the runs of an interval go whose buckets are before this one, the oldest first.
pub(super) fn prune(
    connection: &Connection,
    interval: Interval,
    before: i64,
) -> rusqlite::Result<()> {
    for kind in 0..=2 {
        let select = "SELECT bucket, run FROM runs WHERE interval = ?1 AND kind = ?2
            AND bucket < ?3 ORDER BY bucket, run LIMIT ?4";
        let most = i64::try_from(PRUNED_RUNS_MAX).unwrap_or(i64::MAX);
        let mut select = connection.prepare_cached(select)?;
        let old = select.query_map([interval.number(), kind, before, most], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        for old in old.collect::<Result<Vec<(i64, i64)>, _>>()? {
            forget(connection, (interval.number(), kind, old.0), old.1)?;
        }
    }
    Ok(())
}
