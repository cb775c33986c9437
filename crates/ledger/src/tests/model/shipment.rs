//! A shipment of the second ledger.

use std::collections::BTreeMap;

use domain::{Booking, ShipmentAction};

use super::network::{MOST, Moment, Network, Reasons, one_if};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cargo {
    pub(super) origin: String,
    pub(super) destination: String,
    pub(super) owner: String,
    pub(super) consignee: String,
    pub(super) carrier: String,
    pub(super) status: &'static str,
    pub(super) planned_arrival: i64,
    pub(super) estimated: [Option<i64>; 2],
    pub(super) actual: [Option<i64>; 2],
    pub(super) delayed: Option<&'static str>,
    /// When it is overdue, until it is known to be or can no more become so.
    pub(super) deadline: Option<i64>,
    pub(super) lines: BTreeMap<String, Parts>,
}

/// What became of one line: the four add up to what was shipped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) outstanding: u128,
    pub(super) accepted: u128,
    pub(super) rejected: u128,
    pub(super) written_off: u128,
}

/// Which report may follow which status.
const ALLOWED: &[&str] = &[
    "booked loaded",
    "booked departed",
    "booked estimated",
    "booked cancelled",
    "loading departed",
    "loading estimated",
    "loading cancelled",
    "in_transit position",
    "in_transit estimated",
    "in_transit arrived",
    "in_transit lost",
    "arrived received",
    "arrived lost",
    "partially_received received",
    "partially_received lost",
];

impl Cargo {
    pub(super) fn new(moment: Moment, booking: &Booking) -> Self {
        let arrival = booking.schedule.arrival().0;
        let owner = booking.owner.as_str();
        let other = |name: &Option<domain::Identifier>| {
            name.as_ref().map_or(owner, |name| name.as_str()).to_owned()
        };
        let line = |line: &domain::BookingLine| {
            let outstanding = u128::from(line.quantity.get());
            let parts = Parts { outstanding, ..Parts::default() };
            (line.commodity.as_str().to_owned(), parts)
        };
        Self {
            origin: booking.origin.as_str().to_owned(),
            destination: booking.destination.as_str().to_owned(),
            owner: owner.to_owned(),
            consignee: other(&booking.consignee),
            carrier: other(&booking.carrier),
            status: "booked",
            planned_arrival: arrival,
            estimated: [None; 2],
            actual: [None; 2],
            delayed: None,
            deadline: (arrival > moment.recorded).then_some(arrival),
            lines: booking.lines.iter().map(line).collect(),
        }
    }

    pub(super) fn reasons(
        &self,
        action: &ShipmentAction,
        commodities: &BTreeMap<String, String>,
    ) -> Reasons {
        let step = format!("{} {}", self.status, word(action));
        let mut reasons = one_if(!ALLOWED.contains(&step.as_str()), "invalid_transition");
        let ShipmentAction::Received(lines) = action else {
            return reasons;
        };
        for line in lines {
            let commodity = line.commodity.as_str();
            reasons.extend(one_if(!commodities.contains_key(commodity), "unknown_commodity"));
            let parts = self.lines.get(commodity);
            reasons.extend(one_if(parts.is_none(), "not_in_shipment"));
            let outstanding = parts.map_or(0, |parts| parts.outstanding);
            let sum = u128::from(line.accepted.get()) + u128::from(line.rejected.get());
            reasons.extend(one_if(sum > MOST, "amount_overflow"));
            reasons.extend(one_if(sum > outstanding, "over_receipt"));
        }
        reasons
    }

    /// Moves the goods in the network's stock and returns those that are lost.
    pub(super) fn report(
        &mut self,
        moment: Moment,
        action: &ShipmentAction,
        network: &mut Network,
    ) -> Vec<(String, u128)> {
        let mut gone = Vec::new();
        match action {
            ShipmentAction::Loaded => self.status = "loading",
            ShipmentAction::Departed { estimated_arrival } => {
                self.status = "in_transit";
                self.actual[0] = Some(moment.occurred);
                self.estimate(estimated_arrival.map(|time| time.0));
                for (commodity, parts) in &self.lines {
                    let origin = network.entry(&self.origin, &self.owner, commodity);
                    origin.reserved -= parts.outstanding;
                    let there = network.entry(&self.destination, &self.owner, commodity);
                    there.incoming += parts.outstanding;
                }
            }
            ShipmentAction::Position(_) => {}
            ShipmentAction::Estimated { departure, arrival, .. } => {
                if let Some(departure) = departure {
                    self.estimated[0] = Some(departure.0);
                }
                self.estimate(arrival.map(|time| time.0));
            }
            ShipmentAction::Arrived => {
                self.status = "arrived";
                self.actual[1] = Some(moment.occurred);
                self.deadline = None;
                if moment.occurred <= self.planned_arrival {
                    self.delayed = None;
                }
            }
            ShipmentAction::Received(lines) => {
                for line in lines {
                    let good = u128::from(line.accepted.get());
                    let bad = u128::from(line.rejected.get());
                    let parts = self.lines.get_mut(line.commodity.as_str()).unwrap();
                    parts.outstanding -= good + bad;
                    parts.accepted += good;
                    parts.rejected += bad;
                    let commodity = line.commodity.as_str();
                    let there = network.entry(&self.destination, &self.owner, commodity);
                    there.incoming -= good + bad;
                    there.available += good;
                    there.unavailable += bad;
                }
                let done = self.lines.values().all(|parts| parts.outstanding == 0);
                self.status = if done { "received" } else { "partially_received" };
            }
            ShipmentAction::Lost { .. } => {
                self.status = "lost";
                for (commodity, parts) in &mut self.lines {
                    let there = network.entry(&self.destination, &self.owner, commodity);
                    there.incoming -= parts.outstanding;
                    gone.push((commodity.clone(), parts.outstanding));
                    parts.written_off += std::mem::take(&mut parts.outstanding);
                }
            }
            ShipmentAction::Cancelled { .. } => {
                self.status = "cancelled";
                for (commodity, parts) in &mut self.lines {
                    let origin = network.entry(&self.origin, &self.owner, commodity);
                    origin.reserved -= parts.outstanding;
                    origin.available += parts.outstanding;
                    parts.written_off += std::mem::take(&mut parts.outstanding);
                }
            }
        }
        gone
    }

    /// The latest estimate wins, and says whether the shipment is late.
    fn estimate(&mut self, arrival: Option<i64>) {
        if let Some(arrival) = arrival {
            self.estimated[1] = Some(arrival);
            if self.delayed != Some("overdue") {
                self.delayed = (arrival > self.planned_arrival).then_some("estimate");
            }
        }
    }
}

pub(super) const fn word(action: &ShipmentAction) -> &'static str {
    match action {
        ShipmentAction::Loaded => "loaded",
        ShipmentAction::Departed { .. } => "departed",
        ShipmentAction::Position(_) => "position",
        ShipmentAction::Estimated { .. } => "estimated",
        ShipmentAction::Arrived => "arrived",
        ShipmentAction::Received(_) => "received",
        ShipmentAction::Lost { .. } => "lost",
        ShipmentAction::Cancelled { .. } => "cancelled",
    }
}
