//! `kill -9` at random moments under load, again and again on one folder.

use std::thread;
use std::time::Duration;

use itn_tests::load::{self, Attempt, Load, Outcome, Weight};
use itn_tests::random::Seed;
use itn_tests::server::{self, Folder};
use itn_tests::{Client, Server, given};
use serde_json::Value;

/// How often the process dies.
const ROUNDS: u64 = 56;
/// Every so many rounds it is stopped in an orderly way instead, in case that leaves other traces.
const ORDERLY_EVERY: u64 = 8;
/// Writers at once.
const WRITERS: usize = 4;
/// The longest the load goes on before the end comes.
const LIFE_MS_MAX: u64 = 250;

#[test]
fn killed_under_load_it_forgets_nothing_and_does_nothing_twice() {
    let seed = Seed::new();
    let folder = Folder::new();
    let data = folder.data();
    let mut all: Vec<Attempt> = Vec::new();
    let mut server = Server::start(&data);
    given::market(&mut server.client());
    for round in 0..ROUNDS {
        let mut chance = seed.random(round);
        let new_client = || server.client();
        let random = |writer| seed.random(1_000 + round * WRITERS as u64 + writer);
        let load = Load::start(WRITERS, &format!("r{round}"), Weight::Light, new_client, random);
        // Not a wait for anything: this is the random moment.
        thread::sleep(Duration::from_millis(5 + chance.below(LIFE_MS_MAX)));
        if round % ORDERLY_EVERY == ORDERLY_EVERY - 1 {
            server.stop();
        } else {
            server.kill();
        }
        let mut attempts = load.finish();

        server = Server::start(&data);
        let mut client = server.client();
        assert_there(&mut client, &attempts);
        load::retry_unanswered(&mut client, &mut attempts);
        given::assert_balanced(&mut client);
        all.append(&mut attempts);
    }
    let mut client = server.client();
    load::check(&mut client, "r", &all).unwrap_or_else(|wrong| panic!("{wrong}"));
    let acknowledged = all.iter().filter(|a| matches!(a.outcome, Outcome::Acknowledged { .. }));
    let acknowledged = acknowledged.count() as u64;
    assert!(acknowledged > ROUNDS * 5, "only {acknowledged} acknowledged: hardly any load");

    // What snapshot and tail gave is what a replay from nothing gives.
    server.kill();
    let hash = server::state_hash(&data);
    let server = Server::start(&data);
    given::assert_balanced(&mut server.client());
    server.stop();
    assert_eq!(server::state_hash(&data), hash, "a start and a stop changed the state");
    let verified = server::verify(&data).stdout;
    let compared = verified.lines().find(|line| line.contains("compared with the replay"));
    let compared = compared.unwrap_or_else(|| panic!("no snapshot was compared:\n{verified}"));
    assert!(!compared.starts_with("0 "), "{compared}");
}

/// Each acknowledged trade is found by its number in the sequence, with the reference it was sent
/// under. (Everything else is found by [`load::check`] at the end.)
fn assert_there(client: &mut Client, attempts: &[Attempt]) {
    for attempt in attempts {
        let Outcome::Acknowledged { sequence } = attempt.outcome else { continue };
        let after = sequence - 1;
        let page = client.get(&format!("/api/events?after={after}&limit=1")).expect(200).json();
        let event = &page["items"][0];
        assert_eq!(event["data"]["reference"], attempt.reference.as_str(), "{attempt:?}: {event}");
        let id = event["subject"].as_str().unwrap_or_default();
        if attempt.path == "/api/trades" {
            let trade: Value = client.get(&format!("/api/trades/{id}")).expect(200).json();
            assert_eq!(trade["reference"], attempt.reference.as_str(), "{trade}");
            // That of its last event: a hold may have been settled or voided since.
            assert!(trade["sequence"].as_u64() >= Some(sequence), "{trade}");
        }
    }
}
