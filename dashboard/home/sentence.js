// The state of the network in one live sentence, each noun a link: in the bar, and large on the wall.

import { fill, h, prose, setText } from "../dom.js";
import { details } from "./detail.js";
import { forecasts } from "./forecast.js";
import { Rate } from "./rate.js";
import { interruption, sentence, tied } from "./words.js";

/** Words that change faster cannot be read. */
const CHANGE_MS = 1_000;
const CHANGE_LATEST_MS = 3_000;

/** @typedef {import("./words.js").Part} Part */

/**
 * @param {HTMLElement} place
 * @param {import("../app.js").App} app
 * @param {{ isBrief?: boolean }} [options] `isBrief` where the bar says how old it is
 */
export function mount(place, app, { isBrief = true } = {}) {
  const { model, connection } = app;
  const more = details(app);
  const ahead = forecasts(app);
  const line = h("p", { class: "says" });
  place.append(line);
  /** @type {Part[]} */
  let shown = [];
  const rate = new Rate(CHANGE_MS, CHANGE_LATEST_MS);
  let state = "";
  const still = stillness(connection);

  return {
    /** @param {import("../app.js").Frame} frame */
    draw(frame) {
      const { now, wall } = still(frame);
      more.draw(wall);
      ahead.draw(wall);
      if (state === connection.state && !rate.isDue(frame)) return;
      const began = performance.now();
      state = connection.state;
      const before = interruption(model, connection, wall, { isBrief });
      const says = model.isLoaded || before.length === 0 ? sentence(model, now) : [];
      const parts = [...before, ...(before.length > 0 && says.length > 0 ? [" "] : []), ...says];
      show(line, shown, parts);
      shown = parts;
      line.title = isBrief ? parts.map(textOf).join("") : "";
      rate.done(wall, performance.now() - began);
    },
    end() {
      line.remove();
    },
  };
}

/**
 * Network time stands still while the page does not follow the network: what is shown is as it was.
 * @param {import("../net/connection.js").Connection} connection
 * @returns {(frame: import("../app.js").Frame) => import("../app.js").Frame}
 */
export function stillness(connection) {
  let last = 0;
  // Before the clock is known there is no network time to stand still at.
  let isKnown = false;
  return (frame) => {
    if (connection.state === "live" || !isKnown) last = frame.now;
    isKnown = connection.model.clock.network > 0;
    return last === frame.now ? frame : { ...frame, now: last };
  };
}

/** @param {Part} part */
const textOf = (part) => tied(typeof part === "string" ? part : part.text);

/**
 * Changes what changed: a link that somebody is about to follow stays where it is.
 * @param {HTMLElement} line @param {Part[]} before @param {Part[]} parts
 */
export function show(line, before, parts) {
  const isAlike = before.length === parts.length && before.every((part, index) => typeof part === typeof parts[index]);
  if (!isAlike) {
    fill(line, prose(parts.map((part) => (typeof part === "string" ? tied(part) : { ...part, text: tied(part.text) }))));
    return;
  }
  parts.forEach((part, index) => {
    const node = line.childNodes[index];
    setText(node, textOf(part));
    if (typeof part !== "string" && node instanceof HTMLAnchorElement && node.getAttribute("href") !== part.href) node.setAttribute("href", part.href);
  });
}

/** The words each line says. @type {WeakMap<Element, Part[]>} */
const said = new WeakMap();

/** Says something in a line that remembers what it said: see `show`. @param {HTMLElement} line @param {Part[]} parts */
export function say(line, parts) {
  show(line, said.get(line) ?? [], parts);
  said.set(line, parts);
}
