//! Encoded events: one run of bytes that can be entered and left at any event.

use bytes::Bytes;
use domain::{Recorded, Sequence};

/// Turns an event into the bytes that every reader gets. For readers who follow live it is called
/// once per event, however many they are; for those who catch up, once per event and reader.
pub trait Encode: Send + Sync {
    /// Appends the event to `out`; appending nothing hides it. Must not touch what is in `out`.
    fn encode(&self, recorded: &Recorded, out: &mut Vec<u8>);

    /// Puts encoded events together into what an [`Outlet`](crate::Outlet) takes, with what its
    /// client expects around them.
    fn enclose(&self, frames: &[Bytes]) -> Bytes {
        frames.concat().into()
    }
}

/// What most events fit into when encoded: a first guess that saves growing the buffer.
const FRAME_BYTES_USUAL: usize = 512;

/// Consecutive events, encoded.
#[derive(Debug)]
pub(crate) struct Frames {
    /// The event before the first one.
    before: Sequence,
    /// Where each event's bytes end.
    ends: Box<[usize]>,
    bytes: Bytes,
}

impl Frames {
    /// Encodes the events behind `before`, in order.
    pub(crate) fn encode<'a>(
        encoder: &dyn Encode,
        before: Sequence,
        events: impl ExactSizeIterator<Item = &'a Recorded>,
    ) -> Self {
        let mut out = Vec::with_capacity(events.len() * FRAME_BYTES_USUAL);
        let ends = events
            .map(|recorded| {
                encoder.encode(recorded, &mut out);
                out.len()
            })
            .collect();
        // Kept for long by the ring, and by slow sockets: without the room that was guessed.
        let bytes = Bytes::from(out.into_boxed_slice());
        Self { before, ends, bytes }
    }

    /// The bytes of all events.
    pub(crate) fn byte_count(&self) -> usize {
        self.bytes.len()
    }

    /// Events behind `after`, as many as fit into `bytes_max` but at least one, and the last of
    /// them. `after` lies within: at least one event is behind it, and none is missing before it.
    pub(crate) fn after(&self, after: Sequence, bytes_max: usize) -> (Bytes, Sequence) {
        let skipped = usize::try_from(after.0 - self.before.0).unwrap_or(usize::MAX);
        assert!(
            skipped < self.ends.len(),
            "events behind {after} are wanted of {} behind {}",
            self.ends.len(),
            self.before
        );
        let start = if skipped == 0 { 0 } else { self.ends[skipped - 1] };
        let rest = &self.ends[skipped..];
        let fitting = rest.partition_point(|end| end - start <= bytes_max);
        let taken = fitting.max(1);
        let bytes = self.bytes.slice(start..rest[taken - 1]);
        (bytes, Sequence(after.0 + taken as u64))
    }

    /// The first run of events behind `after` that are `wanted`, as many of it as fit into
    /// `bytes_max` but at least one, or nothing; and how far that is, past those that are not
    /// wanted. `after` lies within, as for [`Self::after`].
    pub(crate) fn wanted_after(
        &self,
        after: Sequence,
        bytes_max: usize,
        wanted: impl Fn(usize) -> bool,
    ) -> Run {
        let skipped = usize::try_from(after.0 - self.before.0).unwrap_or(usize::MAX);
        let count = self.ends.len();
        let from = (skipped..count).find(|index| wanted(*index)).unwrap_or(count);
        let start = if from == 0 { 0 } else { self.ends[from - 1] };
        let fits = |index: usize| index == from || self.ends[index] - start <= bytes_max;
        let to = (from..count).find(|index| !wanted(*index) || !fits(*index)).unwrap_or(count);
        // Those behind the run that are not wanted are passed over with it.
        let next = (to..count).find(|index| wanted(*index)).unwrap_or(count);
        let at = |index: usize| Sequence(self.before.0 + index as u64);
        let end = if to == from { start } else { self.ends[to - 1] };
        Run { bytes: self.bytes.slice(start..end), last: at(to), passed: at(next) }
    }
}

/// Consecutive events that are wanted.
#[derive(Debug)]
pub(crate) struct Run {
    /// Nothing, if none was.
    pub(crate) bytes: Bytes,
    /// The last of them.
    pub(crate) last: Sequence,
    /// The last event that was looked at.
    pub(crate) passed: Sequence,
}
