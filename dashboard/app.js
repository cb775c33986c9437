// The page: one model, one stream, one frame loop; the address says which view is mounted.

import { Address } from "./address.js";
import { fill, h, setText } from "./dom.js";
import { integer } from "./format.js";
import { Model } from "./model/model.js";
import { Connection } from "./net/connection.js";
import { Session } from "./session.js";

/**
 * @typedef {object} App
 * @property {Model} model
 * @property {Address} address
 * @property {Session} session
 * @property {Connection} connection
 * @property {() => number | null} delay seconds of wall time from an event's recording to this page
 */

/**
 * @typedef {object} Frame
 * @property {number} now network time, in milliseconds
 * @property {number} wall
 * @property {any[]} events folded since the last frame, in order
 * @property {number} passed how many more were folded before them, which are not told: too many at once
 * @property {() => boolean} isBusy whether this frame has done enough: what can be put off to another is
 * @property {boolean} isBacklog whether they are old: what happened while the connection was away
 */

/**
 * What is mounted.
 * @typedef {object} View
 * @property {(event: any) => void} [fold] an event has come, and the model has it: between frames
 * @property {(frame: Frame) => void} [draw] once a frame
 * @property {(location: import("./address.js").Location) => void} [show] the address changed, and this view stays
 * @property {() => void} end takes everything away: listeners, timers, requests
 */

/** @typedef {{ mount: (place: HTMLElement, app: App) => View }} ViewModule */

/** The first word of the address, its title, and its module. @type {Record<string, [string, () => Promise<ViewModule>]>} */
const VIEWS = {
  "": ["", () => import("./home/home.js")],
  stations: ["Stations", () => import("./views/stations.js")],
  ships: ["Ships", () => import("./views/ships.js")],
  trades: ["Trades", () => import("./views/trades.js")],
  markets: ["Markets", () => import("./views/markets.js")],
  rankings: ["Rankings", () => import("./views/rankings.js")],
  lanes: ["Lanes", () => import("./views/lanes.js")],
  feed: ["Feed", () => import("./views/feed.js")],
  wall: ["Wall", () => import("./views/wall.js")],
};
const TITLE = "Intergalactic Trade Network";
const STATUS_MS = 250;
/** A frame that took so long puts off what it can. */
const ENOUGH_MS = 2;

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

const model = new Model();
const address = new Address();
const connection = new Connection(model);
const session = new Session(model, connection);
/** @type {number | null} */
let delay = null;
/** @type {App} */
const app = { model, address, session, connection, delay: () => delay };

/** @type {View[]} what is in the bar, always there */
const fixtures = [];
/** @type {View | null} */
let view = null;
let viewName = "";
let mounting = 0;
/** Milliseconds that this page's own script took in the last frames. */
const spent = { frames: 0, sum: 0, max: 0 };

async function show() {
  const [name = ""] = address.current.parts;
  mark(name);
  if (view && name === viewName) {
    view.show?.(address.current);
    return;
  }
  const turn = (mounting += 1);
  const [title, load] = VIEWS[name] ?? [];
  const place = element("main");
  view?.end();
  view = null;
  viewName = name;
  place.replaceChildren();
  document.title = title ? `${title} · ${TITLE}` : TITLE;
  document.body.dataset.view = name || "map";
  if (!load) {
    fill(place, h("section", { class: "message" }, h("h1", null, "No such page"), h("p", null, h("a", { href: "/" }, "To the map"))));
    return;
  }
  try {
    const module = await load();
    if (turn === mounting) view = module.mount(place, app);
    // Whoever came by a link or the keyboard goes on reading here.
    if (turn > 1 && turn === mounting) place.focus({ preventScroll: true });
  } catch (error) {
    console.error(error);
    if (turn !== mounting) return;
    const again = h("button", { type: "button", onclick: () => location.reload() }, "Load the page again");
    fill(place, h("section", { class: "message", role: "alert" }, h("h1", null, "This view could not be shown"), h("p", null, String(error)), again));
  }
}

/** @param {string} name */
function mark(name) {
  for (const anchor of element("nav").querySelectorAll("a")) {
    const isHere = anchor.pathname === `/${name}`;
    if (isHere) {
      anchor.setAttribute("aria-current", "page");
      // On a phone the row of views is wider than the page.
      anchor.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else anchor.removeAttribute("aria-current");
  }
}

function frame() {
  requestAnimationFrame(frame);
  const began = performance.now();
  const events = connection.take();
  const { passed, isBacklog } = connection;
  connection.passed = 0;
  /** @type {Frame} */
  const now = { now: model.now(), wall: Date.now(), events, passed, isBacklog, isBusy: () => performance.now() - began > ENOUGH_MS };
  if (events.length > 0 && !connection.isBacklog) {
    const last = Date.parse(events[events.length - 1].recordedat);
    delay = Math.max(0, (now.now - last) / model.clock.speed / 1000);
  }
  for (const fixture of fixtures) fixture.draw?.(now);
  view?.draw?.(now);
  drawStatus(now.wall);
  const took = performance.now() - began;
  spent.frames += 1;
  spent.sum += took;
  spent.max = Math.max(spent.max, took);
}

let statusAt = 0;

/** @param {number} wall */
function drawStatus(wall) {
  if (wall - statusAt < STATUS_MS) return;
  statusAt = wall;
  setText(element("status"), statusText(wall));
}

/** @param {number} wall */
function statusText(wall) {
  const { state, since, progress } = connection;
  const seen = model.sequence > 0 ? ` · #${integer(model.sequence)}` : "";
  switch (state) {
    case "live": return `live${delay === null ? "" : ` · ${delay.toFixed(1)} s`}${seen}`;
    case "connecting": return "connecting";
    case "signed-out": return "signed out";
    case "recovering": return progress && progress.total > 0 ? `recovering · ${Math.floor((progress.done / progress.total) * 100)} %` : "recovering";
    case "down": return "no answer";
    case "reconnecting": return `showing${seen.replace(" ·", "")} from ${integer(Math.round((wall - Math.min(since, connection.heardAt || since)) / 1000))} s ago`;
  }
}

function drawWho() {
  const { principal, anonymous, role } = model.reader;
  const button = anonymous || !principal
    ? h("button", { type: "button", onclick: () => session.ask() }, "Sign in")
    : h("button", { type: "button", title: `${principal}, ${role}`, onclick: signOut }, "Sign out");
  fill(element("who"), button);
}

/** What a role may not see is not offered. */
function offer() {
  const lanes = element("nav").querySelector("a[href='/lanes']");
  if (lanes instanceof HTMLElement) lanes.hidden = !session.may("seeNetwork");
}

async function signOut() {
  const trouble = await session.signOut();
  if (trouble) element("who").prepend(h("span", { class: "trouble", role: "alert" }, `Not signed out: ${trouble} `));
}

/** @param {string} id @param {(place: HTMLElement) => Promise<View>} mount */
async function fix(id, mount) {
  try {
    fixtures.push(await mount(element(id)));
  } catch (error) {
    console.error(error);
  }
}

/** What is said aloud when the connection changes; the bar's text changes too often for that. */
const SAID = {
  connecting: "",
  live: "Connected",
  reconnecting: "Connection lost, trying again",
  recovering: "The server is replaying its journal",
  "signed-out": "Signed out",
  down: "The server does not answer",
};

connection.onStatus(({ state }) => {
  document.body.dataset.connection = state;
  setText(element("said"), SAID[state]);
  if (state !== "live" && state !== "signed-out") return;
  drawWho();
  offer();
});
connection.onEvent = (event) => view?.fold?.(event);
address.onChange(show);
connection.start();
show();
fix("sentence", async (place) => (await import("./home/sentence.js")).mount(place, app));
fix("search", async (place) => (await import("./map/search.js")).mountSearch(place, app));
requestAnimationFrame(frame);
// For tests and whoever is curious: what the page knows, and what a frame costs it.
Object.assign(window, { itn: { model, connection, spent } });
