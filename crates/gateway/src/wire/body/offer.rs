//! `POST /api/offers`, and withdrawals in bulk.

use domain::{Action, OfferId, PostOffer};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Metadata, Name, Seconds, SideWord, Time, Words};

/// A posted price, which reserves what it promises.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewOffer)]
pub(crate) struct OfferBody {
    /// Where.
    station: Name,
    /// Whose offer; the station's own if left out.
    trader: Option<Name>,
    side: SideWord,
    commodity: Name,
    /// Credits a unit.
    unit_price: Amount,
    /// How much; 0 only with `replace`, and then it only withdraws.
    quantity: Amount,
    /// When it ends by itself; until it is filled or withdrawn if left out.
    expires_in_seconds: Option<Seconds>,
    /// Whether it takes the place of the trader's open offers of this side and commodity here.
    replace: Option<bool>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl OfferBody {
    pub(crate) fn wanted(self) -> Result<Wanted, Vec<Fault>> {
        let replace = self.replace.unwrap_or(false);
        let quantity = self.quantity.quantity();
        if quantity.is_zero() && !replace {
            let detail = "must be at least 1, but with `replace`";
            return Err(vec![Fault::new("/quantity".to_owned(), Flaw::OutOfRange, detail)]);
        }
        let post = PostOffer {
            station: self.station.0,
            trader: self.trader.map(|Name(trader)| trader),
            side: self.side.0,
            commodity: self.commodity.0,
            unit_price: self.unit_price.credits(),
            quantity,
            lifetime: self.expires_in_seconds.and_then(Seconds::lifetime),
            replace,
        };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::PostOffer(post)))
    }
}

/// Withdraws an open offer; a line of bulk alone has such a body.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewWithdrawal)]
pub(crate) struct WithdrawalBody {
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl WithdrawalBody {
    pub(crate) fn wanted(self, offer: OfferId) -> Wanted {
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::WithdrawOffer(offer))
    }
}
