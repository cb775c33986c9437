//! Why the second ledger refuses a booking or a report, and which reports it has heard already.

use std::collections::BTreeMap;

use domain::{Booking, ShipmentAction};

use super::network::{MOST, Moment, Network, Reasons, one_if};
use super::shipment::{Cargo, Parts, charges, named_lines};

/// Which report may follow which status.
const ALLOWED: &[&str] = &[
    "booked: loaded departed estimated cancelled held released",
    "loading: departed estimated cancelled held released",
    "in_transit: position estimated arrived lost found returned held released",
    "arrived: received lost found returned held released",
    "partially_received: received lost found returned held released",
    "lost: found",
];

/// Which report has been given if a shipment has this status.
const AGAIN: &[&str] = &["loading: loaded", "in_transit: departed", "arrived: arrived"];

/// Which report may come late, if it is of the time before the arrival.
const LATE: &[&str] = &["arrived: position estimated", "partially_received: position estimated"];

fn is_in(table: &[&str], status: &str, report: &str) -> bool {
    let row = table.iter().find_map(|row| row.strip_prefix(status)?.strip_prefix(": "));
    row.is_some_and(|reports| reports.split(' ').any(|it| it == report))
}

impl Network {
    pub(super) fn reasons_of_booking(&self, booking: &Booking) -> Reasons {
        let (origin, owner) = (booking.origin.as_str(), booking.owner.as_str());
        let mut reasons = one_if(booking.origin == booking.destination, "same_party");
        for station in [&booking.origin, &booking.destination] {
            let known = self.stations.contains_key(station.as_str());
            reasons.extend(one_if(!known, "unknown_station"));
        }
        let others = booking.consignee.iter().chain(&booking.carrier);
        for trader in others.chain([&booking.owner]) {
            reasons.extend(one_if(!self.is_trader(trader.as_str()), "unknown_trader"));
        }
        let (mut mass, mut volume) = (0, 0);
        for line in &booking.lines {
            let commodity = line.commodity.as_str();
            reasons.extend(self.unknown_commodity(commodity));
            let available = self.level(origin, owner, commodity).available;
            let quantity = u128::from(line.quantity.get());
            reasons.extend(one_if(quantity > available, "insufficient_stock"));
            let [grams, millilitres] = self.units.get(commodity).copied().unwrap_or_default();
            mass += quantity * grams;
            volume += quantity * millilitres;
        }
        let vessel = booking.terms.get().and_then(|terms| terms.vessel.as_ref());
        if let Some(vessel) = vessel {
            match self.vessels.get(vessel.as_str()) {
                None => drop(reasons.insert("unknown_vessel")),
                Some(vessel) => {
                    let over = vessel.mass.is_some_and(|most| mass > most)
                        || vessel.volume.is_some_and(|most| volume > most);
                    reasons.extend(one_if(over, "over_capacity"));
                }
            }
        }
        let mut owed = BTreeMap::<String, u128>::new();
        for (payer, to, amount) in charges(booking) {
            reasons.extend(one_if(payer == to, "same_party"));
            for party in [&payer, &to] {
                reasons.extend(one_if(!self.is_trader(party), "unknown_trader"));
            }
            *owed.entry(payer).or_default() += amount;
        }
        let poor = owed.iter().any(|(payer, amount)| *amount > self.balance(payer));
        reasons.extend(one_if(poor, "insufficient_credits"));
        reasons
    }

    pub(super) fn book(&mut self, moment: Moment, booking: &Booking) {
        for line in &booking.lines {
            let quantity = u128::from(line.quantity.get());
            let (origin, owner) = (booking.origin.as_str(), booking.owner.as_str());
            let level = self.entry(origin, owner, line.commodity.as_str());
            level.available -= quantity;
            level.reserved += quantity;
        }
        for (payer, _, amount) in charges(booking) {
            self.hold(&payer, amount);
        }
        let vessel = booking.terms.get().and_then(|terms| terms.vessel.as_ref());
        let carrier = match (&booking.carrier, vessel) {
            (Some(carrier), _) => carrier.as_str().to_owned(),
            (None, Some(vessel)) => self.vessels[vessel.as_str()].carrier.clone(),
            (None, None) => booking.owner.as_str().to_owned(),
        };
        let cargo = Cargo::new(moment, booking, &carrier);
        self.shipments.insert(moment.sequence, cargo);
    }

    pub(super) fn reasons_of_report(
        &self,
        moment: Moment,
        id: u64,
        action: &ShipmentAction,
    ) -> Reasons {
        let Some(cargo) = self.shipments.get(&id) else {
            return Reasons::from(["unknown_shipment"]);
        };
        if cargo.is_repeat(moment, action) {
            return Reasons::new();
        }
        let mut reasons = cargo.reasons(moment, action, self);
        let leaves = matches!(word(action), "loaded" | "departed");
        if let Some(vessel) = cargo.vessel.as_ref().filter(|_| leaves) {
            let carrying = self.vessels[vessel].carrying;
            reasons.extend(one_if(carrying.is_some_and(|it| it != id), "vessel_busy"));
        }
        reasons
    }

    /// Says whether the report tells anything new.
    pub(super) fn report(&mut self, moment: Moment, id: u64, action: &ShipmentAction) -> bool {
        if self.shipments[&id].is_repeat(moment, action) {
            return false;
        }
        let mut cargo = self.shipments.remove(&id).unwrap();
        cargo.report(moment, action, self);
        let ended = ["received", "cancelled", "lost", "returned"].contains(&cargo.status);
        if let Some(vessel) = &cargo.vessel {
            let carrying = &mut self.vessels.get_mut(vessel).unwrap().carrying;
            if matches!(word(action), "loaded" | "departed") {
                *carrying = Some(id);
            } else if (ended || word(action) == "arrived") && *carrying == Some(id) {
                *carrying = None;
            }
        }
        if !ended || cargo.status == "lost" {
            self.shipments.insert(id, cargo);
        }
        true
    }
}

impl Cargo {
    /// Whether all of it has been said already.
    fn is_repeat(&self, moment: Moment, action: &ShipmentAction) -> bool {
        let report = word(action);
        if is_in(AGAIN, self.status, report) {
            let known = match report {
                "loaded" => self.loaded_at,
                "departed" => self.actual[0],
                _ => self.actual[1],
            };
            return moment.said.is_none() || moment.said == known;
        }
        if !is_in(ALLOWED, self.status, report) && !is_in(LATE, self.status, report) {
            return false;
        }
        match action {
            ShipmentAction::Position(seen) => moment
                .said
                .is_some_and(|said| self.position == Some(([seen.x, seen.y, seen.z], said))),
            ShipmentAction::Estimated { departure, arrival, code, .. } => {
                let [left, there] = [departure, arrival].map(|time| time.map(|time| time.0));
                let late = there.is_some_and(|there| there > self.planned_arrival);
                let code = code.get().filter(|_| late).map(|code| format!("{code:?}"));
                moment.said.is_some()
                    && moment.said == self.estimated_at
                    && (left.is_none() || left == self.estimated[0])
                    && (there.is_none() || there == self.estimated[1] && code == self.delay_code)
            }
            ShipmentAction::Held { reason } => self.on_hold.as_deref() == Some(reason.as_str()),
            ShipmentAction::Released => self.on_hold.is_none(),
            _ => false,
        }
    }

    fn reasons(&self, moment: Moment, action: &ShipmentAction, network: &Network) -> Reasons {
        let report = word(action);
        let late = is_in(LATE, self.status, report)
            && self.actual[1].is_some_and(|arrival| moment.occurred < arrival);
        let allowed = is_in(ALLOWED, self.status, report) || late;
        let mut reasons = one_if(!allowed, "invalid_transition");
        let stopped = ["loaded", "departed", "received"].contains(&report);
        reasons.extend(one_if(stopped && self.on_hold.is_some(), "on_hold"));
        match action {
            ShipmentAction::Arrived => {
                let early = self.actual[0].is_some_and(|left| moment.occurred < left);
                reasons.extend(one_if(early, "invalid_transition"));
            }
            ShipmentAction::Received(lines) => {
                for line in lines {
                    let commodity = line.commodity.as_str();
                    reasons.extend(self.unknown_line(commodity, network));
                    let numbers = [line.accepted, line.rejected].map(|it| u128::from(it.get()));
                    let short = line.short.get().map_or(0, |short| u128::from(short.get()));
                    reasons.extend(self.reasons_of_count(commodity, numbers, short, network));
                }
            }
            ShipmentAction::Lost { loss, .. } => {
                let lines = loss.get().and_then(|loss| loss.lines.as_ref());
                for (commodity, quantity) in lines.map(named_lines).unwrap_or_default() {
                    reasons.extend(self.unknown_line(&commodity, network));
                    let left = self.lines.get(&commodity).map_or(0, |parts| parts.outstanding);
                    reasons.extend(one_if(quantity > left, "over_receipt"));
                }
            }
            ShipmentAction::Found { lines, .. } => {
                let nothing = self.lines.values().all(|parts| parts.written_off == 0);
                reasons.extend(one_if(nothing, "invalid_transition"));
                let all = self.lines.iter();
                let all = all.map(|(commodity, parts)| (commodity.clone(), parts.written_off));
                let lines = lines.as_ref().map_or_else(|| all.collect(), named_lines);
                for (commodity, quantity) in lines {
                    reasons.extend(self.unknown_line(&commodity, network));
                    let gone = self.lines.get(&commodity).map_or(0, |parts| parts.written_off);
                    reasons.extend(one_if(quantity > gone, "over_receipt"));
                    let sum = network.sourced(&commodity) + quantity;
                    reasons.extend(one_if(sum > MOST, "amount_overflow"));
                }
            }
            _ => {}
        }
        reasons
    }

    fn unknown_line(&self, commodity: &str, network: &Network) -> Reasons {
        let mut reasons = network.unknown_commodity(commodity);
        reasons.extend(one_if(!self.lines.contains_key(commodity), "not_in_shipment"));
        reasons
    }

    fn reasons_of_count(
        &self,
        commodity: &str,
        [accepted, rejected]: [u128; 2],
        short: u128,
        network: &Network,
    ) -> Reasons {
        let none = Parts::default();
        let parts = self.lines.get(commodity).unwrap_or(&none);
        let sum = accepted + rejected;
        let excess = sum.saturating_sub(parts.outstanding);
        let room = parts.shipped() * self.tolerance / 1_000 - parts.found;
        let over = excess > room || excess > accepted;
        let mut reasons = one_if(sum > MOST, "amount_overflow");
        let made = if over { 0 } else { excess };
        reasons.extend(one_if(network.sourced(commodity) + made > MOST, "amount_overflow"));
        let missed = short > parts.outstanding.saturating_sub(sum);
        reasons.extend(one_if(over || missed, "over_receipt"));
        reasons
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
        ShipmentAction::Held { .. } => "held",
        ShipmentAction::Released => "released",
        ShipmentAction::Found { .. } => "found",
        ShipmentAction::Returned { .. } => "returned",
    }
}
