//! Gifts of credits or of goods at a station: no trades at price zero.

use domain::{
    BookingLine, CreditsTransferred, Event, GoodsLine, Identifier, Lines, Rejection, StationId,
    StockTransferred, TraderId, Transfer, TransferWanted,
};

use crate::State;
use crate::charges::Outflows;
use crate::inventory::{check_available, check_room, unknown_commodity, unknown_station};

/// Checks in the order of [`Rejection`]: parties, names, goods, credits, room.
pub(crate) fn transfer(state: &State, transfer: &Transfer) -> Result<Option<Event>, Rejection> {
    if transfer.from == transfer.to {
        return Err(Rejection::SameParty);
    }
    match &transfer.what {
        TransferWanted::Credits(amount) => {
            let (from, to) = parties(state, transfer)?;
            let mut outflows = Outflows::default();
            outflows.add(from, *amount);
            outflows.check(state)?;
            let (amount, reason) = (*amount, transfer.reason.clone());
            let given = CreditsTransferred { from, to, amount, reason };
            Ok(Some(Event::CreditsTransferred(Box::new(given))))
        }
        TransferWanted::Goods { station, lines } => {
            let unknown = || unknown_station(station, "station");
            let station = state.station(station).ok_or_else(unknown)?;
            goods(state, transfer, station, lines)
        }
    }
}

fn goods(
    state: &State,
    transfer: &Transfer,
    station: StationId,
    wanted: &Lines<BookingLine>,
) -> Result<Option<Event>, Rejection> {
    let (from, to) = parties(state, transfer)?;
    let line = |(at, line): (usize, &BookingLine)| {
        let commodity = state.commodity(&line.commodity);
        let commodity = commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?;
        Ok(GoodsLine { commodity, quantity: line.quantity })
    };
    let lines = wanted.iter().enumerate().map(line).collect::<Result<Box<[_]>, Rejection>>()?;
    let goods = lines.iter().enumerate().map(|(at, line)| (at, line.commodity, line.quantity));
    check_available(state, station, from, goods)?;
    check_room(state, lines.len())?;
    let reason = transfer.reason.clone();
    let given = StockTransferred { station, from, to, lines, reason };
    Ok(Some(Event::StockTransferred(Box::new(given))))
}

/// Who gives and who is given.
fn parties(state: &State, transfer: &Transfer) -> Result<(TraderId, TraderId), Rejection> {
    let party = |name: &Identifier, field| {
        let unknown = || Rejection::UnknownTrader { trader: name.clone(), field };
        state.trader(name).ok_or_else(unknown)
    };
    Ok((party(&transfer.from, "from")?, party(&transfer.to, "to")?))
}
