//! What lists and reads may be asked. Made by `scripts/client-calls` from the API's document; do not edit.

use jiff::Timestamp;

use crate::query::{Pairs, Query};
use crate::types::*;

/// What `listAlertRules` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListAlertRulesQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListAlertRulesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listAlerts` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListAlertsQuery {
    /// Of this status; firing if left out.
    pub status: Option<AlertStatus>,
    /// That say this.
    pub kind: Option<AlertKind>,
    /// That are as bad.
    pub severity: Option<Severity>,
    /// About this station.
    pub station: Option<String>,
    /// Of stock of this commodity.
    pub commodity: Option<String>,
    /// About this party's shipment, stock or hold.
    pub trader: Option<String>,
    /// That fired, or were resolved, at this time or after.
    pub from: Option<Timestamp>,
    /// That fired, or were resolved, before this time.
    pub to: Option<Timestamp>,
    /// newest or oldest first; newest if left out.
    pub order: Option<Order>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListAlertsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("status", &self.status);
        pairs.one("kind", &self.kind);
        pairs.one("severity", &self.severity);
        pairs.one("station", &self.station);
        pairs.one("commodity", &self.commodity);
        pairs.one("trader", &self.trader);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("order", &self.order);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `readLanes` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadLanesQuery {
    /// From this station.
    pub origin: Option<String>,
    /// To this station.
    pub destination: Option<String>,
    /// The hour of this time and later ones. The last 24 hours if left out.
    pub from: Option<Timestamp>,
    /// Hours that begin before this time. Up to now if left out.
    pub to: Option<Timestamp>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ReadLanesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("origin", &self.origin);
        pairs.one("destination", &self.destination);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("limit", &self.limit);
    }
}

/// What `readPrices` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadPricesQuery {
    /// Where.
    pub station: Option<String>,
    /// Of what.
    pub commodity: Option<String>,
    /// `minute`, `hour` or `day`; hours if left out.
    pub interval: Option<String>,
    /// The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out.
    pub from: Option<Timestamp>,
    /// Buckets that begin before this time. Up to now if left out.
    pub to: Option<Timestamp>,
}

impl Query for ReadPricesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("station", &self.station);
        pairs.one("commodity", &self.commodity);
        pairs.one("interval", &self.interval);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
    }
}

/// What `readRankings` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadRankingsQuery {
    /// `stations`, `commodities`, `traders` or `lanes`.
    pub of: Option<String>,
    /// `value`, `units`, `trades` or `delay`; by value if left out.
    pub by: Option<String>,
    /// The hour of this time and later ones. The last 24 hours if left out.
    pub from: Option<Timestamp>,
    /// Hours that begin before this time. Up to now if left out.
    pub to: Option<Timestamp>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ReadRankingsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("of", &self.of);
        pairs.one("by", &self.by);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("limit", &self.limit);
    }
}

/// What `readSeries` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadSeriesQuery {
    /// `trades`, `value`, `units`, `reversals`, `reversedValue`; of cargo `bookings`, `departures`, `shippedUnits`, `arrivals`, `onTime`, `delaySeconds`.
    pub metric: Option<String>,
    /// `network`, `station`, `system`, `commodity` or `category`; the network if left out.
    pub by: Option<String>,
    /// Of which one.
    pub id: Option<String>,
    /// `minute`, `hour` or `day`; hours if left out.
    pub interval: Option<String>,
    /// The bucket of this time and later ones. The last 60 minutes, 24 hours or 30 days if left out.
    pub from: Option<Timestamp>,
    /// Buckets that begin before this time. Up to now if left out.
    pub to: Option<Timestamp>,
}

impl Query for ReadSeriesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("metric", &self.metric);
        pairs.one("by", &self.by);
        pairs.one("id", &self.id);
        pairs.one("interval", &self.interval);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
    }
}

/// What `listShipments` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListShipmentsQuery {
    /// From this station.
    pub origin: Option<String>,
    /// To this station.
    pub destination: Option<String>,
    /// Of this owner's goods.
    pub owner: Option<String>,
    /// Carried by this one.
    pub carrier: Option<String>,
    /// On this vessel.
    pub vessel: Option<String>,
    /// With this commodity, among others.
    pub commodity: Option<String>,
    /// Of this status.
    pub status: Option<ShipmentStatus>,
    /// Late, or not.
    pub delayed: Option<bool>,
    /// Stopped, or not.
    pub on_hold: Option<bool>,
    /// Booked with this reference.
    pub reference: Option<String>,
    /// Booked at this time or after.
    pub from: Option<Timestamp>,
    /// Booked before this time.
    pub to: Option<Timestamp>,
    /// newest or oldest first; newest if left out.
    pub order: Option<Order>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListShipmentsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("origin", &self.origin);
        pairs.one("destination", &self.destination);
        pairs.one("owner", &self.owner);
        pairs.one("carrier", &self.carrier);
        pairs.one("vessel", &self.vessel);
        pairs.one("commodity", &self.commodity);
        pairs.one("status", &self.status);
        pairs.one("delayed", &self.delayed);
        pairs.one("onHold", &self.on_hold);
        pairs.one("reference", &self.reference);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("order", &self.order);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listCommodities` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListCommoditiesQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListCommoditiesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listEvents` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListEventsQuery {
    /// About these: the word before the dot of the type.
    pub topic: Vec<Topic>,
    /// Of these types.
    pub kind: Vec<EventType>,
    /// At these stations; of a shipment, both its ends.
    pub station: Vec<String>,
    /// At the stations that are in these systems now.
    pub system: Vec<String>,
    /// Of these commodities.
    pub commodity: Vec<String>,
    /// Of these parties.
    pub trader: Vec<String>,
    /// Of these vessels.
    pub vessel: Vec<String>,
    /// Of these shipments, their alerts included.
    pub shipment: Vec<String>,
    /// Of these trades, their alerts included.
    pub trade: Vec<String>,
    /// Of alerts, those at least as bad; other events pass.
    pub severity: Option<Severity>,
    /// Asked for by this principal.
    pub actor: Option<String>,
    /// With this reference.
    pub reference: Option<String>,
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
    /// newest or oldest first; oldest if left out.
    pub order: Option<Order>,
    /// Oldest first: a position, an event's id or its sequence. From the first event if left out.
    pub after: Option<String>,
    /// Newest first: the nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListEventsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.all("topic", &self.topic);
        pairs.all("type", &self.kind);
        pairs.all("station", &self.station);
        pairs.all("system", &self.system);
        pairs.all("commodity", &self.commodity);
        pairs.all("trader", &self.trader);
        pairs.all("vessel", &self.vessel);
        pairs.all("shipment", &self.shipment);
        pairs.all("trade", &self.trade);
        pairs.one("severity", &self.severity);
        pairs.one("actor", &self.actor);
        pairs.one("reference", &self.reference);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("order", &self.order);
        pairs.one("after", &self.after);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listInventory` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListInventoryQuery {
    /// Of this commodity.
    pub commodity: Option<String>,
    /// Of this owner.
    pub owner: Option<String>,
    /// With at least this much available.
    pub min_available: Option<u64>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListInventoryQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("commodity", &self.commodity);
        pairs.one("owner", &self.owner);
        pairs.one("minAvailable", &self.min_available);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `readInventory` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadInventoryQuery {
    /// Of this commodity.
    pub commodity: Option<String>,
    /// Of this owner.
    pub owner: Option<String>,
    /// `owner`: a level for each owner.
    pub by: Option<String>,
    /// A sequence, or a network time: right after it.
    pub as_of: Option<serde_json::Value>,
}

impl Query for ReadInventoryQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("commodity", &self.commodity);
        pairs.one("owner", &self.owner);
        pairs.one("by", &self.by);
        pairs.one("asOf", &self.as_of);
    }
}

/// What `listKeys` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListKeysQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListKeysQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listOffers` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListOffersQuery {
    /// Of this commodity.
    pub commodity: Option<String>,
    /// At this station.
    pub station: Option<String>,
    /// To sell, or to buy.
    pub side: Option<OfferSide>,
    /// Of this trader.
    pub trader: Option<String>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListOffersQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("commodity", &self.commodity);
        pairs.one("station", &self.station);
        pairs.one("side", &self.side);
        pairs.one("trader", &self.trader);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `findRoutes` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FindRoutesQuery {
    /// Of this commodity; of all if left out.
    pub commodity: Option<String>,
    /// At most so many light-years, in thousandths.
    pub max_distance: Option<f64>,
    /// Of prices last paid, only those at most so many seconds of network time old. Open offers are never too old.
    pub max_age: Option<u64>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for FindRoutesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("commodity", &self.commodity);
        pairs.one("maxDistance", &self.max_distance);
        pairs.one("maxAge", &self.max_age);
        pairs.one("limit", &self.limit);
    }
}

/// What `listStations` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListStationsQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListStationsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listTraders` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListTradersQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListTradersQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `readTrader` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReadTraderQuery {
    /// A sequence, or a network time: right after it. Its name is that of now.
    pub as_of: Option<serde_json::Value>,
}

impl Query for ReadTraderQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("asOf", &self.as_of);
    }
}

/// What `listEntries` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListEntriesQuery {
    /// By events of these types, parted by commas.
    pub kind: Vec<EventType>,
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
    /// The newest first, if left out.
    pub order: Option<Order>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListEntriesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.all("type", &self.kind);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("order", &self.order);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listTrades` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListTradesQuery {
    /// At this station.
    pub station: Option<String>,
    /// Of this commodity, among others.
    pub commodity: Option<String>,
    /// Bought or sold by this trader.
    pub trader: Option<String>,
    /// Of this status.
    pub status: Option<TradeStatus>,
    /// With this reference.
    pub reference: Option<String>,
    /// That happened at this time or after.
    pub from: Option<Timestamp>,
    /// That happened before this time.
    pub to: Option<Timestamp>,
    /// newest or oldest first; newest if left out.
    pub order: Option<Order>,
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListTradesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("station", &self.station);
        pairs.one("commodity", &self.commodity);
        pairs.one("trader", &self.trader);
        pairs.one("status", &self.status);
        pairs.one("reference", &self.reference);
        pairs.one("from", &self.from);
        pairs.one("to", &self.to);
        pairs.one("order", &self.order);
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listVessels` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListVesselsQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListVesselsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listWebhooks` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListWebhooksQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListWebhooksQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `listDeliveries` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListDeliveriesQuery {
    /// The nextCursor of an answer.
    pub cursor: Option<String>,
    /// 1 to 1000; 100 if left out.
    pub limit: Option<u64>,
}

impl Query for ListDeliveriesQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("cursor", &self.cursor);
        pairs.one("limit", &self.limit);
    }
}

/// What `followEvents` may be asked.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FollowEventsQuery {
    /// A position: an event's id or its sequence.
    pub after: Option<String>,
    /// What of the state of now comes first, so far as it matches.
    pub snapshot: Vec<SnapshotKind>,
    /// About these topics.
    pub topic: Vec<Topic>,
    /// Of these types.
    pub kind: Vec<EventType>,
    /// At these stations; of a shipment, either end.
    pub station: Vec<String>,
    /// At stations that lie in these systems.
    pub system: Vec<String>,
    /// Of these goods, among others.
    pub commodity: Vec<String>,
    /// Of these parties.
    pub trader: Vec<String>,
    /// Of these vessels.
    pub vessel: Vec<String>,
    /// Of these shipments.
    pub shipment: Vec<String>,
    /// Of these trades.
    pub trade: Vec<String>,
    /// Of alerts, those at least as bad; events of other topics pass.
    pub severity: Option<Severity>,
}

impl Query for FollowEventsQuery {
    fn pairs(&self, pairs: &mut Pairs) {
        pairs.one("after", &self.after);
        pairs.all("snapshot", &self.snapshot);
        pairs.all("topic", &self.topic);
        pairs.all("type", &self.kind);
        pairs.all("station", &self.station);
        pairs.all("system", &self.system);
        pairs.all("commodity", &self.commodity);
        pairs.all("trader", &self.trader);
        pairs.all("vessel", &self.vessel);
        pairs.all("shipment", &self.shipment);
        pairs.all("trade", &self.trade);
        pairs.one("severity", &self.severity);
    }
}
