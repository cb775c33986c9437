//! Shipments.

use domain::{
    ChargesEnd, DelayCode, DelayReason, LossCause, ReceiptLine, Route, ShipmentBooked,
    ShipmentChange, ShipmentChanged,
};

use super::trades::charges;
use super::{Encoded, goods, position, text_if, time, time_if};
use crate::encoding::check_lines;
use crate::encoding::wire::{self, shipment_changed};

pub(super) fn booked(booked: &ShipmentBooked) -> Encoded<wire::ShipmentBooked> {
    Ok(wire::ShipmentBooked {
        route: Some(route(booked.route)),
        consignee: booked.consignee.0,
        carrier: booked.carrier.0,
        lines: goods(&booked.lines)?,
        departure: time(booked.schedule.departure(), "the planned departure")?,
        arrival: time(booked.schedule.arrival(), "the planned arrival")?,
        vessel: booked.vessel.map(|vessel| vessel.0),
        charges: charges(&booked.charges)?,
        tolerance_permille: u32::from(booked.tolerance.permille()),
    })
}

fn route(route: Route) -> wire::Route {
    wire::Route { origin: route.origin.0, destination: route.destination.0, owner: route.owner.0 }
}

pub(super) fn changed(changed: &ShipmentChanged) -> Encoded<wire::ShipmentChanged> {
    Ok(wire::ShipmentChanged {
        shipment: changed.shipment.0.0,
        previous: changed.previous.0,
        route: Some(route(changed.route)),
        change: Some(change(&changed.change)?),
        charges_end: charges_end(&changed.charges)?,
    })
}

fn charges_end(end: &ChargesEnd) -> Encoded<Option<shipment_changed::ChargesEnd>> {
    use shipment_changed::ChargesEnd as Wire;
    let of = |charges| Ok(Box::new(wire::Charges { charges: self::charges(charges)? }));
    Ok(match end {
        ChargesEnd::None => None,
        ChargesEnd::Paid(charges) => Some(Wire::ChargesPaid(of(charges)?)),
        ChargesEnd::Released(charges) => Some(Wire::ChargesReleased(of(charges)?)),
    })
}

fn change(change: &ShipmentChange) -> Encoded<shipment_changed::Change> {
    use shipment_changed::Change;
    let ended = |lines, reason: &Option<_>| {
        Ok(wire::Ended { lines: goods(lines)?, reason: text_if(reason.as_ref()) })
    };
    Ok(match change {
        ShipmentChange::Loaded => Change::Loaded(wire::Loaded {}),
        ShipmentChange::Departed { lines, estimated_arrival } => Change::Departed(wire::Departed {
            lines: goods(lines)?,
            estimated_arrival: time_if(*estimated_arrival, "the estimated arrival")?,
        }),
        ShipmentChange::Position(at) => Change::Position(position(*at)?),
        ShipmentChange::Estimated { departure, arrival, reason, code } => {
            Change::Estimated(wire::Estimated {
                departure: time_if(*departure, "the estimated departure")?,
                arrival: time_if(*arrival, "the estimated arrival")?,
                reason: text_if(reason.as_ref()),
                code: code.map(|code| delay_code(code).into()),
            })
        }
        ShipmentChange::Delayed { reason } => {
            let reason = match reason {
                DelayReason::Estimate => wire::DelayReason::Estimate,
                DelayReason::Overdue => wire::DelayReason::Overdue,
            };
            Change::Delayed(wire::Delayed { reason: reason.into() })
        }
        ShipmentChange::Arrived => Change::Arrived(wire::Arrived {}),
        ShipmentChange::Received { lines, complete } => {
            Change::Received(wire::Received { lines: receipts(lines)?, complete: *complete })
        }
        ShipmentChange::Lost { lines, cause, reason } => Change::Lost(wire::Lost {
            lines: goods(lines)?,
            reason: text_if(reason.as_ref()),
            cause: loss_cause(*cause).into(),
        }),
        ShipmentChange::Cancelled { lines, reason } => Change::Cancelled(ended(lines, reason)?),
        ShipmentChange::Held { reason } => {
            Change::Held(wire::Held { reason: reason.as_str().to_owned() })
        }
        ShipmentChange::Released => Change::Released(wire::Released {}),
        ShipmentChange::Found { lines, reason } => {
            Change::Found(wire::Found { lines: goods(lines)?, reason: text_if(reason.as_ref()) })
        }
        ShipmentChange::Returned { lines, reason } => Change::Returned(ended(lines, reason)?),
    })
}

fn delay_code(code: DelayCode) -> wire::DelayCode {
    match code {
        DelayCode::Congestion => wire::DelayCode::Congestion,
        DelayCode::Weather => wire::DelayCode::Weather,
        DelayCode::Mechanical => wire::DelayCode::Mechanical,
        DelayCode::Customs => wire::DelayCode::Customs,
        DelayCode::Security => wire::DelayCode::Security,
        DelayCode::Crew => wire::DelayCode::Crew,
        DelayCode::Loading => wire::DelayCode::Loading,
        DelayCode::Other => wire::DelayCode::Other,
    }
}

fn loss_cause(cause: LossCause) -> wire::LossCause {
    match cause {
        LossCause::Lost => wire::LossCause::Lost,
        LossCause::Stolen => wire::LossCause::Stolen,
    }
}

fn receipts(lines: &[ReceiptLine]) -> Encoded<Vec<wire::ReceiptLine>> {
    check_lines(lines.len())?;
    let line = |line: &ReceiptLine| wire::ReceiptLine {
        commodity: line.commodity.0,
        accepted: line.accepted.get(),
        rejected: line.rejected.get(),
        found: line.found.get(),
        short: line.short.get(),
    };
    Ok(lines.iter().map(line).collect())
}
