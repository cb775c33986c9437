//! Events that the test makes up, and a receiver that answers as it is told.

use std::collections::HashSet;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::{
    AlertRuleId, Batch, BatchId, CommitObserver, Credits, Envelope, Epoch, Event, EventReader,
    Facet, JournalId, KeyId, PrincipalId, ReadError, Recorded, Scope, Sequence, StationId,
    Timestamp, TraderId,
};
use parking_lot::Mutex;
use tokio::time::Instant;

use crate::filter::{Filter, Interest};
use crate::subject::{Subjects, Surroundings, System};
use crate::webhooks::{
    Attempt, Clock, Content, Created, MemoryOperations, Message, NewWebhook, NoInterest,
    OperationsStore, Outcome, Sender, Sending, Sent, Settings, SigningSecret, Webhook, WebhookId,
    WebhookOptions, WebhookParts, Webhooks, WebhooksFold,
};

/// What the tests' subscriptions are signed with.
pub(super) const SECRET: [u8; 32] = [7; 32];
/// When the tests' clock begins: the second of it is a whole one.
pub(super) const BEGIN: Timestamp = Timestamp(1_700_000_000_000_000);

/// All that outlives a restart, and what all sides share.
pub(super) struct Network {
    pub(super) store: Arc<MemoryOperations>,
    pub(super) journal: Arc<Journal>,
    pub(super) keys: Arc<Keys>,
    pub(super) receiver: Arc<Receiver>,
    pub(super) options: WebhookOptions,
    clock: Arc<TestClock>,
}

/// A server that runs.
pub(super) struct Server {
    pub(super) webhooks: Webhooks,
    fold: WebhooksFold,
    journal: Arc<Journal>,
}

struct TestClock(Instant);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let passed = i64::try_from(self.0.elapsed().as_micros()).unwrap();
        Timestamp(BEGIN.0 + passed)
    }
}

#[derive(Default)]
pub(super) struct Journal {
    events: Mutex<Vec<Recorded>>,
    /// How many events were read behind each position.
    pub(super) reads: Mutex<Vec<u64>>,
}

impl EventReader for Journal {
    fn last(&self) -> Sequence {
        Sequence(self.events.lock().len() as u64)
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        self.reads.lock().push(after.0);
        let from = usize::try_from(after.0).unwrap();
        Ok(self.events.lock().iter().skip(from).take(limit).cloned().collect())
    }
}

/// The keys that are good; a key sees its own trader's events, key 0 all.
pub(super) struct Keys(pub(super) Mutex<HashSet<KeyId>>);

impl Content for Keys {
    /// A filter is the numbers of traders.
    fn interest(&self, key: KeyId, filter: Option<&str>) -> Result<Interest, NoInterest> {
        if !self.is_good(key) {
            return Err(NoInterest::KeyRevoked);
        }
        let words = filter.unwrap_or_default().split_whitespace();
        let traders: Result<_, _> = words.map(|word| word.parse().map(TraderId)).collect();
        let traders = traders.map_err(|_| NoInterest::Filter)?;
        let own = [TraderId(key.0)];
        let scope = if key.0 == 0 { Scope::Network } else { Scope::Accounts(&own) };
        Ok(Interest::new(Filter { traders, ..Filter::default() }, scope))
    }

    fn is_good(&self, key: KeyId) -> bool {
        self.0.lock().contains(&key)
    }

    fn event_id(&self, sequence: Sequence) -> String {
        format!("{sequence}-tag")
    }

    fn write(&self, recorded: &Recorded, out: &mut Vec<u8>) {
        out.extend(recorded.envelope.sequence.to_string().bytes());
    }

    fn content_type(&self) -> &'static str {
        "text/plain"
    }
}

struct Nowhere;

impl Surroundings for Nowhere {
    fn system(&self, _: StationId) -> Option<System> {
        None
    }

    fn rule_known(
        &self,
        _: AlertRuleId,
        _: &RangeInclusive<Sequence>,
        _: &mut dyn FnMut(Facet),
    ) -> bool {
        true
    }
}

type Answer = Box<dyn FnMut(&Message) -> Sent + Send>;

/// Answers as it is told, and keeps what came.
pub(super) struct Receiver {
    pub(super) answer: Mutex<Answer>,
    pub(super) got: Mutex<Vec<(Message, Outcome)>>,
    /// While a test holds it, what came is not answered.
    pub(super) hold: tokio::sync::Mutex<()>,
}

impl Receiver {
    pub(super) fn answers(&self, answer: impl FnMut(&Message) -> Sent + Send + 'static) {
        *self.answer.lock() = Box::new(answer);
    }

    /// The sequences of what was accepted, in order.
    pub(super) fn accepted(&self) -> Vec<u64> {
        let got = self.got.lock();
        let accepted = got.iter().filter(|(_, outcome)| outcome.is_accepted());
        accepted.filter_map(|(message, _)| sequence(message)).collect()
    }

    /// Seconds since the beginning at which something came.
    pub(super) fn times(&self) -> Vec<i64> {
        let begin = BEGIN.0 / 1_000_000;
        self.got.lock().iter().map(|(message, _)| message.at - begin).collect()
    }
}

/// The event that a message is of.
pub(super) fn sequence(message: &Message) -> Option<u64> {
    std::str::from_utf8(&message.body).ok()?.parse().ok()
}

impl Sender for Receiver {
    fn send<'a>(&'a self, message: &'a Message) -> Sending<'a> {
        Box::pin(async {
            tokio::task::yield_now().await;
            let sent = (self.answer.lock())(message);
            self.got.lock().push((message.clone(), sent.outcome));
            let _held = self.hold.lock().await;
            sent
        })
    }
}

/// An answer of this status.
pub(super) fn status(status: u16) -> Sent {
    Sent { outcome: Outcome::Answered(status), retry_after: None }
}

impl Network {
    /// Without events; its receiver accepts everything.
    pub(super) fn new() -> Self {
        let receiver = Receiver {
            answer: Mutex::new(Box::new(|_| status(204))),
            got: Mutex::default(),
            hold: tokio::sync::Mutex::default(),
        };
        Self {
            store: Arc::new(MemoryOperations::default()),
            journal: Arc::new(Journal::default()),
            keys: Arc::new(Keys(Mutex::new((0..9).map(KeyId).collect()))),
            receiver: Arc::new(receiver),
            options: WebhookOptions::default(),
            clock: Arc::new(TestClock(Instant::now())),
        }
    }

    pub(super) fn start(&self) -> Server {
        let events: Arc<dyn EventReader> = self.journal.clone();
        let (webhooks, fold) = Webhooks::open(WebhookParts {
            options: self.options.clone(),
            store: self.store.clone(),
            subjects: Subjects::new(Arc::clone(&events), Arc::new(Nowhere)),
            events,
            content: self.keys.clone(),
            sender: self.receiver.clone(),
            clock: self.clock.clone(),
        })
        .unwrap();
        webhooks.start();
        Server { webhooks, fold, journal: Arc::clone(&self.journal) }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// A subscription of this key with this filter.
pub(super) fn wanted(key: u32, filter: &str) -> NewWebhook {
    NewWebhook {
        principal: PrincipalId(key),
        key: KeyId(key),
        settings: Settings {
            url: "https://example.com/hook".to_owned(),
            description: String::new(),
            filter: filter.to_owned(),
        },
        secret: SigningSecret::from_bytes(SECRET.to_vec()).unwrap(),
        after: None,
        creation: None,
    }
}

impl Server {
    /// Commits events, each of one of these traders.
    pub(super) fn commit(&mut self, traders: impl IntoIterator<Item = u32>) {
        let amount = Credits::new(1).unwrap();
        let events = traders
            .into_iter()
            .map(|trader| Event::CreditsIssued { trader: TraderId(trader), amount });
        self.commit_all(events);
    }

    pub(super) fn commit_all(&mut self, events: impl Iterator<Item = Event>) {
        let first = self.journal.last().0 + 1;
        let recorded = events.zip(first..).map(|(event, sequence)| Recorded {
            envelope: Envelope {
                sequence: Sequence(sequence),
                recorded_at: Timestamp(0),
                occurred_at: None,
                actor: PrincipalId::NETWORK,
                key: None,
                trace: None,
                note: None,
            },
            event,
        });
        let events: Vec<_> = recorded.collect();
        self.journal.events.lock().extend(events.iter().cloned());
        let id = BatchId { journal: JournalId(0), epoch: Epoch(1), number: 1 };
        self.fold.committed(&Arc::new(Batch { id, events }));
    }

    pub(super) async fn create(&self, new: NewWebhook) -> Webhook {
        match self.webhooks.create(new).await.unwrap() {
            Created::Now(webhook) => webhook,
            Created::Before(webhook) => panic!("{webhook:?} was there"),
        }
    }

    pub(super) fn webhook(&self, id: WebhookId) -> Webhook {
        self.webhooks.get(id).unwrap()
    }

    /// The attempts that were noted, oldest first.
    pub(super) async fn log(&self, id: WebhookId) -> Vec<Attempt> {
        let mut found = self.webhooks.attempts(id, None, 1_000).await.unwrap();
        found.reverse();
        found.into_iter().map(|(_, attempt)| attempt).collect()
    }

    /// Lets time pass until this is so; at most a month.
    pub(super) async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        for _ in 0..1_000_000 {
            if is_so() {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(2_600)).await;
        }
        panic!("it never comes to: {what}");
    }
}

/// What the store has.
pub(super) fn stored(network: &Network, id: WebhookId) -> Webhook {
    network.store.load().unwrap().into_iter().find(|webhook| webhook.id == id).unwrap()
}
