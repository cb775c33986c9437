//! Reversals: what a trade has moved is moved back, once, however old it is.
//!
//! Ended trades are not in memory: the command brings what is known of them, which may lag behind.
//! The window of reversals knows what happened since.

use domain::{Envelope, Event, PastTrade, Rejection, Text, TradeLine, TradeReversed, TradeStatus};
use domain::{TradeRecord, TradeRecordLine, TransactionId};
use table::KeyEntry;

use crate::charges::Outflows;
use crate::holds::{status, sum};
use crate::inventory::{check_available, check_room};
use crate::state::{HoldKey, State, reversal_hash};

pub(crate) fn reverse(
    state: &State,
    past: Option<&PastTrade>,
    trade: TransactionId,
    reason: &Text,
) -> Result<Option<Event>, Rejection> {
    let to = TradeStatus::Reversed;
    if state.holds.get(&HoldKey(trade)).is_some() {
        let from = TradeStatus::Pending;
        return Err(Rejection::InvalidTradeTransition { from, to });
    }
    let unknown = Rejection::UnknownTrade { trade };
    let (from, past) = (status(state, past, trade)?, past.ok_or(unknown)?);
    match from {
        TradeStatus::Reversed => return Err(Rejection::AlreadyReversed { trade }),
        TradeStatus::Settled => {}
        TradeStatus::Voided | TradeStatus::Expired if past.record.is_settled_in_part() => {}
        TradeStatus::Voided | TradeStatus::Expired | TradeStatus::Pending => {
            return Err(Rejection::InvalidTradeTransition { from, to });
        }
    }
    let reversed = reversed(&past.record, reason);
    let goods = reversed.lines.iter().enumerate();
    let goods = goods.map(|(at, line)| (at, line.commodity, line.quantity));
    check_available(state, reversed.station, reversed.buyer, goods)?;
    let mut outflows = Outflows::default();
    outflows.add(reversed.seller, reversed.total);
    for charge in &reversed.charges {
        outflows.add(charge.to, charge.amount);
    }
    outflows.check(state)?;
    check_room(state, reversed.lines.len())?;
    check_known(state, past)?;
    Ok(Some(Event::TradeReversed(Box::new(reversed))))
}

fn reversed(record: &TradeRecord, reason: &Text) -> TradeReversed {
    let line = |line: &TradeRecordLine| TradeLine {
        commodity: line.commodity,
        quantity: line.settled,
        unit_price: line.unit_price,
    };
    let lines = record.lines.iter().map(line).filter(|line| !line.quantity.is_zero());
    let lines = lines.collect::<Box<[_]>>();
    TradeReversed {
        trade: record.id,
        previous: record.last,
        station: record.station,
        buyer: record.buyer,
        seller: record.seller,
        total: sum(&lines),
        lines,
        charges: if record.charges_paid { record.charges().into() } else { Box::default() },
        reason: reason.clone(),
    }
}

/// Whatever the window has forgotten is older than all it remembers: what is known of the trade must
/// be no older than that, or it could have been reversed without a trace.
fn check_known(state: &State, past: &PastTrade) -> Result<(), Rejection> {
    let window = &state.reversals;
    let is_full = window.len() as u64 >= u64::from(window.capacity());
    let oldest = window.iter().next().map_or(0, |entry| entry.sequence);
    if !is_full || past.as_of.next().0 >= oldest {
        return Ok(());
    }
    let maximum = u64::from(window.capacity());
    Err(Rejection::LimitReached { limit: "reversals_in_flight", maximum })
}

pub(crate) fn apply(state: &mut State, envelope: &Envelope, reversed: &TradeReversed) {
    let hash = reversal_hash(reversed.trade);
    state.reversals.push(KeyEntry { hash, fingerprint: 0, sequence: envelope.sequence.0 });
}
