//! Stock outside trades: production, consumption, damage, counts.

use domain::limits::STOCK_ENTRIES_MAX;
use domain::{
    Adjustment, CommodityId, Event, Identifier, Quantity, Rejection, StationId, StockAdjusted,
    StockChange, TraderId,
};

use crate::state::{State, StockKey};

/// Checks every line against the state: a commodity stands in one line alone.
pub(crate) fn adjust(state: &State, adjustment: &Adjustment) -> Result<Option<Event>, Rejection> {
    let station = state.station(&adjustment.station);
    let station = station.ok_or_else(|| unknown_station(&adjustment.station, "station"))?;
    let owner = adjustment.owner.as_ref().unwrap_or(&adjustment.station);
    let unknown = || Rejection::UnknownTrader { trader: owner.clone(), field: "owner" };
    let owner = state.trader(owner).ok_or_else(unknown)?;
    let line = |(at, line): (usize, &domain::StockLine)| {
        let commodity = state.commodity(&line.commodity);
        Ok((commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))?, line.change))
    };
    let lines = adjustment.lines.iter().enumerate().map(line);
    let lines = lines.collect::<Result<Box<[_]>, Rejection>>()?;
    for (at, (commodity, change)) in lines.iter().enumerate() {
        check_count(state, station, owner, at, *commodity, *change)?;
    }
    for (at, (commodity, change)) in lines.iter().enumerate() {
        check_source(state, at, *commodity, *change)?;
    }
    for (at, (commodity, change)) in lines.iter().enumerate() {
        check_goods(state, station, owner, at, *commodity, *change)?;
    }
    check_room(state, lines.len())?;
    Ok(Some(Event::StockAdjusted(StockAdjusted { station, owner, lines })))
}

fn check_count(
    state: &State,
    station: StationId,
    owner: TraderId,
    line: usize,
    commodity: CommodityId,
    change: StockChange,
) -> Result<(), Rejection> {
    let StockChange::Counted { expected, .. } = change else { return Ok(()) };
    let actual = state.level(StockKey { station, owner, commodity }).on_hand();
    if expected == actual { Ok(()) } else { Err(Rejection::CountStale { line, expected, actual }) }
}

/// Produced and found together stay within 2^53-1, so that no later movement can overflow.
fn check_source(
    state: &State,
    line: usize,
    commodity: CommodityId,
    change: StockChange,
) -> Result<(), Rejection> {
    let more = match change {
        StockChange::In(_, quantity) => quantity,
        StockChange::Counted { expected, count } => count.checked_sub(expected).unwrap_or_default(),
        StockChange::Out(..) | StockChange::Damaged(_) | StockChange::Repaired(_) => return Ok(()),
    };
    let sum = state.sourced(commodity).checked_add(more);
    sum.map(|_| ()).ok_or(Rejection::AmountOverflow { line: Some(line) })
}

fn check_goods(
    state: &State,
    station: StationId,
    owner: TraderId,
    line: usize,
    commodity: CommodityId,
    change: StockChange,
) -> Result<(), Rejection> {
    let level = state.level(StockKey { station, owner, commodity });
    let (requested, available) = match change {
        StockChange::In(..) => return Ok(()),
        StockChange::Out(_, quantity) | StockChange::Damaged(quantity) => {
            (quantity, level.available)
        }
        StockChange::Repaired(quantity) => (quantity, level.unavailable),
        StockChange::Counted { expected, count } => {
            (expected.checked_sub(count).unwrap_or_default(), level.available)
        }
    };
    if requested <= available {
        return Ok(());
    }
    Err(Rejection::InsufficientStock { line, station, owner, commodity, requested, available })
}

/// Whether the owner has each of these available at the station, by line.
#[inline]
pub(crate) fn check_available(
    state: &State,
    station: StationId,
    owner: TraderId,
    lines: impl Iterator<Item = (usize, CommodityId, Quantity)>,
) -> Result<(), Rejection> {
    for (line, commodity, requested) in lines {
        let available = state.level(StockKey { station, owner, commodity }).available;
        if requested > available {
            return Err(Rejection::InsufficientStock {
                line,
                station,
                owner,
                commodity,
                requested,
                available,
            });
        }
    }
    Ok(())
}

/// Whether as many new stock entries still fit. It asks for more room than may be needed rather
/// than looking up which entries there are already; what open holds may need stays theirs.
pub(crate) fn check_room(state: &State, entries: usize) -> Result<(), Rejection> {
    if state.stock.len() + state.promised_entries + entries <= STOCK_ENTRIES_MAX {
        return Ok(());
    }
    Err(Rejection::LimitReached { limit: "stock_entries", maximum: STOCK_ENTRIES_MAX as u64 })
}

pub(crate) fn unknown_station(station: &Identifier, field: &'static str) -> Rejection {
    Rejection::UnknownStation { station: station.clone(), field }
}

pub(crate) fn unknown_commodity(commodity: &Identifier, line: usize) -> Rejection {
    Rejection::UnknownCommodity { commodity: commodity.clone(), line }
}
