//! What every answer of a read model says of itself.

use domain::{Sequence, Timestamp};

/// How far a read has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AsOf {
    /// The last event it has seen; zero before the first.
    pub sequence: Sequence,
    /// When that was recorded, in network time.
    pub time: Timestamp,
}

/// In which order of the sequence a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// The latest first.
    #[default]
    Newest,
    /// The first first.
    Oldest,
}

/// A part of a list, newest first.
///
/// A page may be shorter than asked for, and even empty, with more to come: the work of one page is
/// bounded. Only `next` says whether the list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What was found.
    pub items: Vec<T>,
    /// Where the next page begins: pass it as `before`. `None` at the end of the list.
    pub next: Option<Sequence>,
    /// Everything up to here was seen; items may show a little more.
    pub as_of: AsOf,
}
