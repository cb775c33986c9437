//! Shipments under way. One that has ended leaves memory; where its last event is goes to the store.

use std::collections::BTreeSet;

use domain::{
    Envelope, Sequence, Shipment, ShipmentBooked, ShipmentChanged, ShipmentId, ShipmentStatus,
};
use table::{Frozen, Table};

/// How many shipments there are of each status: those under way now, and those ever ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShipmentCounts {
    /// Reserved at their origins.
    pub booked: u64,
    /// Being loaded.
    pub loading: u64,
    /// Under way.
    pub in_transit: u64,
    /// There, not yet counted.
    pub arrived: u64,
    /// Some lines counted.
    pub partially_received: u64,
    /// Ended: everything counted.
    pub received: u64,
    /// Ended: called off.
    pub cancelled: u64,
    /// Ended: written off.
    pub lost: u64,
    /// Of those that have not ended, the delayed.
    pub delayed: u64,
}

impl ShipmentCounts {
    /// How many there are of a status.
    pub fn of(&self, status: ShipmentStatus) -> u64 {
        match status {
            ShipmentStatus::Booked => self.booked,
            ShipmentStatus::Loading => self.loading,
            ShipmentStatus::InTransit => self.in_transit,
            ShipmentStatus::Arrived => self.arrived,
            ShipmentStatus::PartiallyReceived => self.partially_received,
            ShipmentStatus::Received => self.received,
            ShipmentStatus::Cancelled => self.cancelled,
            ShipmentStatus::Lost => self.lost,
        }
    }

    fn of_mut(&mut self, status: ShipmentStatus) -> &mut u64 {
        match status {
            ShipmentStatus::Booked => &mut self.booked,
            ShipmentStatus::Loading => &mut self.loading,
            ShipmentStatus::InTransit => &mut self.in_transit,
            ShipmentStatus::Arrived => &mut self.arrived,
            ShipmentStatus::PartiallyReceived => &mut self.partially_received,
            ShipmentStatus::Received => &mut self.received,
            ShipmentStatus::Cancelled => &mut self.cancelled,
            ShipmentStatus::Lost => &mut self.lost,
        }
    }
}

/// A shipment that has ended, and its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) shipment: ShipmentId,
    pub(crate) last: Sequence,
}

/// All shipments that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Shipments {
    open: Table<u64, Shipment>,
    /// Their identifiers, to list them newest first: a new one is the greatest, so it goes to the
    /// end.
    order: BTreeSet<u64>,
    counts: ShipmentCounts,
}

impl Shipments {
    pub(crate) fn restored(open: Table<u64, Shipment>, counts: ShipmentCounts) -> Self {
        let order = open.iter().map(|(id, _)| *id).collect();
        Self { open, order, counts }
    }

    pub(crate) fn freeze(&self) -> (Frozen<(u64, Shipment)>, ShipmentCounts) {
        (self.open.freeze(), self.counts)
    }

    pub(crate) fn get(&self, id: ShipmentId) -> Option<&Shipment> {
        self.open.get(&id.0.0)
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    /// The identifiers of all of them, ascending.
    pub(crate) fn ids(&self) -> impl Iterator<Item = u64> {
        self.order.iter().copied()
    }

    pub(crate) fn counts(&self) -> ShipmentCounts {
        self.counts
    }

    /// Those with a lesser identifier, newest first.
    pub(crate) fn before(&self, before: u64) -> impl Iterator<Item = &Shipment> {
        let ids = self.order.range(..before).rev();
        ids.filter_map(|id| self.open.get(id))
    }

    pub(crate) fn book(&mut self, envelope: &Envelope, booked: &ShipmentBooked) {
        self.counts.booked += 1;
        let id = envelope.sequence.0;
        self.open.insert(id, Shipment::booked(envelope, booked));
        self.order.insert(id);
    }

    /// Follows a shipment by one event, which may be its last.
    pub(crate) fn change(
        &mut self,
        envelope: &Envelope,
        changed: &ShipmentChanged,
    ) -> Option<Ended> {
        let id = changed.shipment;
        let shipment = self.open.get_mut(&id.0.0).unwrap_or_else(|| {
            panic!("event {} is of {id}, which is not under way", envelope.sequence)
        });
        assert_eq!(
            changed.previous, shipment.last,
            "event {} of {id} does not follow its last one",
            envelope.sequence
        );
        let (status, delayed) = (shipment.status, shipment.delayed.is_some());
        shipment.apply(envelope, changed);
        let is_delayed = shipment.delayed.is_some() && !shipment.status.is_terminal();
        self.counts.delayed -= u64::from(delayed);
        self.counts.delayed += u64::from(is_delayed);
        if shipment.status == status {
            return None;
        }
        let status_now = shipment.status;
        *self.counts.of_mut(status) -= 1;
        *self.counts.of_mut(status_now) += 1;
        if !status_now.is_terminal() {
            return None;
        }
        self.open.remove(&id.0.0);
        self.order.remove(&id.0.0);
        Some(Ended { shipment: id, last: envelope.sequence })
    }
}
