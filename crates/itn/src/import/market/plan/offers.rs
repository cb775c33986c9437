//! What stations promise: observed prices as offers.
//!
//! An offer is the price of a row with the quantity last known by then: what the station asks, for
//! its stock; what it pays, for its demand. So a row without a quantity keeps the last one, at the
//! row's price. No price, nothing left, or a quantity never seen: no offer, and an open one is
//! withdrawn. The planner knows what is open, so that a row that changes nothing posts nothing.
//!
//! The credits that buy offers hold are issued apart from those that pay for trades: trades are the
//! same with or without offers, and so are their keys.

use std::collections::BTreeMap;

use super::{ISSUE_STEP, PlannedLine, Row, worth};

/// Which side of the market a station is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// It asks.
    Sell,
    /// It pays.
    Buy,
}

impl Side {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sell => "sell",
            Self::Buy => "buy",
        }
    }

    pub(super) const fn post_step(self) -> &'static str {
        match self {
            Self::Sell => "offer-sell",
            Self::Buy => "offer-buy",
        }
    }

    pub(super) const fn withdraw_step(self) -> &'static str {
        match self {
            Self::Sell => "withdraw-sell",
            Self::Buy => "withdraw-buy",
        }
    }
}

/// What an offer promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Promise {
    pub(super) price: u64,
    pub(super) quantity: u64,
}

impl Promise {
    /// The promise of a price and a quantity, if both are there.
    pub(super) fn of(price: Option<u64>, quantity: Option<u64>) -> Option<Self> {
        let quantity = quantity.filter(|quantity| *quantity > 0)?;
        price.map(|price| Self { price, quantity })
    }
}

/// What is open of one commodity at one station.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Open {
    pub(super) sell: Option<Promise>,
    pub(super) buy: Option<Promise>,
}

/// Credits issued to a station for its buy offers, and how much of them these hold.
#[derive(Debug, Default)]
struct Purse {
    issued: u64,
    held: u64,
}

/// The purses of all stations.
#[derive(Debug, Default)]
pub(super) struct Purses(BTreeMap<String, Purse>);

impl Open {
    /// Makes the station's sell offer what it shall be.
    pub(super) fn sell(
        &mut self,
        row: Row<'_>,
        promise: Option<Promise>,
        lines: &mut Vec<PlannedLine>,
    ) {
        lines.extend(change(row, Side::Sell, self.sell, promise));
        self.sell = promise;
    }

    /// Makes the station's buy offer what it shall be, with credits issued first if it needs more.
    pub(super) fn buy(
        &mut self,
        row: Row<'_>,
        promise: Option<Promise>,
        purses: &mut Purses,
        lines: &mut Vec<PlannedLine>,
    ) {
        lines.extend(purses.hold(row, self.buy, promise));
        lines.extend(change(row, Side::Buy, self.buy, promise));
        self.buy = promise;
    }
}

fn change(
    row: Row<'_>,
    side: Side,
    open: Option<Promise>,
    wanted: Option<Promise>,
) -> Option<PlannedLine> {
    match (open, wanted) {
        (_, Some(wanted)) if open != Some(wanted) => Some(row.post(side, wanted)),
        (Some(_), None) => Some(row.withdraw(side)),
        (_, _) => None,
    }
}

impl Purses {
    fn hold(
        &mut self,
        row: Row<'_>,
        open: Option<Promise>,
        wanted: Option<Promise>,
    ) -> Option<PlannedLine> {
        let value = |promise: Option<Promise>| {
            promise.and_then(|promise| worth(promise.quantity, promise.price)).unwrap_or(0)
        };
        let purse = self.0.entry(row.station.to_owned()).or_default();
        purse.held = purse.held - value(open) + value(wanted);
        let missing = purse.held.checked_sub(purse.issued).filter(|missing| *missing > 0)?;
        let issued = missing.next_multiple_of(ISSUE_STEP);
        purse.issued += issued;
        Some(row.credits("issued-to-hold", row.station, issued))
    }
}
