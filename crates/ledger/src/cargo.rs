//! Cargo: one commit moves the shipment and its goods. Shipping never changes who owns them.
//!
//! Which report each status allows is one table, [`allows`]. Returns, findings, holds of a shipment
//! and loss by line will have their place here.

use domain::limits::{SHIPMENT_EVENTS_MAX, SHIPMENTS_OPEN_MAX};
use domain::{
    Booking, BookingLine, DelayReason, Envelope, Event, GoodsLine, Identifier, Lines, ReceiptLine,
    ReceiptLineWanted, Rejection, Route, Shipment, ShipmentAction, ShipmentActionKind,
    ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId, ShipmentLine, ShipmentStatus,
    StationId, Timestamp, TraderId,
};

use crate::inventory::{check_room, unknown_commodity, unknown_station};
use crate::state::{OpenShipment, ShipmentKey, State, StockKey};

/// Whether a shipment of this status takes this report.
pub(crate) const fn allows(status: ShipmentStatus, report: ShipmentActionKind) -> bool {
    use ShipmentActionKind as Report;
    use ShipmentStatus as Status;
    match report {
        Report::Loaded => matches!(status, Status::Booked),
        Report::Departed | Report::Cancelled => matches!(status, Status::Booked | Status::Loading),
        Report::Position | Report::Arrived => matches!(status, Status::InTransit),
        Report::Estimated => {
            matches!(status, Status::Booked | Status::Loading | Status::InTransit)
        }
        Report::Received => matches!(status, Status::Arrived | Status::PartiallyReceived),
        Report::Lost => {
            matches!(status, Status::InTransit | Status::Arrived | Status::PartiallyReceived)
        }
    }
}

pub(crate) fn book(state: &State, booking: &Booking) -> Result<Option<Event>, Rejection> {
    if booking.origin == booking.destination {
        return Err(Rejection::SameParty);
    }
    let station = |name: &Identifier, field| -> Result<StationId, Rejection> {
        state.station(name).ok_or_else(|| unknown_station(name, field))
    };
    let trader = |name: &Identifier, field| -> Result<TraderId, Rejection> {
        let unknown = || Rejection::UnknownTrader { trader: name.clone(), field };
        state.trader(name).ok_or_else(unknown)
    };
    let origin = station(&booking.origin, "origin")?;
    let destination = station(&booking.destination, "destination")?;
    let owner = trader(&booking.owner, "owner")?;
    let consignee = booking.consignee.as_ref();
    let consignee = consignee.map_or(Ok(owner), |name| trader(name, "consignee"))?;
    let carrier = booking.carrier.as_ref();
    let carrier = carrier.map_or(Ok(owner), |name| trader(name, "carrier"))?;
    let route = Route { origin, destination, owner };
    let lines = resolve(state, &booking.lines)?;
    check_stock(state, route, &lines)?;
    if state.shipments.len() >= SHIPMENTS_OPEN_MAX {
        let maximum = SHIPMENTS_OPEN_MAX as u64;
        return Err(Rejection::LimitReached { limit: "open_shipments", maximum });
    }
    let schedule = booking.schedule;
    let booked = ShipmentBooked { route, consignee, carrier, lines, schedule };
    Ok(Some(Event::ShipmentBooked(Box::new(booked))))
}

fn resolve(state: &State, lines: &Lines<BookingLine>) -> Result<Box<[GoodsLine]>, Rejection> {
    let line = |(at, line): (usize, &BookingLine)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        Ok(GoodsLine { commodity, quantity: line.quantity })
    };
    lines.iter().enumerate().map(line).collect()
}

fn check_stock(state: &State, route: Route, lines: &[GoodsLine]) -> Result<(), Rejection> {
    let (station, owner) = (route.origin, route.owner);
    for (at, line) in lines.iter().enumerate() {
        let commodity = line.commodity;
        let available = state.level(StockKey { station, owner, commodity }).available;
        if line.quantity > available {
            let requested = line.quantity;
            return Err(Rejection::InsufficientStock {
                line: at,
                station,
                owner,
                commodity,
                requested,
                available,
            });
        }
    }
    Ok(())
}

pub(crate) fn report(
    state: &State,
    id: ShipmentId,
    action: &ShipmentAction,
) -> Result<Option<Event>, Rejection> {
    let open = state.shipments.get(&ShipmentKey(id));
    let shipment = &open.ok_or(Rejection::UnknownShipment { shipment: id })?.shipment;
    if !allows(shipment.status, action.kind()) {
        let from = shipment.status;
        return Err(Rejection::InvalidTransition { from, report: action.kind() });
    }
    let change = match action {
        ShipmentAction::Loaded => ShipmentChange::Loaded,
        ShipmentAction::Departed { estimated_arrival } => ShipmentChange::Departed {
            lines: shipment.outstanding(),
            estimated_arrival: *estimated_arrival,
        },
        ShipmentAction::Position(position) => ShipmentChange::Position(*position),
        ShipmentAction::Estimated { departure, arrival, reason } => ShipmentChange::Estimated {
            departure: *departure,
            arrival: *arrival,
            reason: reason.clone(),
        },
        ShipmentAction::Arrived => ShipmentChange::Arrived,
        ShipmentAction::Received(lines) => receive(state, shipment, lines)?,
        ShipmentAction::Lost { reason } => {
            ShipmentChange::Lost { lines: shipment.outstanding(), reason: reason.clone() }
        }
        ShipmentAction::Cancelled { reason } => {
            ShipmentChange::Cancelled { lines: shipment.outstanding(), reason: reason.clone() }
        }
    };
    check_events(shipment, action)?;
    if let ShipmentChange::Departed { lines, .. } = &change {
        // An entry for each line may appear at the destination.
        check_room(state, lines.len())?;
    }
    Ok(Some(changed(shipment, change)))
}

/// Reports that do not bring the shipment's end nearer leave room for those that do. Each receipt
/// counts at least one unit more, but there may be very many units: they have twice the room.
fn check_events(shipment: &Shipment, action: &ShipmentAction) -> Result<(), Rejection> {
    let maximum = match action {
        ShipmentAction::Position(_) | ShipmentAction::Estimated { .. } => SHIPMENT_EVENTS_MAX,
        ShipmentAction::Received(_) => 2 * SHIPMENT_EVENTS_MAX,
        ShipmentAction::Loaded
        | ShipmentAction::Departed { .. }
        | ShipmentAction::Arrived
        | ShipmentAction::Lost { .. }
        | ShipmentAction::Cancelled { .. } => return Ok(()),
    };
    if shipment.event_count < maximum {
        return Ok(());
    }
    Err(Rejection::LimitReached { limit: "shipment_events", maximum: u64::from(maximum) })
}

fn receive(
    state: &State,
    shipment: &Shipment,
    wanted: &Lines<ReceiptLineWanted>,
) -> Result<ShipmentChange, Rejection> {
    let line = |(at, line): (usize, &ReceiptLineWanted)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        let (accepted, rejected) = (line.accepted, line.rejected);
        Ok(ReceiptLine { commodity, accepted, rejected })
    };
    let lines = wanted.iter().enumerate().map(line);
    let lines = lines.collect::<Result<Box<[ReceiptLine]>, Rejection>>()?;
    let shipped = |received: &ReceiptLine| {
        let of = |line: &&ShipmentLine| line.commodity == received.commodity;
        shipment.lines.iter().find(of)
    };
    for (line, received) in lines.iter().enumerate() {
        let commodity = received.commodity;
        shipped(received).ok_or(Rejection::NotInShipment { commodity, line })?;
    }
    let sum = |(line, received): (usize, &ReceiptLine)| {
        let sum = received.accepted.checked_add(received.rejected);
        sum.ok_or(Rejection::AmountOverflow { line: Some(line) })
    };
    let sums = lines.iter().enumerate().map(sum).collect::<Result<Vec<_>, Rejection>>()?;
    let mut outstanding =
        shipment.outstanding().iter().map(|line| line.quantity.get()).sum::<u64>();
    for (line, (received, sum)) in lines.iter().zip(sums).enumerate() {
        let left = shipped(received).map(ShipmentLine::outstanding).unwrap_or_default();
        if sum > left {
            let commodity = received.commodity;
            let (outstanding, received) = (left, sum);
            return Err(Rejection::OverReceipt { commodity, line, outstanding, received });
        }
        outstanding -= sum.get();
    }
    Ok(ShipmentChange::Received { lines, complete: outstanding == 0 })
}

/// The first timer due at or before `at`: when it was due, and the event that it fires.
pub fn due(state: &State, at: Timestamp) -> Option<(Timestamp, Event)> {
    let (deadline, id) = next_due(state).filter(|(deadline, _)| *deadline <= at)?;
    let open = state.shipments.get(&ShipmentKey(id)).expect("a timer is of an open shipment");
    let change = ShipmentChange::Delayed { reason: DelayReason::Overdue };
    Some((deadline, changed(&open.shipment, change)))
}

fn next_due(state: &State) -> Option<(Timestamp, ShipmentId)> {
    state.timers.first().copied()
}

impl State {
    /// When the next timer is due.
    pub fn next_timer(&self) -> Option<Timestamp> {
        next_due(self).map(|(deadline, _)| deadline)
    }
}

fn changed(shipment: &Shipment, change: ShipmentChange) -> Event {
    let (previous, route) = (shipment.last, shipment.route);
    let changed = ShipmentChanged { shipment: shipment.id, previous, route, change };
    Event::ShipmentChanged(Box::new(changed))
}

pub(crate) fn apply_booked(state: &mut State, envelope: &Envelope, booked: &ShipmentBooked) {
    let shipment = Shipment::booked(envelope, booked);
    let id = shipment.id;
    // A promise already past when it is made arms no timer.
    let promise = booked.schedule.arrival();
    let overdue_at = (promise > envelope.recorded_at).then_some(promise);
    state.timers.extend(overdue_at.map(|deadline| (deadline, id)));
    state.shipments.insert(ShipmentKey(id), OpenShipment { shipment, overdue_at });
}

pub(crate) fn apply_changed(state: &mut State, envelope: &Envelope, changed: &ShipmentChanged) {
    let key = ShipmentKey(changed.shipment);
    let open = state.shipments.get_mut(&key).expect("only an open shipment changes");
    open.shipment.apply(envelope, changed);
    let status = open.shipment.status;
    let disarms = match &changed.change {
        ShipmentChange::Delayed { .. } | ShipmentChange::Arrived => true,
        _ => status.is_terminal(),
    };
    if disarms && let Some(deadline) = open.overdue_at.take() {
        state.timers.remove(&(deadline, changed.shipment));
    }
    if status.is_terminal() {
        state.shipments.remove(&key);
    }
}
