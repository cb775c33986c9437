//! Trades: goods change owner at a station, credits the other way, all lines or none.
//!
//! A direct trade settles at once. Holds, their settlement and reversals will have their place here.

use domain::{Credits, Event, Rejection, Trade, TradeLine, TradeSettled};

use crate::inventory::{check_room, unknown_commodity, unknown_station};
use crate::state::{State, StockKey};

/// Checks in the order of [`Rejection`]: parties, names, amounts, goods, credits, room.
pub(crate) fn settle(state: &State, trade: &Trade) -> Result<Option<Event>, Rejection> {
    if trade.buyer == trade.seller {
        return Err(Rejection::SameParty);
    }
    let station = state.station(&trade.station);
    let station = station.ok_or_else(|| unknown_station(&trade.station, "station"))?;
    let party = |trader: &domain::Identifier, field| {
        let unknown = || Rejection::UnknownTrader { trader: trader.clone(), field };
        state.trader(trader).ok_or_else(unknown)
    };
    let buyer = party(&trade.buyer, "buyer")?;
    let seller = party(&trade.seller, "seller")?;
    let lines = resolve(state, trade)?;
    let total = total(&lines)?;
    for (at, line) in lines.iter().enumerate() {
        let key = StockKey { station, owner: seller, commodity: line.commodity };
        let available = state.level(key).available;
        if line.quantity > available {
            return Err(Rejection::InsufficientStock {
                line: at,
                station,
                owner: seller,
                commodity: line.commodity,
                requested: line.quantity,
                available,
            });
        }
    }
    let available = state.balance(buyer);
    if total > available {
        return Err(Rejection::InsufficientCredits { trader: buyer, requested: total, available });
    }
    check_room(state, lines.len())?;
    Ok(Some(Event::TradeSettled(TradeSettled { station, buyer, seller, lines, total })))
}

fn resolve(state: &State, trade: &Trade) -> Result<Box<[TradeLine]>, Rejection> {
    let line = |(at, line): (usize, &domain::TradeLineWanted)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        Ok(TradeLine { commodity, quantity: line.quantity, unit_price: line.unit_price })
    };
    trade.lines.iter().enumerate().map(line).collect()
}

fn total(lines: &[TradeLine]) -> Result<Credits, Rejection> {
    let mut total = Credits::ZERO;
    for (at, line) in lines.iter().enumerate() {
        let price = line.unit_price.times(line.quantity);
        let sum = price.and_then(|price| total.checked_add(price));
        total = sum.ok_or(Rejection::AmountOverflow { line: Some(at) })?;
    }
    Ok(total)
}
