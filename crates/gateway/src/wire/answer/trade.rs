//! A trade.

use serde::Serialize;
use utoipa::ToSchema;

use super::EnvelopeFields;
use crate::wire::Time;

/// A trade that was made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trade)]
pub(crate) struct TradeAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) transaction_id: String,
    /// `settled`.
    pub(crate) status: &'static str,
    pub(crate) station: &'a str,
    pub(crate) buyer: &'a str,
    pub(crate) seller: &'a str,
    pub(crate) lines: Vec<TradeLineAnswer<'a>>,
    /// Credits paid.
    pub(crate) total: u64,
    pub(crate) settled_at: Time,
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// One line of a trade.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TradeLine)]
pub(crate) struct TradeLineAnswer<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) quantity: u64,
    /// Credits a unit.
    pub(crate) unit_price: u64,
    /// Credits paid for this line.
    pub(crate) total: u64,
}
