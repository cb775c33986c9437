//! Trades, holds, offers, gifts.

use domain::{
    Charge, CreditsTransferred, HoldReleased, HoldRest, HoldSettled, OfferOpened, OfferRest,
    OfferTaken, Side, StockTransferred, TradeHeld, TradeLine, TradeReversed, TradeSettled,
    TradeTerms,
};

use super::{CHOICE, TAG, VARINT_MAX, goods, id, nested, number, sequence, signed, text, text_if};

#[inline]
pub(super) fn settled(trade: &TradeSettled) -> usize {
    id(trade.station.0)
        + id(trade.buyer.0)
        + id(trade.seller.0)
        + lines(&trade.lines)
        + number(trade.total.get())
        + trade.terms.as_deref().map_or(0, terms)
}

#[inline]
fn lines(lines: &[TradeLine]) -> usize {
    let line = |line: &TradeLine| {
        let amounts = number(line.quantity.get()) + number(line.unit_price.get());
        nested(id(line.commodity.0) + amounts)
    };
    lines.iter().map(line).sum()
}

fn terms(terms: &TradeTerms) -> usize {
    let taken = |taken: &OfferTaken| {
        nested(id(taken.line) + sequence(taken.offer.0) + CHOICE + sequence(taken.previous))
    };
    nested(terms.offers.iter().map(taken).sum::<usize>() + charges(&terms.charges))
}

pub(super) fn charges(charges: &[Charge]) -> usize {
    let charge = |charge: &Charge| {
        nested(id(charge.payer.0) + id(charge.to.0) + number(charge.amount.get()) + CHOICE)
    };
    charges.iter().map(charge).sum()
}

fn side_if(side: Option<Side>) -> usize {
    side.map_or(0, |_| CHOICE)
}

pub(super) fn held(held: &TradeHeld) -> usize {
    id(held.station.0)
        + id(held.buyer.0)
        + id(held.seller.0)
        + lines(&held.lines)
        + number(held.total.get())
        + held.terms.as_deref().map_or(0, terms)
        + signed(held.expires_at.0)
        + side_if(held.proposed_by)
        + side_if(held.unreserved)
}

fn rest(rest: &HoldRest) -> usize {
    nested(goods(&rest.goods) + number(rest.credits.get()) + charges(&rest.charges))
}

pub(super) fn hold_settled(settled: &HoldSettled) -> usize {
    sequence(settled.trade.0)
        + sequence(settled.previous)
        + id(settled.station.0)
        + id(settled.buyer.0)
        + id(settled.seller.0)
        + side_if(settled.unreserved)
        + lines(&settled.lines)
        + number(settled.total.get())
        + settled.rest.as_ref().map_or(0, rest)
}

pub(super) fn hold_released(released: &HoldReleased) -> usize {
    sequence(released.trade.0)
        + sequence(released.previous)
        + id(released.station.0)
        + id(released.buyer.0)
        + id(released.seller.0)
        + rest(&released.rest)
        + text_if(released.reason.as_ref())
}

pub(super) fn reversed(reversed: &TradeReversed) -> usize {
    sequence(reversed.trade.0)
        + sequence(reversed.previous)
        + id(reversed.station.0)
        + id(reversed.buyer.0)
        + id(reversed.seller.0)
        + lines(&reversed.lines)
        + number(reversed.total.get())
        + charges(&reversed.charges)
        + text(&reversed.reason)
}

pub(super) fn offer_opened(opened: &OfferOpened) -> usize {
    id(opened.station.0)
        + id(opened.trader.0)
        + CHOICE
        + id(opened.commodity.0)
        + number(opened.unit_price.get())
        + number(opened.quantity.get())
        + opened.expires_at.map_or(0, |_| TAG + VARINT_MAX)
        + offer_rests(&opened.replaced)
}

pub(super) fn offer_rests(rests: &[OfferRest]) -> usize {
    rests.iter().map(|rest| nested(offer_rest(rest))).sum()
}

pub(super) fn offer_rest(rest: &OfferRest) -> usize {
    sequence(rest.offer.0)
        + sequence(rest.previous)
        + id(rest.station.0)
        + id(rest.trader.0)
        + CHOICE
        + id(rest.commodity.0)
        + number(rest.unit_price.get())
        + number(rest.quantity.get())
}

pub(super) fn credits_transferred(given: &CreditsTransferred) -> usize {
    let reason = text_if(given.reason.as_ref());
    id(given.from.0) + id(given.to.0) + number(given.amount.get()) + reason
}

pub(super) fn stock_transferred(given: &StockTransferred) -> usize {
    let parties = id(given.from.0) + id(given.to.0);
    id(given.station.0) + parties + goods(&given.lines) + text_if(given.reason.as_ref())
}
