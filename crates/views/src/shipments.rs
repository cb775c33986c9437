//! Shipments under way. One that has ended leaves memory; where its last event is goes to the store.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Envelope, Scope, Sequence, Shipment, ShipmentBooked, ShipmentChange, ShipmentChanged,
    ShipmentId, ShipmentStatus,
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
    /// Ended: back at the origin.
    pub returned: u64,
    /// Of those that have not ended, the delayed.
    pub delayed: u64,
    /// Of those that have not ended, the stopped.
    pub on_hold: u64,
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
            ShipmentStatus::Returned => self.returned,
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
            ShipmentStatus::Returned => &mut self.returned,
        }
    }
}

/// A shipment that has ended, its last event, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) shipment: ShipmentId,
    pub(crate) last: Sequence,
    pub(crate) status: ShipmentStatus,
}

/// A lost shipment that is under way again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FoundAgain {
    pub(crate) shipment: ShipmentId,
    /// The event that found it.
    pub(crate) found: Sequence,
    /// Its last event before.
    pub(crate) previous: Sequence,
}

/// That an event ended a shipment, or brought one back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    Ended(Ended),
    FoundAgain(FoundAgain),
}

/// Whether a shipment may be seen: whoever is part of it sees it.
pub fn seen(shipment: &Shipment, scope: Scope<'_>) -> bool {
    scope.sees_any(&[shipment.route.owner, shipment.consignee, shipment.carrier])
        || shipment.charges.iter().any(|charge| scope.sees_any(&[charge.payer, charge.to]))
}

/// All shipments that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Shipments {
    open: Table<u64, Shipment>,
    /// Their identifiers, to list them newest first: a new one is the greatest, so it goes to the
    /// end.
    order: BTreeSet<u64>,
    counts: ShipmentCounts,
    /// Lost shipments that the events to come will find, by the event that does; read from the
    /// journal before, while nobody waited.
    staged: BTreeMap<u64, Shipment>,
}

impl Shipments {
    pub(crate) fn restored(open: Table<u64, Shipment>, counts: ShipmentCounts) -> Self {
        let order = open.iter().map(|(id, _)| *id).collect();
        Self { open, order, counts, staged: BTreeMap::new() }
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

    /// Takes lost shipments that events to come will find.
    pub(crate) fn stage(&mut self, found: BTreeMap<u64, Shipment>) {
        self.staged = found;
    }

    pub(crate) fn book(&mut self, envelope: &Envelope, booked: &ShipmentBooked) {
        self.counts.booked += 1;
        let id = envelope.sequence.0;
        self.open.insert(id, Shipment::booked(envelope, booked));
        self.order.insert(id);
    }

    /// Follows a shipment by one event, which may be its last, or bring it back.
    pub(crate) fn change(
        &mut self,
        envelope: &Envelope,
        changed: &ShipmentChanged,
    ) -> Option<Turn> {
        let id = changed.shipment;
        let found_again = self.bring_back(envelope, changed);
        let shipment = self.open.get_mut(&id.0.0).unwrap_or_else(|| {
            panic!("event {} is of {id}, which is not under way", envelope.sequence)
        });
        assert_eq!(
            changed.previous, shipment.last,
            "event {} of {id} does not follow its last one",
            envelope.sequence
        );
        let before = Seen::of(shipment);
        shipment.apply(envelope, changed);
        let after = Seen::of(shipment);
        self.counts.follow(&before, &after);
        if after.status.is_terminal() {
            self.open.remove(&id.0.0);
            self.order.remove(&id.0.0);
            let (last, status) = (envelope.sequence, after.status);
            return Some(Turn::Ended(Ended { shipment: id, last, status }));
        }
        found_again.map(Turn::FoundAgain)
    }

    /// Puts a lost shipment back that this event finds.
    fn bring_back(&mut self, envelope: &Envelope, changed: &ShipmentChanged) -> Option<FoundAgain> {
        if !matches!(changed.change, ShipmentChange::Found { .. }) {
            return None;
        }
        let (shipment, found, previous) = (changed.shipment, envelope.sequence, changed.previous);
        let lost = self.staged.remove(&found.0);
        if self.open.get(&shipment.0.0).is_some() {
            return None;
        }
        let lost = lost.filter(|lost| lost.id == shipment && lost.status == ShipmentStatus::Lost);
        self.open.insert(shipment.0.0, lost?);
        self.order.insert(shipment.0.0);
        Some(FoundAgain { shipment, found, previous })
    }
}

/// What is counted of a shipment.
struct Seen {
    status: ShipmentStatus,
    delayed: bool,
    on_hold: bool,
}

impl Seen {
    fn of(shipment: &Shipment) -> Self {
        let open = !shipment.status.is_terminal();
        Self {
            status: shipment.status,
            delayed: open && shipment.delayed.is_some(),
            on_hold: open && shipment.on_hold.is_some(),
        }
    }
}

impl ShipmentCounts {
    fn follow(&mut self, before: &Seen, after: &Seen) {
        *self.of_mut(before.status) -= 1;
        *self.of_mut(after.status) += 1;
        self.delayed -= u64::from(before.delayed);
        self.delayed += u64::from(after.delayed);
        self.on_hold -= u64::from(before.on_hold);
        self.on_hold += u64::from(after.on_hold);
    }
}
