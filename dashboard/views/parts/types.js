// The topics and types of events, as the API names them (EventType and Topic of openapi.json; a test compares).

export const TOPICS = [
  "network", "key", "station", "commodity", "trader", "vessel", "credits", "stock", "trade", "shipment", "offer",
  "alert-rule", "alert",
];

export const TYPES = [
  "network.created", "key.created", "key.revoked", "station.created", "station.updated", "commodity.created",
  "commodity.updated", "trader.created", "trader.updated", "vessel.created", "vessel.updated", "credits.issued",
  "credits.retired", "credits.transferred", "stock.adjusted", "stock.transferred", "trade.held", "trade.settled",
  "trade.voided", "trade.expired", "trade.reversed", "shipment.booked", "shipment.loaded", "shipment.departed",
  "shipment.position", "shipment.estimated", "shipment.delayed", "shipment.arrived", "shipment.received",
  "shipment.lost", "shipment.cancelled", "shipment.held", "shipment.released", "shipment.found", "shipment.returned",
  "offer.opened", "offer.filled", "offer.withdrawn", "offer.expired", "alert-rule.created", "alert-rule.updated",
  "alert-rule.deleted", "alert.fired", "alert.changed", "alert.acknowledged", "alert.resolved",
  "key.expired", "key.updated",
];
