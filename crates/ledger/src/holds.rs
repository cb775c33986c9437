//! Holds: goods and credits reserved now, settled later, in whole or in part. What was checked when
//! they were reserved cannot fail any more.

use domain::limits::HOLD_EVENTS_MAX;
use domain::{
    BookingLine, Credits, Envelope, Event, HoldReleased, HoldSettled, Lines, PastTrade, Quantity,
    Rejection, Settlement, Side, Text, Timestamp, TradeHeld, TradeLine, TradeRecord,
    TradeRecordLine, TradeStatus, TransactionId,
};

use crate::inventory::{check_available, check_room, unknown_commodity};
use crate::offers;
use crate::state::{Hold, HoldKey, State, reversal_hash};
use crate::timers::Timer;

/// Settles all that is left, or what the lines say. A side that has reserved nothing accepts with
/// this, and must have now what it takes.
pub(crate) fn settle(
    state: &State,
    at: Timestamp,
    past: Option<&PastTrade>,
    settlement: &Settlement,
) -> Result<Option<Event>, Rejection> {
    let hold = open_hold(state, at, past, settlement.trade, TradeStatus::Settled)?;
    let lines = match &settlement.lines {
        Some(wanted) => parts(state, hold, wanted)?,
        None => hold.lines.iter().map(|line| part(line, line.left())).collect(),
    };
    let lines = lines.into_iter().filter(|line| !line.quantity.is_zero()).collect::<Box<[_]>>();
    let total = sum(&lines);
    check_acceptance(state, hold, settlement.lines.is_some(), &lines, total)?;
    let after = settled(hold, &lines);
    let ends = settlement.is_final || after.lines.iter().all(|line| line.left().is_zero());
    if !ends && hold.event_count >= HOLD_EVENTS_MAX {
        let maximum = u64::from(HOLD_EVENTS_MAX);
        return Err(Rejection::LimitReached { limit: "hold_events", maximum });
    }
    if hold.unreserved.is_some() {
        check_room(state, lines.len())?;
    }
    Ok(Some(Event::HoldSettled(Box::new(HoldSettled {
        trade: hold.id,
        previous: hold.last,
        station: hold.station,
        buyer: hold.buyer,
        seller: hold.seller,
        unreserved: hold.unreserved,
        lines,
        total,
        rest: ends.then(|| after.rest()),
    }))))
}

/// What was settled of it stays so.
pub(crate) fn void(
    state: &State,
    at: Timestamp,
    past: Option<&PastTrade>,
    trade: TransactionId,
    reason: Option<&Text>,
) -> Result<Option<Event>, Rejection> {
    let hold = open_hold(state, at, past, trade, TradeStatus::Voided)?;
    Ok(Some(Event::TradeVoided(Box::new(released(hold, reason.cloned())))))
}

/// What its timer fires: its deadline has passed.
pub(crate) fn expire(state: &State, trade: TransactionId) -> Event {
    let Hold(hold) = state.holds.get(&HoldKey(trade)).expect("a timer is of an open hold");
    Event::TradeExpired(Box::new(released(hold, None)))
}

fn released(hold: &TradeRecord, reason: Option<Text>) -> HoldReleased {
    HoldReleased {
        trade: hold.id,
        previous: hold.last,
        station: hold.station,
        buyer: hold.buyer,
        seller: hold.seller,
        rest: hold.rest(),
        reason,
    }
}

/// The hold while it is open; else why it cannot become `to`.
fn open_hold<'a>(
    state: &'a State,
    at: Timestamp,
    past: Option<&PastTrade>,
    trade: TransactionId,
    to: TradeStatus,
) -> Result<&'a TradeRecord, Rejection> {
    if let Some(Hold(hold)) = state.holds.get(&HoldKey(trade)) {
        let expired = hold.expires_at.is_some_and(|deadline| deadline <= at);
        return if expired { Err(Rejection::HoldExpired { trade }) } else { Ok(hold) };
    }
    Err(match status(state, past, trade)? {
        TradeStatus::Settled => Rejection::AlreadySettled { trade },
        TradeStatus::Reversed => Rejection::AlreadyReversed { trade },
        TradeStatus::Expired => Rejection::HoldExpired { trade },
        // Pending: it ended after the past was looked up.
        from @ (TradeStatus::Voided | TradeStatus::Pending) => {
            Rejection::InvalidTradeTransition { from, to }
        }
    })
}

/// The status of a trade that is not open, as far as is known.
pub(crate) fn status(
    state: &State,
    past: Option<&PastTrade>,
    trade: TransactionId,
) -> Result<TradeStatus, Rejection> {
    let past = past.filter(|past| past.record.id == trade);
    let past = past.ok_or(Rejection::UnknownTrade { trade })?;
    let reversed = state.reversals.get(reversal_hash(trade)).is_some();
    Ok(if reversed { TradeStatus::Reversed } else { past.record.status })
}

fn part(line: &TradeRecordLine, quantity: Quantity) -> TradeLine {
    TradeLine { commodity: line.commodity, quantity, unit_price: line.unit_price }
}

/// What the settlement's lines name of the hold's.
fn parts(
    state: &State,
    hold: &TradeRecord,
    wanted: &Lines<BookingLine>,
) -> Result<Box<[TradeLine]>, Rejection> {
    let commodity = |(at, line): (usize, &BookingLine)| {
        let commodity = state.commodity(&line.commodity);
        commodity.ok_or_else(|| unknown_commodity(&line.commodity, at))
    };
    let commodities = wanted.iter().enumerate().map(commodity).collect::<Result<Vec<_>, _>>()?;
    let agreed = |(line, commodity): (usize, domain::CommodityId)| {
        let agreed = hold.lines.iter().find(|agreed| agreed.commodity == commodity);
        agreed.ok_or(Rejection::NotInTrade { commodity, line })
    };
    let agreed = commodities.into_iter().enumerate().map(agreed).collect::<Result<Vec<_>, _>>()?;
    let part = |(line, (agreed, wanted)): (usize, (&TradeRecordLine, &BookingLine))| {
        let (commodity, requested, left) = (agreed.commodity, wanted.quantity, agreed.left());
        if requested > left {
            return Err(Rejection::OverSettlement { commodity, line, requested, left });
        }
        Ok(part(agreed, requested))
    };
    agreed.into_iter().zip(wanted).enumerate().map(part).collect()
}

/// What is paid for these lines: no more than was agreed for all, which is in range.
pub(crate) fn sum(lines: &[TradeLine]) -> Credits {
    lines
        .iter()
        .fold(Credits::ZERO, |sum, line| sum.checked_add(line.total()).unwrap_or(Credits::MAX))
}

/// Whether the side that accepts has what it takes. Where the settlement names no lines, those of the
/// trade are to blame.
fn check_acceptance(
    state: &State,
    hold: &TradeRecord,
    by_line: bool,
    lines: &[TradeLine],
    total: Credits,
) -> Result<(), Rejection> {
    match hold.unreserved {
        None => Ok(()),
        Some(Side::Sell) => {
            let line_of = |at: usize, line: &TradeLine| {
                let of = |agreed: &TradeRecordLine| agreed.commodity == line.commodity;
                if by_line { at } else { hold.lines.iter().position(of).unwrap_or(at) }
            };
            let goods = lines.iter().enumerate();
            let goods = goods.map(|(at, line)| (line_of(at, line), line.commodity, line.quantity));
            check_available(state, hold.station, hold.seller, goods)
        }
        Some(Side::Buy) => {
            let (trader, available) = (hold.buyer, state.balance(hold.buyer));
            if total <= available {
                return Ok(());
            }
            Err(Rejection::InsufficientCredits { trader, requested: total, available })
        }
    }
}

/// The hold when these lines are settled.
fn settled(hold: &TradeRecord, lines: &[TradeLine]) -> TradeRecord {
    let mut after = hold.clone();
    for part in lines {
        let line = after.lines.iter_mut().find(|line| line.commodity == part.commodity);
        let Some(line) = line else { continue };
        line.settled = line.settled.checked_add(part.quantity).unwrap_or(line.quantity);
    }
    after
}

/// Stock entries that are kept free for its settlement. A proposal has none: it costs next to nothing
/// to make, and its acceptance may still be refused.
pub(crate) fn promised_entries(hold: &TradeRecord) -> usize {
    if hold.unreserved.is_some() { 0 } else { hold.lines.len() }
}

pub(crate) fn apply_held(state: &mut State, envelope: &Envelope, held: &TradeHeld) {
    if let Some(terms) = &held.terms {
        offers::apply_taken(state, envelope, terms, &held.lines);
    }
    let record = TradeRecord::held(envelope, held);
    state.arm(record.expires_at, Timer::Hold(record.id));
    state.promised_entries += promised_entries(&record);
    state.open.add_hold(&record);
    state.holds.insert(HoldKey(record.id), Hold(record));
}

/// A settlement; the hold goes on while something is left of it.
pub(crate) fn apply_settled(
    state: &mut State,
    envelope: &Envelope,
    event: &Event,
    settled: &HoldSettled,
) {
    if settled.rest.is_some() {
        return apply_ended(state, settled.trade);
    }
    let hold = state.holds.get_mut(&HoldKey(settled.trade));
    hold.expect("only an open hold is settled").0.apply(envelope, event);
}

/// It was settled, voided, or has expired.
pub(crate) fn apply_ended(state: &mut State, trade: TransactionId) {
    let Hold(hold) = state.holds.remove(&HoldKey(trade)).expect("only an open hold ends");
    state.promised_entries -= promised_entries(&hold);
    state.open.remove_hold(&hold);
    state.disarm(hold.expires_at, Timer::Hold(trade));
}
