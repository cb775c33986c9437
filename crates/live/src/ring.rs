//! The latest committed events, in chunks that are encoded when first read.
//!
//! Bounded by events and by encoded bytes: the oldest chunks go first. What was committed since the
//! last look, before a wave of wake-ups or within one, is taken in at once, so that it becomes one
//! run of bytes for every reader.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use domain::{Batch, ReadError, Recorded, Sequence};
use tokio::runtime::Handle;
use tokio::sync::OnceCell;

use crate::frames::{Encode, Frames};
use crate::subject::{Subject, Subjects};

/// Events of a chunk: encoding them holds a thread for well under a millisecond, and a stalled
/// reader, who keeps its last chunk's bytes alive, keeps some 40 KiB of one-line trades; or, if it
/// lent its outlet, what is left of one update, which it shares with those that stalled with it.
pub(crate) const CHUNK_EVENTS_MAX: usize = 64;

/// Part of a batch.
#[derive(Debug)]
struct Run {
    batch: Arc<Batch>,
    range: Range<usize>,
}

/// Consecutive events, of one batch or several, that readers get as one.
#[derive(Debug)]
pub(crate) struct Chunk {
    runs: Vec<Run>,
    before: Sequence,
    last: Sequence,
    frames: OnceLock<Frames>,
    /// What its events are about, for readers who want some of them; found when first asked for.
    subjects: OnceCell<Box<[Subject]>>,
    /// Whether the ring's count has the encoded bytes; written under the ring's lock.
    counted: AtomicBool,
}

impl Chunk {
    /// The encoded events, encoded now if nobody did before: `true` tells that.
    pub(crate) fn frames(&self, encoder: &dyn Encode) -> (&Frames, bool) {
        let mut encoded_now = false;
        let frames = self.frames.get_or_init(|| {
            encoded_now = true;
            let events: Vec<_> = self.events().collect();
            Frames::encode(encoder, self.before, events.into_iter())
        });
        (frames, encoded_now)
    }

    /// What its events are about, if that is known or can be told without reading the journal.
    pub(crate) fn subjects(&self, subjects: &Subjects) -> Option<&[Subject]> {
        if let Some(found) = self.subjects.get() {
            return Some(found);
        }
        let found: Option<Box<[Subject]>> =
            self.events().map(|recorded| subjects.known(recorded)).collect();
        // Whoever was first told the same.
        let _ = self.subjects.set(found?);
        self.subjects.get().map(AsRef::as_ref)
    }

    /// Finds out what its events are about, reading the journal: once, however many wait for it.
    pub(crate) async fn study(
        self: Arc<Self>,
        subjects: Subjects,
        runtime: Handle,
    ) -> Result<(), ReadError> {
        let chunk = &self;
        let find = || async move {
            let chunk = Arc::clone(chunk);
            let failed =
                ReadError { after: chunk.before, reason: "the reading was lost".to_owned() };
            let finding = runtime.spawn_blocking(move || {
                chunk.events().map(|recorded| subjects.of(recorded)).collect()
            });
            finding.await.unwrap_or(Err(failed))
        };
        self.subjects.get_or_try_init(find).await.map(drop)
    }

    /// The chunk's last event, if none behind `after` is wanted: then nothing need be encoded.
    pub(crate) fn passed_if_none(
        &self,
        after: Sequence,
        wanted: impl Fn(usize) -> bool,
    ) -> Option<Sequence> {
        let skipped = count_between(self.before, after);
        let count = count_between(self.before, self.last);
        (!(skipped..count).any(wanted)).then_some(self.last)
    }

    fn events(&self) -> impl Iterator<Item = &Recorded> {
        self.runs.iter().flat_map(|run| &run.batch.events[run.range.clone()])
    }

    fn encoded_bytes(&self) -> usize {
        self.frames.get().map_or(0, Frames::byte_count)
    }
}

/// Where a reader stands.
#[derive(Debug)]
pub(crate) enum Place {
    /// This chunk has its next event.
    In(Arc<Chunk>),
    /// It has all that is visible.
    AtHead,
    /// Its next event is no longer here.
    Behind,
}

/// Chunks that the ring let go, to be freed without its lock.
#[must_use]
#[derive(Debug, Default)]
pub(crate) struct Evicted(Vec<Arc<Chunk>>);

/// The latest committed events that readers get.
#[derive(Debug)]
pub(crate) struct Ring {
    chunks: VecDeque<Arc<Chunk>>,
    /// The last event that is no longer here.
    floor: Sequence,
    last: Sequence,
    encoded_bytes: usize,
    events_max: usize,
    bytes_max: usize,
}

impl Ring {
    /// A ring that begins behind `last` and holds nothing.
    pub(crate) fn new(last: Sequence, events_max: usize, bytes_max: usize) -> Self {
        Self {
            chunks: VecDeque::new(),
            floor: last,
            last,
            encoded_bytes: 0,
            events_max: events_max.max(1),
            bytes_max: bytes_max.max(1),
        }
    }

    /// The last event that readers get.
    pub(crate) fn last(&self) -> Sequence {
        self.last
    }

    /// Takes in consecutive batches, none of which it has; answers what had to go. Where batches
    /// are missing before them, everything goes, as if the ring had been too small for those.
    pub(crate) fn take_in(&mut self, batches: impl IntoIterator<Item = Arc<Batch>>) -> Evicted {
        let mut evicted = Evicted::default();
        let mut runs = Vec::new();
        let mut before = self.last;
        for batch in batches {
            if batch.first() > self.last.next() {
                evicted.0.extend(self.chunks.drain(..));
                self.encoded_bytes = 0;
                before = Sequence(batch.first().0 - 1);
                self.last = before;
                self.floor = before;
            }
            // Only the first batch ever may begin with events that are passed over.
            let mut next = batch.events.len() - count_between(self.last, batch.last());
            while next < batch.events.len() {
                let room = CHUNK_EVENTS_MAX - count_between(before, self.last);
                let taken = room.min(batch.events.len() - next);
                runs.push(Run { batch: Arc::clone(&batch), range: next..next + taken });
                next += taken;
                self.last.0 += taken as u64;
                if count_between(before, self.last) == CHUNK_EVENTS_MAX {
                    self.push(std::mem::take(&mut runs), before);
                    before = self.last;
                }
            }
        }
        if !runs.is_empty() {
            self.push(runs, before);
        }
        self.trim(&mut evicted);
        evicted
    }

    fn push(&mut self, runs: Vec<Run>, before: Sequence) {
        self.chunks.push_back(Arc::new(Chunk {
            runs,
            before,
            last: self.last,
            frames: OnceLock::new(),
            subjects: OnceCell::new(),
            counted: AtomicBool::new(false),
        }));
    }

    /// Where a reader stands that has everything up to `cursor`.
    pub(crate) fn find(&self, cursor: Sequence) -> Place {
        if cursor < self.floor {
            return Place::Behind;
        }
        let at = self.chunks.partition_point(|chunk| chunk.last <= cursor);
        self.chunks.get(at).map_or(Place::AtHead, |chunk| Place::In(Arc::clone(chunk)))
    }

    /// Counts the bytes of a chunk that was just encoded; answers what had to go.
    pub(crate) fn encoded(&mut self, chunk: &Chunk) -> Evicted {
        let mut evicted = Evicted::default();
        if chunk.before >= self.floor {
            chunk.counted.store(true, Ordering::Relaxed);
            self.encoded_bytes += chunk.encoded_bytes();
            self.trim(&mut evicted);
        }
        evicted
    }

    /// Lets the oldest chunks go until the rest is within bounds; the newest one stays.
    fn trim(&mut self, evicted: &mut Evicted) {
        while self.chunks.len() > 1
            && (count_between(self.floor, self.last) > self.events_max
                || self.encoded_bytes > self.bytes_max)
        {
            let Some(oldest) = self.chunks.pop_front() else {
                break;
            };
            self.floor = oldest.last;
            if oldest.counted.load(Ordering::Relaxed) {
                self.encoded_bytes -= oldest.encoded_bytes();
            }
            evicted.0.push(oldest);
        }
    }
}

/// How many events are behind `before`, up to `last`.
pub(crate) fn count_between(before: Sequence, last: Sequence) -> usize {
    usize::try_from(last.0 - before.0).unwrap_or(usize::MAX)
}

#[cfg(test)]
#[path = "ring_tests.rs"]
mod tests;
