//! The network itself, and the proof that it loses nothing.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use super::{AsOfAnswer, EnvelopeFields};
use crate::wire::Time;

/// The network: its clock, its counts, its limits.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Network)]
pub(crate) struct NetworkAnswer<'a> {
    /// The journal's identifier.
    pub(crate) journal: &'a str,
    /// What event identifiers of this journal end in.
    pub(crate) tag: &'a str,
    /// Network time now.
    pub(crate) time: Time,
    /// Network time at creation.
    pub(crate) epoch: Time,
    /// Seconds of network time a second of wall time.
    pub(crate) speed: u32,
    /// Wall time at creation.
    pub(crate) created_at: Time,
    /// The last event.
    pub(crate) sequence: u64,
    /// Null for keys that see some accounts alone.
    #[schema(required)]
    pub(crate) counts: Option<Counts>,
    /// The bounds of the network, by name.
    pub(crate) limits: BTreeMap<&'static str, u64>,
}

/// How much there is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    pub(crate) stations: usize,
    pub(crate) commodities: usize,
    /// Stations included.
    pub(crate) traders: usize,
    /// Stock entries (station, owner, commodity) that hold something.
    pub(crate) stock_entries: usize,
    /// Shipments that have not ended.
    pub(crate) open_shipments: usize,
    /// Trades that are pending.
    pub(crate) open_holds: usize,
    /// Offers that are open.
    pub(crate) open_offers: usize,
    /// Open shipments that are late.
    pub(crate) delayed_shipments: u64,
    pub(crate) vessels: usize,
    /// Shipments of each status: those under way now, and those ever ended.
    #[schema(value_type = HashMap<String, u64>)]
    pub(crate) shipments: BTreeMap<&'static str, u64>,
    /// Open shipments that are stopped.
    pub(crate) on_hold_shipments: u64,
    pub(crate) open_alerts: OpenAlerts,
    /// API keys ever made.
    pub(crate) keys: usize,
    /// Trades ever settled.
    pub(crate) trades_settled: u64,
    /// Credits ever paid for them; at most 2^53-1 is told.
    pub(crate) traded_value: u64,
    /// Events ever recorded.
    pub(crate) events: u64,
    /// Live readers now.
    pub(crate) readers: usize,
}

/// That a network was created.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NetworkData<'a> {
    pub(crate) epoch: Time,
    pub(crate) speed: u32,
    pub(crate) created_at: Time,
    #[serde(flatten)]
    pub(crate) envelope: EnvelopeFields<'a>,
}

/// The proof of conservation, at one sequence.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Audit)]
pub(crate) struct AuditAnswer<'a> {
    pub(crate) as_of: AsOfAnswer,
    /// Whether all of it is balanced.
    pub(crate) balanced: bool,
    pub(crate) credits: CreditFlows,
    pub(crate) commodities: Vec<CommodityFlows<'a>>,
}

/// issued - retired = balances = available + held.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreditFlows {
    #[schema(value_type = u64)]
    pub(crate) issued: Wide,
    #[schema(value_type = u64)]
    pub(crate) retired: Wide,
    #[schema(value_type = u64)]
    pub(crate) balances: Wide,
    /// What all traders are free to spend.
    #[schema(value_type = u64)]
    pub(crate) available: Wide,
    /// What is held of all traders for holds, offers to buy and charges.
    #[schema(value_type = u64)]
    pub(crate) held: Wide,
    pub(crate) balanced: bool,
}

/// onHand = available + reserved + unavailable, and produced + found = onHand + inTransit + consumed + lost + expired + stolen.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CommodityFlows<'a> {
    pub(crate) commodity: &'a str,
    pub(crate) produced: u64,
    pub(crate) found: u64,
    pub(crate) consumed: u64,
    pub(crate) lost: u64,
    pub(crate) expired: u64,
    pub(crate) stolen: u64,
    #[schema(value_type = u64)]
    pub(crate) on_hand: Wide,
    /// Of what is on hand.
    #[schema(value_type = u64)]
    pub(crate) available: Wide,
    #[schema(value_type = u64)]
    pub(crate) reserved: Wide,
    #[schema(value_type = u64)]
    pub(crate) unavailable: Wide,
    #[schema(value_type = u64)]
    pub(crate) in_transit: Wide,
    pub(crate) balanced: bool,
}

/// A sum of 128 bits: within 2^53-1 unless conservation is broken, and shown even then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wide(pub(crate) u128);

impl Serialize for Wide {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u128(self.0)
    }
}

/// Open alerts of each severity.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct OpenAlerts {
    info: u64,
    warning: u64,
    critical: u64,
}

impl From<views::AlertCounts> for OpenAlerts {
    fn from(counts: views::AlertCounts) -> Self {
        Self { info: counts.info, warning: counts.warning, critical: counts.critical }
    }
}
