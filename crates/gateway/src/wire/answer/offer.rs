//! Offers: as they are, and what happened to them.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EnvelopeFields, EnvelopePart};
use crate::wire::{OfferStatusWord, SideWord, Time};

/// A posted price.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Offer)]
pub(crate) struct OfferAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) offer_id: String,
    pub(crate) status: OfferStatusWord,
    pub(crate) station: &'a str,
    /// Whose offer.
    pub(crate) trader: &'a str,
    pub(crate) side: SideWord,
    pub(crate) commodity: &'a str,
    /// Credits a unit.
    pub(crate) unit_price: u64,
    /// How much was posted.
    pub(crate) quantity: u64,
    /// How much may still be taken; of one that has ended, how much was left.
    pub(crate) remaining: u64,
    /// When it ends by itself; null if it does not.
    #[schema(required)]
    pub(crate) expires_at: Option<Time>,
    /// Of the posting; but `sequence` is that of the last event. In lists `recordedAt` and
    /// `sequence` alone.
    #[serde(flatten)]
    #[schema(value_type = EnvelopePart<'_>)]
    pub(crate) envelope: Option<EnvelopeFields<'a>>,
    #[serde(flatten)]
    #[schema(ignore)]
    pub(crate) listed: Option<Listed>,
}

/// What a list shows of an envelope.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Listed {
    pub(crate) recorded_at: Time,
    pub(crate) sequence: u64,
}

/// What became of a posting that opened no offer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OfferStanding)]
pub(crate) struct StandingAnswer<'a> {
    /// The offer that stands already as it was to be posted; null if it was only to withdraw.
    #[schema(required)]
    pub(crate) offer: Option<OfferAnswer<'a>>,
    /// The offers that it withdrew.
    pub(crate) withdrawn: Vec<OfferAnswer<'a>>,
}

/// That an offer was posted, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpenedData<'a> {
    #[serde(flatten)]
    pub(crate) offer: OfferAnswer<'a>,
    /// The offers that it took the place of.
    pub(crate) replaced: Vec<OfferRestAnswer<'a>>,
}

/// What was left of an offer when it ended.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfferRestAnswer<'a> {
    pub(crate) offer_id: String,
    pub(crate) status: OfferStatusWord,
    pub(crate) station: &'a str,
    pub(crate) trader: &'a str,
    pub(crate) side: SideWord,
    pub(crate) commodity: &'a str,
    pub(crate) unit_price: u64,
    /// How much was left.
    pub(crate) remaining: u64,
}

/// That offers were withdrawn, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WithdrawnData<'a> {
    /// One, or all that a posting of nothing replaced.
    pub(crate) offers: Vec<OfferRestAnswer<'a>>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// That an offer ran out, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExpiredData<'a> {
    #[serde(flatten)]
    pub(crate) offer: OfferRestAnswer<'a>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// That the last of an offer was taken, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FilledData<'a> {
    pub(crate) offer_id: String,
    pub(crate) status: OfferStatusWord,
    /// The trade that took the last of it.
    pub(crate) transaction_id: String,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}
