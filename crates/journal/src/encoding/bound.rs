//! How long an encoded event can be, by arithmetic alone: the engine cuts batches with it.
//!
//! Lengths follow the protobuf encoding: a field is a tag and a varint or a length and bytes, and
//! one that holds its default is left out. Where that is not exact, it is a few bytes too many.

mod alerts;
mod cargo;
mod reference;
mod trades;

use domain::{
    CommodityId, Event, GoodsLine, Identifier, Note, Position, Recorded, Sequence, StockAdjusted,
    StockChange, Text,
};

/// A tag of a field number up to 15.
const TAG: usize = 1;
/// A tag of a field number from 16.
const LONG_TAG: usize = 2;
/// The longest varint.
const VARINT_MAX: usize = 10;
/// The event's start in the row's offset table.
const OFFSET: usize = 2;
/// A field that holds one of a few values, and never the default.
const CHOICE: usize = TAG + 1;
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
        Event::TradeSettled(trade) => trades::settled(trade),
        Event::StockAdjusted(adjusted) => stock_adjusted(adjusted),
        Event::ShipmentBooked(booked) => cargo::booked(booked),
        Event::ShipmentChanged(changed) => cargo::changed(changed),
        Event::CreditsIssued { trader, amount } | Event::CreditsRetired { trader, amount } => {
            id(trader.0) + number(amount.get())
        }
        Event::TradeHeld(held) => trades::held(held),
        Event::HoldSettled(settled) => trades::hold_settled(settled),
        Event::OfferOpened(opened) => trades::offer_opened(opened),
        Event::NetworkCreated(details) => 2 * (TAG + VARINT_MAX) + id(details.speed),
        Event::KeyCreated { key, details } => id(key.0) + reference::key(details),
        Event::KeyRevoked { key } | Event::KeyExpired { key } => id(key.0),
        Event::KeyUpdated { key, expires_at } => id(key.0) + signed(expires_at.0),
        Event::GrantUpdated { key, grant } => id(key.0) + reference::grant(grant),
        Event::StationCreated { station, trader, id: name, details } => {
            let numbers = id(station.0) + id(trader.0);
            numbers + identifier(name) + reference::station(details)
        }
        Event::StationUpdated { station, details } => id(station.0) + reference::station(details),
        Event::CommodityCreated { commodity, id: name, details } => {
            id(commodity.0) + identifier(name) + reference::commodity(details)
        }
        Event::CommodityUpdated { commodity, details } => {
            id(commodity.0) + reference::commodity(details)
        }
        Event::TraderCreated { trader, id: name, details } => {
            id(trader.0) + identifier(name) + text(&details.name)
        }
        Event::TraderUpdated { trader, details } => id(trader.0) + text(&details.name),
        Event::VesselCreated { vessel, id: name, details } => {
            id(vessel.0) + identifier(name) + reference::vessel(details)
        }
        Event::VesselUpdated { vessel, details } => id(vessel.0) + reference::vessel(details),
        Event::TradeVoided(released) | Event::TradeExpired(released) => {
            trades::hold_released(released)
        }
        Event::TradeReversed(reversed) => trades::reversed(reversed),
        Event::OfferFilled { offer, trade } => sequence(offer.0) + sequence(trade.0),
        Event::OffersWithdrawn(rests) => trades::offer_rests(rests),
        Event::OfferExpired(rest) => trades::offer_rest(rest),
        Event::CreditsTransferred(given) => trades::credits_transferred(given),
        Event::StockTransferred(given) => trades::stock_transferred(given),
        Event::AlertRuleSet(set) => alerts::rule_set(set),
        Event::AlertRuleDeleted { rule } => id(rule.0),
        Event::AlertFired(fired) => alerts::fired(*fired),
        Event::AlertChanged(changed)
        | Event::AlertAcknowledged(changed)
        | Event::AlertResolved(changed) => alerts::changed(*changed),
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

fn sequence(value: Sequence) -> usize {
    number(value.0)
}

/// A field of this value that is there even where that is the default.
fn present(value: u64) -> usize {
    TAG + varint(value)
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

fn identifier(identifier: &Identifier) -> usize {
    bytes(identifier.as_str().len())
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

fn position(at: Position) -> usize {
    nested(signed(at.x) + signed(at.y) + signed(at.z))
}

fn stock_adjusted(adjusted: &StockAdjusted) -> usize {
    let line = |(commodity, change): &(CommodityId, StockChange)| {
        nested(id(commodity.0) + stock_change(*change))
    };
    let lines = adjusted.lines.iter().map(line);
    id(adjusted.station.0) + id(adjusted.owner.0) + lines.sum::<usize>()
}

fn stock_change(change: StockChange) -> usize {
    match change {
        StockChange::In(_, quantity)
        | StockChange::Out(_, quantity)
        | StockChange::Damaged(quantity)
        | StockChange::Repaired(quantity) => present(quantity.get()),
        StockChange::Counted { expected, count } => {
            nested(number(expected.get()) + number(count.get()))
        }
    }
}

fn goods(lines: &[GoodsLine]) -> usize {
    let line = |line: &GoodsLine| nested(id(line.commodity.0) + number(line.quantity.get()));
    lines.iter().map(line).sum()
}
