//! Double entry: what an event moves, from which account to which.
//!
//! Ledger, views, audit and verify all fold this one function, so that they cannot disagree. Every
//! movement takes from one account what it gives to another: each event balances alone.

use crate::{
    Bucket, CommodityId, Credits, Event, Quantity, Route, ShipmentBooked, ShipmentChange,
    ShipmentChanged, Sink, Source, StationId, StockAdjusted, StockChange, TradeSettled, TraderId,
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
    /// A trader's balance.
    Balance(TraderId),
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
            credits(*amount, CreditAccount::Issued, CreditAccount::Balance(*trader), &mut visit);
        }
        Event::CreditsRetired { trader, amount } => {
            credits(*amount, CreditAccount::Balance(*trader), CreditAccount::Retired, &mut visit);
        }
        Event::NetworkCreated(_)
        | Event::KeyCreated { .. }
        | Event::KeyRevoked { .. }
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

fn of_trade(trade: &TradeSettled, visit: &mut impl FnMut(Movement)) {
    let at =
        |owner| StockAccount::Level { station: trade.station, owner, bucket: Bucket::Available };
    for line in &trade.lines {
        goods(line.commodity, line.quantity, at(trade.seller), at(trade.buyer), visit);
    }
    let (from, to) = (CreditAccount::Balance(trade.buyer), CreditAccount::Balance(trade.seller));
    credits(trade.total, from, to, visit);
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
}

fn of_shipment(changed: &ShipmentChanged, visit: &mut impl FnMut(Movement)) {
    let accounts = CargoAccounts::of(changed.route);
    let (lines, from, to) = match &changed.change {
        ShipmentChange::Departed { lines, .. } => {
            (lines, accounts.reserved_at_origin, accounts.in_transit)
        }
        ShipmentChange::Lost { lines, .. } => {
            (lines, accounts.in_transit, StockAccount::Sink(Sink::Lost))
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
            }
            return;
        }
        ShipmentChange::Loaded
        | ShipmentChange::Position(_)
        | ShipmentChange::Estimated { .. }
        | ShipmentChange::Delayed { .. }
        | ShipmentChange::Arrived => return,
    };
    for line in lines {
        goods(line.commodity, line.quantity, from, to, visit);
    }
}

#[cfg(test)]
mod tests;
