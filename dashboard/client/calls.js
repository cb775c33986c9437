// A method for each operation of the API.
// Made by `scripts/client-calls` from the API's document; do not edit.

import { Http, path } from "./http.js";

/** @import * as types from "./types.js" */
/** @import { Reading, Writing, Pages } from "./http.js" */

export class Calls extends Http {
  /**
   * The rules that say when alerts fire: those of timing first, then in the order of creation. `GET /api/alert-rules`
   * @param {types.ListAlertRulesQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.AlertRule>}
   */
  listAlertRules(query = {}, options = {}) {
    return this.pages("/api/alert-rules", query, options);
  }

  /**
   * Delete a rule of alerts: its alerts resolve. A rule of timing that is deleted fires no more until it is put again. `DELETE /api/alert-rules/{id}`
   * @param {string} id Its name.
   * @param {Writing} [options]
   * @returns {Promise<types.AlertRule>}
   */
  deleteAlertRule(id, options = {}) {
    return this.write("DELETE", path`/api/alert-rules/${id}`, undefined, options);
  }

  /**
   * A rule of alerts. `GET /api/alert-rules/{id}`
   * @param {string} id Its name.
   * @param {Reading} [options]
   * @returns {Promise<types.AlertRule>}
   */
  readAlertRule(id, options = {}) {
    return this.get(path`/api/alert-rules/${id}`, {}, options);
  }

  /**
   * Create or replace a rule of alerts. What it says holds at once, also for what is under way. `PUT /api/alert-rules/{id}`
   * @param {string} id Its name: of timing as the list has it, of stock the client's.
   * @param {types.PutAlertRule} body
   * @param {Writing} [options]
   * @returns {Promise<types.AlertRule>}
   */
  putAlertRule(id, body, options = {}) {
    return this.write("PUT", path`/api/alert-rules/${id}`, body, options);
  }

  /**
   * Alerts that are firing, by when they fired, or those ever resolved, by when they were. `GET /api/alerts`
   * @param {types.ListAlertsQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Alert>}
   */
  listAlerts(query = {}, options = {}) {
    return this.pages("/api/alerts", query, options);
  }

  /**
   * An alert that is firing, or one of the last 1,000 that were resolved. `GET /api/alerts/{alertId}`
   * @param {string} alertId As the list of alerts said.
   * @param {Reading} [options]
   * @returns {Promise<types.Alert>}
   */
  readAlert(alertId, options = {}) {
    return this.get(path`/api/alerts/${alertId}`, {}, options);
  }

  /**
   * Say that a firing alert has been seen. Doing so again changes nothing. `POST /api/alerts/{alertId}/acknowledge`
   * @param {string} alertId As the list of alerts said.
   * @param {Writing} [options]
   * @returns {Promise<types.Alert>}
   */
  acknowledgeAlert(alertId, options = {}) {
    return this.write("POST", path`/api/alerts/${alertId}/acknowledge`, undefined, options);
  }

  /**
   * What goes from where to where: volume, transit times and how much is on time. `GET /api/analytics/lanes`
   * @param {types.ReadLanesQuery} [query]
   * @param {Reading} [options]
   * @returns {Promise<types.Lanes>}
   */
  readLanes(query = {}, options = {}) {
    return this.get("/api/analytics/lanes", query, options);
  }

  /**
   * What was paid for a commodity at a station: open, high, low, close and volume over time. `GET /api/analytics/prices`
   * @param {types.ReadPricesQuery} query
   * @param {Reading} [options]
   * @returns {Promise<types.Prices>}
   */
  readPrices(query, options = {}) {
    return this.get("/api/analytics/prices", query, options);
  }

  /**
   * The stations, commodities, traders or lanes with the most value, units, trades or delay. `GET /api/analytics/rankings`
   * @param {types.ReadRankingsQuery} query
   * @param {Reading} [options]
   * @returns {Promise<types.Ranking>}
   */
  readRankings(query, options = {}) {
    return this.get("/api/analytics/rankings", query, options);
  }

  /**
   * A figure over time, of the network or of one station, system, commodity or category. `GET /api/analytics/series`
   * @param {types.ReadSeriesQuery} query
   * @param {Reading} [options]
   * @returns {Promise<types.Series>}
   */
  readSeries(query, options = {}) {
    return this.get("/api/analytics/series", query, options);
  }

  /**
   * The network at a glance: trades a second, value, cargo and its delays, open alerts. `GET /api/analytics/summary`
   * @param {Reading} [options]
   * @returns {Promise<types.Summary>}
   */
  readSummary(options = {}) {
    return this.get("/api/analytics/summary", {}, options);
  }

  /**
   * The proof that goods and credits only move: everything that came into being is somewhere. `GET /api/audit`
   * @param {Reading} [options]
   * @returns {Promise<types.Audit>}
   */
  audit(options = {}) {
    return this.get("/api/audit", {}, options);
  }

  /**
   * Shipments of any age, without their timelines. `GET /api/cargo`
   * @param {types.ListShipmentsQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Shipment>}
   */
  listShipments(query = {}, options = {}) {
    return this.pages("/api/cargo", query, options);
  }

  /**
   * Book cargo: the goods are reserved at the origin. `POST /api/cargo`
   * @param {types.NewBooking} body
   * @param {Writing} [options]
   * @returns {Promise<types.Shipment>}
   */
  bookShipment(body, options = {}) {
    return this.write("POST", "/api/cargo", body, options);
  }

  /**
   * A shipment of any age, with everything that happened to it. `GET /api/cargo/{shipmentId}`
   * @param {string} shipmentId As the answer to the booking said.
   * @param {Reading} [options]
   * @returns {Promise<types.Shipment>}
   */
  readShipment(shipmentId, options = {}) {
    return this.get(path`/api/cargo/${shipmentId}`, {}, options);
  }

  /**
   * Report of a shipment; answers with the shipment as this leaves it, without its timeline. `POST /api/cargo/{shipmentId}/events`
   * @param {string} shipmentId As the answer to the booking said.
   * @param {types.NewShipmentEvent} body
   * @param {Writing} [options]
   * @returns {Promise<types.Shipment>}
   */
  reportShipment(shipmentId, body, options = {}) {
    return this.write("POST", path`/api/cargo/${shipmentId}/events`, body, options);
  }

  /**
   * All commodities, in the order of creation. `GET /api/commodities`
   * @param {types.ListCommoditiesQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Commodity>}
   */
  listCommodities(query = {}, options = {}) {
    return this.pages("/api/commodities", query, options);
  }

  /**
   * A commodity. `GET /api/commodities/{id}`
   * @param {string} id The client's name for it.
   * @param {Reading} [options]
   * @returns {Promise<types.Commodity>}
   */
  readCommodity(id, options = {}) {
    return this.get(path`/api/commodities/${id}`, {}, options);
  }

  /**
   * Create or replace a commodity. `PUT /api/commodities/{id}`
   * @param {string} id The client's name for it.
   * @param {types.PutCommodity} body
   * @param {Writing} [options]
   * @returns {Promise<types.Commodity>}
   */
  putCommodity(id, body, options = {}) {
    return this.write("PUT", path`/api/commodities/${id}`, body, options);
  }

  /**
   * Events of any age, by what they are about: the same that live readers get. `GET /api/events`
   * @param {types.ListEventsQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.CloudEvent>}
   */
  listEvents(query = {}, options = {}) {
    return this.pages("/api/events", query, options);
  }

  /**
   * Levels everywhere, by station: summed over owners, or one owner's. `GET /api/inventory`
   * @param {types.ListInventoryQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Level>}
   */
  listInventory(query = {}, options = {}) {
    return this.pages("/api/inventory", query, options);
  }

  /**
   * Levels at one station: summed over owners, by owner, or one owner's; now, or as of an earlier sequence or time. `GET /api/inventory/{stationId}`
   * @param {string} stationId Where.
   * @param {types.ReadInventoryQuery} [query]
   * @param {Reading} [options]
   * @returns {Promise<types.Inventory>}
   */
  readInventory(stationId, query = {}, options = {}) {
    return this.get(path`/api/inventory/${stationId}`, query, options);
  }

  /**
   * Change stock outside a trade: production, consumption, damage, counts. `POST /api/inventory/{stationId}/adjustments`
   * @param {string} stationId Where.
   * @param {types.NewAdjustment} body
   * @param {Writing} [options]
   * @returns {Promise<types.Adjustment>}
   */
  adjustInventory(stationId, body, options = {}) {
    return this.write("POST", path`/api/inventory/${stationId}/adjustments`, body, options);
  }

  /**
   * All keys, those that have ended included, without their secrets. For administrators. `GET /api/keys`
   * @param {types.ListKeysQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Key>}
   */
  listKeys(query = {}, options = {}) {
    return this.pages("/api/keys", query, options);
  }

  /**
   * Make an API key. Its secret is shown once. `POST /api/keys`
   * @param {types.NewKey} body
   * @param {Writing} [options]
   * @returns {Promise<types.CreatedKey>}
   */
  createKey(body, options = {}) {
    return this.write("POST", "/api/keys", body, options);
  }

  /**
   * End an API key, and with it what was opened with it: sessions at once, streams within seconds, and its webhooks deliver no more. Doing so again changes nothing. `DELETE /api/keys/{keyId}`
   * @param {string} keyId As the answer to the key said.
   * @param {Writing} [options]
   * @returns {Promise<types.Key>}
   */
  revokeKey(keyId, options = {}) {
    return this.write("DELETE", path`/api/keys/${keyId}`, undefined, options);
  }

  /**
   * Make another API key in the place of one: for the same principal, with the same role and accounts. Its secret is shown once. `POST /api/keys/{keyId}/rotate`
   * @param {string} keyId As the answer to the old key said.
   * @param {types.KeyRotation} body
   * @param {Writing} [options]
   * @returns {Promise<types.CreatedKey>}
   */
  rotateKey(keyId, body, options = {}) {
    return this.write("POST", path`/api/keys/${keyId}/rotate`, body, options);
  }

  /**
   * The network: its clock, its counts, its limits. `GET /api/network`
   * @param {Reading} [options]
   * @returns {Promise<types.Network>}
   */
  readNetwork(options = {}) {
    return this.get("/api/network", {}, options);
  }

  /**
   * Open offers, best price first: of each commodity, in the order of creation, the offers to sell from the cheapest on, then those to buy from the dearest on. `GET /api/offers`
   * @param {types.ListOffersQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Offer>}
   */
  listOffers(query = {}, options = {}) {
    return this.pages("/api/offers", query, options);
  }

  /**
   * Post a price: what it promises is reserved, goods to sell or credits to buy. `POST /api/offers`
   * @param {types.NewOffer} body
   * @param {Writing} [options]
   * @returns {Promise<types.PostOfferAnswer>}
   */
  postOffer(body, options = {}) {
    return this.write("POST", "/api/offers", body, options);
  }

  /**
   * Withdraw an open offer: what is left of what it reserved is free again. `DELETE /api/offers/{offerId}`
   * @param {string} offerId As the answer to the posting said.
   * @param {Writing} [options]
   * @returns {Promise<types.Offer>}
   */
  withdrawOffer(offerId, options = {}) {
    return this.write("DELETE", path`/api/offers/${offerId}`, undefined, options);
  }

  /**
   * An open offer. `GET /api/offers/{offerId}`
   * @param {string} offerId As the answer to the posting said.
   * @param {Reading} [options]
   * @returns {Promise<types.Offer>}
   */
  readOffer(offerId, options = {}) {
    return this.get(path`/api/offers/${offerId}`, {}, options);
  }

  /**
   * Where to buy and where to sell: the pairs of stations with the most profit a unit. `GET /api/routes`
   * @param {types.FindRoutesQuery} [query]
   * @param {Reading} [options]
   * @returns {Promise<types.TradeRoutes>}
   */
  findRoutes(query = {}, options = {}) {
    return this.get("/api/routes", query, options);
  }

  /**
   * All stations, in the order of creation. `GET /api/stations`
   * @param {types.ListStationsQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Station>}
   */
  listStations(query = {}, options = {}) {
    return this.pages("/api/stations", query, options);
  }

  /**
   * A station. `GET /api/stations/{id}`
   * @param {string} id The client's name for it.
   * @param {Reading} [options]
   * @returns {Promise<types.Station>}
   */
  readStation(id, options = {}) {
    return this.get(path`/api/stations/${id}`, {}, options);
  }

  /**
   * Create or replace a station. `PUT /api/stations/{id}`
   * @param {string} id The client's name for it.
   * @param {types.PutStation} body
   * @param {Writing} [options]
   * @returns {Promise<types.Station>}
   */
  putStation(id, body, options = {}) {
    return this.write("PUT", path`/api/stations/${id}`, body, options);
  }

  /**
   * Make a stream token: it opens one stream, within a minute, with the rights of the key. `POST /api/stream-tokens`
   * @param {Writing} [options]
   * @returns {Promise<types.StreamToken>}
   */
  createStreamToken(options = {}) {
    return this.write("POST", "/api/stream-tokens", undefined, { ...options, key: null });
  }

  /**
   * All traders, in the order of creation. `GET /api/traders`
   * @param {types.ListTradersQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Trader>}
   */
  listTraders(query = {}, options = {}) {
    return this.pages("/api/traders", query, options);
  }

  /**
   * A trader; as of an earlier sequence or time, with the credits that it had then. `GET /api/traders/{id}`
   * @param {string} id The client's name for it.
   * @param {types.ReadTraderQuery} [query]
   * @param {Reading} [options]
   * @returns {Promise<types.Trader>}
   */
  readTrader(id, query = {}, options = {}) {
    return this.get(path`/api/traders/${id}`, query, options);
  }

  /**
   * Create or replace a trader. `PUT /api/traders/{id}`
   * @param {string} id The client's name for it.
   * @param {types.PutTrader} body
   * @param {Writing} [options]
   * @returns {Promise<types.Trader>}
   */
  putTrader(id, body, options = {}) {
    return this.write("PUT", path`/api/traders/${id}`, body, options);
  }

  /**
   * Issue or retire credits. `POST /api/traders/{id}/credits`
   * @param {string} id Whose balance.
   * @param {types.NewCreditChange} body
   * @param {Writing} [options]
   * @returns {Promise<types.CreditChange>}
   */
  changeCredits(id, body, options = {}) {
    return this.write("POST", path`/api/traders/${id}/credits`, body, options);
  }

  /**
   * A trader's statement: everything that moved its credits, each with what it had after it. `GET /api/traders/{id}/entries`
   * @param {string} id Whose.
   * @param {types.ListEntriesQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Entry>}
   */
  listEntries(id, query = {}, options = {}) {
    return this.pages(path`/api/traders/${id}/entries`, query, options);
  }

  /**
   * Trades of any age. `GET /api/trades`
   * @param {types.ListTradesQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Trade>}
   */
  listTrades(query = {}, options = {}) {
    return this.pages("/api/trades", query, options);
  }

  /**
   * Trade: all lines or nothing, at once or, with `hold`, reserved now and settled later. `POST /api/trades`
   * @param {types.NewTrade} body
   * @param {Writing} [options]
   * @returns {Promise<types.Trade>}
   */
  createTrade(body, options = {}) {
    return this.write("POST", "/api/trades", body, options);
  }

  /**
   * A trade of any age, as its last event left it. `GET /api/trades/{transactionId}`
   * @param {string} transactionId As the answer to the trade said.
   * @param {Reading} [options]
   * @returns {Promise<types.Trade>}
   */
  readTrade(transactionId, options = {}) {
    return this.get(path`/api/trades/${transactionId}`, {}, options);
  }

  /**
   * Move back, once, what a trade of any age moved: its goods, its credits, and its charges if they were paid. Refused if either side no longer has what it would give back. `POST /api/trades/{transactionId}/reverse`
   * @param {string} transactionId As the answer to the trade said.
   * @param {types.NewReversal} body
   * @param {Writing} [options]
   * @returns {Promise<types.Trade>}
   */
  reverseTrade(transactionId, body, options = {}) {
    return this.write("POST", path`/api/trades/${transactionId}/reverse`, body, options);
  }

  /**
   * Settle a hold, in whole or in part; for the side that has yet to accept it, this accepts it. `POST /api/trades/{transactionId}/settle`
   * @param {string} transactionId As the answer to the trade said.
   * @param {types.NewSettlement} body
   * @param {Writing} [options]
   * @returns {Promise<types.Trade>}
   */
  settleTrade(transactionId, body, options = {}) {
    return this.write("POST", path`/api/trades/${transactionId}/settle`, body, options);
  }

  /**
   * Call a hold off: what is left of it is released. What was settled of it stays settled. `POST /api/trades/{transactionId}/void`
   * @param {string} transactionId As the answer to the trade said.
   * @param {types.NewVoid} body
   * @param {Writing} [options]
   * @returns {Promise<types.Trade>}
   */
  voidTrade(transactionId, body, options = {}) {
    return this.write("POST", path`/api/trades/${transactionId}/void`, body, options);
  }

  /**
   * Give credits, or goods at a station. `POST /api/transfers`
   * @param {types.NewTransfer} body
   * @param {Writing} [options]
   * @returns {Promise<types.Transfer>}
   */
  transfer(body, options = {}) {
    return this.write("POST", "/api/transfers", body, options);
  }

  /**
   * All vessels, in the order of creation. `GET /api/vessels`
   * @param {types.ListVesselsQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Vessel>}
   */
  listVessels(query = {}, options = {}) {
    return this.pages("/api/vessels", query, options);
  }

  /**
   * A vessel, and what it carries now. `GET /api/vessels/{id}`
   * @param {string} id The client's name for it.
   * @param {Reading} [options]
   * @returns {Promise<types.Vessel>}
   */
  readVessel(id, options = {}) {
    return this.get(path`/api/vessels/${id}`, {}, options);
  }

  /**
   * Create or replace a vessel. What it carries already it goes on to carry. `PUT /api/vessels/{id}`
   * @param {string} id The client's name for it.
   * @param {types.PutVessel} body
   * @param {Writing} [options]
   * @returns {Promise<types.Vessel>}
   */
  putVessel(id, body, options = {}) {
    return this.write("PUT", path`/api/vessels/${id}`, body, options);
  }

  /**
   * The caller's own webhooks, oldest first; for administrators, all of them. `GET /api/webhooks`
   * @param {types.ListWebhooksQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Webhook>}
   */
  listWebhooks(query = {}, options = {}) {
    return this.pages("/api/webhooks", query, options);
  }

  /**
   * Subscribe: committed events are sent to a URL, in order and at least once. `POST /api/webhooks`
   * @param {types.NewWebhook} body
   * @param {Writing} [options]
   * @returns {Promise<types.Webhook>}
   */
  createWebhook(body, options = {}) {
    return this.write("POST", "/api/webhooks", body, options);
  }

  /**
   * Delete a webhook, its secrets and its log. A delivery that is under way may still arrive. `DELETE /api/webhooks/{webhookId}`
   * @param {string} webhookId As the answer to its making said.
   * @param {Writing} [options]
   * @returns {Promise<types.Webhook>}
   */
  deleteWebhook(webhookId, options = {}) {
    return this.write("DELETE", path`/api/webhooks/${webhookId}`, undefined, { ...options, key: null });
  }

  /**
   * A webhook: what it is set to, and how far it has come. `GET /api/webhooks/{webhookId}`
   * @param {string} webhookId As the answer to its making said.
   * @param {Reading} [options]
   * @returns {Promise<types.Webhook>}
   */
  readWebhook(webhookId, options = {}) {
    return this.get(path`/api/webhooks/${webhookId}`, {}, options);
  }

  /**
   * Change a webhook, pause it, or let it go on. `PATCH /api/webhooks/{webhookId}`
   * @param {string} webhookId As the answer to its making said.
   * @param {types.WebhookChange} body
   * @param {Writing} [options]
   * @returns {Promise<types.Webhook>}
   */
  changeWebhook(webhookId, body, options = {}) {
    return this.write("PATCH", path`/api/webhooks/${webhookId}`, body, { ...options, key: null });
  }

  /**
   * The last attempts to deliver, newest first: 500 are kept. `GET /api/webhooks/{webhookId}/deliveries`
   * @param {string} webhookId As the answer to its making said.
   * @param {types.ListDeliveriesQuery} [query]
   * @param {Reading} [options]
   * @returns {Pages<types.Delivery>}
   */
  listDeliveries(webhookId, query = {}, options = {}) {
    return this.pages(path`/api/webhooks/${webhookId}/deliveries`, query, options);
  }

  /**
   * Send again: everything from an event on, in order, or a single event. `POST /api/webhooks/{webhookId}/replay`
   * @param {string} webhookId As the answer to its making said.
   * @param {types.WebhookReplay} body
   * @param {Writing} [options]
   * @returns {Promise<types.WebhookReplayed>}
   */
  replayWebhook(webhookId, body, options = {}) {
    return this.write("POST", path`/api/webhooks/${webhookId}/replay`, body, { ...options, key: null });
  }

  /**
   * Make another secret; it is shown once. `POST /api/webhooks/{webhookId}/secrets`
   * @param {string} webhookId As the answer to its making said.
   * @param {types.NewWebhookSecret} body
   * @param {Writing} [options]
   * @returns {Promise<types.Webhook>}
   */
  rotateWebhookSecret(webhookId, body, options = {}) {
    return this.write("POST", path`/api/webhooks/${webhookId}/secrets`, body, { ...options, key: null });
  }

  /**
   * Send a signed `webhook.test` event, once and at once; the answer says what became of it. `POST /api/webhooks/{webhookId}/test`
   * @param {string} webhookId As the answer to its making said.
   * @param {Writing} [options]
   * @returns {Promise<types.Delivery>}
   */
  testWebhook(webhookId, options = {}) {
    return this.write("POST", path`/api/webhooks/${webhookId}/test`, undefined, { ...options, key: null });
  }

  /**
   * Who asks, and what they may do. `GET /api/whoami`
   * @param {Reading} [options]
   * @returns {Promise<types.WhoAmI>}
   */
  whoAmI(options = {}) {
    return this.get("/api/whoami", {}, options);
  }
}
