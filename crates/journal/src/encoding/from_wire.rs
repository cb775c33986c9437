//! Wire messages as events of the domain: everything a message may get wrong is refused here.

mod alerts;
mod cargo;
mod reference;
mod trades;

use std::collections::BTreeMap;

use domain::{
    AlertRuleId, CommodityId, Credits, Envelope, Event, GoodsLine, Identifier, KeyBinding, KeyId,
    NetworkDetails, Note, OfferId, Position, PrincipalId, Quantity, Recorded, Sequence, Sink,
    Source, StationId, StockAdjusted, StockChange, Text, Timestamp, TraceId, TraderId,
    TransactionId,
};

use super::wire::{self, recorded, stock_line};
use super::{EncodingError, check_entries, check_lines, check_position, check_speed, instant};

type Decoded<T> = Result<T, EncodingError>;

pub(super) fn recorded(
    message: wire::Recorded,
    sequence: Sequence,
    base: Timestamp,
) -> Decoded<Recorded> {
    let recorded_at = after(base, message.recorded_after, "the time of recording")?;
    let occurred_at = match message.occurred_after {
        Some(delta) => Some(after(recorded_at, delta, "the time of occurrence")?),
        None => None,
    };
    let envelope = Envelope {
        sequence,
        recorded_at,
        occurred_at,
        actor: PrincipalId(message.actor),
        key: message.key.map(|key| KeyBinding {
            hash: whole(key.hash_high, key.hash_low),
            fingerprint: key.fingerprint,
        }),
        trace: message.trace.map(|trace| TraceId(whole(trace.high, trace.low))),
        note: message.note.map(note).transpose()?,
    };
    let event = event(message.event.ok_or(EncodingError::Newer("this kind of event"))?)?;
    Ok(Recorded { envelope, event })
}

/// Long because it names every event there is; the work is done elsewhere.
fn event(event: recorded::Event) -> Decoded<Event> {
    use recorded::Event as Wire;
    Ok(match event {
        Wire::TradeSettled(trade) => Event::TradeSettled(trades::settled(&trade)?),
        Wire::StockAdjusted(adjusted) => Event::StockAdjusted(stock_adjusted(&adjusted)?),
        Wire::ShipmentBooked(booked) => Event::ShipmentBooked(Box::new(cargo::booked(&booked)?)),
        Wire::ShipmentChanged(changed) => {
            Event::ShipmentChanged(Box::new(cargo::changed(changed)?))
        }
        Wire::CreditsIssued(wire::CreditsChanged { trader, amount }) => {
            Event::CreditsIssued { trader: TraderId(trader), amount: credits(amount)? }
        }
        Wire::CreditsRetired(wire::CreditsChanged { trader, amount }) => {
            Event::CreditsRetired { trader: TraderId(trader), amount: credits(amount)? }
        }
        Wire::TradeHeld(held) => Event::TradeHeld(Box::new(trades::held(&held)?)),
        Wire::HoldSettled(settled) => Event::HoldSettled(Box::new(trades::hold_settled(&settled)?)),
        Wire::OfferOpened(opened) => Event::OfferOpened(Box::new(trades::offer_opened(&opened)?)),
        Wire::NetworkCreated(created) => Event::NetworkCreated(NetworkDetails {
            wall: instant(created.wall, "the wall time at creation")?,
            epoch: instant(created.epoch, "the network time at creation")?,
            speed: check_speed(created.speed)?,
        }),
        Wire::KeyCreated(created) => reference::key_created(&created)?,
        Wire::KeyRevoked(wire::KeyRevoked { key }) => Event::KeyRevoked { key: KeyId(key) },
        Wire::KeyExpired(wire::KeyExpired { key }) => Event::KeyExpired { key: KeyId(key) },
        Wire::KeyUpdated(wire::KeyUpdated { key, expires_at }) => Event::KeyUpdated {
            key: KeyId(key),
            expires_at: instant(expires_at, "the end of a key")?,
        },
        Wire::GrantUpdated(updated) => reference::grant_updated(&updated)?,
        Wire::StationCreated(created) => reference::station_created(created)?,
        Wire::StationUpdated(updated) => reference::station_updated(updated)?,
        Wire::CommodityCreated(created) => reference::commodity_created(created)?,
        Wire::CommodityUpdated(updated) => reference::commodity_updated(updated)?,
        Wire::TraderCreated(created) => reference::trader_created(&created)?,
        Wire::TraderUpdated(updated) => reference::trader_updated(&updated)?,
        Wire::VesselCreated(created) => reference::vessel_created(created)?,
        Wire::VesselUpdated(updated) => reference::vessel_updated(updated)?,
        Wire::TradeVoided(released) => {
            Event::TradeVoided(Box::new(trades::hold_released(released)?))
        }
        Wire::TradeExpired(released) => {
            Event::TradeExpired(Box::new(trades::hold_released(released)?))
        }
        Wire::TradeReversed(reversed) => {
            Event::TradeReversed(Box::new(trades::reversed(&reversed)?))
        }
        Wire::OfferFilled(wire::OfferFilled { offer, trade }) => Event::OfferFilled {
            offer: OfferId(Sequence(offer)),
            trade: TransactionId(Sequence(trade)),
        },
        Wire::OffersWithdrawn(withdrawn) => {
            Event::OffersWithdrawn(trades::offers_withdrawn(&withdrawn)?)
        }
        Wire::OfferExpired(rest) => Event::OfferExpired(Box::new(trades::offer_rest(&rest)?)),
        Wire::CreditsTransferred(given) => {
            Event::CreditsTransferred(Box::new(trades::credits_transferred(given)?))
        }
        Wire::StockTransferred(given) => {
            Event::StockTransferred(Box::new(trades::stock_transferred(given)?))
        }
        Wire::AlertRuleSet(set) => Event::AlertRuleSet(Box::new(alerts::rule_set(&set)?)),
        Wire::AlertRuleDeleted(wire::AlertRuleDeleted { rule }) => {
            Event::AlertRuleDeleted { rule: AlertRuleId(rule) }
        }
        Wire::AlertFired(fired) => Event::AlertFired(alerts::fired(fired)?),
        Wire::AlertChanged(changed) => Event::AlertChanged(alerts::changed(changed)?),
        Wire::AlertAcknowledged(changed) => Event::AlertAcknowledged(alerts::changed(changed)?),
        Wire::AlertResolved(changed) => Event::AlertResolved(alerts::changed(changed)?),
    })
}

fn whole(high: u64, low: u64) -> u128 {
    (u128::from(high) << 64) | u128::from(low)
}

fn after(base: Timestamp, delta: i64, what: &'static str) -> Decoded<Timestamp> {
    let micros = base.0.checked_add(delta).ok_or(EncodingError::OutOfBounds(what))?;
    instant(micros, what)
}

fn instant_if(micros: Option<i64>, what: &'static str) -> Decoded<Option<Timestamp>> {
    micros.map(|micros| instant(micros, what)).transpose()
}

fn quantity(value: u64) -> Decoded<Quantity> {
    Quantity::new(value).map_err(|_| EncodingError::OutOfBounds("a quantity"))
}

fn credits(value: u64) -> Decoded<Credits> {
    Credits::new(value).map_err(|_| EncodingError::OutOfBounds("an amount of credits"))
}

fn identifier(value: &str, what: &'static str) -> Decoded<Identifier> {
    Identifier::new(value).map_err(|_| EncodingError::OutOfBounds(what))
}

fn text(value: &str, what: &'static str) -> Decoded<Text> {
    Text::new(value).map_err(|_| EncodingError::OutOfBounds(what))
}

fn text_if(value: Option<String>, what: &'static str) -> Decoded<Option<Text>> {
    value.map(|value| text(&value, what)).transpose()
}

fn note(note: wire::Note) -> Decoded<Box<Note>> {
    check_entries(note.metadata.len())?;
    let mut metadata = BTreeMap::new();
    for entry in note.metadata {
        let key = text(&entry.key, "a metadata key")?;
        if metadata.last_key_value().is_some_and(|(last, _)| *last >= key) {
            return Err(EncodingError::OutOfBounds("the order of metadata keys"));
        }
        metadata.insert(key, text(&entry.value, "a metadata value")?);
    }
    Ok(Box::new(Note { reference: text_if(note.reference, "a reference")?, metadata }))
}

fn position(position: wire::Position) -> Decoded<Position> {
    let wire::Position { x, y, z } = position;
    check_position(Position { x, y, z })
}

/// Converts line by line into a slice of exactly the right size.
fn lines<W, T>(wire: &[W], convert: impl Fn(&W) -> Decoded<T>) -> Decoded<Box<[T]>> {
    check_lines(wire.len())?;
    each(wire, convert)
}

/// The same of what may be none at all; whoever calls it checks the number.
fn each<W, T>(wire: &[W], convert: impl Fn(&W) -> Decoded<T>) -> Decoded<Box<[T]>> {
    let mut converted = Vec::with_capacity(wire.len());
    for item in wire {
        converted.push(convert(item)?);
    }
    Ok(converted.into_boxed_slice())
}

fn stock_adjusted(adjusted: &wire::StockAdjusted) -> Decoded<StockAdjusted> {
    let line =
        |line: &wire::StockLine| Ok((CommodityId(line.commodity), stock_change(line.change)?));
    Ok(StockAdjusted {
        station: StationId(adjusted.station),
        owner: TraderId(adjusted.owner),
        lines: lines(&adjusted.lines, line)?,
    })
}

fn stock_change(change: Option<stock_line::Change>) -> Decoded<StockChange> {
    use stock_line::Change;
    Ok(match change.ok_or(EncodingError::Newer("this kind of stock change"))? {
        Change::Produced(value) => StockChange::In(Source::Produced, quantity(value)?),
        Change::Found(value) => StockChange::In(Source::Found, quantity(value)?),
        Change::Consumed(value) => StockChange::Out(Sink::Consumed, quantity(value)?),
        Change::Lost(value) => StockChange::Out(Sink::Lost, quantity(value)?),
        Change::Expired(value) => StockChange::Out(Sink::Expired, quantity(value)?),
        Change::Stolen(value) => StockChange::Out(Sink::Stolen, quantity(value)?),
        Change::Damaged(value) => StockChange::Damaged(quantity(value)?),
        Change::Repaired(value) => StockChange::Repaired(quantity(value)?),
        Change::Counted(wire::Counted { expected, count }) => {
            StockChange::Counted { expected: quantity(expected)?, count: quantity(count)? }
        }
    })
}

fn goods(wire: &[wire::GoodsLine]) -> Decoded<Box<[GoodsLine]>> {
    lines(wire, goods_line)
}

fn goods_line(line: &wire::GoodsLine) -> Decoded<GoodsLine> {
    let commodity = CommodityId(line.commodity);
    Ok(GoodsLine { commodity, quantity: quantity(line.quantity)? })
}
