//! What every answer of a read model says of itself.

use std::collections::BTreeSet;
use std::ops::Bound;

use domain::{Sequence, Timestamp};

use crate::{Order, Part};

/// How far a read has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AsOf {
    /// The last event it has seen; zero before the first.
    pub sequence: Sequence,
    /// When that was recorded, in network time.
    pub time: Timestamp,
}

/// A part of a list, in the order that was asked for.
///
/// A page may be shorter than asked for, and even empty, with more to come: the work of one page is
/// bounded. Only `next` says whether the list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page begins: pass it as the cursor. `None` at the end of the list.
    pub next: Option<Sequence>,
    /// Everything up to here was seen; items may show a little more.
    pub as_of: AsOf,
}

/// The identifiers of a part of a list, in its order.
pub(crate) fn ids(all: &BTreeSet<u64>, part: Part) -> Box<dyn Iterator<Item = u64> + '_> {
    let cursor = part.cursor.map(|cursor| cursor.0);
    match part.order {
        Order::Newest => {
            let before = cursor.map_or(Bound::Unbounded, Bound::Excluded);
            Box::new(all.range((Bound::Unbounded, before)).rev().copied())
        }
        Order::Oldest => {
            let after = cursor.map_or(Bound::Unbounded, Bound::Excluded);
            Box::new(all.range((after, Bound::Unbounded)).copied())
        }
    }
}
