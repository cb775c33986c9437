//! What a ship asks for at each step.

use itn_client::{
    DelayCode, LossCause, NewShipmentEvent, NewShipmentEventLine, ShipmentReportType,
    StockChangeReason,
};

use super::super::orders::{
    Booking, Deal, Order, Purpose, adjustment, change, position, report, shipment_event,
};
use super::{Cargo, Cue, Fate, ON_TIME_MAX, REPORTS, Ship, Step, Trip};

/// Least a ship sails for.
pub(in super::super) const CARGO_MIN: u64 = 20;
pub(in super::super) const CARGO_MAX: u64 = 400;

/// Why ships are late: by code, and in words.
const DELAYS: [(DelayCode, &str); 5] = [
    (DelayCode::Weather, "ion storm on the lane"),
    (DelayCode::Mechanical, "drive fault, running on one coil"),
    (DelayCode::Customs, "held for inspection"),
    (DelayCode::Congestion, "queue at the gate"),
    (DelayCode::Security, "detour around a raid"),
];

impl Ship {
    /// The order of this step. A ship at a place with nothing to buy moves on to another first, or
    /// has the place make something.
    pub(in super::super) fn next_order(
        &mut self,
        number: usize,
        key: String,
        cue: &mut Cue<'_>,
    ) -> Option<Order> {
        match self.step.clone() {
            Step::Idle => self.buy(number, key, cue),
            Step::Bought(cargo) => self.book(number, cargo, key, cue),
            Step::Booked(trip) => Some(Self::load(number, &trip, key)),
            Step::Loading(trip) => Some(self.depart(number, &trip, key, cue)),
            Step::Flying(trip) => Some(self.fly(number, &trip, key, cue)),
            Step::Arrived(trip) => Some(Self::count(number, &trip, key, cue)),
            Step::Damaged { sound, rejected } => {
                let (place, good) = (&cue.stage.places[self.at], &cue.stage.goods[sound.good]);
                let units = i64::try_from(rejected).unwrap_or(i64::MAX);
                let repaired = change(&good.id, units, StockChangeReason::Repaired);
                let request = adjustment(&place.id, &self.trader, repaired, key);
                Some(Order::of_ship(number, Purpose::Repair, request))
            }
            Step::Holding(cargo) => Some(self.sell(number, cargo, key, cue)),
        }
    }

    fn buy(&mut self, number: usize, key: String, cue: &mut Cue<'_>) -> Option<Order> {
        if cue.stage.places[self.at].makes.is_empty() {
            self.at = *cue.random.pick(&cue.stage.makers)?;
        }
        let place = &cue.stage.places[self.at];
        let good = *cue.random.pick(&place.makes)?;
        let commodity = &cue.stage.goods[good];
        let there = cue.stock.on_hand(self.at, good);
        if there < CARGO_MIN {
            let quantity = cue.random.between(200, 1_200);
            let units = i64::try_from(quantity).unwrap_or(i64::MAX);
            let made = change(&commodity.id, units, StockChangeReason::Produced);
            let request = adjustment(&place.id, &place.id, made, key);
            let made = Purpose::Make { place: self.at, good, quantity };
            return Some(Order::of_ship(number, made, request));
        }
        let quantity = cue.random.between(CARGO_MIN, CARGO_MAX.min(there));
        cue.stock.take(self.at, good, quantity);
        let deal = Deal {
            station: &place.id,
            buyer: &self.trader,
            seller: &place.id,
            commodity: &commodity.id,
            quantity,
            unit_price: (commodity.price * cue.random.between(78, 98) / 100).max(1),
        };
        let order = Order::of_ship(number, Purpose::Buy { good, quantity }, deal.request(key));
        Some(Order { payer: Some(self.trader.clone()), ..order })
    }

    fn book(
        &mut self,
        number: usize,
        cargo: Cargo,
        key: String,
        cue: &mut Cue<'_>,
    ) -> Option<Order> {
        let Some(to) = cue.stage.taker(cargo.good, self.at, cue.random) else {
            // Nobody needs it: it goes back to where it came from.
            self.step = Step::Holding(cargo);
            return None;
        };
        let leaves = cue.now + std::time::Duration::from_secs(3);
        let booking = Booking {
            origin: &cue.stage.places[self.at].id,
            destination: &cue.stage.places[to].id,
            owner: &self.trader,
            carrier: &self.carrier,
            vessel: &self.vessel,
            commodity: &cue.stage.goods[cargo.good].id,
            quantity: cargo.quantity,
            departure: cue.clock.after(leaves),
            arrival: cue.clock.after(leaves + cue.stage.travel(self.at, to)),
        };
        Some(Order::of_ship(number, Purpose::Book { to }, booking.request(key)))
    }

    fn load(number: usize, trip: &Trip, key: String) -> Order {
        let (purpose, body) = if trip.fate == Fate::Cancelled {
            let reason = Some("the buyer withdrew".to_owned());
            let cancelled = report(ShipmentReportType::Cancelled);
            (Purpose::Cancel, NewShipmentEvent { reason, ..cancelled })
        } else {
            (Purpose::Load, report(ShipmentReportType::Loaded))
        };
        Order::of_ship(number, purpose, shipment_event(&trip.shipment, body, key))
    }

    fn depart(&self, number: usize, trip: &Trip, key: String, cue: &Cue<'_>) -> Order {
        // What goes wrong is only known later: nobody departs late by intention.
        let way = cue.stage.travel(self.at, trip.to) * trip.percent.min(ON_TIME_MAX) / 100;
        let arrives = cue.clock.after(cue.now + way);
        let estimated_arrival = Some(arrives);
        let body = NewShipmentEvent { estimated_arrival, ..report(ShipmentReportType::Departed) };
        Order::of_ship(number, Purpose::Depart, shipment_event(&trip.shipment, body, key))
    }

    fn fly(&self, number: usize, trip: &Trip, key: String, cue: &mut Cue<'_>) -> Order {
        let part = trip.part(cue.now);
        let (purpose, body) = match (trip.fate, trip.reports) {
            _ if cue.now >= trip.arrives => (Purpose::Arrive, report(ShipmentReportType::Arrived)),
            (Fate::Lost, 1..) => (
                Purpose::Lose,
                NewShipmentEvent {
                    cause: Some(LossCause::Lost),
                    reason: Some("no signal since the last report".to_owned()),
                    ..report(ShipmentReportType::Lost)
                },
            ),
            (Fate::Late, 1) => {
                let (code, reason) = cue.random.pick(&DELAYS).unwrap_or(&DELAYS[0]);
                let body = NewShipmentEvent {
                    estimated_arrival: Some(cue.clock.after(trip.arrives)),
                    delay_code: Some(code.clone()),
                    reason: Some((*reason).to_owned()),
                    ..report(ShipmentReportType::Estimated)
                };
                (Purpose::Report, body)
            }
            (_, 0..REPORTS) => {
                (Purpose::Report, position(cue.stage.on_the_way(self.at, trip.to, part)))
            }
            _ => (Purpose::Arrive, report(ShipmentReportType::Arrived)),
        };
        Order::of_ship(number, purpose, shipment_event(&trip.shipment, body, key))
    }

    fn count(number: usize, trip: &Trip, key: String, cue: &mut Cue<'_>) -> Order {
        let outstanding = trip.outstanding().max(1);
        let in_part = trip.accepted + trip.rejected == 0 && outstanding > 4;
        let seen = if in_part && cue.random.chance(25) { outstanding / 2 } else { outstanding };
        let rejected = if cue.random.chance(8) { seen / 20 } else { 0 };
        let accepted = seen - rejected;
        let line = NewShipmentEventLine {
            commodity: cue.stage.goods[trip.cargo.good].id.clone(),
            accepted: Some(accepted),
            rejected: Some(rejected),
            ..NewShipmentEventLine::default()
        };
        let received = report(ShipmentReportType::Received);
        let body = NewShipmentEvent { lines: Some(vec![line]), ..received };
        let request = shipment_event(&trip.shipment, body, key);
        Order::of_ship(number, Purpose::Count { accepted, rejected }, request)
    }

    fn sell(&self, number: usize, cargo: Cargo, key: String, cue: &mut Cue<'_>) -> Order {
        let place = &cue.stage.places[self.at].id;
        let good = &cue.stage.goods[cargo.good];
        let deal = Deal {
            station: place,
            buyer: place,
            seller: &self.trader,
            commodity: &good.id,
            quantity: cargo.quantity,
            unit_price: (good.price * cue.random.between(108, 138) / 100).max(1),
        };
        let purpose = Purpose::Sell(cargo);
        Order { payer: Some(place.clone()), ..Order::of_ship(number, purpose, deal.request(key)) }
    }
}
