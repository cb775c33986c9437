//! Shipments.

use domain::{
    ChargesEnd, LossCause, ReceiptLine, Route, ShipmentBooked, ShipmentChange, ShipmentChanged,
};

use super::trades::charges;
use super::{
    CHOICE, LONG_TAG, TAG, VARINT_MAX, goods, id, nested, number, position, prefixed, present,
    sequence, signed, text, text_if,
};

pub(super) fn booked(booked: &ShipmentBooked) -> usize {
    let parties = id(booked.consignee.0) + id(booked.carrier.0);
    let schedule = signed(booked.schedule.departure().0) + signed(booked.schedule.arrival().0);
    let vessel = booked.vessel.map_or(0, |vessel| present(u64::from(vessel.0)));
    let tolerance = number(u64::from(booked.tolerance.permille()));
    let terms = vessel + charges(&booked.charges) + tolerance;
    route(booked.route) + parties + goods(&booked.lines) + schedule + terms
}

fn route(route: Route) -> usize {
    nested(id(route.origin.0) + id(route.destination.0) + id(route.owner.0))
}

pub(super) fn changed(changed: &ShipmentChanged) -> usize {
    sequence(changed.shipment.0)
        + sequence(changed.previous)
        + route(changed.route)
        + LONG_TAG
        + prefixed(change(&changed.change))
        + match &changed.charges {
            ChargesEnd::None => 0,
            ChargesEnd::Paid(ended) | ChargesEnd::Released(ended) => {
                LONG_TAG + prefixed(charges(ended))
            }
        }
}

fn change(change: &ShipmentChange) -> usize {
    match change {
        ShipmentChange::Loaded | ShipmentChange::Arrived | ShipmentChange::Released => 0,
        ShipmentChange::Departed { lines, estimated_arrival } => {
            goods(lines) + estimated_arrival.map_or(0, |_| TAG + VARINT_MAX)
        }
        ShipmentChange::Position(at) => position(*at),
        ShipmentChange::Estimated { departure, arrival, reason, code } => {
            let times = [departure, arrival].into_iter().flatten().count();
            let why = text_if(reason.as_ref()) + code.map_or(0, |_| CHOICE);
            times * (TAG + VARINT_MAX) + why
        }
        ShipmentChange::Delayed { .. } => CHOICE,
        ShipmentChange::Received { lines, complete } => {
            let lines = lines.iter().map(receipt);
            lines.sum::<usize>() + usize::from(*complete) * CHOICE
        }
        ShipmentChange::Lost { lines, cause, reason } => {
            let cause = match cause {
                LossCause::Lost => 0,
                LossCause::Stolen => CHOICE,
            };
            goods(lines) + cause + text_if(reason.as_ref())
        }
        ShipmentChange::Cancelled { lines, reason }
        | ShipmentChange::Found { lines, reason }
        | ShipmentChange::Returned { lines, reason } => goods(lines) + text_if(reason.as_ref()),
        ShipmentChange::Held { reason } => text(reason),
    }
}

fn receipt(line: &ReceiptLine) -> usize {
    let amounts = [line.accepted, line.rejected, line.found, line.short];
    let amounts = amounts.map(|amount| number(amount.get()));
    nested(id(line.commodity.0) + amounts.into_iter().sum::<usize>())
}
