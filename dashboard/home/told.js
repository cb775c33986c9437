// What is told beside the map: captions of the demo's story, and what the demo's visitor did. Others may
// have captions of their own in metadata: those are not told over everybody's map. No DOM here.

import { link } from "../address.js";
import { words } from "../model/words.js";

/** The principal of the server's own key, which tells the story: keys of others are given other names. */
const TELLER = "admin";
/** What has a caption has this reference: see docs/demo.md. */
export const REFERENCE = "story";
/** A story takes 60 hours of the network: what was told longer ago belongs to no beat that runs. */
const BEAT_MAX_MS = 24 * 3_600_000;
/** The party for which the demo's printed command buys. */
const VISITOR = "visitor";
/** A caption is a sentence; what is longer is cut. */
const CAPTION_MAX = 256;

/**
 * @typedef {object} Told
 * @property {"story" | "yours"} kind
 * @property {(string | { text: string, href: string })[]} words
 * @property {string} href of what its event is about
 * @property {string} station where it happened, if it says so
 * @property {number} sequence
 * @property {number} at when it was recorded, in milliseconds of network time
 */

/** @param {any} event a CloudEvent @param {import("../model/model.js").Model} model @returns {Told | null} */
export function told(event, model) {
  const { data, type } = event;
  const caption = data.actor === TELLER ? captionOf(data.metadata) : "";
  if (caption) return { kind: "story", words: [caption], ...about(event) };
  // Credits and stock that the demo itself gives its visitor are not what the visitor did.
  const isDone = type !== "shipment.position" && (type.startsWith("trade.") || type.startsWith("shipment.") || type.startsWith("offer."));
  return isDone && isVisitors(data) ? { kind: "yours", words: words(event, model), ...about(event) } : null;
}

/** @param {any} metadata */
function captionOf(metadata) {
  const { caption, story } = metadata ?? {};
  return typeof caption === "string" && typeof story === "string" && story ? caption.slice(0, CAPTION_MAX) : "";
}

/** @param {any} data */
function isVisitors({ buyer, seller, owner, trader, from, to }) {
  return buyer === VISITOR || seller === VISITOR || owner === VISITOR || trader === VISITOR || from === VISITOR || to === VISITOR;
}

/** @param {any} event */
const about = (event) => ({ href: href(event), station: event.data.station ?? event.data.origin ?? "", sequence: Number(event.sequence), at: Date.parse(event.recordedat) });

/** The address of what an event is about. @param {any} event */
export function href({ type, subject, data }) {
  const [topic] = type.split(".");
  if (topic === "shipment") return link("/", { shipment: data.shipmentId });
  if (topic === "trade") return data.station ? link("/", { station: data.station }) : link("/trades", { trade: subject });
  if (topic === "offer" && data.commodity) return link("/markets", { commodity: data.commodity, station: data.station });
  if (data.station) return link("/", { station: data.station });
  return link("/feed", { topic });
}

/** The newest of each kind among some events. @param {any[]} events @param {import("../model/model.js").Model} model */
export function newest(events, model) {
  /** @type {{ story: Told | null, yours: Told | null }} */
  const found = { story: null, yours: null };
  for (let at = events.length - 1; at >= 0 && !(found.story && found.yours); at -= 1) {
    const one = told(events[at], model);
    if (one) found[one.kind] ??= one;
  }
  return found;
}

/** Whether a caption is of a beat that may still run. @param {Told} told @param {number} now network time */
export const isRunning = (told, now) => now - told.at < BEAT_MAX_MS;

/**
 * The caption of the beat that runs, among the latest events that had captions.
 * @param {any[]} events newest first @param {import("../model/model.js").Model} model @param {number} now network time
 * @returns {Told | null}
 */
export function running(events, model, now) {
  const { story } = newest([...events].reverse(), model);
  return story && isRunning(story, now) ? story : null;
}
