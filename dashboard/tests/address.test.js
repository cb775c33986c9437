import assert from "node:assert/strict";
import { test } from "node:test";

import { link, parse } from "../address.js";

test("an address is taken apart", () => {
  const { path, parts, query } = parse("http://host/stations/barnard%27s/?commodity=ice");
  assert.deepEqual([path, parts, query.get("commodity")], ["/stations/barnard%27s", ["stations", "barnard's"], "ice"]);
  assert.deepEqual(parse("http://host/").parts, []);
  assert.deepEqual(parse("http://host/stations/%zz").parts, ["stations", "%zz"]);
});

test("a link leaves out what is not given", () => {
  assert.equal(link("/trades", { station: "ceres", commodity: null, from: "" }), "/trades?station=ceres");
  assert.equal(link("/trades"), "/trades");
});
