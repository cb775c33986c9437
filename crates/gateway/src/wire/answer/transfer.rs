//! Gifts.

use serde::Serialize;
use utoipa::ToSchema;

use super::EnvelopeFields;

/// Credits, or goods at a station, that were given.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transfer)]
pub(crate) struct TransferAnswer<'a> {
    /// Who gave.
    pub(crate) from: &'a str,
    /// Who was given.
    pub(crate) to: &'a str,
    /// Null where goods were given.
    #[schema(required)]
    pub(crate) credits: Option<u64>,
    /// Where the goods were and are; null where credits were given.
    #[schema(required)]
    pub(crate) station: Option<&'a str>,
    /// Null where credits were given.
    #[schema(required)]
    pub(crate) lines: Option<Vec<GoodsAnswer<'a>>>,
    #[schema(required)]
    pub(crate) reason: Option<&'a str>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// Goods, by commodity and quantity.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = GoodsLine)]
pub(crate) struct GoodsAnswer<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) quantity: u64,
}
