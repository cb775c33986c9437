//! Stations, commodities and traders.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AsOfAnswer, Place};
use crate::wire::{StationKindWord, Time};

/// A place where goods are; it is a trader, too.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Station)]
pub(crate) struct StationAnswer<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) kind: StationKindWord,
    /// The system it lies in.
    pub(crate) system: &'a str,
    pub(crate) position: Place,
    /// Whose it is.
    pub(crate) owner: &'a str,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    /// The event that last changed it.
    pub(crate) sequence: u64,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// A good.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Commodity)]
pub(crate) struct CommodityAnswer<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    #[schema(required)]
    pub(crate) category: Option<&'a str>,
    #[schema(required)]
    pub(crate) unit_mass_grams: Option<u64>,
    #[schema(required)]
    pub(crate) unit_volume_millilitres: Option<u64>,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    /// The event that last changed it.
    pub(crate) sequence: u64,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// A party, and its credits now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Trader)]
pub(crate) struct TraderAnswer<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// Whether it is a station.
    pub(crate) station: bool,
    /// All of its credits: `available` and `held`. Null, as these are, if the caller may not see it.
    #[schema(required)]
    pub(crate) balance: Option<u64>,
    /// Held for holds, offers to buy and charges, and not to be spent otherwise.
    #[schema(required)]
    pub(crate) held: Option<u64>,
    /// Free to be spent.
    #[schema(required)]
    pub(crate) available: Option<u64>,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    /// The event that last changed what it is; credits have events of their own.
    pub(crate) sequence: u64,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// A party, as an event made it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TraderData<'a> {
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
    /// Whether it is a station.
    pub(crate) station: bool,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    pub(crate) sequence: u64,
}
