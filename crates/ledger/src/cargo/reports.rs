//! Reports: what a carrier, a station or an owner says of a shipment becomes one event, or none.

use domain::limits::SHIPMENT_EVENTS_MAX;
use domain::{
    Event, Rejection, Shipment, ShipmentAction, ShipmentChange, ShipmentId, ShipmentStatus,
    Timestamp,
};

use super::{changed, losses, receipts, transitions};
use crate::inventory::check_room;
use crate::open::check_shipment;
use crate::state::{ShipmentKey, State};
use crate::vessels;

/// Checks in the order of [`Rejection`]: transition, hold, names, amounts, vessel, room. A report
/// that only repeats what is known makes no event. `said` is the time that it gives, if it does.
pub(crate) fn report(
    state: &State,
    at: Timestamp,
    said: Option<Timestamp>,
    id: ShipmentId,
    action: &ShipmentAction,
) -> Result<Option<Event>, Rejection> {
    let open = state.shipments.get(&ShipmentKey(id));
    let open = open.ok_or(Rejection::UnknownShipment { shipment: id })?;
    let shipment = &open.shipment;
    if transitions::is_repeat(open, action, said) {
        return Ok(None);
    }
    transitions::check(open, action, said.unwrap_or(at))?;
    check_hold(shipment, action)?;
    let change = change(state, shipment, action)?;
    if let (ShipmentChange::Loaded | ShipmentChange::Departed { .. }, Some(vessel)) =
        (&change, shipment.vessel)
    {
        vessels::check_free(state, vessel, id)?;
    }
    check_events(shipment, action)?;
    check_entries(state, shipment, &change)?;
    Ok(Some(changed(shipment, change)))
}

/// Nothing is loaded, leaves or is counted while a shipment is stopped.
fn check_hold(shipment: &Shipment, action: &ShipmentAction) -> Result<(), Rejection> {
    let stopped = matches!(
        action,
        ShipmentAction::Loaded | ShipmentAction::Departed { .. } | ShipmentAction::Received(_)
    );
    if stopped && shipment.on_hold.is_some() {
        return Err(Rejection::OnHold { shipment: shipment.id });
    }
    Ok(())
}

fn change(
    state: &State,
    shipment: &Shipment,
    action: &ShipmentAction,
) -> Result<ShipmentChange, Rejection> {
    Ok(match action {
        ShipmentAction::Loaded => ShipmentChange::Loaded,
        ShipmentAction::Departed { estimated_arrival } => ShipmentChange::Departed {
            lines: shipment.outstanding(),
            estimated_arrival: *estimated_arrival,
        },
        ShipmentAction::Position(position) => ShipmentChange::Position(*position),
        ShipmentAction::Estimated { departure, arrival, reason, code } => {
            ShipmentChange::Estimated {
                departure: *departure,
                arrival: *arrival,
                reason: reason.clone(),
                code: code.get().copied(),
            }
        }
        ShipmentAction::Arrived => ShipmentChange::Arrived,
        ShipmentAction::Received(lines) => receipts::receive(state, shipment, lines)?,
        ShipmentAction::Lost { reason, loss } => {
            losses::lose(state, shipment, reason.clone(), loss.get())?
        }
        ShipmentAction::Found { lines, reason } => {
            losses::find(state, shipment, reason.clone(), lines.as_ref())?
        }
        ShipmentAction::Cancelled { reason } => {
            ShipmentChange::Cancelled { lines: shipment.outstanding(), reason: reason.clone() }
        }
        ShipmentAction::Returned { reason } => {
            ShipmentChange::Returned { lines: shipment.outstanding(), reason: reason.clone() }
        }
        ShipmentAction::Held { reason } => ShipmentChange::Held { reason: reason.clone() },
        ShipmentAction::Released => ShipmentChange::Released,
    })
}

/// Reports that do not bring the shipment's end nearer leave room for those that do. Receipts and
/// losses line by line do, but there may be very many units: they have twice the room, and behind it
/// the rest can still be lost at once.
fn check_events(shipment: &Shipment, action: &ShipmentAction) -> Result<(), Rejection> {
    let maximum = match action {
        ShipmentAction::Position(_)
        | ShipmentAction::Estimated { .. }
        | ShipmentAction::Held { .. }
        | ShipmentAction::Found { .. } => SHIPMENT_EVENTS_MAX,
        ShipmentAction::Received(_) => 2 * SHIPMENT_EVENTS_MAX,
        ShipmentAction::Lost { loss, .. }
            if loss.get().is_some_and(|loss| loss.lines.is_some()) =>
        {
            2 * SHIPMENT_EVENTS_MAX
        }
        ShipmentAction::Loaded
        | ShipmentAction::Departed { .. }
        | ShipmentAction::Arrived
        | ShipmentAction::Lost { .. }
        | ShipmentAction::Released
        | ShipmentAction::Returned { .. }
        | ShipmentAction::Cancelled { .. } => return Ok(()),
    };
    if shipment.event_count < maximum {
        return Ok(());
    }
    Err(Rejection::LimitReached { limit: "shipment_events", maximum: u64::from(maximum) })
}

/// Whether there is room for the stock entries, and the shipment, that may appear.
fn check_entries(
    state: &State,
    shipment: &Shipment,
    change: &ShipmentChange,
) -> Result<(), Rejection> {
    match change {
        ShipmentChange::Departed { lines, .. } | ShipmentChange::Returned { lines, .. } => {
            check_room(state, lines.len())
        }
        ShipmentChange::Found { lines, .. } => {
            if shipment.status == ShipmentStatus::Lost {
                check_shipment(state, shipment.route.owner, shipment.lines.len())?;
            }
            check_room(state, lines.len())
        }
        // What is outstanding has an entry already.
        ShipmentChange::Received { lines, .. }
            if lines.iter().any(|line| !line.found.is_zero()) =>
        {
            check_room(state, lines.len())
        }
        _ => Ok(()),
    }
}
