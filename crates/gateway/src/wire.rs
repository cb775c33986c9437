//! The JSON of the network, in both directions: what clients send and what they are answered.
//!
//! Bodies are read by serde straight into domain values; answers borrow from the views. The same
//! types make the `OpenAPI` document. Nothing here decides anything.

mod amount;
pub(crate) mod answer;
pub(crate) mod body;
mod metadata;
mod object;
mod scalar;
mod time;
mod words;

pub(crate) use amount::{Amount, Change, Coordinate, Positive, Seconds};
pub(crate) use metadata::Metadata;
pub(crate) use object::{Object, object, object_or_null, objects, objects_or_null};
pub(crate) use scalar::{Name, OfferName, ShipmentName, TextScalar, Url, Words};
pub(crate) use time::Time;
pub(crate) use words::access::{KeyStatus, KeyStatusWord};
pub(crate) use words::alert::{
    AlertKindWord, AlertStatus, AlertStatusWord, RuleKind, RuleKindWord, SeverityWord,
};
pub(crate) use words::cargo::{DelayCodeWord, LossWord};
pub(crate) use words::filter::{EventType, SnapshotKind, Topic, TradeName};
pub(crate) use words::webhook::{WebhookState, WebhookStateWord, WebhookWish, WebhookWishWord};
pub(crate) use words::{
    Bulk, BulkType, ChangeReason, ChargeWord, Credit, CreditReason, DelayWord, OfferStatusWord,
    OrderWord, PartyWord, ReportType, RoleWord, SideWord, StationKindWord, StatusWord,
    TradeStatusWord, Why,
};
