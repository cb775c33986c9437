//! Trades, holds, offers, gifts.

use domain::{
    Charge, ChargeKind, CommodityId, CreditsTransferred, HoldReleased, HoldRest, HoldSettled,
    OfferId, OfferOpened, OfferRest, OfferTaken, Sequence, Side, StationId, StockTransferred,
    TradeHeld, TradeLine, TradeReversed, TradeSettled, TradeTerms, TraderId, TransactionId,
};

use super::{
    Decoded, credits, each, goods, goods_line, instant, instant_if, quantity, text, text_if,
};
use crate::encoding::{
    EncodingError, check_charges, check_offers_taken, check_replaced, check_rest, check_withdrawn,
    wire,
};

pub(super) fn settled(trade: &wire::TradeSettled) -> Decoded<TradeSettled> {
    let terms = trade.terms.as_deref().map(|terms| self::terms(terms, trade.lines.len()));
    Ok(TradeSettled {
        station: StationId(trade.station),
        buyer: TraderId(trade.buyer),
        seller: TraderId(trade.seller),
        lines: lines(&trade.lines)?,
        total: credits(trade.total)?,
        terms: terms.transpose()?.map(Box::new),
    })
}

fn lines(lines: &[wire::TradeLine]) -> Decoded<Box<[TradeLine]>> {
    super::lines(lines, |line| {
        Ok(TradeLine {
            commodity: CommodityId(line.commodity),
            quantity: quantity(line.quantity)?,
            unit_price: credits(line.unit_price)?,
        })
    })
}

fn terms(terms: &wire::TradeTerms, line_count: usize) -> Decoded<TradeTerms> {
    let offers = each(&terms.offers, |taken| {
        Ok(OfferTaken {
            line: taken.line,
            offer: OfferId(Sequence(taken.offer)),
            side: side(taken.side)?,
            previous: Sequence(taken.previous),
        })
    })?;
    check_offers_taken(&offers, line_count)?;
    Ok(TradeTerms { offers, charges: charges(&terms.charges)? })
}

pub(super) fn charges(charges: &[wire::Charge]) -> Decoded<Box<[Charge]>> {
    let charges = each(charges, |charge| {
        Ok(Charge {
            payer: TraderId(charge.payer),
            to: TraderId(charge.to),
            amount: credits(charge.amount)?,
            kind: charge_kind(charge.kind)?,
        })
    })?;
    check_charges(&charges)?;
    Ok(charges)
}

fn charge_kind(kind: i32) -> Decoded<ChargeKind> {
    Ok(match wire::ChargeKind::try_from(kind) {
        Ok(wire::ChargeKind::Tax) => ChargeKind::Tax,
        Ok(wire::ChargeKind::Docking) => ChargeKind::Docking,
        Ok(wire::ChargeKind::Freight) => ChargeKind::Freight,
        Ok(wire::ChargeKind::Insurance) => ChargeKind::Insurance,
        Ok(wire::ChargeKind::Other) => ChargeKind::Other,
        Ok(wire::ChargeKind::Unspecified) => {
            return Err(EncodingError::Missing("what a charge is for"));
        }
        Err(_) => return Err(EncodingError::Newer("this kind of charge")),
    })
}

fn side(side: i32) -> Decoded<Side> {
    match wire::Side::try_from(side) {
        Ok(wire::Side::Sell) => Ok(Side::Sell),
        Ok(wire::Side::Buy) => Ok(Side::Buy),
        Ok(wire::Side::Unspecified) => Err(EncodingError::Missing("a side")),
        Err(_) => Err(EncodingError::Newer("this side")),
    }
}

fn side_if(side: Option<i32>) -> Decoded<Option<Side>> {
    side.map(self::side).transpose()
}

pub(super) fn held(held: &wire::TradeHeld) -> Decoded<TradeHeld> {
    let terms = held.terms.as_deref().map(|terms| self::terms(terms, held.lines.len()));
    Ok(TradeHeld {
        station: StationId(held.station),
        buyer: TraderId(held.buyer),
        seller: TraderId(held.seller),
        lines: lines(&held.lines)?,
        total: credits(held.total)?,
        terms: terms.transpose()?.map(Box::new),
        expires_at: instant(held.expires_at, "the deadline of a hold")?,
        proposed_by: side_if(held.proposed_by)?,
        unreserved: side_if(held.unreserved)?,
    })
}

fn rest(rest: &wire::HoldRest) -> Decoded<HoldRest> {
    check_rest(rest.goods.len())?;
    Ok(HoldRest {
        goods: each(&rest.goods, goods_line)?,
        credits: credits(rest.credits)?,
        charges: charges(&rest.charges)?,
    })
}

pub(super) fn hold_settled(settled: &wire::HoldSettled) -> Decoded<HoldSettled> {
    Ok(HoldSettled {
        trade: TransactionId(Sequence(settled.trade)),
        previous: Sequence(settled.previous),
        station: StationId(settled.station),
        buyer: TraderId(settled.buyer),
        seller: TraderId(settled.seller),
        unreserved: side_if(settled.unreserved)?,
        lines: lines(&settled.lines)?,
        total: credits(settled.total)?,
        rest: settled.rest.as_deref().map(rest).transpose()?,
    })
}

pub(super) fn hold_released(released: wire::HoldReleased) -> Decoded<HoldReleased> {
    let rest = released.rest.as_ref().ok_or(EncodingError::Missing("what a hold releases"))?;
    Ok(HoldReleased {
        trade: TransactionId(Sequence(released.trade)),
        previous: Sequence(released.previous),
        station: StationId(released.station),
        buyer: TraderId(released.buyer),
        seller: TraderId(released.seller),
        rest: self::rest(rest)?,
        reason: text_if(released.reason, "a reason")?,
    })
}

pub(super) fn reversed(reversed: &wire::TradeReversed) -> Decoded<TradeReversed> {
    Ok(TradeReversed {
        trade: TransactionId(Sequence(reversed.trade)),
        previous: Sequence(reversed.previous),
        station: StationId(reversed.station),
        buyer: TraderId(reversed.buyer),
        seller: TraderId(reversed.seller),
        lines: lines(&reversed.lines)?,
        total: credits(reversed.total)?,
        charges: charges(&reversed.charges)?,
        reason: text(&reversed.reason, "a reason")?,
    })
}

pub(super) fn offer_opened(opened: &wire::OfferOpened) -> Decoded<OfferOpened> {
    check_replaced(opened.replaced.len())?;
    Ok(OfferOpened {
        station: StationId(opened.station),
        trader: TraderId(opened.trader),
        side: side(opened.side)?,
        commodity: CommodityId(opened.commodity),
        unit_price: credits(opened.unit_price)?,
        quantity: quantity(opened.quantity)?,
        expires_at: instant_if(opened.expires_at, "the deadline of an offer")?,
        replaced: each(&opened.replaced, offer_rest)?,
    })
}

pub(super) fn offer_rest(rest: &wire::OfferRest) -> Decoded<OfferRest> {
    Ok(OfferRest {
        offer: OfferId(Sequence(rest.offer)),
        previous: Sequence(rest.previous),
        station: StationId(rest.station),
        trader: TraderId(rest.trader),
        side: side(rest.side)?,
        commodity: CommodityId(rest.commodity),
        unit_price: credits(rest.unit_price)?,
        quantity: quantity(rest.quantity)?,
    })
}

pub(super) fn offers_withdrawn(withdrawn: &wire::OffersWithdrawn) -> Decoded<Box<[OfferRest]>> {
    check_withdrawn(withdrawn.offers.len())?;
    each(&withdrawn.offers, offer_rest)
}

pub(super) fn credits_transferred(given: wire::CreditsTransferred) -> Decoded<CreditsTransferred> {
    Ok(CreditsTransferred {
        from: TraderId(given.from),
        to: TraderId(given.to),
        amount: credits(given.amount)?,
        reason: text_if(given.reason, "a reason")?,
    })
}

pub(super) fn stock_transferred(given: wire::StockTransferred) -> Decoded<StockTransferred> {
    Ok(StockTransferred {
        station: StationId(given.station),
        from: TraderId(given.from),
        to: TraderId(given.to),
        lines: goods(&given.lines)?,
        reason: text_if(given.reason, "a reason")?,
    })
}
