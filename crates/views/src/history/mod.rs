//! The past: trades, shipments, events and alerts of any age, found by what they are about.
//!
//! An index of the committed events, made on a thread of its own. For each chunk of the sequence it
//! has a bitmap for each value of each key ([`key`]); a search intersects those and reads what it
//! found from the journal, so that its cost follows what is found, and not what there is. Chunks are
//! sealed into `history.db` ([`file`]) and merged there into larger ones. Bitmaps hold what never
//! changes; what does (a status) is a set of things for each status and chunk, of which the newest
//! counts.
//!
//! It holds nothing that the journal does not, decides nothing, and never makes a commit wait.

mod alerts;
mod cargo;
mod chunk;
mod entries;
mod events;
mod file;
mod fold;
mod index;
mod key;
mod layout;
mod merge;
mod offsets;
mod posting;
mod rules;
mod search;
mod segment;
mod status;
mod store;
mod trades;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use domain::{Batch, CommitObserver, JournalId, ReadError, Recorded, Sequence};
use thiserror::Error;

use crate::follower::{Follower, Progress};
use crate::store::remove;
use crate::{AsOf, Views};
use fold::{Indexer, OpenError};
use index::{Behind, Index};
use layout::Layout;
use search::{Finder, Search};
use store::{Store, StoreError};

pub use events::EventFilter;
pub use search::Order;

/// Committed events that a search looks at before they are indexed: some milliseconds at most.
const TAIL_EVENTS_MAX: u64 = 2_048;
/// How long a search waits for the index where it is farther behind: a restart reads its open chunk
/// again in less.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// Events that one page looks at, found or not: some twenty milliseconds of reading. The index says
/// which events may pass; few do not, unless times go back and forth.
const EXAMINED_MAX: usize = 2_048;

/// The index of the past could not be opened.
#[derive(Debug, Error)]
pub enum HistoryOpenError {
    /// Its file could not be opened or made.
    #[error("opening the index of the past: {0}")]
    Store(String),
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// Its thread could not be started.
    #[error("starting the thread of the index: {0}")]
    Thread(#[from] std::io::Error),
}

/// A search that could not be answered.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// The index does not reach up to now: it is being made, or more is committed than it takes in.
    #[error("the index of the past is at event {position} of {last}")]
    Behind {
        /// The last event that is indexed.
        position: Sequence,
        /// The last event that is committed.
        last: Sequence,
    },
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The index could not be read.
    #[error("{0}")]
    Index(String),
}

impl From<StoreError> for HistoryError {
    fn from(error: StoreError) -> Self {
        Self::Index(error.to_string())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// From which end.
    pub order: Order,
    /// Behind this one in the order; from the end if not given.
    pub cursor: Option<Sequence>,
    /// How many items at most.
    pub limit: usize,
}

/// The past of a network. Cloning one gives another handle to the same.
#[derive(Clone)]
pub struct History(Arc<Inner>);

struct Inner {
    views: Views,
    index: Arc<Index>,
    follower: Follower,
}

/// Takes committed batches to the index. Never makes the commit wait.
pub struct HistoryFold {
    history: History,
    position: Sequence,
}

impl History {
    /// Opens the index of this journal: returns the handle, and the one that takes in what is
    /// committed, behind that of the views. `path` is that of `history.db`; without one the index is
    /// in memory, and made anew by each start. A damaged file, or one of another journal, is made
    /// anew.
    pub fn open(
        path: Option<&Path>,
        journal: JournalId,
        views: &Views,
    ) -> Result<(Self, HistoryFold), HistoryOpenError> {
        Self::open_with(Layout::usual(), path, journal, views)
    }

    /// The same, of another size: for tests, in which everything happens sooner.
    #[doc(hidden)]
    pub fn open_small(
        path: Option<&Path>,
        journal: JournalId,
        views: &Views,
    ) -> Result<(Self, HistoryFold), HistoryOpenError> {
        let layout = Layout {
            chunk_events: 16,
            zone_events: 4,
            fan: 3,
            top_level: 2,
            part_events: 48,
            split_bytes: 24,
            short_bytes: 6,
        };
        Self::open_with(layout, path, journal, views)
    }

    fn open_with(
        layout: Layout,
        path: Option<&Path>,
        journal: JournalId,
        views: &Views,
    ) -> Result<(Self, HistoryFold), HistoryOpenError> {
        let stored = |error: StoreError| HistoryOpenError::Store(error.to_string());
        let events = Arc::clone(&views.0.events);
        let position = events.last();
        let open = || {
            let store = Store::open(path, journal, layout.short_bytes)?;
            Indexer::open(layout, store, journal, Arc::clone(&events))
        };
        let mut opened = open();
        if let (Err(OpenError::Store(error)), Some(path)) = (&opened, path)
            && error.is_damage()
        {
            tracing::warn!(%error, "the index of the past is damaged, and is made anew");
            remove(path).map_err(|error| stored(error.into()))?;
            opened = open();
        }
        let (indexer, index) = opened.map_err(|error| match error {
            OpenError::Store(error) => stored(error),
            OpenError::Read(error) => error.into(),
        })?;
        let follower = Follower::start("history", events, indexer)?;
        let history = Self(Arc::new(Inner { views: views.clone(), index, follower }));
        Ok((history.clone(), HistoryFold { history, position }))
    }

    /// How far the index has come, and of what.
    pub fn progress(&self) -> (Sequence, Sequence) {
        let Progress { position, last, .. } = self.0.follower.progress();
        (position, last)
    }

    pub(crate) fn followed(&self) -> Progress {
        self.0.follower.progress()
    }

    /// Why the index does not go on, while it does not; it tries again every second.
    pub fn error(&self) -> Option<String> {
        self.0.follower.progress().error
    }

    /// Saves what waits and ends the thread: what is committed later is indexed at the next start.
    pub fn close(&self) {
        self.0.follower.close();
    }

    /// Waits until everything up to here is indexed, at most so long; says whether it is.
    pub fn wait_for(&self, sequence: Sequence, at_most: Duration) -> bool {
        self.0.follower.wait_for(sequence, at_most)
    }

    fn events(&self, sequences: &[Sequence]) -> Result<Vec<Recorded>, ReadError> {
        self.0.views.0.events.events(sequences)
    }

    /// Begins a search; says up to where it sees everything.
    fn begin(&self, search: Search, part: Part) -> Result<(Finder, AsOf), HistoryError> {
        let mut may_wait = true;
        loop {
            let Inner { index, follower, .. } = &*self.0;
            let Progress { position, last, .. } = follower.progress();
            let is_close = last.0.saturating_sub(position.0) <= TAIL_EVENTS_MAX;
            let waiting = if is_close { follower.waiting() } else { Vec::new() };
            // What is committed since is not asked for.
            let ends = waiting.last().map_or(last, |batch| batch.last());
            match index.behind(waiting, ends, TAIL_EVENTS_MAX) {
                Behind::Tail(tail) => {
                    return Ok(index.find(search, (part.order, part.cursor), &tail)?);
                }
                Behind::Far(_) if may_wait && follower.is_near(ends) => {
                    may_wait = false;
                    follower.wait_for(ends, PATIENCE);
                }
                Behind::Far(position) => {
                    return Err(HistoryError::Behind { position, last: ends });
                }
            }
        }
    }
}

impl CommitObserver for HistoryFold {
    fn position(&self) -> Sequence {
        self.position
    }

    fn committed(&mut self, batch: &Arc<Batch>) {
        self.history.0.follower.put(batch);
        self.position = self.position.max(batch.last());
    }
}
