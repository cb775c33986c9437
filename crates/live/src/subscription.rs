//! One reader: a cursor that moves through the journal and the ring, by sequence alone.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use domain::{ReadError, Sequence};
use tokio::time::Instant;

use crate::catch_up::{self, Found, Reading};
use crate::filter::Interest;
use crate::hub::Shared;
use crate::outlet::{Lending, Loan, Outlet};
use crate::ring::{Chunk, Place};
use crate::waiters::{Back, Slot, Wait};

/// Chunks in which a reader finds nothing before others have their turn: about a tenth of a
/// millisecond, once what they are about is known.
const CHUNKS_AT_ONCE: usize = 16;

/// What a reader gets next.
#[derive(Debug, Clone)]
pub enum Update {
    /// The next events, encoded, whole ones only; never empty.
    Events(Bytes),
    /// There was nothing for a while.
    Heartbeat,
    /// There was nothing of interest up to here, where the reader may resume.
    Progress(Sequence),
    /// The reader had been up to date and then was too slow: what follows is no longer in memory.
    /// [`Update::Closed`] comes next; a new subscription may resume.
    Lagged {
        /// The last event that it got.
        resume_after: Sequence,
    },
    /// Nothing more comes: the hub stopped, and all that is committed was given; or the reader
    /// lagged, or reading for it failed, and was told so.
    Closed,
    /// The journal could not be read, or an outlet panicked. [`Update::Closed`] comes next.
    Failed(ReadError),
}

/// A live reader. It gets every event of interest behind the position it began at, in order, each
/// once.
pub struct Subscription {
    shared: Arc<Shared>,
    slot: Slot,
    /// What it gets; `None` if that is everything.
    interest: Option<Arc<Interest>>,
    /// The last event that was given or passed over.
    cursor: Sequence,
    /// Where the reader knows that it may resume.
    told: Sequence,
    reading: Option<Reading>,
    /// How many events the next slice reads: about as many as fit into an update.
    slice_events: usize,
    /// Whether it once had all there was: from then on, falling behind the ring is its own fault.
    was_live: bool,
    /// Whether it got anything since it last waited.
    heard: bool,
    has_ended: bool,
    /// The way to its client.
    outlet: Lending,
}

impl Subscription {
    pub(crate) fn new(
        shared: Arc<Shared>,
        slot: Slot,
        interest: Interest,
        after: Sequence,
    ) -> Self {
        let mut subscription = Self {
            shared,
            slot,
            interest: None,
            cursor: after,
            told: after,
            reading: None,
            slice_events: 1,
            was_live: false,
            heard: false,
            has_ended: false,
            outlet: Lending::Nothing,
        };
        subscription.listen_for(interest);
        subscription
    }

    /// The last event that was given or passed over; at first, the position it began at. Of one
    /// that lends an outlet, as of the last poll.
    pub fn position(&self) -> Sequence {
        self.cursor
    }

    /// Whether, having nothing to give, it waits for the next commit and for nothing else.
    pub fn is_live(&self) -> bool {
        self.was_live && self.reading.is_none() && !self.has_ended
    }

    /// Lends the way to its client while it waits, if everything is of interest: what is shown is
    /// then written there, enclosed by [`Encode::enclose`](crate::Encode::enclose), and it is not
    /// woken for that, but with what comes after `until`. To be called before the first poll.
    pub fn lend(&mut self, outlet: Arc<dyn Outlet>, turn: u64, until: Instant) {
        debug_assert!(!matches!(self.outlet, Lending::Lent), "the cursor is lent with another one");
        self.outlet = Lending::Here(Loan { outlet, turn, until });
    }

    /// Lends it until then from the next time on, if it is here: after it gave something.
    pub fn lend_until(&mut self, until: Instant) {
        if let Lending::Here(loan) = &mut self.outlet {
            loan.until = until;
        }
    }

    /// Gets what is of interest, and nothing else, from the next poll on: what was passed over
    /// before stays so.
    pub fn listen_for(&mut self, interest: Interest) {
        self.interest = (!interest.is_everything()).then(|| Arc::new(interest));
        // What was read for the interest before is not to be given.
        self.reading = None;
        self.slice_events = self.slice_events_max();
    }

    fn slice_events_max(&self) -> usize {
        let options = &self.shared.options;
        let events = match self.interest {
            None => options.catch_up_events,
            Some(_) => options.filter_events,
        };
        events.max(1)
    }

    /// What comes next. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Update {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// What comes next, for those who poll: as [`Subscription::next`]. Only the waker of the last
    /// poll is woken. Allocates only while catching up.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Update> {
        let mut passed_count = 0;
        loop {
            if self.has_ended {
                return Poll::Ready(Update::Closed);
            }
            if matches!(self.outlet, Lending::Lent)
                && let Some(update) = ready!(self.poll_back(cx))
            {
                return Poll::Ready(update);
            }
            if let Some(reading) = &mut self.reading {
                let found = ready!(reading.as_mut().poll(cx));
                self.reading = None;
                match found {
                    Ok(Found::Subjects) => {}
                    Ok(Found::Slice(slice)) => {
                        self.size_next_slice(slice.passed);
                        if let Some(update) = self.give(slice.bytes, slice.last, slice.passed) {
                            return Poll::Ready(update);
                        }
                        if self.cursor.0 - self.told.0 >= self.shared.options.progress_events {
                            return Poll::Ready(self.progress());
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
                    passed_count += 1;
                    if passed_count >= CHUNKS_AT_ONCE {
                        // Others have their turn.
                        cx.waker().wake_by_ref();
                        return Poll::Pending;
                    }
                }
                Place::Behind if self.was_live => {
                    let resume_after = self.cursor;
                    self.shared.meters.lagged.add(1);
                    return Poll::Ready(self.end(Update::Lagged { resume_after }));
                }
                Place::Behind => {
                    let interest = self.interest.clone();
                    self.shared.meters.catch_ups.add(1);
                    let reading =
                        catch_up::read(&self.shared, interest, self.cursor, self.slice_events);
                    self.reading = Some(reading);
                }
                Place::AtHead if self.cursor > self.told && (stopping || !self.was_live) => {
                    self.was_live = true;
                    return Poll::Ready(self.progress());
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

    /// Takes back what it lent, and goes on from what it was told; an update if that is not known.
    fn poll_back(&mut self, cx: &Context<'_>) -> Poll<Option<Update>> {
        match self.shared.waiters.take_back(self.slot, cx.waker()) {
            Back::Out => Poll::Pending,
            Back::Lost => {
                self.outlet = Lending::Nothing;
                let reason = "what followed was lost on its way".to_owned();
                let failure = ReadError { after: self.cursor, reason };
                Poll::Ready(Some(self.end(Update::Failed(failure))))
            }
            Back::Here(loan, cursor) => {
                self.outlet = Lending::Here(loan);
                if cursor > self.cursor {
                    (self.cursor, self.told) = (cursor, cursor);
                }
                Poll::Ready(None)
            }
        }
    }

    /// Waits for more; `None` if there is something to look at already.
    fn wait(&mut self, cx: &Context<'_>) -> Option<Poll<Update>> {
        let having = (self.cursor, std::mem::take(&mut self.heard));
        let lending = self.interest.is_none().then_some(&mut self.outlet);
        match self.shared.waiters.wait(self.slot, having, lending, cx.waker()) {
            Wait::HeartbeatDue => {
                self.heard = true;
                let has_moved = self.cursor > self.told;
                let update = if has_moved { self.progress() } else { Update::Heartbeat };
                Some(Poll::Ready(update))
            }
            // What became visible before it waited did not wake it.
            Wait::Waiting if self.shared.visible() > self.cursor => None,
            Wait::Waiting if self.shared.is_stopping() => None,
            Wait::Waiting => Some(Poll::Pending),
        }
    }

    fn give_of(&mut self, chunk: &Arc<Chunk>) -> Option<Update> {
        let bytes_max = self.shared.options.update_bytes_max;
        let Some(interest) = &self.interest else {
            let (bytes, last) = self.shared.frames_of(chunk).after(self.cursor, bytes_max);
            return self.give(bytes, last, last);
        };
        let Some(subjects) = chunk.subjects(&self.shared.subjects) else {
            self.reading = Some(catch_up::study(&self.shared, Arc::clone(chunk)));
            return None;
        };
        let wanted = |index: usize| interest.admits(&subjects[index]);
        if let Some(passed) = chunk.passed_if_none(self.cursor, wanted) {
            return self.give(Bytes::new(), self.cursor, passed);
        }
        let run = self.shared.frames_of(chunk).wanted_after(self.cursor, bytes_max, wanted);
        self.give(run.bytes, run.last, run.passed)
    }

    /// Moves on to `passed`; an update, unless all of its events are hidden.
    fn give(&mut self, bytes: Bytes, last: Sequence, passed: Sequence) -> Option<Update> {
        self.cursor = passed;
        if self.interest.is_none() {
            self.told = passed;
        }
        if bytes.is_empty() {
            return None;
        }
        self.told = last;
        self.heard = true;
        self.shared.meters.updates.add(1);
        self.shared.meters.update_bytes.add(bytes.len() as u64);
        Some(Update::Events(bytes))
    }

    fn progress(&mut self) -> Update {
        self.told = self.cursor;
        self.heard = true;
        Update::Progress(self.cursor)
    }

    /// Large events: reading many of which few fit would be reading them again and again.
    fn size_next_slice(&mut self, passed: Sequence) {
        let fitted = usize::try_from(passed.0 - self.cursor.0).unwrap_or(usize::MAX);
        self.slice_events = fitted.saturating_mul(2).min(self.slice_events_max());
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
