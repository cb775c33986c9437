//! `POST /api/traders/{id}/credits`.

use domain::{Action, CreditChange, Identifier};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::shape::{Fault, Flaw};
use crate::wire::{Change, Credit, CreditReason, Metadata, Time, Words};

/// Credits made or unmade.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewCreditChange)]
pub(crate) struct CreditsBody {
    /// Above zero for `issued`, below zero for `retired`.
    change: Change,
    reason: CreditReason,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl CreditsBody {
    pub(crate) fn wanted(self, trader: Identifier) -> Result<Wanted, Vec<Fault>> {
        let amount = self.change.credits();
        let change = match (self.reason.0, self.change.sign()) {
            (Credit::Issued, 1) => CreditChange::Issue(amount),
            (Credit::Retired, -1) => CreditChange::Retire(amount),
            (Credit::Issued, _) => return Err(vec![wrong_sign("must be above zero for `issued`")]),
            (Credit::Retired, _) => {
                return Err(vec![wrong_sign("must be below zero for `retired`")]);
            }
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::ChangeCredits { trader, change }))
    }
}

fn wrong_sign(detail: &'static str) -> Fault {
    Fault::new("/change".to_owned(), Flaw::OutOfRange, detail)
}
