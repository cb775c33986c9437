//! A shipment of the second ledger.

use std::collections::BTreeMap;

use domain::{Booking, LossCause, ShipmentAction};

use super::network::{Moment, Network};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cargo {
    pub(super) origin: String,
    pub(super) destination: String,
    pub(super) owner: String,
    pub(super) consignee: String,
    pub(super) carrier: String,
    pub(super) vessel: Option<String>,
    pub(super) status: &'static str,
    pub(super) planned_arrival: i64,
    pub(super) estimated: [Option<i64>; 2],
    pub(super) estimated_at: Option<i64>,
    pub(super) actual: [Option<i64>; 2],
    pub(super) loaded_at: Option<i64>,
    pub(super) booked_at: i64,
    pub(super) heard_at: i64,
    pub(super) delayed: Option<&'static str>,
    pub(super) delay_code: Option<String>,
    pub(super) on_hold: Option<String>,
    pub(super) position: Option<([i64; 3], i64)>,
    /// When it is overdue, until it is known to be or can no more become so.
    pub(super) deadline: Option<i64>,
    /// Who pays whom how much.
    pub(super) charges: Vec<(String, String, u128)>,
    /// In thousandths.
    pub(super) tolerance: u128,
    pub(super) lines: BTreeMap<String, Parts>,
}

/// What became of one line: outstanding, accepted, rejected and written off add up to what was
/// shipped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) outstanding: u128,
    pub(super) accepted: u128,
    pub(super) rejected: u128,
    pub(super) written_off: u128,
    pub(super) found: u128,
    pub(super) short: u128,
}

impl Parts {
    pub(super) fn shipped(&self) -> u128 {
        self.outstanding + self.accepted + self.rejected + self.written_off
    }

    fn is_counted(&self) -> bool {
        self.accepted + self.rejected + self.found > 0
    }
}

impl Cargo {
    pub(super) fn new(moment: Moment, booking: &Booking, carrier: &str) -> Self {
        let arrival = booking.schedule.arrival().0;
        let owner = booking.owner.as_str();
        let line = |line: &domain::BookingLine| {
            let outstanding = u128::from(line.quantity.get());
            let parts = Parts { outstanding, ..Parts::default() };
            (line.commodity.as_str().to_owned(), parts)
        };
        let consignee = booking.consignee.as_ref().map_or(owner, |name| name.as_str());
        let terms = booking.terms.get().cloned().unwrap_or_default();
        Self {
            origin: booking.origin.as_str().to_owned(),
            destination: booking.destination.as_str().to_owned(),
            owner: owner.to_owned(),
            consignee: consignee.to_owned(),
            carrier: carrier.to_owned(),
            vessel: terms.vessel.as_ref().map(|vessel| vessel.as_str().to_owned()),
            status: "booked",
            planned_arrival: arrival,
            estimated: [None; 2],
            estimated_at: None,
            actual: [None; 2],
            loaded_at: None,
            booked_at: moment.recorded,
            heard_at: moment.recorded,
            delayed: None,
            delay_code: None,
            on_hold: None,
            position: None,
            deadline: (arrival > moment.recorded).then_some(arrival),
            charges: charges(booking),
            tolerance: terms.tolerance.permille().into(),
            lines: booking.lines.iter().map(line).collect(),
        }
    }

    pub(super) fn is_counted(&self) -> bool {
        self.lines.values().any(Parts::is_counted)
    }

    fn is_all_done(&self) -> bool {
        self.lines.values().all(|parts| parts.outstanding == 0)
    }

    /// Moves the goods in the network's stock, and its charges.
    pub(super) fn report(
        &mut self,
        moment: Moment,
        action: &ShipmentAction,
        network: &mut Network,
    ) {
        self.heard_at = moment.recorded;
        match action {
            ShipmentAction::Loaded => {
                self.status = "loading";
                self.loaded_at = Some(moment.occurred);
            }
            ShipmentAction::Departed { estimated_arrival } => {
                self.status = "in_transit";
                self.actual[0] = Some(moment.occurred);
                self.estimate(moment, None, estimated_arrival.map(|time| time.0), None);
                for (commodity, parts) in &self.lines {
                    let origin = network.entry(&self.origin, &self.owner, commodity);
                    origin.reserved -= parts.outstanding;
                    let there = network.entry(&self.destination, &self.owner, commodity);
                    there.incoming += parts.outstanding;
                }
            }
            ShipmentAction::Position(seen) => {
                let latest = self.position.is_none_or(|(_, at)| moment.occurred >= at);
                if latest && self.actual[1].is_none() {
                    self.position = Some(([seen.x, seen.y, seen.z], moment.occurred));
                }
            }
            ShipmentAction::Estimated { departure, arrival, code, .. } => {
                let code = code.get().map(|code| format!("{code:?}"));
                let times = [departure, arrival].map(|time| time.map(|time| time.0));
                self.estimate(moment, times[0], times[1], code);
            }
            ShipmentAction::Arrived => {
                self.status = "arrived";
                self.actual[1] = Some(moment.occurred);
                self.deadline = None;
                if moment.occurred <= self.planned_arrival {
                    self.delayed = None;
                }
            }
            ShipmentAction::Received(lines) => self.receive(lines, network),
            ShipmentAction::Lost { loss, .. } => {
                let loss = loss.get();
                let stolen = loss.is_some_and(|loss| loss.cause == LossCause::Stolen);
                let named = loss.and_then(|loss| loss.lines.as_ref());
                let lines = named.map(named_lines);
                self.lose(lines, if stolen { "Stolen" } else { "Lost" }, network);
            }
            ShipmentAction::Found { lines, .. } => {
                self.find(lines.as_ref().map(named_lines), network);
            }
            ShipmentAction::Cancelled { .. } => {
                self.give_back("cancelled", network);
            }
            ShipmentAction::Returned { .. } => {
                self.give_back("returned", network);
            }
            ShipmentAction::Held { reason } => self.on_hold = Some(reason.as_str().to_owned()),
            ShipmentAction::Released => self.on_hold = None,
        }
        for parts in self.lines.values_mut() {
            parts.short = parts.short.min(parts.outstanding);
        }
        self.end(network);
    }

    fn receive(&mut self, lines: &domain::Lines<domain::ReceiptLineWanted>, network: &mut Network) {
        for line in lines {
            let commodity = line.commodity.as_str();
            let parts = self.lines.get_mut(commodity).unwrap();
            let bad = u128::from(line.rejected.get());
            let all = u128::from(line.accepted.get()) + bad;
            let found = all.saturating_sub(parts.outstanding);
            let good = u128::from(line.accepted.get()) - found;
            parts.outstanding -= good + bad;
            parts.accepted += good;
            parts.rejected += bad;
            parts.found += found;
            if let Some(short) = line.short.get() {
                parts.short = short.get().into();
            }
            let there = network.entry(&self.destination, &self.owner, commodity);
            there.incoming -= good + bad;
            there.available += good + found;
            there.unavailable += bad;
            network.add_total(commodity, "Found".to_owned(), found);
        }
        self.status = if self.is_all_done() { "received" } else { "partially_received" };
    }

    fn lose(&mut self, named: Option<Vec<(String, u128)>>, sink: &str, network: &mut Network) {
        let all = self.lines.iter().map(|(commodity, it)| (commodity.clone(), it.outstanding));
        for (commodity, quantity) in named.unwrap_or_else(|| all.collect()) {
            let parts = self.lines.get_mut(&commodity).unwrap();
            parts.outstanding -= quantity;
            parts.written_off += quantity;
            network.entry(&self.destination, &self.owner, &commodity).incoming -= quantity;
            network.add_total(&commodity, sink.to_owned(), quantity);
        }
        if self.is_all_done() {
            self.status = if self.is_counted() { "received" } else { "lost" };
        }
    }

    fn find(&mut self, named: Option<Vec<(String, u128)>>, network: &mut Network) {
        let all = self.lines.iter().map(|(commodity, it)| (commodity.clone(), it.written_off));
        for (commodity, quantity) in named.unwrap_or_else(|| all.collect()) {
            let parts = self.lines.get_mut(&commodity).unwrap();
            parts.written_off -= quantity;
            parts.outstanding += quantity;
            network.entry(&self.destination, &self.owner, &commodity).incoming += quantity;
            network.add_total(&commodity, "Found".to_owned(), quantity);
        }
        if self.status == "lost" {
            self.charges.clear();
            self.status = if self.actual[1].is_some() { "arrived" } else { "in_transit" };
            let told = self.delayed == Some("overdue") || self.actual[1].is_some();
            let promised = self.planned_arrival > self.booked_at;
            self.deadline = (promised && !told).then_some(self.planned_arrival);
        }
    }

    fn give_back(&mut self, status: &'static str, network: &mut Network) {
        self.status = status;
        for (commodity, parts) in &mut self.lines {
            let back = std::mem::take(&mut parts.outstanding);
            parts.written_off += back;
            if status == "returned" {
                network.entry(&self.destination, &self.owner, commodity).incoming -= back;
            } else {
                network.entry(&self.origin, &self.owner, commodity).reserved -= back;
            }
            network.entry(&self.origin, &self.owner, commodity).available += back;
        }
    }

    /// With its end the charges are paid if anything was received, else they are free again.
    fn end(&mut self, network: &mut Network) {
        if !["received", "cancelled", "lost", "returned"].contains(&self.status) {
            return;
        }
        self.deadline = None;
        for (payer, to, amount) in &self.charges {
            if self.is_counted() {
                network.pay_held(payer, to, *amount);
            } else {
                network.unhold(payer, *amount);
            }
        }
    }

    /// The latest estimate wins, and says whether the shipment is late.
    fn estimate(
        &mut self,
        moment: Moment,
        departure: Option<i64>,
        arrival: Option<i64>,
        code: Option<String>,
    ) {
        let stale = self.estimated_at.is_some_and(|at| moment.occurred < at);
        if (departure, arrival) == (None, None) || stale || self.actual[1].is_some() {
            return;
        }
        self.estimated_at = Some(moment.occurred);
        if departure.is_some() {
            self.estimated[0] = departure;
        }
        let Some(arrival) = arrival else { return };
        self.estimated[1] = Some(arrival);
        let late = arrival > self.planned_arrival;
        self.delay_code = code.filter(|_| late);
        if self.delayed != Some("overdue") {
            self.delayed = late.then_some("estimate");
        }
    }
}

pub(super) fn charges(booking: &Booking) -> Vec<(String, String, u128)> {
    let charges = booking.terms.get().into_iter().flat_map(|terms| &terms.charges);
    let charge = |charge: &domain::ChargeWanted| {
        let (payer, to) = (charge.payer.as_str().to_owned(), charge.to.as_str().to_owned());
        (payer, to, charge.amount.get().into())
    };
    charges.map(charge).collect()
}

pub(super) fn named_lines(lines: &domain::Lines<domain::BookingLine>) -> Vec<(String, u128)> {
    let line = |line: &domain::BookingLine| {
        (line.commodity.as_str().to_owned(), line.quantity.get().into())
    };
    lines.iter().map(line).collect()
}
