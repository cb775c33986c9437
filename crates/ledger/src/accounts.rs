//! Credits: their making and unmaking.

use domain::{CreditChange, Event, Identifier, Rejection};

use crate::State;

pub(crate) fn change(
    state: &State,
    name: &Identifier,
    change: CreditChange,
) -> Result<Option<Event>, Rejection> {
    let unknown = || Rejection::UnknownTrader { trader: name.clone(), field: "trader" };
    let trader = state.trader(name).ok_or_else(unknown)?;
    match change {
        CreditChange::Issue(amount) => {
            let issued = state.issued.checked_add(amount);
            issued.ok_or(Rejection::AmountOverflow { line: None })?;
            Ok(Some(Event::CreditsIssued { trader, amount }))
        }
        CreditChange::Retire(amount) => {
            let available = state.balance(trader);
            if amount > available {
                return Err(Rejection::InsufficientCredits {
                    trader,
                    requested: amount,
                    available,
                });
            }
            Ok(Some(Event::CreditsRetired { trader, amount }))
        }
    }
}
