//! `POST /api/inventory/{stationId}/adjustments`.

use domain::{Action, Adjustment, Identifier, Quantity, Sink, Source, StockChange, StockLine};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{Amount, Change, ChangeReason, Metadata, Name, Time, Why, Words, objects};

/// Stock changes at one station for one owner, all or nothing.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewAdjustment)]
pub(crate) struct AdjustmentBody {
    /// Whose stock; the station's own if left out.
    owner: Option<Name>,
    /// What changes, a commodity once each.
    #[serde(deserialize_with = "objects::<_, AdjustmentLineBody, _>")]
    #[schema(value_type = Vec<AdjustmentLineBody>, min_items = 1, max_items = 100)]
    lines: Vec<AdjustmentLineBody>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// One stock change. With a reason other than `counted`, `change` is required: above zero for
/// `produced`, `found` and `repaired`, below zero for the others. With `counted`, `count` and
/// `expected` are required instead.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewAdjustmentLine)]
pub(crate) struct AdjustmentLineBody {
    commodity: Name,
    /// By how many units.
    change: Option<Change>,
    /// How many units there are.
    count: Option<Amount>,
    /// How many units were on hand before, as the counter was told.
    expected: Option<Amount>,
    reason: ChangeReason,
}

impl AdjustmentBody {
    pub(crate) fn wanted(self, station: Identifier) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut lines = Vec::with_capacity(self.lines.len());
        for (at, line) in self.lines.into_iter().enumerate() {
            if let Some(change) = line.stock_change(at, &mut faults) {
                lines.push(StockLine { commodity: line.commodity.0, change });
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let Some(lines) = checked_lines(lines, &mut faults) else {
            return Err(faults);
        };
        let owner = self.owner.map(|Name(owner)| owner);
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::Adjust(Adjustment { station, owner, lines })))
    }
}

/// Which sign a reason goes with.
#[derive(Clone, Copy)]
enum Sign {
    Above(fn(Quantity) -> StockChange),
    Below(fn(Quantity) -> StockChange),
    Counted,
}

fn sign(reason: Why) -> Sign {
    match reason {
        Why::Produced => Sign::Above(|units| StockChange::In(Source::Produced, units)),
        Why::Found => Sign::Above(|units| StockChange::In(Source::Found, units)),
        Why::Repaired => Sign::Above(StockChange::Repaired),
        Why::Consumed => Sign::Below(|units| StockChange::Out(Sink::Consumed, units)),
        Why::Lost => Sign::Below(|units| StockChange::Out(Sink::Lost, units)),
        Why::Expired => Sign::Below(|units| StockChange::Out(Sink::Expired, units)),
        Why::Stolen => Sign::Below(|units| StockChange::Out(Sink::Stolen, units)),
        Why::Damaged => Sign::Below(StockChange::Damaged),
        Why::Counted => Sign::Counted,
    }
}

impl AdjustmentLineBody {
    fn stock_change(&self, at: usize, faults: &mut Vec<Fault>) -> Option<StockChange> {
        let word = self.reason.word();
        let before = faults.len();
        let mut fault = |field: &str, flaw: Flaw, detail: String| {
            faults.push(Fault::new(format!("/lines/{at}/{field}"), flaw, detail));
        };
        let (make, wanted, sign_word) = match sign(self.reason.0) {
            Sign::Counted => {
                if self.change.is_some() {
                    fault("change", Flaw::UnknownField, "a count has no change".to_owned());
                }
                for (field, given) in [("count", self.count), ("expected", self.expected)] {
                    if given.is_none() {
                        fault(field, Flaw::MissingField, "a count needs this field".to_owned());
                    }
                }
                let (count, expected) = (self.count?.quantity(), self.expected?.quantity());
                return (faults.len() == before)
                    .then_some(StockChange::Counted { expected, count });
            }
            Sign::Above(make) => (make, 1, "above"),
            Sign::Below(make) => (make, -1, "below"),
        };
        for (field, given) in [("count", self.count), ("expected", self.expected)] {
            if given.is_some() {
                fault(field, Flaw::UnknownField, format!("goes with `counted`, not with `{word}`"));
            }
        }
        match self.change {
            None => fault("change", Flaw::MissingField, format!("`{word}` needs this field")),
            Some(change) if change.sign() != wanted => {
                let detail = format!("must be {sign_word} zero for `{word}`");
                fault("change", Flaw::OutOfRange, detail);
            }
            Some(_) => {}
        }
        let units = self.change?.quantity();
        (faults.len() == before).then(|| make(units))
    }
}
