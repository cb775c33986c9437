//! One reader: a cursor that moves through the journal and the ring, by sequence alone.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use domain::{ReadError, Sequence};

use crate::catch_up::{self, Reading};
use crate::hub::Shared;
use crate::ring::{Chunk, Place};
use crate::waiters::{Slot, Wait};

/// What a reader gets next.
#[derive(Debug, Clone)]
pub enum Update {
    /// The next events, encoded, whole ones only; never empty.
    Events(Bytes),
    /// There was nothing for a while.
    Heartbeat,
    /// The reader had been up to date and then was too slow: what follows is no longer in memory.
    /// [`Update::Closed`] comes next; a new subscription may resume.
    Lagged {
        /// The last event that it got.
        resume_after: Sequence,
    },
    /// Nothing more comes: the hub stopped, and all that is committed was given; or the reader
    /// lagged, or reading for it failed, and was told so.
    Closed,
    /// The journal could not be read. [`Update::Closed`] comes next.
    Failed(ReadError),
}

/// A live reader. It gets every event behind the position it began at, in order, each once.
pub struct Subscription {
    shared: Arc<Shared>,
    slot: Slot,
    /// The last event that was given.
    cursor: Sequence,
    reading: Option<Reading>,
    /// How many events the next slice reads: about as many as fit into an update.
    slice_events: usize,
    /// Whether it once had all there was: from then on, falling behind the ring is its own fault.
    was_live: bool,
    /// Whether it got anything since it last waited.
    heard: bool,
    has_ended: bool,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>, slot: Slot, after: Sequence) -> Self {
        let slice_events = shared.options.catch_up_events.max(1);
        Self {
            shared,
            slot,
            cursor: after,
            reading: None,
            slice_events,
            was_live: false,
            heard: false,
            has_ended: false,
        }
    }

    /// The last event that was given; at first, the position it began at.
    pub fn position(&self) -> Sequence {
        self.cursor
    }

    /// What comes next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Update {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// What comes next, for those who poll: as [`Subscription::next`]. Only the waker of the last
    /// poll is woken. Allocates only while catching up.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Update> {
        loop {
            if self.has_ended {
                return Poll::Ready(Update::Closed);
            }
            if let Some(reading) = &mut self.reading {
                let slice = ready!(reading.as_mut().poll(cx));
                self.reading = None;
                match slice {
                    Ok(slice) => {
                        self.size_next_slice(slice.last);
                        if let Some(update) = self.give(slice.bytes, slice.last) {
                            return Poll::Ready(update);
                        }
                    }
                    Err(failure) => return Poll::Ready(self.end(Update::Failed(failure))),
                }
            }
            let stopping = self.shared.is_stopping();
            if stopping {
                // The pacer, who would do it, is gone.
                self.shared.show();
            }
            match self.shared.find(self.cursor) {
                Place::In(chunk) => {
                    if let Some(update) = self.give_of(&chunk) {
                        return Poll::Ready(update);
                    }
                }
                Place::Behind if self.was_live => {
                    let resume_after = self.cursor;
                    return Poll::Ready(self.end(Update::Lagged { resume_after }));
                }
                Place::Behind => {
                    let reading = catch_up::read(&self.shared, self.cursor, self.slice_events);
                    self.reading = Some(reading);
                }
                Place::AtHead if stopping => return Poll::Ready(self.end(Update::Closed)),
                Place::AtHead => {
                    self.was_live = true;
                    if let Some(result) = self.wait(cx) {
                        return result;
                    }
                }
            }
        }
    }

    /// Waits for more; `None` if there is something to look at already.
    fn wait(&mut self, cx: &Context<'_>) -> Option<Poll<Update>> {
        let heard = std::mem::take(&mut self.heard);
        match self.shared.waiters.wait(self.slot, cx.waker(), heard) {
            Wait::HeartbeatDue => {
                self.heard = true;
                Some(Poll::Ready(Update::Heartbeat))
            }
            // What became visible before it waited did not wake it.
            Wait::Waiting if self.shared.visible() > self.cursor => None,
            Wait::Waiting if self.shared.is_stopping() => None,
            Wait::Waiting => Some(Poll::Pending),
        }
    }

    fn give_of(&mut self, chunk: &Chunk) -> Option<Update> {
        let (frames, encoded_now) = chunk.frames(&*self.shared.encoder);
        if encoded_now {
            self.shared.encoded(chunk);
        }
        let (bytes, last) = frames.after(self.cursor, self.shared.options.update_bytes_max);
        self.give(bytes, last)
    }

    /// Moves on to `last`; an update, unless all of its events are hidden.
    fn give(&mut self, bytes: Bytes, last: Sequence) -> Option<Update> {
        self.cursor = last;
        if bytes.is_empty() {
            return None;
        }
        self.heard = true;
        Some(Update::Events(bytes))
    }

    /// Large events: reading many of which few fit would be reading them again and again.
    fn size_next_slice(&mut self, last: Sequence) {
        let fitted = usize::try_from(last.0 - self.cursor.0).unwrap_or(usize::MAX);
        let maximum = self.shared.options.catch_up_events.max(1);
        self.slice_events = fitted.saturating_mul(2).min(maximum);
    }

    fn end(&mut self, update: Update) -> Update {
        self.has_ended = true;
        update
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.waiters.leave(self.slot);
    }
}
