//! What a new start finds: nothing is skipped, and little is looked at again.

use std::time::Duration;

use domain::Sequence;

use super::network::{Network, sequence, status, stored, wanted};
use crate::webhooks::{OperationsStore, Webhook};

#[tokio::test(start_paused = true)]
async fn a_retry_goes_on_where_it_was() {
    let network = Network::new();
    network.receiver.answers(|_| status(500));
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    server.commit([1]);
    server.until("attempts", || server.webhook(id).cursor.attempts == 4).await;
    server.webhooks.stop(Duration::from_secs(1)).await;
    let cursor = stored(&network, id).cursor;
    assert_eq!(cursor.attempts, 4);

    let server = network.start();
    let next = server.webhook(id).cursor.next_at.unwrap();
    server.until("the fifth", || server.webhook(id).cursor.attempts == 5).await;
    let at = *network.receiver.times().last().unwrap();
    let planned = (next.0 - super::network::BEGIN.0) / 1_000_000;
    assert!((planned..=planned + 2).contains(&at), "{at} for {planned}");
    assert_eq!(server.webhook(id).cursor.failing_since, cursor.failing_since);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_wanted_is_not_looked_at_again() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "9")).await.id;
    for _ in 0..100 {
        server.commit([1; 100]);
    }
    server.until("its cursor is written", || stored(&network, id).cursor.after.0 == 10_000).await;
    // Nothing is told to stop: this is how a crash finds it.
    network.journal.reads.lock().clear();
    let mut server = network.start();
    server.commit([9]);
    server.until("the one", || network.receiver.accepted().contains(&10_001)).await;
    let earliest = network.journal.reads.lock().iter().min().copied();
    assert!(earliest >= Some(9_900), "{earliest:?}");
}

#[tokio::test(start_paused = true)]
async fn past_the_end_of_a_journal_that_was_restored_it_goes_on_from_there() {
    let network = Network::new();
    let mut server = network.start();
    let id = server.create(wanted(0, "")).await.id;
    server.webhooks.stop(Duration::ZERO).await;
    let webhook = stored(&network, id);
    let ahead = Webhook { cursor: crate::webhooks::Cursor::after(Sequence(50)), ..webhook };
    network.store.replace(&ahead).unwrap();
    server = network.start();
    assert_eq!(stored(&network, id).cursor.after, Sequence::ZERO);
    server.commit([1, 1]);
    server.until("both", || network.receiver.accepted() == [1, 2]).await;
}

/// Servers end at random moments, without a word; receivers answer as they like.
#[test]
fn nothing_is_skipped_however_often_it_crashes() {
    for seed in 1..=20_u64 {
        crashes(seed);
    }
}

fn crashes(seed: u64) {
    let mut state = seed;
    let mut random = move |below: u64| {
        // xorshift64: good enough to choose by.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let runtime = || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().start_paused(true).build().unwrap()
    };
    let first = runtime();
    let network = first.block_on(async { Network::new() });
    let mut answers = random(u64::MAX);
    network.receiver.answers(move |_| {
        answers = answers.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        status(if (answers >> 33).is_multiple_of(4) { 500 } else { 200 })
    });
    let mut committed = 0;
    let mut id = None;
    for _ in 0..15 {
        let runtime = runtime();
        let millis = random(20_000);
        let count = random(200);
        runtime.block_on(async {
            let mut server = network.start();
            if id.is_none() {
                id = Some(server.create(wanted(0, "1")).await.id);
            }
            server.commit((0..count).map(|at| u32::from(at % 3 == 0)));
            committed += count;
            tokio::time::sleep(Duration::from_millis(millis)).await;
        });
        // The runtime ends with everything in the midst of something.
        drop(runtime);
    }
    let last = runtime();
    last.block_on(async {
        let server = network.start();
        let id = id.unwrap();
        server.until("the end", || stored(&network, id).cursor.after.0 == committed).await;
    });
    let mut firsts = Vec::new();
    for (message, outcome) in network.receiver.got.lock().iter() {
        let event = sequence(message).unwrap();
        if outcome.is_accepted() && !firsts.contains(&event) {
            firsts.push(event);
        }
    }
    let mut sorted = firsts.clone();
    sorted.sort_unstable();
    assert_eq!(firsts, sorted, "in order of first acceptance; seed {seed}");
    let wanted = wanted_of(&network);
    assert_eq!(firsts, wanted, "every one; seed {seed}");
}

/// The sequences of the events that are of trader 1.
fn wanted_of(network: &Network) -> Vec<u64> {
    use domain::{Event, EventReader, TraderId};
    let all = network.journal.read_after(Sequence::ZERO, usize::MAX).unwrap();
    let of_one = all.iter().filter(|recorded| {
        matches!(recorded.event, Event::CreditsIssued { trader, .. } if trader == TraderId(1))
    });
    of_one.map(|recorded| recorded.envelope.sequence.0).collect()
}
