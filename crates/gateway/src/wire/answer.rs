//! What clients are answered. Answers borrow from the views and from events, and are written
//! straight into the bytes of the response.

mod access;
mod alert;
mod analytics;
mod cargo;
mod common;
mod credits;
mod event;
mod network;
mod offer;
mod reference;
mod rehearsal;
mod stock;
mod trade;
mod transfer;
mod vessel;
mod webhook;

pub(crate) use access::{
    KeyAnswer, KeyItem, Shown, StreamTokenAnswer, TokenAnswer, TokenSubjectAnswer, WhoAmI,
};
pub(crate) use alert::{
    AlertAnswer, AlertData, AlertRuleAnswer, AtRiskAnswer, CauseAnswer, RuleDeletedData,
    RuleTermsAnswer,
};
pub(crate) use analytics::{
    BucketAnswer, CandleAnswer, CurrentAnswer, FlowAnswer, LaneAnswer, LanesAnswer,
    LastPriceAnswer, PricesAnswer, QuoteAnswer, RankedItem, RankingAnswer, RouteAnswer,
    RoutesAnswer, SeriesAnswer, SummaryAnswer, WindowAnswer, delay_buckets,
};
pub(crate) use cargo::{
    BookedData, DelayAnswer, EventLine, OnHoldAnswer, ShipmentAnswer, ShipmentData, ShipmentLine,
    TimelineEntry, TimelineFacts,
};
pub(crate) use common::{AsOfAnswer, EnvelopeFields, EnvelopePart, Labels, List, Place, Seen};
pub(crate) use credits::{CreditsAnswer, EntryAnswer};
pub(crate) use event::{CloudEvent, Data};
pub(crate) use network::{
    AuditAnswer, CommodityFlows, Counts, CreditFlows, NetworkAnswer, NetworkData, Wide,
};
pub(crate) use offer::{
    ExpiredData, FilledData, Listed, OfferAnswer, OfferRestAnswer, OpenedData, StandingAnswer,
    WithdrawnData,
};
pub(crate) use reference::{CommodityAnswer, StationAnswer, TraderAnswer, TraderData};
pub(crate) use rehearsal::{RehearsalAnswer, RehearsedEvent};
pub(crate) use stock::{
    AdjustmentAnswer, AdjustmentLine, Inventory, LevelAnswer, PricedLevelAnswer,
};
pub(crate) use trade::{
    ChargeAnswer, MovedLine, Released, TradeAnswer, TradeFollowUp, TradeLineAnswer,
};
pub(crate) use transfer::{GoodsAnswer, TransferAnswer};
pub(crate) use vessel::{VesselAnswer, VesselData};
pub(crate) use webhook::{DeliveryAnswer, ReplayAnswer, SecretItem, WebhookAnswer};
