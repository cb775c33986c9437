//! Credits: what traders are free to spend and what is held of theirs, and where credits come from
//! and go.
//!
//! Folds movements alone. Must not know what they were for.

use domain::{CreditAccount, Credits, TraderId};
use table::{Frozen, Paged};

/// A trader's credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Free to be spent.
    pub available: Credits,
    /// Held for holds, buy offers and charges.
    pub held: Credits,
}

impl Balance {
    /// All of them.
    pub fn total(self) -> Credits {
        // All credits together never exceed the greatest amount.
        self.available.checked_add(self.held).unwrap_or(Credits::MAX)
    }
}

/// All accounts of credits.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// By trader.
    balances: Paged<Balance>,
    totals: CreditTotals,
}

/// The accounts of credits that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CreditTotals {
    pub(crate) issued: Credits,
    pub(crate) retired: Credits,
}

impl Accounts {
    pub(crate) fn restored(balances: Paged<Balance>, totals: CreditTotals) -> Self {
        Self { balances, totals }
    }

    pub(crate) fn balance(&self, trader: TraderId) -> Option<Balance> {
        self.balances.get(trader.index()).copied()
    }

    pub(crate) fn freeze(&self) -> (Frozen<Balance>, CreditTotals) {
        (self.balances.freeze(), self.totals)
    }

    /// Opens the next trader's account.
    pub(crate) fn open(&mut self) {
        self.balances.push(Balance::default());
    }

    pub(crate) fn fold(&mut self, amount: Credits, from: CreditAccount, to: CreditAccount) {
        match from {
            CreditAccount::Available(trader) => {
                shrink(&mut self.balance_mut(trader).available, amount);
            }
            CreditAccount::Held(trader) => shrink(&mut self.balance_mut(trader).held, amount),
            CreditAccount::Issued => grow(&mut self.totals.issued, amount),
            CreditAccount::Retired => unreachable!("retired credits never come back"),
        }
        match to {
            CreditAccount::Available(trader) => {
                grow(&mut self.balance_mut(trader).available, amount);
            }
            CreditAccount::Held(trader) => grow(&mut self.balance_mut(trader).held, amount),
            CreditAccount::Retired => grow(&mut self.totals.retired, amount),
            CreditAccount::Issued => unreachable!("credits are not given back to their source"),
        }
    }

    /// Brings these accounts into the processor's cache.
    pub(crate) fn warm(&self, traders: &[TraderId]) {
        let read = |trader: &TraderId| {
            let available = self.balances.get(trader.index()).map_or(0, |it| it.available.get());
            available ^ self.balances.touch_page(trader.index()) as u64
        };
        std::hint::black_box(traders.iter().fold(0, |seen, trader| seen ^ read(trader)));
    }

    fn balance_mut(&mut self, trader: TraderId) -> &mut Balance {
        self.balances.get_mut(trader.index()).expect("credits move between traders that exist")
    }
}

fn shrink(sum: &mut Credits, amount: Credits) {
    *sum = sum.checked_sub(amount).expect("no event takes more credits than an account has");
}

fn grow(sum: &mut Credits, amount: Credits) {
    *sum = sum.checked_add(amount).expect("issued credits never exceed the greatest amount");
}
