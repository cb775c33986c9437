//! Shipments: as they are, and what happened to them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EnvelopeFields, Place, Seen};
use crate::wire::{DelayWord, StatusWord, Time};

/// A shipment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Shipment)]
pub(crate) struct ShipmentAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) shipment_id: String,
    pub(crate) status: StatusWord,
    pub(crate) on_hold: bool,
    pub(crate) delayed: bool,
    #[schema(required)]
    pub(crate) delay_reason: Option<DelayWord>,
    pub(crate) origin: &'a str,
    pub(crate) destination: &'a str,
    /// Whose goods.
    pub(crate) owner: &'a str,
    /// Who counts them at the destination.
    pub(crate) consignee: &'a str,
    pub(crate) carrier: &'a str,
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
    #[schema(required)]
    pub(crate) position: Option<Seen>,
    pub(crate) lines: Vec<ShipmentLine<'a>>,
    /// Everything that happened to it, oldest first; left out in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) timeline: Option<Vec<TimelineEntry<'a>>>,
    /// Of the booking; but `sequence` is that of the last event. In lists `sequence` alone.
    #[serde(flatten)]
    pub(crate) envelope: Option<EnvelopeFields<'a>>,
    /// The last event, in lists.
    #[serde(rename = "sequence", skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    pub(crate) last: Option<u64>,
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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<&'a str>,
    /// The goods it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<Vec<EventLine<'a>>>,
}

/// Goods that were booked, left, were lost or released: `quantity`. Goods that were counted:
/// `accepted` and `rejected`.
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
    pub(crate) planned_departure: Time,
    pub(crate) planned_arrival: Time,
    pub(crate) lines: Vec<EventLine<'a>>,
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
