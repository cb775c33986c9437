//! `POST /api/trades/{transactionId}/settle`, `/void` and `/reverse`.

use domain::{Action, BookingLine, Settlement, TransactionId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted, checked_lines};
use crate::shape::Fault;
use crate::wire::{Metadata, Name, Positive, Time, Words, objects_or_null};

/// What of a hold is settled: all that is left of it, or some lines.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewSettlement)]
pub(crate) struct SettlementBody {
    /// What, a commodity once each; all that is left if left out.
    #[serde(default, deserialize_with = "objects_or_null::<_, GoodsLineBody, _>")]
    #[schema(value_type = Option<Vec<GoodsLineBody>>, min_items = 1, max_items = 100)]
    lines: Option<Vec<BookingLine>>,
    /// Whether it ends the hold: what is left is released. If left out: true without lines, false
    /// with them. A hold of which nothing is left ends in any case.
    r#final: Option<bool>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// Goods, by commodity and quantity.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewGoodsLine)]
pub(crate) struct GoodsLineBody {
    commodity: Name,
    quantity: Positive,
}

impl From<GoodsLineBody> for BookingLine {
    fn from(line: GoodsLineBody) -> Self {
        Self { commodity: line.commodity.0, quantity: line.quantity.quantity() }
    }
}

impl SettlementBody {
    pub(crate) fn wanted(self, trade: TransactionId) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        let is_whole = self.lines.is_none();
        let lines = self.lines.and_then(|lines| checked_lines(lines, &mut faults));
        if !faults.is_empty() {
            return Err(faults);
        }
        let is_final = self.r#final.unwrap_or(is_whole);
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::SettleTrade(Settlement { trade, lines, is_final })))
    }
}

/// Calls a hold off: what is left of it is released.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewVoid)]
pub(crate) struct VoidBody {
    /// Why, in words.
    reason: Option<Words>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl VoidBody {
    pub(crate) fn wanted(self, trade: TransactionId) -> Wanted {
        let reason = self.reason.map(|Words(reason)| reason);
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::VoidTrade { trade, reason })
    }
}

/// Moves back what a trade moved, once.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewReversal)]
pub(crate) struct ReversalBody {
    /// Why, in words.
    reason: Words,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl ReversalBody {
    pub(crate) fn wanted(self, trade: TransactionId) -> Wanted {
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        tail.with(Action::ReverseTrade { trade, reason: self.reason.0 })
    }
}
