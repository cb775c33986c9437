//! Credits issued or retired.

use serde::Serialize;
use utoipa::ToSchema;

use super::EnvelopeFields;
use crate::wire::CreditReason;

/// Credits that came into being or ceased to be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CreditChange)]
pub(crate) struct CreditsAnswer<'a> {
    pub(crate) trader: &'a str,
    /// Above zero for `issued`, below zero for `retired`.
    pub(crate) change: i64,
    pub(crate) reason: CreditReason,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// An entry of a trader's statement.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Entry)]
pub(crate) struct EntryAnswer<'a> {
    /// The type of the event that made it.
    pub(crate) r#type: &'static str,
    /// What that event is of: a trade, a shipment, an offer, or a trader.
    pub(crate) subject: String,
    /// How much more the trader has since: `availableChange` and `heldChange`.
    pub(crate) change: i64,
    /// How much more is free to be spent since.
    pub(crate) available_change: i64,
    /// How much more is held since.
    pub(crate) held_change: i64,
    /// All that the trader had after it.
    pub(crate) balance: u64,
    /// What of it was held.
    pub(crate) held: u64,
    /// What of it was free to be spent.
    pub(crate) available: u64,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}
