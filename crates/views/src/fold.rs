//! The one that folds committed events into the state that readers see.

use std::sync::Arc;

use domain::{Batch, CommitObserver, FrozenState, NoRoom, Sequence, SnapshotError};

use crate::found::lost_before;
use crate::snapshot::{FORMAT, Frost, read_state};
use crate::{State, Views};

/// Events whose stock is looked up ahead at once: what they touch, some 300 bytes each, stays in
/// the processor's nearest caches until they are folded.
const WARMED_EVENTS: usize = 512;

/// Folds committed batches, in order, on one thread; publishes one sequence per batch.
pub struct ViewsFold {
    views: Views,
    /// The last event folded.
    position: Sequence,
}

impl ViewsFold {
    pub(crate) fn new(views: Views) -> Self {
        Self { views, position: Sequence::ZERO }
    }
}

impl CommitObserver for ViewsFold {
    fn position(&self) -> Sequence {
        self.position
    }

    fn await_room(&mut self) -> Result<(), NoRoom> {
        self.views.0.ended.await_room()
    }

    /// Events that were folded before are passed over. A gap, or an event that moves what is not
    /// there, means that the journal is not what the ledger decided: it panics.
    fn committed(&mut self, batch: &Arc<Batch>) {
        let known = |sequence: Sequence| sequence <= self.position;
        let seen = batch.events.partition_point(|recorded| known(recorded.envelope.sequence));
        let fresh = batch.events.get(seen..).unwrap_or_default();
        let Some(last) = fresh.last() else {
            return;
        };
        let inner = &self.views.0;
        if self.position == Sequence::ZERO {
            // A replay from the start: what an earlier one, or another journal, left is not ours.
            let cleared = inner.ended.clear();
            cleared.expect("views.db is emptied before the journal is replayed into it");
        }
        let staged = lost_before(&*inner.events, fresh, &inner.state);
        let staged = staged.expect("what a shipment was before it was found is in the journal");
        let mut turns = Vec::new();
        let mut state = inner.state.write();
        state.shipments.stage(staged);
        for events in fresh.chunks(WARMED_EVENTS) {
            state.warm(events);
            for recorded in events {
                turns.extend(state.fold(recorded));
            }
        }
        // Within the lock, so that a shipment is always under way or ended, never neither; and so is
        // a hold.
        inner.ended.add_trades(&state.holds.take_ended());
        inner.ended.add(&turns, last.envelope.sequence);
        drop(state);
        self.position = last.envelope.sequence;
    }

    fn snapshot_format(&self) -> Option<(&'static str, u32)> {
        self.views.0.ended.is_stored().then_some(FORMAT)
    }

    fn freeze(&mut self) -> Option<FrozenState> {
        self.snapshot_format()?;
        let inner = &self.views.0;
        let (frost, flusher) = (Frost::of(&inner.state.read()), inner.ended.flusher());
        let position = self.position;
        Some(Box::new(move |sink| {
            let tag = flusher.flush(position)?;
            frost.write(tag, sink)
        }))
    }

    fn restore(
        &mut self,
        position: Sequence,
        parts: &mut dyn Iterator<Item = Result<Vec<u8>, SnapshotError>>,
    ) -> Result<(), SnapshotError> {
        let inner = &self.views.0;
        *inner.state.write() = State::default();
        self.position = Sequence::ZERO;
        let tag = inner.ended.tag_at(position)?;
        let state = read_state((tag, position), parts)?;
        inner.ended.rewind(position, state.shipments.ids(), state.holds.ids())?;
        *inner.state.write() = state;
        self.position = position;
        Ok(())
    }
}
