//! Which events are wanted, by name: the same words in queries, in messages and in subscriptions.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::wire::{EventType, Name, SeverityWord, ShipmentName, Topic, TradeName};

/// Which events are wanted. Each field that is given narrows; of several values in one, any will do.
#[derive(Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = EventFilter)]
pub(crate) struct FilterBody {
    /// About these topics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) topic: Vec<Topic>,
    /// Of these types.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) r#type: Vec<EventType>,
    /// At these stations; of a shipment, either end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) station: Vec<Name>,
    /// At stations that lie in these systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) system: Vec<Name>,
    /// Of these goods, among others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) commodity: Vec<Name>,
    /// Of these parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) trader: Vec<Name>,
    /// Of shipments on these vessels, and of the vessels themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) vessel: Vec<Name>,
    /// Of these shipments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) shipment: Vec<ShipmentName>,
    /// Of these trades.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 100)]
    pub(crate) trade: Vec<TradeName>,
    /// Of alerts, those at least as bad; events of other topics pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<SeverityWord>,
}
