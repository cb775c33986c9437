//! Trades: as they are, and what happened to them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EnvelopeFields, GoodsAnswer};
use crate::wire::{ChargeWord, PartyWord, Time, TradeStatusWord};

/// A trade.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trade)]
pub(crate) struct TradeAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) transaction_id: String,
    pub(crate) status: TradeStatusWord,
    pub(crate) station: &'a str,
    pub(crate) buyer: &'a str,
    pub(crate) seller: &'a str,
    pub(crate) lines: Vec<TradeLineAnswer<'a>>,
    /// Credits agreed: the sum over the lines. Charges are not in it.
    pub(crate) total: u64,
    /// Paid beside the price.
    pub(crate) charges: Vec<ChargeAnswer<'a>>,
    /// When it was last settled, in whole or in part; null until then.
    #[schema(required)]
    pub(crate) settled_at: Option<Time>,
    /// The deadline of a hold; null of a direct trade.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// The side whose own key made the hold; null where an operator named both.
    #[schema(required)]
    pub(crate) proposed_by: Option<PartyWord>,
    /// The side that has yet to accept, and has reserved nothing; null if none has.
    #[schema(required)]
    pub(crate) awaiting: Option<PartyWord>,
    /// Why it was voided or reversed.
    #[schema(required)]
    pub(crate) reason: Option<&'a str>,
    /// Of its first event; but `sequence` is that of the last.
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
    /// Credits agreed for this line.
    pub(crate) total: u64,
    /// How much has changed owner.
    pub(crate) settled_quantity: u64,
    /// The offer that it took; null if it took none.
    #[schema(required)]
    pub(crate) offer: Option<String>,
}

/// Credits beside a price, or for a shipment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Charge)]
pub(crate) struct ChargeAnswer<'a> {
    /// Who pays.
    pub(crate) payer: &'a str,
    /// Who is paid.
    pub(crate) to: &'a str,
    pub(crate) amount: u64,
    pub(crate) kind: ChargeWord,
}

/// What happened to a trade after its first event, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TradeFollowUp<'a> {
    pub(crate) transaction_id: String,
    /// Its status after it.
    pub(crate) status: TradeStatusWord,
    pub(crate) station: &'a str,
    pub(crate) buyer: &'a str,
    pub(crate) seller: &'a str,
    /// What changed owner with it, or was moved back.
    pub(crate) lines: Vec<MovedLine<'a>>,
    /// Credits for these lines.
    pub(crate) total: u64,
    /// Charges that were paid with it, or moved back.
    pub(crate) charges: Vec<ChargeAnswer<'a>>,
    /// What was still reserved, if it ends the hold: free again.
    pub(crate) released: Option<Released<'a>>,
    pub(crate) reason: Option<&'a str>,
    /// The event of this trade before this one.
    pub(crate) previous: u64,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// Goods that changed owner, and their price.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MovedLine<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) quantity: u64,
    pub(crate) unit_price: u64,
    pub(crate) total: u64,
}

/// What a hold had reserved, and is free again.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Released<'a> {
    /// The seller's goods.
    pub(crate) lines: Vec<GoodsAnswer<'a>>,
    /// The buyer's credits.
    pub(crate) credits: u64,
    /// Charges that will not be paid.
    pub(crate) charges: Vec<ChargeAnswer<'a>>,
}
