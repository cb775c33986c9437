//! `POST /api/cargo`.

use domain::limits::TOLERANCE_PERMILLE_MAX;
use domain::{
    Action, Added, Booking, BookingLine, BookingTerms, ChargeWanted, Position, Schedule, Tolerance,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::charges::{ChargeBody, checked_charges};
use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{
    Amount, Coordinate, Metadata, Name, Positive, Time, Words, objects, objects_or_null,
};

/// Cargo to be carried.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewBooking)]
pub(crate) struct BookingBody {
    origin: Name,
    destination: Name,
    /// Whose goods.
    owner: Name,
    /// Who counts them at the destination; the owner if left out.
    consignee: Option<Name>,
    /// Who carries them; whoever flies the vessel if left out, and without one the owner.
    carrier: Option<Name>,
    /// What carries them: it must have room for them, and carries one shipment at a time.
    vessel: Option<Name>,
    /// What, a commodity once each.
    #[serde(deserialize_with = "objects::<_, BookingLineBody, _>")]
    #[schema(value_type = Vec<BookingLineBody>, min_items = 1, max_items = 100)]
    lines: Vec<BookingLine>,
    planned_departure: Time,
    /// Not before the departure.
    planned_arrival: Time,
    /// Held now, and paid when goods are received.
    #[serde(default, deserialize_with = "objects_or_null::<_, ChargeBody, _>")]
    #[schema(value_type = Option<Vec<ChargeBody>>, max_items = 10)]
    charges: Option<Vec<ChargeWanted>>,
    /// How much more than was shipped may be received, in thousandths of each line, at most 1000;
    /// none if left out.
    tolerance_permille: Option<Amount>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it was booked, if not now.
    at: Option<Time>,
}

/// One line of a booking.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewBookingLine)]
pub(crate) struct BookingLineBody {
    commodity: Name,
    quantity: Positive,
}

impl From<BookingLineBody> for BookingLine {
    fn from(line: BookingLineBody) -> Self {
        Self { commodity: line.commodity.0, quantity: line.quantity.quantity() }
    }
}

impl BookingBody {
    pub(crate) fn wanted(self) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        let lines = checked_lines(self.lines, &mut faults);
        let schedule = Schedule::new(self.planned_departure.0, self.planned_arrival.0);
        if schedule.is_none() {
            let detail = "must not be before the planned departure";
            faults.push(Fault::new("/plannedArrival".to_owned(), Flaw::OutOfRange, detail));
        }
        let charges = checked_charges(self.charges, &mut faults);
        let tolerance = tolerance(self.tolerance_permille, &mut faults);
        let (Some(lines), Some(schedule)) = (lines, schedule) else {
            return Err(faults);
        };
        if !faults.is_empty() {
            return Err(faults);
        }
        let vessel = self.vessel.map(|Name(vessel)| vessel);
        let terms = BookingTerms { vessel, charges, tolerance };
        // What says nothing is not said, so that it is the same command as without it.
        let terms = (terms != BookingTerms::default()).then_some(terms);
        let booking = Booking {
            origin: self.origin.0,
            destination: self.destination.0,
            owner: self.owner.0,
            consignee: self.consignee.map(|Name(consignee)| consignee),
            carrier: self.carrier.map(|Name(carrier)| carrier),
            lines,
            schedule,
            terms: Added::from(terms),
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::BookShipment(booking)))
    }
}

fn tolerance(permille: Option<Amount>, faults: &mut Vec<Fault>) -> Tolerance {
    let permille = permille.map_or(0, |permille| permille.quantity().get());
    let tolerance = u16::try_from(permille).ok().and_then(|permille| Tolerance::new(permille).ok());
    tolerance.unwrap_or_else(|| {
        let detail = format!("must be at most {TOLERANCE_PERMILLE_MAX} thousandths");
        faults.push(Fault::new("/tolerancePermille".to_owned(), Flaw::OutOfRange, detail));
        Tolerance::default()
    })
}

/// A place in space; Sol is at the origin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPosition)]
pub(crate) struct PositionBody {
    x: Coordinate,
    y: Coordinate,
    z: Coordinate,
}

impl PositionBody {
    pub(crate) fn position(&self) -> Position {
        Position { x: self.x.0, y: self.y.0, z: self.z.0 }
    }
}
