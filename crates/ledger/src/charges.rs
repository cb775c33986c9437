//! Charges: credits paid beside the price of a trade, or for a shipment. And what a command takes
//! out of each account, all its parts together.

use domain::limits::CHARGES_MAX;
use domain::{Charge, ChargeWanted, Charges, Credits, Identifier, Rejection, TraderId};

use crate::State;

/// The fields that name a payer, by the place of their charge.
const PAYERS: [&str; CHARGES_MAX] = [
    "charges/0/payer",
    "charges/1/payer",
    "charges/2/payer",
    "charges/3/payer",
    "charges/4/payer",
    "charges/5/payer",
    "charges/6/payer",
    "charges/7/payer",
    "charges/8/payer",
    "charges/9/payer",
];

/// The fields that name who is paid, by the place of their charge.
const PAID: [&str; CHARGES_MAX] = [
    "charges/0/to",
    "charges/1/to",
    "charges/2/to",
    "charges/3/to",
    "charges/4/to",
    "charges/5/to",
    "charges/6/to",
    "charges/7/to",
    "charges/8/to",
    "charges/9/to",
];

/// Nobody pays itself. The first check of a command with charges, beside that of its own parties.
pub(crate) fn check_parties(charges: &Charges) -> Result<(), Rejection> {
    let differ = charges.iter().all(|charge| charge.payer != charge.to);
    if differ { Ok(()) } else { Err(Rejection::SameParty) }
}

/// The charges with numbers for names: the check after that of the command's own traders. Whether
/// the payers have so much is for [`Outflows`] to say.
pub(crate) fn resolve(state: &State, charges: &Charges) -> Result<Box<[Charge]>, Rejection> {
    let trader = |name: &Identifier, field| {
        let unknown = || Rejection::UnknownTrader { trader: name.clone(), field };
        state.trader(name).ok_or_else(unknown)
    };
    let fields = PAYERS.into_iter().zip(PAID);
    let charge = |(charge, (payer, to)): (&ChargeWanted, (&'static str, &'static str))| {
        Ok(Charge {
            payer: trader(&charge.payer, payer)?,
            to: trader(&charge.to, to)?,
            amount: charge.amount,
            kind: charge.kind,
        })
    };
    charges.iter().zip(fields).map(charge).collect()
}

/// What a command takes out of each account, in the order in which they are first named. Nothing is
/// set against what the same command pays in.
#[derive(Debug, Default)]
pub(crate) struct Outflows(Vec<(TraderId, u128)>);

impl Outflows {
    /// So much out of the account, beside what goes out of it already.
    pub(crate) fn add(&mut self, trader: TraderId, amount: Credits) {
        let amount = u128::from(amount.get());
        match self.0.iter_mut().find(|(payer, _)| *payer == trader) {
            Some((_, sum)) => *sum += amount,
            None => self.0.push((trader, amount)),
        }
    }

    /// Each charge out of the account of its payer.
    pub(crate) fn add_charges(&mut self, charges: &[Charge]) {
        for charge in charges {
            self.add(charge.payer, charge.amount);
        }
    }

    /// Whether every account has as much free; the first that has not is to blame. A sum that no
    /// account could hold is told as the most that one can.
    pub(crate) fn check(&self, state: &State) -> Result<(), Rejection> {
        for (trader, sum) in &self.0 {
            let available = state.balance(*trader);
            if *sum > u128::from(available.get()) {
                let sum = u64::try_from(*sum).ok().and_then(|sum| Credits::new(sum).ok());
                let (trader, requested) = (*trader, sum.unwrap_or(Credits::MAX));
                return Err(Rejection::InsufficientCredits { trader, requested, available });
            }
        }
        Ok(())
    }
}
