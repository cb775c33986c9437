//! The proof of conservation: all that came into being is somewhere.

use domain::{CommodityId, Quantity, Scope, Sink, Source, StockAccount};
use table::{Frozen, Paged};

use crate::accounts::CreditTotals;
use crate::inventory::{EntryKey, Stock};
use crate::{AsOf, Balance, Views};

/// Units of one commodity that came from and went to the named accounts; they only grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flows {
    /// Units made.
    pub produced: Quantity,
    /// Units counted or met with, and not known before.
    pub found: Quantity,
    /// Units used up.
    pub consumed: Quantity,
    /// Units gone.
    pub lost: Quantity,
    /// Units past their time.
    pub expired: Quantity,
    /// Units taken.
    pub stolen: Quantity,
}

/// Where all units of one commodity are. Sums are of 128 bits: a broken one must show, not wrap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommodityAudit {
    /// Which one.
    pub commodity: CommodityId,
    /// Where units came from and where they went.
    pub flows: Flows,
    /// Units available, at all stations.
    pub available: u128,
    /// Units reserved, at all stations.
    pub reserved: u128,
    /// Units unavailable, at all stations.
    pub unavailable: u128,
    /// Units under way.
    pub in_transit: u128,
}

impl CommodityAudit {
    /// Units at all stations: available, reserved and unavailable.
    pub fn on_hand(&self) -> u128 {
        self.available + self.reserved + self.unavailable
    }

    /// Whether produced + found = on hand + in transit + consumed + lost + expired + stolen.
    pub fn balanced(&self) -> bool {
        let sum = |quantities: &[Quantity]| -> u128 {
            quantities.iter().map(|one| u128::from(one.get())).sum()
        };
        let flows = &self.flows;
        let gone = sum(&[flows.consumed, flows.lost, flows.expired, flows.stolen]);
        sum(&[flows.produced, flows.found]) == self.on_hand() + self.in_transit + gone
    }
}

/// Where all credits are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CreditAudit {
    /// Credits that came into being.
    pub issued: u128,
    /// Credits that ceased to be.
    pub retired: u128,
    /// The sum of what all traders are free to spend.
    pub available: u128,
    /// The sum of what is held of all traders.
    pub held: u128,
}

impl CreditAudit {
    /// The sum of all balances: available and held.
    pub fn balances(&self) -> u128 {
        self.available + self.held
    }

    /// Whether issued - retired = all balances.
    pub fn balanced(&self) -> bool {
        self.issued == self.retired + self.balances()
    }
}

/// The proof, at one sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The sequence it holds at.
    pub as_of: AsOf,
    /// Every commodity, in the order of creation.
    pub commodities: Vec<CommodityAudit>,
    /// Credits.
    pub credits: CreditAudit,
    /// Whether all of it is balanced.
    pub balanced: bool,
}

/// Sources and sinks of every commodity, folded from movements.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    flows: Paged<Flows>,
}

impl Sums {
    pub(crate) fn restored(flows: Paged<Flows>) -> Self {
        Self { flows }
    }

    pub(crate) fn freeze(&self) -> Frozen<Flows> {
        self.flows.freeze()
    }

    /// Opens the next commodity's accounts.
    pub(crate) fn open(&mut self) {
        self.flows.push(Flows::default());
    }

    #[inline]
    pub(crate) fn fold(
        &mut self,
        commodity: CommodityId,
        quantity: Quantity,
        from: StockAccount,
        to: StockAccount,
    ) {
        for account in [from, to] {
            let total = match account {
                StockAccount::Level { .. } => continue,
                StockAccount::Source(Source::Produced) => &mut self.of(commodity).produced,
                StockAccount::Source(Source::Found) => &mut self.of(commodity).found,
                StockAccount::Sink(Sink::Consumed) => &mut self.of(commodity).consumed,
                StockAccount::Sink(Sink::Lost) => &mut self.of(commodity).lost,
                StockAccount::Sink(Sink::Expired) => &mut self.of(commodity).expired,
                StockAccount::Sink(Sink::Stolen) => &mut self.of(commodity).stolen,
            };
            *total = total
                .checked_add(quantity)
                .expect("what comes into being of a commodity never exceeds the greatest amount");
        }
    }

    fn of(&mut self, commodity: CommodityId) -> &mut Flows {
        self.flows.get_mut(commodity.index()).expect("goods move of commodities that exist")
    }
}

/// What a proof is made of, frozen at one sequence.
struct Evidence {
    as_of: AsOf,
    flows: Frozen<Flows>,
    entries: Frozen<(EntryKey, Stock)>,
    balances: Frozen<Balance>,
    totals: CreditTotals,
}

impl Views {
    /// Adds everything up. Frozen at one sequence and summed outside the lock: 2 million entries
    /// take about ten milliseconds. `None` for whoever may not see the whole network.
    pub fn audit(&self, scope: Scope<'_>) -> Option<Audit> {
        if !scope.is_network() {
            return None;
        }
        let state = self.read();
        let (balances, totals) = state.accounts.freeze();
        let evidence = Evidence {
            as_of: state.as_of(),
            flows: state.sums.freeze(),
            entries: state.inventory.freeze_entries(),
            balances,
            totals,
        };
        drop(state);
        Some(evidence.add_up())
    }
}

impl Evidence {
    fn add_up(&self) -> Audit {
        let audit = |(number, flows): (u32, &Flows)| CommodityAudit {
            commodity: CommodityId(number),
            flows: *flows,
            ..CommodityAudit::default()
        };
        let mut commodities: Vec<_> = (0..).zip(self.flows.iter()).map(audit).collect();
        for ((_, _, commodity), stock) in self.entries.iter() {
            let of = commodities
                .get_mut(*commodity as usize)
                .expect("stock is of commodities that exist");
            of.available += u128::from(stock.available.get());
            of.reserved += u128::from(stock.reserved.get());
            of.unavailable += u128::from(stock.unavailable.get());
            of.in_transit += u128::from(stock.incoming.get());
        }
        let each = self.balances.iter();
        let credits = CreditAudit {
            issued: u128::from(self.totals.issued.get()),
            retired: u128::from(self.totals.retired.get()),
            available: each.clone().map(|balance| u128::from(balance.available.get())).sum(),
            held: each.map(|balance| u128::from(balance.held.get())).sum(),
        };
        let balanced = credits.balanced() && commodities.iter().all(CommodityAudit::balanced);
        Audit { as_of: self.as_of, commodities, credits, balanced }
    }
}
