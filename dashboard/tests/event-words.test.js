// Every type of event that the API names has words of its own, and every noun leads somewhere.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { conditionOf, plain, quantity, words } from "../model/words.js";
import { TOPICS, TYPES } from "../views/parts/types.js";

const openapi = JSON.parse(readFileSync(new URL("../../crates/gateway/openapi.json", import.meta.url), "utf8"));
/** @type {string[]} */
const EVENT_TYPES = openapi.components.schemas.EventType.enum;

const names = new Map(Object.entries({
  ceres: "Ceres Station", mars: "Mars Port", acme: "Acme", "red-star": "Red Star Lines", ice: "Water ice", ore: "Ore", "s-1": "s-1", kestrel: "Kestrel",
}));

const model = {
  stations: new Map([["ceres", {}], ["mars", {}]]),
  shipments: new Map([["s-1", { vessel: "kestrel", origin: "ceres", destination: "mars", owner: "acme", planned: Date.parse("2200-01-03T00:00:00Z") }]]),
  commodities: new Map([["ice", { unitMassGrams: null }], ["ore", { unitMassGrams: 500_000 }]]),
  name: (/** @type {string} */ id) => names.get(id) ?? id,
};

const trade = { transactionId: "t-1", station: "ceres", buyer: "acme", seller: "ceres", lines: [{ commodity: "ice", quantity: 500 }], total: 6000 };
const way = { shipmentId: "s-1", origin: "ceres", destination: "mars", owner: "acme" };
const lines = [{ commodity: "ice", quantity: 400 }, { commodity: "ore", quantity: 2 }];
const offer = { trader: "ceres", station: "ceres", side: "sell", commodity: "ice", unitPrice: 12, remaining: 500 };
const alert = { kind: "stock_out", severity: "critical", station: "ceres", commodity: "ice", cause: { rule: "r" } };
const released = { lines, credits: 9, charges: [] };

/** @type {Record<string, [any, string]>} */
const SAID = {
  "network.created": [{ speed: 3600 }, "The network begins, at 3,600 times the pace of the clock"],
  "key.created": [{ principal: "eyes", role: "viewer" }, "eyes was given a key as viewer"],
  "key.revoked": [{ principal: "eyes", role: "viewer" }, "A key of eyes was revoked"],
  "key.expired": [{ principal: "eyes", role: "viewer" }, "A key of eyes has expired"],
  "key.updated": [{ principal: "eyes", role: "viewer" }, "A key of eyes ends at another time"],
  "station.created": [{ id: "ceres", name: "Ceres Station" }, "New station: Ceres Station"],
  "station.updated": [{ id: "ceres", name: "Ceres Station" }, "The station Ceres Station was changed"],
  "commodity.created": [{ id: "ice", name: "Water ice" }, "New commodity: Water ice"],
  "commodity.updated": [{ id: "ice", name: "Water ice" }, "The commodity Water ice was changed"],
  "trader.created": [{ id: "acme", name: "Acme", station: false }, "New trader: Acme"],
  "trader.updated": [{ id: "acme", name: "Acme", station: false }, "The trader Acme was changed"],
  "vessel.created": [{ id: "kestrel", name: "Kestrel", carrier: "red-star" }, "New vessel: Kestrel, flown by Red Star Lines"],
  "vessel.updated": [{ id: "kestrel", name: "Kestrel", carrier: "red-star" }, "The vessel Kestrel was changed, flown by Red Star Lines"],
  "credits.issued": [{ trader: "acme", change: 1_000_000 }, "1,000,000 credits issued to Acme"],
  "credits.retired": [{ trader: "acme", change: -5 }, "5 credits retired from Acme"],
  "credits.transferred": [{ from: "acme", to: "ceres", credits: 9, reason: "thanks" }, "Acme gave 9 credits to Ceres Station: thanks"],
  "stock.adjusted": [
    { station: "ceres", owner: "acme", lines: [{ commodity: "ice", change: -7, reason: "consumed" }, { commodity: "ore", count: 2, expected: 3, reason: "counted" }, {}] },
    "Acme at Ceres Station: 7 water ice consumed, 1 t ore counted, 3 expected, and 1 more",
  ],
  "stock.transferred": [{ from: "acme", to: "ceres", station: "mars", lines, reason: null }, "Acme gave 400 water ice and 1 more to Ceres Station at Mars Port"],
  "trade.held": [{ ...trade, expiresAt: "2200-01-01T12:30:00Z" }, "Acme reserved 500 water ice of Ceres Station for 6,000, until 2200-01-01 12:30"],
  "trade.settled": [{ ...trade, station: "mars" }, "Acme bought 500 water ice from Ceres Station at Mars Port for 6,000"],
  "trade.voided": [{ ...trade, lines: [], released, reason: "no ship" }, "Acme’s reservation of 400 water ice and 1 more of Ceres Station was called off: no ship"],
  "trade.expired": [{ ...trade, lines: [], released }, "Acme’s reservation of 400 water ice and 1 more of Ceres Station ran out"],
  "trade.reversed": [{ ...trade, reason: "wet" }, "Acme gave 500 water ice back to Ceres Station for 6,000: wet"],
  "shipment.booked": [{ ...way, vessel: "kestrel", lines }, "Acme booked 400 water ice and 1 more on Kestrel, Ceres Station to Mars Port"],
  "shipment.loaded": [way, "Kestrel is loading at Ceres Station for Mars Port"],
  "shipment.departed": [{ ...way, lines }, "Kestrel left Ceres Station for Mars Port with 400 water ice and 1 more"],
  "shipment.position": [way, "Kestrel reported its position, Ceres Station to Mars Port"],
  "shipment.estimated": [
    { ...way, estimatedArrival: "2200-01-03T04:00:00Z", delayCode: "weather", reason: "a storm" },
    "Kestrel expects to reach Mars Port at 2200-01-03 04:00, 4 h late: weather, a storm",
  ],
  "shipment.delayed": [{ ...way, delayReason: "overdue" }, "Kestrel is overdue, Ceres Station to Mars Port"],
  "shipment.arrived": [way, "Kestrel arrived at Mars Port from Ceres Station"],
  "shipment.received": [
    { ...way, complete: false, lines: [{ commodity: "ice", accepted: 390, rejected: 5, short: 5 }] },
    "Mars Port received 395 water ice from Kestrel: not all of it yet, 5 rejected, 5 missing",
  ],
  "shipment.lost": [{ ...way, lines, cause: "stolen", reason: "pirates" }, "Kestrel was robbed of 400 water ice and 1 more, Ceres Station to Mars Port: pirates"],
  "shipment.cancelled": [{ ...way, reason: "no need" }, "Kestrel was called off, Ceres Station to Mars Port: no need"],
  "shipment.held": [{ ...way, reason: "customs" }, "Kestrel is held, Ceres Station to Mars Port: customs"],
  "shipment.released": [way, "Kestrel may go on, Ceres Station to Mars Port"],
  "shipment.found": [{ ...way, lines }, "400 water ice and 1 more of Kestrel found again, Ceres Station to Mars Port"],
  "shipment.returned": [{ ...way, lines }, "Kestrel is back at Ceres Station with 400 water ice and 1 more"],
  "offer.opened": [{ ...offer, quantity: 500 }, "Ceres Station sells 500 water ice at 12 each"],
  "offer.filled": [{ offerId: "o-1", transactionId: "t-1" }, "The last of an offer was taken by a trade"],
  "offer.withdrawn": [{ offers: [offer, offer] }, "Ceres Station no longer sells water ice at 12 each, and 1 more"],
  "offer.expired": [{ ...offer, trader: "acme", side: "buy" }, "Acme’s offer to buy 500 water ice at Ceres Station at 12 each ran out"],
  "alert-rule.created": [{ id: "r", kind: "stock", station: "ceres", commodity: "ice", low: 60 }, "Alert rule r is new: water ice at Ceres Station below 60"],
  "alert-rule.updated": [{ id: "r", kind: "shipment_late", afterSeconds: 7200 }, "Alert rule r was changed: shipment late, after 2 h"],
  "alert-rule.deleted": [{ id: "r" }, "Alert rule r was deleted"],
  "alert.fired": [alert, "Alert, critical: Ceres Station is out of water ice"],
  "alert.changed": [{ kind: "shipment_late", severity: "critical", cause: { shipmentId: "s-1" } }, "Alert, now critical: Kestrel will be late, Ceres Station to Mars Port"],
  "alert.acknowledged": [{ kind: "shipment_silent", severity: "warning", cause: { shipmentId: "s-9" }, actor: "eyes" }, "Alert acknowledged by eyes: a shipment is silent"],
  "alert.resolved": [{ kind: "hold_expired", severity: "info", cause: { transactionId: "t-1" } }, "Alert over: a reservation ran out"],
};

test("every type of event has words of its own", () => {
  assert.deepEqual(Object.keys(SAID).sort(), [...EVENT_TYPES].sort());
  for (const type of EVENT_TYPES) {
    const [data, said] = SAID[type];
    assert.equal(plain(words({ type, data }, model)), said, type);
  }
});

test("a key of tokens changes in what it gives", () => {
  const data = { principal: "oidc.ann", role: "trader", token: { issuer: "https://id.example.org", subject: "ann" } };
  assert.equal(plain(words({ type: "key.updated", data }, model)), "oidc.ann is trader now");
});

test("nouns are links into the page, with identifiers escaped", () => {
  for (const [type, [data]] of Object.entries(SAID)) {
    for (const part of words({ type, data }, model)) {
      if (typeof part === "string") continue;
      assert.match(part.href, /^\/[a-z]*\?[a-z]+=[A-Za-z0-9._%-]+$/, type);
      assert.notEqual(part.text, "", type);
    }
  }
  const [link] = words({ type: "trader.created", data: { id: "a&b=c", name: "<b>" } }, model).slice(1);
  assert.deepEqual(link, { text: "<b>", href: "/trades?trader=a%26b%3Dc" });
});

test("a trade whose parties may not be seen is a price at a place", () => {
  const seen = { ...trade, buyer: undefined, seller: undefined };
  assert.equal(plain(words({ type: "trade.settled", data: seen }, model)), "500 water ice sold at Ceres Station for 6,000");
});

test("a shipment without a vessel is its owner's, and one unknown has no delay to tell of", () => {
  const unknown = { ...way, shipmentId: "s-2", estimatedArrival: "2200-01-09T00:00:00Z" };
  assert.equal(plain(words({ type: "shipment.estimated", data: unknown }, model)), "Acme’s shipment expects to reach Mars Port at 2200-01-09 00:00");
});

test("mass is told only where a unit has one", () => {
  assert.equal(quantity(500, undefined), "500");
  assert.equal(quantity(500, { unitMassGrams: null }), "500");
  assert.equal(quantity(500, { unitMassGrams: 24_000 }), "12 t");
  assert.equal(quantity(3, { unitMassGrams: 250 }), "750 g");
  assert.equal(quantity(0, { unitMassGrams: 250 }), "0");
});

test("only what is not normal has a condition", () => {
  assert.equal(conditionOf({ type: "trade.settled", data: trade }), null);
  assert.equal(conditionOf({ type: "alert.resolved", data: alert }), null);
  assert.equal(conditionOf({ type: "alert.fired", data: alert }), "overdue");
  assert.equal(conditionOf({ type: "alert.fired", data: { kind: "shipment_silent", severity: "warning" } }), "silent");
  assert.equal(conditionOf({ type: "shipment.delayed", data: { delayReason: "estimate" } }), "late");
});

test("the feed offers the types and topics that the API knows", () => {
  assert.deepEqual(TYPES, openapi.components.schemas.EventType.enum);
  // `levels` is a topic of streams alone: it is no event of the past.
  assert.deepEqual(TOPICS, openapi.components.schemas.Topic.enum.filter((/** @type {string} */ topic) => topic !== "levels"));
});
