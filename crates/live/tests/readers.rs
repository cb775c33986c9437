//! What one reader gets: in paused time, on one thread.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use common::{Network, Writer, next_events, options, read_to, sequences, settle};
use domain::Sequence;
use live::{Hub, HubOptions, SubscribeError, Subscription, Update};
use tokio::time::Instant;

#[tokio::test(start_paused = true)]
async fn live_readers_share_what_is_encoded_once() {
    let mut network = Network::new(options(), 3);
    let mut readers: Vec<_> =
        (0..50).map(|_| network.hub.subscribe(Sequence(3)).unwrap()).collect();
    network.writer.commit(2);
    network.writer.commit(1);
    for reader in &mut readers {
        assert_eq!(next_events(reader).await, [4, 5, 6], "commits are gathered");
    }
    network.writer.commit(1);
    for reader in &mut readers {
        assert_eq!(next_events(reader).await, [7]);
    }
    for sequence in 4..=7 {
        assert_eq!(network.encoder.times(sequence), 1);
    }
    assert_eq!(network.journal.reads.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_encoded_for_nobody() {
    let mut network = Network::new(options(), 0);
    network.writer.commit(1_000);
    settle().await;
    assert!((1..=1_000).all(|sequence| network.encoder.times(sequence) == 0));
    let mut reader = network.hub.subscribe(Sequence(900)).unwrap();
    read_to(&mut reader, 1_000).await;
    assert_eq!(network.encoder.times(1), 0);
}

#[tokio::test(start_paused = true)]
async fn a_waiting_reader_is_woken_at_once_after_a_quiet_time() {
    let mut network = Network::new(options(), 0);
    let mut reader = network.hub.subscribe(Sequence::ZERO).unwrap();
    let waiting = tokio::spawn(async move { next_events(&mut reader).await });
    settle().await;
    let committed = Instant::now();
    network.writer.commit(1);
    assert_eq!(waiting.await.unwrap(), [1]);
    assert_eq!(committed.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn wake_ups_are_paced() {
    let pause = Duration::from_millis(20);
    let paced = HubOptions {
        wake_pause_events: 1,
        wake_pause_per_reader: pause,
        wake_pause_max: pause,
        ..options()
    };
    let mut network = Network::new(paced, 0);
    let mut reader = network.hub.subscribe(Sequence::ZERO).unwrap();
    let reading = tokio::spawn(async move {
        let began = Instant::now();
        let mut woken = Vec::new();
        while reader.position() < Sequence(41) {
            woken.push((began.elapsed().as_millis(), next_events(&mut reader).await.len()));
        }
        woken
    });
    for _ in 0..41 {
        tokio::time::sleep(Duration::from_millis(1)).await;
        network.writer.commit(1);
    }
    let woken = reading.await.unwrap();
    let events: usize = woken.iter().map(|(_, events)| events).sum();
    assert_eq!((woken.len(), events), (3, 41), "{woken:?}");
}

/// A reader that takes what there is when it is woken, there and then.
struct Eager {
    reader: Mutex<Subscription>,
    /// What it got with each of its wake-ups.
    got: Mutex<Vec<Vec<u64>>>,
    /// Whom it makes commit once more, with its first wake-up.
    writer: Mutex<Option<Writer>>,
}

impl Eager {
    fn new(hub: &Hub) -> Arc<Self> {
        let reader = Mutex::new(hub.subscribe(Sequence::ZERO).unwrap());
        let eager = Arc::new(Self { reader, got: Mutex::default(), writer: Mutex::default() });
        assert!(eager.take().is_empty(), "it begins by waiting");
        eager
    }

    fn take(self: &Arc<Self>) -> Vec<u64> {
        let waker = Waker::from(Arc::clone(self));
        let mut reader = self.reader.lock().unwrap();
        let mut taken = Vec::new();
        while let Poll::Ready(update) = reader.poll_next(&mut Context::from_waker(&waker)) {
            let Update::Events(bytes) = update else { panic!("{update:?}") };
            taken.extend(sequences(&bytes));
        }
        taken
    }
}

impl Wake for Eager {
    fn wake(self: Arc<Self>) {
        let taken = self.take();
        self.got.lock().unwrap().push(taken);
        if let Some(mut writer) = self.writer.lock().unwrap().take() {
            writer.commit(1);
            // Longer than what is committed in a wave waits to be shown.
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

#[tokio::test]
async fn a_wave_shows_what_is_committed_meanwhile_to_those_that_it_comes_to_later() {
    let mut network = Network::new(options(), 0);
    let readers: Vec<_> = (0..40).map(|_| Eager::new(&network.hub)).collect();
    network.writer.commit(1);
    *readers[0].writer.lock().unwrap() = Some(network.writer);
    for (number, eager) in readers.iter().enumerate() {
        let reached = async {
            while eager.reader.lock().unwrap().position() < Sequence(2) {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(30), reached).await;
        in_time.unwrap_or_else(|_| panic!("reader {number} is left behind"));
        let got = eager.got.lock().unwrap();
        // Sixteen are woken before it is looked for more.
        let expected = if number < 16 { vec![vec![1], vec![2]] } else { vec![vec![1, 2]] };
        assert_eq!(*got, expected, "{number}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_catches_up_over_many_slices_and_goes_live() {
    let small = HubOptions { catch_up_events: 7, update_bytes_max: 5 * 8, ..options() };
    let mut network = Network::new(small, 1_000);
    let mut reader = network.hub.subscribe(Sequence(10)).unwrap();
    while reader.position() < Sequence(1_000) {
        assert!(next_events(&mut reader).await.len() <= 5);
    }
    assert!(network.journal.reads.load(Ordering::SeqCst) >= 990 / 7);
    assert_eq!(network.journal.longest_read.load(Ordering::SeqCst), 7);
    let reads = network.journal.reads.load(Ordering::SeqCst);
    network.writer.commit(100);
    read_to(&mut reader, 1_100).await;
    assert_eq!(network.journal.reads.load(Ordering::SeqCst), reads, "live");
}

#[tokio::test(start_paused = true)]
async fn nothing_shows_that_the_hub_has_not_seen_committed() {
    let mut network = Network::new(options(), 5);
    let mut early = network.hub.subscribe(Sequence::ZERO).unwrap();
    let pending = network.writer.append(5);
    read_to(&mut early, 5).await;
    let waiting = tokio::spawn(async move { next_events(&mut early).await });
    settle().await;
    assert!(!waiting.is_finished());
    assert_eq!(network.hub.last(), Sequence(5));
    let refused = network.hub.subscribe(Sequence(6)).err();
    let last = Sequence(5);
    assert_eq!(refused, Some(SubscribeError::UnknownPosition { last }));
    network.writer.fold(&pending);
    assert_eq!(waiting.await.unwrap(), [6, 7, 8, 9, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_told_and_harms_no_other() {
    let small = HubOptions { ring_events_max: 100, ..options() };
    let mut network = Network::new(small, 0);
    let mut slow = network.hub.subscribe(Sequence::ZERO).unwrap();
    let mut quick = network.hub.subscribe(Sequence::ZERO).unwrap();
    let mut late = network.hub.subscribe(Sequence::ZERO).unwrap();
    let (waiting, ()) = tokio::join!(next_events(&mut slow), async { network.writer.commit(3) });
    assert_eq!(waiting, [1, 2, 3], "it was up to date");
    for _ in 0..50 {
        network.writer.commit(10);
        read_to(&mut quick, network.hub.last().0).await;
    }
    let Update::Lagged { resume_after } = slow.next().await else {
        panic!("it lags");
    };
    assert_eq!(resume_after, Sequence(3));
    assert!(matches!(slow.next().await, Update::Closed));
    assert!(matches!(slow.next().await, Update::Closed));
    // One that never was up to date catches up as long as it takes.
    read_to(&mut late, 503).await;
    let mut resumed = network.hub.subscribe(resume_after).unwrap();
    read_to(&mut resumed, 503).await;
}

#[tokio::test(start_paused = true)]
async fn readers_are_counted_and_bounded() {
    let two = HubOptions { readers_max: 2, ..options() };
    let network = Network::new(two, 0);
    let first = network.hub.subscribe(Sequence::ZERO).unwrap();
    let _second = network.hub.subscribe(Sequence::ZERO).unwrap();
    assert_eq!(network.hub.readers(), 2);
    let refused = network.hub.subscribe(Sequence::ZERO).err();
    let maximum = 2;
    assert_eq!(refused, Some(SubscribeError::TooManyReaders { maximum }));
    drop(first);
    assert_eq!(network.hub.readers(), 1);
    assert!(network.hub.subscribe(Sequence::ZERO).is_ok());
}

#[tokio::test(start_paused = true)]
async fn heartbeats_come_when_nothing_else_does() {
    let mut network = Network::new(HubOptions::default(), 0);
    let mut reader = network.hub.subscribe(Sequence::ZERO).unwrap();
    let about = |elapsed: Duration| (14..=16).contains(&elapsed.as_secs());

    for _ in 0..3 {
        let began = Instant::now();
        assert!(matches!(reader.next().await, Update::Heartbeat));
        assert!(about(began.elapsed()), "{:?}", began.elapsed());
    }
    let (done, mut is_done) = tokio::sync::oneshot::channel();
    let reading = tokio::spawn(async move {
        let began = Instant::now();
        for _ in 0..6 {
            next_events(&mut reader).await;
        }
        let last = Instant::now();
        let busy = last - began;
        assert!(matches!(reader.next().await, Update::Heartbeat));
        done.send(()).unwrap();
        (busy, last.elapsed())
    });
    for _ in 0..6 {
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(is_done.try_recv().is_err());
        network.writer.commit(1);
    }
    let (busy, silent) = reading.await.unwrap();
    assert_eq!(busy.as_secs(), 60);
    assert!(about(silent), "{silent:?}");
}

#[tokio::test(start_paused = true)]
async fn stopping_ends_every_reader_after_what_is_committed() {
    let mut network = Network::new(options(), 2_000);
    let mut waiting = network.hub.subscribe(Sequence(2_000)).unwrap();
    let mut behind = network.hub.subscribe(Sequence::ZERO).unwrap();
    let waited = tokio::spawn(async move {
        next_events(&mut waiting).await;
        assert!(matches!(waiting.next().await, Update::Closed));
        waiting.position()
    });
    settle().await;
    network.writer.commit(1);
    network.hub.stop();
    let refused = network.hub.subscribe(Sequence::ZERO).err();
    assert_eq!(refused, Some(SubscribeError::Stopping));
    assert_eq!(waited.await.unwrap(), Sequence(2_001));
    read_to(&mut behind, 2_001).await;
    assert!(matches!(behind.next().await, Update::Closed));
}

#[tokio::test(start_paused = true)]
async fn stopping_wakes_who_waits() {
    let network = Network::new(options(), 2);
    let mut reader = network.hub.subscribe(Sequence(2)).unwrap();
    let waiting = tokio::spawn(async move { reader.next().await });
    settle().await;
    network.hub.stop();
    assert!(matches!(waiting.await.unwrap(), Update::Closed));
    assert_eq!(network.hub.readers(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_journal_that_cannot_be_read_fails_its_reader_alone() {
    let mut network = Network::new(options(), 10);
    let mut live = network.hub.subscribe(Sequence(10)).unwrap();
    network.journal.is_broken.store(true, Ordering::SeqCst);
    let mut behind = network.hub.subscribe(Sequence(4)).unwrap();
    let Update::Failed(failure) = behind.next().await else {
        panic!("it fails");
    };
    assert_eq!(failure.after, Sequence(4));
    assert!(matches!(behind.next().await, Update::Closed));
    network.writer.commit(1);
    assert_eq!(next_events(&mut live).await, [11]);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_next_loses_nothing() {
    let mut network = Network::new(options(), 300);
    let mut reader = network.hub.subscribe(Sequence::ZERO).unwrap();
    network.writer.commit(300);
    while reader.position() < Sequence(600) {
        tokio::select! {
            biased;
            _ = next_events(&mut reader) => {}
            () = tokio::task::yield_now() => {}
        }
    }
    assert_eq!(reader.position(), Sequence(600));
}
