//! Events as every reader gets them: `CloudEvents` 1.0, in the JSON format.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    AdjustmentAnswer, BookedData, CommodityAnswer, CreditsAnswer, KeyAnswer, NetworkData,
    ShipmentData, StationAnswer, TradeAnswer, TraderData,
};
use super::{AlertData, AlertRuleAnswer, RuleDeletedData, VesselData};
use super::{ExpiredData, FilledData, OpenedData, TradeFollowUp, TransferAnswer, WithdrawnData};
use crate::wire::Time;

/// An event.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CloudEvent<'a> {
    /// `1.0`.
    pub(crate) specversion: &'static str,
    /// The sequence in digits, a dash, the journal's tag.
    pub(crate) id: String,
    /// The journal.
    pub(crate) source: &'a str,
    /// The topic, a dot, what happened.
    pub(crate) r#type: &'static str,
    /// What it happened to.
    pub(crate) subject: String,
    /// When it happened.
    pub(crate) time: Time,
    pub(crate) datacontenttype: &'static str,
    /// The place in the one sequence, in digits.
    pub(crate) sequence: String,
    /// When it was recorded.
    pub(crate) recordedat: Time,
    /// What happened, with the field names of the answers.
    #[schema(value_type = Object)]
    pub(crate) data: Data<'a>,
}

/// What happened.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Data<'a> {
    Network(NetworkData<'a>),
    Key(KeyAnswer<'a>),
    Station(StationAnswer<'a>),
    Commodity(CommodityAnswer<'a>),
    Trader(TraderData<'a>),
    Credits(CreditsAnswer<'a>),
    Adjustment(AdjustmentAnswer<'a>),
    Trade(TradeAnswer<'a>),
    TradeFollowUp(Box<TradeFollowUp<'a>>),
    OfferOpened(Box<OpenedData<'a>>),
    OffersWithdrawn(WithdrawnData<'a>),
    OfferExpired(Box<ExpiredData<'a>>),
    OfferFilled(FilledData<'a>),
    Transfer(TransferAnswer<'a>),
    Booked(BookedData<'a>),
    Shipment(Box<ShipmentData<'a>>),
    Vessel(VesselData<'a>),
    Alert(Box<AlertData<'a>>),
    AlertRule(Box<AlertRuleAnswer<'a>>),
    AlertRuleDeleted(RuleDeletedData<'a>),
}
