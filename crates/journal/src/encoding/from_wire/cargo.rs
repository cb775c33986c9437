//! Shipments.

use domain::{
    ChargesEnd, CommodityId, DelayCode, DelayReason, LossCause, ReceiptLine, Route, Schedule,
    Sequence, ShipmentBooked, ShipmentChange, ShipmentChanged, ShipmentId, StationId, Tolerance,
    TraderId, VesselId,
};

use super::trades::charges;
use super::{Decoded, goods, instant, instant_if, lines, position, quantity, text, text_if};
use crate::encoding::EncodingError;
use crate::encoding::wire::{self, shipment_changed};

pub(super) fn booked(booked: &wire::ShipmentBooked) -> Decoded<ShipmentBooked> {
    let departure = instant(booked.departure, "the planned departure")?;
    let arrival = instant(booked.arrival, "the planned arrival")?;
    let schedule = Schedule::new(departure, arrival);
    Ok(ShipmentBooked {
        route: route(booked.route)?,
        consignee: TraderId(booked.consignee),
        carrier: TraderId(booked.carrier),
        lines: goods(&booked.lines)?,
        schedule: schedule.ok_or(EncodingError::OutOfBounds("the planned arrival"))?,
        vessel: booked.vessel.map(VesselId),
        charges: charges(&booked.charges)?,
        tolerance: tolerance(booked.tolerance_permille)?,
    })
}

fn tolerance(permille: u32) -> Decoded<Tolerance> {
    let tolerance = u16::try_from(permille).ok().and_then(|value| Tolerance::new(value).ok());
    tolerance.ok_or(EncodingError::OutOfBounds("the tolerance of a shipment"))
}

fn route(route: Option<wire::Route>) -> Decoded<Route> {
    let route = route.ok_or(EncodingError::Missing("a shipment's route"))?;
    Ok(Route {
        origin: StationId(route.origin),
        destination: StationId(route.destination),
        owner: TraderId(route.owner),
    })
}

pub(super) fn changed(changed: wire::ShipmentChanged) -> Decoded<ShipmentChanged> {
    let change = changed.change.ok_or(EncodingError::Newer("this kind of shipment event"))?;
    Ok(ShipmentChanged {
        shipment: ShipmentId(Sequence(changed.shipment)),
        previous: Sequence(changed.previous),
        route: route(changed.route)?,
        change: self::change(change)?,
        charges: charges_end(changed.charges_end)?,
    })
}

fn charges_end(end: Option<shipment_changed::ChargesEnd>) -> Decoded<ChargesEnd> {
    use shipment_changed::ChargesEnd as Wire;
    Ok(match end {
        None => ChargesEnd::None,
        Some(Wire::ChargesPaid(paid)) => ChargesEnd::Paid(charges(&paid.charges)?),
        Some(Wire::ChargesReleased(released)) => ChargesEnd::Released(charges(&released.charges)?),
    })
}

fn change(change: shipment_changed::Change) -> Decoded<ShipmentChange> {
    use shipment_changed::Change;
    Ok(match change {
        Change::Loaded(wire::Loaded {}) => ShipmentChange::Loaded,
        Change::Departed(departed) => ShipmentChange::Departed {
            lines: goods(&departed.lines)?,
            estimated_arrival: instant_if(departed.estimated_arrival, "the estimated arrival")?,
        },
        Change::Position(at) => ShipmentChange::Position(position(at)?),
        Change::Estimated(estimated) => ShipmentChange::Estimated {
            departure: instant_if(estimated.departure, "the estimated departure")?,
            arrival: instant_if(estimated.arrival, "the estimated arrival")?,
            reason: text_if(estimated.reason, "a reason")?,
            code: estimated.code.map(delay_code).transpose()?,
        },
        Change::Delayed(wire::Delayed { reason }) => {
            ShipmentChange::Delayed { reason: delay_reason(reason)? }
        }
        Change::Arrived(wire::Arrived {}) => ShipmentChange::Arrived,
        Change::Received(received) => ShipmentChange::Received {
            lines: lines(&received.lines, receipt)?,
            complete: received.complete,
        },
        Change::Lost(lost) => ShipmentChange::Lost {
            lines: goods(&lost.lines)?,
            cause: loss_cause(lost.cause)?,
            reason: text_if(lost.reason, "a reason")?,
        },
        Change::Cancelled(ended) => ShipmentChange::Cancelled {
            lines: goods(&ended.lines)?,
            reason: text_if(ended.reason, "a reason")?,
        },
        Change::Held(held) => ShipmentChange::Held { reason: text(&held.reason, "a reason")? },
        Change::Released(wire::Released {}) => ShipmentChange::Released,
        Change::Found(found) => ShipmentChange::Found {
            lines: goods(&found.lines)?,
            reason: text_if(found.reason, "a reason")?,
        },
        Change::Returned(ended) => ShipmentChange::Returned {
            lines: goods(&ended.lines)?,
            reason: text_if(ended.reason, "a reason")?,
        },
    })
}

fn delay_reason(reason: i32) -> Decoded<DelayReason> {
    match wire::DelayReason::try_from(reason) {
        Ok(wire::DelayReason::Estimate) => Ok(DelayReason::Estimate),
        Ok(wire::DelayReason::Overdue) => Ok(DelayReason::Overdue),
        Ok(wire::DelayReason::Unspecified) => {
            Err(EncodingError::Missing("why a shipment is delayed"))
        }
        Err(_) => Err(EncodingError::Newer("this reason of a delay")),
    }
}

fn delay_code(code: i32) -> Decoded<DelayCode> {
    Ok(match wire::DelayCode::try_from(code) {
        Ok(wire::DelayCode::Congestion) => DelayCode::Congestion,
        Ok(wire::DelayCode::Weather) => DelayCode::Weather,
        Ok(wire::DelayCode::Mechanical) => DelayCode::Mechanical,
        Ok(wire::DelayCode::Customs) => DelayCode::Customs,
        Ok(wire::DelayCode::Security) => DelayCode::Security,
        Ok(wire::DelayCode::Crew) => DelayCode::Crew,
        Ok(wire::DelayCode::Loading) => DelayCode::Loading,
        Ok(wire::DelayCode::Other) => DelayCode::Other,
        Ok(wire::DelayCode::Unspecified) => {
            return Err(EncodingError::Missing("the code of a delay"));
        }
        Err(_) => return Err(EncodingError::Newer("this code of a delay")),
    })
}

fn loss_cause(cause: i32) -> Decoded<LossCause> {
    match wire::LossCause::try_from(cause) {
        Ok(wire::LossCause::Lost) => Ok(LossCause::Lost),
        Ok(wire::LossCause::Stolen) => Ok(LossCause::Stolen),
        Err(_) => Err(EncodingError::Newer("this cause of a loss")),
    }
}

fn receipt(line: &wire::ReceiptLine) -> Decoded<ReceiptLine> {
    Ok(ReceiptLine {
        commodity: CommodityId(line.commodity),
        accepted: quantity(line.accepted)?,
        rejected: quantity(line.rejected)?,
        found: quantity(line.found)?,
        short: quantity(line.short)?,
    })
}
