//! An index from hashes to positions.
//!
//! It is for finding a row in a dense vector by its key. It must never stall its owner: it consists
//! of small segments and grows by splitting one of them at a time (linear hashing, Litwin 1980),
//! which takes as long with millions of entries as with thousands. Doubling one vector of slots
//! would stall the longer the larger it is.
//!
//! The low bits of a hash's tag, its top 32 bits, select the segment; the top bits of the tag are
//! for the place in it.

use crate::segment::{Segment, TAG, slot_of};

/// How many entries there are for each segment, on average, before one more is split off: 32 KiB of
/// slots, which a split rewrites into as much again. One not split yet has up to twice as many.
const SEGMENT_ENTRIES: usize = 3584;

/// Positions by hash. Several entries may have the same hash, if their positions differ.
#[derive(Debug, Clone, Default)]
pub struct Index {
    /// None before the first insertion. A segment is split off from the one whose number is the same
    /// without its highest bit: 1 from 0, 2 from 0, 3 from 1, 4 from 0, and so on.
    segments: Vec<Segment>,
    len: usize,
}

impl Index {
    /// An empty index, which allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty index which splits no segment before it holds more than `entries`. Segments allocate
    /// as they fill.
    pub fn with_capacity(entries: usize) -> Self {
        let segments = match entries.div_ceil(SEGMENT_ENTRIES) {
            0 => Vec::new(),
            1 => vec![Segment::with_capacity(entries)],
            count => vec![Segment::default(); count],
        };
        Self { segments, len: 0 }
    }

    /// How many entries there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The first position under `hash` that `matches`. It is asked for the positions whose hash has
    /// the same top 32 bits, which is nearly always the wanted one alone.
    #[inline]
    pub fn find(&self, hash: u64, matches: impl FnMut(u32) -> bool) -> Option<u32> {
        self.segments.get(self.segment_of(hash))?.find(hash, matches)
    }

    /// Reads where an entry with this hash would be, and decides nothing by it: done for many hashes
    /// that are about to be looked up, the memory of all of them comes at the same time. The result
    /// means nothing; it is there so that the compiler keeps the read.
    #[inline]
    pub fn touch(&self, hash: u64) -> u64 {
        self.segments.get(self.segment_of(hash)).map_or(0, |segment| segment.touch(hash))
    }

    /// Adds an entry, which must not be there yet: an entry is a hash and a position, and it is for
    /// the caller to look first.
    #[inline]
    pub fn insert(&mut self, hash: u64, position: u32) {
        if self.len >= self.segments.len() * SEGMENT_ENTRIES {
            self.split();
        }
        let segment = self.segment_of(hash);
        self.segments[segment].place(slot_of(hash, position));
        self.len += 1;
    }

    /// Takes away the entry with this hash *and* this position; `false` if there is none.
    #[inline]
    pub fn remove(&mut self, hash: u64, position: u32) -> bool {
        let segment = self.segment_of(hash);
        let removed = self.segments.get_mut(segment).is_some_and(|it| it.remove(hash, position));
        self.len -= usize::from(removed);
        removed
    }

    /// Notes that what was at `from` is at `to` now; `false` if there is no such entry.
    #[inline]
    pub fn relocate(&mut self, hash: u64, from: u32, to: u32) -> bool {
        let segment = self.segment_of(hash);
        self.segments.get_mut(segment).is_some_and(|it| it.relocate(hash, from, to))
    }

    /// The segment of a hash, or of a slot, which has the same tag. Low bits of the tag number it, as
    /// many as the last segment's number has; where that number is not in use yet, its highest bit
    /// is left out, which is the segment that it will be split off from.
    #[inline]
    fn segment_of(&self, hash: u64) -> usize {
        let numbers = self.segments.len().next_power_of_two();
        let number = ((hash & TAG) >> 32) as usize & (numbers - 1);
        if number < self.segments.len() { number } else { number - numbers / 2 }
    }

    /// Adds a segment, with what belongs there of the one it is split off from.
    #[cold]
    fn split(&mut self) {
        let added = self.segments.len();
        self.segments.push(Segment::default());
        if added == 0 {
            return;
        }
        let from = added - self.segments.len().next_power_of_two() / 2;
        let halved = || Segment::with_capacity(SEGMENT_ENTRIES);
        self.segments[added] = halved();
        let old = std::mem::replace(&mut self.segments[from], halved());
        for slot in old.slots() {
            let segment = self.segment_of(slot);
            self.segments[segment].place(slot);
        }
    }
}
