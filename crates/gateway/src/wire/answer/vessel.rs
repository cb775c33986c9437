//! Vessels.

use serde::Serialize;
use utoipa::ToSchema;

use super::AsOfAnswer;
use crate::wire::Time;

/// What carries shipments, and what it carries now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Vessel)]
pub(crate) struct VesselAnswer<'a> {
    #[serde(flatten)]
    pub(crate) data: VesselData<'a>,
    /// The shipment on it, from loading or departure until arrival or the end; null also if that
    /// may not be seen.
    #[schema(required)]
    pub(crate) carrying: Option<String>,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// A vessel, as an event made it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VesselData<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// Who flies it.
    pub(crate) carrier: &'a str,
    /// Null: without a bound.
    #[schema(required)]
    pub(crate) mass_capacity_grams: Option<u64>,
    /// Null: without a bound.
    #[schema(required)]
    pub(crate) volume_capacity_millilitres: Option<u64>,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    /// The event that last changed it.
    pub(crate) sequence: u64,
}
