//! When the engine cannot go on, nobody waits for it for ever.

mod common;

use std::thread;

use common::{Network, accept_all, book, buy, founding, until};
use domain::Timestamp;
use engine::Refused;

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
