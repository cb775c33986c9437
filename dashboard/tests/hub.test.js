import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Model } from "../model/model.js";
import { Hub } from "../net/hub.js";
import { Outbox } from "../net/outbox.js";

/** A server that answers as the API does, and whose stream the test writes. */
class FakeServer {
  constructor() {
    this.requests = [];
    this.streams = [];
    this.stations = [];
    this.sequence = 0;
    /** @type {Record<string, any>[]} */
    this.events = [];
    this.refusal = null;
    this.reader = { principal: null, role: "viewer", accounts: [], anonymous: true };
    /** Answers that wait until the test lets them go, by the beginning of their path. @type {Map<string, Promise<void>>} */
    this.held = new Map();
    globalThis.fetch = (path, options) => this.answer(String(path), options);
  }

  async answer(path, options = {}) {
    this.requests.push({ path, after: options.headers?.["last-event-id"] ?? "" });
    for (const [beginning, released] of [...this.held]) {
      if (!path.startsWith(beginning)) continue;
      this.held.delete(beginning);
      await released;
      options.signal?.throwIfAborted();
    }
    if (this.refusal && path !== "/readyz") return Response.json(this.refusal.body, { status: this.refusal.status });
    const asOf = { sequence: this.sequence };
    const items = (list) => Response.json({ items: list, nextCursor: null, asOf });
    if (path === "/readyz") return Response.json({ status: "recovering", replayed: 5, total: 10 }, { status: 503 });
    if (path === "/api/network") return Response.json({ journal: "j", time: "2200-01-01T00:00:00Z", speed: 1, sequence: this.sequence });
    if (path === "/api/whoami") return Response.json(this.reader);
    if (path.startsWith("/api/stations")) return items(this.stations);
    if (path.startsWith("/api/events")) {
      const after = Number(new URL(path, "http://h").searchParams.get("after"));
      return items(this.events.filter((event) => Number(event.sequence) > after));
    }
    if (path.startsWith("/api/updates")) return this.open(options.signal);
    return items([]);
  }

  open(signal) {
    const stream = new TransformStream();
    const writer = stream.writable.getWriter();
    signal?.addEventListener("abort", () => writer.abort(signal.reason).catch(() => {}));
    this.streams.push(writer);
    return new Response(stream.readable);
  }

  /** Writes to the newest stream. */
  write(text) {
    return this.streams.at(-1).write(new TextEncoder().encode(text));
  }

  /** Holds the next answer to a path; gives what lets it go. @param {string} beginning */
  hold(beginning) {
    let release = () => {};
    this.held.set(beginning, new Promise((resolve) => (release = () => resolve(undefined))));
    return release;
  }

  send(event) {
    return this.write(`id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`);
  }

  begin(sequence) {
    const parts = ["shipments", "alerts", "summary"].map((kind) => `event: snapshot\ndata: ${JSON.stringify({ kind, items: [] })}\n\n`);
    return this.write(`${parts.join("")}event: progress\nid: ${sequence}-j\ndata: {"position":"${sequence}-j"}\n\n`);
  }
}

const station = (id, sequence) => ({ id, name: id.toUpperCase(), kind: "gate", system: "s", position: { x: 0, y: 0, z: 0 }, owner: id, sequence });
const created = (id, sequence) => ({
  id: `${sequence}-j`, type: "station.created", time: "2200-01-01T00:00:00Z", recordedat: "2200-01-01T00:00:00Z",
  sequence: String(sequence), data: station(id, sequence),
});

/** A tab: a model of its own, fed as `Connection` does. */
class Tab {
  constructor() {
    this.model = new Model();
    this.statuses = [];
    /** Who reads, as it was known when each "live" was heard. */
    this.readers = [];
    this.told = [];
    /** Of how many events each state stood in place. */
    this.begun = [];
    this.isFrozen = false;
  }

  /** What the hub tells at once; more is asked for when it is taken in. @param {any[]} messages */
  postMessage(messages) {
    for (const message of structuredClone(messages)) this.receive(message);
    if (!this.isFrozen) queueMicrotask(() => hub.more(this));
  }

  receive(message) {
    if (message.kind === "state") {
      this.model.restore(message.state);
      this.begun.push(message.passed);
    } else if (message.kind === "status") {
      this.statuses.push(message.status.state);
      if (message.status.state === "live") this.readers.push(this.model.reader.principal);
    } else if (message.kind === "events") {
      for (const event of JSON.parse(message.text)) {
        this.told.push(Number(event.sequence));
        this.model.apply(event);
      }
    }
  }

  get state() {
    return this.statuses.at(-1);
  }
}

async function until(condition, what) {
  for (let tries = 0; tries < 2000; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  assert.fail(`never: ${what}`);
}

let hub = new Hub();
afterEach(() => {
  for (const port of [...hub.ports.keys()]) hub.leave(port);
});

function given() {
  const server = new FakeServer();
  const tab = new Tab();
  hub = new Hub();
  return { server, tab };
}

/** A stream is asked for, the server begins it, and the tab is live. @param {FakeServer} server @param {Tab} tab */
async function begun(server, tab, sequence = 0) {
  const before = server.streams.length;
  if (!hub.ports.has(tab)) hub.join(tab);
  await until(() => server.streams.length > before, "a stream");
  await server.begin(sequence);
  await until(() => tab.state === "live", "live");
}

test("what changes between the lists and the state is there, once", async () => {
  const { server, tab } = given();
  server.stations = [station("a", 1)];
  server.sequence = 1;
  server.events = [created("b", 2)];
  hub.join(tab);
  await until(() => server.streams.length === 1, "a stream");
  await server.begin(2);
  await server.send(created("c", 3));
  await until(() => tab.model.stations.size === 3, "three stations");
  assert.deepEqual([tab.state, tab.model.sequence, tab.model.isLoaded, tab.told], ["live", 3, true, [3]]);
});

test("a connection that ends is resumed behind the last event", async () => {
  const { server, tab } = given();
  await begun(server, tab);
  await server.send(created("a", 1));
  await until(() => tab.model.stations.size === 1, "a station");
  await server.streams[0].close();
  await until(() => server.streams.length === 2, "another stream");
  assert.deepEqual(server.requests.filter(({ path }) => path.startsWith("/api/updates")).map(({ after }) => after), ["", "1-j"]);
  await server.send(created("b", 2));
  await until(() => tab.model.stations.size === 2, "another station");
  assert.deepEqual(tab.told, [1, 2]);
});

test("a tab that comes later has what the first has, and costs no stream", async () => {
  const { server, tab } = given();
  await begun(server, tab);
  await server.send(created("a", 1));
  await until(() => tab.model.stations.size === 1, "a station");
  const later = new Tab();
  hub.join(later);
  assert.deepEqual(later.model.save(), tab.model.save());
  await server.send(created("b", 2));
  await until(() => later.model.stations.size === 2, "another station");
  assert.equal(server.streams.length, 1);
});

test("without tabs there is no stream, and the next tab begins anew", async () => {
  const { server, tab } = given();
  await begun(server, tab);
  hub.leave(tab);
  assert.ok(hub.stopped.signal.aborted);
  const later = new Tab();
  hub.join(later);
  await until(() => server.streams.length === 2, "another stream");
  assert.equal(server.requests.at(-1)?.after, "");
  assert.ok(!later.statuses.includes("live"), "what was is not said to be live");
});

test("a server that replays its journal says how far it is, one that wants a key that it does", async () => {
  const { server, tab } = given();
  server.refusal = { status: 503, body: { code: "recovering" } };
  hub.join(tab);
  await until(() => tab.state === "recovering", "recovering");
  assert.deepEqual(hub.status.progress, { done: 5, total: 10 });
  server.refusal = { status: 401, body: {} };
  await until(() => tab.state === "signed-out", "signed out");
});

const ship = { shipmentId: "s-1", status: "in_transit", origin: "a", destination: "b", owner: "o", consignee: "o", carrier: "c", vessel: null, plannedDeparture: "2200-01-01T00:00:00Z", plannedArrival: "2200-01-02T00:00:00Z", lines: [{ commodity: "ice", quantity: 5 }], sequence: 1 };
const someone = { principal: "ann", role: "operator", accounts: [], anonymous: false };

test("who reads is known before it is said that the page is live, in every tab", async () => {
  const { server, tab } = given();
  server.reader = someone;
  await begun(server, tab);
  const later = new Tab();
  hub.join(later);
  assert.deepEqual([tab.readers, later.readers], [["ann"], ["ann"]]);
});

test("a beginning that was overtaken by another changes nothing", async () => {
  const { server, tab } = given();
  const release = server.hold("/api/stations");
  server.stations = [station("old", 1)];
  hub.join(tab);
  await until(() => server.held.size === 0, "the list is asked for");
  server.reader = someone;
  server.stations = [station("new", 1)];
  hub.restart();
  await begun(server, tab, 1);
  release();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual([hub.model.reader.principal, [...hub.model.stations.keys()]], ["ann", ["new"]]);
  assert.deepEqual([...tab.model.stations.keys()], ["new"]);
});

test("a stream that ends before the state is complete is begun anew, with the state", async () => {
  const { server, tab } = given();
  // Something is named between the lists and the state, and asking for it takes long.
  server.events = [created("b", 2)];
  const release = server.hold("/api/events");
  hub.join(tab);
  await until(() => server.streams.length === 1, "a stream");
  await server.begin(2);
  await until(() => server.held.size === 0, "the changes are asked for");
  await server.streams[0].close();
  await until(() => server.streams.length === 2, "another stream");
  release();
  await server.write(`event: snapshot\ndata: ${JSON.stringify({ kind: "shipments", items: [ship] })}\n\n`);
  await server.begin(2);
  await until(() => tab.state === "live", "live");
  assert.equal(server.requests.filter(({ path }) => path.includes("snapshot=")).length, 2);
  assert.deepEqual([tab.model.shipments.size, tab.model.stations.size], [1, 1]);
});

test("a stream that is resumed as somebody else is begun anew", async () => {
  const { server, tab } = given();
  server.reader = someone;
  await begun(server, tab);
  server.reader = { principal: null, role: "viewer", accounts: [], anonymous: true };
  await server.streams[0].close();
  await until(() => server.requests.filter(({ path }) => path.includes("snapshot=")).length === 2, "a stream with the state");
  await server.begin(0);
  await until(() => tab.state === "live", "live again");
  assert.equal(tab.model.reader.principal, null);
});

test("who is signed out keeps nothing of what could be seen before", async () => {
  const { server, tab } = given();
  server.stations = [station("a", 1)];
  await begun(server, tab, 1);
  server.refusal = { status: 401, body: {} };
  hub.restart();
  await until(() => tab.state === "signed-out", "signed out");
  assert.deepEqual([tab.model.stations.size, hub.model.stations.size], [0, 0]);
});

test("a tab that takes nothing in begins anew when it does, and has little waiting until then", async () => {
  const { server, tab } = given();
  await begun(server, tab);
  await server.send(created("a", 1));
  await until(() => tab.told.length === 1, "an event");
  tab.isFrozen = true;
  const statesBefore = tab.begun.length;
  const long = (/** @type {number} */ sequence) => ({ ...created(`station-${sequence % 7}`, sequence), padding: "x".repeat(100_000) });
  for (let sequence = 2; sequence <= 120; sequence += 1) await server.send(long(sequence));
  await until(() => hub.model.sequence === 120, "the hub has read them");
  const outbox = hub.ports.get(tab);
  assert.ok(outbox && outbox.size === 0 && outbox.queue.length === 0, "nothing waits");
  tab.isFrozen = false;
  hub.more(tab);
  await until(() => tab.model.sequence === 120, "the state");
  assert.deepEqual(tab.model.save(), hub.model.save());
  const passed = tab.begun.slice(statesBefore).reduce((sum, one) => sum + one, 0);
  assert.equal(tab.told.length + passed, 120, "it knows how many it was not told");
  await server.send(created("b", 121));
  await until(() => tab.told.at(-1) === 121, "the next event");
});

test("a tab that takes nothing in forgets at once who was signed in", async () => {
  const { server, tab } = given();
  server.stations = [station("a", 1)];
  await begun(server, tab, 1);
  tab.isFrozen = true;
  await server.send(created("b", 2));
  await until(() => hub.model.sequence === 2, "the hub has read it");
  server.refusal = { status: 401, body: {} };
  hub.restart();
  assert.equal(tab.model.stations.size, 0);
  tab.isFrozen = false;
  hub.more(tab);
  await until(() => tab.state === "signed-out", "signed out");
});

test("many events at once come in short messages, each once and in order", async () => {
  const { server, tab } = given();
  await begun(server, tab);
  const batches = [];
  const receive = tab.receive.bind(tab);
  tab.receive = (message) => {
    if (message.kind === "events") batches.push(JSON.parse(message.text).length);
    receive(message);
  };
  const many = Array.from({ length: 1_000 }, (_, index) => created(`s-${index}`, index + 1));
  await server.write(many.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`).join(""));
  await until(() => tab.told.length === 1_000, "all of them");
  assert.deepEqual(tab.told, many.map(({ sequence }) => Number(sequence)));
  assert.ok(Math.max(...batches) <= 100, `${batches}`);
  assert.equal(tab.model.stations.size, 1_000);
});

test("that the server was heard of waits with the events, and hurries none", async () => {
  /** @type {any[][]} */
  const posts = [];
  const outbox = new Outbox({ postMessage: (messages) => posts.push(messages) }, () => [{ kind: "state" }]);
  outbox.more();
  outbox.heard(5);
  outbox.events(["1", "2"], false);
  outbox.heard(6);
  outbox.events(["3"], false);
  outbox.heard(7);
  assert.equal(posts.length, 1, "the state alone, so soon");
  await until(() => posts.length === 2, "the rest");
  assert.deepEqual(posts[1], [{ kind: "events", text: "[1,2,3]", isBacklog: false, sequence: 7 }]);
  outbox.more();
  outbox.events(["4"], false);
  outbox.tell({ kind: "status" });
  assert.equal(posts.length, 3, "how the connection is does not wait");
  outbox.end();
});
