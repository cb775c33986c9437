//! How long an encoded event can be, by arithmetic alone: the engine cuts batches with it.
//!
//! Lengths follow the protobuf encoding: a field is a tag and a varint or a length and bytes, and
//! one that holds its default is left out. All but the envelope's times are exact.

use domain::{
    Event, GoodsLine, Note, Position, Recorded, Route, ShipmentBooked, ShipmentChange,
    StationDetails, StockChange, Text,
};

/// A tag of a field number up to 15.
const TAG: usize = 1;
/// A tag of a field number from 16.
const LONG_TAG: usize = 2;
/// The longest varint.
const VARINT_MAX: usize = 10;
/// The event's start in the row's offset table.
const OFFSET: usize = 2;
/// Tag, length and up to three `fixed64` fields of nine bytes.
const KEY: usize = TAG + 1 + 3 * 9;
const TRACE: usize = TAG + 1 + 2 * 9;

/// Bytes that the event takes in a row at most, its entry in the offset table included. A batch
/// whose bounds add up to no more than [`crate::BATCH_EVENTS_BYTES_MAX`] is not too large.
pub fn encoded_len_bound(recorded: &Recorded) -> usize {
    let envelope = &recorded.envelope;
    let recorded_after = TAG + VARINT_MAX;
    let occurred_after = if envelope.occurred_at.is_some() { TAG + VARINT_MAX } else { 0 };
    OFFSET
        + recorded_after
        + occurred_after
        + number(u64::from(envelope.actor.0))
        + if envelope.key.is_some() { KEY } else { 0 }
        + if envelope.trace.is_some() { TRACE } else { 0 }
        + envelope.note.as_deref().map_or(0, |note| nested(self::note(note)))
        + LONG_TAG
        + prefixed(event(&recorded.event))
}

fn event(event: &Event) -> usize {
    match event {
        Event::TradeSettled(trade) => {
            let lines = trade.lines.iter().map(|line| {
                let amounts = number(line.quantity.get()) + number(line.unit_price.get());
                nested(id(line.commodity.0) + amounts)
            });
            id(trade.station.0)
                + id(trade.buyer.0)
                + id(trade.seller.0)
                + lines.sum::<usize>()
                + number(trade.total.get())
        }
        Event::StockAdjusted(adjusted) => {
            let line = |(commodity, change): &(domain::CommodityId, StockChange)| {
                nested(id(commodity.0) + stock_change(*change))
            };
            let lines = adjusted.lines.iter().map(line);
            id(adjusted.station.0) + id(adjusted.owner.0) + lines.sum::<usize>()
        }
        Event::ShipmentBooked(booked) => shipment_booked(booked),
        Event::ShipmentChanged(changed) => {
            number(changed.shipment.0.0)
                + number(changed.previous.0)
                + route(changed.route)
                + nested(shipment_change(&changed.change))
        }
        Event::CreditsIssued { trader, amount } | Event::CreditsRetired { trader, amount } => {
            id(trader.0) + number(amount.get())
        }
        Event::NetworkCreated(details) => 2 * (TAG + VARINT_MAX) + number(u64::from(details.speed)),
        Event::KeyCreated { key, details } => {
            let role_and_digest = TAG + 1 + bytes(details.digest.len());
            let name = bytes(details.name.as_str().len());
            id(key.0) + id(details.principal.0) + name + role_and_digest
        }
        Event::KeyRevoked { key } => id(key.0),
        Event::StationCreated { station, trader, id: name, details } => {
            let numbers = id(station.0) + id(trader.0);
            numbers + bytes(name.as_str().len()) + station_details(details)
        }
        Event::StationUpdated { station, details } => id(station.0) + station_details(details),
        Event::CommodityCreated { commodity, id: name, details } => {
            id(commodity.0) + bytes(name.as_str().len()) + commodity_details(details)
        }
        Event::CommodityUpdated { commodity, details } => {
            id(commodity.0) + commodity_details(details)
        }
        Event::TraderCreated { trader, id: name, details } => {
            id(trader.0) + bytes(name.as_str().len()) + text(&details.name)
        }
        Event::TraderUpdated { trader, details } => id(trader.0) + text(&details.name),
    }
}

/// Bytes of a varint: seven bits each.
#[inline]
fn varint(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// A field of this value; nothing for the default.
#[inline]
fn number(value: u64) -> usize {
    if value == 0 { 0 } else { TAG + varint(value) }
}

#[inline]
fn id(value: u32) -> usize {
    number(u64::from(value))
}

/// A field of this value with zigzag encoding.
fn signed(value: i64) -> usize {
    if value == 0 { 0 } else { TAG + varint(value.unsigned_abs().saturating_mul(2)) }
}

/// A length and that many bytes.
#[inline]
fn prefixed(length: usize) -> usize {
    varint(length as u64) + length
}

/// A message within a message.
#[inline]
fn nested(length: usize) -> usize {
    TAG + prefixed(length)
}

fn bytes(length: usize) -> usize {
    nested(length)
}

fn text(text: &Text) -> usize {
    bytes(text.as_str().len())
}

fn text_if(value: Option<&Text>) -> usize {
    value.map_or(0, text)
}

fn note(note: &Note) -> usize {
    let entries = note.metadata.iter().map(|(key, value)| nested(text(key) + text(value)));
    text_if(note.reference.as_ref()) + entries.sum::<usize>()
}

fn station_details(details: &StationDetails) -> usize {
    let kind = TAG + 1;
    let system = bytes(details.system.as_str().len());
    let owner = id(details.owner.0);
    nested(text(&details.name) + kind + system + position(details.position) + owner)
}

fn position(at: Position) -> usize {
    nested(signed(at.x) + signed(at.y) + signed(at.z))
}

fn commodity_details(details: &domain::CommodityDetails) -> usize {
    let category = details.category.as_ref().map_or(0, |category| bytes(category.as_str().len()));
    let amounts = [details.unit_mass_grams, details.unit_volume_millilitres];
    let amounts = amounts.into_iter().flatten().map(|amount| TAG + varint(amount.get()));
    nested(text(&details.name) + category + amounts.sum::<usize>())
}

fn stock_change(change: StockChange) -> usize {
    match change {
        StockChange::In(_, quantity)
        | StockChange::Out(_, quantity)
        | StockChange::Damaged(quantity)
        | StockChange::Repaired(quantity) => TAG + varint(quantity.get()),
        StockChange::Counted { expected, count } => {
            nested(number(expected.get()) + number(count.get()))
        }
    }
}

fn route(route: Route) -> usize {
    nested(id(route.origin.0) + id(route.destination.0) + id(route.owner.0))
}

fn goods(lines: &[GoodsLine]) -> usize {
    let line = |line: &GoodsLine| nested(id(line.commodity.0) + number(line.quantity.get()));
    lines.iter().map(line).sum()
}

fn shipment_booked(booked: &ShipmentBooked) -> usize {
    let parties = id(booked.consignee.0) + id(booked.carrier.0);
    let schedule = signed(booked.schedule.departure().0) + signed(booked.schedule.arrival().0);
    route(booked.route) + parties + goods(&booked.lines) + schedule
}

fn shipment_change(change: &ShipmentChange) -> usize {
    match change {
        ShipmentChange::Loaded | ShipmentChange::Arrived => 0,
        ShipmentChange::Departed { lines, estimated_arrival } => {
            goods(lines) + if estimated_arrival.is_some() { TAG + VARINT_MAX } else { 0 }
        }
        ShipmentChange::Position(at) => position(*at),
        ShipmentChange::Estimated { departure, arrival, reason } => {
            let times = [departure, arrival].into_iter().flatten().count();
            times * (TAG + VARINT_MAX) + text_if(reason.as_ref())
        }
        ShipmentChange::Delayed { .. } => TAG + 1,
        ShipmentChange::Received { lines, complete } => {
            let line = |line: &domain::ReceiptLine| {
                let amounts = number(line.accepted.get()) + number(line.rejected.get());
                nested(id(line.commodity.0) + amounts)
            };
            let lines = lines.iter().map(line);
            lines.sum::<usize>() + usize::from(*complete) * (TAG + 1)
        }
        ShipmentChange::Lost { lines, reason } | ShipmentChange::Cancelled { lines, reason } => {
            goods(lines) + text_if(reason.as_ref())
        }
    }
}
