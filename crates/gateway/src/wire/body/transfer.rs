//! `POST /api/transfers`.

use domain::{Action, BookingLine, Transfer, TransferWanted};
use serde::Deserialize;
use utoipa::ToSchema;

use super::hold::GoodsLineBody;
use super::{Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{Metadata, Name, Positive, Time, Words, objects_or_null};

/// A gift: of `credits`, or of goods in `lines` at a `station`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewTransfer)]
pub(crate) struct TransferBody {
    /// Who gives.
    from: Name,
    /// Who is given; not the giver.
    to: Name,
    credits: Option<Positive>,
    /// Where the goods are and stay.
    station: Option<Name>,
    /// What, a commodity once each.
    #[serde(default, deserialize_with = "objects_or_null::<_, GoodsLineBody, _>")]
    #[schema(value_type = Option<Vec<GoodsLineBody>>, min_items = 1, max_items = 100)]
    lines: Option<Vec<BookingLine>>,
    /// Why, in words.
    reason: Option<Words>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

impl TransferBody {
    pub(crate) fn wanted(self) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |field: &str, flaw: Flaw, detail: &'static str| {
            faults.push(Fault::new(format!("/{field}"), flaw, detail));
        };
        let what = match (self.credits, self.station, self.lines) {
            (Some(credits), None, None) => Some(TransferWanted::Credits(credits.credits())),
            (None, Some(Name(station)), Some(lines)) => checked_lines(lines, &mut faults)
                .map(|lines| TransferWanted::Goods { station, lines }),
            (Some(_), station, lines) => {
                for (field, given) in [("station", station.is_some()), ("lines", lines.is_some())] {
                    if given {
                        fault(field, Flaw::UnknownField, "does not go with `credits`");
                    }
                }
                None
            }
            (None, None, None) => {
                fault("credits", Flaw::MissingField, "`credits`, or `station` and `lines`");
                None
            }
            (None, Some(_), None) => {
                fault("lines", Flaw::MissingField, "goes with `station`");
                None
            }
            (None, None, Some(_)) => {
                fault("station", Flaw::MissingField, "goes with `lines`");
                None
            }
        };
        let Some(what) = what else {
            return Err(faults);
        };
        let reason = self.reason.map(|Words(reason)| reason);
        let transfer = Transfer { from: self.from.0, to: self.to.0, what, reason };
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        Ok(tail.with(Action::Transfer(transfer)))
    }
}
