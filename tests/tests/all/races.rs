//! Many clients at the same time: one key is one trade, what is there is sold once, and whatever
//! the order, nothing is made or lost.

use std::sync::{Arc, Barrier};
use std::thread;

use itn_tests::bodies::{self, with};
use itn_tests::client::Request;
use itn_tests::{Client, Response, Server, given};
use serde_json::json;

/// Runs one closure per client, all let go at the same moment, each on a connection of its own that
/// is already open. Returns what they return.
fn at_once<T: Send + 'static>(
    server: &Server,
    clients: usize,
    act: impl Fn(usize, &mut Client) -> T + Send + Sync + 'static,
) -> Vec<T> {
    let barrier = Arc::new(Barrier::new(clients));
    let act = Arc::new(act);
    let threads: Vec<_> = (0..clients)
        .map(|number| {
            let (mut client, barrier, act) = (server.client(), barrier.clone(), act.clone());
            thread::spawn(move || {
                client.get("/livez").expect(200);
                barrier.wait();
                act(number, &mut client)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn the_same_key_from_fifty_connections_is_one_trade() {
    let (server, mut client, _folder) = given::open_market();
    for round in 0..5 {
        let before = given::sequence(&mut client);
        let request = Request::json("POST", "/api/trades", &bodies::trade_known_as("the only one"))
            .key(&format!("key-{round}"));
        let answers = at_once(&server, 50, move |_, client| client.send(&request));
        for answer in &answers {
            assert_eq!(answer.status(), 201, "{}", answer.text());
            assert_eq!(answer.text(), answers[0].text(), "two answers to one key");
            assert_eq!(answer.header("location"), answers[0].header("location"));
        }
        let replayed = |answer: &&Response| answer.header("idempotency-replayed") == Some("true");
        assert_eq!(answers.iter().filter(replayed).count(), 49);
        assert_eq!(given::sequence(&mut client), before + 1, "more than one trade");
    }
    assert_eq!(given::balance(&mut client, bodies::BUYER), 1_000_000 - 5);
    given::assert_balanced(&mut client);
}

#[test]
fn the_same_key_for_different_trades_is_one_of_them() {
    let (server, mut client, _folder) = given::open_market();
    let before = given::sequence(&mut client);
    let answers = at_once(&server, 50, |number, client| {
        let body = bodies::trade_known_as(&format!("by {number}"));
        client.send(&Request::json("POST", "/api/trades", &body).key("contested"))
    });
    let accepted = answers.iter().filter(|answer| answer.status() == 201).count();
    let reused = answers.iter().filter(|answer| answer.code() == "key_reused").count();
    assert_eq!((accepted, reused), (1, 49));
    assert_eq!(given::sequence(&mut client), before + 1);
}

#[test]
fn two_hundred_clients_buy_the_last_thousand_units() {
    const CLIENTS: usize = 200;
    const UNITS: u64 = 1_000;
    let (server, mut client, _folder) = given::open_market();
    given::trader(&mut client, "last-seller");
    given::stock(&mut client, "last-seller", UNITS);
    let before = given::sequence(&mut client);
    // Six each is 1,200 attempts.
    let answers = at_once(&server, CLIENTS, |_, client| {
        let body = with(bodies::trade(), &json!({ "seller": "last-seller" }));
        (0..6).map(|_| client.post("/api/trades", &body)).collect::<Vec<_>>()
    });
    let answers: Vec<Response> = answers.into_iter().flatten().collect();
    let sold = answers.iter().filter(|answer| answer.status() == 201).count();
    let refused = answers
        .iter()
        .filter(|answer| answer.status() == 409 && answer.code() == "insufficient_stock")
        .count();
    assert_eq!((sold, refused), (1_000, 200));
    assert_eq!(given::sequence(&mut client), before + UNITS);
    assert_eq!(given::on_hand(&mut client, "last-seller"), 0);
    assert_eq!(given::on_hand(&mut client, bodies::BUYER), UNITS);
    assert_eq!(given::balance(&mut client, "last-seller"), UNITS);
    given::assert_balanced(&mut client);
}

#[test]
fn opposing_trades_conserve() {
    let (server, mut client, _folder) = given::open_market();
    given::credits(&mut client, bodies::SELLER, 500);
    given::stock(&mut client, bodies::BUYER, 500);
    let credits = 1_000_000 + 500;
    let units = 1_000_000 + 500;
    let accepted: usize = at_once(&server, 32, |number, client| {
        let there = with(bodies::trade(), &json!({ "lines": [bodies::line(7)] }));
        let back =
            with(there.clone(), &json!({ "buyer": bodies::SELLER, "seller": bodies::BUYER }));
        let body = if number % 2 == 0 { there } else { back };
        let answers = (0..25).map(|_| client.post("/api/trades", &body));
        answers
            .filter(|answer| {
                let refused = ["insufficient_stock", "insufficient_credits"];
                assert!(answer.status() == 201 || refused.contains(&answer.code().as_str()));
                answer.status() == 201
            })
            .count()
    })
    .into_iter()
    .sum();
    assert!(accepted > 0);
    let balances = [bodies::BUYER, bodies::SELLER].map(|id| given::balance(&mut client, id));
    assert_eq!(balances.iter().sum::<u64>(), credits);
    let stocks = [bodies::BUYER, bodies::SELLER].map(|id| given::on_hand(&mut client, id));
    assert_eq!(stocks.iter().sum::<u64>(), units);
    given::assert_balanced(&mut client);
}
