//! What clients are answered. Answers borrow from the views and from events, and are written
//! straight into the bytes of the response.

mod access;
mod cargo;
mod common;
mod credits;
mod event;
mod network;
mod reference;
mod stock;
mod trade;

pub(crate) use access::{KeyAnswer, KeyItem, Shown, WhoAmI};
pub(crate) use cargo::{
    BookedData, EventLine, ShipmentAnswer, ShipmentData, ShipmentLine, TimelineEntry, TimelineFacts,
};
pub(crate) use common::{AsOfAnswer, EnvelopeFields, Labels, List, Place, Seen};
pub(crate) use credits::CreditsAnswer;
pub(crate) use event::{CloudEvent, Data};
pub(crate) use network::{
    AuditAnswer, CommodityFlows, Counts, CreditFlows, NetworkAnswer, NetworkData, Wide,
};
pub(crate) use reference::{CommodityAnswer, StationAnswer, TraderAnswer, TraderData};
pub(crate) use stock::{AdjustmentAnswer, AdjustmentLine, Inventory, LevelAnswer};
pub(crate) use trade::{TradeAnswer, TradeLineAnswer};
