//! Rows by key, dense in memory.
//!
//! It is for the current state of things: stock levels, accounts, shipments. It must not depend on
//! its hashes in anything that can be seen: order is that of insertion, changed by removals alone.

use crate::{Frozen, Index, Key, Paged};

/// Where a row of a [`Table`] is. It is valid for that table until the next
/// [`remove`](Table::remove), which may put another row there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot(u32);

impl Slot {
    /// The row's place in the dense order, from 0. Where nothing is ever removed it makes a small
    /// integer for the key; see [`Table::slot`] for the way back.
    #[inline]
    pub fn position(self) -> u32 {
        self.0
    }
}

/// Rows found by key and kept in dense order.
///
/// The order is a pure function of the sequence of operations: a new row goes to the end, and
/// removing a row moves the last one into its place. Restoring rows in that order from a snapshot
/// restores it, so what happens after is the same with a snapshot or without.
///
/// Cloning one copies its index; to read it from another thread, [`freeze`](Self::freeze) it.
#[derive(Debug, Clone)]
pub struct Table<K, V> {
    rows: Paged<(K, V)>,
    index: Index,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { rows: Paged::new(), index: Index::new() }
    }
}

impl<K, V> Table<K, V> {
    /// An empty table, which allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty table whose index does not grow before it has more than `rows`.
    pub fn with_capacity(rows: usize) -> Self {
        Self { rows: Paged::with_capacity(rows), index: Index::with_capacity(rows) }
    }

    /// How many rows there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// All rows in dense order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.rows.iter().map(|(key, value)| (key, value))
    }

    /// The slot at a place in the dense order, if there are that many rows.
    #[inline]
    pub fn slot(&self, position: u32) -> Option<Slot> {
        ((position as usize) < self.rows.len()).then_some(Slot(position))
    }

    /// The value in a slot.
    #[inline]
    pub fn at(&self, slot: Slot) -> &V {
        &self.row(slot).1
    }

    /// The key in a slot.
    #[inline]
    pub fn key_at(&self, slot: Slot) -> &K {
        &self.row(slot).0
    }

    /// Reads where the index would have this hash: see [`Index::touch`].
    #[inline]
    pub fn touch(&self, hash: u64) -> u64 {
        self.index.touch(hash)
    }

    /// The slot of the row whose key `matches`, given the key's hash: to look for a borrowed form of
    /// a key without making one.
    #[inline]
    pub fn find_with(&self, hash: u64, mut matches: impl FnMut(&K) -> bool) -> Option<Slot> {
        self.index.find(hash, |position| matches(self.key_at(Slot(position)))).map(Slot)
    }

    #[inline]
    fn row(&self, slot: Slot) -> &(K, V) {
        self.rows.get(slot.0 as usize).expect("a slot of this table, found since the last removal")
    }
}

impl<K: Key, V: Clone> Table<K, V> {
    /// The rows as they are now, in dense order, for another thread to read. Costs a pointer per
    /// page.
    pub fn freeze(&self) -> Frozen<(K, V)> {
        self.rows.freeze()
    }

    /// The slot of a key's row.
    #[inline]
    pub fn find(&self, key: &K) -> Option<Slot> {
        self.find_hashed(key.hash(), key)
    }

    /// The value under a key.
    #[inline]
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).map(|slot| self.at(slot))
    }

    /// The value under a key, to change.
    #[inline]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).map(|slot| self.at_mut(slot))
    }

    /// Reads what changing this row will need beside the row: see [`Index::touch`].
    #[inline]
    pub fn touch_page(&self, slot: Slot) -> usize {
        self.rows.touch_page(slot.0 as usize)
    }

    /// The value in a slot, to change.
    #[inline]
    pub fn at_mut(&mut self, slot: Slot) -> &mut V {
        let row = self.rows.get_mut(slot.0 as usize);
        &mut row.expect("a slot of this table, found since the last removal").1
    }

    /// Puts a value under a key and returns the one that was there. A key that is there keeps its
    /// place in the order.
    #[inline]
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let hash = key.hash();
        if let Some(slot) = self.find_hashed(hash, &key) {
            return Some(std::mem::replace(self.at_mut(slot), value));
        }
        self.append(hash, key, value);
        None
    }

    /// The value under a key, which is made first if there is none.
    #[inline]
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let hash = key.hash();
        let slot = match self.find_hashed(hash, &key) {
            Some(slot) => slot,
            None => self.append(hash, key, make()),
        };
        self.at_mut(slot)
    }

    /// Takes a row away and puts the last one in its place. Slots found before are void.
    #[inline]
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let hash = key.hash();
        let slot = self.find_hashed(hash, key)?;
        self.index.remove(hash, slot.0);
        let last = position(self.rows.len() - 1);
        if slot.0 != last {
            self.index.relocate(self.key_at(Slot(last)).hash(), last, slot.0);
        }
        self.rows.swap_remove(slot.0 as usize).map(|(_, value)| value)
    }

    #[inline]
    fn find_hashed(&self, hash: u64, key: &K) -> Option<Slot> {
        self.find_with(hash, |found| found == key)
    }

    /// Adds a row whose key is not there.
    #[inline]
    fn append(&mut self, hash: u64, key: K, value: V) -> Slot {
        let slot = Slot(position(self.rows.len()));
        self.index.insert(hash, slot.0);
        self.rows.push((key, value));
        slot
    }
}

#[inline]
fn position(index: usize) -> u32 {
    u32::try_from(index).expect("a table holds fewer than 2^32 - 1 rows")
}
