//! What was committed, for all subscriptions: which event is next for one of them.
//!
//! Each follows by its own cursor. Slices of the journal are read once for all that are near, and what
//! an event is about is found out once. Reading happens beside the runtime, one slice at a time: when
//! there is much to look at, webhooks come late, and trading does not.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bytes::Bytes;
use domain::{Batch, CommitObserver, Event, EventKind, EventReader, ReadError, Recorded, Sequence};
use parking_lot::Mutex;
use tokio::sync::{Notify, Semaphore, watch};

use super::content::Content;
use super::options::{LOOK_PAUSE, SLICE_EVENTS, SLICES_KEPT};
use crate::filter::Interest;
use crate::subject::{Subject, Subjects};

/// An event that a subscription gets.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) sequence: Sequence,
    pub(super) kind: &'static str,
    pub(super) body: Bytes,
}

/// What comes behind a position.
#[derive(Debug)]
pub(super) enum Next {
    /// This event.
    Event(Found),
    /// Nothing up to here.
    Nothing(Sequence),
}

type Looked = Arc<(Recorded, Subject)>;

/// The committed events.
pub(super) struct Feed {
    events: Arc<dyn EventReader>,
    subjects: Subjects,
    content: Arc<dyn Content>,
    shared: Arc<Shared>,
    head: watch::Sender<Sequence>,
    /// The slices read last, newest last, each with the event before its first.
    slices: Mutex<VecDeque<(Sequence, Arc<Vec<Looked>>)>>,
    turn: Arc<Semaphore>,
}

/// What the fold tells the feed.
struct Shared {
    last: AtomicU64,
    key_ended: AtomicBool,
    signal: Notify,
}

/// What tells webhooks of committed batches. It keeps nothing that a restart would need.
pub struct WebhooksFold {
    shared: Arc<Shared>,
}

impl CommitObserver for WebhooksFold {
    fn position(&self) -> Sequence {
        Sequence(self.shared.last.load(Ordering::Acquire))
    }

    /// Only notes how far it is: deliveries read the journal, and never hold this thread up.
    fn committed(&mut self, batch: &Arc<Batch>) {
        if batch.last() <= self.position() {
            return;
        }
        let ends_key = |recorded: &Recorded| {
            matches!(recorded.event, Event::KeyRevoked { .. } | Event::KeyExpired { .. })
        };
        if batch.events.iter().any(ends_key) {
            self.shared.key_ended.store(true, Ordering::Release);
        }
        self.shared.last.store(batch.last().0, Ordering::Release);
        self.shared.signal.notify_one();
    }
}

impl Feed {
    pub(super) fn new(
        events: Arc<dyn EventReader>,
        subjects: Subjects,
        content: Arc<dyn Content>,
    ) -> (Self, WebhooksFold) {
        let last = events.last();
        let shared = Arc::new(Shared {
            last: AtomicU64::new(last.0),
            key_ended: AtomicBool::new(false),
            signal: Notify::new(),
        });
        let fold = WebhooksFold { shared: Arc::clone(&shared) };
        let feed = Self {
            events,
            subjects,
            content,
            shared,
            head: watch::Sender::new(last),
            slices: Mutex::new(VecDeque::new()),
            turn: Arc::new(Semaphore::new(1)),
        };
        (feed, fold)
    }

    /// The last event that is committed.
    pub(super) fn last(&self) -> Sequence {
        Sequence(self.shared.last.load(Ordering::Acquire))
    }

    /// Tells when there is more.
    pub(super) fn head(&self) -> watch::Receiver<Sequence> {
        self.head.subscribe()
    }

    /// Makes what is committed known, for ever; `ended` is called when keys were revoked or have expired.
    pub(super) async fn run(&self, ended: impl Fn()) {
        loop {
            self.shared.signal.notified().await;
            let last = self.last();
            self.head.send_if_modified(|head| std::mem::replace(head, last) != last);
            if self.shared.key_ended.swap(false, Ordering::AcqRel) {
                ended();
            }
            tokio::time::sleep(LOOK_PAUSE).await;
        }
    }

    /// What comes next for somebody with this interest behind `after`, where something is.
    pub(super) async fn next(
        self: &Arc<Self>,
        after: Sequence,
        interest: &Arc<Interest>,
    ) -> Result<Next, ReadError> {
        let interest = Arc::clone(interest);
        self.blocking(after, move |feed| feed.look(after, &interest)).await
    }

    /// This event, if it is there and somebody with this interest gets it.
    pub(super) async fn one(
        self: &Arc<Self>,
        sequence: Sequence,
        interest: Interest,
    ) -> Result<Option<Found>, ReadError> {
        if sequence == Sequence::ZERO || sequence > self.last() {
            return Ok(None);
        }
        let read = move |feed: &Self| {
            let Some(recorded) = feed.events.event(sequence)? else {
                return Ok(None);
            };
            let subject = feed.subjects.of(&recorded)?;
            Ok(interest.admits(&subject).then(|| feed.found(&recorded)))
        };
        self.blocking(sequence, read).await
    }

    async fn blocking<T: Send + 'static>(
        self: &Arc<Self>,
        after: Sequence,
        act: impl FnOnce(&Self) -> Result<T, ReadError> + Send + 'static,
    ) -> Result<T, ReadError> {
        let failed = |reason: String| ReadError { after, reason };
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let turn = turn.map_err(|error| failed(error.to_string()))?;
        let feed = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            act(&feed)
        });
        task.await.unwrap_or_else(|lost| Err(failed(lost.to_string())))
    }

    /// Looks through one slice.
    fn look(&self, after: Sequence, interest: &Interest) -> Result<Next, ReadError> {
        let head = self.last();
        let slice = self.slice(after, head)?;
        let behind = slice.iter().filter(|looked| {
            let sequence = looked.0.envelope.sequence;
            sequence > after && sequence <= head
        });
        let mut seen = after;
        for looked in behind {
            let (recorded, subject) = &**looked;
            if interest.admits(subject) {
                return Ok(Next::Event(self.found(recorded)));
            }
            seen = recorded.envelope.sequence;
        }
        Ok(Next::Nothing(seen))
    }

    fn found(&self, recorded: &Recorded) -> Found {
        let mut body = Vec::new();
        self.content.write(recorded, &mut body);
        Found {
            sequence: recorded.envelope.sequence,
            kind: EventKind::of(&recorded.event).name(),
            body: body.into(),
        }
    }

    /// The slice that the event behind `after` lies in, as far as it goes: at least up to `head`.
    fn slice(&self, after: Sequence, head: Sequence) -> Result<Arc<Vec<Looked>>, ReadError> {
        let before = Sequence(after.0 / SLICE_EVENTS * SLICE_EVENTS);
        let wanted = head.0.saturating_sub(before.0).min(SLICE_EVENTS);
        let known = self.slices.lock().iter().find(|(at, _)| *at == before).cloned();
        let mut slice = known.map(|(_, slice)| slice).unwrap_or_default();
        let missing = wanted.saturating_sub(slice.len() as u64);
        if missing == 0 {
            return Ok(slice);
        }
        let from = Sequence(before.0 + slice.len() as u64);
        let limit = usize::try_from(missing).unwrap_or(usize::MAX);
        let read = self.events.read_after(from, limit)?;
        // A subscription trusts that it gets every event: a hole must not pass for the end.
        let sequences = read.iter().map(|recorded| recorded.envelope.sequence.0);
        if !sequences.eq(from.0 + 1..=from.0 + missing) {
            let reason = format!("{} events were read, and not those that follow", read.len());
            return Err(ReadError { after: from, reason });
        }
        let all = Arc::make_mut(&mut slice);
        for recorded in read {
            let subject = self.subjects.of(&recorded)?;
            all.push(Arc::new((recorded, subject)));
        }
        let mut slices = self.slices.lock();
        slices.retain(|(at, _)| *at != before);
        slices.push_back((before, Arc::clone(&slice)));
        while slices.len() > SLICES_KEPT {
            slices.pop_front();
        }
        Ok(slice)
    }
}
