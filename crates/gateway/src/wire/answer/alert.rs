//! Alerts and their rules.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AsOfAnswer, EnvelopeFields};
use crate::wire::{AlertKindWord, AlertStatusWord, RuleKindWord, SeverityWord, Time};

/// An alert, open or lately resolved.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Alert)]
pub(crate) struct AlertAnswer<'a> {
    /// Made by the server; sorts by sequence.
    pub(crate) alert_id: String,
    pub(crate) status: AlertStatusWord,
    pub(crate) kind: AlertKindWord,
    /// Of one that is resolved, as it was then.
    pub(crate) severity: SeverityWord,
    pub(crate) cause: CauseAnswer<'a>,
    /// The shipment's destination, the place of the stock or of the hold.
    #[schema(required)]
    pub(crate) station: Option<&'a str>,
    /// Of an alert of stock.
    #[schema(required)]
    pub(crate) commodity: Option<&'a str>,
    /// Of an alert of a shipment.
    #[schema(required)]
    pub(crate) shipment_id: Option<String>,
    pub(crate) fired_at: Time,
    /// When its last event was recorded.
    pub(crate) changed_at: Time,
    /// The principal that has seen it.
    #[schema(required)]
    pub(crate) acknowledged_by: Option<&'a str>,
    #[schema(required)]
    pub(crate) acknowledged_at: Option<Time>,
    #[schema(required)]
    pub(crate) resolved_at: Option<Time>,
    pub(crate) at_risk: AtRiskAnswer<'a>,
    /// Its last event.
    pub(crate) sequence: u64,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// What an alert is about; at most one is open of each cause and kind of alert.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertCause)]
pub(crate) struct CauseAnswer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) shipment_id: Option<String>,
    /// The hold that ran out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transaction_id: Option<String>,
    /// The rule that watches the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rule: Option<&'a str>,
    /// Whose stock the rule watches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<&'a str>,
}

/// What waits for the goods, now: at most 20 of each, none once it is resolved.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = AtRisk)]
pub(crate) struct AtRiskAnswer<'a> {
    /// Pending holds that have these goods reserved at the destination, oldest first.
    pub(crate) holds: Vec<String>,
    /// Rules on stock of these goods at the destination.
    pub(crate) rules: Vec<&'a str>,
}

/// What happened to an alert, as an event.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AlertData<'a> {
    pub(crate) alert_id: String,
    pub(crate) status: AlertStatusWord,
    pub(crate) kind: AlertKindWord,
    pub(crate) severity: SeverityWord,
    pub(crate) cause: CauseAnswer<'a>,
    /// The place of the stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) station: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commodity: Option<&'a str>,
    /// The event of this alert before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) previous: Option<u64>,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// When alerts fire. Which fields it has depends on its kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AlertRule)]
pub(crate) struct AlertRuleAnswer<'a> {
    pub(crate) id: &'a str,
    pub(crate) kind: RuleKindWord,
    #[serde(flatten)]
    pub(crate) terms: RuleTermsAnswer<'a>,
    pub(crate) created_at: Time,
    pub(crate) changed_at: Time,
    /// The event that last changed it.
    pub(crate) sequence: u64,
    /// On reads alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) as_of: Option<AsOfAnswer>,
}

/// What a rule says: of timing the seconds, of stock the rest.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RuleTermsAnswer<'a> {
    /// Seconds of network time until the alert fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after_seconds: Option<u32>,
    /// Seconds of network time until it is critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) critical_after_seconds: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) station: Option<&'a str>,
    /// Whose stock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) commodity: Option<&'a str>,
    /// At or below this the stock is low; at zero it is out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) low: Option<u64>,
    /// At or above this it is well again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clear: Option<u64>,
}

/// That a rule was deleted.
#[derive(Debug, Serialize)]
pub(crate) struct RuleDeletedData<'a> {
    pub(crate) id: &'a str,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}
