//! Credits: balances of traders, and where credits come from and go.
//!
//! Folds movements alone. Must not know what they were for.

use domain::{CreditAccount, Credits, TraderId};
use table::{Frozen, Paged};

/// All accounts of credits.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    /// By trader.
    balances: Paged<Credits>,
    totals: CreditTotals,
}

/// The accounts of credits that only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CreditTotals {
    pub(crate) issued: Credits,
    pub(crate) retired: Credits,
}

impl Accounts {
    pub(crate) fn restored(balances: Paged<Credits>, totals: CreditTotals) -> Self {
        Self { balances, totals }
    }

    pub(crate) fn balance(&self, trader: TraderId) -> Option<Credits> {
        self.balances.get(trader.index()).copied()
    }

    pub(crate) fn freeze(&self) -> (Frozen<Credits>, CreditTotals) {
        (self.balances.freeze(), self.totals)
    }

    /// Opens the next trader's account.
    pub(crate) fn open(&mut self) {
        self.balances.push(Credits::ZERO);
    }

    pub(crate) fn fold(&mut self, amount: Credits, from: CreditAccount, to: CreditAccount) {
        match from {
            CreditAccount::Balance(trader) => {
                let balance = self.balance_mut(trader);
                *balance = balance
                    .checked_sub(amount)
                    .expect("no event takes more credits than a balance has");
            }
            CreditAccount::Issued => grow(&mut self.totals.issued, amount),
            CreditAccount::Retired => unreachable!("retired credits never come back"),
        }
        match to {
            CreditAccount::Balance(trader) => grow(self.balance_mut(trader), amount),
            CreditAccount::Retired => grow(&mut self.totals.retired, amount),
            CreditAccount::Issued => unreachable!("credits are not given back to their source"),
        }
    }

    fn balance_mut(&mut self, trader: TraderId) -> &mut Credits {
        self.balances.get_mut(trader.index()).expect("credits move between traders that exist")
    }
}

fn grow(sum: &mut Credits, amount: Credits) {
    *sum = sum.checked_add(amount).expect("issued credits never exceed the greatest amount");
}
