//! `POST /api/cargo/{shipmentId}/events`.

use domain::{
    Action, Added, BookingLine, Identifier, Lines, Loss, LossCause, ReceiptLineWanted,
    ShipmentAction, ShipmentActionKind, ShipmentId, Text,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{PositionBody, Tail, Wanted, checked_lines};
use crate::shape::{Fault, Flaw};
use crate::wire::{
    Amount, DelayCodeWord, LossWord, Metadata, Name, Positive, ReportType, Time, Words,
    object_or_null, objects_or_null,
};

/// What a carrier or a station reports of a shipment. Beside the type and what every body may have:
/// `departed` may have `estimatedArrival`; `position` has `position`; `estimated` has at least one of
/// `estimatedDeparture` and `estimatedArrival`, and may have `reason` and `delayCode`; `received` has
/// `lines`; `lost` may have `cause`, `lines` and `reason`; `found` may have `lines` and `reason`;
/// `held` has `reason`; `cancelled` and `returned` may have `reason`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewShipmentEvent)]
pub(crate) struct ReportBody {
    r#type: ReportType,
    estimated_departure: Option<Time>,
    estimated_arrival: Option<Time>,
    /// Why it is late, by code.
    delay_code: Option<DelayCodeWord>,
    #[serde(default, deserialize_with = "object_or_null")]
    position: Option<PositionBody>,
    /// What was counted, lost or found, a commodity once each. Of `lost`, all that is outstanding if
    /// left out; of `found`, all that was lost.
    #[serde(default, deserialize_with = "objects_or_null::<_, ReportLineBody, _>")]
    #[schema(value_type = Option<Vec<ReportLineBody>>, min_items = 1, max_items = 100)]
    lines: Option<Vec<ReportLine>>,
    /// How goods were lost; `lost` if left out.
    cause: Option<LossWord>,
    /// Why, in words.
    reason: Option<Words>,
    /// The client's own number for it.
    reference: Option<Words>,
    metadata: Option<Metadata>,
    /// When it happened, if not now.
    at: Option<Time>,
}

/// What became of one commodity. Of `received`: `accepted`, and where there is any `rejected` and
/// `short`, together at least one unit. Of `lost` and `found`: `quantity`.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewShipmentEventLine)]
pub(crate) struct ReportLineBody {
    commodity: Name,
    /// Good: becomes available. None if left out.
    accepted: Option<Amount>,
    /// Not good: becomes unavailable. None if left out.
    rejected: Option<Amount>,
    /// Missed: stays outstanding until the rest comes or somebody writes it off.
    short: Option<Positive>,
    /// How much is lost, or found.
    quantity: Option<Positive>,
}

/// A line as it was read; which of its amounts it may have depends on the report.
pub(crate) struct ReportLine {
    commodity: Identifier,
    accepted: Option<Amount>,
    rejected: Option<Amount>,
    short: Option<Positive>,
    quantity: Option<Positive>,
}

impl From<ReportLineBody> for ReportLine {
    fn from(line: ReportLineBody) -> Self {
        let ReportLineBody { commodity: Name(commodity), accepted, rejected, short, quantity } =
            line;
        Self { commodity, accepted, rejected, short, quantity }
    }
}

/// Which of the fields that not every report has a report of this kind may have.
const fn fields(kind: ShipmentActionKind) -> &'static [&'static str] {
    match kind {
        ShipmentActionKind::Loaded | ShipmentActionKind::Arrived | ShipmentActionKind::Released => {
            &[]
        }
        ShipmentActionKind::Departed => &["estimatedArrival"],
        ShipmentActionKind::Position => &["position"],
        ShipmentActionKind::Estimated => {
            &["estimatedDeparture", "estimatedArrival", "reason", "delayCode"]
        }
        ShipmentActionKind::Received => &["lines"],
        ShipmentActionKind::Lost => &["lines", "cause", "reason"],
        ShipmentActionKind::Found => &["lines", "reason"],
        ShipmentActionKind::Cancelled | ShipmentActionKind::Held | ShipmentActionKind::Returned => {
            &["reason"]
        }
    }
}

impl ReportBody {
    pub(crate) fn wanted(mut self, shipment: ShipmentId) -> Result<Wanted, Vec<Fault>> {
        let mut faults = Vec::new();
        self.refuse_foreign_fields(&mut faults);
        let action = self.action(&mut faults);
        let tail = Tail { reference: self.reference, metadata: self.metadata, at: self.at };
        match action.filter(|_| faults.is_empty()) {
            Some(action) => Ok(tail.with(Action::ReportShipment { shipment, action })),
            None => Err(faults),
        }
    }

    fn action(&mut self, faults: &mut Vec<Fault>) -> Option<ShipmentAction> {
        let departure = self.estimated_departure.as_ref().map(|Time(at)| *at);
        let arrival = self.estimated_arrival.as_ref().map(|Time(at)| *at);
        let reason = self.reason.take().map(|Words(text)| text);
        let lines = self.lines.take();
        Some(match self.r#type.0 {
            ShipmentActionKind::Loaded => ShipmentAction::Loaded,
            ShipmentActionKind::Departed => ShipmentAction::Departed { estimated_arrival: arrival },
            ShipmentActionKind::Position => {
                let position = needed("/position", self.position.as_ref(), faults)?;
                ShipmentAction::Position(position.position())
            }
            ShipmentActionKind::Estimated => {
                needed("/estimatedArrival", departure.or(arrival), faults)?;
                let code = Added::from(self.delay_code.map(|DelayCodeWord(code)| code));
                ShipmentAction::Estimated { departure, arrival, reason, code }
            }
            ShipmentActionKind::Arrived => ShipmentAction::Arrived,
            ShipmentActionKind::Received => {
                ShipmentAction::Received(receipt(needed("/lines", lines, faults)?, faults)?)
            }
            ShipmentActionKind::Lost => {
                let cause = self.cause.map_or(LossCause::Lost, |LossWord(cause)| cause);
                let loss = Loss { cause, lines: goods(lines, faults) };
                // What says nothing is not said, so that it is the same command as without it.
                let plain = Loss { cause: LossCause::Lost, lines: None };
                ShipmentAction::Lost { reason, loss: Added::from((loss != plain).then_some(loss)) }
            }
            ShipmentActionKind::Found => {
                ShipmentAction::Found { lines: goods(lines, faults), reason }
            }
            ShipmentActionKind::Held => {
                let reason: Text = needed("/reason", reason, faults)?;
                ShipmentAction::Held { reason }
            }
            ShipmentActionKind::Released => ShipmentAction::Released,
            ShipmentActionKind::Cancelled => ShipmentAction::Cancelled { reason },
            ShipmentActionKind::Returned => ShipmentAction::Returned { reason },
        })
    }

    fn refuse_foreign_fields(&self, faults: &mut Vec<Fault>) {
        let allowed = fields(self.r#type.0);
        for (field, is_given) in [
            ("estimatedDeparture", self.estimated_departure.is_some()),
            ("estimatedArrival", self.estimated_arrival.is_some()),
            ("delayCode", self.delay_code.is_some()),
            ("position", self.position.is_some()),
            ("lines", self.lines.is_some()),
            ("cause", self.cause.is_some()),
            ("reason", self.reason.is_some()),
        ] {
            if is_given && !allowed.contains(&field) {
                faults.push(self.foreign(format!("/{field}")));
            }
        }
        // Of a report that has lines, which amounts they have.
        let is_receipt = self.r#type.0 == ShipmentActionKind::Received;
        let lines = self.lines.iter().flatten().enumerate();
        for (at, line) in lines.filter(|_| allowed.contains(&"lines")) {
            for (field, is_given, of_receipt) in [
                ("accepted", line.accepted.is_some(), true),
                ("rejected", line.rejected.is_some(), true),
                ("short", line.short.is_some(), true),
                ("quantity", line.quantity.is_some(), false),
            ] {
                if is_given && of_receipt != is_receipt {
                    faults.push(self.foreign(format!("/lines/{at}/{field}")));
                }
            }
        }
    }

    fn foreign(&self, pointer: String) -> Fault {
        let detail = format!("does not go with the type `{}`", self.r#type.word());
        Fault::new(pointer, Flaw::UnknownField, detail)
    }
}

fn needed<T>(pointer: &str, given: Option<T>, faults: &mut Vec<Fault>) -> Option<T> {
    if given.is_none() {
        let detail = "this type needs this field";
        faults.push(Fault::new(pointer.to_owned(), Flaw::MissingField, detail));
    }
    given
}

fn receipt(lines: Vec<ReportLine>, faults: &mut Vec<Fault>) -> Option<Lines<ReceiptLineWanted>> {
    let counted = |(at, line): (usize, ReportLine)| {
        let amount = |amount: Option<Amount>| amount.map(Amount::quantity).unwrap_or_default();
        let ReportLine { commodity, accepted, rejected, short, .. } = line;
        let is_given = accepted.is_some() || rejected.is_some() || short.is_some();
        let (accepted, rejected) = (amount(accepted), amount(rejected));
        if accepted.is_zero() && rejected.is_zero() && short.is_none() {
            let pointer = format!("/lines/{at}/accepted");
            let flaw = if is_given { Flaw::OutOfRange } else { Flaw::MissingField };
            let detail = "a line must count at least one unit, accepted, rejected or short";
            faults.push(Fault::new(pointer, flaw, detail));
        }
        let short = Added::from(short.map(Positive::quantity));
        ReceiptLineWanted { commodity, accepted, rejected, short }
    };
    let lines = lines.into_iter().enumerate().map(counted).collect();
    checked_lines(lines, faults)
}

/// Lines that a report may leave out; there are faults where they are wrong.
fn goods(lines: Option<Vec<ReportLine>>, faults: &mut Vec<Fault>) -> Option<Lines<BookingLine>> {
    let mut read = Vec::new();
    for (at, line) in lines?.into_iter().enumerate() {
        let pointer = format!("/lines/{at}/quantity");
        let quantity = needed(&pointer, line.quantity, faults).map(Positive::quantity);
        let (commodity, quantity) = (line.commodity, quantity.unwrap_or_default());
        read.push(BookingLine { commodity, quantity });
    }
    checked_lines(read, faults)
}
