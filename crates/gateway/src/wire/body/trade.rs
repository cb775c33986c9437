//! `POST /api/trades`.

use domain::{Action, Trade, TradeLineWanted};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Metadata, Name, Positive, Time, Words, objects};

/// A direct trade, all or nothing: goods change owner at the station, credits the other way.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTrade)]
pub(crate) struct TradeBody {
    /// Where the goods are and stay.
    station: Name,
    /// Who pays.
    buyer: Name,
    /// Who gives.
    seller: Name,
    /// What, a commodity once each.
    #[serde(deserialize_with = "objects::<_, TradeLineBody, _>")]
    #[schema(value_type = Vec<TradeLineBody>, min_items = 1, max_items = 100)]
    lines: Vec<TradeLineWanted>,
    /// Not supported yet.
    #[schema(value_type = Option<Object>)]
    hold: Option<IgnoredAny>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// One line of a trade.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTradeLine)]
pub(crate) struct TradeLineBody {
    commodity: Name,
    quantity: Positive,
    /// Credits a unit.
    unit_price: Amount,
}

impl From<TradeLineBody> for TradeLineWanted {
    fn from(line: TradeLineBody) -> Self {
        Self {
            commodity: line.commodity.0,
            quantity: line.quantity.quantity(),
            unit_price: line.unit_price.credits(),
        }
    }
}

impl TradeBody {
    pub(crate) fn wanted(self) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        if self.hold.is_some() {
            let detail = "holds are not supported yet: leave the field out to trade at once";
            faults.push(Fault::new("/hold".to_owned(), Flaw::NotSupported, detail));
        }
        let lines = checked_lines(self.lines, &mut faults);
        let Some(lines) = lines.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let trade =
            Trade { station: self.station.0, buyer: self.buyer.0, seller: self.seller.0, lines };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::Trade(trade)))
    }
}
