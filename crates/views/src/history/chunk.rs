//! Events that are indexed in memory: the open chunk, and what is committed behind it.

use std::collections::BTreeMap;

use domain::{Sequence, Timestamp};
use roaring::RoaringBitmap;

use super::key::Key;
use super::layout::Layout;
use super::offsets::Offsets;
use super::search::{Clause, Search};
use crate::mixer::MixedMap;

/// Bits of an identifier within its block, for the sets of things of a status.
pub(crate) const BLOCK_BITS: u32 = 16;

/// The least and the greatest time at which some neighbouring events happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) least: Timestamp,
    pub(crate) greatest: Timestamp,
}

impl Zone {
    /// Whether an event of it may have happened in this time.
    pub(crate) fn meets(self, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
        from.is_none_or(|from| self.greatest >= from) && to.is_none_or(|to| self.least < to)
    }

    /// Whether all events of it did.
    pub(crate) fn is_within(self, from: Option<Timestamp>, to: Option<Timestamp>) -> bool {
        from.is_none_or(|from| self.least >= from) && to.is_none_or(|to| self.greatest < to)
    }
}

/// What is noted of one event.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// What it is found by, once each.
    pub(crate) keys: Vec<Key>,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// What came to which status.
    pub(crate) status: Option<(Sequence, u8)>,
}

/// The block of an identifier, and its place in there.
pub(crate) fn block_of(id: Sequence) -> (u64, u32) {
    let place = id.0 & ((1 << BLOCK_BITS) - 1);
    (id.0 >> BLOCK_BITS, u32::try_from(place).unwrap_or_default())
}

/// Neighbouring events, at most 65,536.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The sequence whose offset is 0; that of no event, if it is zero.
    pub(crate) start: u64,
    /// Offsets that there may be.
    pub(crate) span: u64,
    /// The offset behind the last event.
    pub(crate) end: u32,
    pub(crate) postings: MixedMap<Key, Offsets>,
    /// Identifiers within their block; each is in one set of its block at most.
    pub(crate) statuses: BTreeMap<Key, RoaringBitmap>,
    pub(crate) zones: Vec<Zone>,
    zone_events: u32,
}

impl Chunk {
    pub(crate) fn new(start: u64, layout: &Layout) -> Self {
        Self {
            start,
            span: layout.chunk_events,
            zone_events: layout.zone_events,
            end: 0,
            postings: MixedMap::default(),
            statuses: BTreeMap::new(),
            zones: Vec::new(),
        }
    }

    /// The chunk, in the grid of chunks of this span, whose next event this is.
    pub(crate) fn of_next(next: Sequence, layout: &Layout) -> Self {
        Self::new(next.0 - next.0 % layout.chunk_events, layout)
    }

    pub(crate) fn is_full(&self) -> bool {
        u64::from(self.end) >= self.span
    }

    /// How many events more it takes, if the next is this one.
    pub(crate) fn room(&self, next: Sequence) -> usize {
        let room = (self.start + self.span).saturating_sub(next.0);
        usize::try_from(room).unwrap_or(usize::MAX)
    }

    /// Notes the event behind the last.
    pub(crate) fn add(&mut self, sequence: Sequence, entry: &Entry) {
        let offset = u16::try_from(sequence.0 - self.start).unwrap_or(u16::MAX);
        for key in &entry.keys {
            self.postings.entry(*key).or_default().push(offset);
        }
        if let Some((id, code)) = entry.status {
            self.note_status(id, code);
        }
        let zone = (u32::from(offset) / self.zone_events) as usize;
        while self.zones.len() <= zone {
            // A zone before the first event has none: it meets nothing.
            self.zones.push(Zone { least: Timestamp::MAX, greatest: Timestamp::MIN });
        }
        if let Some(zone) = self.zones.get_mut(zone) {
            (zone.least, zone.greatest) = (zone.least.min(entry.at), zone.greatest.max(entry.at));
        }
        self.end = u32::from(offset) + 1;
    }

    fn note_status(&mut self, id: Sequence, code: u8) {
        let (block, place) = block_of(id);
        for (key, things) in &mut self.statuses {
            if key.status_parts().is_some_and(|(_, other)| other == block) {
                things.remove(place);
            }
        }
        self.statuses.entry(Key::status(code, block)).or_default().insert(place);
    }

    /// The offsets of the events that pass, but for what statuses say.
    pub(crate) fn matches(&self, search: &Search) -> RoaringBitmap {
        let mut clauses: Vec<(usize, &Clause)> =
            search.all.iter().map(|clause| (self.len_of(clause), clause)).collect();
        clauses.sort_by_key(|(len, _)| *len);
        let mut clauses = clauses.into_iter();
        let mut found = RoaringBitmap::new();
        match clauses.next() {
            Some((_, first)) => found = self.union(first),
            None => _ = found.insert_range(0..self.end),
        }
        for (len, clause) in clauses {
            if found.is_empty() {
                return found;
            }
            if len as u64 > 8 * found.len() {
                found = found.iter().filter(|offset| self.contains(clause, *offset)).collect();
            } else {
                found &= self.union(clause);
            }
        }
        for key in &search.none {
            found -= self.posting(*key);
        }
        if search.from.is_some() || search.to.is_some() {
            found &= zone_offsets(&self.zones, self.zone_events, search.from, search.to);
        }
        found
    }

    fn len_of(&self, clause: &Clause) -> usize {
        let len = |key| self.postings.get(key).map_or(0, Offsets::len);
        clause.keys.iter().map(len).sum::<usize>() + clause.sequences.len()
    }

    fn union(&self, clause: &Clause) -> RoaringBitmap {
        let mut found = clause.sequences_in(self.start, self.end);
        for key in &clause.keys {
            found |= self.posting(*key);
        }
        found
    }

    fn contains(&self, clause: &Clause, offset: u32) -> bool {
        let short = u16::try_from(offset).unwrap_or(u16::MAX);
        let has = |key| self.postings.get(key).is_some_and(|all| all.contains(short));
        clause.keys.iter().any(has) || clause.sequences.contains(&(self.start + u64::from(offset)))
    }

    /// Where a key occurs.
    pub(crate) fn posting(&self, key: Key) -> RoaringBitmap {
        self.postings.get(&key).map(Offsets::bitmap).unwrap_or_default()
    }
}

/// The offsets of zones that may have events of this time.
pub(crate) fn zone_offsets(
    zones: &[Zone],
    zone_events: u32,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
) -> RoaringBitmap {
    let mut found = RoaringBitmap::new();
    for (first, zone) in (0_u32..).step_by(zone_events as usize).zip(zones) {
        if zone.meets(from, to) {
            found.insert_range(first..first + zone_events);
        }
    }
    found
}
