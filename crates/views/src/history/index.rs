//! The index as its readers and its one writer share it.

use std::sync::Arc;

use domain::{Batch, EventReader, ReadError, Sequence, Timestamp};
use parking_lot::RwLock;

use super::chunk::Chunk;
use super::entries::Entries;
use super::layout::Layout;
use super::rules::Rules;
use super::search::{Finder, Order, Search};
use super::segment::Segment;
use super::store::Store;
use crate::AsOf;

/// What is indexed now.
pub(crate) struct Shared {
    pub(crate) open: Chunk,
    /// What is sealed, by start.
    pub(crate) segments: Vec<Arc<Segment>>,
    /// The last event that is indexed, and when it was recorded.
    pub(crate) position: Sequence,
    pub(crate) time: Timestamp,
    /// What the rules of stock say there.
    pub(crate) rules: Arc<Rules>,
}

/// The index.
pub(crate) struct Index {
    pub(crate) layout: Layout,
    pub(crate) store: Store,
    pub(crate) shared: RwLock<Shared>,
    pub(crate) events: Arc<dyn EventReader>,
}

/// Committed events that are not indexed yet, and how many they are.
pub(crate) enum Behind {
    /// Few enough: they are looked at one by one.
    Tail(Vec<Arc<Batch>>),
    /// Too many, or no longer in memory.
    Far(Sequence),
}

impl Index {
    /// What is committed behind the index, of what waits to be indexed.
    pub(crate) fn behind(&self, waiting: Vec<Arc<Batch>>, last: Sequence, most: u64) -> Behind {
        let position = self.shared.read().position;
        let reaches = waiting.first().is_none_or(|batch| batch.first() <= position.next());
        let ends = waiting.last().map_or(position, |batch| batch.last());
        if !reaches || ends.max(position) < last || last.0.saturating_sub(position.0) > most {
            return Behind::Far(position);
        }
        Behind::Tail(waiting)
    }

    /// Begins a search of what is indexed and of the tail behind it; says up to where that is.
    pub(crate) fn find(
        &self,
        search: Search,
        from: (Order, Option<Sequence>),
        tail: &[Arc<Batch>],
    ) -> Result<(Finder, AsOf), ReadError> {
        let (position, rules) = {
            let shared = self.shared.read();
            (shared.position, Arc::clone(&shared.rules))
        };
        // What is indexed meanwhile is in both, and is passed over in the tail below.
        let mut noted = Vec::new();
        let mut entries = Entries::new(Arc::clone(&self.events), Rules::clone(&rules));
        for recorded in tail.iter().flat_map(|batch| &batch.events) {
            if recorded.envelope.sequence > position {
                noted.push((recorded.envelope.clone(), entries.entry(recorded)?));
            }
        }
        let shared = self.shared.read();
        let mut chunk = Chunk::new(shared.position.next().0, &self.layout);
        let mut as_of = AsOf { sequence: shared.position, time: shared.time };
        for (envelope, entry) in &noted {
            if envelope.sequence > shared.position {
                chunk.add(envelope.sequence, entry);
                as_of = AsOf { sequence: envelope.sequence, time: envelope.recorded_at };
            }
        }
        let chunks = [&chunk, &shared.open];
        Ok((Finder::new(self.layout, search, from, &chunks, &shared.segments), as_of))
    }
}
