//! Cargo: one commit moves the shipment and its goods. Shipping never changes who owns them.
//!
//! What may be reported when is told in docs/shipments.md, which the tests hold this to. Here is
//! what an event does to the state; [`booking`] and [`reports`] decide.

mod booking;
mod losses;
mod receipts;
mod reports;
mod transitions;

use domain::limits::LOST_SHIPMENTS_MAX;
use domain::{
    ChargesEnd, DelayReason, Envelope, Event, GoodsLine, Rejection, Shipment, ShipmentBooked,
    ShipmentChange, ShipmentChanged, ShipmentId, ShipmentLine, ShipmentStatus, Timestamp,
};

pub(crate) use booking::book;
pub(crate) use reports::report;
#[cfg(test)]
pub(crate) use transitions::{Step, step};

use crate::alerts;
use crate::inventory::unknown_commodity;
use crate::state::{OpenShipment, ShipmentKey, State};
use crate::timers::Timer;
use crate::vessels;

/// The event that makes this change of the shipment so, with what becomes of its charges.
fn changed(shipment: &Shipment, change: ShipmentChange) -> Event {
    let (previous, route) = (shipment.last, shipment.route);
    let charges = charges_end(shipment, &change);
    let changed = ShipmentChanged { shipment: shipment.id, previous, route, change, charges };
    Event::ShipmentChanged(Box::new(changed))
}

/// Charges are paid with the end of a shipment of which anything was received, else released.
fn charges_end(shipment: &Shipment, change: &ShipmentChange) -> ChargesEnd {
    let (ends, received) = match change {
        ShipmentChange::Received { complete, .. } => (*complete, true),
        ShipmentChange::Lost { lines, .. } => (is_all(shipment, lines), false),
        ShipmentChange::Cancelled { .. } | ShipmentChange::Returned { .. } => (true, false),
        _ => (false, false),
    };
    if !ends || shipment.charges.is_empty() {
        return ChargesEnd::None;
    }
    let charges = shipment.charges.clone();
    if received || shipment.is_counted_in_part() {
        ChargesEnd::Paid(charges)
    } else {
        ChargesEnd::Released(charges)
    }
}

/// Whether these lines are all that is outstanding.
fn is_all(shipment: &Shipment, lines: &[GoodsLine]) -> bool {
    shipment.lines.iter().all(|line| {
        let gone = lines.iter().find(|gone| gone.commodity == line.commodity);
        gone.map(|gone| gone.quantity).unwrap_or_default() == line.outstanding()
    })
}

/// Names of commodities as lines of the shipment, one check after the other for all of them.
fn lines_of<'a, W>(
    state: &State,
    shipment: &'a Shipment,
    wanted: impl Iterator<Item = W>,
    commodity: impl Fn(&W) -> &domain::Identifier,
) -> Result<Vec<(W, &'a ShipmentLine)>, Rejection> {
    let known = wanted.enumerate().map(|(at, wanted)| {
        let name = commodity(&wanted);
        let found = state.commodity(name).ok_or_else(|| unknown_commodity(name, at))?;
        Ok((wanted, found))
    });
    let known = known.collect::<Result<Vec<_>, Rejection>>()?;
    let line = |(line, (wanted, commodity)): (usize, (W, domain::CommodityId))| {
        let shipped = shipment.lines.iter().find(|shipped| shipped.commodity == commodity);
        Ok((wanted, shipped.ok_or(Rejection::NotInShipment { commodity, line })?))
    };
    known.into_iter().enumerate().map(line).collect()
}

/// What the timer of a shipment fires: its promise has passed, or an alert is due.
pub(crate) fn timed(
    state: &State,
    id: ShipmentId,
    deadline: Timestamp,
    at: Timestamp,
) -> Option<Event> {
    let open = state.shipments.get(&ShipmentKey(id))?;
    if delayed_at(&open.shipment) == Some(deadline) {
        let change = ShipmentChange::Delayed { reason: DelayReason::Overdue };
        return Some(changed(&open.shipment, change));
    }
    alerts::of_shipment(state, &open.shipment, deadline, at)
}

/// When the promise passes, if that is still to be told. A promise already past when it was made
/// arms no timer.
fn delayed_at(shipment: &Shipment) -> Option<Timestamp> {
    let promise = shipment.schedule.arrival();
    let told = shipment.delayed == Some(DelayReason::Overdue);
    let awaited = shipment.actual_arrival.is_none() && !shipment.status.is_terminal();
    (awaited && !told && shipment.booked_at < promise).then_some(promise)
}

/// The first of its deadlines that is not yet reflected in the state.
pub(crate) fn deadline(state: &State, shipment: &Shipment) -> Option<Timestamp> {
    let alerts = alerts::deadlines(state, shipment).map(|(deadline, _)| deadline);
    delayed_at(shipment).into_iter().chain(alerts).min()
}

/// Sets the timer of a shipment to what its deadline is now.
pub(crate) fn rearm(state: &mut State, id: ShipmentId) {
    let Some(open) = state.shipments.get(&ShipmentKey(id)) else { return };
    let (before, now) = (open.timer, deadline(state, &open.shipment));
    if before != now {
        state.disarm(before, Timer::Shipment(id));
        state.arm(now, Timer::Shipment(id));
        let open = state.shipments.get_mut(&ShipmentKey(id)).expect("it was there just now");
        open.timer = now;
    }
}

/// How many shipments have not ended: those that are lost may only come back.
pub(crate) fn open_count(state: &State) -> usize {
    state.shipments.len() - state.lost.len()
}

pub(crate) fn apply_booked(state: &mut State, envelope: &Envelope, booked: &ShipmentBooked) {
    let shipment = Shipment::booked(envelope, booked);
    let id = shipment.id;
    state.open.add_shipment(&shipment);
    let open = OpenShipment { shipment, loaded_at: None, timer: None };
    state.shipments.insert(ShipmentKey(id), open);
    rearm(state, id);
}

pub(crate) fn apply_changed(state: &mut State, envelope: &Envelope, changed: &ShipmentChanged) {
    let id = changed.shipment;
    let open = state.shipments.get_mut(&ShipmentKey(id)).expect("only an open shipment changes");
    let was_lost = open.shipment.status == ShipmentStatus::Lost;
    if was_lost {
        state.lost.remove(&(open.shipment.last, id));
    }
    open.shipment.apply(envelope, changed);
    match (was_lost, open.shipment.status.is_terminal()) {
        (true, false) => state.open.add_shipment(&open.shipment),
        (false, true) => state.open.remove_shipment(&open.shipment),
        _ => {}
    }
    if changed.change == ShipmentChange::Loaded {
        open.loaded_at = Some(envelope.occurred_at());
    }
    let (status, vessel, last) = (open.shipment.status, open.shipment.vessel, open.shipment.last);
    vessels::follow(state, id, vessel, status, &changed.change);
    if status == ShipmentStatus::Lost {
        state.lost.insert((last, id));
        rearm(state, id);
        forget_lost(state);
    } else if status.is_terminal() {
        let ended = state.shipments.remove(&ShipmentKey(id)).expect("it was there just now");
        state.disarm(ended.timer, Timer::Shipment(id));
    } else {
        rearm(state, id);
    }
    alerts::follow_shipment(state, envelope.recorded_at, id);
}

/// The oldest of too many lost shipments can no longer be found.
fn forget_lost(state: &mut State) {
    if state.lost.len() > LOST_SHIPMENTS_MAX
        && let Some((_, oldest)) = state.lost.pop_first()
    {
        // A lost shipment has no timer.
        state.shipments.remove(&ShipmentKey(oldest));
    }
}
