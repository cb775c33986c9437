//! Events of the domain as wire messages.

use domain::{
    CommodityDetails, CommodityId, DelayReason, Envelope, Event, GoodsLine, NetworkDetails, Note,
    Position, ReceiptLine, Recorded, Role, Route, ShipmentBooked, ShipmentChange, ShipmentChanged,
    Sink, Source, StationDetails, StationKind, StockAdjusted, StockChange, Text, Timestamp,
    TradeLine, TradeSettled,
};

use super::wire::{self, recorded, shipment_changed, stock_line};
use super::{EncodingError, check_entries, check_lines, check_position, check_speed, instant};

type Encoded<T> = Result<T, EncodingError>;

pub(super) fn recorded(recorded: &Recorded, base: Timestamp) -> Encoded<wire::Recorded> {
    let Recorded { envelope, event } = recorded;
    let Envelope { sequence: _, recorded_at, occurred_at, actor, key, trace, note } = envelope;
    let at = time(*recorded_at, "the time of recording")?;
    let base = time(base, "the row's time")?;
    let occurred_after = match occurred_at {
        // Neither difference can overflow: both times are within the range just checked.
        Some(occurred) => Some(time(*occurred, "the time of occurrence")? - at),
        None => None,
    };
    Ok(wire::Recorded {
        recorded_after: at - base,
        occurred_after,
        actor: actor.0,
        key: key.map(|key| {
            let (hash_high, hash_low) = halves(key.hash);
            wire::KeyBinding { hash_high, hash_low, fingerprint: key.fingerprint }
        }),
        trace: trace.map(|trace| {
            let (high, low) = halves(trace.0);
            wire::Trace { high, low }
        }),
        note: note.as_deref().map(self::note).transpose()?,
        event: Some(self::event(event)?),
    })
}

fn event(event: &Event) -> Encoded<recorded::Event> {
    use recorded::Event as Wire;
    Ok(match event {
        Event::TradeSettled(trade) => Wire::TradeSettled(trade_settled(trade)?),
        Event::StockAdjusted(adjusted) => Wire::StockAdjusted(stock_adjusted(adjusted)?),
        Event::ShipmentBooked(booked) => Wire::ShipmentBooked(shipment_booked(booked)?),
        Event::ShipmentChanged(changed) => Wire::ShipmentChanged(shipment_changed(changed)?),
        Event::CreditsIssued { trader, amount } => {
            Wire::CreditsIssued(wire::CreditsChanged { trader: trader.0, amount: amount.get() })
        }
        Event::CreditsRetired { trader, amount } => {
            Wire::CreditsRetired(wire::CreditsChanged { trader: trader.0, amount: amount.get() })
        }
        Event::NetworkCreated(details) => Wire::NetworkCreated(network_created(*details)?),
        Event::KeyCreated { key, details } => Wire::KeyCreated(wire::KeyCreated {
            key: key.0,
            principal: details.principal.0,
            name: details.name.as_str().to_owned(),
            role: role(details.role).into(),
            digest: details.digest.to_vec(),
        }),
        Event::KeyRevoked { key } => Wire::KeyRevoked(wire::KeyRevoked { key: key.0 }),
        Event::StationCreated { station, trader, id, details } => {
            Wire::StationCreated(wire::StationCreated {
                station: station.0,
                trader: trader.0,
                id: id.as_str().to_owned(),
                details: Some(station_details(details)?),
            })
        }
        Event::StationUpdated { station, details } => Wire::StationUpdated(wire::StationUpdated {
            station: station.0,
            details: Some(station_details(details)?),
        }),
        Event::CommodityCreated { commodity, id, details } => {
            Wire::CommodityCreated(wire::CommodityCreated {
                commodity: commodity.0,
                id: id.as_str().to_owned(),
                details: Some(commodity_details(details)),
            })
        }
        Event::CommodityUpdated { commodity, details } => {
            Wire::CommodityUpdated(wire::CommodityUpdated {
                commodity: commodity.0,
                details: Some(commodity_details(details)),
            })
        }
        Event::TraderCreated { trader, id, details } => Wire::TraderCreated(wire::TraderCreated {
            trader: trader.0,
            id: id.as_str().to_owned(),
            name: details.name.as_str().to_owned(),
        }),
        Event::TraderUpdated { trader, details } => Wire::TraderUpdated(wire::TraderUpdated {
            trader: trader.0,
            name: details.name.as_str().to_owned(),
        }),
    })
}

/// The upper and the lower half.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is wanted")]
const fn halves(value: u128) -> (u64, u64) {
    ((value >> 64) as u64, value as u64)
}

fn time(at: Timestamp, what: &'static str) -> Encoded<i64> {
    instant(at.0, what).map(|at| at.0)
}

fn time_if(at: Option<Timestamp>, what: &'static str) -> Encoded<Option<i64>> {
    at.map(|at| time(at, what)).transpose()
}

fn text_if(text: Option<&Text>) -> Option<String> {
    text.map(|text| text.as_str().to_owned())
}

fn note(note: &Note) -> Encoded<wire::Note> {
    check_entries(note.metadata.len())?;
    // A `BTreeMap` walks in the order of its keys, so the same note always has the same bytes.
    let entry = |(key, value): (&Text, &Text)| wire::note::Entry {
        key: key.as_str().to_owned(),
        value: value.as_str().to_owned(),
    };
    Ok(wire::Note {
        reference: text_if(note.reference.as_ref()),
        metadata: note.metadata.iter().map(entry).collect(),
    })
}

fn network_created(details: NetworkDetails) -> Encoded<wire::NetworkCreated> {
    Ok(wire::NetworkCreated {
        wall: time(details.wall, "the wall time at creation")?,
        epoch: time(details.epoch, "the network time at creation")?,
        speed: check_speed(details.speed)?,
    })
}

fn role(role: Role) -> wire::Role {
    match role {
        Role::Admin => wire::Role::Admin,
        Role::Operator => wire::Role::Operator,
        Role::Viewer => wire::Role::Viewer,
    }
}

fn station_details(details: &StationDetails) -> Encoded<wire::StationDetails> {
    let kind = match details.kind {
        StationKind::Planet => wire::StationKind::Planet,
        StationKind::Station => wire::StationKind::Station,
        StationKind::Outpost => wire::StationKind::Outpost,
        StationKind::Gate => wire::StationKind::Gate,
    };
    Ok(wire::StationDetails {
        name: details.name.as_str().to_owned(),
        kind: kind.into(),
        system: details.system.as_str().to_owned(),
        position: Some(position(details.position)?),
        owner: details.owner.0,
    })
}

fn position(position: Position) -> Encoded<wire::Position> {
    let Position { x, y, z } = check_position(position)?;
    Ok(wire::Position { x, y, z })
}

fn commodity_details(details: &CommodityDetails) -> wire::CommodityDetails {
    wire::CommodityDetails {
        name: details.name.as_str().to_owned(),
        category: details.category.as_ref().map(|category| category.as_str().to_owned()),
        unit_mass_grams: details.unit_mass_grams.map(domain::Quantity::get),
        unit_volume_millilitres: details.unit_volume_millilitres.map(domain::Quantity::get),
    }
}

fn trade_settled(trade: &TradeSettled) -> Encoded<wire::TradeSettled> {
    check_lines(trade.lines.len())?;
    let line = |line: &TradeLine| wire::TradeLine {
        commodity: line.commodity.0,
        quantity: line.quantity.get(),
        unit_price: line.unit_price.get(),
    };
    Ok(wire::TradeSettled {
        station: trade.station.0,
        buyer: trade.buyer.0,
        seller: trade.seller.0,
        lines: trade.lines.iter().map(line).collect(),
        total: trade.total.get(),
    })
}

fn stock_adjusted(adjusted: &StockAdjusted) -> Encoded<wire::StockAdjusted> {
    check_lines(adjusted.lines.len())?;
    let line = |(commodity, change): &(CommodityId, StockChange)| wire::StockLine {
        commodity: commodity.0,
        change: Some(stock_change(*change)),
    };
    Ok(wire::StockAdjusted {
        station: adjusted.station.0,
        owner: adjusted.owner.0,
        lines: adjusted.lines.iter().map(line).collect(),
    })
}

fn stock_change(change: StockChange) -> stock_line::Change {
    use stock_line::Change;
    match change {
        StockChange::In(Source::Produced, quantity) => Change::Produced(quantity.get()),
        StockChange::In(Source::Found, quantity) => Change::Found(quantity.get()),
        StockChange::Out(Sink::Consumed, quantity) => Change::Consumed(quantity.get()),
        StockChange::Out(Sink::Lost, quantity) => Change::Lost(quantity.get()),
        StockChange::Out(Sink::Expired, quantity) => Change::Expired(quantity.get()),
        StockChange::Out(Sink::Stolen, quantity) => Change::Stolen(quantity.get()),
        StockChange::Damaged(quantity) => Change::Damaged(quantity.get()),
        StockChange::Repaired(quantity) => Change::Repaired(quantity.get()),
        StockChange::Counted { expected, count } => {
            Change::Counted(wire::Counted { expected: expected.get(), count: count.get() })
        }
    }
}

fn route(route: Route) -> wire::Route {
    wire::Route { origin: route.origin.0, destination: route.destination.0, owner: route.owner.0 }
}

fn goods(lines: &[GoodsLine]) -> Encoded<Vec<wire::GoodsLine>> {
    check_lines(lines.len())?;
    let line = |line: &GoodsLine| wire::GoodsLine {
        commodity: line.commodity.0,
        quantity: line.quantity.get(),
    };
    Ok(lines.iter().map(line).collect())
}

fn shipment_booked(booked: &ShipmentBooked) -> Encoded<wire::ShipmentBooked> {
    Ok(wire::ShipmentBooked {
        route: Some(route(booked.route)),
        consignee: booked.consignee.0,
        carrier: booked.carrier.0,
        lines: goods(&booked.lines)?,
        departure: time(booked.schedule.departure(), "the planned departure")?,
        arrival: time(booked.schedule.arrival(), "the planned arrival")?,
    })
}

fn shipment_changed(changed: &ShipmentChanged) -> Encoded<wire::ShipmentChanged> {
    Ok(wire::ShipmentChanged {
        shipment: changed.shipment.0.0,
        previous: changed.previous.0,
        route: Some(route(changed.route)),
        change: Some(shipment_change(&changed.change)?),
    })
}

fn shipment_change(change: &ShipmentChange) -> Encoded<shipment_changed::Change> {
    use shipment_changed::Change;
    Ok(match change {
        ShipmentChange::Loaded => Change::Loaded(wire::Loaded {}),
        ShipmentChange::Departed { lines, estimated_arrival } => Change::Departed(wire::Departed {
            lines: goods(lines)?,
            estimated_arrival: time_if(*estimated_arrival, "the estimated arrival")?,
        }),
        ShipmentChange::Position(at) => Change::Position(position(*at)?),
        ShipmentChange::Estimated { departure, arrival, reason } => {
            Change::Estimated(wire::Estimated {
                departure: time_if(*departure, "the estimated departure")?,
                arrival: time_if(*arrival, "the estimated arrival")?,
                reason: text_if(reason.as_ref()),
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
        ShipmentChange::Lost { lines, reason } => {
            Change::Lost(wire::Ended { lines: goods(lines)?, reason: text_if(reason.as_ref()) })
        }
        ShipmentChange::Cancelled { lines, reason } => Change::Cancelled(wire::Ended {
            lines: goods(lines)?,
            reason: text_if(reason.as_ref()),
        }),
    })
}

fn receipts(lines: &[ReceiptLine]) -> Encoded<Vec<wire::ReceiptLine>> {
    check_lines(lines.len())?;
    let line = |line: &ReceiptLine| wire::ReceiptLine {
        commodity: line.commodity.0,
        accepted: line.accepted.get(),
        rejected: line.rejected.get(),
    };
    Ok(lines.iter().map(line).collect())
}
