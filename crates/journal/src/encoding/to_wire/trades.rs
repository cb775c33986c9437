//! Trades, holds, offers, gifts.

use domain::{
    Charge, ChargeKind, CreditsTransferred, HoldReleased, HoldRest, HoldSettled, OfferOpened,
    OfferRest, OfferTaken, Side, StockTransferred, TradeHeld, TradeLine, TradeReversed,
    TradeSettled, TradeTerms,
};

use super::{Encoded, goods, goods_line, text_if, time, time_if};
use crate::encoding::{
    check_charges, check_lines, check_offers_taken, check_replaced, check_rest, check_withdrawn,
    wire,
};

pub(super) fn settled(trade: &TradeSettled) -> Encoded<wire::TradeSettled> {
    let terms = trade.terms.as_deref().map(|terms| self::terms(terms, trade.lines.len()));
    Ok(wire::TradeSettled {
        station: trade.station.0,
        buyer: trade.buyer.0,
        seller: trade.seller.0,
        lines: lines(&trade.lines)?,
        total: trade.total.get(),
        terms: terms.transpose()?.map(Box::new),
    })
}

fn lines(lines: &[TradeLine]) -> Encoded<Vec<wire::TradeLine>> {
    check_lines(lines.len())?;
    let line = |line: &TradeLine| wire::TradeLine {
        commodity: line.commodity.0,
        quantity: line.quantity.get(),
        unit_price: line.unit_price.get(),
    };
    Ok(lines.iter().map(line).collect())
}

fn terms(terms: &TradeTerms, line_count: usize) -> Encoded<wire::TradeTerms> {
    check_offers_taken(&terms.offers, line_count)?;
    let taken = |taken: &OfferTaken| wire::OfferTaken {
        line: taken.line,
        offer: taken.offer.0.0,
        side: side(taken.side),
        previous: taken.previous.0,
    };
    Ok(wire::TradeTerms {
        offers: terms.offers.iter().map(taken).collect(),
        charges: charges(&terms.charges)?,
    })
}

pub(super) fn charges(charges: &[Charge]) -> Encoded<Vec<wire::Charge>> {
    check_charges(charges)?;
    let charge = |charge: &Charge| wire::Charge {
        payer: charge.payer.0,
        to: charge.to.0,
        amount: charge.amount.get(),
        kind: charge_kind(charge.kind).into(),
    };
    Ok(charges.iter().map(charge).collect())
}

fn charge_kind(kind: ChargeKind) -> wire::ChargeKind {
    match kind {
        ChargeKind::Tax => wire::ChargeKind::Tax,
        ChargeKind::Docking => wire::ChargeKind::Docking,
        ChargeKind::Freight => wire::ChargeKind::Freight,
        ChargeKind::Insurance => wire::ChargeKind::Insurance,
        ChargeKind::Other => wire::ChargeKind::Other,
    }
}

fn side(side: Side) -> i32 {
    let side = match side {
        Side::Sell => wire::Side::Sell,
        Side::Buy => wire::Side::Buy,
    };
    side.into()
}

pub(super) fn held(held: &TradeHeld) -> Encoded<wire::TradeHeld> {
    let terms = held.terms.as_deref().map(|terms| self::terms(terms, held.lines.len()));
    Ok(wire::TradeHeld {
        station: held.station.0,
        buyer: held.buyer.0,
        seller: held.seller.0,
        lines: lines(&held.lines)?,
        total: held.total.get(),
        terms: terms.transpose()?.map(Box::new),
        expires_at: time(held.expires_at, "the deadline of a hold")?,
        proposed_by: held.proposed_by.map(side),
        unreserved: held.unreserved.map(side),
    })
}

fn rest(rest: &HoldRest) -> Encoded<wire::HoldRest> {
    check_rest(rest.goods.len())?;
    Ok(wire::HoldRest {
        goods: rest.goods.iter().map(goods_line).collect(),
        credits: rest.credits.get(),
        charges: charges(&rest.charges)?,
    })
}

pub(super) fn hold_settled(settled: &HoldSettled) -> Encoded<wire::HoldSettled> {
    Ok(wire::HoldSettled {
        trade: settled.trade.0.0,
        previous: settled.previous.0,
        station: settled.station.0,
        buyer: settled.buyer.0,
        seller: settled.seller.0,
        unreserved: settled.unreserved.map(side),
        lines: lines(&settled.lines)?,
        total: settled.total.get(),
        rest: settled.rest.as_ref().map(rest).transpose()?.map(Box::new),
    })
}

pub(super) fn hold_released(released: &HoldReleased) -> Encoded<wire::HoldReleased> {
    Ok(wire::HoldReleased {
        trade: released.trade.0.0,
        previous: released.previous.0,
        station: released.station.0,
        buyer: released.buyer.0,
        seller: released.seller.0,
        rest: Some(rest(&released.rest)?),
        reason: text_if(released.reason.as_ref()),
    })
}

pub(super) fn reversed(reversed: &TradeReversed) -> Encoded<wire::TradeReversed> {
    Ok(wire::TradeReversed {
        trade: reversed.trade.0.0,
        previous: reversed.previous.0,
        station: reversed.station.0,
        buyer: reversed.buyer.0,
        seller: reversed.seller.0,
        lines: lines(&reversed.lines)?,
        total: reversed.total.get(),
        charges: charges(&reversed.charges)?,
        reason: reversed.reason.as_str().to_owned(),
    })
}

pub(super) fn offer_opened(opened: &OfferOpened) -> Encoded<wire::OfferOpened> {
    check_replaced(opened.replaced.len())?;
    Ok(wire::OfferOpened {
        station: opened.station.0,
        trader: opened.trader.0,
        side: side(opened.side),
        commodity: opened.commodity.0,
        unit_price: opened.unit_price.get(),
        quantity: opened.quantity.get(),
        expires_at: time_if(opened.expires_at, "the deadline of an offer")?,
        replaced: opened.replaced.iter().map(offer_rest).collect(),
    })
}

pub(super) fn offer_rest(rest: &OfferRest) -> wire::OfferRest {
    wire::OfferRest {
        offer: rest.offer.0.0,
        previous: rest.previous.0,
        station: rest.station.0,
        trader: rest.trader.0,
        side: side(rest.side),
        commodity: rest.commodity.0,
        unit_price: rest.unit_price.get(),
        quantity: rest.quantity.get(),
    }
}

pub(super) fn offers_withdrawn(rests: &[OfferRest]) -> Encoded<wire::OffersWithdrawn> {
    check_withdrawn(rests.len())?;
    Ok(wire::OffersWithdrawn { offers: rests.iter().map(offer_rest).collect() })
}

pub(super) fn credits_transferred(given: &CreditsTransferred) -> wire::CreditsTransferred {
    wire::CreditsTransferred {
        from: given.from.0,
        to: given.to.0,
        amount: given.amount.get(),
        reason: text_if(given.reason.as_ref()),
    }
}

pub(super) fn stock_transferred(given: &StockTransferred) -> Encoded<wire::StockTransferred> {
    Ok(wire::StockTransferred {
        station: given.station.0,
        from: given.from.0,
        to: given.to.0,
        lines: goods(&given.lines)?,
        reason: text_if(given.reason.as_ref()),
    })
}
