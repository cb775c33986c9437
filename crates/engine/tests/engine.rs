//! What the single writer promises, on a journal in memory that can be held and made to fail.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use common::{Network, accept_all, book, buy, founding, keyed, until};
use domain::{Batch, CommitObserver, Event, Rejection, Sequence, ShipmentChange, Timestamp};
use engine::{Answer, EngineHandle, Refused};
use journal::{FreeSpace, Journal as _};

/// Gives commands from a thread of its own.
fn ask(
    handle: &EngineHandle,
    commands: Vec<domain::Command>,
) -> thread::JoinHandle<Result<Vec<Answer>, Refused>> {
    let handle = handle.clone();
    thread::spawn(move || handle.execute_blocking(commands))
}

fn sequences(answers: &[Answer]) -> Vec<u64> {
    let sequence = |answer: &Answer| match answer {
        Answer::Accepted(accepted) => accepted.events()[0].envelope.sequence.0,
        Answer::Replayed(sequence) => sequence.0,
        other => panic!("{other:?}"),
    };
    answers.iter().map(sequence).collect()
}

#[test]
fn no_answer_before_the_commit_not_even_a_refusal() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    network.journal.hold();
    let accepted = ask(&engine.handle(), vec![buy(10)]);
    until("the trade is with the journal", || network.journal.held_count() == 1);
    // Refused only because of the trade before it, which is not durable yet.
    let refused = ask(&engine.handle(), vec![buy(1)]);
    until("it was taken", || engine.handle().queue().0 == 0);
    for _ in 0..1000 {
        thread::yield_now();
        assert!(!accepted.is_finished() && !refused.is_finished());
    }
    network.journal.release_all();
    assert!(matches!(accepted.join().unwrap().unwrap()[0], Answer::Accepted(_)));
    let refused = refused.join().unwrap().unwrap();
    assert!(matches!(refused[0], Answer::Rejected(Rejection::InsufficientStock { .. })));
    engine.stop().unwrap();
}

/// Gives commands as a dry run from a thread of its own.
fn rehearse(
    handle: &EngineHandle,
    commands: Vec<domain::Command>,
) -> thread::JoinHandle<Result<Vec<Answer>, Refused>> {
    let handle = handle.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    thread::spawn(move || runtime.block_on(handle.dry_run(commands)))
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    let before = engine.handle().execute_blocking(vec![keyed("a", buy(1))]).unwrap();
    let last = sequences(&before)[0];
    let again = rehearse(
        &engine.handle(),
        // Each by itself: nine are left for the first, and still are for the second.
        vec![buy(9), buy(9), buy(10), keyed("a", buy(1)), keyed("a", buy(2)), keyed("b", buy(9))],
    );
    let answers = again.join().unwrap().unwrap();
    for would in [&answers[0], &answers[1], &answers[5]] {
        let Answer::WouldAccept(recorded) = would else { panic!("{would:?}") };
        assert!(matches!(&recorded[0].event, Event::TradeSettled(trade) if trade.total.get() > 0));
        assert_eq!(recorded[0].envelope.sequence, Sequence(last + 1));
        assert_eq!(recorded[0].envelope.key, None);
    }
    assert!(matches!(answers[2], Answer::Rejected(Rejection::InsufficientStock { .. })));
    assert!(matches!(answers[3], Answer::Replayed(sequence) if sequence == Sequence(last)));
    assert!(matches!(answers[4], Answer::KeyReused));
    // Key "b" is free still, and so are the goods; the next event has the next place.
    let after = engine.handle().execute_blocking(vec![keyed("b", buy(9))]).unwrap();
    assert_eq!(sequences(&after), [last + 1]);
    engine.stop().unwrap();
}

#[test]
fn a_dry_run_is_answered_only_when_what_it_saw_is_durable() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    network.journal.hold();
    let accepted = ask(&engine.handle(), vec![buy(10)]);
    until("the trade is with the journal", || network.journal.held_count() == 1);
    let rehearsed = rehearse(&engine.handle(), vec![buy(1)]);
    until("it was taken", || engine.handle().queue().0 == 0);
    for _ in 0..1000 {
        thread::yield_now();
        assert!(!accepted.is_finished() && !rehearsed.is_finished());
    }
    network.journal.release_all();
    let rehearsed = rehearsed.join().unwrap().unwrap();
    assert!(matches!(rehearsed[0], Answer::Rejected(Rejection::InsufficientStock { .. })));
    accepted.join().unwrap().unwrap();
    engine.stop().unwrap();
}

#[test]
fn every_observer_has_a_batch_before_its_answers_are_released() {
    struct Seen(Arc<AtomicU64>, Sequence);
    impl CommitObserver for Seen {
        fn position(&self) -> Sequence {
            self.1
        }
        fn committed(&mut self, batch: &Arc<Batch>) {
            self.1 = batch.last();
            self.0.store(batch.last().0, Ordering::SeqCst);
        }
    }
    let (network, seen) = (Network::default(), Arc::new(AtomicU64::new(0)));
    let engine = network.start_with(vec![Box::new(Seen(Arc::clone(&seen), Sequence::ZERO))]);
    accept_all(&engine.handle(), founding(1000, 1000));
    for _ in 0..200 {
        let answers = engine.handle().execute_blocking(vec![buy(1)]).unwrap();
        assert_eq!(sequences(&answers), [seen.load(Ordering::SeqCst)]);
    }
    engine.stop().unwrap();
}

fn last_of(network: &Network) -> Sequence {
    network.journal.reader().last()
}

/// Has this done whenever answers are released.
struct Answered<F>(Sequence, F);

impl<F: FnMut(Sequence) + Send> CommitObserver for Answered<F> {
    fn position(&self) -> Sequence {
        self.0
    }

    fn committed(&mut self, batch: &Arc<Batch>) {
        self.0 = batch.last();
    }

    fn answered(&mut self) {
        (self.1)(self.0);
    }
}

#[test]
fn what_may_wait_for_the_answers_begins_when_they_are_released() {
    let network = Network::default();
    // What the network begins with is answered before anybody could say so.
    network.start().stop().unwrap();
    let (had, after) = (Arc::new(AtomicU64::new(0)), last_of(&network));
    let ready = Arc::clone(&had);
    // It would wait for ever, were the answer behind it.
    let patient = Answered(after, move |to: Sequence| {
        until("the answer is there", || ready.load(Ordering::SeqCst) >= to.0);
    });
    let engine = network.start_with(vec![Box::new(patient)]);
    for commands in [founding(1000, 1000)].into_iter().chain((0..50).map(|_| vec![buy(1)])) {
        let answers = engine.handle().execute_blocking(commands).unwrap();
        had.store(sequences(&answers).into_iter().max().unwrap(), Ordering::SeqCst);
    }
    engine.stop().unwrap();
}

#[test]
fn nobody_waits_for_an_answer_that_nobody_gives_any_more() {
    let network = Network::default();
    network.start().stop().unwrap();
    let (gate, after) = (Arc::new(AtomicU64::new(0)), last_of(&network));
    let opened = Arc::clone(&gate);
    let broken = Answered(after, move |_: Sequence| {
        until("it is to fail", || opened.load(Ordering::SeqCst) > 0);
        panic!("it cannot go on");
    });
    let engine = network.start_with(vec![Box::new(broken)]);
    engine.handle().execute_blocking(founding(10, 10)).unwrap();
    // Nothing of these is for the journal, so that nothing wakes the writer behind them.
    let rehearsed: Vec<_> = (0..3).map(|_| rehearse(&engine.handle(), vec![buy(1)])).collect();
    until("they were decided", || engine.handle().meters().commands.rehearsed.get() == 3);
    for _ in 0..1000 {
        thread::yield_now();
    }
    gate.store(1, Ordering::SeqCst);
    for rehearsed in rehearsed {
        until("it is said", || rehearsed.is_finished());
        let refused = rehearsed.join().unwrap().unwrap_err();
        assert!(matches!(refused, Refused::OutcomeUnknown | Refused::Stopping), "{refused:?}");
    }
    assert_eq!(engine.failure()().unwrap(), "following a committed batch panicked");
    drop(engine.stop());
}

#[test]
fn after_a_failed_append_nothing_is_acknowledged_and_the_reason_is_said() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    let failure = engine.failure();
    network.journal.fail_next("the disk is gone");
    let answer = engine.handle().execute_blocking(vec![buy(1)]);
    assert_eq!(answer.unwrap_err(), Refused::OutcomeUnknown);
    let reason = failure().expect("a reason");
    assert!(reason.contains("the disk is gone"), "{reason}");
    assert_eq!(engine.handle().execute_blocking(vec![buy(1)]).unwrap_err(), Refused::Stopping);
    drop(engine.stop());
    // The next start has what was acknowledged, and goes on.
    let engine = network.start();
    accept_all(&engine.handle(), vec![buy(10)]);
    engine.stop().unwrap();
    network.verify();
}

#[test]
fn a_second_writer_fences_the_first() {
    let network = Network::default();
    let first = network.start();
    accept_all(&first.handle(), founding(10, 10));
    let failure = first.failure();
    let second = network.start();
    assert_eq!(first.handle().execute_blocking(vec![buy(1)]).unwrap_err(), Refused::OutcomeUnknown);
    assert!(failure().unwrap().contains("taken over"));
    accept_all(&second.handle(), vec![buy(10)]);
    drop(first.stop());
    second.stop().unwrap();
    network.verify();
}

#[test]
fn the_same_key_acts_once_wherever_its_first_use_is() {
    let network = Network::default();
    let engine = network.start();
    let handle = engine.handle();
    accept_all(&handle, founding(100, 100));
    // In one batch.
    let pair = handle.execute_blocking(vec![keyed("a", buy(1)), keyed("a", buy(1))]).unwrap();
    assert!(matches!(pair[..], [Answer::Accepted(_), Answer::Replayed(_)]), "{pair:?}");
    assert_eq!(sequences(&pair)[0], sequences(&pair)[1]);
    // With the first still in flight: answered, but not before it is durable.
    network.journal.hold();
    let first = ask(&handle, vec![keyed("b", buy(1))]);
    until("it is with the journal", || network.journal.held_count() == 1);
    let again = ask(&handle, vec![keyed("b", buy(1))]);
    until("it was taken", || handle.queue().0 == 0);
    assert!(!again.is_finished());
    network.journal.release_all();
    let (first, again) = (first.join().unwrap().unwrap(), again.join().unwrap().unwrap());
    assert_eq!(sequences(&first), sequences(&again));
    // Another command under the same key, and a rejected one's key.
    let answers = handle
        .execute_blocking(vec![keyed("a", buy(2)), keyed("c", buy(1000)), keyed("c", buy(1))])
        .unwrap();
    assert!(
        matches!(answers[..], [Answer::KeyReused, Answer::Rejected(_), Answer::Accepted(_)]),
        "{answers:?}"
    );
    engine.stop().unwrap();
    // After a restart.
    let engine = network.start();
    let again = engine.handle().execute_blocking(vec![keyed("a", buy(1))]).unwrap();
    assert_eq!(sequences(&again)[0], sequences(&pair)[0]);
    engine.stop().unwrap();
    assert_eq!(network.verify().last.0, 2 + 6 + 3);
}

#[test]
fn a_request_larger_than_a_batch_is_answered_whole_and_in_order() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(100_000, 100_000));
    let commands = (0..20_000).map(|at| keyed(&format!("k{at}"), buy(1))).collect();
    let answers = engine.handle().execute_blocking(commands).unwrap();
    let first = sequences(&answers)[0];
    assert_eq!(sequences(&answers), (first..first + 20_000).collect::<Vec<_>>());
    assert!(network.journal.committed().len() > 3, "one batch could not hold them");
    engine.stop().unwrap();
    network.verify();
}

#[test]
fn a_full_queue_refuses_and_forgets_nothing_it_took() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(1_000_000, 1_000_000));
    network.journal.hold();
    // Twice what the queue and the batches on their way hold.
    let asked = || ask(&engine.handle(), (0..4096).map(|_| buy(1)).collect());
    let asked = (0..50).map(|_| asked()).collect::<Vec<_>>();
    until("one is refused", || asked.iter().any(thread::JoinHandle::is_finished));
    network.journal.release_all();
    let answers = asked.into_iter().map(|asked| asked.join().unwrap()).collect::<Vec<_>>();
    let mut taken_count = 0;
    for answers in answers {
        match answers {
            Err(refused) => assert_eq!(refused, Refused::QueueFull),
            Ok(answers) => {
                taken_count += 1;
                assert!(answers.iter().all(|answer| matches!(answer, Answer::Accepted(_))));
            }
        }
    }
    assert!((1..50).contains(&taken_count), "{taken_count} were taken");
    engine.stop().unwrap();
    assert_eq!(network.verify().last.0, 2 + 6 + 4096 * taken_count);
}

#[test]
fn low_space_refuses_writes_until_there_is_room_again() {
    let network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    engine.stop().unwrap();
    network.journal.set_free_space(Some(FreeSpace { free_bytes: 1, floor_bytes: 2 }));
    let engine = network.start();
    assert_eq!(engine.handle().execute_blocking(vec![buy(1)]).unwrap_err(), Refused::LowSpace);
    network.journal.set_free_space(Some(FreeSpace { free_bytes: 3, floor_bytes: 2 }));
    until("it takes commands again", || engine.handle().is_running());
    accept_all(&engine.handle(), vec![buy(1)]);
    engine.stop().unwrap();
}

#[test]
fn snapshots_and_tail_give_the_state_that_replay_from_nothing_gives() {
    let network = Network { snapshot_events_min: 50, ..Network::default() };
    let engine = network.start();
    accept_all(&engine.handle(), founding(10_000, 10_000));
    for at in 0..300 {
        accept_all(&engine.handle(), vec![keyed(&format!("k{at}"), buy(1)), book(Timestamp::MAX)]);
    }
    engine.stop().unwrap();
    let report = network.verify();
    assert!(report.snapshot_count >= 1, "{report:?}");
    // A start from the snapshot goes on as if it had never stopped.
    let engine = network.start();
    let again = engine.handle().execute_blocking(vec![keyed("k0", buy(1))]).unwrap();
    assert!(matches!(again[0], Answer::Replayed(_)));
    accept_all(&engine.handle(), vec![buy(1)]);
    engine.stop().unwrap();
    let later = network.verify();
    assert_eq!(later.last.0, report.last.0 + 1);
    // A damaged snapshot costs time and nothing else.
    network.snapshots.damage("ledger");
    let engine = network.start();
    accept_all(&engine.handle(), vec![buy(1)]);
    engine.stop().unwrap();
}

#[test]
fn timers_fire_while_nobody_asks_and_before_a_start_is_ready() {
    // A day in under a second.
    let mut network = Network { speed: 100_000, ..Network::default() };
    let engine = network.start();
    let handle = engine.handle();
    accept_all(&handle, founding(10, 10));
    let day = 86_400_000_000;
    let now = handle.now();
    accept_all(&handle, vec![book(Timestamp(now.0 + day)), book(Timestamp(now.0 + 100_000 * day))]);
    let fired = |network: &Network| {
        let batches = network.journal.committed();
        let events = batches.iter().flat_map(|batch| batch.events.iter());
        events
            .filter(|recorded| match &recorded.event {
                Event::ShipmentChanged(it) => matches!(it.change, ShipmentChange::Delayed { .. }),
                _ => false,
            })
            .map(|recorded| recorded.envelope.clone())
            .collect::<Vec<_>>()
    };
    until("the first is overdue", || fired(&network).len() == 1);
    assert_eq!(fired(&network)[0].occurred_at, Some(Timestamp(now.0 + day)));
    engine.stop().unwrap();
    // Two days of wall time later, the second is overdue, too; it fires before anything else.
    network.wall += 2 * day;
    let engine = network.start();
    assert_eq!(fired(&network).len(), 2);
    engine.stop().unwrap();
    let times = network.journal.committed();
    let times = times.iter().flat_map(|batch| batch.events.iter());
    let times = times.map(|recorded| recorded.envelope.recorded_at).collect::<Vec<_>>();
    assert!(times.is_sorted_by(|one, next| one < next), "network time strictly increases");
    network.verify();
}

#[test]
fn a_wall_clock_that_went_back_neither_stops_nor_turns_network_time() {
    let mut network = Network { wall: 10_000_000_000, ..Network::default() };
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    engine.stop().unwrap();
    // An hour before the network began: the clock is wrong, and it is said.
    network.wall -= 3_600_000_000;
    let error = network.try_start(Vec::new()).err().expect("refused").to_string();
    assert!(error.contains("clock"), "{error}");
    // A second back: time goes on from what was recorded last.
    network.wall = 9_999_000_000;
    let engine = network.start();
    accept_all(&engine.handle(), vec![buy(1)]);
    engine.stop().unwrap();
    network.verify();
}

#[test]
fn network_time_goes_on_while_an_engine_recovers() {
    let mut network = Network::default();
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    engine.stop().unwrap();
    network.starting = Duration::from_secs(3);
    let engine = network.start();
    let now = engine.handle().now();
    engine.stop().unwrap();
    assert!(now.0 >= network.wall + 3_000_000, "{now:?}");
}

#[test]
fn at_the_end_of_time_commands_are_refused_and_nothing_fails() {
    // The network begins so late that its time ends within the first days.
    let mut network = Network { wall: Timestamp::MAX.0 - 60_000_000, ..Network::default() };
    let engine = network.start();
    accept_all(&engine.handle(), founding(10, 10));
    engine.stop().unwrap();
    network.wall = Timestamp::MAX.0;
    let engine = network.start();
    let answers = engine.handle().execute_blocking(vec![buy(1)]).unwrap();
    let ended =
        Rejection::LimitReached { limit: "network_time", maximum: Timestamp::MAX.0.unsigned_abs() };
    assert!(matches!(&answers[..], [Answer::Rejected(it)] if *it == ended), "{answers:?}");
    engine.stop().unwrap();
    network.verify();
}

#[test]
fn stopping_decides_what_was_taken_and_takes_no_more() {
    let network = Network::default();
    let engine = network.start();
    let handle = engine.handle();
    accept_all(&handle, founding(1000, 1000));
    network.journal.hold();
    let asked = (0..20).map(|_| ask(&handle, vec![buy(1)])).collect::<Vec<_>>();
    until("all were taken", || network.journal.held_count() > 0 && handle.queue().0 == 0);
    let stopping = thread::spawn(move || engine.stop());
    until("it takes no more", || !handle.is_running());
    assert_eq!(handle.execute_blocking(vec![buy(1)]).unwrap_err(), Refused::Stopping);
    network.journal.release_all();
    stopping.join().unwrap().unwrap();
    let answers = asked.into_iter().map(|asked| asked.join().unwrap());
    let accepted = answers.flatten().count();
    assert_eq!(network.verify().last.0, 2 + 6 + accepted as u64);
}
