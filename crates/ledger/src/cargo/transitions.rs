//! Which report each status takes, and which only says again what is known: the table of
//! docs/shipments.md.

use domain::{Rejection, ShipmentAction, ShipmentActionKind, ShipmentStatus, Timestamp};

use crate::state::OpenShipment;

/// What a status makes of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// It is taken.
    Yes,
    /// It has been reported: the same again changes nothing, another time is refused.
    Repeat,
    /// It is taken if it is of a time before the arrival.
    Late,
    /// It is refused.
    No,
}

/// What a shipment of this status makes of this report.
pub(crate) const fn step(status: ShipmentStatus, report: ShipmentActionKind) -> Step {
    use ShipmentActionKind as Report;
    use ShipmentStatus as Status;
    match (status, report) {
        (Status::Booked, Report::Loaded)
        | (
            Status::Booked | Status::Loading,
            Report::Departed | Report::Estimated | Report::Cancelled,
        )
        | (Status::InTransit, Report::Position | Report::Estimated | Report::Arrived)
        | (Status::Arrived | Status::PartiallyReceived, Report::Received)
        | (
            Status::InTransit | Status::Arrived | Status::PartiallyReceived,
            Report::Lost | Report::Found | Report::Returned,
        )
        | (Status::Lost, Report::Found)
        | (
            Status::Booked
            | Status::Loading
            | Status::InTransit
            | Status::Arrived
            | Status::PartiallyReceived,
            Report::Held | Report::Released,
        ) => Step::Yes,
        (Status::Loading, Report::Loaded)
        | (Status::InTransit, Report::Departed)
        | (Status::Arrived, Report::Arrived) => Step::Repeat,
        (Status::Arrived | Status::PartiallyReceived, Report::Position | Report::Estimated) => {
            Step::Late
        }
        _ => Step::No,
    }
}

/// Whether the report only says again what has been reported. `said` is the time that it gives.
pub(super) fn is_repeat(
    open: &OpenShipment,
    action: &ShipmentAction,
    said: Option<Timestamp>,
) -> bool {
    let shipment = &open.shipment;
    match step(shipment.status, action.kind()) {
        Step::No => return false,
        Step::Repeat => {
            let known = match shipment.status {
                ShipmentStatus::Loading => open.loaded_at,
                ShipmentStatus::InTransit => shipment.actual_departure,
                _ => shipment.actual_arrival,
            };
            return said.is_none() || said == known;
        }
        Step::Yes | Step::Late => {}
    }
    match action {
        ShipmentAction::Position(position) => {
            said.is_some_and(|at| shipment.position == Some((*position, at)))
        }
        ShipmentAction::Estimated { departure, arrival, code, .. } => {
            let same = |told: Option<Timestamp>, known| told.is_none() || told == known;
            let late = arrival.is_some_and(|arrival| arrival > shipment.schedule.arrival());
            let same_code =
                arrival.is_none() || code.get().copied().filter(|_| late) == shipment.delay_code;
            said.is_some()
                && said == shipment.estimated_at
                && same(*departure, shipment.estimated_departure)
                && same(*arrival, shipment.estimated_arrival)
                && same_code
        }
        ShipmentAction::Held { reason } => shipment.on_hold.as_ref() == Some(reason),
        ShipmentAction::Released => shipment.on_hold.is_none(),
        _ => false,
    }
}

/// Whether the shipment takes the report, which is of the time `at` and no repeat.
pub(super) fn check(
    open: &OpenShipment,
    action: &ShipmentAction,
    at: Timestamp,
) -> Result<(), Rejection> {
    let shipment = &open.shipment;
    let refused = |not_before| {
        let (from, report) = (shipment.status, action.kind());
        Err(Rejection::InvalidTransition { from, report, not_before })
    };
    match step(shipment.status, action.kind()) {
        Step::No | Step::Repeat => return refused(None),
        Step::Late if shipment.actual_arrival.is_none_or(|arrival| at >= arrival) => {
            return refused(None);
        }
        Step::Late | Step::Yes => {}
    }
    match action {
        ShipmentAction::Arrived if shipment.actual_departure.is_some_and(|left| at < left) => {
            refused(shipment.actual_departure)
        }
        // Nothing was lost, so there is nothing to find.
        ShipmentAction::Found { .. }
            if shipment.lines.iter().all(|line| line.written_off.is_zero()) =>
        {
            refused(None)
        }
        _ => Ok(()),
    }
}
