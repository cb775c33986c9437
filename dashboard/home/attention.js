// What needs somebody: at most seven open alerts, the worst first; acknowledged in place.

import { about, integer } from "../format.js";
import { h, keyed, nearest, setText } from "../dom.js";
import { link } from "../address.js";
import { Refused, Unauthenticated, post } from "../net/api.js";
import { News } from "./news.js";
import { Rate } from "./rate.js";
import { SHAPES, bySeverity, grouped, thingOf } from "./rank.js";
import { say } from "./sentence.js";
import { cause, counted, reason, waiting } from "./words.js";

const SHOWN = 7;
const ALL_MAX = 200;
const DRAW_MS = 1_000;
const DRAW_LATEST_MS = 3_000;

/** @typedef {import("../model/model.js").Alert} Alert */
/** @param {unknown} error */
function why(error) {
  if (error instanceof Unauthenticated) return "nobody is signed in any more. Sign in, and again.";
  if (error instanceof Refused) return error.message;
  return "the server does not answer. Try again.";
}

const SEVERITIES = ["info", "warning", "critical"];

/** @param {HTMLElement} place @param {import("../app.js").App} app */
export function mount(place, app) {
  const { model, address, session, connection } = app;
  const counts = h("p", { class: "quiet small counts" });
  const list = h("ol", { class: "alerts" });
  const none = h("p", { class: "none quiet" });
  const more = h("a", { class: "more", href: "/" });
  const news = h("p", { class: "unseen", "aria-live": "polite" });
  const title = h("h2", { id: "attention-title", tabindex: -1 }, "Needs attention");
  place.append(h("header", null, title, counts), list, none, more, news);

  /** What was said where of acknowledging. @type {Map<string, { isBusy: boolean, trouble: string }>} */
  const asked = new Map();
  const arrivals = new News(model);
  const rate = new Rate(DRAW_MS, DRAW_LATEST_MS);
  let isDirty = true;
  let drawnAs = "";

  /** All that is open about a thing. @param {string} thing */
  async function acknowledge(thing) {
    if (asked.get(thing)?.isBusy) return;
    asked.set(thing, { isBusy: true, trouble: "" });
    isDirty = true;
    try {
      const open = [...model.alerts.values()].filter((alert) => thingOf(alert) === thing && !alert.acknowledgedAt);
      for (const { alertId } of open) {
        const alert = await post(`/api/alerts/${encodeURIComponent(alertId)}/acknowledge`, {});
        const was = model.alerts.get(alertId);
        // Its event may be here first, and may have ended it.
        if (was && was.sequence <= alert.sequence) model.setAlert({ ...was, sequence: alert.sequence, acknowledgedAt: alert.acknowledgedAt, acknowledgedBy: alert.acknowledgedBy });
      }
      asked.delete(thing);
    } catch (error) {
      asked.set(thing, { isBusy: false, trouble: `Not acknowledged: ${why(error)}` });
    }
    isDirty = true;
  }

  /** @param {Alert[]} group */
  function make([alert]) {
    const thing = thingOf(alert);
    return h("li", null,
      h("span", { class: `shape ${SHAPES[alert.kind] ?? "info"}`, "aria-hidden": true }),
      h("div", null,
        h("p", { class: "cause" }),
        h("div", { class: "foot" },
          h("p", { class: "facts quiet" }),
          h("button", { type: "button", class: "acknowledge", hidden: true, onclick: () => acknowledge(thing) }, "Acknowledge")),
        h("p", { class: "trouble", role: "alert", hidden: true })));
  }

  /** @param {HTMLElement} row @param {Alert[]} group @param {number} now */
  function update(row, group, now) {
    const [alert] = group;
    const isSeen = group.every(({ acknowledgedAt }) => acknowledgedAt);
    const says = /** @type {HTMLElement} */ (row.querySelector(".cause"));
    say(says, cause(alert, model, now));
    const by = isSeen && alert.acknowledgedAt ? `acknowledged by ${alert.acknowledgedBy ?? "somebody"} ${about((now - Date.parse(alert.acknowledgedAt)) / 1000)} ago` : "";
    const worst = [...group].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))[0].severity;
    const facts = [worst, `for ${about((now - Date.parse(alert.firedAt)) / 1000)}`, reason(alert, model), waiting(alert), by];
    setText(/** @type {Node} */ (row.querySelector(".facts")), facts.filter(Boolean).join(" · "));
    /** @type {HTMLElement} */ (row.querySelector(".shape")).className = `shape ${SHAPES[alert.kind] ?? "info"}`;
    row.dataset.severity = worst;
    row.classList.toggle("is-seen", isSeen);
    const { isBusy = false, trouble = "" } = asked.get(thingOf(alert)) ?? {};
    const button = /** @type {HTMLButtonElement} */ (row.querySelector(".acknowledge"));
    button.hidden = isSeen || !session.may("acknowledge");
    button.disabled = connection.state !== "live";
    // Not disabled while it is being done: what is disabled loses the focus.
    button.setAttribute("aria-disabled", String(isBusy));
    button.setAttribute("aria-label", `Acknowledge: ${says.textContent}`);
    const said = /** @type {HTMLElement} */ (row.querySelector(".trouble"));
    said.hidden = !trouble;
    setText(said, trouble);
  }

  /** @param {Element | undefined} row @returns {HTMLButtonElement | null} what acknowledges it, if it can be */
  const buttonOf = (row) => row?.querySelector(".acknowledge:not([hidden])") ?? null;

  /** The list as it is now; whose button went while it had the focus goes on at the nearest one. @param {Alert[][]} groups @param {number} now */
  function drawList(groups, now) {
    const before = [...list.children];
    const at = before.findIndex((row) => buttonOf(row) !== null && buttonOf(row) === document.activeElement);
    keyed(list, groups, ([alert]) => thingOf(alert), make, (row, group) => update(row, group, now));
    if (at < 0 || (before[at].isConnected && buttonOf(before[at]))) return;
    const next = nearest(before, at).find((row) => row.isConnected && buttonOf(row));
    (buttonOf(next) ?? title).focus({ preventScroll: true });
  }

  /** @param {number} now @param {number} wall */
  function announce(now, wall) {
    const fresh = arrivals.take(wall);
    // What one reader was told is not for the next.
    if (!model.isLoaded) setText(news, "");
    if (fresh.length === 0) return;
    const [first] = fresh;
    const said = cause(first, model, now).map((part) => (typeof part === "string" ? part : part.text)).join("");
    setText(news, `New ${first.severity} alert: ${said}${fresh.length > 1 ? `, and ${counted(fresh.length - 1, "more", "more")}` : ""}.`);
  }

  return {
    /** @param {import("../app.js").Frame} frame */
    draw(frame) {
      if (!isDirty && drawnAs === connection.state && !rate.isDue(frame)) return;
      drawnAs = connection.state;
      const { now, wall } = frame;
      const began = performance.now();
      isDirty = false;
      const isAll = address.current.query.get("alerts") === "all";
      const { groups: shown, count } = grouped(model, isAll ? ALL_MAX : SHOWN);
      drawList(shown, now);
      const { critical, warning, info } = bySeverity(model);
      const said = [[critical, "critical"], [warning, "warning"], [info, "info"]].filter(([count]) => Number(count) > 0);
      setText(counts, said.map(([count, word]) => `${integer(Number(count))} ${word}`).join(" · "));
      none.hidden = count > 0;
      setText(none, model.isLoaded ? "Nothing needs attention." : connection.state === "connecting" || connection.state === "live" ? "Reading the alerts." : "Not known.");
      const left = count - shown.length;
      more.hidden = count <= SHOWN;
      const query = Object.fromEntries(address.current.query);
      more.setAttribute("href", isAll && left > 0 ? "/feed?topic=alert" : link("/", { ...query, alerts: isAll ? null : "all" }));
      setText(more, left > 0 ? `and ${integer(left)} more` : "show the worst seven");
      announce(now, wall);
      rate.done(wall, performance.now() - began);
    },
    show() {
      isDirty = true;
    },
    end() {
      place.replaceChildren();
    },
  };
}
