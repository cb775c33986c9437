//! One trip of one ship, as a shipment.
//!
//! The log says where a ship was when it left and when it arrived, and nothing in between: so there
//! is a position at either end, and a ship seen under way is news of its estimated arrival.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::names::slug;

use super::super::planned::{Need, Origin, PlannedLine};
use super::super::report::Effect;
use super::catalogue::{EMPTY_HOLD, owner, position};
use super::hold::Goods;
use super::poll::{Poll, Route};

/// Lines of a booking and of an adjustment.
pub(super) const LINES_MAX: usize = domain::limits::LINES_MAX;

/// A trip under way.
#[derive(Debug)]
pub(super) struct Trip {
    ship: String,
    route: Route,
    /// What is aboard, at most [`LINES_MAX`] kinds; nothing for an empty hold.
    manifest: Goods,
    /// The arrival that was last told of while it was under way.
    told: Option<Timestamp>,
}

impl Trip {
    pub(super) fn new(poll: &Poll, manifest: Goods) -> Self {
        Self { ship: poll.ship.clone(), route: poll.route.clone(), manifest, told: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.manifest.is_empty()
    }

    pub(super) fn route(&self) -> &Route {
        &self.route
    }

    /// Books it and reports its departure.
    pub(super) fn begin(&self, origin: Origin<'_>) -> Vec<PlannedLine> {
        let mut lines = Vec::new();
        if self.is_empty() {
            lines.push(self.stand_in(origin, true, self.route.departure));
        }
        let Route { departure, arrival, .. } = self.route;
        let goods = |(commodity, quantity): (&str, u64)| json!({ "commodity": commodity, "quantity": quantity });
        let booking = json!({
            "origin": slug(&self.route.origin.symbol),
            "destination": slug(&self.route.destination.symbol),
            "owner": owner(&self.ship),
            "vessel": slug(&self.ship),
            "lines": self.goods().map(goods).collect::<Vec<_>>(),
            "plannedDeparture": departure.to_string(),
            "plannedArrival": arrival.to_string(),
            "at": departure.to_string(),
        });
        let facts = self.facts();
        let booking = origin.line("booking", &facts, Effect::Booking, None, booking);
        lines.push(booking.giving(facts));
        let departed = json!({ "type": "departed" });
        lines.push(self.report(origin, "departure", Effect::Departure, departure, departed));
        let seen = json!({ "type": "position", "position": position(&self.route.origin) });
        lines.push(self.report(origin, "position-left", Effect::Position, departure, seen));
        lines
    }

    /// A poll saw it under way: news if it says another arrival than the last one.
    pub(super) fn seen_under_way(
        &mut self,
        origin: Origin<'_>,
        poll: &Poll,
    ) -> Option<PlannedLine> {
        let arrival = poll.route.arrival;
        if self.told == Some(arrival) {
            return None;
        }
        self.told = Some(arrival);
        self.route.arrival = arrival;
        let data = json!({ "type": "estimated", "estimatedArrival": arrival.to_string() });
        let step = format!("estimate-{}", poll.at);
        Some(self.report(origin, &step, Effect::Estimate, poll.at, data))
    }

    /// Reports its arrival, and what was counted then: what is still aboard, or all if nobody looked.
    /// Returns what was there too.
    pub(super) fn end(
        &self,
        origin: Origin<'_>,
        arrived_at: Timestamp,
        counted_at: Timestamp,
        aboard: Option<&Goods>,
    ) -> (Goods, Vec<PlannedLine>) {
        // A clock that runs behind must not let it arrive before it left.
        let arrived_at = arrived_at.max(self.route.departure);
        let counted_at = counted_at.max(arrived_at);
        let place = json!({ "type": "position", "position": position(&self.route.destination) });
        let arrived = json!({ "type": "arrived" });
        let mut there = Goods::new();
        let mut counted = Vec::new();
        for (commodity, shipped) in self.goods() {
            let accepted = match aboard {
                Some(aboard) if !self.is_empty() => {
                    aboard.get(commodity).copied().unwrap_or(0).min(shipped)
                }
                _ => shipped,
            };
            let mut line = json!({ "commodity": commodity, "accepted": accepted });
            if accepted < shipped {
                line["short"] = (shipped - accepted).into();
            }
            counted.push(line);
            if accepted > 0 && !self.is_empty() {
                there.insert(commodity.to_owned(), accepted);
            }
        }
        let received = json!({ "type": "received", "lines": counted });
        let mut lines = vec![
            self.report(origin, "position-there", Effect::Position, arrived_at, place),
            self.report(origin, "arrival", Effect::Arrival, arrived_at, arrived),
            self.report(origin, "receipt", Effect::Receipt, counted_at, received),
        ];
        if self.is_empty() {
            let need = Need { subject: self.facts(), member: None, ends: false };
            lines.push(self.stand_in(origin, false, counted_at).needing(need));
        }
        (there, lines)
    }

    /// What the shipment carries: the manifest, or what stands in for it.
    fn goods(&self) -> impl Iterator<Item = (&str, u64)> {
        let stand_in = self.is_empty().then_some((EMPTY_HOLD, 1));
        let manifest = self.manifest.iter().map(|(commodity, units)| (commodity.as_str(), *units));
        manifest.chain(stand_in)
    }

    /// What stands in for an empty hold is made where the trip begins, and used up where it ends.
    fn stand_in(&self, origin: Origin<'_>, begins: bool, at: Timestamp) -> PlannedLine {
        let (place, change, reason) = if begins {
            (&self.route.origin, 1, "produced")
        } else {
            (&self.route.destination, -1, "consumed")
        };
        let line = json!({ "commodity": EMPTY_HOLD, "change": change, "reason": reason });
        let data = json!({ "owner": owner(&self.ship), "lines": [line], "at": at.to_string() });
        let (step, station) = (format!("{EMPTY_HOLD}-{reason}"), slug(&place.symbol));
        let address = Some(("station", station.as_str()));
        origin.line(&step, &self.facts(), Effect::Goods, address, data)
    }

    fn report(
        &self,
        origin: Origin<'_>,
        step: &str,
        effect: Effect,
        at: Timestamp,
        mut data: Value,
    ) -> PlannedLine {
        data["at"] = at.to_string().into();
        let facts = self.facts();
        let line = origin.line(step, &facts, effect, None, data);
        line.needing(Need { subject: facts, member: Some("shipmentId"), ends: false })
    }

    /// What makes it this trip, whatever rows tell of it.
    fn facts(&self) -> String {
        let Route { departure, origin, destination, .. } = &self.route;
        format!("{} {departure} {} {}", self.ship, origin.symbol, destination.symbol)
    }
}
