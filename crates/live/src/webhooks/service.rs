//! The component: its handle, and what its owners may ask of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use domain::{EventReader, KeyId, PrincipalId, ReadError, Sequence, Timestamp};
use parking_lot::{Mutex, RwLock};
use thiserror::Error;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::content::Content;
use super::entry::Entry;
use super::feed::{Feed, WebhooksFold};
use super::manage::whole;
use super::meters::Meters;
use super::options::WebhookOptions;
use super::record::{Attempt, Cursor, Failure, Outcome, Webhook, WebhookId};
use super::room::Rooms;
use super::sender::{Message, Sender};
use super::signature::signatures;
use super::store::{OperationsStore, StoreError};
use super::target::{Target, TargetError};
use super::worker::Worker;
use crate::subject::Subjects;

/// What time it is on the wall.
pub trait Clock: Send + Sync {
    /// Microseconds since 1970-01-01T00:00:00Z.
    fn now(&self) -> Timestamp;
}

/// What webhooks are made of.
pub struct WebhookParts {
    /// The bounds.
    pub options: WebhookOptions,
    /// Where subscriptions are kept.
    pub store: Arc<dyn OperationsStore>,
    /// What is committed.
    pub events: Arc<dyn EventReader>,
    /// What events are about.
    pub subjects: Subjects,
    /// What deliveries are made of.
    pub content: Arc<dyn Content>,
    /// What carries them.
    pub sender: Arc<dyn Sender>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Why something was not done.
#[derive(Debug, Error)]
pub enum WebhookError {
    /// There is no such subscription.
    #[error("there is no such webhook")]
    Unknown,
    /// Nothing is sent to this URL.
    #[error("the URL {0}")]
    Target(#[from] TargetError),
    /// There are as many subscriptions as may be.
    #[error("there are {0} webhooks, which is the maximum")]
    TooMany(usize),
    /// The key made as many subscriptions as it may.
    #[error("this key has made {0} webhooks, which is the maximum")]
    TooManyOfKey(usize),
    /// As many secrets are good as may be.
    #[error("{0} secrets are good, which is the maximum; one ends when its time comes")]
    TooManySecrets(usize),
    /// The idempotency key made another subscription.
    #[error("the idempotency key made another webhook")]
    KeyReused,
    /// The key by which it delivers was revoked.
    #[error("the key that the webhook delivers by was revoked: its principal must resume it")]
    KeyRevoked,
    /// The position is past the last committed event.
    #[error("the position is past the last event, {0}")]
    UnknownPosition(Sequence),
    /// There is no such event, or the subscription may not have it.
    #[error("there is no such event")]
    UnknownEvent,
    /// Too many are sent by request right now.
    #[error("too many deliveries are sent by request")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The journal could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// The webhooks of a network. A handle: clones are the same.
#[derive(Clone)]
pub struct Webhooks {
    pub(super) shared: Arc<Shared>,
}

/// What handles and workers share.
pub(super) struct Shared {
    pub(super) options: WebhookOptions,
    pub(super) store: Arc<dyn OperationsStore>,
    pub(super) content: Arc<dyn Content>,
    pub(super) sender: Arc<dyn Sender>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) feed: Arc<Feed>,
    pub(super) meters: Meters,
    pub(super) entries: RwLock<BTreeMap<WebhookId, Arc<Entry>>>,
    pub(super) stopping: watch::Sender<bool>,
    /// Sent by request.
    pub(super) requested: Rooms,
    /// Held while a subscription is made: so that they are counted right.
    pub(super) creating: tokio::sync::Mutex<()>,
    /// The workers; `None` before the start and after the end.
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl Webhooks {
    /// Reads the subscriptions, and gives the fold by which they hear of later events. To be made
    /// when the journal is open. Nothing is delivered before [`Self::start`].
    pub fn open(parts: WebhookParts) -> Result<(Self, WebhooksFold), StoreError> {
        let WebhookParts { options, store, events, subjects, content, sender, clock } = parts;
        let last = events.last();
        let mut entries = BTreeMap::new();
        for mut webhook in store.load()? {
            if webhook.cursor.after > last {
                // A journal restored from an older backup: its next events are others.
                tracing::warn!(webhook = %webhook.id, "a webhook is past the journal's end; it goes on from there");
                webhook.cursor = Cursor::after(last);
                // Noted before there are events that it would seem to have passed.
                store.replace(&webhook)?;
            }
            entries.insert(webhook.id, Arc::new(Entry::new(webhook)));
        }
        let (feed, fold) = Feed::new(events, subjects, Arc::clone(&content));
        let shared = Shared {
            requested: Rooms::new(options.requested_max, options.requested_per_principal_max),
            options,
            store,
            content,
            sender,
            clock,
            feed: Arc::new(feed),
            meters: Meters::default(),
            entries: RwLock::new(entries),
            stopping: watch::Sender::new(false),
            creating: tokio::sync::Mutex::new(()),
            tasks: Mutex::new(None),
        };
        Ok((Self { shared: Arc::new(shared) }, fold))
    }

    /// Begins to deliver. To be called once, when the network is recovered: what deliveries show is
    /// read from the views.
    ///
    /// Panics outside of a Tokio runtime with timers.
    pub fn start(&self) {
        let shared = &self.shared;
        let mut tasks = JoinSet::new();
        let feed = Arc::clone(&shared.feed);
        let entries = Arc::downgrade(shared);
        let mut stopping = shared.stopping.subscribe();
        tasks.spawn(async move {
            let revoked = || {
                let Some(shared) = entries.upgrade() else { return };
                shared.entries.read().values().for_each(|entry| entry.changed.notify_one());
            };
            tokio::select! {
                () = feed.run(revoked) => {}
                _ = stopping.wait_for(|stopping| *stopping) => {}
            }
        });
        for entry in shared.entries.read().values() {
            tasks.spawn(Worker::new(Arc::clone(shared), Arc::clone(entry)).run());
        }
        *shared.tasks.lock() = Some(tasks);
    }

    /// Ends the deliveries. Those under way may take so long to end; what has not is sent again after
    /// the next start.
    pub async fn stop(&self, grace: Duration) {
        self.shared.stopping.send_replace(true);
        let tasks = self.shared.tasks.lock().take();
        let Some(mut tasks) = tasks else { return };
        let ended = async { while tasks.join_next().await.is_some() {} };
        // What is left is dropped with the set.
        let _ = timeout(grace, ended).await;
    }

    /// What it was made with.
    pub fn options(&self) -> &WebhookOptions {
        &self.shared.options
    }

    /// All subscriptions, by number.
    pub fn all(&self) -> Vec<Webhook> {
        let entries = self.shared.entries.read();
        let mut all: Vec<_> = entries.values().map(|entry| entry.webhook()).collect();
        drop(entries);
        let now = self.shared.clock.now();
        for webhook in &mut all {
            webhook.forget_ended(now);
        }
        all
    }

    /// A subscription.
    pub fn get(&self, id: WebhookId) -> Option<Webhook> {
        let mut webhook = self.shared.entry(id).ok()?.webhook();
        webhook.forget_ended(self.shared.clock.now());
        Some(webhook)
    }

    /// Attempts to deliver with a number below `before`, newest first, each with its number.
    pub async fn attempts(
        &self,
        id: WebhookId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, Attempt)>, WebhookError> {
        self.shared.entry(id)?;
        let read = self.shared.stored(move |store| store.attempts(id, before, limit)).await;
        Ok(read?)
    }

    /// Sends an event once, besides the deliveries and whatever the filter, if the key may see it; and
    /// tells what became of that.
    pub async fn resend(&self, id: WebhookId, event: Sequence) -> Result<Attempt, WebhookError> {
        let webhook = self.shared.entry(id)?.webhook();
        let interest = self.shared.content.interest(webhook.key, None);
        let interest = interest.map_err(|_| WebhookError::KeyRevoked)?;
        let found = self.shared.feed.one(event, interest).await?;
        let found = found.ok_or(WebhookError::UnknownEvent)?;
        let attempt = Attempt {
            message: self.shared.message_id(id, event),
            event: Some(event),
            ..self.shared.blank(found.kind)
        };
        self.send_now(webhook, attempt, found.body).await
    }

    /// Sends a body of this type once, and tells what became of that. Its `webhook-id` ends in `nonce`.
    pub async fn send_test(
        &self,
        id: WebhookId,
        kind: &str,
        nonce: &str,
        body: Bytes,
    ) -> Result<Attempt, WebhookError> {
        let webhook = self.shared.entry(id)?.webhook();
        if !self.shared.content.is_good(webhook.key) {
            return Err(WebhookError::KeyRevoked);
        }
        let message = format!("{id}-{nonce}");
        self.send_now(webhook, Attempt { message, ..self.shared.blank(kind) }, body).await
    }

    async fn send_now(
        &self,
        webhook: Webhook,
        attempt: Attempt,
        body: Bytes,
    ) -> Result<Attempt, WebhookError> {
        let shared = Arc::clone(&self.shared);
        whole(async move { shared.send_noted(webhook, attempt, body).await }).await
    }
}

impl Shared {
    /// Sends besides the deliveries, if there is room, and notes that.
    async fn send_noted(
        &self,
        webhook: Webhook,
        attempt: Attempt,
        body: Bytes,
    ) -> Result<Attempt, WebhookError> {
        let _room = self.requested.take(webhook.principal).ok_or(WebhookError::Busy)?;
        let sent = self.send(&webhook, attempt, body).await;
        let (attempt, _) = sent.ok_or(TargetError::Form)?;
        let entry = self.entry(webhook.id)?;
        let _turn = entry.turn.lock().await;
        let (id, cursor, noted) = (webhook.id, entry.webhook().cursor, attempt.clone());
        self.stored(move |store| store.advance(id, &cursor, Some(&noted))).await?;
        Ok(attempt)
    }

    pub(super) fn entry(&self, id: WebhookId) -> Result<Arc<Entry>, WebhookError> {
        self.entries.read().get(&id).cloned().ok_or(WebhookError::Unknown)
    }

    /// Lets a new subscription deliver.
    pub(super) fn begin(self: &Arc<Self>, entry: &Arc<Entry>) {
        if let Some(tasks) = &mut *self.tasks.lock() {
            // The workers of deleted ones have ended.
            while tasks.try_join_next().is_some() {}
            tasks.spawn(Worker::new(Arc::clone(self), Arc::clone(entry)).run());
        }
    }

    /// Does what blocks on storage, beside the runtime.
    pub(super) async fn stored<T: Send + 'static>(
        &self,
        act: impl FnOnce(&dyn OperationsStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = Arc::clone(&self.store);
        let task = tokio::task::spawn_blocking(move || act(&*store));
        task.await.unwrap_or_else(|lost| {
            let doing = "using the operations store".to_owned();
            Err(StoreError::Storage { doing, reason: lost.to_string() })
        })
    }

    /// The same for each attempt at an event, and for each subscription another.
    pub(super) fn message_id(&self, id: WebhookId, sequence: Sequence) -> String {
        format!("{id}-{}", self.content.event_id(sequence))
    }

    /// An attempt that was not made.
    pub(super) fn blank(&self, kind: &str) -> Attempt {
        Attempt {
            message: String::new(),
            event: None,
            kind: kind.to_owned(),
            attempt: 1,
            at: self.clock.now(),
            duration: Duration::ZERO,
            outcome: Outcome::Failed(Failure::Interrupted),
        }
    }

    /// Sends; `None` if the URL is none.
    pub(super) async fn send(
        &self,
        webhook: &Webhook,
        mut attempt: Attempt,
        body: Bytes,
    ) -> Option<(Attempt, Option<Duration>)> {
        let target = Target::parse(&webhook.settings.url).ok()?;
        attempt.at = self.clock.now();
        let at = attempt.at.0.div_euclid(1_000_000);
        let good = webhook.secrets.iter().filter(|kept| kept.is_good(attempt.at));
        let message = Message {
            webhook: webhook.id,
            target,
            signature: signatures(good.map(|kept| &kept.secret), &attempt.message, at, &body),
            id: attempt.message.clone(),
            at,
            content_type: self.content.content_type(),
            body,
        };
        let began = Instant::now();
        let sent = self.sender.send(&message).await;
        attempt.duration = began.elapsed();
        attempt.outcome = sent.outcome;
        self.meters.attempt.took(attempt.duration);
        let accepted = attempt.outcome.is_accepted();
        if accepted { &self.meters.accepted } else { &self.meters.failed }.add(1);
        Some((attempt, sent.retry_after))
    }

    /// How many subscriptions a key has made.
    pub(super) fn count_of(&self, key: KeyId) -> usize {
        self.entries.read().values().filter(|entry| entry.webhook().key == key).count()
    }

    /// The subscription that this idempotency key of this principal made.
    pub(super) fn made_by(&self, principal: PrincipalId, key: u128) -> Option<Webhook> {
        let all = self.entries.read();
        let mut webhooks = all.values().map(|entry| entry.webhook());
        webhooks.find(|webhook| {
            webhook.principal == principal
                && webhook.creation.is_some_and(|creation| creation.key == key)
        })
    }
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX)).min(Timestamp::MAX)
    }
}
