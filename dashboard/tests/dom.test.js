// What a list of elements is made of, and how little of it is moved.

import assert from "node:assert/strict";
import { test } from "node:test";

/** As much of an element as `keyed` asks for; counts what is put in. */
class FakeElement {
  constructor() {
    /** @type {FakeElement[]} */
    this.children = [];
    /** @type {FakeElement | null} */
    this.parent = null;
    /** @type {Record<string, string>} */
    this.dataset = {};
    this.ownerDocument = page;
    this.moves = 0;
    this.text = "";
  }

  get firstElementChild() {
    return this.children[0] ?? null;
  }

  get nextElementSibling() {
    const siblings = this.parent?.children ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  remove() {
    this.parent?.children.splice(this.parent.children.indexOf(this), 1);
    this.parent = null;
    if (page.activeElement === this) page.activeElement = null;
  }

  /** @param {FakeElement} element @param {FakeElement | null} before */
  insertBefore(element, before) {
    element.remove();
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, element);
    element.parent = this;
    this.moves += 1;
  }

  /** @param {FakeElement} element */
  contains(element) {
    return this.children.includes(element);
  }

  focus() {
    page.activeElement = this;
  }
}

/** @type {{ activeElement: FakeElement | null }} */
const page = { activeElement: null };
Object.assign(globalThis, { HTMLElement: FakeElement });
const { keyed, nearest } = await import("../dom.js");

/** @param {any} place @param {string} names a letter each */
function set(place, names) {
  place.moves = 0;
  keyed(place, names, (name) => name, () => /** @type {any} */ (new FakeElement()), (/** @type {any} */ element, name) => { element.text = name; });
  assert.equal(place.children.map((/** @type {any} */ child) => child.text).join(""), names);
  return place.moves;
}

test("of a list only what changed its place is moved", () => {
  const place = new FakeElement();
  assert.equal(set(place, "abcdef"), 6);
  assert.equal(set(place, "abcdef"), 0);
  assert.equal(set(place, "acdf"), 0, "what is gone moves nobody");
  assert.equal(set(place, "xacdf"), 1, "what is new moves nobody");
  assert.equal(set(place, "acdfx"), 1, "the first becomes the last");
  assert.equal(set(place, "xacdf"), 1, "the last becomes the first");
  assert.equal(set(place, "axcdf"), 1, "two change places");
  assert.equal(set(place, ""), 0);
});

test("a list is in order whatever became of it, and keeps its elements", () => {
  let seed = 7;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const place = new FakeElement();
  for (let turn = 0; turn < 500; turn += 1) {
    const names = [..."abcdefghij"].filter(() => random() < 0.6).map((name) => ({ name, by: random() })).sort((a, b) => a.by - b.by).map(({ name }) => name);
    const before = new Map(place.children.map((child) => [child.text, child]));
    set(place, names.join(""));
    for (const child of place.children) assert.ok(!before.has(child.text) || before.get(child.text) === child);
  }
});

test("what has the focus keeps it when it is moved", () => {
  const place = new FakeElement();
  set(place, "abcd");
  const [a] = place.children;
  a.focus();
  set(place, "bcda");
  assert.equal(page.activeElement, a);
  set(place, "bcd");
  assert.equal(page.activeElement, null);
});

test("the nearest others are those behind, then those ahead", () => {
  assert.deepEqual(nearest([..."abcde"], 2), [..."deba"]);
  assert.deepEqual(nearest(["a"], 0), []);
});
