//! Rows that come and go, by number and in the order of their numbers.

use std::collections::BTreeSet;

use table::{Frozen, Table};

use crate::Part;
use crate::page::ids;

/// Rows by number.
#[derive(Debug)]
pub(crate) struct Ordered<V> {
    rows: Table<u64, V>,
    /// Their numbers: a new one is the greatest, so it goes to the end.
    order: BTreeSet<u64>,
}

impl<V: Clone> Default for Ordered<V> {
    fn default() -> Self {
        Self { rows: Table::new(), order: BTreeSet::new() }
    }
}

impl<V: Clone> Ordered<V> {
    pub(crate) fn restored(rows: Table<u64, V>) -> Self {
        let order = rows.iter().map(|(number, _)| *number).collect();
        Self { rows, order }
    }

    pub(crate) fn freeze(&self) -> Frozen<(u64, V)> {
        self.rows.freeze()
    }

    pub(crate) fn get(&self, number: u64) -> Option<&V> {
        self.rows.get(&number)
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        self.rows.get_mut(&number)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.rows.iter().map(|(number, row)| (*number, row))
    }

    /// A part of them, in the order of their numbers.
    pub(crate) fn part(&self, part: Part) -> impl Iterator<Item = &V> {
        ids(&self.order, part).filter_map(|number| self.rows.get(&number))
    }

    pub(crate) fn insert(&mut self, number: u64, row: V) {
        self.rows.insert(number, row);
        self.order.insert(number);
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<V> {
        self.order.remove(&number);
        self.rows.remove(&number)
    }
}
