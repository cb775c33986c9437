//! What is asked of trades and offers, in as few words as a test needs.

use domain::{
    Action, BookingLine, Lifetime, Lines, OfferId, PostOffer, Settlement, Side, TransactionId,
    Transfer, TransferWanted,
};

use super::asks::{credits, name, text, units};

/// A second of network time.
pub(super) const SECOND: i64 = 1_000_000;

/// Belt sells at ceres.
pub(super) fn sell(commodity: &'static str, quantity: u64, price: u64) -> PostAsk {
    PostAsk { trader: Some("belt"), side: Side::Sell, ..PostAsk::of(commodity, quantity, price) }
}

/// Acme buys at ceres.
pub(super) fn buy(commodity: &'static str, quantity: u64, price: u64) -> PostAsk {
    PostAsk { trader: Some("acme"), side: Side::Buy, ..PostAsk::of(commodity, quantity, price) }
}

#[derive(Clone)]
pub(super) struct PostAsk {
    station: &'static str,
    trader: Option<&'static str>,
    side: Side,
    commodity: &'static str,
    quantity: u64,
    price: u64,
    seconds: Option<u32>,
    replace: bool,
}

impl PostAsk {
    fn of(commodity: &'static str, quantity: u64, price: u64) -> Self {
        let (station, trader, side) = ("ceres", None, Side::Sell);
        Self { station, trader, side, commodity, quantity, price, seconds: None, replace: false }
    }

    pub(super) fn at(mut self, station: &'static str) -> Self {
        self.station = station;
        self
    }

    pub(super) fn trader(mut self, trader: &'static str) -> Self {
        self.trader = Some(trader);
        self
    }

    pub(super) fn no_trader(mut self) -> Self {
        self.trader = None;
        self
    }

    pub(super) fn lasting(mut self, seconds: u32) -> Self {
        self.seconds = Some(seconds);
        self
    }

    pub(super) fn replacing(mut self) -> Self {
        self.replace = true;
        self
    }
}

impl From<PostAsk> for Action {
    fn from(ask: PostAsk) -> Self {
        Self::PostOffer(PostOffer {
            station: name(ask.station),
            trader: ask.trader.map(name),
            side: ask.side,
            commodity: name(ask.commodity),
            unit_price: credits(ask.price),
            quantity: units(ask.quantity),
            lifetime: ask.seconds.map(|seconds| Lifetime::new(seconds).unwrap()),
            replace: ask.replace,
        })
    }
}

pub(super) fn withdraw(offer: OfferId) -> Action {
    Action::WithdrawOffer(offer)
}

fn goods(lines: &[(&str, u64)]) -> Lines<BookingLine> {
    let line = |(commodity, quantity): &(&str, u64)| BookingLine {
        commodity: name(commodity),
        quantity: units(*quantity),
    };
    Lines::new(lines.iter().map(line).collect()).unwrap()
}

/// All that is left.
pub(super) fn settle(trade: TransactionId) -> Action {
    Action::SettleTrade(Settlement { trade, lines: None, is_final: true })
}

/// So much, and the rest stays held.
pub(super) fn settle_part(trade: TransactionId, lines: &[(&str, u64)]) -> Action {
    Action::SettleTrade(Settlement { trade, lines: Some(goods(lines)), is_final: false })
}

/// So much, and the rest is released.
pub(super) fn settle_last(trade: TransactionId, lines: &[(&str, u64)]) -> Action {
    Action::SettleTrade(Settlement { trade, lines: Some(goods(lines)), is_final: true })
}

pub(super) fn void(trade: TransactionId) -> Action {
    Action::VoidTrade { trade, reason: Some(text("called off")) }
}

pub(super) fn reverse(trade: TransactionId) -> Action {
    Action::ReverseTrade { trade, reason: text("a mistake") }
}

pub(super) fn give_credits(from: &str, to: &str, amount: u64) -> Action {
    let what = TransferWanted::Credits(credits(amount));
    Action::Transfer(Transfer { from: name(from), to: name(to), what, reason: None })
}

/// At ceres.
pub(super) fn give_goods(from: &str, to: &str, lines: &[(&str, u64)]) -> Action {
    let what = TransferWanted::Goods { station: name("ceres"), lines: goods(lines) };
    Action::Transfer(Transfer { from: name(from), to: name(to), what, reason: None })
}
