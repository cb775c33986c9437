//! Stock: levels, and changes outside trades.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AsOfAnswer, EnvelopeFields};
use crate::wire::{ChangeReason, Time};

/// Levels at one station.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inventory<'a> {
    pub(crate) station: &'a str,
    pub(crate) as_of: AsOfAnswer,
    pub(crate) levels: Vec<LevelAnswer<'a>>,
}

/// Stock of a commodity at a station: `onHand = available + reserved + unavailable`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Level)]
pub(crate) struct LevelAnswer<'a> {
    /// Where, when levels of several stations are listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) station: Option<&'a str>,
    pub(crate) commodity: &'a str,
    /// Whose, when listed by owner or for one owner; else it is the sum over all owners.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<&'a str>,
    pub(crate) on_hand: u64,
    /// Free to be traded, shipped or consumed.
    pub(crate) available: u64,
    /// Promised to booked shipments.
    pub(crate) reserved: u64,
    /// There, but damaged or rejected.
    pub(crate) unavailable: u64,
    /// Under way to here; not on hand.
    pub(crate) incoming: u64,
    pub(crate) changed_at: Time,
}

/// Stock that was changed outside a trade.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Adjustment)]
pub(crate) struct AdjustmentAnswer<'a> {
    pub(crate) station: &'a str,
    pub(crate) owner: &'a str,
    pub(crate) lines: Vec<AdjustmentLine<'a>>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// One change: `change` and a reason, or `count`, `expected` and the reason `counted`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AdjustmentLine<'a> {
    pub(crate) commodity: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) change: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expected: Option<u64>,
    pub(crate) reason: ChangeReason,
}

/// The latest stock and price of a commodity at a station.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuoteAnswer<'a> {
    #[serde(flatten)]
    pub(crate) level: LevelAnswer<'a>,
    /// Credits that a unit was last sold for; null if none ever was.
    pub(crate) last_price: Option<u64>,
    /// The event by which it was.
    pub(crate) last_trade_sequence: Option<u64>,
    /// The last event that changed any of this.
    pub(crate) sequence: u64,
}
