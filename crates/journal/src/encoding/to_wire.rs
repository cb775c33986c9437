//! Events of the domain as wire messages.

mod alerts;
mod cargo;
mod reference;
mod trades;

use domain::{
    CommodityId, Envelope, Event, GoodsLine, NetworkDetails, Note, Position, Recorded, Sink,
    Source, StockAdjusted, StockChange, Text, Timestamp, TraderId,
};

use super::wire::{self, recorded, stock_line};
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

/// Long because it names every event there is; the work is done elsewhere.
fn event(event: &Event) -> Encoded<recorded::Event> {
    use recorded::Event as Wire;
    Ok(match event {
        Event::TradeSettled(trade) => Wire::TradeSettled(trades::settled(trade)?),
        Event::StockAdjusted(adjusted) => Wire::StockAdjusted(stock_adjusted(adjusted)?),
        Event::ShipmentBooked(booked) => Wire::ShipmentBooked(cargo::booked(booked)?),
        Event::ShipmentChanged(changed) => Wire::ShipmentChanged(cargo::changed(changed)?),
        Event::CreditsIssued { trader, amount } => {
            Wire::CreditsIssued(credits_changed(*trader, *amount))
        }
        Event::CreditsRetired { trader, amount } => {
            Wire::CreditsRetired(credits_changed(*trader, *amount))
        }
        Event::TradeHeld(held) => Wire::TradeHeld(trades::held(held)?),
        Event::HoldSettled(settled) => Wire::HoldSettled(trades::hold_settled(settled)?),
        Event::OfferOpened(opened) => Wire::OfferOpened(trades::offer_opened(opened)?),
        Event::NetworkCreated(details) => Wire::NetworkCreated(network_created(*details)?),
        Event::KeyCreated { key, details } => {
            Wire::KeyCreated(reference::key_created(*key, details)?)
        }
        Event::KeyRevoked { key } => Wire::KeyRevoked(wire::KeyRevoked { key: key.0 }),
        Event::KeyExpired { key } => Wire::KeyExpired(wire::KeyExpired { key: key.0 }),
        Event::KeyUpdated { key, expires_at } => {
            Wire::KeyUpdated(reference::key_updated(*key, *expires_at)?)
        }
        Event::GrantUpdated { key, grant } => {
            Wire::GrantUpdated(reference::grant_updated(*key, grant)?)
        }
        Event::StationCreated { station, trader, id, details } => {
            Wire::StationCreated(reference::station_created(*station, *trader, id, details)?)
        }
        Event::StationUpdated { station, details } => {
            Wire::StationUpdated(reference::station_updated(*station, details)?)
        }
        Event::CommodityCreated { commodity, id, details } => {
            Wire::CommodityCreated(reference::commodity_created(*commodity, id, details))
        }
        Event::CommodityUpdated { commodity, details } => {
            Wire::CommodityUpdated(reference::commodity_updated(*commodity, details))
        }
        Event::TraderCreated { trader, id, details } => {
            Wire::TraderCreated(reference::trader_created(*trader, id, details))
        }
        Event::TraderUpdated { trader, details } => {
            Wire::TraderUpdated(reference::trader_updated(*trader, details))
        }
        Event::VesselCreated { vessel, id, details } => {
            Wire::VesselCreated(reference::vessel_created(*vessel, id, details))
        }
        Event::VesselUpdated { vessel, details } => {
            Wire::VesselUpdated(reference::vessel_updated(*vessel, details))
        }
        Event::TradeVoided(released) => Wire::TradeVoided(trades::hold_released(released)?),
        Event::TradeExpired(released) => Wire::TradeExpired(trades::hold_released(released)?),
        Event::TradeReversed(reversed) => Wire::TradeReversed(trades::reversed(reversed)?),
        Event::OfferFilled { offer, trade } => {
            Wire::OfferFilled(wire::OfferFilled { offer: offer.0.0, trade: trade.0.0 })
        }
        Event::OffersWithdrawn(rests) => Wire::OffersWithdrawn(trades::offers_withdrawn(rests)?),
        Event::OfferExpired(rest) => Wire::OfferExpired(trades::offer_rest(rest)),
        Event::CreditsTransferred(given) => {
            Wire::CreditsTransferred(trades::credits_transferred(given))
        }
        Event::StockTransferred(given) => Wire::StockTransferred(trades::stock_transferred(given)?),
        Event::AlertRuleSet(set) => Wire::AlertRuleSet(alerts::rule_set(set)),
        Event::AlertRuleDeleted { rule } => {
            Wire::AlertRuleDeleted(wire::AlertRuleDeleted { rule: rule.0 })
        }
        Event::AlertFired(fired) => Wire::AlertFired(alerts::fired(*fired)),
        Event::AlertChanged(changed) => Wire::AlertChanged(alerts::changed(*changed)),
        Event::AlertAcknowledged(changed) => Wire::AlertAcknowledged(alerts::changed(*changed)),
        Event::AlertResolved(changed) => Wire::AlertResolved(alerts::changed(*changed)),
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

fn credits_changed(trader: TraderId, amount: domain::Credits) -> wire::CreditsChanged {
    wire::CreditsChanged { trader: trader.0, amount: amount.get() }
}

fn position(position: Position) -> Encoded<wire::Position> {
    let Position { x, y, z } = check_position(position)?;
    Ok(wire::Position { x, y, z })
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

fn goods(lines: &[GoodsLine]) -> Encoded<Vec<wire::GoodsLine>> {
    check_lines(lines.len())?;
    Ok(lines.iter().map(goods_line).collect())
}

fn goods_line(line: &GoodsLine) -> wire::GoodsLine {
    wire::GoodsLine { commodity: line.commodity.0, quantity: line.quantity.get() }
}
