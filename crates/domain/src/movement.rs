//! Double entry: what an event moves, from which account to which.
//!
//! Ledger, views, audit and verify all fold this one function, so that they cannot disagree. Every
//! movement takes from one account what it gives to another: each event balances alone.

use crate::{
    Bucket, Charge, ChargesEnd, CommodityId, Credits, Event, HoldReleased, HoldRest, HoldSettled,
    LossCause, OfferRest, OfferTaken, Quantity, Route, ShipmentBooked, ShipmentChange,
    ShipmentChanged, Side, Sink, Source, StationId, StockAdjusted, StockChange, StockTransferred,
    TradeHeld, TradeReversed, TradeSettled, TradeTerms, TraderId,
};

/// An account of goods, for one commodity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StockAccount {
    /// A part of the stock of an owner at a station. Goods in transit are `Incoming` there.
    Level {
        /// Where.
        station: StationId,
        /// Whose.
        owner: TraderId,
        /// Which part.
        bucket: Bucket,
    },
    /// Where goods come from.
    Source(Source),
    /// Where goods go.
    Sink(Sink),
}

/// An account of credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CreditAccount {
    /// What a trader is free to spend.
    Available(TraderId),
    /// What is held of a trader's for holds, buy offers and charges.
    Held(TraderId),
    /// Where credits come from.
    Issued,
    /// Where credits go.
    Retired,
}

/// One movement, out of one account into another; never of nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Movement {
    /// Goods moved.
    Goods {
        /// What.
        commodity: CommodityId,
        /// How much, at least 1.
        quantity: Quantity,
        /// Out of here.
        from: StockAccount,
        /// Into there.
        to: StockAccount,
    },
    /// Credits moved.
    Credits {
        /// How many, at least 1.
        amount: Credits,
        /// Out of here.
        from: CreditAccount,
        /// Into there.
        to: CreditAccount,
    },
}

/// Calls `visit` with each movement of the event, in the order of its lines.
#[inline]
pub fn movements(event: &Event, mut visit: impl FnMut(Movement)) {
    match event {
        Event::TradeSettled(trade) => of_trade(trade, &mut visit),
        Event::StockAdjusted(adjusted) => of_adjustment(adjusted, &mut visit),
        Event::ShipmentBooked(booked) => of_booking(booked, &mut visit),
        Event::ShipmentChanged(changed) => of_shipment(changed, &mut visit),
        Event::CreditsIssued { trader, amount } => {
            credits(*amount, CreditAccount::Issued, CreditAccount::Available(*trader), &mut visit);
        }
        Event::CreditsRetired { trader, amount } => {
            credits(*amount, CreditAccount::Available(*trader), CreditAccount::Retired, &mut visit);
        }
        Event::CreditsTransferred(given) => {
            let (from, to) = (free(given.from), free(given.to));
            credits(given.amount, from, to, &mut visit);
        }
        Event::StockTransferred(given) => of_gift(given, &mut visit),
        Event::TradeHeld(held) => of_hold(held, &mut visit),
        Event::HoldSettled(settled) => of_settlement(settled, &mut visit),
        Event::TradeVoided(released) | Event::TradeExpired(released) => {
            of_release(released, &mut visit);
        }
        Event::TradeReversed(reversed) => of_reversal(reversed, &mut visit),
        Event::OfferOpened(opened) => {
            opened.replaced.iter().for_each(|rest| of_offer_end(rest, &mut visit));
            let (station, trader) = (opened.station, opened.trader);
            match opened.side {
                Side::Sell => {
                    let at = |bucket| StockAccount::Level { station, owner: trader, bucket };
                    let (from, to) = (at(Bucket::Available), at(Bucket::Reserved));
                    goods(opened.commodity, opened.quantity, from, to, &mut visit);
                }
                Side::Buy => {
                    let amount = opened.unit_price.times(opened.quantity).unwrap_or(Credits::MAX);
                    credits(amount, free(trader), CreditAccount::Held(trader), &mut visit);
                }
            }
        }
        Event::OffersWithdrawn(rests) => {
            rests.iter().for_each(|rest| of_offer_end(rest, &mut visit));
        }
        Event::OfferExpired(rest) => of_offer_end(rest, &mut visit),
        Event::OfferFilled { .. }
        | Event::VesselCreated { .. }
        | Event::VesselUpdated { .. }
        | Event::AlertRuleSet(_)
        | Event::AlertRuleDeleted { .. }
        | Event::AlertFired(_)
        | Event::AlertChanged(_)
        | Event::AlertAcknowledged(_)
        | Event::AlertResolved(_)
        | Event::NetworkCreated(_)
        | Event::KeyCreated { .. }
        | Event::KeyRevoked { .. }
        | Event::KeyExpired { .. }
        | Event::KeyUpdated { .. }
        | Event::GrantUpdated { .. }
        | Event::StationCreated { .. }
        | Event::StationUpdated { .. }
        | Event::CommodityCreated { .. }
        | Event::CommodityUpdated { .. }
        | Event::TraderCreated { .. }
        | Event::TraderUpdated { .. } => {}
    }
}

fn goods(
    commodity: CommodityId,
    quantity: Quantity,
    from: StockAccount,
    to: StockAccount,
    visit: &mut impl FnMut(Movement),
) {
    if !quantity.is_zero() {
        visit(Movement::Goods { commodity, quantity, from, to });
    }
}

fn credits(
    amount: Credits,
    from: CreditAccount,
    to: CreditAccount,
    visit: &mut impl FnMut(Movement),
) {
    if !amount.is_zero() {
        visit(Movement::Credits { amount, from, to });
    }
}

/// What a trader is free to spend.
const fn free(trader: TraderId) -> CreditAccount {
    CreditAccount::Available(trader)
}

fn of_trade(trade: &TradeSettled, visit: &mut impl FnMut(Movement)) {
    let at =
        |owner| StockAccount::Level { station: trade.station, owner, bucket: Bucket::Available };
    let Some(terms) = &trade.terms else {
        for line in &trade.lines {
            goods(line.commodity, line.quantity, at(trade.seller), at(trade.buyer), visit);
        }
        return credits(trade.total, free(trade.buyer), free(trade.seller), visit);
    };
    let owner = trade.seller;
    let reserved = StockAccount::Level { station: trade.station, owner, bucket: Bucket::Reserved };
    for (taken, line) in with_offers(terms, &trade.lines) {
        let side = taken.map(|taken| taken.side);
        let from = if side == Some(Side::Sell) { reserved } else { at(trade.seller) };
        goods(line.commodity, line.quantity, from, at(trade.buyer), visit);
        let held = side == Some(Side::Buy);
        let from = if held { CreditAccount::Held(trade.buyer) } else { free(trade.buyer) };
        credits(line.total(), from, free(trade.seller), visit);
    }
    for charge in &terms.charges {
        credits(charge.amount, free(charge.payer), free(charge.to), visit);
    }
}

/// Each line with the offer it took, if it took one.
fn with_offers<'a>(
    terms: &'a TradeTerms,
    lines: &'a [crate::TradeLine],
) -> impl Iterator<Item = (Option<&'a OfferTaken>, &'a crate::TradeLine)> {
    let mut offers = terms.offers.iter().peekable();
    (0_u32..).zip(lines).map(move |(at, line)| (offers.next_if(|taken| taken.line == at), line))
}

fn of_hold(held: &TradeHeld, visit: &mut impl FnMut(Movement)) {
    let (station, owner) = (held.station, held.seller);
    let at = |bucket| StockAccount::Level { station, owner, bucket };
    let (promised, pay) = (CreditAccount::Held(held.buyer), free(held.buyer));
    let empty = TradeTerms::default();
    let terms = held.terms.as_deref().unwrap_or(&empty);
    for (taken, line) in with_offers(terms, &held.lines) {
        // What an offer had reserved is reserved already.
        let side = taken.map(|taken| taken.side);
        if side != Some(Side::Sell) && held.unreserved != Some(Side::Sell) {
            let (from, to) = (at(Bucket::Available), at(Bucket::Reserved));
            goods(line.commodity, line.quantity, from, to, visit);
        }
        if side != Some(Side::Buy) && held.unreserved != Some(Side::Buy) {
            credits(line.total(), pay, promised, visit);
        }
    }
    for charge in &terms.charges {
        credits(charge.amount, free(charge.payer), CreditAccount::Held(charge.payer), visit);
    }
}

fn of_settlement(settled: &HoldSettled, visit: &mut impl FnMut(Movement)) {
    let (station, buyer, seller) = (settled.station, settled.buyer, settled.seller);
    let level = |owner, bucket| StockAccount::Level { station, owner, bucket };
    let from = match settled.unreserved {
        Some(Side::Sell) => Bucket::Available,
        Some(Side::Buy) | None => Bucket::Reserved,
    };
    let pay = match settled.unreserved {
        Some(Side::Buy) => free(buyer),
        Some(Side::Sell) | None => CreditAccount::Held(buyer),
    };
    for line in &settled.lines {
        let (from, to) = (level(seller, from), level(buyer, Bucket::Available));
        goods(line.commodity, line.quantity, from, to, visit);
    }
    credits(settled.total, pay, free(seller), visit);
    let Some(rest) = &settled.rest else { return };
    release(station, buyer, seller, rest, visit);
    paid(&rest.charges, visit);
}

fn of_release(released: &HoldReleased, visit: &mut impl FnMut(Movement)) {
    let HoldReleased { station, buyer, seller, rest, .. } = released;
    release(*station, *buyer, *seller, rest, visit);
    unpaid(&rest.charges, visit);
}

/// Goods and credits that are reserved no more; of the charges the caller disposes.
fn release(
    station: StationId,
    buyer: TraderId,
    seller: TraderId,
    rest: &HoldRest,
    visit: &mut impl FnMut(Movement),
) {
    let at = |bucket| StockAccount::Level { station, owner: seller, bucket };
    for line in &rest.goods {
        let (from, to) = (at(Bucket::Reserved), at(Bucket::Available));
        goods(line.commodity, line.quantity, from, to, visit);
    }
    credits(rest.credits, CreditAccount::Held(buyer), free(buyer), visit);
}

/// Charges that were held are paid.
fn paid(charges: &[Charge], visit: &mut impl FnMut(Movement)) {
    for charge in charges {
        credits(charge.amount, CreditAccount::Held(charge.payer), free(charge.to), visit);
    }
}

/// Charges that were held are released.
fn unpaid(charges: &[Charge], visit: &mut impl FnMut(Movement)) {
    for charge in charges {
        credits(charge.amount, CreditAccount::Held(charge.payer), free(charge.payer), visit);
    }
}

fn of_reversal(reversed: &TradeReversed, visit: &mut impl FnMut(Movement)) {
    let station = reversed.station;
    let at = |owner| StockAccount::Level { station, owner, bucket: Bucket::Available };
    for line in &reversed.lines {
        goods(line.commodity, line.quantity, at(reversed.buyer), at(reversed.seller), visit);
    }
    credits(reversed.total, free(reversed.seller), free(reversed.buyer), visit);
    for charge in &reversed.charges {
        credits(charge.amount, free(charge.to), free(charge.payer), visit);
    }
}

fn of_offer_end(rest: &OfferRest, visit: &mut impl FnMut(Movement)) {
    let (station, owner) = (rest.station, rest.trader);
    match rest.side {
        Side::Sell => {
            let at = |bucket| StockAccount::Level { station, owner, bucket };
            let (from, to) = (at(Bucket::Reserved), at(Bucket::Available));
            goods(rest.commodity, rest.quantity, from, to, visit);
        }
        Side::Buy => {
            let amount = rest.unit_price.times(rest.quantity).unwrap_or(Credits::MAX);
            credits(amount, CreditAccount::Held(owner), free(owner), visit);
        }
    }
}

fn of_gift(given: &StockTransferred, visit: &mut impl FnMut(Movement)) {
    let station = given.station;
    let at = |owner| StockAccount::Level { station, owner, bucket: Bucket::Available };
    for line in &given.lines {
        goods(line.commodity, line.quantity, at(given.from), at(given.to), visit);
    }
}

fn of_adjustment(adjusted: &StockAdjusted, visit: &mut impl FnMut(Movement)) {
    let at =
        |bucket| StockAccount::Level { station: adjusted.station, owner: adjusted.owner, bucket };
    let (available, unavailable) = (at(Bucket::Available), at(Bucket::Unavailable));
    for (commodity, change) in &adjusted.lines {
        let (quantity, from, to) = match *change {
            StockChange::In(source, quantity) => {
                (quantity, StockAccount::Source(source), available)
            }
            StockChange::Out(sink, quantity) => (quantity, available, StockAccount::Sink(sink)),
            StockChange::Damaged(quantity) => (quantity, available, unavailable),
            StockChange::Repaired(quantity) => (quantity, unavailable, available),
            StockChange::Counted { expected, count } => match count.checked_sub(expected) {
                Some(more) => (more, StockAccount::Source(Source::Found), available),
                None => (
                    expected.checked_sub(count).unwrap_or_default(),
                    available,
                    StockAccount::Sink(Sink::Lost),
                ),
            },
        };
        goods(*commodity, quantity, from, to, visit);
    }
}

/// The accounts that cargo passes through.
struct CargoAccounts {
    available_at_origin: StockAccount,
    reserved_at_origin: StockAccount,
    in_transit: StockAccount,
    available_at_destination: StockAccount,
    unavailable_at_destination: StockAccount,
}

impl CargoAccounts {
    fn of(route: Route) -> Self {
        let owner = route.owner;
        let at = |station, bucket| StockAccount::Level { station, owner, bucket };
        Self {
            available_at_origin: at(route.origin, Bucket::Available),
            reserved_at_origin: at(route.origin, Bucket::Reserved),
            in_transit: at(route.destination, Bucket::Incoming),
            available_at_destination: at(route.destination, Bucket::Available),
            unavailable_at_destination: at(route.destination, Bucket::Unavailable),
        }
    }
}

fn of_booking(booked: &ShipmentBooked, visit: &mut impl FnMut(Movement)) {
    let accounts = CargoAccounts::of(booked.route);
    for line in &booked.lines {
        let (from, to) = (accounts.available_at_origin, accounts.reserved_at_origin);
        goods(line.commodity, line.quantity, from, to, visit);
    }
    for charge in &booked.charges {
        credits(charge.amount, free(charge.payer), CreditAccount::Held(charge.payer), visit);
    }
}

fn of_shipment(changed: &ShipmentChanged, visit: &mut impl FnMut(Movement)) {
    of_cargo(changed, visit);
    match &changed.charges {
        ChargesEnd::None => {}
        ChargesEnd::Paid(charges) => paid(charges, visit),
        ChargesEnd::Released(charges) => unpaid(charges, visit),
    }
}

fn of_cargo(changed: &ShipmentChanged, visit: &mut impl FnMut(Movement)) {
    let accounts = CargoAccounts::of(changed.route);
    let (lines, from, to) = match &changed.change {
        ShipmentChange::Departed { lines, .. } => {
            (lines, accounts.reserved_at_origin, accounts.in_transit)
        }
        ShipmentChange::Lost { lines, cause, .. } => {
            let sink = match cause {
                LossCause::Lost => Sink::Lost,
                LossCause::Stolen => Sink::Stolen,
            };
            (lines, accounts.in_transit, StockAccount::Sink(sink))
        }
        ShipmentChange::Found { lines, .. } => {
            (lines, StockAccount::Source(Source::Found), accounts.in_transit)
        }
        ShipmentChange::Returned { lines, .. } => {
            (lines, accounts.in_transit, accounts.available_at_origin)
        }
        ShipmentChange::Cancelled { lines, .. } => {
            (lines, accounts.reserved_at_origin, accounts.available_at_origin)
        }
        ShipmentChange::Received { lines, .. } => {
            let from = accounts.in_transit;
            for line in lines {
                let (good, bad) =
                    (accounts.available_at_destination, accounts.unavailable_at_destination);
                goods(line.commodity, line.accepted, from, good, visit);
                goods(line.commodity, line.rejected, from, bad, visit);
                goods(line.commodity, line.found, StockAccount::Source(Source::Found), good, visit);
            }
            return;
        }
        ShipmentChange::Loaded
        | ShipmentChange::Position(_)
        | ShipmentChange::Estimated { .. }
        | ShipmentChange::Delayed { .. }
        | ShipmentChange::Held { .. }
        | ShipmentChange::Released
        | ShipmentChange::Arrived => return,
    };
    for line in lines {
        goods(line.commodity, line.quantity, from, to, visit);
    }
}

#[cfg(test)]
mod tests;
