// The page: starts from the lists of the API, then follows the stream, and draws once a frame.

import { Unauthenticated, get, list, storeKey } from "./api.js";
import { Feed } from "./feed.js";
import { amount, integer, rate } from "./format.js";
import { connect as connectHands } from "./hands.js";
import { StarMap } from "./map.js";
import { Panel } from "./panel.js";
import { connect as connectSearch } from "./search.js";
import { Store } from "./store.js";
import { follow } from "./stream.js";

const STATIONS_MAX = 20_000;
const SHIPMENTS_MAX = 50_000;
/** Past this many events waiting for a frame they are folded at once: a hidden tab gets no frames. */
const WAITING_MAX = 2_000;
const RETRY_MS = 2_000;

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

const store = new Store();
const map = new StarMap(/** @type {HTMLCanvasElement} */ (element("map")), store);
const feed = new Feed(element("feed"), element("feed-pause"), store);
const panel = new Panel(store, element);
const status = element("status");
/** @type {any[]} */
let waiting = [];
let state = "connecting";
/** Whether the lists were read: before that a number is unknown, which is not zero. */
let isStarted = false;
let numbersAt = 0;

/** @param {string | null} id */
function select(id) {
  map.selected = id;
  panel.show(id);
}

connectHands(map, element("tip"), select);
connectSearch(store, element, (id) => {
  const station = store.stations.get(id);
  if (!station) return;
  map.camera.look(station.position);
  map.hasMoved = true;
  select(id);
});
element("panel-close").addEventListener("click", () => {
  select(null);
  element("map").focus();
});

function fold() {
  const events = waiting;
  waiting = [];
  for (const event of events) {
    const lost = event.type === "shipment.lost" && store.shipments.get(event.data.shipmentId);
    const place = lost ? store.place(lost) : null;
    if (place) map.loss(place);
    store.apply(event);
    if (event.type === "trade.settled" && !document.hidden) map.ring(event.data.station, event.data.total);
    panel.notice(event);
    feed.add(event);
  }
}

function frame() {
  requestAnimationFrame(frame);
  fold();
  map.isFrozen = state !== "live";
  map.draw();
  feed.draw();
  panel.draw();
  drawNumbers();
}

function drawNumbers() {
  const now = performance.now();
  if (now - numbersAt < 250) return;
  numbersAt = now;
  const rates = state === "live" ? store.rates() : null;
  element("trade-rate").textContent = rates ? rate(rates.tradesPerSecond) : "–";
  element("value-rate").textContent = rates ? amount(rates.valuePerMinute) : "–";
  if (isStarted) {
    const { count, late } = store.underWay();
    element("under-way").textContent = integer(count);
    element("late").textContent = late > 0 ? `, ${integer(late)} late` : "";
    element("empty").hidden = store.stations.size > 0;
  }
  status.textContent = state === "live" ? `live · #${integer(store.sequence)}` : state;
  status.classList.toggle("is-broken", state === "reconnecting" || state === "no answer");
}

/** Reads the lists; gives the position from which on events count. */
async function start() {
  const network = await get("/api/network");
  store.setClock(network);
  const things = await Promise.all([
    list("/api/stations", STATIONS_MAX),
    list("/api/commodities", STATIONS_MAX),
    list("/api/traders", 1000),
    ...["booked", "loading", "in_transit"].map((word) => list(`/api/cargo?status=${word}`, SHIPMENTS_MAX)),
  ]);
  const [stations, commodities, traders, ...shipments] = things;
  store.stations.clear();
  store.shipments.clear();
  for (const named of [...commodities.items, ...traders.items]) store.names.set(named.id, named.name);
  for (const station of stations.items) store.setStation(station);
  for (const { items } of shipments) items.forEach((/** @type {any} */ item) => store.setShipment(item));
  isStarted = true;
  store.sequence = Math.min(network.sequence, ...things.map(({ position }) => position));
  // Only to be read: the lists have what these did already.
  const before = await get(`/api/events?after=${Math.max(0, store.sequence - 30)}&limit=30`);
  before.items.forEach((/** @type {any} */ event) => feed.add(event));
  return store.sequence;
}

async function run() {
  try {
    const position = await start();
    const stop = follow(String(position), {
      onEvent: (event) => {
        waiting.push(event);
        if (waiting.length > WAITING_MAX) fold();
      },
      onState: (next) => {
        // The server may have been away, and its clock with it.
        if (next === "live" && state === "reconnecting") get("/api/network").then((network) => store.setClock(network)).catch(() => {});
        state = next;
      },
      onEnd: (error) => {
        stop();
        again(error);
      },
    });
  } catch (error) {
    again(error);
  }
}

/** @param {unknown} error */
function again(error) {
  if (error instanceof Unauthenticated) {
    state = "signed out";
    askForKey();
    return;
  }
  // Another journal, or no server: from the beginning, once it answers.
  state = "no answer";
  setTimeout(run, RETRY_MS);
}

let hasAsked = false;

function askForKey() {
  const dialog = /** @type {HTMLDialogElement} */ (element("sign-in"));
  if (hasAsked) element("sign-in-why").textContent = "The server does not know this key. Try another.";
  hasAsked = true;
  dialog.showModal();
}

element("sign-in-form").addEventListener("submit", () => {
  const field = /** @type {HTMLInputElement} */ (element("key"));
  storeKey(field.value.trim());
  field.value = "";
  run();
});
// Without a key there is nothing to see behind the dialog.
element("sign-in").addEventListener("cancel", (event) => event.preventDefault());

element("empty-command").textContent = `curl -X PUT ${location.origin}/api/stations/ceres \\
  -H 'Authorization: Bearer YOUR-KEY' -H 'Content-Type: application/json' \\
  -d '{"name":"Ceres Station","kind":"station","system":"sol","position":{"x":0,"y":0,"z":0}}'`;

requestAnimationFrame(frame);
run();
