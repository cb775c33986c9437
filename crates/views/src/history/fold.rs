//! The one that indexes: the open chunk, sealing it, and merging what is sealed.

use std::error::Error;
use std::sync::Arc;

use domain::{JournalId, ReadError, Recorded, Sequence};

use super::chunk::{Chunk, Entry};
use super::entries::Entries;
use super::index::{Index, Shared};
use super::key::Key;
use super::layout::Layout;
use super::merge::Merges;
use super::offsets::Offsets;
use super::posting;
use super::rules::Rules;
use super::segment::Segment;
use super::store::{About, Found, Store, StoreError};
use crate::follower::Follow;

/// Rows that are merged for each event that is indexed, while something is to be merged: an event has
/// some ten postings, which are merged twice, and most meet others of their key.
const MERGED_ROWS_AN_EVENT: usize = 8;
/// Rows that are merged at a time while nothing else is to be done: a few milliseconds.
const MERGED_ROWS_IDLE: usize = 4_096;

/// Indexes committed events.
pub(crate) struct Indexer {
    index: Arc<Index>,
    journal: JournalId,
    entries: Entries,
    merges: Merges,
    /// Rows that may be merged now.
    credit: usize,
    /// Reused for what is noted of some events, at most as many as are folded at a time.
    noted: Vec<Entry>,
}

impl Indexer {
    /// Takes up what the store has, if it is of this journal's history; else begins anew.
    pub(crate) fn open(
        layout: Layout,
        store: Store,
        journal: JournalId,
        events: Arc<dyn domain::EventReader>,
    ) -> Result<(Self, Arc<Index>), OpenError> {
        let mut found = store.found()?;
        if !is_of(&found.about, journal, &*events)? || !is_whole(&found, &layout) {
            tracing::info!("the index of the past is made anew");
            store.clear(journal)?;
            found = store.found()?;
        }
        let Found { about, segments, rules, rubbish } = found;
        let shared = Shared {
            open: Chunk::of_next(about.position.next(), &layout),
            segments: segments.clone(),
            position: about.position,
            time: about.recorded_at,
            rules: Arc::new(rules.clone()),
        };
        let merges = Merges::new(&segments, rubbish);
        let entries = Entries::new(Arc::clone(&events), rules);
        let shared = parking_lot::RwLock::new(shared);
        let index = Arc::new(Index { layout, store, shared, events });
        Ok((
            Self {
                index: Arc::clone(&index),
                journal,
                entries,
                merges,
                credit: 0,
                noted: Vec::new(),
            },
            index,
        ))
    }

    /// Notes events that lie in the open chunk.
    fn note(&mut self, events: &[Recorded]) -> Result<(), ReadError> {
        let Some(last) = events.last() else {
            return Ok(());
        };
        let changes_rules = events.iter().any(|recorded| Rules::is_changed_by(&recorded.event));
        let before = changes_rules.then(|| self.entries.rules.clone());
        if self.noted.len() < events.len() {
            self.noted.resize_with(events.len(), Entry::default);
        }
        let mut pairs = events.iter().zip(&mut self.noted);
        let noted = pairs.try_for_each(|(recorded, entry)| self.entries.enter(recorded, entry));
        noted.inspect_err(|_| {
            if let Some(before) = before {
                // The same events come again.
                self.entries.rules = before;
            }
        })?;
        let rules = changes_rules.then(|| Arc::new(self.entries.rules.clone()));
        let mut shared = self.index.shared.write();
        for (recorded, entry) in events.iter().zip(&self.noted) {
            shared.open.add(recorded.envelope.sequence, entry);
        }
        shared.position = last.envelope.sequence;
        shared.time = last.envelope.recorded_at;
        if let Some(rules) = rules {
            shared.rules = rules;
        }
        Ok(())
    }

    /// Writes the open chunk as a segment, if it is full, and opens the next.
    fn seal_if_full(&mut self) -> Result<(), StoreError> {
        let id = self.merges.next_id();
        let sealed = {
            // Only this thread changes it: readers go on meanwhile.
            let shared = self.index.shared.read();
            if !shared.open.is_full() {
                return Ok(());
            }
            let about = About {
                journal: self.journal,
                position: shared.position,
                recorded_at: shared.time,
            };
            let rules = self.entries.rules_changed.then_some(&self.entries.rules);
            let segment = seal(&self.index.store, id, &shared.open, &about, rules)?;
            Arc::new(segment)
        };
        self.entries.rules_changed = false;
        let mut shared = self.index.shared.write();
        shared.segments.push(Arc::clone(&sealed));
        shared.open = Chunk::of_next(shared.position.next(), &self.index.layout);
        drop(shared);
        self.merges.sealed(&sealed);
        Ok(())
    }
}

impl Follow for Indexer {
    fn position(&self) -> Sequence {
        self.index.shared.read().position
    }

    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut left = events;
        while let Some(first) = left.first() {
            self.seal_if_full()?;
            let room = self.index.shared.read().open.room(first.envelope.sequence);
            let (some, rest) = left.split_at(room.min(left.len()));
            self.note(some)?;
            left = rest;
        }
        self.credit += events.len() * MERGED_ROWS_AN_EVENT;
        if self.credit >= MERGED_ROWS_IDLE {
            self.merges.step(&self.index, self.credit)?;
            self.credit = 0;
        }
        Ok(())
    }

    fn idle(&mut self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        self.seal_if_full()?;
        Ok(self.merges.step(&self.index, MERGED_ROWS_IDLE)?)
    }
}

/// Whether the store is of this journal, and what it ends with is there.
fn is_of(
    about: &About,
    journal: JournalId,
    events: &dyn domain::EventReader,
) -> Result<bool, ReadError> {
    if about.journal != journal {
        return Ok(false);
    }
    if about.position == Sequence::ZERO {
        return Ok(true);
    }
    if about.position > events.last() {
        return Ok(false);
    }
    let last = events.event(about.position)?;
    Ok(last.is_some_and(|last| last.envelope.recorded_at == about.recorded_at))
}

/// Whether the segments follow one another up to the position.
fn is_whole(found: &Found, layout: &Layout) -> bool {
    let mut next = 0;
    for segment in &found.segments {
        if segment.start != next || segment.level > layout.top_level {
            return false;
        }
        next += layout.span(segment.level);
    }
    next == if next == 0 { found.about.position.0 } else { found.about.position.0 + 1 }
}

fn seal(
    store: &Store,
    id: i64,
    chunk: &Chunk,
    about: &About,
    rules: Option<&Rules>,
) -> Result<Segment, StoreError> {
    let mut keys: Vec<&Key> = chunk.postings.keys().collect();
    keys.sort_unstable();
    let statuses = chunk.statuses.iter().filter(|(_, things)| !things.is_empty());
    let segment = Segment {
        id,
        level: 0,
        start: chunk.start,
        zones: chunk.zones.clone().into(),
        statuses: statuses.clone().map(|(key, _)| *key).collect(),
    };
    store.write(|writing| {
        for key in keys {
            let offsets = chunk.postings.get(key).map(Offsets::encode).unwrap_or_default();
            writing.posting(id, *key, 0, &offsets)?;
        }
        for (key, things) in statuses {
            writing.posting(id, *key, 0, &posting::encode_whole(things.clone()))?;
        }
        if let Some(rules) = rules {
            writing.rules(rules)?;
        }
        writing.segment(&segment)?;
        writing.about(about)
    })?;
    Ok(segment)
}

/// The index could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Read(#[from] ReadError),
}
