//! The meeting point of the thread that commits and the tasks that read.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Waker;
use std::time::Duration;

use domain::{Batch, CommitObserver, EventReader, Sequence};
use parking_lot::Mutex;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};

use crate::filter::Interest;
use crate::frames::{Encode, Frames};
use crate::inbox::Inbox;
use crate::meters::Meters;
use crate::options::HubOptions;
use crate::pacer;
use crate::ring::{Chunk, Place, Ring};
use crate::subject::{Subjects, Surroundings};
use crate::subscription::Subscription;
use crate::waiters::Waiters;

/// How often it is looked whether an event is here that other observers have shown.
const REACH_EVERY: Duration = Duration::from_millis(1);

/// Why nobody was subscribed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscribeError {
    /// The hub is stopping.
    Stopping,
    /// The position is past the last committed event.
    UnknownPosition {
        /// The last committed event.
        last: Sequence,
    },
    /// As many readers as are allowed are connected; waiting helps.
    TooManyReaders {
        /// How many are allowed.
        maximum: usize,
    },
}

impl fmt::Display for SubscribeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopping => f.write_str("the server is stopping"),
            Self::UnknownPosition { last } => {
                write!(f, "the position is past the last event, {last}")
            }
            Self::TooManyReaders { maximum } => {
                write!(f, "{maximum} live readers are connected, which is the maximum")
            }
        }
    }
}

impl Error for SubscribeError {}

/// What the handles, the fold, the pacer and the subscriptions of one hub share.
pub(crate) struct Shared {
    pub(crate) options: HubOptions,
    pub(crate) events: Arc<dyn EventReader>,
    pub(crate) encoder: Arc<dyn Encode>,
    pub(crate) subjects: Subjects,
    pub(crate) runtime: Handle,
    pub(crate) waiters: Waiters,
    pub(crate) meters: Meters,
    /// Turns at reading the journal.
    pub(crate) catch_ups: Arc<Semaphore>,
    /// Tells the pacer that there is something to do.
    pub(crate) signal: Notify,
    inbox: Mutex<Inbox>,
    /// Locked before the inbox where both are.
    ring: Mutex<Ring>,
    /// The last event of the inbox and of the ring, to be read without their locks.
    last: AtomicU64,
    visible: AtomicU64,
    stopping: AtomicBool,
}

impl Shared {
    /// The last event that was committed to the hub.
    pub(crate) fn last(&self) -> Sequence {
        Sequence(self.last.load(Ordering::Acquire))
    }

    /// The last event that readers get.
    pub(crate) fn visible(&self) -> Sequence {
        Sequence(self.visible.load(Ordering::Acquire))
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Where a reader stands that has everything up to `cursor`.
    pub(crate) fn find(&self, cursor: Sequence) -> Place {
        self.ring.lock().find(cursor)
    }

    /// Makes all that is committed visible, and tells how far that is.
    pub(crate) fn show(&self) -> Sequence {
        let mut ring = self.ring.lock();
        // Taken under the ring's lock: whoever took first is in the ring first.
        let batches = self.inbox.lock().take();
        let evicted = ring.take_in(batches);
        let visible = ring.last();
        self.visible.store(visible.0, Ordering::Release);
        drop(ring);
        drop(evicted);
        visible
    }

    /// The encoded events of a chunk.
    pub(crate) fn frames_of<'a>(&self, chunk: &'a Chunk) -> &'a Frames {
        let (frames, encoded_now) = chunk.frames(&*self.encoder);
        if encoded_now {
            let evicted = self.ring.lock().encoded(chunk);
            drop(evicted);
        }
        frames
    }
}

/// Where readers subscribe. A handle: clones are the same hub.
#[derive(Clone)]
pub struct Hub {
    shared: Arc<Shared>,
}

impl Hub {
    /// A hub that begins behind the last event of `events`, and the fold through which it hears of
    /// later ones. To be made when recovery has ended: what is committed by then is history, which
    /// readers get from `events`.
    ///
    /// Spawns a task, which lives until [`Hub::stop`] or the end of its runtime.
    ///
    /// Panics outside of a Tokio runtime with timers.
    pub fn new(
        options: HubOptions,
        events: Arc<dyn EventReader>,
        encoder: Arc<dyn Encode>,
        surroundings: Arc<dyn Surroundings>,
    ) -> (Self, HubFold) {
        let last = events.last();
        let inbox = Inbox::new(last, options.ring_events_max.max(1));
        let ring = Ring::new(last, options.ring_events_max, options.ring_bytes_max);
        let subjects = Subjects::new(Arc::clone(&events), surroundings);
        let shared = Arc::new(Shared {
            catch_ups: Arc::new(Semaphore::new(options.catch_ups_max.max(1))),
            options,
            events,
            encoder,
            subjects,
            runtime: Handle::current(),
            waiters: Waiters::default(),
            meters: Meters::default(),
            signal: Notify::new(),
            inbox: Mutex::new(inbox),
            ring: Mutex::new(ring),
            last: AtomicU64::new(last.0),
            visible: AtomicU64::new(last.0),
            stopping: AtomicBool::new(false),
        });
        shared.runtime.spawn(pacer::run(Arc::clone(&shared)));
        let fold = HubFold { shared: Arc::clone(&shared) };
        (Self { shared }, fold)
    }

    /// A reader of everything behind `after`. Dropping it makes room for another.
    pub fn subscribe(&self, after: Sequence) -> Result<Subscription, SubscribeError> {
        self.subscribe_to(Interest::default(), after)
    }

    /// A reader of what is of interest behind `after`. Dropping it makes room for another.
    pub fn subscribe_to(
        &self,
        interest: Interest,
        after: Sequence,
    ) -> Result<Subscription, SubscribeError> {
        let shared = &self.shared;
        if shared.is_stopping() {
            return Err(SubscribeError::Stopping);
        }
        let last = shared.last();
        if after > last {
            return Err(SubscribeError::UnknownPosition { last });
        }
        if shared.waiters.count() == 0 {
            // Nobody emptied the inbox; what it let go must not look like this reader's fault.
            shared.show();
        }
        let maximum = shared.options.readers_max.max(1);
        let (slot, count) =
            shared.waiters.join(maximum).ok_or(SubscribeError::TooManyReaders { maximum })?;
        if count == 1 {
            // With nobody connected the pacer neither ticks nor hears of commits.
            shared.signal.notify_one();
        }
        Ok(Subscription::new(Arc::clone(shared), slot, interest, after))
    }

    /// What finds out what events are about.
    pub fn subjects(&self) -> &Subjects {
        &self.shared.subjects
    }

    /// Completes when the event is committed to the hub, or the hub is stopping. What other
    /// observers of commits show is here within a moment.
    pub async fn reach(&self, sequence: Sequence) {
        while self.last() < sequence && !self.shared.is_stopping() {
            tokio::time::sleep(REACH_EVERY).await;
        }
    }

    /// How many readers are connected.
    pub fn readers(&self) -> usize {
        self.shared.waiters.count()
    }

    /// What it measures of itself.
    pub fn meters(&self) -> &Meters {
        &self.shared.meters
    }

    /// The last event that was committed to the hub: no reader is past it.
    pub fn last(&self) -> Sequence {
        self.shared.last()
    }

    /// Ends every subscription, each after what is committed, and refuses new ones. To be called
    /// when nothing is committed any more; does not wait for the readers.
    pub fn stop(&self) {
        let shared = &self.shared;
        shared.stopping.store(true, Ordering::Release);
        shared.signal.notify_one();
        shared.waiters.all().into_iter().for_each(Waker::wake);
    }
}

/// What gives the hub each committed batch.
///
/// It keeps nothing that a restart would need: it is made at the journal's last position, passes
/// over what it is offered up to there, and has no snapshot.
pub struct HubFold {
    shared: Arc<Shared>,
}

impl CommitObserver for HubFold {
    fn position(&self) -> Sequence {
        self.shared.last()
    }

    /// Panics if `batch` leaves a gap behind [`Self::position`].
    fn committed(&mut self, batch: &Arc<Batch>) {
        let shared = &self.shared;
        let last = shared.inbox.lock().put(batch);
        shared.last.store(last.0, Ordering::Release);
    }

    /// A wave begins behind the answers: writing to a thousand sockets takes some milliseconds, in
    /// which few would get through. One that is under way shows what is committed before that.
    fn answered(&mut self) {
        if self.shared.waiters.count() > 0 {
            self.shared.signal.notify_one();
        }
    }
}
