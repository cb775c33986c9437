//! The API's bodies and answers. Made by `scripts/client-calls` from the API's document; do not edit.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::words::words;

/// Stock that was changed outside a trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Adjustment {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The lines.
    pub lines: Vec<AdjustmentLine>,
    /// The owner.
    pub owner: String,
    /// The station.
    pub station: String,
}

/// One change: `change` and a reason, or `count`, `expected` and the reason `counted`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdjustmentLine {
    /// The change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// The commodity.
    pub commodity: String,
    /// The count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// The reason.
    pub reason: StockChangeReason,
}

/// An alert, open or lately resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// The acknowledged at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// The principal that has seen it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<String>,
    /// Made by the server; sorts by sequence.
    pub alert_id: String,
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// The at risk.
    pub at_risk: AtRisk,
    /// The cause.
    pub cause: AlertCause,
    /// When its last event was recorded.
    pub changed_at: Timestamp,
    /// Of an alert of stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commodity: Option<String>,
    /// The fired at.
    pub fired_at: Timestamp,
    /// The kind.
    pub kind: AlertKind,
    /// The resolved at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Its last event.
    pub sequence: u64,
    /// Of one that is resolved, as it was then.
    pub severity: Severity,
    /// Of an alert of a shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment_id: Option<String>,
    /// The shipment's destination, the place of the stock or of the hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// The status.
    pub status: AlertStatus,
}

/// What an alert is about; at most one is open of each cause and kind of alert.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertCause {
    /// Whose stock the rule watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The rule that watches the stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The shipment id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shipment_id: Option<String>,
    /// The hold that ran out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
}

words! {
    /// The alert kind.
    AlertKind {
        ShipmentOverdue = "shipment_overdue",
        ShipmentLate = "shipment_late",
        ShipmentSilent = "shipment_silent",
        StockLow = "stock_low",
        StockOut = "stock_out",
        HoldExpired = "hold_expired",
    }
}

/// When alerts fire. Which fields it has depends on its kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertRule {
    /// Seconds of network time until the alert fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_seconds: Option<u64>,
    /// At or above this it is well again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<u64>,
    /// The commodity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commodity: Option<String>,
    /// Seconds of network time until it is critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_after_seconds: Option<u64>,
    /// At or below this the stock is low; at zero it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u64>,
    /// Whose stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: AlertRuleKind,
    /// The event that last changed it.
    pub sequence: u64,
}

words! {
    /// The alert rule kind.
    AlertRuleKind {
        ShipmentOverdue = "shipment_overdue",
        ShipmentLate = "shipment_late",
        ShipmentSilent = "shipment_silent",
        HoldExpired = "hold_expired",
        Stock = "stock",
    }
}

words! {
    /// The alert status.
    AlertStatus {
        Firing = "firing",
        Resolved = "resolved",
    }
}

/// How far a read has seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AsOf {
    /// The last event it has seen; 0 before the first.
    pub sequence: u64,
    /// When that was recorded, in network time.
    pub time: Timestamp,
}

/// What waits for the goods, now: at most 20 of each, none once it is resolved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AtRisk {
    /// Pending holds that have these goods reserved at the destination, oldest first.
    pub holds: Vec<String>,
    /// Rules on stock of these goods at the destination.
    pub rules: Vec<String>,
}

/// The proof of conservation, at one sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Audit {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// Whether all of it is balanced.
    pub balanced: bool,
    /// The commodities.
    pub commodities: Vec<CommodityFlows>,
    /// The credits.
    pub credits: CreditFlows,
}

/// A bucket of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// When it begins.
    pub at: Timestamp,
    /// Whether it has not ended.
    pub is_open: bool,
    /// The value.
    pub value: u64,
}

/// Prices in a bucket of time, in credits a unit; null if nothing was traded. First and last are by sequence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candle {
    /// When the bucket begins.
    pub at: Timestamp,
    /// The close.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<u64>,
    /// The high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub high: Option<u64>,
    /// Whether the bucket has not ended.
    pub is_open: bool,
    /// The low.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u64>,
    /// The open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<u64>,
    /// Lines of trades that settled.
    pub trades: u64,
    /// Units that changed owner.
    pub units: u64,
    /// Credits paid for them.
    pub value: u64,
}

/// What was shipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CargoFigures {
    /// Shipments that arrived here.
    pub arrivals: u64,
    /// Shipments booked from here.
    pub bookings: u64,
    /// The same of each: 0 of what was on time.
    pub delay: Quantiles,
    /// Seconds after the planned arrival, of all arrivals together.
    pub delay_seconds: u64,
    /// Shipments that left here.
    pub departures: u64,
    /// Of those, how many not after their planned arrival.
    pub on_time: u64,
    /// onTime ÷ arrivals; null if nothing arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time_share: Option<f64>,
    /// Units that left here.
    pub shipped_units: u64,
}

/// Credits beside a price, or for a shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// The amount.
    pub amount: u64,
    /// The kind.
    pub kind: ChargeKind,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub to: String,
}

words! {
    /// The charge kind.
    ChargeKind {
        Tax = "tax",
        Docking = "docking",
        Freight = "freight",
        Insurance = "insurance",
        Other = "other",
    }
}

/// A good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Commodity {
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// The category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The event that last changed it.
    pub sequence: u64,
    /// The unit mass grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_mass_grams: Option<u64>,
    /// The unit volume millilitres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_volume_millilitres: Option<u64>,
}

/// onHand = available + reserved + unavailable, and produced + found = onHand + inTransit + consumed + lost + expired + stolen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommodityFlows {
    /// Of what is on hand.
    pub available: u64,
    /// The balanced.
    pub balanced: bool,
    /// The commodity.
    pub commodity: String,
    /// The consumed.
    pub consumed: u64,
    /// The expired.
    pub expired: u64,
    /// The found.
    pub found: u64,
    /// The in transit.
    pub in_transit: u64,
    /// The lost.
    pub lost: u64,
    /// The on hand.
    pub on_hand: u64,
    /// The produced.
    pub produced: u64,
    /// The reserved.
    pub reserved: u64,
    /// The stolen.
    pub stolen: u64,
    /// The unavailable.
    pub unavailable: u64,
}

/// How much there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// The commodities.
    pub commodities: u64,
    /// Open shipments that are late.
    pub delayed_shipments: u64,
    /// Events ever recorded.
    pub events: u64,
    /// API keys ever made.
    pub keys: u64,
    /// Open shipments that are stopped.
    pub on_hold_shipments: u64,
    /// The open alerts.
    pub open_alerts: OpenAlerts,
    /// Trades that are pending.
    pub open_holds: u64,
    /// Offers that are open.
    pub open_offers: u64,
    /// Shipments that have not ended.
    pub open_shipments: u64,
    /// Live readers now.
    pub readers: u64,
    /// Shipments of each status: those under way now, and those ever ended.
    pub shipments: BTreeMap<String, u64>,
    /// The stations.
    pub stations: u64,
    /// Stock entries (station, owner, commodity) that hold something.
    pub stock_entries: u64,
    /// Credits ever paid for them; at most 2^53-1 is told.
    pub traded_value: u64,
    /// Stations included.
    pub traders: u64,
    /// Trades ever settled.
    pub trades_settled: u64,
    /// The vessels.
    pub vessels: u64,
}

/// A key that was made, or, as an event, that it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreatedKey {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The traders that it acts for; none for a role without accounts.
    pub accounts: Vec<String>,
    /// When it ends by itself; null if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The secret, in the first answer alone: it is kept nowhere, and a repeat has null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The key id.
    pub key_id: u64,
    /// The principal.
    pub principal: String,
    /// The key in whose place it was made, if in one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u64>,
    /// The role.
    pub role: Role,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenSubject>,
}

/// Credits that came into being or ceased to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditChange {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// Above zero for `issued`, below zero for `retired`.
    pub change: i64,
    /// The reason.
    pub reason: CreditReason,
    /// The trader.
    pub trader: String,
}

/// issued - retired = balances = available + held.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreditFlows {
    /// What all traders are free to spend.
    pub available: u64,
    /// The balanced.
    pub balanced: bool,
    /// The balances.
    pub balances: u64,
    /// What is held of all traders for holds, offers to buy and charges.
    pub held: u64,
    /// The issued.
    pub issued: u64,
    /// The retired.
    pub retired: u64,
}

words! {
    /// The credit reason.
    CreditReason {
        Issued = "issued",
        Retired = "retired",
    }
}

/// What is so now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Current {
    /// How far this has seen.
    pub as_of: AsOf,
    /// Open shipments that are late.
    pub delayed_shipments: u64,
    /// Open shipments that are stopped.
    pub on_hold_shipments: u64,
    /// The open alerts.
    pub open_alerts: OpenAlerts,
    /// Shipments of each status: those under way now, and those ever ended.
    pub shipments: BTreeMap<String, u64>,
}

/// That a shipment is late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delay {
    /// What holds it up, if the latest estimate said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<DelayCode>,
    /// By its estimate, or because the promise has passed.
    pub reason: DelayReason,
}

/// How many arrivals were so late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DelayBucket {
    /// The count.
    pub count: u64,
    /// At most so many seconds, and more than the bucket before.
    pub seconds: u64,
}

words! {
    /// The delay code.
    DelayCode {
        Congestion = "congestion",
        Weather = "weather",
        Mechanical = "mechanical",
        Customs = "customs",
        Security = "security",
        Crew = "crew",
        Loading = "loading",
        Other = "other",
    }
}

words! {
    /// The delay reason.
    DelayReason {
        Estimate = "estimate",
        Overdue = "overdue",
    }
}

/// One attempt to deliver something. Of the receiver's answer only the status is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// Whether the receiver has it now.
    pub accepted: bool,
    /// When it began, by the wall clock.
    pub at: Timestamp,
    /// The how manieth of this event it was.
    pub attempt: u64,
    /// The duration millis.
    pub duration_millis: u64,
    /// Why there was no answer: `resolve`, `address_refused`, `connect`, `tls`, `timeout` or `interrupted`; null if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The event's id; null for a test.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The `webhook-id` header: the same for each attempt.
    pub message_id: String,
    /// The status that the receiver answered with; null if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u64>,
    /// The event's type, or `webhook.test`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// What a request would do; nothing was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRun {
    /// True.
    pub dry_run: bool,
    /// The events that would be recorded; none if nothing would change.
    pub events: Vec<DryRunEvent>,
}

/// An event that would be recorded. Its sequence, its time, and identifiers made of them are those that it would have now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DryRunEvent {
    /// As in the event itself.
    pub data: serde_json::Value,
    /// What it would happen to.
    pub subject: String,
    /// The topic, a dot, what would happen.
    #[serde(rename = "type")]
    pub kind: String,
}

/// An entry of a trader's statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// What of it was free to be spent.
    pub available: u64,
    /// How much more is free to be spent since.
    pub available_change: i64,
    /// All that the trader had after it.
    pub balance: u64,
    /// How much more the trader has since: `availableChange` and `heldChange`.
    pub change: i64,
    /// What of it was held.
    pub held: u64,
    /// How much more is held since.
    pub held_change: i64,
    /// What that event is of: a trade, a shipment, an offer, or a trader.
    pub subject: String,
    /// The type of the event that made it.
    #[serde(rename = "type")]
    pub kind: String,
}

/// When and by whom it was written, and the client's own words on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
}

/// When and by whom it was written, and the client's own words on it: all of it or, in lists, a part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvelopePart {
    /// The principal that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// When it happened, as the client says; else when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Network time, strictly increasing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Timestamp>,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
}

/// Which events are wanted. Each field that is given narrows; of several values in one, any will do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EventFilter {
    /// Of these goods, among others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commodity: Vec<String>,
    /// Of alerts, those at least as bad; events of other topics pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Of these shipments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shipment: Vec<String>,
    /// At these stations; of a shipment, either end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub station: Vec<String>,
    /// At stations that lie in these systems.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system: Vec<String>,
    /// About these topics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topic: Vec<Topic>,
    /// Of these trades.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trade: Vec<String>,
    /// Of these parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trader: Vec<String>,
    /// Of these types.
    #[serde(rename = "type")]
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kind: Vec<EventType>,
    /// Of shipments on these vessels, and of the vessels themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vessel: Vec<String>,
}

words! {
    /// The type of an event.
    EventType {
        NetworkCreated = "network.created",
        KeyCreated = "key.created",
        KeyRevoked = "key.revoked",
        StationCreated = "station.created",
        StationUpdated = "station.updated",
        CommodityCreated = "commodity.created",
        CommodityUpdated = "commodity.updated",
        TraderCreated = "trader.created",
        TraderUpdated = "trader.updated",
        VesselCreated = "vessel.created",
        VesselUpdated = "vessel.updated",
        CreditsIssued = "credits.issued",
        CreditsRetired = "credits.retired",
        CreditsTransferred = "credits.transferred",
        StockAdjusted = "stock.adjusted",
        StockTransferred = "stock.transferred",
        TradeHeld = "trade.held",
        TradeSettled = "trade.settled",
        TradeVoided = "trade.voided",
        TradeExpired = "trade.expired",
        TradeReversed = "trade.reversed",
        ShipmentBooked = "shipment.booked",
        ShipmentLoaded = "shipment.loaded",
        ShipmentDeparted = "shipment.departed",
        ShipmentPosition = "shipment.position",
        ShipmentEstimated = "shipment.estimated",
        ShipmentDelayed = "shipment.delayed",
        ShipmentArrived = "shipment.arrived",
        ShipmentReceived = "shipment.received",
        ShipmentLost = "shipment.lost",
        ShipmentCancelled = "shipment.cancelled",
        ShipmentHeld = "shipment.held",
        ShipmentReleased = "shipment.released",
        ShipmentFound = "shipment.found",
        ShipmentReturned = "shipment.returned",
        OfferOpened = "offer.opened",
        OfferFilled = "offer.filled",
        OfferWithdrawn = "offer.withdrawn",
        OfferExpired = "offer.expired",
        AlertRuleCreated = "alert-rule.created",
        AlertRuleUpdated = "alert-rule.updated",
        AlertRuleDeleted = "alert-rule.deleted",
        AlertFired = "alert.fired",
        AlertChanged = "alert.changed",
        AlertAcknowledged = "alert.acknowledged",
        AlertResolved = "alert.resolved",
        KeyExpired = "key.expired",
        KeyUpdated = "key.updated",
    }
}

/// What was traded and shipped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cargo: Option<CargoFigures>,
    /// Trades that were reversed; of a commodity, their lines. Not taken off the above.
    pub reversals: u64,
    /// Credits paid back for them.
    pub reversed_value: u64,
    /// Trades that settled; of a commodity, lines that did.
    pub trades: u64,
    /// Units that changed owner.
    pub units: u64,
    /// Credits paid for goods.
    pub value: u64,
}

/// Goods, by commodity and quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GoodsLine {
    /// The commodity.
    pub commodity: String,
    /// The quantity.
    pub quantity: u64,
}

/// How the server is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// While recovering: `checking` the journal, then `replaying` what is in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Events checked or replayed so far, while recovering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replayed: Option<u64>,
    /// `alive`, `ready`, `recovering` or `stopping`.
    pub status: String,
    /// The last event to be checked or replayed, while recovering.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// Levels at one station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Inventory {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// The levels.
    pub levels: Vec<Level>,
    /// The station.
    pub station: String,
}

/// A key in the list of keys.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// The traders that it acts for; none for a role without accounts.
    pub accounts: Vec<String>,
    /// The created at.
    pub created_at: Timestamp,
    /// When it ends by itself; null if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The key id.
    pub key_id: u64,
    /// When it was last used, to the minute; null if it never was. After a crash the last minutes before it may be missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// The principal.
    pub principal: String,
    /// The key in whose place it was made, if in one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<u64>,
    /// When somebody ended it; null if nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
    /// The role.
    pub role: Role,
    /// The event that last changed it.
    pub sequence: u64,
    /// The status.
    pub status: KeyStatus,
    /// Whose tokens speak for it, if it is one of tokens: no secret opens it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenSubject>,
}

/// An API key to be made in the place of another.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRotation {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When the new key ends by itself; if left out, it is good as long as the old one was to be when it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// How many seconds the old key stays good, at most: 0 to 2,592,000; a day if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_old_seconds: Option<u64>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

words! {
    /// The key status.
    KeyStatus {
        Active = "active",
        Expired = "expired",
        Revoked = "revoked",
    }
}

/// What went from one station to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lane {
    /// Shipments that arrived here.
    pub arrivals: u64,
    /// Shipments booked from here.
    pub bookings: u64,
    /// The same of each: 0 of what was on time.
    pub delay: Quantiles,
    /// Seconds after the planned arrival, of all arrivals together.
    pub delay_seconds: u64,
    /// Shipments that left here.
    pub departures: u64,
    /// Of those, how many not after their planned arrival.
    pub on_time: u64,
    /// onTime ÷ arrivals; null if nothing arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_time_share: Option<f64>,
    /// Units that left here.
    pub shipped_units: u64,
    /// The destination.
    pub destination: String,
    /// The origin.
    pub origin: String,
    /// From departure to arrival.
    pub transit: Quantiles,
    /// What left, at the price last paid at the origin for each commodity when it left; 0 for what never was traded there.
    pub value: u64,
}

/// Flows of cargo.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lanes {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// The hours that are counted: those that were asked for, or the days around them.
    pub from: Timestamp,
    /// The lane with the most units first.
    pub items: Vec<Lane>,
    /// The to.
    pub to: Timestamp,
}

/// A price, and when it was paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastPrice {
    /// When it happened; when it is recorded, if left out.
    pub at: Timestamp,
    /// Credits a unit.
    pub price: u64,
}

/// Stock of a commodity at a station: `onHand = available + reserved + unavailable`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Level {
    /// Free to be traded, shipped or consumed.
    pub available: u64,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The commodity.
    pub commodity: String,
    /// Under way to here; not on hand.
    pub incoming: u64,
    /// The on hand.
    pub on_hand: u64,
    /// Whose, when listed by owner or for one owner; else it is the sum over all owners.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Promised to booked shipments.
    pub reserved: u64,
    /// Where, when levels of several stations are listed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// There, but damaged or rejected.
    pub unavailable: u64,
}

words! {
    /// The loss cause.
    LossCause {
        Lost = "lost",
        Stolen = "stolen",
    }
}

/// The network: its clock, its counts, its limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    /// Wall time at creation.
    pub created_at: Timestamp,
    /// Network time at creation.
    pub epoch: Timestamp,
    /// The journal's identifier.
    pub journal: String,
    /// The bounds of the network, by name.
    pub limits: BTreeMap<String, u64>,
    /// The last event.
    pub sequence: u64,
    /// Seconds of network time a second of wall time.
    pub speed: u64,
    /// What event identifiers of this journal end in.
    pub tag: String,
    /// Network time now.
    pub time: Timestamp,
}

/// Stock changes at one station for one owner, all or nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAdjustment {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// What changes, a commodity once each.
    pub lines: Vec<NewAdjustmentLine>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whose stock; the station's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// One stock change. With a reason other than `counted`, `change` is required: above zero for `produced`, `found` and `repaired`, below zero for the others. With `counted`, `count` and `expected` are required instead.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewAdjustmentLine {
    /// By how many units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<i64>,
    /// The commodity.
    pub commodity: String,
    /// How many units there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// How many units were on hand before, as the counter was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<u64>,
    /// The reason.
    pub reason: StockChangeReason,
}

/// Cargo to be carried.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBooking {
    /// When it was booked, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who carries them; whoever flies the vessel if left out, and without one the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// Held now, and paid when goods are received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<Vec<NewCharge>>,
    /// Who counts them at the destination; the owner if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consignee: Option<String>,
    /// The destination.
    pub destination: String,
    /// What, a commodity once each.
    pub lines: Vec<NewBookingLine>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The origin.
    pub origin: String,
    /// Whose goods.
    pub owner: String,
    /// Not before the departure.
    pub planned_arrival: Timestamp,
    /// The planned departure.
    pub planned_departure: Timestamp,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// How much more than was shipped may be received, in thousandths of each line, at most 1000; none if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tolerance_permille: Option<u64>,
    /// What carries them: it must have room for them, and carries one shipment at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel: Option<String>,
}

/// One line of a booking.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewBookingLine {
    /// The commodity.
    pub commodity: String,
    /// The quantity.
    pub quantity: u64,
}

/// Credits that are held, and paid with what they belong to.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCharge {
    /// The amount.
    pub amount: u64,
    /// The kind.
    pub kind: ChargeKind,
    /// Who pays.
    pub payer: String,
    /// Who is paid; not the payer.
    pub to: String,
}

/// Credits made or unmade.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewCreditChange {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Above zero for `issued`, below zero for `retired`.
    pub change: i64,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The reason.
    pub reason: CreditReason,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Goods, by commodity and quantity.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewGoodsLine {
    /// The commodity.
    pub commodity: String,
    /// The quantity.
    pub quantity: u64,
}

/// How long a reservation lasts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewHold {
    /// When what is left of it is released by itself.
    pub expires_in_seconds: u64,
}

/// An API key to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewKey {
    /// The traders that it acts for: 1 to 100 for the roles `trader` and `carrier`, none for the others. The same for all keys of the principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<String>>,
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// When it ends by itself; not before it is revoked if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// For whom it speaks; created with the first key that names it.
    pub principal: String,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// What the principal may do; the same for all its keys.
    pub role: Role,
}

/// A posted price, which reserves what it promises.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewOffer {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The commodity.
    pub commodity: String,
    /// When it ends by itself; until it is filled or withdrawn if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_seconds: Option<u64>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// How much; 0 only with `replace`, and then it only withdraws.
    pub quantity: u64,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Whether it takes the place of the trader's open offers of this side and commodity here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replace: Option<bool>,
    /// The side.
    pub side: OfferSide,
    /// Where.
    pub station: String,
    /// Whose offer; the station's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trader: Option<String>,
    /// Credits a unit.
    pub unit_price: u64,
}

/// A place in space; Sol is at the origin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewPosition {
    /// The x.
    pub x: f64,
    /// The y.
    pub y: f64,
    /// The z.
    pub z: f64,
}

/// Moves back what a trade moved, once.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewReversal {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Why, in words.
    pub reason: String,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Who signs in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSession {
    /// The secret of an API key, or a token of the issuer whose tokens are taken.
    pub key: String,
}

/// What of a hold is settled: all that is left of it, or some lines.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewSettlement {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Whether it ends the hold: what is left is released. If left out: true without lines, false with them. A hold of which nothing is left ends in any case.
    #[serde(rename = "final")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_final: Option<bool>,
    /// What, a commodity once each; all that is left if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewGoodsLine>>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// What a carrier or a station reports of a shipment. Beside the type and what every body may have: `departed` may have `estimatedArrival`; `position` has `position`; `estimated` has at least one of `estimatedDeparture` and `estimatedArrival`, and may have `reason` and `delayCode`; `received` has `lines`; `lost` may have `cause`, `lines` and `reason`; `found` may have `lines` and `reason`; `held` has `reason`; `cancelled` and `returned` may have `reason`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewShipmentEvent {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How goods were lost; `lost` if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<LossCause>,
    /// Why it is late, by code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_code: Option<DelayCode>,
    /// The estimated arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_arrival: Option<Timestamp>,
    /// The estimated departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_departure: Option<Timestamp>,
    /// What was counted, lost or found, a commodity once each. Of `lost`, all that is outstanding if left out; of `found`, all that was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewShipmentEventLine>>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<NewPosition>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The type.
    #[serde(rename = "type")]
    pub kind: ShipmentReportType,
}

/// What became of one commodity. Of `received`: `accepted`, and where there is any `rejected` and `short`, together at least one unit. Of `lost` and `found`: `quantity`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewShipmentEventLine {
    /// Good: becomes available. None if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<u64>,
    /// The commodity.
    pub commodity: String,
    /// How much is lost, or found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u64>,
    /// Not good: becomes unavailable. None if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<u64>,
    /// Missed: stays outstanding until the rest comes or somebody writes it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<u64>,
}

/// A trade, all or nothing: goods change owner at the station, credits the other way.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTrade {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who pays.
    pub buyer: String,
    /// Paid beside the price: with the trade, or with the settlement that ends a hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charges: Option<Vec<NewCharge>>,
    /// Reserve now, and settle later; left out, it settles at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<NewHold>,
    /// What, a commodity once each.
    pub lines: Vec<NewTradeLine>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Who gives.
    pub seller: String,
    /// Where the goods are and stay.
    pub station: String,
}

/// One line of a trade: at a `unitPrice`; or of an open `offer` of one of its sides, at the offer's price, if that is no worse than `limitPrice`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTradeLine {
    /// The commodity.
    pub commodity: String,
    /// Credits a unit: the most that is paid for an offer to sell, the least for an offer to buy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_price: Option<u64>,
    /// The open offer that it takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The quantity.
    pub quantity: u64,
    /// Credits a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_price: Option<u64>,
}

/// A gift: of `credits`, or of goods in `lines` at a `station`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewTransfer {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The credits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<u64>,
    /// Who gives.
    pub from: String,
    /// What, a commodity once each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<NewGoodsLine>>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where the goods are and stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Who is given; not the giver.
    pub to: String,
}

/// Calls a hold off: what is left of it is released.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewVoid {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A webhook to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewWebhook {
    /// A position to begin behind: an event's id, or its sequence in digits. From now on if left out; `0` delivers all that ever happened first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// The owner's own words on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which events are wanted, of those that the key may see; all of them if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
    /// Where deliveries go: `https`, and a public address, unless the operator allows others.
    pub url: String,
}

/// A secret to be made.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewWebhookSecret {
    /// How many seconds deliveries are signed with the older secrets, too: 0 to 2,592,000; a day if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_old_seconds: Option<u64>,
}

/// Withdraws an open offer; a line of bulk alone has such a body.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewWithdrawal {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A posted price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The principal that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// When it happened, as the client says; else when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Network time, strictly increasing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Timestamp>,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The commodity.
    pub commodity: String,
    /// When it ends by itself; null if it does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Made by the server; sorts by sequence.
    pub offer_id: String,
    /// How much was posted.
    pub quantity: u64,
    /// How much may still be taken; of one that has ended, how much was left.
    pub remaining: u64,
    /// The side.
    pub side: OfferSide,
    /// The station.
    pub station: String,
    /// The status.
    pub status: OfferStatus,
    /// Whose offer.
    pub trader: String,
    /// Credits a unit.
    pub unit_price: u64,
}

words! {
    /// The offer side.
    OfferSide {
        Sell = "sell",
        Buy = "buy",
    }
}

/// What became of a posting that opened no offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfferStanding {
    /// The offer that stands already as it was to be posted; null if it was only to withdraw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<Offer>,
    /// The offers that it withdrew.
    pub withdrawn: Vec<Offer>,
}

words! {
    /// The offer status.
    OfferStatus {
        Open = "open",
        Filled = "filled",
        Withdrawn = "withdrawn",
        Expired = "expired",
    }
}

/// That a shipment is stopped.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnHold {
    /// Why, in words.
    pub reason: String,
}

/// Open alerts of each severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenAlerts {
    /// The critical.
    pub critical: u64,
    /// The info.
    pub info: u64,
    /// The warning.
    pub warning: u64,
}

words! {
    /// The order.
    Order {
        Newest = "newest",
        Oldest = "oldest",
    }
}

/// A place in space, in light-years; Sol is at the origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Position {
    /// The x.
    pub x: f64,
    /// The y.
    pub y: f64,
    /// The z.
    pub z: f64,
}

/// The prices of a commodity at a station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Prices {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// All buckets, the oldest first.
    pub candles: Vec<Candle>,
    /// The commodity.
    pub commodity: String,
    /// When the first bucket begins.
    pub from: Timestamp,
    /// The interval.
    pub interval: String,
    /// What was last paid, whenever that was; null if it never was traded here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastPrice>,
    /// The station.
    pub station: String,
    /// When the last bucket ends.
    pub to: Timestamp,
}

/// A rule of alerts as it shall be. Beside the kind and what every body may have: rules of timing have `afterSeconds` and `criticalAfterSeconds` (which `hold_expired` may leave out) and the names that they are listed by; `stock` has `station`, `commodity`, `low` and `clear`, and may have `owner`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutAlertRule {
    /// Until the alert fires; of `hold_expired`, until it resolves by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_seconds: Option<u64>,
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// At or above this it is well again; more than `low`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<u64>,
    /// The commodity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commodity: Option<String>,
    /// Until it is critical; not before it fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_after_seconds: Option<u64>,
    /// The kind.
    pub kind: AlertRuleKind,
    /// At or below this the stock is low; at zero it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u64>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// Whose stock; the station's own if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
}

/// A commodity as it shall be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutCommodity {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// For grouping.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// For people.
    pub name: String,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Grams a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_mass_grams: Option<u64>,
    /// Millilitres a unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit_volume_millilitres: Option<u64>,
}

/// A station as it shall be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutStation {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// The kind.
    pub kind: StationKind,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// For people.
    pub name: String,
    /// Whose it is; itself if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The position.
    pub position: NewPosition,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The system it lies in.
    pub system: String,
}

/// A trader as it shall be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutTrader {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// For people.
    pub name: String,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// A vessel as it shall be.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutVessel {
    /// When it happened, if not now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Who flies it: the carrier of its shipments where they name none.
    pub carrier: String,
    /// Grams it can carry; without a bound if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_capacity_grams: Option<u64>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// For people.
    pub name: String,
    /// The client's own number for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Millilitres it can carry; without a bound if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_capacity_millilitres: Option<u64>,
}

/// How long, in whole seconds rounded up: of so many hundredths, no longer than this. Each is at most a sixteenth above the exact one. Null if nothing was counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quantiles {
    /// The p50.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p50: Option<u64>,
    /// The p90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p90: Option<u64>,
    /// The p99.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<u64>,
}

/// A price at a station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Quote {
    /// Whole seconds of network time since then.
    pub age_seconds: u64,
    /// When the offer was posted, or the price was paid.
    pub at: Timestamp,
    /// Credits a unit.
    pub price: u64,
    /// What is left of the offers of this price; null if it is what was last paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u64>,
    /// `offer` if it is an open offer's, `trade` if it is what was last paid.
    pub source: String,
    /// The station.
    pub station: String,
}

/// A station, a commodity or a trader; what a trader shipped is what it carried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RankedItemThing {
    /// Null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cargo: Option<CargoFigures>,
    /// Trades that were reversed; of a commodity, their lines. Not taken off the above.
    pub reversals: u64,
    /// Credits paid back for them.
    pub reversed_value: u64,
    /// Trades that settled; of a commodity, lines that did.
    pub trades: u64,
    /// Units that changed owner.
    pub units: u64,
    /// Credits paid for goods.
    pub value: u64,
    /// The id.
    pub id: String,
}

/// One of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum RankedItem {
    /// `Lane`.
    Lane(Lane),
    /// `RankedItemThing`.
    Thing(RankedItemThing),
}

/// The first of a ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ranking {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// The by.
    pub by: String,
    /// The hours that are counted: those that were asked for, or the days around them.
    pub from: Timestamp,
    /// The items.
    pub items: Vec<RankedItem>,
    /// The of.
    pub of: String,
    /// The to.
    pub to: Timestamp,
}

words! {
    /// The role.
    Role {
        Admin = "admin",
        Operator = "operator",
        Viewer = "viewer",
        Trader = "trader",
        Carrier = "carrier",
    }
}

/// What a rule says: of timing the seconds, of stock the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleTermsAnswer {
    /// Seconds of network time until the alert fires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_seconds: Option<u64>,
    /// At or above this it is well again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clear: Option<u64>,
    /// The commodity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commodity: Option<String>,
    /// Seconds of network time until it is critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub critical_after_seconds: Option<u64>,
    /// At or below this the stock is low; at zero it is out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub low: Option<u64>,
    /// Whose stock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The station.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
}

/// A figure in buckets of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Series {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// All of them, the oldest first.
    pub buckets: Vec<Bucket>,
    /// The by.
    pub by: String,
    /// When the first bucket begins.
    pub from: Timestamp,
    /// Of which one; null of the whole network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The interval.
    pub interval: String,
    /// The metric.
    pub metric: String,
    /// When the last bucket ends.
    pub to: Timestamp,
}

words! {
    /// The severity.
    Severity {
        Info = "info",
        Warning = "warning",
        Critical = "critical",
    }
}

/// A shipment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shipment {
    /// The principal that asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// Anything of the client's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<BTreeMap<String, String>>,
    /// When it happened, as the client says; else when it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred_at: Option<Timestamp>,
    /// Network time, strictly increasing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<Timestamp>,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The actual arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_arrival: Option<Timestamp>,
    /// The actual departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actual_departure: Option<Timestamp>,
    /// The carrier.
    pub carrier: String,
    /// Held until it ends; paid if anything was received, else released.
    pub charges: Vec<Charge>,
    /// Who counts them at the destination.
    pub consignee: String,
    /// Null unless it is late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delayed: Option<Delay>,
    /// The destination.
    pub destination: String,
    /// The estimated arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_arrival: Option<Timestamp>,
    /// When the latest estimate was made: one made before it, whenever it is told, changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_at: Option<Timestamp>,
    /// The estimated departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_departure: Option<Timestamp>,
    /// The lines.
    pub lines: Vec<ShipmentLine>,
    /// Null unless somebody has stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_hold: Option<OnHold>,
    /// The origin.
    pub origin: String,
    /// Whose goods.
    pub owner: String,
    /// The planned arrival.
    pub planned_arrival: Timestamp,
    /// The planned departure.
    pub planned_departure: Timestamp,
    /// The position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Sighting>,
    /// Made by the server; sorts by sequence.
    pub shipment_id: String,
    /// The status.
    pub status: ShipmentStatus,
    /// Everything that happened to it, oldest first. On the booking and the read of one shipment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Vec<TimelineEntry>>,
    /// How much more than was shipped may be received, in thousandths of each line.
    pub tolerance_permille: u64,
    /// Where it was seen, by time: the last 100 positions. On the read of one shipment alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Vec<Sighting>>,
    /// What carries it, if that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vessel: Option<String>,
}

/// Goods that were booked, left, were lost, found, returned or released: `quantity`. Goods that were counted: `accepted`, `rejected`, `found` beyond what was outstanding, and `short`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShipmentEventLine {
    /// The accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<u64>,
    /// The commodity.
    pub commodity: String,
    /// The found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<u64>,
    /// The quantity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u64>,
    /// The rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rejected: Option<u64>,
    /// The short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<u64>,
}

/// Goods of a shipment: quantity = accepted + rejected + writtenOff + outstanding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ShipmentLine {
    /// The accepted.
    pub accepted: u64,
    /// The commodity.
    pub commodity: String,
    /// Received beyond what was shipped, within the tolerance.
    pub found: u64,
    /// The outstanding.
    pub outstanding: u64,
    /// The quantity.
    pub quantity: u64,
    /// The rejected.
    pub rejected: u64,
    /// Of what is outstanding, what the last count missed.
    pub short: u64,
    /// The written off.
    pub written_off: u64,
}

words! {
    /// The shipment report type.
    ShipmentReportType {
        Loaded = "loaded",
        Departed = "departed",
        Position = "position",
        Estimated = "estimated",
        Arrived = "arrived",
        Received = "received",
        Lost = "lost",
        Cancelled = "cancelled",
        Held = "held",
        Released = "released",
        Found = "found",
        Returned = "returned",
    }
}

words! {
    /// The shipment status.
    ShipmentStatus {
        Booked = "booked",
        Loading = "loading",
        InTransit = "in_transit",
        Arrived = "arrived",
        PartiallyReceived = "partially_received",
        Received = "received",
        Cancelled = "cancelled",
        Lost = "lost",
        Returned = "returned",
    }
}

/// Where something was seen, and when.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sighting {
    /// When it happened; when it is recorded, if left out.
    pub at: Timestamp,
    /// The x.
    pub x: f64,
    /// The y.
    pub y: f64,
    /// The z.
    pub z: f64,
}

words! {
    /// A part of the state that a stream begins with.
    SnapshotKind {
        Inventory = "inventory",
        Shipments = "shipments",
        Alerts = "alerts",
        Summary = "summary",
    }
}

/// A place where goods are; it is a trader, too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// The id.
    pub id: String,
    /// The kind.
    pub kind: StationKind,
    /// The name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
    /// The position.
    pub position: Position,
    /// The event that last changed it.
    pub sequence: u64,
    /// The system it lies in.
    pub system: String,
}

words! {
    /// The station kind.
    StationKind {
        Planet = "planet",
        Station = "station",
        Outpost = "outpost",
        Gate = "gate",
    }
}

words! {
    /// The stock change reason.
    StockChangeReason {
        Produced = "produced",
        Found = "found",
        Consumed = "consumed",
        Lost = "lost",
        Expired = "expired",
        Stolen = "stolen",
        Damaged = "damaged",
        Repaired = "repaired",
        Counted = "counted",
    }
}

/// A token that opens one stream. It is shown once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamToken {
    /// How long it is good.
    pub expires_in_seconds: u64,
    /// For `/api/updates/real-time?token=`.
    pub token: String,
}

/// The network at a glance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// How far the answer has seen.
    pub as_of: AsOf,
    /// Null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
    /// The last 1,440 whole minutes.
    pub day: Window,
    /// How late everything arrived that ever did; null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delays: Option<Vec<DelayBucket>>,
    /// The last 60 whole minutes.
    pub hour: Window,
    /// The last whole minute.
    pub minute: Window,
    /// Network time now.
    pub time: Timestamp,
    /// Since the first event.
    pub total: Figures,
}

/// Something that happened to a shipment: its type, its fields, its envelope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// Of `lost` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<LossCause>,
    /// Charges that were paid with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges_paid: Vec<Charge>,
    /// Charges that were released with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges_released: Vec<Charge>,
    /// Of `received` only: whether nothing is outstanding any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
    /// Of `estimated` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_code: Option<DelayCode>,
    /// Of `delayed` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_reason: Option<DelayReason>,
    /// The estimated arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_arrival: Option<Timestamp>,
    /// The estimated departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_departure: Option<Timestamp>,
    /// The goods it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ShipmentEventLine>>,
    /// The position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The word behind the dot of the event's type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// The fields that an event of a shipment has of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TimelineFacts {
    /// Of `lost` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<LossCause>,
    /// Charges that were paid with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges_paid: Vec<Charge>,
    /// Charges that were released with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub charges_released: Vec<Charge>,
    /// Of `received` only: whether nothing is outstanding any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<bool>,
    /// Of `estimated` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_code: Option<DelayCode>,
    /// Of `delayed` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay_reason: Option<DelayReason>,
    /// The estimated arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_arrival: Option<Timestamp>,
    /// The estimated departure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_departure: Option<Timestamp>,
    /// The goods it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<ShipmentEventLine>>,
    /// The position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The token that a caller came with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// The claim `iss` of the tokens.
    pub issuer: String,
    /// The claim `sub` of the tokens.
    pub subject: String,
    /// Until when it is taken: wall time, unlike all other times.
    pub expires_at: Timestamp,
}

/// Somebody whom an issuer of tokens knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSubject {
    /// The claim `iss` of the tokens.
    pub issuer: String,
    /// The claim `sub` of the tokens.
    pub subject: String,
}

words! {
    /// What events are about: the word before the dot of their type.
    Topic {
        Network = "network",
        Key = "key",
        Station = "station",
        Commodity = "commodity",
        Trader = "trader",
        Vessel = "vessel",
        Credits = "credits",
        Stock = "stock",
        Trade = "trade",
        Shipment = "shipment",
        Offer = "offer",
        AlertRule = "alert-rule",
        Alert = "alert",
        Levels = "levels",
    }
}

/// A trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trade {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// The side that has yet to accept, and has reserved nothing; null if none has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting: Option<TradeParty>,
    /// The buyer.
    pub buyer: String,
    /// Paid beside the price.
    pub charges: Vec<Charge>,
    /// The deadline of a hold; null of a direct trade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The lines.
    pub lines: Vec<TradeLine>,
    /// The side whose own key made the hold; null where an operator named both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<TradeParty>,
    /// Why it was voided or reversed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The seller.
    pub seller: String,
    /// When it was last settled, in whole or in part; null until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled_at: Option<Timestamp>,
    /// The station.
    pub station: String,
    /// The status.
    pub status: TradeStatus,
    /// Credits agreed: the sum over the lines. Charges are not in it.
    pub total: u64,
    /// Made by the server; sorts by sequence.
    pub transaction_id: String,
}

/// One line of a trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeLine {
    /// The commodity.
    pub commodity: String,
    /// The offer that it took; null if it took none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<String>,
    /// The quantity.
    pub quantity: u64,
    /// How much has changed owner.
    pub settled_quantity: u64,
    /// Credits agreed for this line.
    pub total: u64,
    /// Credits a unit.
    pub unit_price: u64,
}

words! {
    /// The trade party.
    TradeParty {
        Seller = "seller",
        Buyer = "buyer",
    }
}

/// Buy here, sell there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeRoute {
    /// The buy.
    pub buy: Quote,
    /// The commodity.
    pub commodity: String,
    /// Light-years in a straight line, in thousandths, rounded down.
    pub distance: f64,
    /// How much can be had and sold, as far as offers say; null if none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<u64>,
    /// The sell.
    pub sell: Quote,
    /// Credits a unit.
    pub unit_profit: u64,
}

/// Where to buy and where to sell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TradeRoutes {
    /// How far the prices last paid have seen; offers are those of now.
    pub as_of: AsOf,
    /// Whether all prices and pairs were looked at; false where there are too many.
    pub is_complete: bool,
    /// Between two open offers first, then with one, then between prices last paid; each by profit a unit, then by distance.
    pub items: Vec<TradeRoute>,
    /// Network time now.
    pub time: Timestamp,
}

words! {
    /// The trade status.
    TradeStatus {
        Pending = "pending",
        Settled = "settled",
        Voided = "voided",
        Expired = "expired",
        Reversed = "reversed",
    }
}

/// A party, and its credits now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trader {
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// Free to be spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<u64>,
    /// All of its credits: `available` and `held`. Null, as these are, if the caller may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance: Option<u64>,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// Held for holds, offers to buy and charges, and not to be spent otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<u64>,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The event that last changed what it is; credits have events of their own.
    pub sequence: u64,
    /// Whether it is a station.
    pub station: bool,
}

/// Credits, or goods at a station, that were given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Transfer {
    /// The principal that asked for it.
    pub actor: String,
    /// Anything of the client's own.
    pub metadata: BTreeMap<String, String>,
    /// When it happened, as the client says; else when it was recorded.
    pub occurred_at: Timestamp,
    /// Network time, strictly increasing.
    pub recorded_at: Timestamp,
    /// The client's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Its place in the one sequence.
    pub sequence: u64,
    /// Null where goods were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<u64>,
    /// Who gave.
    pub from: String,
    /// Null where credits were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<GoodsLine>>,
    /// The reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where the goods were and are; null where credits were given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub station: Option<String>,
    /// Who was given.
    pub to: String,
}

/// What carries shipments, and what it carries now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Vessel {
    /// Who flies it.
    pub carrier: String,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// The id.
    pub id: String,
    /// Null: without a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_capacity_grams: Option<u64>,
    /// The name.
    pub name: String,
    /// The event that last changed it.
    pub sequence: u64,
    /// Null: without a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_capacity_millilitres: Option<u64>,
    /// On reads alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
    /// The shipment on it, from loading or departure until arrival or the end; null also if that may not be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrying: Option<String>,
}

/// A vessel, as an event made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VesselData {
    /// Who flies it.
    pub carrier: String,
    /// The changed at.
    pub changed_at: Timestamp,
    /// The created at.
    pub created_at: Timestamp,
    /// The id.
    pub id: String,
    /// Null: without a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mass_capacity_grams: Option<u64>,
    /// The name.
    pub name: String,
    /// The event that last changed it.
    pub sequence: u64,
    /// Null: without a bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume_capacity_millilitres: Option<u64>,
}

/// A webhook. Its times are the wall clock's, not network time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// Every event up to this sequence was accepted by the receiver, or is none for it.
    pub after: u64,
    /// How often the next event was tried, and not accepted.
    pub attempts: u64,
    /// The created at.
    pub created_at: Timestamp,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The disabled at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<Timestamp>,
    /// Why the server ended it: `gone` (the receiver answered 410), `failing` (a delivery was tried for days), `key_revoked`, `invalid`; null if it did not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_reason: Option<String>,
    /// Since when; null while all is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<Timestamp>,
    /// Which events are wanted, of those that the key may see.
    pub filter: EventFilter,
    /// By which key it delivers: what that may see, while it is good.
    pub key_id: u64,
    /// When it is tried again; null if nothing waits for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Whose it is.
    pub principal: String,
    /// The secret, `whsec_` and base64, in the answer to its making alone; a repeat of that has null.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// What deliveries are signed with, oldest first; the secrets themselves are never shown again.
    pub secrets: Vec<WebhookSecret>,
    /// The status.
    pub status: WebhookStatus,
    /// Where deliveries go.
    pub url: String,
    /// The webhook id.
    pub webhook_id: String,
}

/// What is to change of a webhook; what is left out stays.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookChange {
    /// The owner's own words on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which events are wanted: takes the place of the whole filter; `{}` wants all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
    /// `paused` holds the deliveries; `active` goes on where they were, also after the server ended them, by the key of whoever asks, if that is the owner's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<WebhookWish>,
    /// Where deliveries go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What is to be sent again: one of the two.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookReplay {
    /// A single event, sent once and at once: an event's id, or its sequence in digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// The first event from which on everything is delivered, again or, if it is ahead, without what is passed over: an event's id, or its sequence in digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// What was sent again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookReplayed {
    /// What became of the single event; null if everything from one on is delivered again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    /// The webhook, as it is now.
    pub webhook: Webhook,
}

/// A secret, without itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSecret {
    /// The created at.
    pub created_at: Timestamp,
    /// From when on nothing is signed with it; null for the newest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

words! {
    /// The webhook status.
    WebhookStatus {
        Active = "active",
        Paused = "paused",
        Disabled = "disabled",
    }
}

words! {
    /// The webhook wish.
    WebhookWish {
        Active = "active",
        Paused = "paused",
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WhoAmI {
    /// The traders that the caller acts for, and sees; none for a role that sees everything.
    pub accounts: Vec<String>,
    /// Whether no key was given, and the server lets anybody read.
    pub anonymous: bool,
    /// When the key ends by itself; null if it does not, or there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The key id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<u64>,
    /// The principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<String>,
    /// The role.
    pub role: Role,
    /// The token of an issuer that was sent instead of a key's secret, or signed in with; null if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<Token>,
}

/// The figures of a span of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Null for keys that see some accounts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cargo: Option<CargoFigures>,
    /// Trades that were reversed; of a commodity, their lines. Not taken off the above.
    pub reversals: u64,
    /// Credits paid back for them.
    pub reversed_value: u64,
    /// Trades that settled; of a commodity, lines that did.
    pub trades: u64,
    /// Units that changed owner.
    pub units: u64,
    /// Credits paid for goods.
    pub value: u64,
    /// The from.
    pub from: Timestamp,
    /// The to.
    pub to: Timestamp,
    /// trades ÷ seconds.
    pub trades_per_second: f64,
    /// value ÷ seconds.
    pub value_per_second: f64,
}

/// What `postOffer` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PostOfferAnswer {
    /// `OfferStanding`.
    OfferStanding(OfferStanding),
    /// `Offer`.
    Offer(Offer),
}

/// Every type by its name in the document: what it makes of an instance, written again.
#[cfg(test)]
pub(crate) fn again(name: &str, instance: &str) -> Option<serde_json::Result<serde_json::Value>> {
    fn through<T: Serialize + serde::de::DeserializeOwned>(
        instance: &str,
    ) -> serde_json::Result<serde_json::Value> {
        serde_json::to_value(serde_json::from_str::<T>(instance)?)
    }
    Some(match name {
        "Adjustment" => through::<Adjustment>(instance),
        "AdjustmentLine" => through::<AdjustmentLine>(instance),
        "Alert" => through::<Alert>(instance),
        "AlertCause" => through::<AlertCause>(instance),
        "AlertKind" => through::<AlertKind>(instance),
        "AlertRule" => through::<AlertRule>(instance),
        "AlertRuleKind" => through::<AlertRuleKind>(instance),
        "AlertStatus" => through::<AlertStatus>(instance),
        "AsOf" => through::<AsOf>(instance),
        "AtRisk" => through::<AtRisk>(instance),
        "Audit" => through::<Audit>(instance),
        "Bucket" => through::<Bucket>(instance),
        "Candle" => through::<Candle>(instance),
        "CargoFigures" => through::<CargoFigures>(instance),
        "Charge" => through::<Charge>(instance),
        "ChargeKind" => through::<ChargeKind>(instance),
        "Commodity" => through::<Commodity>(instance),
        "CommodityFlows" => through::<CommodityFlows>(instance),
        "Counts" => through::<Counts>(instance),
        "CreatedKey" => through::<CreatedKey>(instance),
        "CreditChange" => through::<CreditChange>(instance),
        "CreditFlows" => through::<CreditFlows>(instance),
        "CreditReason" => through::<CreditReason>(instance),
        "Current" => through::<Current>(instance),
        "Delay" => through::<Delay>(instance),
        "DelayBucket" => through::<DelayBucket>(instance),
        "DelayCode" => through::<DelayCode>(instance),
        "DelayReason" => through::<DelayReason>(instance),
        "Delivery" => through::<Delivery>(instance),
        "DryRun" => through::<DryRun>(instance),
        "DryRunEvent" => through::<DryRunEvent>(instance),
        "Entry" => through::<Entry>(instance),
        "Envelope" => through::<Envelope>(instance),
        "EnvelopePart" => through::<EnvelopePart>(instance),
        "EventFilter" => through::<EventFilter>(instance),
        "EventType" => through::<EventType>(instance),
        "Figures" => through::<Figures>(instance),
        "GoodsLine" => through::<GoodsLine>(instance),
        "Health" => through::<Health>(instance),
        "Inventory" => through::<Inventory>(instance),
        "Key" => through::<Key>(instance),
        "KeyRotation" => through::<KeyRotation>(instance),
        "KeyStatus" => through::<KeyStatus>(instance),
        "Lane" => through::<Lane>(instance),
        "Lanes" => through::<Lanes>(instance),
        "LastPrice" => through::<LastPrice>(instance),
        "Level" => through::<Level>(instance),
        "LossCause" => through::<LossCause>(instance),
        "Network" => through::<Network>(instance),
        "NewAdjustment" => through::<NewAdjustment>(instance),
        "NewAdjustmentLine" => through::<NewAdjustmentLine>(instance),
        "NewBooking" => through::<NewBooking>(instance),
        "NewBookingLine" => through::<NewBookingLine>(instance),
        "NewCharge" => through::<NewCharge>(instance),
        "NewCreditChange" => through::<NewCreditChange>(instance),
        "NewGoodsLine" => through::<NewGoodsLine>(instance),
        "NewHold" => through::<NewHold>(instance),
        "NewKey" => through::<NewKey>(instance),
        "NewOffer" => through::<NewOffer>(instance),
        "NewPosition" => through::<NewPosition>(instance),
        "NewReversal" => through::<NewReversal>(instance),
        "NewSession" => through::<NewSession>(instance),
        "NewSettlement" => through::<NewSettlement>(instance),
        "NewShipmentEvent" => through::<NewShipmentEvent>(instance),
        "NewShipmentEventLine" => through::<NewShipmentEventLine>(instance),
        "NewTrade" => through::<NewTrade>(instance),
        "NewTradeLine" => through::<NewTradeLine>(instance),
        "NewTransfer" => through::<NewTransfer>(instance),
        "NewVoid" => through::<NewVoid>(instance),
        "NewWebhook" => through::<NewWebhook>(instance),
        "NewWebhookSecret" => through::<NewWebhookSecret>(instance),
        "NewWithdrawal" => through::<NewWithdrawal>(instance),
        "Offer" => through::<Offer>(instance),
        "OfferSide" => through::<OfferSide>(instance),
        "OfferStanding" => through::<OfferStanding>(instance),
        "OfferStatus" => through::<OfferStatus>(instance),
        "OnHold" => through::<OnHold>(instance),
        "OpenAlerts" => through::<OpenAlerts>(instance),
        "Order" => through::<Order>(instance),
        "Position" => through::<Position>(instance),
        "Prices" => through::<Prices>(instance),
        "PutAlertRule" => through::<PutAlertRule>(instance),
        "PutCommodity" => through::<PutCommodity>(instance),
        "PutStation" => through::<PutStation>(instance),
        "PutTrader" => through::<PutTrader>(instance),
        "PutVessel" => through::<PutVessel>(instance),
        "Quantiles" => through::<Quantiles>(instance),
        "Quote" => through::<Quote>(instance),
        "RankedItem" => through::<RankedItem>(instance),
        "Ranking" => through::<Ranking>(instance),
        "Role" => through::<Role>(instance),
        "RuleTermsAnswer" => through::<RuleTermsAnswer>(instance),
        "Series" => through::<Series>(instance),
        "Severity" => through::<Severity>(instance),
        "Shipment" => through::<Shipment>(instance),
        "ShipmentEventLine" => through::<ShipmentEventLine>(instance),
        "ShipmentLine" => through::<ShipmentLine>(instance),
        "ShipmentReportType" => through::<ShipmentReportType>(instance),
        "ShipmentStatus" => through::<ShipmentStatus>(instance),
        "Sighting" => through::<Sighting>(instance),
        "SnapshotKind" => through::<SnapshotKind>(instance),
        "Station" => through::<Station>(instance),
        "StationKind" => through::<StationKind>(instance),
        "StockChangeReason" => through::<StockChangeReason>(instance),
        "StreamToken" => through::<StreamToken>(instance),
        "Summary" => through::<Summary>(instance),
        "TimelineEntry" => through::<TimelineEntry>(instance),
        "TimelineFacts" => through::<TimelineFacts>(instance),
        "Token" => through::<Token>(instance),
        "TokenSubject" => through::<TokenSubject>(instance),
        "Topic" => through::<Topic>(instance),
        "Trade" => through::<Trade>(instance),
        "TradeLine" => through::<TradeLine>(instance),
        "TradeParty" => through::<TradeParty>(instance),
        "TradeRoute" => through::<TradeRoute>(instance),
        "TradeRoutes" => through::<TradeRoutes>(instance),
        "TradeStatus" => through::<TradeStatus>(instance),
        "Trader" => through::<Trader>(instance),
        "Transfer" => through::<Transfer>(instance),
        "Vessel" => through::<Vessel>(instance),
        "VesselData" => through::<VesselData>(instance),
        "Webhook" => through::<Webhook>(instance),
        "WebhookChange" => through::<WebhookChange>(instance),
        "WebhookReplay" => through::<WebhookReplay>(instance),
        "WebhookReplayed" => through::<WebhookReplayed>(instance),
        "WebhookSecret" => through::<WebhookSecret>(instance),
        "WebhookStatus" => through::<WebhookStatus>(instance),
        "WebhookWish" => through::<WebhookWish>(instance),
        "WhoAmI" => through::<WhoAmI>(instance),
        "Window" => through::<Window>(instance),
        _ => return None,
    })
}
