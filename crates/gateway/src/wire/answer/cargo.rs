//! Shipments: as they are, and what happened to them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{ChargeAnswer, EnvelopeFields, EnvelopePart, Place, Seen};
use crate::wire::{DelayCodeWord, DelayWord, LossWord, StatusWord, Time};

/// A shipment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Shipment)]
pub(crate) struct ShipmentAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) shipment_id: String,
    pub(crate) status: StatusWord,
    /// Null unless somebody has stopped it.
    #[schema(required)]
    pub(crate) on_hold: Option<OnHoldAnswer>,
    /// Null unless it is late.
    #[schema(required)]
    pub(crate) delayed: Option<DelayAnswer>,
    pub(crate) origin: &'a str,
    pub(crate) destination: &'a str,
    /// Whose goods.
    pub(crate) owner: &'a str,
    /// Who counts them at the destination.
    pub(crate) consignee: &'a str,
    pub(crate) carrier: &'a str,
    /// What carries it, if that was named.
    #[schema(required)]
    pub(crate) vessel: Option<&'a str>,
    pub(crate) planned_departure: Time,
    #[schema(required)]
    pub(crate) estimated_departure: Option<Time>,
    #[schema(required)]
    pub(crate) actual_departure: Option<Time>,
    pub(crate) planned_arrival: Time,
    #[schema(required)]
    pub(crate) estimated_arrival: Option<Time>,
    #[schema(required)]
    pub(crate) actual_arrival: Option<Time>,
    /// When the latest estimate was made: one made before it, whenever it is told, changes nothing.
    #[schema(required)]
    pub(crate) estimated_at: Option<Time>,
    #[schema(required)]
    pub(crate) position: Option<Seen>,
    pub(crate) lines: Vec<ShipmentLine<'a>>,
    /// Held until it ends; paid if anything was received, else released.
    pub(crate) charges: Vec<ChargeAnswer<'a>>,
    /// How much more than was shipped may be received, in thousandths of each line.
    pub(crate) tolerance_permille: u16,
    /// Where it was seen, by time: the last 100 positions. On the read of one shipment alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) track: Option<Vec<Seen>>,
    /// Everything that happened to it, oldest first. On the booking and the read of one shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeline: Option<Vec<TimelineEntry<'a>>>,
    /// Of the booking, and on the answer to a report of that; but `sequence` is that of the last
    /// event. In lists, and where a report changed nothing, `sequence` alone.
    #[serde(flatten)]
    #[schema(value_type = EnvelopePart<'_>)]
    pub(crate) envelope: Option<EnvelopeFields<'a>>,
    /// The last event, in lists.
    #[serde(rename = "sequence", skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub(crate) last: Option<u64>,
}

/// That a shipment is stopped.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OnHold)]
pub(crate) struct OnHoldAnswer {
    /// Why, in words.
    pub(crate) reason: String,
}

/// That a shipment is late.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delay)]
pub(crate) struct DelayAnswer {
    /// By its estimate, or because the promise has passed.
    pub(crate) reason: DelayWord,
    /// What holds it up, if the latest estimate said so.
    #[schema(required)]
    pub(crate) code: Option<DelayCodeWord>,
}

/// Goods of a shipment: quantity = accepted + rejected + writtenOff + outstanding.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipmentLine<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) quantity: u64,
    pub(crate) accepted: u64,
    pub(crate) rejected: u64,
    pub(crate) written_off: u64,
    pub(crate) outstanding: u64,
    /// Received beyond what was shipped, within the tolerance.
    pub(crate) found: u64,
    /// Of what is outstanding, what the last count missed.
    pub(crate) short: u64,
}

/// Something that happened to a shipment: its type, its fields, its envelope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineEntry<'a> {
    /// The word behind the dot of the event's type.
    pub(crate) r#type: &'static str,
    #[serde(flatten)]
    pub(crate) facts: TimelineFacts<'a>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// The fields that an event of a shipment has of its own.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineFacts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_departure: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) estimated_arrival: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) position: Option<Place>,
    /// Of `delayed` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delay_reason: Option<DelayWord>,
    /// Of `estimated` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delay_code: Option<DelayCodeWord>,
    /// Of `lost` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<LossWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    /// Of `received` only: whether nothing is outstanding any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) complete: Option<bool>,
    /// The goods it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<Vec<EventLine<'a>>>,
    /// Charges that were paid with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) charges_paid: Vec<ChargeAnswer<'a>>,
    /// Charges that were released with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) charges_released: Vec<ChargeAnswer<'a>>,
}

/// Goods that were booked, left, were lost, found, returned or released: `quantity`. Goods that were
/// counted: `accepted`, `rejected`, `found` beyond what was outstanding, and `short`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ShipmentEventLine)]
pub(crate) struct EventLine<'a> {
    pub(crate) commodity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) quantity: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accepted: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rejected: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) found: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) short: Option<u64>,
}

/// That cargo was booked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BookedData<'a> {
    pub(crate) shipment_id: String,
    pub(crate) origin: &'a str,
    pub(crate) destination: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) consignee: &'a str,
    pub(crate) carrier: &'a str,
    pub(crate) vessel: Option<&'a str>,
    pub(crate) planned_departure: Time,
    pub(crate) planned_arrival: Time,
    pub(crate) lines: Vec<EventLine<'a>>,
    /// Held with it.
    pub(crate) charges: Vec<ChargeAnswer<'a>>,
    pub(crate) tolerance_permille: u16,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// That something happened to a shipment.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ShipmentData<'a> {
    pub(crate) shipment_id: String,
    pub(crate) origin: &'a str,
    pub(crate) destination: &'a str,
    pub(crate) owner: &'a str,
    #[serde(flatten)]
    pub(crate) facts: TimelineFacts<'a>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}
