//! Folds committed events on a thread of its own, at its own pace.
//!
//! What is found or summed up later need not hold up the answers of now: the thread that commits
//! leaves each batch in a queue and goes on. The queue is bounded; what it let go is read from the
//! journal. A batch stays in the queue until it is folded, so that a reader who looks at the queue
//! first and at what is folded after it misses nothing.

use std::collections::VecDeque;
use std::error::Error;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use domain::{Batch, Event, EventReader, Recorded, Sequence, Text, TradeLine};
use parking_lot::{Condvar, Mutex, MutexGuard};

/// What may wait in memory, in bytes; batches are shared by all followers. It is some 250,000 trades of a
/// line, under the greatest load a second, which is what saving takes: reading what the queue let go
/// costs more than keeping it.
const QUEUE_BYTES_MAX: usize = 80 * 1024 * 1024;
/// Whoever waits for an event no farther than this gets it within a moment.
const NEAR_EVENTS: u64 = 65_536;
/// Events folded at a time: readers of what is folded wait for a fraction of a millisecond.
const FOLD_EVENTS_MAX: usize = 1_024;
/// How long what is committed waits for more, unless a reader wants it: folding much at a time takes
/// fewer wake-ups, and no processor from those that commit. A search looks at so much one by one.
const PAUSE: Duration = Duration::from_millis(10);
/// So many events wait no longer.
const PAUSE_EVENTS_MAX: u64 = 16_384;
/// How long a failed fold waits before it is tried again: most failures are a full disk.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How much the thread yields to those that decide and commit: all it can. See nice(2).
const NICENESS: i32 = 19;

/// What follows the committed events.
pub(crate) trait Follow: Send + 'static {
    /// The last event it has folded.
    fn position(&self) -> Sequence;

    /// Folds events, the first of them right behind its position, all or none of them: after an error
    /// the same events come again.
    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>>;

    /// Nothing waits now. Says after how long of that it wants to be asked again, if at all.
    fn rest(&mut self) -> Option<Duration> {
        None
    }

    /// Does a bounded part of what can be done while nothing waits; says whether more is to be done,
    /// and is then asked again, unless something waits.
    fn idle(&mut self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        Ok(false)
    }

    /// It is the end: what is worth keeping is to be kept.
    fn end(&mut self) {}
}

#[derive(Debug)]
struct Queue {
    /// And what each takes, in bytes.
    batches: VecDeque<(Arc<Batch>, usize)>,
    bytes: usize,
    /// The last committed event.
    last: Sequence,
    /// The last folded event.
    position: Sequence,
    /// The last event that a reader waits for, or did.
    wanted: Sequence,
    /// What the thread waits for, if it does.
    waits: Option<Waits>,
    /// Why it does not go on, while it does not.
    error: Option<String>,
    closing: bool,
}

/// What a thread that waits is woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waits {
    /// Anything that is committed.
    ForAny,
    /// What a reader wants, or much; else it wakes by itself.
    ForMuch,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// Something was committed, or it is the end.
    work: Condvar,
    /// Something was folded.
    done: Condvar,
}

/// A thread that follows. Dropping it ends the thread, after the fold under way.
pub(crate) struct Follower {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// How far a follower has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The last event that it has folded.
    pub position: Sequence,
    /// The last event that is committed.
    pub last: Sequence,
    /// Why it does not go on, while it does not.
    pub error: Option<String>,
}

impl Follower {
    /// Follows what is committed from now on, and first what the journal has behind the position.
    pub(crate) fn start(
        name: &str,
        events: Arc<dyn EventReader>,
        follow: impl Follow,
    ) -> std::io::Result<Self> {
        let queue = Queue {
            batches: VecDeque::new(),
            bytes: 0,
            last: events.last(),
            position: follow.position(),
            wanted: Sequence::ZERO,
            waits: None,
            error: None,
            closing: false,
        };
        let shared = Arc::new(Shared {
            queue: Mutex::new(queue),
            work: Condvar::new(),
            done: Condvar::new(),
        });
        let inner = Arc::clone(&shared);
        let thread = thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Refused where there is no such thing; then it takes its full share.
            let _ = rustix::process::nice(NICENESS);
            let outcome = catch_unwind(AssertUnwindSafe(|| inner.run(&*events, follow)));
            if outcome.is_err() {
                let reason = "its thread panicked; it goes on after a restart";
                tracing::error!(reason, "following the committed events has ended");
                inner.queue.lock().error = Some(reason.to_owned());
                inner.done.notify_all();
            }
        })?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Takes a committed batch, or passes over one that it had. Never waits.
    pub(crate) fn put(&self, batch: &Arc<Batch>) {
        let bytes = batch.events.iter().map(bytes_of).sum();
        let mut queue = self.shared.queue.lock();
        if batch.last() <= queue.last {
            return;
        }
        queue.last = batch.last();
        queue.bytes += bytes;
        queue.batches.push_back((Arc::clone(batch), bytes));
        let mut gone = Vec::new();
        while queue.bytes > QUEUE_BYTES_MAX && queue.batches.len() > 1 {
            gone.extend(queue.let_go());
        }
        let wakes = match queue.waits {
            Some(Waits::ForAny) => true,
            Some(Waits::ForMuch) => queue.is_urgent(),
            None => false,
        };
        if wakes {
            // Once is enough: until it runs, it need not be told of what comes.
            queue.waits = None;
        }
        drop(queue);
        if wakes {
            self.shared.work.notify_one();
        }
    }

    /// The last committed event that it knows of.
    pub(crate) fn last(&self) -> Sequence {
        self.shared.queue.lock().last
    }

    /// How far it has come.
    pub(crate) fn progress(&self) -> Progress {
        let queue = self.shared.queue.lock();
        Progress { position: queue.position, last: queue.last, error: queue.error.clone() }
    }

    /// Whether everything up to here is folded, or will be within a moment: whoever is told so may
    /// wait for it.
    pub(crate) fn is_near(&self, sequence: Sequence) -> bool {
        let queue = self.shared.queue.lock();
        let left = sequence.0.saturating_sub(queue.position.0);
        left == 0 || (left <= NEAR_EVENTS && queue.error.is_none())
    }

    /// The committed batches that wait, oldest first. To be asked for before one looks at what is
    /// folded: what is not here is there, unless the queue was too small for it.
    pub(crate) fn waiting(&self) -> Vec<Arc<Batch>> {
        self.shared.queue.lock().batches.iter().map(|(batch, _)| Arc::clone(batch)).collect()
    }

    /// Waits until everything up to here is folded, at most so long; says whether it is.
    pub(crate) fn wait_for(&self, sequence: Sequence, at_most: Duration) -> bool {
        let deadline = Instant::now() + at_most;
        let mut queue = self.shared.queue.lock();
        if queue.position < sequence && queue.wanted < sequence {
            queue.wanted = sequence;
            self.shared.work.notify_one();
        }
        while queue.position < sequence {
            if self.shared.done.wait_until(&mut queue, deadline).timed_out() {
                return queue.position >= sequence;
            }
        }
        true
    }
}

impl Follower {
    /// Ends the thread, after the fold under way.
    pub(crate) fn close(&self) {
        self.shared.queue.lock().closing = true;
        self.shared.work.notify_one();
        let thread = self.thread.lock().take();
        if let Some(thread) = thread {
            // A panic in there was logged where it happened.
            let _ = thread.join();
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.close();
    }
}

impl Queue {
    /// Whether something waits that need not wait for more.
    fn is_urgent(&self) -> bool {
        let left = self.last.0.saturating_sub(self.position.0);
        left >= PAUSE_EVENTS_MAX || (left > 0 && self.wanted > self.position)
    }

    /// Lets the oldest batch go; to be freed without the lock, for which the one that commits waits.
    fn let_go(&mut self) -> Option<Arc<Batch>> {
        let (batch, bytes) = self.batches.pop_front()?;
        self.bytes -= bytes;
        Some(batch)
    }

    /// The batches that go on from the position, about as many as are folded at a time; none if the
    /// next event is not among them.
    fn next(&self) -> Vec<Arc<Batch>> {
        let reaches =
            self.batches.front().is_some_and(|(one, _)| one.first() <= self.position.next());
        let mut events_count = 0;
        let batches = self.batches.iter().filter(|_| reaches).map(|(batch, _)| batch);
        let batches = batches.take_while(|batch| {
            let wanted = events_count < FOLD_EVENTS_MAX;
            events_count += batch.events.len();
            wanted
        });
        batches.cloned().collect()
    }
}

impl Shared {
    fn run(&self, events: &dyn EventReader, mut follow: impl Follow) {
        while let Some(batches) = self.work(&mut follow) {
            let last = self.queue.lock().last;
            let followed = if batches.is_empty() {
                catch_up(events, &mut follow, last)
            } else {
                batches.iter().try_for_each(|batch| fold(&mut follow, &batch.events))
            };
            let mut gone = batches;
            let mut queue = self.queue.lock();
            queue.position = follow.position();
            while queue.batches.front().is_some_and(|(batch, _)| batch.last() <= queue.position) {
                gone.extend(queue.let_go());
            }
            if let Err(error) = &followed {
                tracing::warn!(%error, position = %queue.position, "following the committed events fails");
            }
            queue.error = followed.err().map(|error| error.to_string());
            self.done.notify_all();
            if queue.error.is_some() && !queue.closing {
                self.work.wait_for(&mut queue, RETRY_AFTER);
            }
            drop(queue);
            drop(gone);
        }
        follow.end();
    }

    /// Waits for something to fold; no batches mean that the journal has it. `None` at the end.
    fn work(&self, follow: &mut impl Follow) -> Option<Vec<Arc<Batch>>> {
        let mut queue = self.queue.lock();
        if queue.closing {
            return None;
        }
        if queue.last > queue.position {
            return Some(queue.next());
        }
        drop(queue);
        let mut rests_until = follow.rest().map(|after| Instant::now() + after);
        queue = self.queue.lock();
        while queue.last <= queue.position && !queue.closing {
            drop(queue);
            let more = follow.idle();
            queue = self.queue.lock();
            if let Err(error) = &more {
                tracing::warn!(%error, "following the committed events fails while it is idle");
                queue.error = Some(error.to_string());
                if !queue.closing && queue.last <= queue.position {
                    // What is committed is folded all the same.
                    queue.waits = Some(Waits::ForAny);
                    self.work.wait_for(&mut queue, RETRY_AFTER);
                    queue.waits = None;
                }
            } else {
                queue.error = None;
            }
            if matches!(more, Ok(false)) {
                break;
            }
        }
        self.pause(&mut queue);
        while !queue.closing && queue.last <= queue.position {
            queue.waits = Some(Waits::ForAny);
            let has_rested = if let Some(until) = rests_until {
                self.work.wait_until(&mut queue, until).timed_out()
            } else {
                self.work.wait(&mut queue);
                false
            };
            queue.waits = None;
            if has_rested {
                drop(queue);
                rests_until = follow.rest().map(|after| Instant::now() + after);
                queue = self.queue.lock();
            } else {
                self.pause(&mut queue);
            }
        }
        (!queue.closing).then(|| queue.next())
    }

    /// Waits until much has come together, or something is wanted, or for as long as that may take.
    fn pause(&self, queue: &mut MutexGuard<'_, Queue>) {
        let until = Instant::now() + PAUSE;
        while !queue.closing && !queue.is_urgent() {
            queue.waits = Some(Waits::ForMuch);
            let waited = self.work.wait_until(queue, until);
            queue.waits = None;
            if waited.timed_out() {
                return;
            }
        }
    }
}

/// Folds the next events of the journal, but none that the other observers may not have seen.
fn catch_up(
    events: &dyn EventReader,
    follow: &mut impl Follow,
    last: Sequence,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let known = usize::try_from(last.0.saturating_sub(follow.position().0)).unwrap_or(usize::MAX);
    let read = events.read_after(follow.position(), known.min(FOLD_EVENTS_MAX))?;
    if read.is_empty() {
        return Err(format!("no event is behind {}", follow.position()).into());
    }
    fold(follow, &read)
}

/// Folds those of these events that are new, some at a time.
fn fold(follow: &mut impl Follow, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
    let position = follow.position();
    let seen = events.partition_point(|recorded| recorded.envelope.sequence <= position);
    let fresh = events.get(seen..).unwrap_or_default();
    fresh.chunks(FOLD_EVENTS_MAX).try_for_each(|some| follow.follow(some))
}

#[cfg(test)]
#[path = "follower_tests.rs"]
mod tests;

/// About what an event takes in memory.
fn bytes_of(recorded: &Recorded) -> usize {
    let lines_count = match &recorded.event {
        Event::TradeSettled(trade) => trade.lines.len(),
        Event::TradeHeld(held) => held.lines.len(),
        Event::HoldSettled(settled) => settled.lines.len(),
        Event::TradeReversed(reversed) => reversed.lines.len(),
        Event::StockAdjusted(adjusted) => adjusted.lines.len(),
        Event::StockTransferred(given) => given.lines.len(),
        Event::ShipmentBooked(booked) => booked.lines.len(),
        Event::OffersWithdrawn(rests) => rests.len(),
        _ => 1,
    };
    let text = recorded.envelope.note.as_ref().map_or(0, |note| {
        let texts = note.metadata.iter().flat_map(|(key, value)| [key, value]);
        texts.chain(&note.reference).map(|text| text.as_str().len() + size_of::<Text>()).sum()
    });
    size_of::<Recorded>() + lines_count * size_of::<TradeLine>() + text
}
