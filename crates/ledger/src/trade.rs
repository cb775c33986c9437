//! Trades that settle at once and have no terms: goods change owner at a station, credits the other
//! way, all lines or none. Nearly all trades are such; [`crate::terms`] has the others.

use domain::{
    Credits, Envelope, Event, Identifier, Rejection, StationId, Trade, TradeLine, TradeSettled,
    TraderId,
};

use crate::inventory::{check_available, check_room, unknown_commodity, unknown_station};
use crate::offers;
use crate::state::State;

/// Checks in the order of [`Rejection`]: parties, names, amounts, goods, credits, room.
pub(crate) fn settle(state: &State, trade: &Trade) -> Result<Option<Event>, Rejection> {
    if trade.buyer == trade.seller {
        return Err(Rejection::SameParty);
    }
    let (station, buyer, seller) = parties(state, trade)?;
    let lines = resolve(state, trade)?;
    let total = total(&lines)?;
    let goods = lines.iter().enumerate().map(|(at, line)| (at, line.commodity, line.quantity));
    check_available(state, station, seller, goods)?;
    let available = state.balance(buyer);
    if total > available {
        return Err(Rejection::InsufficientCredits { trader: buyer, requested: total, available });
    }
    check_room(state, lines.len())?;
    Ok(Some(Event::TradeSettled(TradeSettled {
        station,
        buyer,
        seller,
        lines,
        total,
        terms: None,
    })))
}

/// Where it is, who pays, who gives.
#[inline]
pub(crate) fn parties(
    state: &State,
    trade: &Trade,
) -> Result<(StationId, TraderId, TraderId), Rejection> {
    let station = state.station(&trade.station);
    let station = station.ok_or_else(|| unknown_station(&trade.station, "station"))?;
    let party = |trader: &Identifier, field| {
        let unknown = || Rejection::UnknownTrader { trader: trader.clone(), field };
        state.trader(trader).ok_or_else(unknown)
    };
    Ok((station, party(&trade.buyer, "buyer")?, party(&trade.seller, "seller")?))
}

#[inline]
pub(crate) fn resolve(state: &State, trade: &Trade) -> Result<Box<[TradeLine]>, Rejection> {
    let line = |(at, line): (usize, &domain::TradeLineWanted)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        Ok(TradeLine { commodity, quantity: line.quantity, unit_price: line.unit_price })
    };
    trade.lines.iter().enumerate().map(line).collect()
}

/// What it moves is nearly all that it does; a trade with terms may have taken offers.
#[inline]
pub(crate) fn apply_settled(state: &mut State, envelope: &Envelope, trade: &TradeSettled) {
    if let Some(terms) = &trade.terms {
        offers::apply_taken(state, envelope, terms, &trade.lines);
    }
}

#[inline]
pub(crate) fn total(lines: &[TradeLine]) -> Result<Credits, Rejection> {
    let mut total = Credits::ZERO;
    for (at, line) in lines.iter().enumerate() {
        let price = line.unit_price.times(line.quantity);
        let sum = price.and_then(|price| total.checked_add(price));
        total = sum.ok_or(Rejection::AmountOverflow { line: Some(at) })?;
    }
    Ok(total)
}
