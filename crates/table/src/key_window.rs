//! The most recent idempotency keys, a fixed number of them.
//!
//! It is for telling a command that was accepted before from a new one. It must not forget a key
//! early or keep one late, for which keys are remembered is part of the ledger's state: eviction is
//! by count, in the order of the pushes, and never by time or by chance.

use crate::key::{fold_halves, mix};
use crate::{Frozen, Index, Paged};

/// What is remembered of an accepted command that had a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyEntry {
    /// The hash of the principal and the key.
    pub hash: u128,
    /// The hash of the command, to tell a retry from another use of the key.
    pub fingerprint: u64,
    /// The sequence of the first event of the answer.
    pub sequence: u64,
}

/// A first-in-first-out window over key entries, found by hash.
///
/// Its memory is allocated as it fills. After that no entry moves: a push takes the place of
/// the oldest.
#[derive(Debug, Clone)]
pub struct KeyWindow {
    /// A ring, once it is full.
    entries: Paged<KeyEntry>,
    /// The newest entry of each hash.
    index: Index,
    capacity: u32,
    /// Where the oldest entry is, which the next one replaces; 0 until the window is full.
    oldest: u32,
}

impl KeyWindow {
    /// An empty window that remembers the last `capacity` entries; one of 0 remembers none.
    pub fn new(capacity: u32) -> Self {
        Self { entries: Paged::new(), index: Index::new(), capacity, oldest: 0 }
    }

    /// An empty window that is about to get so many entries: its index need not grow on the way.
    pub(crate) fn expecting(capacity: u32, entries: u32) -> Self {
        let index = Index::with_capacity(entries.min(capacity) as usize);
        Self { index, ..Self::new(capacity) }
    }

    /// How many entries it remembers at most.
    #[inline]
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// How many entries it remembers now, those with an equal hash counted each.
    #[inline]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it remembers none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The newest entry with this hash.
    #[inline]
    pub fn get(&self, hash: u128) -> Option<KeyEntry> {
        self.position(hash).map(|position| self.entry(position))
    }

    /// Reads where the index would have this hash: see [`Index::touch`].
    #[inline]
    pub fn touch(&self, hash: u128) -> u64 {
        self.index.touch(tag(hash))
    }

    /// The same for the entry that is forgotten when so many more have been pushed, if there is one.
    #[inline]
    pub fn touch_forgotten(&self, ahead: usize) -> u64 {
        if self.entries.len() < self.capacity as usize {
            return 0;
        }
        let position = (self.oldest as usize + ahead) % self.entries.len().max(1);
        self.entries.get(position).map_or(0, |entry| self.index.touch(tag(entry.hash)))
    }

    /// Remembers an entry, and forgets the oldest one if the window is full.
    ///
    /// A caller looks first and pushes only hashes that are not there. Should one be there all the
    /// same, the newer entry hides the older, which keeps its place in the window until its turn to
    /// be forgotten; that does not take the newer one along.
    #[inline]
    pub fn push(&mut self, entry: KeyEntry) {
        if self.capacity == 0 {
            return;
        }
        let position = if self.entries.len() < self.capacity as usize {
            self.entries.push(entry);
            u32::try_from(self.entries.len() - 1).expect("below the capacity, a u32")
        } else {
            self.replace_oldest(entry)
        };
        if let Some(hidden) = self.position(entry.hash) {
            self.index.relocate(tag(entry.hash), hidden, position);
        } else {
            self.index.insert(tag(entry.hash), position);
        }
    }

    /// All entries, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &KeyEntry> + Clone {
        let oldest = self.oldest as usize;
        self.entries.iter_from(oldest).chain(self.entries.iter().take(oldest))
    }

    /// The window as it is now, for another thread to read. Costs a pointer per page.
    pub fn freeze(&self) -> FrozenKeyWindow {
        FrozenKeyWindow {
            entries: self.entries.freeze(),
            capacity: self.capacity,
            oldest: self.oldest,
        }
    }

    /// Puts an entry where the oldest is, and returns that place.
    #[inline]
    fn replace_oldest(&mut self, entry: KeyEntry) -> u32 {
        let position = self.oldest;
        let place = self.entries.get_mut(position as usize).expect("a full ring has its oldest");
        let forgotten = std::mem::replace(place, entry);
        // Finds nothing if a newer entry had the same hash: the index led to that one.
        self.index.remove(tag(forgotten.hash), position);
        self.oldest = if position + 1 == self.capacity { 0 } else { position + 1 };
        position
    }

    #[inline]
    fn position(&self, hash: u128) -> Option<u32> {
        self.index.find(tag(hash), |position| self.has(position, hash))
    }

    #[inline]
    fn has(&self, position: u32, hash: u128) -> bool {
        self.entry(position).hash == hash
    }

    #[inline]
    fn entry(&self, position: u32) -> KeyEntry {
        *self.entries.get(position as usize).expect("the index leads to entries of the ring")
    }
}

/// What a [`KeyWindow`] remembered when it was frozen.
#[derive(Debug, Clone)]
pub struct FrozenKeyWindow {
    entries: Frozen<KeyEntry>,
    capacity: u32,
    oldest: u32,
}

impl FrozenKeyWindow {
    /// How many entries the window remembers at most.
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All entries, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &KeyEntry> + Clone {
        let oldest = self.oldest as usize;
        self.entries.iter_from(oldest).chain(self.entries.iter().take(oldest))
    }
}

/// The hash for the index: both halves count, whatever made the 128 bits.
#[inline]
fn tag(hash: u128) -> u64 {
    mix(fold_halves(hash))
}
