//! A shipment as its events make it: one fold for the ledger that decides and the views that show.

use crate::{
    Charge, CommodityId, DelayCode, DelayReason, Envelope, GoodsLine, Position, Quantity, Route,
    Schedule, Sequence, ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId,
    ShipmentStatus, Text, Timestamp, Tolerance, TraderId, VesselId,
};

/// A shipment after its last event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    /// Which one.
    pub id: ShipmentId,
    /// From where to where, and whose goods.
    pub route: Route,
    /// Who counts them at the destination.
    pub consignee: TraderId,
    /// Who carries them.
    pub carrier: TraderId,
    /// Where it is in its life.
    pub status: ShipmentStatus,
    /// The plan, never overwritten.
    pub schedule: Schedule,
    /// The latest estimate of its departure.
    pub estimated_departure: Option<Timestamp>,
    /// The latest estimate of its arrival.
    pub estimated_arrival: Option<Timestamp>,
    /// When it left, once it has.
    pub actual_departure: Option<Timestamp>,
    /// When it was there, once it is.
    pub actual_arrival: Option<Timestamp>,
    /// Whether it is late, and why.
    pub delayed: Option<DelayReason>,
    /// What holds it up, if that was said.
    pub delay_code: Option<DelayCode>,
    /// Why it is stopped, if it is.
    pub on_hold: Option<Text>,
    /// When the latest estimate was made, of its departure or its arrival: an older one replaces
    /// neither.
    pub estimated_at: Option<Timestamp>,
    /// Where it was last seen, and when.
    pub position: Option<(Position, Timestamp)>,
    /// What carries it, if that was named.
    pub vessel: Option<VesselId>,
    /// Held until it ends, and then paid or released; none once it was lost and found again.
    pub charges: Box<[Charge]>,
    /// How much more than shipped may be received.
    pub tolerance: Tolerance,
    /// When it was booked, in network time.
    pub booked_at: Timestamp,
    /// When somebody last said something of it, in network time.
    pub heard_at: Timestamp,
    /// Its goods, a commodity once each.
    pub lines: Box<[ShipmentLine]>,
    /// Its last event.
    pub last: Sequence,
    /// How many events it has.
    pub event_count: u32,
}

/// Goods of a shipment and what became of them.
/// Always: shipped = accepted + rejected + written off + outstanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShipmentLine {
    /// What.
    pub commodity: CommodityId,
    /// How much was booked.
    pub shipped: Quantity,
    /// Counted, good.
    pub accepted: Quantity,
    /// Counted, not good.
    pub rejected: Quantity,
    /// Given up: lost, stolen, cancelled or returned.
    pub written_off: Quantity,
    /// Received beyond what was shipped, good; not in `accepted`.
    pub found: Quantity,
    /// Of what is outstanding, what the last count missed.
    pub short: Quantity,
}

impl ShipmentLine {
    /// What is neither counted nor given up.
    pub fn outstanding(&self) -> Quantity {
        let counted = self.accepted.get() + self.rejected.get() + self.written_off.get();
        Quantity::new(self.shipped.get().saturating_sub(counted)).unwrap_or_default()
    }
}

impl Shipment {
    /// The shipment that a booking makes.
    pub fn booked(envelope: &Envelope, booked: &ShipmentBooked) -> Self {
        let line = |line: &GoodsLine| ShipmentLine {
            commodity: line.commodity,
            shipped: line.quantity,
            ..ShipmentLine::default()
        };
        Self {
            id: ShipmentId(envelope.sequence),
            route: booked.route,
            consignee: booked.consignee,
            carrier: booked.carrier,
            status: ShipmentStatus::Booked,
            schedule: booked.schedule,
            estimated_departure: None,
            estimated_arrival: None,
            actual_departure: None,
            actual_arrival: None,
            delayed: None,
            delay_code: None,
            on_hold: None,
            estimated_at: None,
            position: None,
            vessel: booked.vessel,
            charges: booked.charges.clone(),
            tolerance: booked.tolerance,
            booked_at: envelope.recorded_at,
            heard_at: envelope.recorded_at,
            lines: booked.lines.iter().map(line).collect(),
            last: envelope.sequence,
            event_count: 1,
        }
    }

    /// Follows the shipment by one event.
    pub fn apply(&mut self, envelope: &Envelope, changed: &ShipmentChanged) {
        self.last = envelope.sequence;
        self.event_count = self.event_count.saturating_add(1);
        let at = envelope.occurred_at();
        if !matches!(changed.change, ShipmentChange::Delayed { .. }) {
            self.heard_at = envelope.recorded_at;
        }
        match &changed.change {
            ShipmentChange::Loaded => self.status = ShipmentStatus::Loading,
            ShipmentChange::Departed { estimated_arrival, .. } => {
                self.status = ShipmentStatus::InTransit;
                self.actual_departure = Some(at);
                self.estimate(None, *estimated_arrival, at, None);
            }
            ShipmentChange::Position(position) => {
                // A report that was longer under way than a later one is not where it is now, and
                // one that comes after the arrival is of the way there.
                let latest = self.position.is_none_or(|(_, seen)| at >= seen);
                if latest && self.actual_arrival.is_none() {
                    self.position = Some((*position, at));
                }
            }
            ShipmentChange::Estimated { departure, arrival, code, .. } => {
                self.estimate(*departure, *arrival, at, *code);
            }
            ShipmentChange::Delayed { reason } => self.delayed = Some(*reason),
            ShipmentChange::Arrived => {
                self.status = ShipmentStatus::Arrived;
                self.actual_arrival = Some(at);
                self.delayed = self.delayed.filter(|_| at > self.schedule.arrival());
            }
            ShipmentChange::Received { lines, complete } => {
                self.status = match complete {
                    true => ShipmentStatus::Received,
                    false => ShipmentStatus::PartiallyReceived,
                };
                for received in lines {
                    let Some(line) = self.line_mut(received.commodity) else {
                        continue;
                    };
                    add(&mut line.accepted, received.accepted);
                    add(&mut line.rejected, received.rejected);
                    add(&mut line.found, received.found);
                    if !received.short.is_zero() {
                        line.short = received.short;
                    }
                }
            }
            ShipmentChange::Lost { lines, .. } => {
                self.write_off(lines);
                if self.outstanding().is_empty() {
                    let counted = self.is_counted_in_part();
                    self.status =
                        if counted { ShipmentStatus::Received } else { ShipmentStatus::Lost };
                }
            }
            ShipmentChange::Found { lines, .. } => {
                for found in lines {
                    let Some(line) = self.line_mut(found.commodity) else {
                        continue;
                    };
                    let left = line.written_off.checked_sub(found.quantity);
                    line.written_off = left.unwrap_or_default();
                }
                if self.status == ShipmentStatus::Lost {
                    // They were released with the loss.
                    self.charges = Box::default();
                    let arrived = self.actual_arrival.is_some();
                    self.status =
                        if arrived { ShipmentStatus::Arrived } else { ShipmentStatus::InTransit };
                }
            }
            ShipmentChange::Cancelled { lines, .. } => {
                self.write_off(lines);
                self.status = ShipmentStatus::Cancelled;
            }
            ShipmentChange::Returned { lines, .. } => {
                self.write_off(lines);
                self.status = ShipmentStatus::Returned;
            }
            ShipmentChange::Held { reason } => self.on_hold = Some(reason.clone()),
            ShipmentChange::Released => self.on_hold = None,
        }
        for line in &mut self.lines {
            line.short = line.short.min(line.outstanding());
        }
    }

    /// Whether any of it has been received.
    pub fn is_counted_in_part(&self) -> bool {
        let counted = |line: &ShipmentLine| {
            !(line.accepted.is_zero() && line.rejected.is_zero() && line.found.is_zero())
        };
        self.lines.iter().any(counted)
    }

    fn write_off(&mut self, lines: &[GoodsLine]) {
        for gone in lines {
            if let Some(line) = self.line_mut(gone.commodity) {
                add(&mut line.written_off, gone.quantity);
            }
        }
    }

    /// What is outstanding, as lines; none that are zero.
    pub fn outstanding(&self) -> Box<[GoodsLine]> {
        let goods = |line: &ShipmentLine| GoodsLine {
            commodity: line.commodity,
            quantity: line.outstanding(),
        };
        self.lines.iter().map(goods).filter(|line| !line.quantity.is_zero()).collect()
    }

    /// The latest estimate wins, by when it was made and not by when it came; where it is told that
    /// a shipment has arrived, none does.
    fn estimate(
        &mut self,
        departure: Option<Timestamp>,
        arrival: Option<Timestamp>,
        at: Timestamp,
        code: Option<DelayCode>,
    ) {
        let told = departure.is_some() || arrival.is_some();
        let stale = self.estimated_at.is_some_and(|latest| at < latest);
        if !told || stale || self.actual_arrival.is_some() {
            return;
        }
        self.estimated_at = Some(at);
        self.estimated_departure = departure.or(self.estimated_departure);
        let Some(arrival) = arrival else { return };
        self.estimated_arrival = Some(arrival);
        let late = arrival > self.schedule.arrival();
        self.delay_code = code.filter(|_| late);
        // Once the promise has passed, no estimate takes that back: only the arrival ends it.
        if self.delayed != Some(DelayReason::Overdue) {
            self.delayed = late.then_some(DelayReason::Estimate);
        }
    }

    fn line_mut(&mut self, commodity: CommodityId) -> Option<&mut ShipmentLine> {
        self.lines.iter_mut().find(|line| line.commodity == commodity)
    }
}

/// The ledger has checked that the sum stays within what was shipped.
fn add(sum: &mut Quantity, more: Quantity) {
    *sum = sum.checked_add(more).unwrap_or(Quantity::MAX);
}

#[cfg(test)]
mod tests;
