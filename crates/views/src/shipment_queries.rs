//! Questions about shipments of any age: under way, or ended and read back from the journal.

use domain::{
    CommodityId, Envelope, Event, EventReader, ReadError, Recorded, Scope, Sequence, Shipment,
    ShipmentBooked, ShipmentId, ShipmentStatus, StationId, Text, Timestamp, TraderId, VesselId,
};

use crate::Views;
use crate::shipments::{Ended, seen};

/// A shipment and everything that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShipmentHistory {
    /// As it was after the last event of the timeline.
    pub shipment: Shipment,
    /// When and by whom it was booked.
    pub booking: Envelope,
    /// Its events, oldest first, the booking included.
    pub timeline: Vec<Recorded>,
}

/// Which shipments; each field that is given narrows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ShipmentFilter {
    /// From this station.
    pub origin: Option<StationId>,
    /// To this station.
    pub destination: Option<StationId>,
    /// Of this owner's goods.
    pub owner: Option<TraderId>,
    /// Carried by this one.
    pub carrier: Option<TraderId>,
    /// On this vessel.
    pub vessel: Option<VesselId>,
    /// With this commodity, among others.
    pub commodity: Option<CommodityId>,
    /// Of this status.
    pub status: Option<ShipmentStatus>,
    /// Late, or not.
    pub delayed: Option<bool>,
    /// Stopped, or not.
    pub on_hold: Option<bool>,
    /// With this reference of the client's.
    pub reference: Option<Text>,
    /// Booked, as the client says, at this time or after.
    pub from: Option<Timestamp>,
    /// Booked before this time.
    pub to: Option<Timestamp>,
}

impl ShipmentFilter {
    /// But for what its booking alone says.
    pub(crate) fn admits(&self, shipment: &Shipment) -> bool {
        let with = |only| {
            let mut lines = shipment.lines.iter();
            lines.any(|line| line.commodity == only)
        };
        let delayed = shipment.delayed.is_some();
        self.admits_route(shipment.route, shipment.status)
            && self.carrier.is_none_or(|only| only == shipment.carrier)
            && self.vessel.is_none_or(|only| Some(only) == shipment.vessel)
            && self.commodity.is_none_or(with)
            && self.delayed.is_none_or(|only| only == delayed)
            && self.on_hold.is_none_or(|only| only == shipment.on_hold.is_some())
    }

    fn admits_route(&self, route: domain::Route, status: ShipmentStatus) -> bool {
        self.origin.is_none_or(|only| only == route.origin)
            && self.destination.is_none_or(|only| only == route.destination)
            && self.owner.is_none_or(|only| only == route.owner)
            && self.status.is_none_or(|only| only == status)
    }

    /// Whether it asks for what a booking alone says.
    pub(crate) fn needs_booking(&self) -> bool {
        self.reference.is_some() || self.from.is_some() || self.to.is_some()
    }

    /// What a booking alone says.
    pub(crate) fn admits_booking(&self, booking: &Recorded) -> bool {
        let at = booking.envelope.occurred_at();
        let note = booking.envelope.note.as_ref();
        let reference = note.and_then(|note| note.reference.as_ref());
        self.from.is_none_or(|from| at >= from)
            && self.to.is_none_or(|to| at < to)
            && (self.reference.is_none() || self.reference.as_ref() == reference)
    }
}

impl Views {
    /// A shipment of any age with its timeline. Reads the journal.
    pub fn shipment(
        &self,
        id: ShipmentId,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        let Some(last) = self.last_event_of(id)? else {
            return Ok(None);
        };
        self.shipment_at(last, scope)
    }

    /// The shipment that this event is of, as it was after it. `None` if it is of none. Reads the
    /// journal.
    pub fn shipment_at(
        &self,
        last: Sequence,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentHistory>, ReadError> {
        match self.event(last)? {
            Some(recorded) if shipment_of(&recorded).is_some() => {
                let history = history(&*self.0.events, recorded)?;
                Ok(Some(history).filter(|history| seen(&history.shipment, scope)))
            }
            _ => Ok(None),
        }
    }

    /// How a shipment ended; `None` if it has not, or may not be seen. Reads one event at most.
    pub fn ended_status(
        &self,
        id: ShipmentId,
        scope: Scope<'_>,
    ) -> Result<Option<ShipmentStatus>, ReadError> {
        let Some(Known::Ended(ended)) = self.known(id)? else {
            return Ok(None);
        };
        if !scope.is_network() {
            let booking = self.event(id.0)?;
            let Some(Recorded { envelope, event: Event::ShipmentBooked(booked) }) = booking else {
                return Err(broken(id.0, "a shipment begins without booking"));
            };
            let booked = Shipment::booked(&envelope, &booked);
            if !seen(&booked, scope) {
                return Ok(None);
            }
        }
        Ok(Some(ended.status))
    }

    /// The last event of a shipment.
    fn last_event_of(&self, id: ShipmentId) -> Result<Option<Sequence>, ReadError> {
        Ok(self.known(id)?.map(|known| match known {
            Known::Open(last) => last,
            Known::Ended(ended) => ended.last,
        }))
    }

    /// What is known of a shipment: under way, waiting for the store, or in the store, in the order
    /// in which it goes through them.
    fn known(&self, id: ShipmentId) -> Result<Option<Known>, ReadError> {
        loop {
            let found_count = self.0.ended.found_count();
            let state = self.read();
            let open = state.shipments.get(id).map(|shipment| Known::Open(shipment.last));
            let known = open.or_else(|| self.0.ended.waiting(id).map(Known::Ended));
            drop(state);
            if known.is_some() {
                return Ok(known);
            }
            let stored = self.0.ended.stored_one(id)?.map(Known::Ended);
            // One that was found in between was perhaps neither here nor there.
            if self.0.ended.found_count() == found_count {
                return Ok(stored);
            }
        }
    }
}

/// Where the last event of a shipment is.
enum Known {
    Open(Sequence),
    Ended(Ended),
}

/// Walks back from an event of a shipment to its booking, and folds forward.
pub(crate) fn history(
    events: &dyn EventReader,
    last: Recorded,
) -> Result<ShipmentHistory, ReadError> {
    let mut timeline = vec![last];
    while let Some((after, previous)) = timeline.last().and_then(previous_of) {
        if previous >= after {
            return Err(broken(after, "it names a later event as the one before"));
        }
        let earlier = events.event(previous)?;
        let earlier = earlier.ok_or_else(|| broken(after, "the event before is not there"))?;
        if shipment_of(&earlier) != timeline.last().and_then(shipment_of) {
            return Err(broken(after, "the event before is of another shipment"));
        }
        timeline.push(earlier);
    }
    timeline.reverse();
    let (booking, booked) = match timeline.first() {
        Some(Recorded { envelope, event: Event::ShipmentBooked(booked) }) => {
            (envelope.clone(), booked)
        }
        _ => return Err(broken(Sequence::ZERO, "a shipment begins without booking")),
    };
    let shipment = folded(&booking, booked, &timeline);
    Ok(ShipmentHistory { shipment, booking, timeline })
}

fn folded(booking: &Envelope, booked: &ShipmentBooked, timeline: &[Recorded]) -> Shipment {
    let mut shipment = Shipment::booked(booking, booked);
    for recorded in timeline {
        if let Event::ShipmentChanged(changed) = &recorded.event {
            shipment.apply(&recorded.envelope, changed);
        }
    }
    shipment
}

/// The shipment that an event is of.
fn shipment_of(recorded: &Recorded) -> Option<ShipmentId> {
    match &recorded.event {
        Event::ShipmentBooked(_) => Some(ShipmentId(recorded.envelope.sequence)),
        Event::ShipmentChanged(changed) => Some(changed.shipment),
        _ => None,
    }
}

/// The place of an event of a shipment and of the one before; `None` of a booking.
fn previous_of(recorded: &Recorded) -> Option<(Sequence, Sequence)> {
    match &recorded.event {
        Event::ShipmentChanged(changed) => Some((recorded.envelope.sequence, changed.previous)),
        _ => None,
    }
}

pub(crate) fn broken(at: Sequence, reason: &str) -> ReadError {
    ReadError { after: Sequence(at.0.saturating_sub(1)), reason: reason.to_owned() }
}
