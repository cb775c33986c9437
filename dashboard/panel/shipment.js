// The panel of a shipment: the promise and what became of it, its goods, its reports, its track.

import { fill, h, setText } from "../dom.js";
import { link } from "../address.js";
import { about as span, integer, moment } from "../format.js";
import { behindSeconds, condition, shipment as shown } from "../model/shipment.js";
import { get } from "../net/api.js";
import { say } from "../home/sentence.js";
import { quantity, stationPart } from "../home/words.js";
import { NO_ANSWER, absence } from "../views/parts/ask.js";
import { asked, because } from "./asked.js";
import { at, brief, merged, more, told } from "./story.js";
import { timeline } from "./timeline.js";

const ENTRIES_SHOWN = 60;
/** What depends on the time is drawn so often. */
const DRAW_MS = 1_000;
/** @type {Record<string, string>} */
const STATUSES = {
  booked: "booked", loading: "loading", in_transit: "under way", arrived: "arrived", partially_received: "received in part",
  received: "received", cancelled: "cancelled", lost: "lost", returned: "returned",
};

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {string} id
 * @param {() => void} close
 */
export function mount(place, app, id, close) {
  const { model, address } = app;
  /** @type {any} */
  let answer = null;
  let drawnAt = 0;
  // These stay: the heading may have the focus.
  const title = h("h2");
  const state = h("p");
  const route = h("p");
  const whose = h("span");
  const identifier = h("span", { class: "identifier" }, id);
  const about = h("p", { class: "quiet small", hidden: true }, whose, identifier);
  const head = h("header", { class: "title" }, title, state, route, about);
  const trouble = h("p", { class: "trouble", role: "status" });
  const times = h("section", { class: "times" });
  const goods = h("section", { class: "goods" });
  const reports = h("section", { class: "reports" });
  const track = h("section", { class: "track-list" });
  const follow = h("button", { type: "button", class: "follow", "aria-pressed": "false", hidden: true,
    onclick: () => address.change({ follow: address.current.query.get("follow") ? null : "1" }, { replace: true }) }, "Follow");
  const closeButton = h("button", { type: "button", class: "close", onclick: close }, "Close");
  place.setAttribute("aria-label", "Selected ship");
  place.append(head, follow, closeButton, h("div", { class: "body", tabindex: -1 }, trouble, times, goods, reports, track));
  const pictured = timeline(times);

  const ask = asked(app.connection, (signal) => get(`/api/cargo/${encodeURIComponent(id)}`, { signal }), (item) => {
    answer = item;
    trouble.textContent = "";
    drawAll();
  }, (error) => {
    const code = /** @type {{ code?: string }} */ (error)?.code;
    trouble.textContent = code === "unknown_shipment" ? "No such shipment." : `It could not be read: ${because(error)}`;
    if (!answer) fill(title, h("span", { class: "identifier" }, id));
  });

  /** @param {number} now */
  function drawHead(now) {
    const is = shown(answer);
    const isGoing = ["booked", "loading", "in_transit"].includes(answer.status);
    const how = isGoing ? condition(is, now, model.silent.has(id)) : "normal";
    const status = STATUSES[answer.status] ?? answer.status;
    const words = how === "normal" ? status : `${status}, ${how === "held" ? `stopped: ${is.onHold}` : how}`;
    const behind = isGoing || is.arrived !== null ? behindSeconds(is, now) : 0;
    const late = [behind > 0 ? `${span(behind)} ${is.arrived === null ? "behind" : "late"}` : "", answer.delayed?.code ?? ""].filter(Boolean).map((word) => ` · ${word}`).join("");
    const key = JSON.stringify([words, late, answer.sequence]);
    if (head.dataset.key === key) return;
    head.dataset.key = key;
    const name = answer.vessel ? model.name(answer.vessel) : "";
    if (title.textContent !== (name || id)) fill(title, name || h("span", { class: "identifier" }, id));
    state.className = how;
    fill(state, h("span", { class: `shape ${how}`, "aria-hidden": true }), words, late && h("span", { class: "quiet" }, late));
    say(route, [stationPart(model, answer.origin), " to ", stationPart(model, answer.destination)]);
    about.hidden = false;
    setText(whose, `${model.name(answer.owner)}'s goods, carried by ${model.name(answer.carrier)}${answer.consignee === answer.owner ? "" : `, for ${model.name(answer.consignee)}`} · `);
  }

  function drawAll() {
    const now = model.now();
    drawnAt = 0;
    drawHead(now);
    pictured.set(answer, now);
    const columns = /** @type {const} */ ([["quantity", "Shipped"], ["accepted", "Accepted"], ["rejected", "Rejected"], ["writtenOff", "Written off"], ["outstanding", "Open"]]);
    fill(goods, h("h3", null, "Goods"), h("div", { class: "table" }, h("table", null,
      h("caption", { class: "unseen" }, "Goods: shipped, accepted, rejected, written off, outstanding"),
      h("thead", null, h("tr", null, h("th", { scope: "col" }, "Good"), columns.map(([, name]) => h("th", { scope: "col", class: "number" }, name)))),
      h("tbody", null, answer.lines.map((/** @type {any} */ line) => h("tr", null,
        h("th", { scope: "row", title: quantity(line.quantity, model.commodities.get(line.commodity)?.unitMassGrams) },
          h("a", { href: link("/markets", { commodity: line.commodity }) }, model.name(line.commodity))),
        columns.map(([field]) => h("td", { class: line[field] ? "number" : "number quiet" }, integer(line[field])))))))));
    drawReports();
    drawTrack();
  }

  function drawReports() {
    const entries = merged(answer.timeline ?? []);
    fill(reports,
      h("h3", null, h("a", { href: link("/feed", { shipment: id }) }, "Reports")),
      h("ol", { class: "list" }, entries.slice(0, ENTRIES_SHOWN).map(({ entry, count }) => h("li", null,
        h("time", { class: "quiet", datetime: entry.occurredAt, title: moment(entry.occurredAt) }, brief(entry.occurredAt)),
        h("span", { class: "what" }, told(entry, model), more(count))))),
      entries.length > ENTRIES_SHOWN && h("p", { class: "quiet" }, `and ${integer(entries.length - ENTRIES_SHOWN)} more before`));
  }

  function drawTrack() {
    const seen = answer.track ?? [];
    if (seen.length === 0) {
      fill(track, h("h3", null, "Track"), h("p", { class: "quiet" }, answer.actualDeparture ? "No position was reported; the map shows it between its ends by its estimate." : "It has not left."));
      return;
    }
    const isOpen = track.querySelector("details")?.open ?? false;
    fill(track, h("details", { open: isOpen }, h("summary", null, h("h3", null, "Track ", h("span", { class: "quiet" }, integer(seen.length)))),
      h("div", { class: "table" }, h("table", null,
        h("caption", { class: "unseen" }, "Where it was seen, newest first"),
        h("thead", null, h("tr", null, h("th", { scope: "col" }, "At"), h("th", { scope: "col", class: "number" }, "Position"))),
        h("tbody", null, [...seen].reverse().map((/** @type {any} */ sighting) => h("tr", null,
          h("td", null, moment(sighting.at)), h("td", { class: "number" }, at(sighting)))))))));
  }

  /** Nothing is known of it yet; while nobody answers, that is said. */
  function drawNothing() {
    const words = absence(app.connection) || (app.connection.state === "reconnecting" ? NO_ANSWER : "");
    if (!words) return;
    setText(trouble, words);
    if (!title.textContent) fill(title, h("span", { class: "identifier" }, id));
  }

  function drawFollow() {
    const isUnderWay = answer?.status === "in_transit";
    follow.hidden = !isUnderWay;
    head.classList.toggle("has-follow", isUnderWay);
    follow.setAttribute("aria-pressed", String(Boolean(address.current.query.get("follow"))));
  }

  return {
    /** @param {import("../app.js").Frame} frame */
    draw({ now, wall, events, passed }) {
      if (passed > 0 || events.some(({ data }) => data.shipmentId === id)) ask.again();
      ask.draw(wall);
      if (!answer) drawNothing();
      if (!answer || wall - drawnAt < DRAW_MS) return;
      drawnAt = wall;
      drawHead(now);
      pictured.set(answer, now);
      drawFollow();
    },
    show() {
      drawFollow();
    },
    end() {
      ask.end();
      place.removeAttribute("aria-label");
      place.replaceChildren();
    },
  };
}
