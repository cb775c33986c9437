//! What is paid beside a price, or for a shipment.

use domain::limits::CHARGES_MAX;
use domain::{ChargeWanted, Charges};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::shape::{Fault, Flaw};
use crate::wire::{ChargeWord, Name, Positive};

/// Credits that are held, and paid with what they belong to.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewCharge)]
pub(crate) struct ChargeBody {
    /// Who pays.
    payer: Name,
    /// Who is paid; not the payer.
    to: Name,
    amount: Positive,
    kind: ChargeWord,
}

impl From<ChargeBody> for ChargeWanted {
    fn from(charge: ChargeBody) -> Self {
        Self {
            payer: charge.payer.0,
            to: charge.to.0,
            amount: charge.amount.credits(),
            kind: charge.kind.0,
        }
    }
}

/// Checks the charges; their faults join the others.
pub(super) fn checked_charges(
    charges: Option<Vec<ChargeWanted>>,
    faults: &mut Vec<Fault>,
) -> Charges {
    let charges = charges.unwrap_or_default();
    for (at, charge) in charges.iter().enumerate().take(CHARGES_MAX) {
        if charge.payer == charge.to {
            let detail = "must be another than the payer";
            faults.push(Fault::new(format!("/charges/{at}/to"), Flaw::SameParty, detail));
        }
    }
    Charges::new(charges).unwrap_or_else(|error| {
        faults.push(Fault::new("/charges".to_owned(), Flaw::LineCount, error.to_string()));
        Charges::default()
    })
}
