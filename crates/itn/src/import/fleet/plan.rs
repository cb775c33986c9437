//! From polls to commands, by the files alone.
//!
//! A route that a ship was not on before is a trip, and a trip is a shipment. What a ship holds
//! while it lies somewhere is its fleet's stock there: what appears in the hold is found, what goes
//! from it is consumed, as the log does not say from whom or to whom. What is aboard at a departure
//! is the shipment's manifest. A poll that shows nothing new gives no command.
//!
//! The planner never asks the server anything: the same files give the same commands on every run,
//! and a longer log begins with the commands of a shorter one. Each command's key is made of the trip
//! or of the ship and time it comes from, so that one fact acts once, however often it is imported.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::names::slug;

use super::super::planned::{Origin, PlannedLine};
use super::super::report::{Effect, Findings, Input, SkipReason};
use super::PREFIX;
use super::catalogue::{owner, vessel};
use super::hold::{Goods, Sighting};
use super::poll::{Poll, Route};
use super::report::Seen;
use super::trip::{LINES_MAX, Trip};

/// One ship, as far as the polls have told.
#[derive(Debug, Default)]
struct Ship {
    capacity: Option<u64>,
    /// The latest route.
    route: Option<Route>,
    trip: Option<Trip>,
    /// Where its goods are stock; nowhere while they are under way.
    lies: Option<String>,
    goods: Goods,
}

/// Turns polls, given in order of time, into commands.
#[derive(Debug, Default)]
pub(super) struct Planner {
    ships: BTreeMap<String, Ship>,
    seen: Seen,
}

impl Planner {
    /// What was seen so far.
    pub(super) fn seen(&self) -> Seen {
        let under_way = self.ships.values().filter(|ship| ship.trip.is_some()).count();
        Seen { under_way: under_way as u64, ..self.seen }
    }

    /// The commands of one poll, appended to `lines`.
    pub(super) fn plan(
        &mut self,
        sighting: &Sighting,
        findings: &mut Findings,
        lines: &mut Vec<PlannedLine>,
    ) {
        let Sighting { poll, .. } = sighting;
        let ship = self.ships.entry(poll.ship.clone()).or_default();
        let mut row = Row { sighting, ship, seen: &mut self.seen, findings, lines };
        let planned_before = row.lines.len();
        row.plan();
        let is_news = row.lines.len() > planned_before;
        self.seen.polls_with_news += u64::from(is_news);
    }
}

/// One poll on its way to commands.
struct Row<'a> {
    sighting: &'a Sighting,
    ship: &'a mut Ship,
    seen: &'a mut Seen,
    findings: &'a mut Findings,
    lines: &'a mut Vec<PlannedLine>,
}

impl Row<'_> {
    fn plan(&mut self) {
        let poll = &self.sighting.poll;
        let route = &poll.route;
        match &self.ship.route {
            Some(latest) if is_same(latest, route) => self.capacity(),
            Some(latest) if route.departure < latest.departure => {
                let why = format!("{} left later, at {}", poll.ship, latest.departure);
                self.findings.skip(Input::Navigation, poll.line, SkipReason::Outdated, &why);
                return;
            }
            _ => {
                self.capacity();
                self.new_route();
            }
        }
        self.ship.route = Some(route.clone());
        if !poll.in_transit {
            self.arrival(route.arrival.min(poll.at), poll.at, self.sighting.hold.as_ref());
            if let Some(hold) = &self.sighting.hold {
                self.holds("hold", &slug(&route.destination.symbol), poll.at, hold);
            }
        } else if let Some(trip) = &mut self.ship.trip {
            self.lines.extend(trip.seen_under_way(origin(poll), poll));
        }
    }

    fn capacity(&mut self) {
        let poll = &self.sighting.poll;
        let known = self.ship.capacity.replace(poll.capacity);
        if known.is_some_and(|known| known != poll.capacity) {
            let id = slug(&poll.ship);
            let facts = format!("{id} {} {}", poll.at, poll.capacity);
            let mut body = vessel(&poll.ship, poll.capacity);
            body["at"] = poll.at.to_string().into();
            let address = Some(("id", id.as_str()));
            let line = origin(poll).line("capacity", &facts, Effect::Vessel, address, body);
            self.lines.push(line);
        }
    }

    /// The ship is on a route it was not on before.
    fn new_route(&mut self) {
        let poll = &self.sighting.poll;
        let Route { departure, origin: from, destination, .. } = &poll.route;
        if let Some(trip) = &self.ship.trip {
            // It has left again: so it had arrived, and nobody looked into the hold.
            let arrived_at = trip.route().arrival.min(*departure);
            let what =
                "the arrival before this route is not in the log: taken from the route's plan";
            self.findings.note(Input::Navigation, poll.line, what);
            self.arrival(arrived_at, arrived_at, None);
        }
        let place = slug(&from.symbol);
        if place == slug(&destination.symbol) {
            self.seen.stays += 1;
            let what = format!("{} lay at {}: no trip, no shipment", poll.ship, from.symbol);
            self.findings.note(Input::Navigation, poll.line, &what);
            return;
        }
        let lay_there = self.ship.lies.as_ref() == Some(&place);
        let aboard = match &self.sighting.hold {
            // Nothing is loaded under way; after the arrival, other goods may be aboard.
            Some(hold) if poll.in_transit || !lay_there => hold.clone(),
            _ if lay_there => self.ship.goods.clone(),
            _ => Goods::new(),
        };
        if aboard.len() > LINES_MAX {
            let what = format!("more than {LINES_MAX} kinds of goods aboard: the rest is no cargo");
            self.findings.note(Input::Navigation, poll.line, &what);
        }
        let manifest: Goods = aboard.into_iter().take(LINES_MAX).collect();
        self.holds("aboard", &place, *departure, &manifest);
        let trip = Trip::new(poll, manifest);
        self.lines.extend(trip.begin(origin(poll)));
        self.seen.trips += 1;
        self.seen.empty_trips += u64::from(trip.is_empty());
        self.ship.goods.clear();
        self.ship.lies = None;
        self.ship.trip = Some(trip);
    }

    /// The trip that is under way ends, if there is one.
    fn arrival(&mut self, arrived_at: Timestamp, counted_at: Timestamp, aboard: Option<&Goods>) {
        let Some(trip) = self.ship.trip.take() else {
            return;
        };
        let poll = &self.sighting.poll;
        let (there, lines) = trip.end(origin(poll), arrived_at, counted_at, aboard);
        self.lines.extend(lines);
        self.ship.goods = there;
        self.ship.lies = Some(slug(&trip.route().destination.symbol));
    }

    /// The ship's goods are these, at this place: makes the stock so.
    fn holds(&mut self, step: &str, place: &str, at: Timestamp, hold: &Goods) {
        if self.ship.lies.as_deref().is_some_and(|lies| lies != place) {
            // It got here in a way that is not in the log.
            if let Some(left) = self.ship.lies.take() {
                self.change(&format!("{step}-moved"), &left, at, &Goods::new());
                self.ship.goods.clear();
            }
        }
        self.change(step, place, at, hold);
        self.ship.lies = Some(place.to_owned());
        self.ship.goods.clone_from(hold);
    }

    /// Adjusts the stock at a place from what the ship held to what it holds.
    fn change(&mut self, step: &str, place: &str, at: Timestamp, hold: &Goods) {
        let poll = &self.sighting.poll;
        let changes: Vec<Value> = differences(&self.ship.goods, hold);
        for (part, changes) in changes.chunks(LINES_MAX).enumerate() {
            let data = json!({
                "owner": owner(&poll.ship), "lines": changes, "at": at.to_string(),
            });
            let facts = format!("{} {at} {place} {part}", poll.ship);
            let address = Some(("station", place));
            self.lines.push(origin(poll).line(step, &facts, Effect::Goods, address, data));
        }
    }
}

fn is_same(one: &Route, other: &Route) -> bool {
    let facts = |route: &Route| {
        (route.departure, route.origin.symbol.clone(), route.destination.symbol.clone())
    };
    facts(one) == facts(other)
}

fn differences(before: &Goods, now: &Goods) -> Vec<Value> {
    let units = |goods: &Goods, commodity: &str| {
        // Units are checked against AMOUNT_MAX, far below i64::MAX.
        i64::try_from(goods.get(commodity).copied().unwrap_or(0)).unwrap_or(i64::MAX)
    };
    let gone = before.keys().filter(|commodity| !now.contains_key(*commodity));
    gone.chain(now.keys())
        .filter_map(|commodity| {
            let change = units(now, commodity) - units(before, commodity);
            let reason = if change > 0 { "found" } else { "consumed" };
            let line = json!({ "commodity": commodity, "change": change, "reason": reason });
            (change != 0).then_some(line)
        })
        .collect()
}

fn origin(poll: &Poll) -> Origin<'static> {
    Origin { prefix: PREFIX, input: Input::Navigation, line: poll.line }
}

#[cfg(test)]
mod tests;
