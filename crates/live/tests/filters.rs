//! What readers get who want some of the events: in paused time, on one thread.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "tests")]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use common::{Network, Random, options, sequences, settle, trader_of};
use domain::{Scope, Sequence, TraderId};
use live::{Filter, HubOptions, Interest, Subscription, Update};

fn about(traders: &[u32]) -> Interest {
    let traders = traders.iter().map(|trader| TraderId(*trader)).collect();
    Interest::new(Filter { traders, ..Filter::default() }, Scope::Network)
}

/// What a reader gets until it stands at `last`, and the positions that it was told.
async fn read_to(reader: &mut Subscription, last: u64) -> (Vec<u64>, Vec<u64>) {
    let (mut found, mut told) = (Vec::new(), Vec::new());
    while reader.position() < Sequence(last) || told.is_empty() && found.is_empty() {
        match reader.next().await {
            Update::Events(bytes) => found.extend(sequences(&bytes)),
            Update::Progress(position) => told.push(position.0),
            other => panic!("{other:?} at {}", reader.position()),
        }
    }
    (found, told)
}

fn expected(after: u64, last: u64, traders: &[u32]) -> Vec<u64> {
    (after + 1..=last).filter(|at| traders.contains(&trader_of(*at).0)).collect()
}

#[tokio::test(start_paused = true)]
async fn a_reader_gets_what_it_wants_from_the_journal_and_from_the_ring() {
    let mut network = Network::new(options(), 5_000);
    let mut reader = network.hub.subscribe_to(about(&[1, 7]), Sequence(10)).unwrap();
    let (found, _) = read_to(&mut reader, 5_000).await;
    assert_eq!(found, expected(10, 5_000, &[1, 7]));
    for _ in 0..50 {
        network.writer.commit(23);
        settle().await;
    }
    let last = 5_000 + 50 * 23;
    let (found, _) = read_to(&mut reader, last).await;
    assert_eq!(found, expected(5_000, last, &[1, 7]));
    // The origin of every hundredth was read once, and kept.
    assert!(network.journal.reads.load(Ordering::SeqCst) < 5_000 / 1_000 + 10);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wants_is_not_encoded() {
    let mut network = Network::new(options(), 0);
    let mut reader = network.hub.subscribe_to(about(&[77]), Sequence::ZERO).unwrap();
    let waiting = tokio::spawn(async move { reader.next().await });
    settle().await;
    for _ in 0..10 {
        network.writer.commit(30);
        settle().await;
    }
    assert!((1..=300).all(|sequence| network.encoder.times(sequence) == 0));
    network.hub.stop();
    assert!(matches!(waiting.await.unwrap(), Update::Progress(Sequence(300))));
}

#[tokio::test(start_paused = true)]
async fn progress_is_told_at_the_end_of_catching_up_and_with_heartbeats() {
    let heartbeat = Duration::from_secs(15);
    let mut network = Network::new(HubOptions { heartbeat, ..options() }, 3_000);
    let mut reader = network.hub.subscribe_to(about(&[77]), Sequence::ZERO).unwrap();
    assert!(matches!(reader.next().await, Update::Progress(Sequence(3_000))));
    // Nothing moves: a plain heartbeat. Then something that it does not want.
    assert!(matches!(reader.next().await, Update::Heartbeat));
    network.writer.commit(5);
    let began = tokio::time::Instant::now();
    assert!(matches!(reader.next().await, Update::Progress(Sequence(3_005))));
    assert!(began.elapsed() <= heartbeat + heartbeat / 8, "{:?}", began.elapsed());
    assert!(matches!(reader.next().await, Update::Heartbeat));
}

#[tokio::test(start_paused = true)]
async fn a_long_catch_up_without_a_match_tells_how_far_it_is() {
    let options = HubOptions { progress_events: 2_000, ..options() };
    let network = Network::new(options, 9_000);
    let mut reader = network.hub.subscribe_to(about(&[77]), Sequence::ZERO).unwrap();
    let (found, told) = read_to(&mut reader, 9_000).await;
    assert_eq!(found, [0; 0]);
    assert!(told.len() >= 4 && told.is_sorted(), "{told:?}");
}

#[tokio::test(start_paused = true)]
async fn accounts_get_what_they_are_part_of() {
    let network = Network::new(options(), 1_000);
    let interest = Interest::new(Filter::default(), Scope::Accounts(&[TraderId(1)]));
    let mut reader = network.hub.subscribe_to(interest, Sequence::ZERO).unwrap();
    let (found, _) = read_to(&mut reader, 1_000).await;
    assert_eq!(found, expected(0, 1_000, &[1]));
}

#[tokio::test(start_paused = true)]
async fn another_interest_holds_from_where_the_reader_stands() {
    let mut network = Network::new(options(), 0);
    let mut reader = network.hub.subscribe_to(about(&[1]), Sequence::ZERO).unwrap();
    network.writer.commit(200);
    let (found, _) = read_to(&mut reader, 100).await;
    let stood = reader.position().0;
    assert_eq!(found, expected(0, stood, &[1]));
    reader.listen_for(about(&[2, 3]));
    network.writer.commit(100);
    let (found, _) = read_to(&mut reader, 298).await;
    assert_eq!(found, expected(stood, reader.position().0, &[2, 3]));
}

#[tokio::test(start_paused = true)]
async fn readers_of_random_interests_get_exactly_theirs_from_wherever_they_resume() {
    for seed in 0..20 {
        let mut random = Random(seed);
        let small = HubOptions { ring_events_max: 200, update_bytes_max: 64, ..options() };
        let mut network = Network::new(small, 300);
        let traders: Vec<u32> = (0..10).filter(|_| random.below(3) == 0).collect();
        let traders = if traders.is_empty() { vec![1] } else { traders };
        let mut reader = network.hub.subscribe_to(about(&traders), Sequence::ZERO).unwrap();
        let (mut found, mut resume) = (Vec::new(), Sequence::ZERO);
        let mut last = 300;
        for _ in 0..30 {
            let count = random.below(60) + 1;
            network.writer.commit(count);
            last += count;
            for _ in 0..random.below(20) {
                // A reader that gets nothing at once is cut off as well.
                let next = tokio::time::timeout(Duration::from_millis(40), reader.next()).await;
                match next {
                    Ok(Update::Events(bytes)) => {
                        found.extend(sequences(&bytes));
                        resume = Sequence(*found.last().unwrap());
                    }
                    Ok(Update::Progress(position)) => resume = position,
                    Ok(Update::Lagged { resume_after }) => {
                        assert!(resume_after >= resume, "seed {seed}");
                        resume = resume_after;
                        break;
                    }
                    Ok(Update::Heartbeat) | Err(_) => break,
                    Ok(other) => panic!("seed {seed}: {other:?}"),
                }
            }
            // Whatever it was about to be given is lost with it.
            drop(reader);
            reader = network.hub.subscribe_to(about(&traders), resume).unwrap();
        }
        network.hub.stop();
        loop {
            match reader.next().await {
                Update::Events(bytes) => found.extend(sequences(&bytes)),
                Update::Progress(_) | Update::Heartbeat => {}
                Update::Closed => break,
                other => panic!("seed {seed}: {other:?}"),
            }
        }
        assert_eq!(found, expected(0, last, &traders), "seed {seed}");
    }
}
