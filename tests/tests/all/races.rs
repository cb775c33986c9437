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

#[test]
fn concurrent_transfers_never_give_more_than_there_is() {
    // A peer's balance stood at -4 after this.
    let (server, mut client, _folder) = given::open_market();
    given::trader(&mut client, "giver");
    given::credits(&mut client, "giver", 100);
    let gift = |credits: u64| json!({ "from": "giver", "to": bodies::SELLER, "credits": credits });
    let given_away: u64 = at_once(&server, 40, move |_, client| {
        let mut given_away = 0;
        for _ in 0..5 {
            let answer = client.post("/api/transfers", &gift(3));
            match answer.status() {
                201 => given_away += 3,
                _ => assert_eq!(answer.code(), "insufficient_credits", "{}", answer.text()),
            }
        }
        given_away
    })
    .into_iter()
    .sum();
    assert_eq!(given_away, 99);
    assert_eq!(given::balance(&mut client, "giver"), 1);
    assert_eq!(given::balance(&mut client, bodies::SELLER), 99);
    given::assert_balanced(&mut client);
}

#[test]
fn one_offer_taken_by_many_at_once_is_filled_once() {
    let (server, mut client, _folder) = given::open_market();
    let offer = json!({ "station": bodies::STATION, "trader": bodies::SELLER, "side": "sell",
        "commodity": bodies::COMMODITY, "unitPrice": 2, "quantity": 100 });
    let offer = client.post("/api/offers", &offer).expect(201).json();
    let id = offer["offerId"].as_str().unwrap().to_owned();
    let take = json!([{ "commodity": bodies::COMMODITY, "quantity": 3, "offer": id,
        "limitPrice": 2 }]);
    let body = with(bodies::trade(), &json!({ "lines": take }));
    let answers = at_once(&server, 50, move |_, client| client.post("/api/trades", &body));
    let taken = answers.iter().filter(|answer| answer.status() == 201).count();
    let exceeded = answers.iter().filter(|answer| answer.code() == "offer_exceeded").count();
    assert_eq!((taken, exceeded), (33, 17));
    let left = client.get(&format!("/api/offers/{id}")).expect(200).json();
    assert_eq!(left["remaining"], 1, "{left}");
    assert_eq!(given::balance(&mut client, bodies::BUYER), 1_000_000 - 33 * 6);
    given::assert_balanced(&mut client);
}

#[test]
fn a_hold_settled_and_voided_at_once_ends_one_way() {
    let (server, mut client, _folder) = given::open_market();
    for _ in 0..10 {
        let hold = json!({ "lines": [bodies::line(10)], "hold": { "expiresInSeconds": 3600 } });
        let hold = client.post("/api/trades", &with(bodies::trade(), &hold)).expect(201).json();
        let path = format!("/api/trades/{}", hold["transactionId"].as_str().unwrap());
        let asked = path.clone();
        let answers = at_once(&server, 8, move |number, client| {
            let what = if number % 2 == 0 { "settle" } else { "void" };
            let answer = client.post(&format!("{asked}/{what}"), &json!({}));
            (what, answer)
        });
        let done: Vec<_> = answers.iter().filter(|(_, answer)| answer.status() == 200).collect();
        assert_eq!(done.len(), 1, "it ended more than one way");
        let status = client.get(&path).expect(200).json()["status"].clone();
        assert_eq!(status, if done[0].0 == "settle" { "settled" } else { "voided" });
    }
    given::assert_balanced(&mut client);
}
