//! `POST /api/cargo` and `POST /api/cargo/{shipmentId}/events`.

use domain::{
    Action, Booking, BookingLine, Position, ReceiptLineWanted, Schedule, ShipmentAction,
    ShipmentActionKind, ShipmentId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{
    Amount, Coordinate, Metadata, Name, Positive, ReportType, Time, Words, object_or_null, objects,
    objects_or_null,
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
    /// Who carries them; the owner if left out.
    carrier: Option<Name>,
    /// What, a commodity once each.
    #[serde(deserialize_with = "objects::<_, BookingLineBody, _>")]
    #[schema(value_type = Vec<BookingLineBody>, min_items = 1, max_items = 100)]
    lines: Vec<BookingLine>,
    planned_departure: Time,
    /// Not before the departure.
    planned_arrival: Time,
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
        let (Some(lines), Some(schedule)) = (lines, schedule) else {
            return Err(faults);
        };
        let booking = Booking {
            origin: self.origin.0,
            destination: self.destination.0,
            owner: self.owner.0,
            consignee: self.consignee.map(|Name(consignee)| consignee),
            carrier: self.carrier.map(|Name(carrier)| carrier),
            lines,
            schedule,
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::BookShipment(booking)))
    }
}

/// A place in space; Sol is at the origin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Position)]
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

/// What a carrier or a station reports of a shipment. Beside the type and what every body may have:
/// `departed` may have `estimatedArrival`; `position` has `position`; `estimated` has at least one of
/// `estimatedDeparture` and `estimatedArrival`, and may have `reason`; `received` has `lines`; `lost`
/// and `cancelled` may have `reason`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewShipmentEvent)]
pub(crate) struct ReportBody {
    r#type: ReportType,
    estimated_departure: Option<Time>,
    estimated_arrival: Option<Time>,
    #[serde(default, deserialize_with = "object_or_null")]
    position: Option<PositionBody>,
    /// What was counted, a commodity once each.
    #[serde(default, deserialize_with = "objects_or_null::<_, ReceiptLineBody, _>")]
    #[schema(value_type = Option<Vec<ReceiptLineBody>>, min_items = 1, max_items = 100)]
    lines: Option<Vec<ReceiptLineWanted>>,
    /// Why, in words.
    reason: Option<Words>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// What was counted of one commodity; at least one unit.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewReceiptLine)]
pub(crate) struct ReceiptLineBody {
    commodity: Name,
    /// Good: becomes available.
    accepted: Amount,
    /// Not good: becomes unavailable; none if left out.
    rejected: Option<Amount>,
}

impl From<ReceiptLineBody> for ReceiptLineWanted {
    fn from(line: ReceiptLineBody) -> Self {
        Self {
            commodity: line.commodity.0,
            accepted: line.accepted.quantity(),
            rejected: line.rejected.map(Amount::quantity).unwrap_or_default(),
        }
    }
}

/// Which of the fields that not every report has a report of this kind may have.
const fn fields(kind: ShipmentActionKind) -> &'static [&'static str] {
    match kind {
        ShipmentActionKind::Loaded | ShipmentActionKind::Arrived => &[],
        ShipmentActionKind::Departed => &["estimatedArrival"],
        ShipmentActionKind::Position => &["position"],
        ShipmentActionKind::Estimated => &["estimatedDeparture", "estimatedArrival", "reason"],
        ShipmentActionKind::Received => &["lines"],
        ShipmentActionKind::Lost | ShipmentActionKind::Cancelled => &["reason"],
    }
}

impl ReportBody {
    pub(crate) fn wanted(self, shipment: ShipmentId) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        self.refuse_foreign_fields(&mut faults);
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        let departure = self.estimated_departure.map(|Time(at)| at);
        let arrival = self.estimated_arrival.map(|Time(at)| at);
        let reason = self.reason.map(|Words(text)| text);
        let action = match self.r#type.0 {
            ShipmentActionKind::Loaded => Some(ShipmentAction::Loaded),
            ShipmentActionKind::Departed => {
                Some(ShipmentAction::Departed { estimated_arrival: arrival })
            }
            ShipmentActionKind::Position => match self.position {
                Some(position) => Some(ShipmentAction::Position(position.position())),
                None => missing("/position", &mut faults),
            },
            ShipmentActionKind::Estimated if departure.is_none() && arrival.is_none() => {
                missing("/estimatedArrival", &mut faults)
            }
            ShipmentActionKind::Estimated => {
                Some(ShipmentAction::Estimated { departure, arrival, reason })
            }
            ShipmentActionKind::Arrived => Some(ShipmentAction::Arrived),
            ShipmentActionKind::Received => match self.lines {
                Some(lines) => receipt(lines, &mut faults),
                None => missing("/lines", &mut faults),
            },
            ShipmentActionKind::Lost => Some(ShipmentAction::Lost { reason }),
            ShipmentActionKind::Cancelled => Some(ShipmentAction::Cancelled { reason }),
        };
        match action.filter(|_| faults.is_empty()) {
            Some(action) => Ok(tail.with(Action::ReportShipment { shipment, action })),
            None => Err(faults),
        }
    }

    fn refuse_foreign_fields(&self, faults: &mut Vec<Fault>) {
        let allowed = fields(self.r#type.0);
        for (field, is_given) in [
            ("estimatedDeparture", self.estimated_departure.is_some()),
            ("estimatedArrival", self.estimated_arrival.is_some()),
            ("position", self.position.is_some()),
            ("lines", self.lines.is_some()),
            ("reason", self.reason.is_some()),
        ] {
            if is_given && !allowed.contains(&field) {
                let detail = format!("does not go with the type `{}`", self.r#type.word());
                faults.push(Fault::new(format!("/{field}"), Flaw::UnknownField, detail));
            }
        }
    }
}

fn missing(pointer: &str, faults: &mut Vec<Fault>) -> Option<ShipmentAction> {
    let detail = "this type needs this field";
    faults.push(Fault::new(pointer.to_owned(), Flaw::MissingField, detail));
    None
}

fn receipt(lines: Vec<ReceiptLineWanted>, faults: &mut Vec<Fault>) -> Option<ShipmentAction> {
    for (at, line) in lines.iter().enumerate() {
        if line.accepted.is_zero() && line.rejected.is_zero() {
            let detail = "a line must count at least one unit, accepted or rejected";
            let pointer = format!("/lines/{at}/accepted");
            faults.push(Fault::new(pointer, Flaw::OutOfRange, detail));
        }
    }
    checked_lines(lines, faults).map(ShipmentAction::Received)
}
