//! A shipment as its events make it: one fold for the ledger that decides and the views that show.

use crate::{
    CommodityId, DelayReason, Envelope, GoodsLine, Position, Quantity, Route, Schedule, Sequence,
    ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId, ShipmentStatus, Timestamp,
    TraderId,
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
    /// Where it was last seen, and when.
    pub position: Option<(Position, Timestamp)>,
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
    /// Given up.
    pub written_off: Quantity,
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
            position: None,
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
        match &changed.change {
            ShipmentChange::Loaded => self.status = ShipmentStatus::Loading,
            ShipmentChange::Departed { estimated_arrival, .. } => {
                self.status = ShipmentStatus::InTransit;
                self.actual_departure = Some(at);
                if estimated_arrival.is_some() {
                    self.estimate_arrival(*estimated_arrival);
                }
            }
            ShipmentChange::Position(position) => self.position = Some((*position, at)),
            ShipmentChange::Estimated { departure, arrival, .. } => {
                self.estimated_departure = departure.or(self.estimated_departure);
                if arrival.is_some() {
                    self.estimate_arrival(*arrival);
                }
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
                }
            }
            ShipmentChange::Lost { lines, .. } => {
                self.status = ShipmentStatus::Lost;
                for lost in lines {
                    let Some(line) = self.line_mut(lost.commodity) else {
                        continue;
                    };
                    add(&mut line.written_off, lost.quantity);
                }
            }
            ShipmentChange::Cancelled { lines, .. } => {
                self.status = ShipmentStatus::Cancelled;
                for released in lines {
                    let Some(line) = self.line_mut(released.commodity) else {
                        continue;
                    };
                    add(&mut line.written_off, released.quantity);
                }
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

    fn estimate_arrival(&mut self, arrival: Option<Timestamp>) {
        self.estimated_arrival = arrival;
        // Once the promise has passed, no estimate takes that back: only the arrival ends it.
        if self.delayed != Some(DelayReason::Overdue) {
            let late = arrival.is_some_and(|arrival| arrival > self.schedule.arrival());
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
