//! Merging segments of a level into one of the next, and deleting what is merged: a step at a time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use roaring::RoaringBitmap;

use super::index::Index;
use super::key::{Family, Key};
use super::posting::{self, Posting};
use super::segment::Segment;
use super::store::{Reading, Store, StoreError, Writing};

/// What is to be done to the sealed segments.
pub(crate) struct Merges {
    next_id: i64,
    /// Segments that nothing new refers to; their rows are deleted once no search has them.
    retired: VecDeque<Arc<Segment>>,
    /// Segments of an earlier process that it left behind.
    rubbish: Vec<i64>,
    /// Whether there may be enough segments of a level.
    is_due: bool,
    merge: Option<Merge>,
}

/// A merge under way: its rows are written, but nobody knows of it yet.
struct Merge {
    into: i64,
    level: u8,
    sources: Vec<Arc<Segment>>,
    /// All keys up to here are written.
    after: i64,
}

impl Merges {
    pub(crate) fn new(segments: &[Arc<Segment>], rubbish: Vec<i64>) -> Self {
        let ids = segments.iter().map(|segment| segment.id);
        let last = ids.chain(rubbish.iter().copied()).max().unwrap_or(0);
        Self { next_id: last + 1, retired: VecDeque::new(), rubbish, is_due: true, merge: None }
    }

    /// The number for a segment that is about to be written.
    pub(crate) fn next_id(&self) -> i64 {
        self.next_id
    }

    /// A segment was written.
    pub(crate) fn sealed(&mut self, segment: &Segment) {
        self.next_id = self.next_id.max(segment.id + 1);
        self.is_due = true;
    }

    /// Does a part of what is to be done, of so many rows; says whether more is.
    pub(crate) fn step(&mut self, index: &Index, rows: usize) -> Result<bool, StoreError> {
        if self.merge.is_none() && self.is_due {
            self.begin(index);
        }
        if let Some(merge) = &mut self.merge {
            if merge.step(index, rows)? {
                return Ok(true);
            }
            let sources = merge.finish(index)?;
            self.merge = None;
            self.is_due = true;
            self.retired.extend(sources);
            return Ok(true);
        }
        self.delete(&index.store, rows)
    }

    /// Begins the next merge, if there are enough segments of a level.
    fn begin(&mut self, index: &Index) {
        let shared = index.shared.read();
        self.is_due = false;
        for level in 0..index.layout.top_level {
            let span = index.layout.span(level + 1);
            let mut groups: BTreeMap<u64, Vec<&Arc<Segment>>> = BTreeMap::new();
            for segment in shared.segments.iter().filter(|segment| segment.level == level) {
                groups.entry(segment.start / span).or_default().push(segment);
            }
            let full = groups.into_values().find(|group| group.len() == index.layout.fan);
            if let Some(full) = full {
                let sources = full.into_iter().cloned().collect();
                let (into, after) = (self.next_id, i64::MIN);
                self.next_id += 1;
                self.merge = Some(Merge { into, level: level + 1, sources, after });
                return;
            }
        }
    }

    fn delete(&mut self, store: &Store, rows: usize) -> Result<bool, StoreError> {
        if let Some(id) = self.rubbish.last() {
            if !store.write(|writing| writing.delete(*id, rows))? {
                self.rubbish.pop();
            }
            return Ok(true);
        }
        let free = self.retired.iter().position(|segment| Arc::strong_count(segment) == 1);
        let Some(segment) = free.and_then(|at| self.retired.remove(at)) else {
            // What a search has is deleted when something is sealed or merged next.
            return Ok(false);
        };
        self.rubbish.push(segment.id);
        Ok(true)
    }
}

impl Merge {
    fn start(&self) -> u64 {
        self.sources.first().map_or(0, |segment| segment.start)
    }

    /// Writes the next rows; `false` when there are none but those of statuses.
    fn step(&mut self, index: &Index, rows: usize) -> Result<bool, StoreError> {
        let each = (rows / self.sources.len().max(1)).max(1);
        let statuses = Key::new(Family::Status, 0);
        let (start, span) = (self.start(), index.layout.span(self.level));
        let mut cutoff = i64::MAX;
        let mut merged: BTreeMap<i64, RoaringBitmap> = BTreeMap::new();
        let mut sources = Vec::with_capacity(self.sources.len());
        for source in &self.sources {
            let rows =
                index.store.read(|reading| reading.rows(source.id, self.after, statuses, each))?;
            if rows.len() == each {
                cutoff = cutoff.min(rows.last().map_or(i64::MAX, |(key, _)| *key));
            }
            sources.push((source.start, rows));
        }
        for (source_start, rows) in sources {
            let shift = u32::try_from(source_start - start).unwrap_or(u32::MAX);
            for (key, bytes) in rows.into_iter().take_while(|(key, _)| *key <= cutoff) {
                posting::append(&bytes, shift, merged.entry(key).or_default())?;
            }
        }
        let Some(last) = merged.keys().next_back().copied() else {
            return Ok(false);
        };
        index.store.write(|writing| {
            for (key, offsets) in merged {
                let key = Key(u64::try_from(key).unwrap_or_default());
                for (part, bytes) in posting::encode(offsets, span, &index.layout) {
                    writing.posting(self.into, key, part, &bytes)?;
                }
            }
            Ok(())
        })?;
        self.after = last;
        Ok(true)
    }

    /// Writes the statuses and puts the segment in the place of its sources, which are returned.
    fn finish(&self, index: &Index) -> Result<Vec<Arc<Segment>>, StoreError> {
        let statuses = index.store.read(|reading| self.statuses(reading))?;
        let segment = Segment {
            id: self.into,
            level: self.level,
            start: self.start(),
            zones: self.sources.iter().flat_map(|source| source.zones.iter().copied()).collect(),
            statuses: statuses.iter().map(|(key, _)| *key).collect(),
        };
        index.store.write(|writing: &Writing<'_>| {
            for (key, things) in statuses {
                writing.posting(self.into, key, 0, &posting::encode_whole(things))?;
            }
            self.sources.iter().try_for_each(|source| writing.forget(source))?;
            writing.segment(&segment)
        })?;
        let mut shared = index.shared.write();
        let end = segment.start + index.layout.span(self.level);
        let (mut kept, replaced): (Vec<_>, Vec<_>) = std::mem::take(&mut shared.segments)
            .into_iter()
            .partition(|one| one.start < segment.start || one.start >= end);
        kept.push(Arc::new(segment));
        kept.sort_by_key(|one| one.start);
        shared.segments = kept;
        Ok(replaced)
    }

    /// The things of each status: of one thing, the last status counts.
    fn statuses(&self, reading: &Reading<'_>) -> Result<Vec<(Key, RoaringBitmap)>, StoreError> {
        let mut merged = Vec::new();
        let keys = self.sources.iter().flat_map(|source| source.statuses.iter());
        let blocks: BTreeSet<u64> =
            keys.filter_map(|key| key.status_parts()).map(|(_, block)| block).collect();
        for block in blocks {
            let mut known = RoaringBitmap::new();
            let mut sets: BTreeMap<Key, RoaringBitmap> = BTreeMap::new();
            for source in self.sources.iter().rev() {
                let mut newer = RoaringBitmap::new();
                for key in &source.statuses {
                    if key.status_parts().is_none_or(|(_, other)| other != block) {
                        continue;
                    }
                    if let Some(Posting::Whole(things)) = reading.posting(source.id, *key, 0)? {
                        newer |= &things;
                        *sets.entry(*key).or_default() |= things - &known;
                    }
                }
                known |= newer;
            }
            merged.extend(sets.into_iter().filter(|(_, things)| !things.is_empty()));
        }
        merged.sort_by_key(|(key, _)| *key);
        Ok(merged)
    }
}
