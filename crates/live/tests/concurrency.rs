//! Many readers from random positions against a writer that does not wait: on several threads.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use common::{Network, Random, options, sequences};
use domain::Sequence;
use live::{Hub, HubOptions, Outlet, Subscription, Told, Update};
use tokio::sync::Notify;
use tokio::time::Instant;

/// What one reader got, and must get next.
struct Got {
    after: u64,
    last: u64,
    committing: Arc<AtomicU64>,
    state: Mutex<State>,
    /// Notified when its client has all of it.
    done: Notify,
}

struct State {
    next: u64,
    /// Which of its subscriptions may tell.
    turn: u64,
    random: Random,
}

impl Got {
    fn take(&self, state: &mut State, bytes: &[u8]) {
        for sequence in sequences(bytes) {
            assert_eq!(sequence, state.next, "of the reader behind {}", self.after);
            state.next += 1;
        }
        assert!(state.next - 1 <= self.committing.load(Ordering::SeqCst), "not yet committed");
    }

    fn position(&self) -> u64 {
        self.state.lock().unwrap().next - 1
    }

    fn random_below(&self, bound: u64) -> u64 {
        self.state.lock().unwrap().random.below(bound)
    }

    /// A subscription that goes on where the one before it was.
    fn subscribe(self: &Arc<Self>, hub: &Hub, lends: bool) -> Subscription {
        let (turn, after) = {
            let state = &mut *self.state.lock().unwrap();
            state.turn += 1;
            (state.turn, state.next - 1)
        };
        let mut reader = hub.subscribe(Sequence(after)).unwrap();
        if lends {
            reader.lend(Arc::clone(self) as _, turn, Instant::now() + Duration::from_millis(20));
        }
        reader
    }
}

/// The reader's own client, whose socket is full now and then, or passes to somebody else.
impl Outlet for Got {
    fn tell(&self, turn: u64, update: &Bytes) -> Told {
        let state = &mut *self.state.lock().unwrap();
        let told = match state.random.below(8) {
            _ if turn != state.turn => return Told::Refused,
            0 => return Told::Refused,
            1 => Told::Taken,
            _ => Told::Written,
        };
        self.take(state, update);
        if state.next > self.last {
            self.done.notify_one();
        }
        told
    }
}

/// Reads everything, resuming when told to; answers how often it was.
async fn read_all(hub: Hub, got: Arc<Got>, lends: bool) -> u64 {
    let mut resumed = 0;
    let mut reader = got.subscribe(&hub, lends);
    while got.position() < got.last {
        let update = tokio::select! {
            update = reader.next() => update,
            // Who lends is not woken for what its client has.
            () = got.done.notified() => continue,
        };
        reader.lend_until(Instant::now() + Duration::from_millis(got.random_below(10)));
        match update {
            Update::Events(bytes) => got.take(&mut got.state.lock().unwrap(), &bytes),
            Update::Lagged { resume_after } => {
                resumed += 1;
                assert_eq!(resume_after, Sequence(got.position()));
                reader = got.subscribe(&hub, lends);
            }
            other => panic!("the reader behind {} got {other:?}", got.after),
        }
        match got.random_below(32) {
            // One that leaves, be it with what it lent.
            0 => reader = got.subscribe(&hub, lends),
            // One with other things to do.
            1..5 => {
                for _ in 0..got.random_below(20) {
                    tokio::task::yield_now().await;
                }
            }
            _ => {}
        }
    }
    resumed
}

async fn check(seed: u64) {
    let mut random = Random(seed);
    let history = random.below(500);
    let last = history + 3_000 + random.below(3_000);
    let random_options = HubOptions {
        ring_events_max: usize::try_from(1 + random.below(1_000)).unwrap(),
        ring_bytes_max: usize::try_from(8 + random.below(20_000)).unwrap(),
        catch_up_events: usize::try_from(1 + random.below(200)).unwrap(),
        catch_ups_max: usize::try_from(1 + random.below(4)).unwrap(),
        update_bytes_max: usize::try_from(1 + random.below(2_000)).unwrap(),
        wake_pause_events: random.below(3),
        wake_pause_per_reader: Duration::from_micros(random.below(200)),
        ..options()
    };
    let network = Network::new(random_options, history);
    let committing = Arc::new(AtomicU64::new(history));
    let mut writer = network.writer;
    let written = Arc::clone(&committing);
    let mut sizes = Random(random.below(u64::MAX));
    let (start, started) = std::sync::mpsc::sync_channel::<()>(1);
    let writing = std::thread::spawn(move || {
        started.recv().unwrap();
        let mut position = history;
        while position < last {
            let most = if sizes.below(10) == 0 { 300 } else { 5 };
            let count = (1 + sizes.below(most)).min(last - position);
            // The journal has it before the hub hears of it.
            let batch = writer.append(count);
            std::thread::yield_now();
            position += count;
            written.store(position, Ordering::SeqCst);
            writer.fold(&batch);
        }
        writer
    });
    let mut readers = Vec::new();
    for number in 0..60 {
        if number == 20 {
            start.send(()).unwrap();
        }
        let after = random.below(network.hub.last().0 + 1);
        let random = Random(random.below(u64::MAX));
        let got = Got {
            after,
            last,
            committing: Arc::clone(&committing),
            state: Mutex::new(State { next: after + 1, turn: 0, random }),
            done: Notify::new(),
        };
        let reading = read_all(network.hub.clone(), Arc::new(got), number % 2 == 0);
        readers.push(tokio::spawn(reading));
        tokio::task::yield_now().await;
    }
    for reader in readers {
        reader.await.unwrap_or_else(|failure| {
            panic!("{failure}; again: LIVE_SEED={seed} cargo test -p live --test concurrency")
        });
    }
    drop(writing.join().unwrap());
    assert_eq!(network.hub.readers(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn every_reader_gets_every_event_once() {
    if let Ok(seed) = std::env::var("LIVE_SEED") {
        return check(seed.parse().unwrap()).await;
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut seeds = Random(now.as_secs() ^ u64::from(now.subsec_nanos()));
    for _ in 0..6 {
        check(seeds.below(u64::MAX)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn live_readers_never_encode_an_event_twice() {
    let network = Network::new(options(), 0);
    let mut writer = network.writer;
    let readers: Vec<_> = (0..100)
        .map(|_| {
            let mut reader = network.hub.subscribe(Sequence::ZERO).unwrap();
            tokio::spawn(async move { common::read_to(&mut reader, 2_000).await })
        })
        .collect();
    let writing = std::thread::spawn(move || {
        for _ in 0..500 {
            writer.commit(4);
            std::thread::yield_now();
        }
        writer
    });
    for reader in readers {
        reader.await.unwrap();
    }
    drop(writing.join().unwrap());
    assert!((1..=2_000).all(|sequence| network.encoder.times(sequence) == 1));
}
