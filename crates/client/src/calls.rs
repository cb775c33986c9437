//! A method for each operation. Made by `scripts/client-calls` from the API's document; do not edit.

use crate::queries::*;
use crate::query::path;
use crate::types::*;
use crate::{Client, Error, Pages, Write};

impl Client {
    /// The rules that say when alerts fire: those of timing first, then in the order of creation.
    ///
    /// `GET /api/alert-rules`.
    pub fn list_alert_rules(&self, query: &ListAlertRulesQuery) -> Pages<AlertRule> {
        self.pages(path("/api/alert-rules", &[]), query)
    }

    /// Delete a rule of alerts: its alerts resolve. A rule of timing that is deleted fires no more until it is put again.
    ///
    /// `DELETE /api/alert-rules/{id}`.
    pub fn delete_alert_rule(&self, id: &str) -> Write<AlertRule> {
        Write::keyed(self, "DELETE", path("/api/alert-rules/{}", &[id]), None::<&()>)
    }

    /// A rule of alerts.
    ///
    /// `GET /api/alert-rules/{id}`.
    pub async fn read_alert_rule(&self, id: &str) -> Result<AlertRule, Error> {
        self.read(path("/api/alert-rules/{}", &[id]), &()).await
    }

    /// Create or replace a rule of alerts. What it says holds at once, also for what is under way.
    ///
    /// `PUT /api/alert-rules/{id}`.
    pub fn put_alert_rule(&self, id: &str, body: &PutAlertRule) -> Write<AlertRule> {
        Write::keyed(self, "PUT", path("/api/alert-rules/{}", &[id]), Some(body))
    }

    /// Alerts that are firing, by when they fired, or those ever resolved, by when they were.
    ///
    /// `GET /api/alerts`.
    pub fn list_alerts(&self, query: &ListAlertsQuery) -> Pages<Alert> {
        self.pages(path("/api/alerts", &[]), query)
    }

    /// An alert that is firing, or one of the last 1,000 that were resolved.
    ///
    /// `GET /api/alerts/{alertId}`.
    pub async fn read_alert(&self, alert_id: &str) -> Result<Alert, Error> {
        self.read(path("/api/alerts/{}", &[alert_id]), &()).await
    }

    /// Say that a firing alert has been seen. Doing so again changes nothing.
    ///
    /// `POST /api/alerts/{alertId}/acknowledge`.
    pub fn acknowledge_alert(&self, alert_id: &str) -> Write<Alert> {
        Write::keyed(self, "POST", path("/api/alerts/{}/acknowledge", &[alert_id]), None::<&()>)
    }

    /// What goes from where to where: volume, transit times and how much is on time.
    ///
    /// `GET /api/analytics/lanes`.
    pub async fn read_lanes(&self, query: &ReadLanesQuery) -> Result<Lanes, Error> {
        self.read(path("/api/analytics/lanes", &[]), query).await
    }

    /// What was paid for a commodity at a station: open, high, low, close and volume over time.
    ///
    /// `GET /api/analytics/prices`.
    pub async fn read_prices(&self, query: &ReadPricesQuery) -> Result<Prices, Error> {
        self.read(path("/api/analytics/prices", &[]), query).await
    }

    /// The stations, commodities, traders or lanes with the most value, units, trades or delay.
    ///
    /// `GET /api/analytics/rankings`.
    pub async fn read_rankings(&self, query: &ReadRankingsQuery) -> Result<Ranking, Error> {
        self.read(path("/api/analytics/rankings", &[]), query).await
    }

    /// A figure over time, of the network or of one station, system, commodity or category.
    ///
    /// `GET /api/analytics/series`.
    pub async fn read_series(&self, query: &ReadSeriesQuery) -> Result<Series, Error> {
        self.read(path("/api/analytics/series", &[]), query).await
    }

    /// The network at a glance: trades a second, value, cargo and its delays, open alerts.
    ///
    /// `GET /api/analytics/summary`.
    pub async fn read_summary(&self) -> Result<Summary, Error> {
        self.read(path("/api/analytics/summary", &[]), &()).await
    }

    /// The proof that goods and credits only move: everything that came into being is somewhere.
    ///
    /// `GET /api/audit`.
    pub async fn audit(&self) -> Result<Audit, Error> {
        self.read(path("/api/audit", &[]), &()).await
    }

    /// Shipments of any age, without their timelines.
    ///
    /// `GET /api/cargo`.
    pub fn list_shipments(&self, query: &ListShipmentsQuery) -> Pages<Shipment> {
        self.pages(path("/api/cargo", &[]), query)
    }

    /// Book cargo: the goods are reserved at the origin.
    ///
    /// `POST /api/cargo`.
    pub fn book_shipment(&self, body: &NewBooking) -> Write<Shipment> {
        Write::keyed(self, "POST", path("/api/cargo", &[]), Some(body))
    }

    /// A shipment of any age, with everything that happened to it.
    ///
    /// `GET /api/cargo/{shipmentId}`.
    pub async fn read_shipment(&self, shipment_id: &str) -> Result<Shipment, Error> {
        self.read(path("/api/cargo/{}", &[shipment_id]), &()).await
    }

    /// Report of a shipment; answers with the shipment as this leaves it, without its timeline.
    ///
    /// `POST /api/cargo/{shipmentId}/events`.
    pub fn report_shipment(&self, shipment_id: &str, body: &NewShipmentEvent) -> Write<Shipment> {
        Write::keyed(self, "POST", path("/api/cargo/{}/events", &[shipment_id]), Some(body))
    }

    /// All commodities, in the order of creation.
    ///
    /// `GET /api/commodities`.
    pub fn list_commodities(&self, query: &ListCommoditiesQuery) -> Pages<Commodity> {
        self.pages(path("/api/commodities", &[]), query)
    }

    /// A commodity.
    ///
    /// `GET /api/commodities/{id}`.
    pub async fn read_commodity(&self, id: &str) -> Result<Commodity, Error> {
        self.read(path("/api/commodities/{}", &[id]), &()).await
    }

    /// Create or replace a commodity.
    ///
    /// `PUT /api/commodities/{id}`.
    pub fn put_commodity(&self, id: &str, body: &PutCommodity) -> Write<Commodity> {
        Write::keyed(self, "PUT", path("/api/commodities/{}", &[id]), Some(body))
    }

    /// Events of any age, by what they are about: the same that live readers get.
    ///
    /// `GET /api/events`.
    pub fn list_events(&self, query: &ListEventsQuery) -> Pages<crate::Event> {
        self.pages(path("/api/events", &[]), query)
    }

    /// Levels everywhere, by station: summed over owners, or one owner's.
    ///
    /// `GET /api/inventory`.
    pub fn list_inventory(&self, query: &ListInventoryQuery) -> Pages<Level> {
        self.pages(path("/api/inventory", &[]), query)
    }

    /// Levels at one station: summed over owners, by owner, or one owner's; now, or as of an earlier sequence or time.
    ///
    /// `GET /api/inventory/{stationId}`.
    pub async fn read_inventory(
        &self,
        station_id: &str,
        query: &ReadInventoryQuery,
    ) -> Result<Inventory, Error> {
        self.read(path("/api/inventory/{}", &[station_id]), query).await
    }

    /// Change stock outside a trade: production, consumption, damage, counts.
    ///
    /// `POST /api/inventory/{stationId}/adjustments`.
    pub fn adjust_inventory(&self, station_id: &str, body: &NewAdjustment) -> Write<Adjustment> {
        Write::keyed(self, "POST", path("/api/inventory/{}/adjustments", &[station_id]), Some(body))
    }

    /// All keys, those that have ended included, without their secrets. For administrators.
    ///
    /// `GET /api/keys`.
    pub fn list_keys(&self, query: &ListKeysQuery) -> Pages<Key> {
        self.pages(path("/api/keys", &[]), query)
    }

    /// Make an API key. Its secret is shown once.
    ///
    /// `POST /api/keys`.
    pub fn create_key(&self, body: &NewKey) -> Write<CreatedKey> {
        Write::keyed(self, "POST", path("/api/keys", &[]), Some(body))
    }

    /// End an API key, and with it what was opened with it: sessions at once, streams within seconds, and its webhooks deliver no more. Doing so again changes nothing.
    ///
    /// `DELETE /api/keys/{keyId}`.
    pub fn revoke_key(&self, key_id: &str) -> Write<Key> {
        Write::keyed(self, "DELETE", path("/api/keys/{}", &[key_id]), None::<&()>)
    }

    /// Make another API key in the place of one: for the same principal, with the same role and accounts. Its secret is shown once.
    ///
    /// `POST /api/keys/{keyId}/rotate`.
    pub fn rotate_key(&self, key_id: &str, body: &KeyRotation) -> Write<CreatedKey> {
        Write::keyed(self, "POST", path("/api/keys/{}/rotate", &[key_id]), Some(body))
    }

    /// The network: its clock, its counts, its limits.
    ///
    /// `GET /api/network`.
    pub async fn read_network(&self) -> Result<Network, Error> {
        self.read(path("/api/network", &[]), &()).await
    }

    /// Open offers, best price first: of each commodity, in the order of creation, the offers to sell from the cheapest on, then those to buy from the dearest on.
    ///
    /// `GET /api/offers`.
    pub fn list_offers(&self, query: &ListOffersQuery) -> Pages<Offer> {
        self.pages(path("/api/offers", &[]), query)
    }

    /// Post a price: what it promises is reserved, goods to sell or credits to buy.
    ///
    /// `POST /api/offers`.
    pub fn post_offer(&self, body: &NewOffer) -> Write<PostOfferAnswer> {
        Write::keyed(self, "POST", path("/api/offers", &[]), Some(body))
    }

    /// Withdraw an open offer: what is left of what it reserved is free again.
    ///
    /// `DELETE /api/offers/{offerId}`.
    pub fn withdraw_offer(&self, offer_id: &str) -> Write<Offer> {
        Write::keyed(self, "DELETE", path("/api/offers/{}", &[offer_id]), None::<&()>)
    }

    /// An open offer.
    ///
    /// `GET /api/offers/{offerId}`.
    pub async fn read_offer(&self, offer_id: &str) -> Result<Offer, Error> {
        self.read(path("/api/offers/{}", &[offer_id]), &()).await
    }

    /// Where to buy and where to sell: the pairs of stations with the most profit a unit.
    ///
    /// `GET /api/routes`.
    pub async fn find_routes(&self, query: &FindRoutesQuery) -> Result<TradeRoutes, Error> {
        self.read(path("/api/routes", &[]), query).await
    }

    /// All stations, in the order of creation.
    ///
    /// `GET /api/stations`.
    pub fn list_stations(&self, query: &ListStationsQuery) -> Pages<Station> {
        self.pages(path("/api/stations", &[]), query)
    }

    /// A station.
    ///
    /// `GET /api/stations/{id}`.
    pub async fn read_station(&self, id: &str) -> Result<Station, Error> {
        self.read(path("/api/stations/{}", &[id]), &()).await
    }

    /// Create or replace a station.
    ///
    /// `PUT /api/stations/{id}`.
    pub fn put_station(&self, id: &str, body: &PutStation) -> Write<Station> {
        Write::keyed(self, "PUT", path("/api/stations/{}", &[id]), Some(body))
    }

    /// Make a stream token: it opens one stream, within a minute, with the rights of the key.
    ///
    /// `POST /api/stream-tokens`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn create_stream_token(&self) -> Write<StreamToken> {
        Write::once(self, "POST", path("/api/stream-tokens", &[]), None::<&()>)
    }

    /// All traders, in the order of creation.
    ///
    /// `GET /api/traders`.
    pub fn list_traders(&self, query: &ListTradersQuery) -> Pages<Trader> {
        self.pages(path("/api/traders", &[]), query)
    }

    /// A trader; as of an earlier sequence or time, with the credits that it had then.
    ///
    /// `GET /api/traders/{id}`.
    pub async fn read_trader(&self, id: &str, query: &ReadTraderQuery) -> Result<Trader, Error> {
        self.read(path("/api/traders/{}", &[id]), query).await
    }

    /// Create or replace a trader.
    ///
    /// `PUT /api/traders/{id}`.
    pub fn put_trader(&self, id: &str, body: &PutTrader) -> Write<Trader> {
        Write::keyed(self, "PUT", path("/api/traders/{}", &[id]), Some(body))
    }

    /// Issue or retire credits.
    ///
    /// `POST /api/traders/{id}/credits`.
    pub fn change_credits(&self, id: &str, body: &NewCreditChange) -> Write<CreditChange> {
        Write::keyed(self, "POST", path("/api/traders/{}/credits", &[id]), Some(body))
    }

    /// A trader's statement: everything that moved its credits, each with what it had after it.
    ///
    /// `GET /api/traders/{id}/entries`.
    pub fn list_entries(&self, id: &str, query: &ListEntriesQuery) -> Pages<Entry> {
        self.pages(path("/api/traders/{}/entries", &[id]), query)
    }

    /// Trades of any age.
    ///
    /// `GET /api/trades`.
    pub fn list_trades(&self, query: &ListTradesQuery) -> Pages<Trade> {
        self.pages(path("/api/trades", &[]), query)
    }

    /// Trade: all lines or nothing, at once or, with `hold`, reserved now and settled later.
    ///
    /// `POST /api/trades`.
    pub fn create_trade(&self, body: &NewTrade) -> Write<Trade> {
        Write::keyed(self, "POST", path("/api/trades", &[]), Some(body))
    }

    /// A trade of any age, as its last event left it.
    ///
    /// `GET /api/trades/{transactionId}`.
    pub async fn read_trade(&self, transaction_id: &str) -> Result<Trade, Error> {
        self.read(path("/api/trades/{}", &[transaction_id]), &()).await
    }

    /// Move back, once, what a trade of any age moved: its goods, its credits, and its charges if they were paid. Refused if either side no longer has what it would give back.
    ///
    /// `POST /api/trades/{transactionId}/reverse`.
    pub fn reverse_trade(&self, transaction_id: &str, body: &NewReversal) -> Write<Trade> {
        Write::keyed(self, "POST", path("/api/trades/{}/reverse", &[transaction_id]), Some(body))
    }

    /// Settle a hold, in whole or in part; for the side that has yet to accept it, this accepts it.
    ///
    /// `POST /api/trades/{transactionId}/settle`.
    pub fn settle_trade(&self, transaction_id: &str, body: &NewSettlement) -> Write<Trade> {
        Write::keyed(self, "POST", path("/api/trades/{}/settle", &[transaction_id]), Some(body))
    }

    /// Call a hold off: what is left of it is released. What was settled of it stays settled.
    ///
    /// `POST /api/trades/{transactionId}/void`.
    pub fn void_trade(&self, transaction_id: &str, body: &NewVoid) -> Write<Trade> {
        Write::keyed(self, "POST", path("/api/trades/{}/void", &[transaction_id]), Some(body))
    }

    /// Give credits, or goods at a station.
    ///
    /// `POST /api/transfers`.
    pub fn transfer(&self, body: &NewTransfer) -> Write<Transfer> {
        Write::keyed(self, "POST", path("/api/transfers", &[]), Some(body))
    }

    /// All vessels, in the order of creation.
    ///
    /// `GET /api/vessels`.
    pub fn list_vessels(&self, query: &ListVesselsQuery) -> Pages<Vessel> {
        self.pages(path("/api/vessels", &[]), query)
    }

    /// A vessel, and what it carries now.
    ///
    /// `GET /api/vessels/{id}`.
    pub async fn read_vessel(&self, id: &str) -> Result<Vessel, Error> {
        self.read(path("/api/vessels/{}", &[id]), &()).await
    }

    /// Create or replace a vessel. What it carries already it goes on to carry.
    ///
    /// `PUT /api/vessels/{id}`.
    pub fn put_vessel(&self, id: &str, body: &PutVessel) -> Write<Vessel> {
        Write::keyed(self, "PUT", path("/api/vessels/{}", &[id]), Some(body))
    }

    /// The caller's own webhooks, oldest first; for administrators, all of them.
    ///
    /// `GET /api/webhooks`.
    pub fn list_webhooks(&self, query: &ListWebhooksQuery) -> Pages<Webhook> {
        self.pages(path("/api/webhooks", &[]), query)
    }

    /// Subscribe: committed events are sent to a URL, in order and at least once.
    ///
    /// `POST /api/webhooks`.
    pub fn create_webhook(&self, body: &NewWebhook) -> Write<Webhook> {
        Write::keyed(self, "POST", path("/api/webhooks", &[]), Some(body))
    }

    /// Delete a webhook, its secrets and its log. A delivery that is under way may still arrive.
    ///
    /// `DELETE /api/webhooks/{webhookId}`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn delete_webhook(&self, webhook_id: &str) -> Write<Webhook> {
        Write::once(self, "DELETE", path("/api/webhooks/{}", &[webhook_id]), None::<&()>)
    }

    /// A webhook: what it is set to, and how far it has come.
    ///
    /// `GET /api/webhooks/{webhookId}`.
    pub async fn read_webhook(&self, webhook_id: &str) -> Result<Webhook, Error> {
        self.read(path("/api/webhooks/{}", &[webhook_id]), &()).await
    }

    /// Change a webhook, pause it, or let it go on.
    ///
    /// `PATCH /api/webhooks/{webhookId}`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn change_webhook(&self, webhook_id: &str, body: &WebhookChange) -> Write<Webhook> {
        Write::once(self, "PATCH", path("/api/webhooks/{}", &[webhook_id]), Some(body))
    }

    /// The last attempts to deliver, newest first: 500 are kept.
    ///
    /// `GET /api/webhooks/{webhookId}/deliveries`.
    pub fn list_deliveries(
        &self,
        webhook_id: &str,
        query: &ListDeliveriesQuery,
    ) -> Pages<Delivery> {
        self.pages(path("/api/webhooks/{}/deliveries", &[webhook_id]), query)
    }

    /// Send again: everything from an event on, in order, or a single event.
    ///
    /// `POST /api/webhooks/{webhookId}/replay`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn replay_webhook(&self, webhook_id: &str, body: &WebhookReplay) -> Write<WebhookReplayed> {
        Write::once(self, "POST", path("/api/webhooks/{}/replay", &[webhook_id]), Some(body))
    }

    /// Make another secret; it is shown once.
    ///
    /// `POST /api/webhooks/{webhookId}/secrets`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn rotate_webhook_secret(
        &self,
        webhook_id: &str,
        body: &NewWebhookSecret,
    ) -> Write<Webhook> {
        Write::once(self, "POST", path("/api/webhooks/{}/secrets", &[webhook_id]), Some(body))
    }

    /// Send a signed `webhook.test` event, once and at once; the answer says what became of it.
    ///
    /// `POST /api/webhooks/{webhookId}/test`.
    ///
    /// It takes no idempotency key, so it is sent again only where nothing was sent.
    pub fn test_webhook(&self, webhook_id: &str) -> Write<Delivery> {
        Write::once(self, "POST", path("/api/webhooks/{}/test", &[webhook_id]), None::<&()>)
    }

    /// Who asks, and what they may do.
    ///
    /// `GET /api/whoami`.
    pub async fn who_am_i(&self) -> Result<WhoAmI, Error> {
        self.read(path("/api/whoami", &[]), &()).await
    }
}
