//! One segment of an [`Index`](crate::Index): open addressing over one vector of slots.
//!
//! It must never look at a row by itself: all that growth and deletion need is in the slots, so
//! neither fetches memory at random.
//!
//! ```text
//!   63            32 31             0
//!  +----------------+----------------+
//!  |  tag: the top  | position + 1,  |     one slot; the top bits of the tag
//!  | half of a hash | 0: an empty one|     are the slot it would like: its home
//!  +----------------+----------------+
//! ```
//!
//! Probing is linear and deletion shifts the followers back, so there are no tombstones, and how
//! fast it is depends on what it holds and not on its past. Because the home is the *top* of the
//! tag, slots stand nearly in the order of their homes, and doubling reads the old slots and writes
//! the new ones from one end to the other.

/// The least number of slots; fewer would not save an allocation.
const SLOTS_MIN: usize = 8;

/// The most slots, as a power of two: the home is taken from the 32 bits of the tag.
const SLOTS_LOG2_MAX: u32 = 32;

pub(crate) const TAG: u64 = 0xFFFF_FFFF_0000_0000;

/// Positions by hash. Several entries may have the same hash, if their positions differ.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segment {
    /// A power of two of them, or none before the first insertion. At most 7/8 are in use, so every
    /// probe ends.
    slots: Vec<u64>,
    /// How far to shift a slot, or a hash, to get its home.
    shift: u32,
    len: usize,
}

impl Segment {
    /// An empty segment which does not grow before it holds more than `entries`.
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Self::with_slots(entries.saturating_mul(8).div_ceil(7).next_power_of_two())
    }

    fn with_slots(slots: usize) -> Self {
        let slots = slots.max(SLOTS_MIN);
        let log2 = slots.trailing_zeros();
        assert!(log2 <= SLOTS_LOG2_MAX, "an index of {slots} slots: tags have 32 bits");
        Self { slots: vec![0; slots], shift: u64::BITS - log2, len: 0 }
    }

    /// All slots in use, for another segment to [`place`](Self::place).
    pub(crate) fn slots(&self) -> impl Iterator<Item = u64> {
        self.slots.iter().copied().filter(|&slot| slot != 0)
    }

    /// The first position under `hash` that `matches`. It is asked for the positions whose hash has
    /// the same top 32 bits, which is nearly always the wanted one alone.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut matches: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.len == 0 {
            return None;
        }
        let mut at = self.home(hash);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                return None;
            }
            if (slot ^ hash) & TAG == 0 && matches(position_in(slot)) {
                return Some(position_in(slot));
            }
            at = self.after(at);
        }
    }

    /// Reads the home of a hash and decides nothing by it, so that the memory comes while other
    /// work is done.
    #[inline]
    pub(crate) fn touch(&self, hash: u64) -> u64 {
        if self.slots.is_empty() {
            return 0;
        }
        self.slots[self.home(hash)]
    }

    /// Adds a slot, which must not be there yet, in the first free place from its home on.
    #[inline]
    pub(crate) fn place(&mut self, slot: u64) {
        if self.len >= self.slots.len() / 8 * 7 {
            self.grow();
        }
        let mut at = self.home(slot);
        while self.slots[at] != 0 {
            at = self.after(at);
        }
        self.slots[at] = slot;
        self.len += 1;
    }

    /// Takes away the entry with this hash *and* this position; `false` if there is none.
    #[inline]
    pub(crate) fn remove(&mut self, hash: u64, position: u32) -> bool {
        let Some(mut hole) = self.slot_at(hash, position) else {
            return false;
        };
        let mut at = self.after(hole);
        loop {
            let slot = self.slots[at];
            if slot == 0 {
                break;
            }
            // A follower fills the hole unless its home lies behind the hole.
            if self.distance(self.home(slot), at) >= self.distance(hole, at) {
                self.slots[hole] = slot;
                hole = at;
            }
            at = self.after(at);
        }
        self.slots[hole] = 0;
        self.len -= 1;
        true
    }

    /// Notes that what was at `from` is at `to` now; `false` if there is no such entry.
    #[inline]
    pub(crate) fn relocate(&mut self, hash: u64, from: u32, to: u32) -> bool {
        let Some(at) = self.slot_at(hash, from) else {
            return false;
        };
        self.slots[at] = slot_of(hash, to);
        true
    }

    /// Where the entry with this hash and position is.
    #[inline]
    fn slot_at(&self, hash: u64, position: u32) -> Option<usize> {
        if self.len == 0 {
            return None;
        }
        let wanted = slot_of(hash, position);
        let mut at = self.home(hash);
        while self.slots[at] != wanted {
            if self.slots[at] == 0 {
                return None;
            }
            at = self.after(at);
        }
        Some(at)
    }

    #[cold]
    fn grow(&mut self) {
        let mut grown = Self::with_slots(self.slots.len() * 2);
        self.slots().for_each(|slot| grown.place(slot));
        *self = grown;
    }

    /// The home of a slot; that of a hash is the same, because a slot begins with the tag.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "less than the number of slots, a usize")]
    fn home(&self, slot: u64) -> usize {
        (slot >> self.shift) as usize
    }

    #[inline]
    fn after(&self, at: usize) -> usize {
        (at + 1) & (self.slots.len() - 1)
    }

    /// How many steps of a probe lead from one slot to another.
    #[inline]
    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & (self.slots.len() - 1)
    }
}

/// The slot of an entry.
#[inline]
pub(crate) fn slot_of(hash: u64, position: u32) -> u64 {
    assert!(position < u32::MAX, "a table holds fewer than 2^32 - 1 rows");
    hash & TAG | u64::from(position + 1)
}

/// The position in a slot that is not empty.
#[inline]
fn position_in(slot: u64) -> u32 {
    ((slot & !TAG) as u32).wrapping_sub(1)
}
