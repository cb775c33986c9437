//! Readers that lend the way to their client: in paused time, on one thread.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use bytes::Bytes;
use common::{Network, options, sequences, settle};
use domain::{Scope, Sequence, TraderId};
use live::{Filter, Hub, HubOptions, Interest, Outlet, Subscription, Told, Update};
use tokio::time::Instant;

const TURN: u64 = 7;

/// Keeps what it is told, and answers as it is bid; otherwise, that it is written.
#[derive(Default)]
struct Client {
    received: Mutex<Vec<u64>>,
    answers: Mutex<VecDeque<Told>>,
    tellings: AtomicU64,
}

impl Client {
    fn answering(answers: &[Told]) -> Arc<Self> {
        let answers = Mutex::new(answers.iter().copied().collect());
        Arc::new(Self { answers, ..Self::default() })
    }

    fn received(&self) -> Vec<u64> {
        self.received.lock().unwrap().clone()
    }
}

impl Outlet for Client {
    fn tell(&self, turn: u64, update: &Bytes) -> Told {
        assert_eq!(turn, TURN);
        self.tellings.fetch_add(1, Ordering::SeqCst);
        let told = self.answers.lock().unwrap().pop_front().unwrap_or(Told::Written);
        if told != Told::Refused {
            self.received.lock().unwrap().extend(sequences(update));
        }
        told
    }
}

/// A reader, its client, and how often it was woken.
struct Reader {
    subscription: Subscription,
    woken: Arc<Woken>,
}

#[derive(Default)]
struct Woken(AtomicU64);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Reader {
    /// A reader of everything from the beginning, which waits.
    fn new(hub: &Hub, outlet: Arc<dyn Outlet>) -> Self {
        Self::of(hub.subscribe(Sequence::ZERO).unwrap(), outlet)
    }

    fn of(mut subscription: Subscription, outlet: Arc<dyn Outlet>) -> Self {
        subscription.lend(outlet, TURN, Instant::now() + Duration::from_hours(1_000));
        let mut reader = Self { subscription, woken: Arc::default() };
        reader.waits();
        reader
    }

    fn poll(&mut self) -> Poll<Update> {
        let waker = Waker::from(Arc::clone(&self.woken));
        self.subscription.poll_next(&mut Context::from_waker(&waker))
    }

    /// It has nothing to give.
    fn waits(&mut self) {
        let polled = self.poll();
        assert!(polled.is_pending(), "{polled:?}");
    }

    /// What it gives itself.
    fn gives(&mut self) -> Vec<u64> {
        match self.poll() {
            Poll::Ready(Update::Events(bytes)) => sequences(&bytes),
            other => panic!("events are expected, not {other:?}"),
        }
    }

    fn woken(&self) -> u64 {
        self.woken.0.load(Ordering::SeqCst)
    }
}

#[tokio::test(start_paused = true)]
async fn who_lends_is_told_and_sleeps() {
    let mut network = Network::new(options(), 0);
    let clients: Vec<_> = (0..50).map(|_| Client::answering(&[])).collect();
    let mut readers: Vec<_> =
        clients.iter().map(|client| Reader::new(&network.hub, client.clone())).collect();
    network.writer.commit(2);
    settle().await;
    network.writer.commit(1);
    settle().await;
    for (reader, client) in readers.iter_mut().zip(&clients) {
        assert_eq!(client.received(), [1, 2, 3]);
        assert_eq!(client.tellings.load(Ordering::SeqCst), 2, "a batch is one update");
        assert_eq!(reader.woken(), 0);
        // It goes on from there.
        reader.waits();
        assert_eq!(reader.subscription.position(), Sequence(3));
    }
    network.writer.commit(1);
    settle().await;
    assert!(clients.iter().all(|client| client.received() == [1, 2, 3, 4]));
    assert!((1..=4).all(|sequence| network.encoder.times(sequence) == 1));
    assert_eq!(network.hub.meters().updates.get(), 150);
    assert_eq!(network.hub.meters().update_bytes.get(), 50 * 4 * 8);
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_the_reader_gives_and_what_is_taken_it_does_not() {
    let mut network = Network::new(options(), 0);
    let client = Client::answering(&[Told::Refused, Told::Taken]);
    let mut reader = Reader::new(&network.hub, client.clone());
    network.writer.commit(2);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![], 1));
    assert_eq!(reader.gives(), [1, 2]);
    reader.waits();
    network.writer.commit(2);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![3, 4], 2));
    reader.waits();
    assert_eq!(reader.subscription.position(), Sequence(4));
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![3, 4, 5], 2));
}

#[tokio::test(start_paused = true)]
async fn who_was_woken_and_has_not_looked_is_left_alone() {
    let mut network = Network::new(options(), 0);
    let client = Client::answering(&[Told::Refused]);
    let mut reader = Reader::new(&network.hub, client.clone());
    for _ in 0..3 {
        network.writer.commit(1);
        settle().await;
        assert_eq!((client.tellings.load(Ordering::SeqCst), reader.woken()), (1, 1));
    }
    assert_eq!(reader.gives(), [1]);
    assert_eq!(reader.gives(), [2]);
    assert_eq!(reader.gives(), [3]);
    reader.waits();
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![4], 1));
}

#[tokio::test(start_paused = true)]
async fn a_loan_has_an_end() {
    let mut network = Network::new(options(), 0);
    let client = Client::answering(&[]);
    let mut subscription = network.hub.subscribe(Sequence::ZERO).unwrap();
    let second = Duration::from_secs(1);
    subscription.lend(client.clone(), TURN, Instant::now() + second);
    let mut reader = Reader { subscription, woken: Arc::default() };
    reader.waits();
    tokio::time::sleep(second).await;
    assert_eq!(reader.woken(), 0, "nothing is to be told");
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![], 1));
    assert_eq!(reader.gives(), [1]);
    reader.subscription.lend_until(Instant::now() + second);
    reader.waits();
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![2], 1));
}

#[tokio::test(start_paused = true)]
async fn who_wants_some_is_woken() {
    let mut network = Network::new(options(), 0);
    let client = Client::answering(&[]);
    let filter = Filter { traders: vec![TraderId(2)], ..Filter::default() };
    let interest = Interest::new(filter, Scope::Network);
    let subscription = network.hub.subscribe_to(interest, Sequence::ZERO).unwrap();
    let mut reader = Reader::of(subscription, client.clone());
    network.writer.commit(3);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![], 1));
    assert_eq!(reader.gives(), [2]);
    // And who wants some from now on.
    reader.subscription.listen_for(Interest::default());
    reader.waits();
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![4], 1));
    let filter = Filter { traders: vec![TraderId(6)], ..Filter::default() };
    reader.subscription.listen_for(Interest::new(filter, Scope::Network));
    reader.waits();
    network.writer.commit(2);
    settle().await;
    assert_eq!((client.received(), reader.woken()), (vec![4], 2));
    assert_eq!(reader.gives(), [6]);
}

#[tokio::test(start_paused = true)]
async fn what_is_more_than_an_update_the_reader_gives() {
    let small = HubOptions { update_bytes_max: 80, ..options() };
    let mut network = Network::new(small, 0);
    let client = Client::answering(&[]);
    let mut reader = Reader::new(&network.hub, client.clone());
    network.writer.commit(25);
    settle().await;
    assert_eq!((client.received(), reader.woken()), ((1..=10).collect(), 1));
    assert_eq!(reader.gives(), (11..=20).collect::<Vec<_>>());
    assert_eq!(reader.gives(), (21..=25).collect::<Vec<_>>());
    reader.waits();
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received().last().copied(), reader.woken()), (Some(26), 1));
}

#[tokio::test(start_paused = true)]
async fn an_update_is_of_all_that_is_shown_but_what_is_hidden() {
    let mut network = Network::new(options(), 0);
    network.encoder.hide([2, 101, 102]);
    let client = Client::answering(&[]);
    let mut reader = Reader::new(&network.hub, client.clone());
    network.writer.commit(100);
    settle().await;
    let all: Vec<_> = (1..=100).filter(|sequence| *sequence != 2).collect();
    assert_eq!((client.received(), client.tellings.load(Ordering::SeqCst)), (all, 1));
    network.writer.commit(2);
    settle().await;
    assert_eq!((client.tellings.load(Ordering::SeqCst), reader.woken()), (1, 0));
    reader.waits();
    assert_eq!(reader.subscription.position(), Sequence(102));
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received().last().copied(), reader.woken()), (Some(103), 0));
}

#[tokio::test(start_paused = true)]
async fn who_cannot_be_told_in_time_is_told_that_it_lags() {
    let short = HubOptions { ring_events_max: 100, ..options() };
    let mut network = Network::new(short, 0);
    let client = Client::answering(&[]);
    let mut reader = Reader::new(&network.hub, client.clone());
    network.writer.commit(10);
    settle().await;
    // No wave comes between.
    network.writer.commit(500);
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received(), reader.woken()), ((1..=10).collect(), 1));
    let polled = reader.poll();
    let Poll::Ready(Update::Lagged { resume_after }) = polled else { panic!("{polled:?}") };
    assert_eq!(resume_after, Sequence(10));
}

#[tokio::test(start_paused = true)]
async fn who_was_told_is_not_silent() {
    let heartbeat = Duration::from_secs(16);
    let mut network = Network::new(HubOptions { heartbeat, ..options() }, 0);
    let client = Client::answering(&[]);
    let mut reader = Reader::new(&network.hub, client.clone());
    for _ in 0..8 {
        tokio::time::sleep(heartbeat / 2).await;
        network.writer.commit(1);
    }
    settle().await;
    assert_eq!((client.received().len(), reader.woken()), (8, 0));
    tokio::time::sleep(heartbeat + heartbeat / 8).await;
    assert_eq!(reader.woken(), 1);
    assert!(matches!(reader.poll(), Poll::Ready(Update::Heartbeat)));
    reader.waits();
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.received().len(), reader.woken()), (9, 1));
}

#[tokio::test(start_paused = true)]
async fn stopping_wakes_who_lends() {
    let mut network = Network::new(options(), 0);
    let client = Client::answering(&[]);
    let mut reader = Reader::new(&network.hub, client.clone());
    network.writer.commit(1);
    settle().await;
    network.writer.commit(1);
    network.hub.stop();
    assert_eq!((client.received(), reader.woken()), (vec![1], 1));
    assert_eq!(reader.gives(), [2]);
    assert!(matches!(reader.poll(), Poll::Ready(Update::Closed)));
}

/// Does something while a wave has it.
struct Meanwhile<F>(Client, F);

impl<F: Fn() + Send + Sync> Outlet for Meanwhile<F> {
    fn tell(&self, turn: u64, update: &Bytes) -> Told {
        (self.1)();
        self.0.tell(turn, update)
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_polled_meanwhile_waits_for_the_wave() {
    let mut network = Network::new(options(), 0);
    let reader: Arc<Mutex<Option<Reader>>> = Arc::default();
    let polled = Arc::clone(&reader);
    let meanwhile = move || polled.lock().unwrap().as_mut().unwrap().waits();
    let client = Arc::new(Meanwhile(Client::default(), meanwhile));
    *reader.lock().unwrap() = Some(Reader::new(&network.hub, client.clone()));
    network.writer.commit(2);
    settle().await;
    let mut reader = reader.lock().unwrap().take().unwrap();
    assert_eq!((client.0.received(), reader.woken()), (vec![1, 2], 1));
    reader.waits();
    assert_eq!(reader.subscription.position(), Sequence(2));
}

#[tokio::test(start_paused = true)]
async fn who_comes_after_a_reader_that_left_meanwhile_has_nothing_of_it() {
    let mut network = Network::new(options(), 0);
    let hub = network.hub.clone();
    let reader: Arc<Mutex<Option<Reader>>> = Arc::default();
    let left = Arc::clone(&reader);
    let later = Client::answering(&[]);
    let its_client = Arc::clone(&later);
    let meanwhile = move || {
        let mut reader = left.lock().unwrap();
        drop(reader.take());
        assert_eq!(hub.readers(), 0);
        let subscription = hub.subscribe(Sequence::ZERO).unwrap();
        let mut next = Reader { subscription, woken: Arc::default() };
        assert_eq!(next.gives(), [1, 2]);
        let until = Instant::now() + Duration::from_hours(1);
        next.subscription.lend(its_client.clone(), TURN, until);
        next.waits();
        *reader = Some(next);
    };
    let client = Arc::new(Meanwhile(Client::default(), meanwhile));
    *reader.lock().unwrap() = Some(Reader::new(&network.hub, client.clone()));
    network.writer.commit(2);
    settle().await;
    assert_eq!((client.0.received(), later.received()), (vec![1, 2], vec![]));
    network.writer.commit(1);
    settle().await;
    assert_eq!((client.0.received(), later.received()), (vec![1, 2], vec![3]));
    assert_eq!(Arc::strong_count(&client), 1, "nobody keeps it");
}

#[tokio::test(start_paused = true)]
async fn an_outlet_that_panics_ends_its_reader_alone() {
    let mut network = Network::new(options(), 0);
    let clients: Vec<_> = (0..3).map(|_| Client::answering(&[])).collect();
    let mut readers: Vec<_> =
        clients.iter().map(|client| Reader::new(&network.hub, client.clone())).collect();
    let broken = Arc::new(Meanwhile(Client::default(), || panic!("on purpose")));
    readers.insert(1, Reader::new(&network.hub, broken));
    network.writer.commit(1);
    settle().await;
    network.writer.commit(1);
    settle().await;
    assert!(clients.iter().all(|client| client.received() == [1, 2]));
    let woken: Vec<_> = readers.iter().map(Reader::woken).collect();
    assert_eq!(woken, [0, 1, 0, 0]);
    // Nobody knows what its client has: that asks again, from what it saw.
    assert!(matches!(readers[1].poll(), Poll::Ready(Update::Failed(_))));
    assert!(matches!(readers[1].poll(), Poll::Ready(Update::Closed)));
}
