//! A follower gets every event once, in order, whatever the queue let go and whatever fails.

use domain::{
    BatchId, Credits, Envelope, Epoch, Event, JournalId, PrincipalId, ReadError, Timestamp,
    TraderId,
};
use parking_lot::RwLock;

use super::*;

const LONG: Duration = Duration::from_mins(1);

fn event(sequence: u64) -> Recorded {
    let envelope = Envelope {
        sequence: Sequence(sequence),
        recorded_at: Timestamp::MIN,
        occurred_at: None,
        actor: PrincipalId(0),
        key: None,
        trace: None,
        note: None,
    };
    let amount = Credits::new(1).unwrap();
    Recorded { envelope, event: Event::CreditsIssued { trader: TraderId(0), amount } }
}

fn batch(first: u64, last: u64) -> Arc<Batch> {
    let id = BatchId { journal: JournalId(0), epoch: Epoch(1), number: 1 };
    Arc::new(Batch { id, events: (first..=last).map(event).collect() })
}

/// A journal of events that are there already.
struct Written(RwLock<u64>);

impl EventReader for Written {
    fn last(&self) -> Sequence {
        Sequence(*self.0.read())
    }

    fn read_after(&self, after: Sequence, limit: usize) -> Result<Vec<Recorded>, ReadError> {
        Ok((after.0 + 1..=*self.0.read()).take(limit).map(event).collect())
    }
}

/// Notes what it gets; fails every so many times.
#[derive(Default)]
struct Notes {
    seen: Arc<Mutex<Vec<u64>>>,
    calls: usize,
    fails_every: Option<usize>,
}

impl Follow for Notes {
    fn position(&self) -> Sequence {
        Sequence(self.seen.lock().last().copied().unwrap_or(0))
    }

    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.calls += 1;
        if self.fails_every.is_some_and(|every| self.calls.is_multiple_of(every)) {
            return Err("the disk is full".into());
        }
        self.seen.lock().extend(events.iter().map(|recorded| recorded.envelope.sequence.0));
        Ok(())
    }
}

#[test]
fn what_is_written_comes_first_and_then_what_is_committed_each_once() {
    let (notes, written) = (Notes::default(), Arc::new(Written(RwLock::new(3_000))));
    let seen = Arc::clone(&notes.seen);
    let follower = Follower::start("test", written.clone(), notes).unwrap();
    for first in (3_001..=9_000).step_by(3) {
        *written.0.write() = first + 2;
        follower.put(&batch(first, first + 2));
        follower.put(&batch(first, first + 2));
    }
    assert!(follower.wait_for(Sequence(9_000), LONG));
    let expected: Vec<u64> = (1..=9_000).collect();
    assert_eq!(*seen.lock(), expected);
    assert!(follower.waiting().is_empty());
}

#[test]
fn what_nobody_waits_for_is_folded_too() {
    let (notes, written) = (Notes::default(), Arc::new(Written(RwLock::new(0))));
    let follower = Follower::start("test", written, notes).unwrap();
    for sequence in 1..=3 {
        follower.put(&batch(sequence, sequence));
        let began = Instant::now();
        while follower.progress().position < Sequence(sequence) {
            assert!(began.elapsed() < LONG, "it waits for more, for ever");
            thread::yield_now();
        }
    }
}

#[test]
fn only_much_and_what_is_wanted_do_not_wait_for_more() {
    let queue = |last, position, wanted| Queue {
        batches: VecDeque::new(),
        bytes: 0,
        last: Sequence(last),
        position: Sequence(position),
        wanted: Sequence(wanted),
        waits: None,
        error: None,
        closing: false,
    };
    let check = |last, position, wanted| queue(last, position, wanted).is_urgent();
    assert!(!check(12, 10, 0), "few events that nobody waits for");
    assert!(!check(12, 10, 10), "a reader has what it waited for");
    assert!(check(12, 10, 11), "a reader waits");
    assert!(!check(10, 10, 11), "nothing is there for the reader that waits");
    assert!(check(10 + PAUSE_EVENTS_MAX, 10, 0), "much");
}

#[test]
fn what_the_queue_let_go_is_read_from_the_journal() {
    let (notes, written) = (Notes::default(), Arc::new(Written(RwLock::new(0))));
    let seen = Arc::clone(&notes.seen);
    let follower = Follower::start("test", written.clone(), notes).unwrap();
    // It cannot go on meanwhile.
    let held = seen.lock();
    let last = (QUEUE_BYTES_MAX / size_of::<Recorded>()) as u64 + 100;
    *written.0.write() = last;
    follower.put(&batch(1, 10));
    follower.put(&batch(11, last - 5));
    follower.put(&batch(last - 4, last));
    drop(held);
    assert!(follower.wait_for(Sequence(last), LONG));
    let expected: Vec<u64> = (1..=last).collect();
    assert!(*seen.lock() == expected);
}

#[test]
fn a_failure_is_told_and_tried_again() {
    let notes = Notes { fails_every: Some(2), ..Notes::default() };
    let seen = Arc::clone(&notes.seen);
    let written = Arc::new(Written(RwLock::new(2 * FOLD_EVENTS_MAX as u64)));
    let follower = Follower::start("test", written.clone(), notes).unwrap();
    while follower.progress().error.is_none() {
        thread::yield_now();
    }
    assert_eq!(follower.progress().error.as_deref(), Some("the disk is full"));
    assert!(follower.wait_for(written.last(), LONG));
    assert_eq!(seen.lock().len(), 2 * FOLD_EVENTS_MAX);
}

/// Cannot do what it does while nothing waits, and wants to be asked again how it rests.
struct Restless {
    position: Sequence,
    rests_count: Arc<Mutex<usize>>,
    is_failing: bool,
}

impl Follow for Restless {
    fn position(&self) -> Sequence {
        self.position
    }

    fn follow(&mut self, events: &[Recorded]) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.position = events.last().map_or(self.position, |last| last.envelope.sequence);
        Ok(())
    }

    fn rest(&mut self) -> Option<Duration> {
        *self.rests_count.lock() += 1;
        Some(Duration::from_millis(1))
    }

    fn idle(&mut self) -> Result<bool, Box<dyn Error + Send + Sync>> {
        if self.is_failing { Err("the disk is full".into()) } else { Ok(false) }
    }
}

fn restless(is_failing: bool) -> (Follower, Arc<Mutex<usize>>) {
    let rests_count = Arc::new(Mutex::new(0));
    let follow =
        Restless { position: Sequence::ZERO, rests_count: Arc::clone(&rests_count), is_failing };
    let written = Arc::new(Written(RwLock::new(0)));
    (Follower::start("test", written, follow).unwrap(), rests_count)
}

#[test]
fn who_wants_to_be_asked_again_is_asked_though_nothing_comes() {
    let (_follower, rests_count) = restless(false);
    let deadline = Instant::now() + LONG;
    while *rests_count.lock() < 3 {
        assert!(Instant::now() < deadline, "asked {} times", rests_count.lock());
        thread::yield_now();
    }
}

#[test]
fn what_fails_while_nothing_waits_holds_up_nothing_that_comes() {
    let (follower, _) = restless(true);
    for sequence in 1..=5 {
        // Each in the pause behind a failure.
        let deadline = Instant::now() + LONG;
        while follower.progress().error.is_none() {
            assert!(Instant::now() < deadline, "it never failed");
            thread::yield_now();
        }
        let began = Instant::now();
        follower.put(&batch(sequence, sequence));
        assert!(follower.wait_for(Sequence(sequence), LONG));
        assert!(began.elapsed() < RETRY_AFTER / 2, "it waited {:?}", began.elapsed());
    }
}
