//! The play against a naive network that accepts only what is right: nothing it asks is refused.

#![expect(clippy::result_large_err, reason = "a small model of the server, for tests alone")]

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::ship::Step;
use super::super::stage::{ListedCommodity, ListedStation};
use super::*;
use crate::galaxy::{self, GOODS, Scale};

/// Stock by station, owner and commodity, and the shipments' states.
#[derive(Default)]
struct Network {
    stock: BTreeMap<(String, String, String), i64>,
    shipments: BTreeMap<String, (String, Value)>,
    by_type: BTreeMap<String, u32>,
}

impl Network {
    fn take(&mut self, order: &Order) -> Result<Value, Problem> {
        let body: Value = serde_json::from_slice(&order.request.body).unwrap();
        let parts: Vec<&str> = order.request.path.split('/').skip(2).collect();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let line = &body["lines"][0];
        match parts[..] {
            ["trades"] => {
                let (station, commodity) = (text(&body["station"]), text(&line["commodity"]));
                let quantity = line["quantity"].as_i64().unwrap();
                assert!(line["unitPrice"].as_i64().unwrap() > 0 && quantity > 0);
                self.shift(&station, &text(&body["seller"]), &commodity, -quantity)?;
                self.shift(&station, &text(&body["buyer"]), &commodity, quantity)?;
                self.count("trade");
            }
            ["inventory", station, "adjustments"] => {
                let (owner, commodity) = (text(&body["owner"]), text(&line["commodity"]));
                let change = line["change"].as_i64().unwrap();
                self.shift(station, &owner, &commodity, change)?;
                self.count(line["reason"].as_str().unwrap());
            }
            ["cargo"] => {
                let (origin, owner) = (text(&body["origin"]), text(&body["owner"]));
                assert_ne!(body["origin"], body["destination"]);
                assert!(body["plannedDeparture"].as_str() < body["plannedArrival"].as_str());
                let quantity = line["quantity"].as_i64().unwrap();
                self.shift(&origin, &owner, &text(&line["commodity"]), -quantity)?;
                let id = format!("s{}", self.shipments.len());
                self.shipments.insert(id.clone(), ("booked".to_owned(), body.clone()));
                self.count("booked");
                return Ok(json!({ "shipmentId": id }));
            }
            ["cargo", shipment, "events"] => self.report(shipment, &body)?,
            ["traders", _, "credits"] => self.count("credits"),
            _ => panic!("{parts:?}"),
        }
        Ok(json!({}))
    }

    fn report(&mut self, shipment: &str, body: &Value) -> Result<(), Problem> {
        let kind = body["type"].as_str().unwrap();
        let (status, booking) = self.shipments[shipment].clone();
        let next = match (status.as_str(), kind) {
            ("booked", "loaded") => "loading",
            ("loading", "departed") | ("in_transit", "position" | "estimated") => "in_transit",
            ("in_transit", "arrived") | ("arrived", "received") => "arrived",
            ("in_transit", "lost") => "lost",
            ("booked", "cancelled") => "cancelled",
            other => panic!("{other:?}"),
        };
        self.count(kind);
        self.shipments.get_mut(shipment).unwrap().0 = next.to_owned();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (owner, commodity) = (text(&booking["owner"]), text(&booking["lines"][0]["commodity"]));
        if kind == "cancelled" {
            let quantity = booking["lines"][0]["quantity"].as_i64().unwrap();
            self.shift(&text(&booking["origin"]), &owner, &commodity, quantity)?;
        } else if kind == "received" {
            // What is rejected is damaged, and only becomes available when it is repaired.
            let accepted = body["lines"][0]["accepted"].as_i64().unwrap();
            self.shift(&text(&booking["destination"]), &owner, &commodity, accepted)?;
        }
        Ok(())
    }

    fn shift(&mut self, station: &str, owner: &str, good: &str, by: i64) -> Result<(), Problem> {
        let place = (station.to_owned(), owner.to_owned(), good.to_owned());
        let level = self.stock.entry(place).or_default();
        if *level + by < 0 {
            let problem =
                json!({ "status": 409, "code": "insufficient_stock", "available": *level });
            return Err(serde_json::from_value(problem).unwrap());
        }
        *level += by;
        Ok(())
    }

    fn count(&mut self, kind: &str) {
        *self.by_type.entry(kind.to_owned()).or_default() += 1;
    }
}

fn world(ships: usize) -> World {
    let listed = galaxy::build(Scale::Standard, 1).places.into_iter().map(|place| {
        let [x, y, z] = place.position;
        let station = json!({
            "id": place.id, "kind": place.kind, "position": { "x": x, "y": y, "z": z },
        });
        serde_json::from_value::<ListedStation>(station).unwrap()
    });
    let goods = GOODS.map(|good| ListedCommodity {
        id: good.id.to_owned(),
        category: Some(good.category.to_owned()),
    });
    let stage = Stage::new(listed.collect(), &goods);
    assert!(stage.is_playable());
    let clock = NetworkClock::new("2200-01-01T00:00:00Z".parse().unwrap(), 720);
    let makers = stage.makers.clone();
    let ships = (0..ships).map(|number| {
        let (trader, vessel) = (format!("sim-{number:04}"), format!("sim-{number:04}-vessel"));
        Ship::new(trader, "deep-haul".to_owned(), vessel, makers[number % makers.len()])
    });
    World::new(stage, clock, ships.collect(), Duration::from_millis(150), "test".to_owned())
}

/// Plays so many commands at 40 a second, answered at once; the orders, for comparison.
fn play(commands: u32) -> (Network, World, Vec<String>) {
    let (mut network, mut world, mut asked) = (Network::default(), world(160), Vec::new());
    for turn in 0..commands {
        let now = Duration::from_millis(25) * turn;
        let order = world.next(now);
        asked.push(format!("{} {:?}", order.request.path, order.request.body));
        match network.take(&order) {
            Ok(answer) => {
                let body = answer.to_string();
                world.done(order, &Outcome::Accepted(body.as_bytes()), now);
            }
            Err(problem) => panic!("{order:?}: {problem}"),
        }
    }
    (network, world, asked)
}

#[test]
fn a_long_play_is_accepted_whole_and_shows_every_part_of_a_shipments_life() {
    let (network, world, _) = play(40_000);
    for kind in [
        "trade",
        "produced",
        "consumed",
        "booked",
        "loaded",
        "departed",
        "position",
        "estimated",
        "arrived",
        "received",
        "repaired",
        "lost",
        "cancelled",
    ] {
        assert!(network.by_type.contains_key(kind), "no {kind}: {:?}", network.by_type);
    }
    assert!(world.under_way() > 40, "{}", world.under_way());
}

#[test]
fn ships_are_under_way_within_ten_seconds() {
    let (_, world, _) = play(400);
    assert!(world.under_way() > 20, "{}", world.under_way());
}

#[test]
fn the_same_seed_plays_the_same() {
    assert_eq!(play(2_000).2, play(2_000).2);
}

#[test]
fn refusals_correct_the_book_and_lost_answers_are_asked_again_with_the_same_key() {
    let mut world = world(1);
    let (ship, now) = (Some(0), Duration::ZERO);
    let place = world.ships[0].at;
    for good in 0..world.stage.goods.len() {
        world.stock.add(place, good, 500);
    }
    let order = world.next(now);
    assert_eq!(order.ship, ship);
    let Purpose::Buy { good, .. } = order.purpose else {
        panic!("{order:?}");
    };
    world.done(order.clone(), &Outcome::Unknown, now);
    let again = world.next(now + PAUSE);
    assert_eq!(again.request.idempotency_key, order.request.idempotency_key);
    let problem = json!({ "status": 409, "code": "insufficient_stock", "available": 3 });
    let problem: Problem = serde_json::from_value(problem).unwrap();
    world.done(again, &Outcome::Refused(&problem), now + PAUSE);
    assert_eq!(world.stock.on_hand(place, good), 3);
    assert!(matches!(world.ships[0].step, Step::Idle));
}
