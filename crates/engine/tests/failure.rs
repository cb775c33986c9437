//! When the engine cannot go on, nobody waits for it for ever.

mod common;

use std::future::Future as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::thread;

use common::{Network, accept_all, book, buy, founding, until};
use domain::{Batch, CommitObserver, NoRoom, Sequence, Timestamp};
use engine::Refused;
use journal::Journal as _;

#[test]
fn a_start_whose_first_append_fails_says_so_and_ends() {
    let mut network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(100_000, 10));
    // More timers than one batch holds, so that the start waits for the journal in the middle.
    let promised = Timestamp(engine.handle().now().0 + 60_000_000);
    for _ in 0..4 {
        accept_all(&engine.handle(), (0..15_000).map(|_| book(promised)).collect());
    }
    engine.stop().unwrap();
    network.wall += 600_000_000;
    let journal = network.journal.reopen();
    journal.fail_next("no space is left");
    let error = network.start_on(journal, Vec::new()).err().expect("it does not start").to_string();
    assert!(error.contains("no space is left"), "{error}");
    // Nothing of it is lost: the next start fires them all.
    network.start().stop().unwrap();
    network.verify();
}

#[test]
fn those_who_wait_behind_a_bulk_request_hear_of_a_failure() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(1_000_000, 1_000_000));
    network.journal.hold();
    let ask = |count: usize| {
        let handle = engine.handle();
        thread::spawn(move || handle.execute_blocking(vec![buy(1); count]).map(drop))
    };
    let bulk = ask(60_000);
    until("the writer waits for the journal", || network.journal.held_count() == 2);
    let behind = (0..10).map(|_| ask(1)).collect::<Vec<_>>();
    until("they wait behind it", || engine.handle().queue().0 >= 10);
    network.journal.fail_next("the disk is gone");
    network.journal.release_all();
    for asked in behind.into_iter().chain([bulk]) {
        let refused = asked.join().unwrap().unwrap_err();
        assert!(matches!(refused, Refused::OutcomeUnknown | Refused::Stopping), "{refused}");
    }
    assert_eq!(engine.handle().execute_blocking(vec![buy(1)]).unwrap_err(), Refused::Stopping);
    assert!(engine.stop().unwrap_err().to_string().contains("the disk is gone"));
}

/// Has room, waits for it, or never has it again.
struct Full {
    position: Sequence,
    room: Arc<AtomicU64>,
}

impl Full {
    const ROOM: u64 = 0;
    const WAITS: u64 = 1;
    const NONE: u64 = 2;
}

impl CommitObserver for Full {
    fn position(&self) -> Sequence {
        self.position
    }

    fn await_room(&mut self) -> Result<(), NoRoom> {
        until("it is decided", || self.room.load(Ordering::SeqCst) != Self::WAITS);
        match self.room.load(Ordering::SeqCst) {
            Self::ROOM => Ok(()),
            _ => Err(NoRoom("there is no room any more".to_owned())),
        }
    }

    fn committed(&mut self, batch: &Arc<Batch>) {
        self.position = batch.last();
    }
}

#[test]
fn an_observer_without_room_ends_it_also_while_the_queue_is_full_and_it_is_told_to_stop() {
    let network = Network::default();
    network.start().stop().unwrap();
    let room = Arc::new(AtomicU64::new(Full::ROOM));
    let full = Full { position: network.journal.reader().last(), room: Arc::clone(&room) };
    let engine = network.start_with(vec![Box::new(full)]);
    let handle = engine.handle();
    accept_all(&handle, founding(1_000_000, 1_000_000));
    room.store(Full::WAITS, Ordering::SeqCst);
    let mut context = Context::from_waker(Waker::noop());
    let (mut asked, mut refused_in_a_row) = (Vec::new(), 0);
    until("the queue stays full", || {
        let mut asking = Box::pin(handle.execute(buy(1)));
        match asking.as_mut().poll(&mut context) {
            Poll::Ready(Err(Refused::QueueFull)) => refused_in_a_row += 1,
            Poll::Ready(other) => panic!("{other:?}"),
            Poll::Pending => {
                refused_in_a_row = 0;
                asked.push(asking);
            }
        }
        refused_in_a_row > 1_000
    });
    let stopped = thread::spawn(move || engine.stop());
    until("it is told to stop", || {
        matches!(
            Box::pin(handle.execute(buy(1))).as_mut().poll(&mut context),
            Poll::Ready(Err(Refused::Stopping))
        )
    });
    room.store(Full::NONE, Ordering::SeqCst);
    until("it has stopped", || stopped.is_finished());
    let reason = stopped.join().unwrap().unwrap_err().to_string();
    assert!(reason.contains("there is no room any more"), "{reason}");
    for mut asking in asked {
        let answer = asking.as_mut().poll(&mut context);
        assert!(matches!(answer, Poll::Ready(Err(Refused::OutcomeUnknown))), "{answer:?}");
    }
    // What was committed is there, and an observer that has room takes it.
    network.start().stop().unwrap();
    network.verify();
}

#[test]
fn a_replay_ends_where_an_observer_has_no_room() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    engine.stop().unwrap();
    let room = Arc::new(AtomicU64::new(Full::NONE));
    let full = Full { position: Sequence::ZERO, room };
    let error = network.try_start(vec![Box::new(full)]).err().expect("it does not start");
    assert!(error.to_string().contains("there is no room any more"), "{error}");
}

#[test]
fn a_disk_that_fills_while_nobody_writes_is_noticed() {
    let network = Network::default();
    let journal = network.journal.reopen();
    let engine = network.start_on(journal.clone(), Vec::new()).unwrap();
    accept_all(&engine.handle(), founding(10, 10));
    journal.set_free_space(Some(journal::FreeSpace { free_bytes: 1, floor_bytes: 2 }));
    until("it is noticed", || !engine.handle().is_running());
    assert_eq!(engine.handle().execute_blocking(vec![buy(1)]).unwrap_err(), Refused::LowSpace);
    engine.stop().unwrap();
}
