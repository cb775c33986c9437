// The reference page: the document of this server, drawn. The part behind `#` says what is shown: an operation,
// a tag, the codes of problems, or the overview.

import { fill as fillWith, h as make } from "../dom.js";
import { answersOf, bodiesOf, boundsOf, curl, fieldsOf, inline, matches, paragraphs, resolve, sections, shownBy, typeOf } from "./document.js";

/** @typedef {import("./document.js").Operation} Operation */
/** @typedef {import("./document.js").Section} Section */
/** @typedef {Record<string, any>} Json */

const TITLE = "API reference · Intergalactic Trade Network";
const PROBLEMS = "problems";
/** How long a button says that something was copied. */
const COPIED_MS = 1500;

/** An element of parts that may lie in lists of lists. @param {keyof HTMLElementTagNameMap} tag @param {Json | null} properties @param {any[]} children @returns {HTMLElement} */
const h = (tag, properties, ...children) => make(tag, properties, ...children.flat(Infinity));

/** @param {Element} place @param {any[]} children */
const fill = (place, ...children) => fillWith(place, ...children.flat(Infinity));

/** @param {string} id @returns {HTMLElement} */
function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

const main = element("main");
const side = element("side");
const index = element("index");
const menu = element("menu");
const search = /** @type {HTMLInputElement} */ (element("search"));

/** Text with its code and emphasis. @param {string} text */
const words = (text) => inline(text).map((part) => (part.code ? h("code", null, part.text) : part.strong ? h("strong", null, part.text) : part.text));

/** @param {string} text */
const prose = (text) =>
  paragraphs(text).map(({ list, lines }) => (list ? h("ul", { class: "list" }, lines.map((line) => h("li", null, words(line)))) : h("p", null, words(lines[0] ?? ""))));

/** @param {string} method */
const badge = (method) => h("span", { class: `method ${method.toLowerCase()}` }, method);

/** A path with its parameters set apart; it may break behind each slash. @param {string} path */
const route = (path) => path.split(/(?=\/)/).flatMap((part) => [h("wbr", null), part.includes("{") ? ["/", h("var", null, part.slice(1))] : part]).flat();

/** Text to copy. @param {string} label @param {string} text */
function sample(label, text) {
  const button = h("button", { type: "button", class: "plain copy", "aria-label": `Copy: ${label}`, onclick: copy }, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      // Browsers let only secure pages write there: what is selected can still be copied by hand.
      getSelection()?.selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), COPIED_MS);
  }
  const code = h("code", null, text);
  return h("figure", { class: "sample" }, h("figcaption", null, h("span", null, label), button), h("pre", { tabindex: 0, "aria-label": label }, code));
}

/** Samples of which one is seen, as is chosen by name. @param {{ name: string, text: string }[]} all */
function choice(all) {
  const first = all[0];
  if (!first || all.length === 1) return first ? sample(first.name, first.text) : null;
  const place = h("div", null, sample(first.name, first.text));
  const select = /** @type {HTMLSelectElement} */ (h("select", { "aria-label": "Example", onchange: () => {
    const chosen = all[select.selectedIndex];
    if (chosen) fill(place, sample(chosen.name, chosen.text));
  } }, all.map(({ name }) => h("option", null, name))));
  return h("div", { class: "choice" }, h("label", null, "Example ", select), place);
}

/** @param {any} value */
const written = (value) => (typeof value === "string" ? value.trimEnd() : JSON.stringify(value, null, 2));

/** @param {Json} api @param {Operation} operation */
function parameters(api, operation) {
  const all = /** @type {Json[]} */ (operation.raw.parameters ?? []).map((one) => resolve(api, one));
  if (all.length === 0) return null;
  const row = (/** @type {Json} */ one) =>
    h("div", { class: "field" },
      h("dt", null, h("code", { class: "name" }, one.name), h("span", { class: "type" }, `${typeOf(api, one.schema)} in ${one.in}`), one.required && h("span", { class: "needed" }, "required")),
      h("dd", null, h("p", null, words(one.description ?? "")), bounds(boundsOf(api, one.schema))));
  return [h("h2", null, "Parameters"), h("dl", { class: "fields" }, all.map(row))];
}

/** @param {string[]} said */
const bounds = (said) => said.length > 0 && h("p", { class: "bounds" }, words(said.join(" · ")));

/** @param {Json} api @param {any} schema @param {string} label */
function fields(api, schema, label) {
  const found = fieldsOf(api, schema);
  if (found.length === 0) return null;
  return h("dl", { class: "fields", "aria-label": label }, found.map((field) =>
    h("div", { class: `field deep-${field.depth}` },
      h("dt", null, h("code", { class: "name" }, field.name), h("span", { class: "type" }, field.type), field.required && h("span", { class: "needed" }, "required")),
      h("dd", null, field.description && h("p", null, words(field.description)), bounds(field.bounds)))));
}

/** @param {Json} api @param {Operation} operation */
function body(api, operation) {
  const entry = Object.entries(/** @type {Record<string, Json>} */ (operation.raw.requestBody?.content ?? {}))[0];
  if (!entry) return null;
  const [media, content] = entry;
  const schema = content.schema?.contentSchema ?? content.schema;
  const said = resolve(api, schema).description;
  return [h("h2", null, "Body"), h("p", { class: "quiet" }, h("code", null, media), content.schema?.contentSchema ? ", a line for each:" : null), said && prose(said), fields(api, schema, "Fields of the body")];
}

/** @param {Json} api @param {Operation} operation */
function answers(api, operation) {
  const all = answersOf(api, operation);
  const yes = all.filter((answer) => Number(answer.status) < 400);
  const no = all.filter((answer) => answer.codes.length > 0);
  const own = (/** @type {import("./document.js").Answer} */ answer) => {
    const schema = answer.schema?.contentSchema ?? answer.schema;
    const list = schema && answer.media !== "application/problem+json" && fields(api, schema, `Fields of ${answer.status}`);
    return h("details", { class: "answer" },
      h("summary", null, h("span", { class: "status" }, answer.status), h("span", null, words(answer.description))),
      answer.headers.length > 0 && h("dl", { class: "fields" }, answer.headers.map(([name, said]) => h("div", { class: "field" }, h("dt", null, h("code", { class: "name" }, name), h("span", { class: "type" }, "header")), h("dd", null, h("p", null, words(said)))))),
      list);
  };
  const refusal = (/** @type {import("./document.js").Answer} */ answer) =>
    h("tr", null, h("th", { scope: "row" }, answer.status), h("td", null, h("ul", null, answer.description.split("\n").map((line) => h("li", null, words(line.replace(/^- /, "")))))));
  return [
    h("h2", null, "Answers"),
    yes.map(own),
    no.length > 0 && [h("h2", null, "Problems"), h("p", { class: "quiet" }, h("a", { href: `#${PROBLEMS}` }, "How to read them, and all codes")), h("table", { class: "codes" }, h("tbody", null, no.map(refusal)))],
  ];
}

/** @param {Json} api @param {Operation} operation */
function samples(api, operation) {
  const bodies = bodiesOf(operation);
  const requests = bodies.length > 0 ? bodies : [{ name: "Request", value: undefined }];
  const shown = answersOf(api, operation).filter((answer) => answer.example !== undefined && answer.example !== null && Number(answer.status) < 400);
  return h("aside", { class: "samples", "aria-label": "Examples" },
    choice(requests.map(({ name, value }) => ({ name, text: curl(operation, value, location.origin) }))),
    // What was made before what was only rehearsed.
    shown.reverse().map((answer) => sample(`${answer.status} ${answer.media}`, written(answer.example))));
}

/** @param {Json} api @param {Operation} operation */
function drawOperation(api, operation) {
  fill(main,
    h("article", { class: "operation" },
      h("div", { class: "said" },
        h("p", { class: "crumb" }, h("a", { href: `#${operation.tag}` }, operation.tag)),
        h("h1", null, operation.name),
        h("p", { class: "route" }, badge(operation.method), h("code", null, route(operation.path))),
        h("p", { class: "lead" }, words(`${operation.title}.`)), prose(operation.text),
        parameters(api, operation), body(api, operation), answers(api, operation)),
      samples(api, operation)));
}

/** @param {Section} section */
const listed = (section) =>
  h("ul", { class: "operations" }, section.operations.map((operation) => h("li", null, h("a", { href: `#${operation.id}` }, badge(operation.method), h("code", null, route(operation.path)), h("span", null, words(operation.title))))));

/** @param {Section} section */
function drawSection(section) {
  fill(main, h("div", { class: "said wide" }, h("h1", null, section.name), prose(section.description), listed(section)));
}

/** @param {Json} api @param {Section[]} all */
function drawOverview(api, all) {
  fill(main,
    h("div", { class: "said wide" },
      h("h1", null, api.info.title), prose(api.info.description),
      h("p", null, h("a", { href: `#${PROBLEMS}` }, "Every code that a problem may have")),
      all.map((section) => [h("h2", null, h("a", { href: `#${section.name}` }, section.name)), prose(section.description), listed(section)])));
}

/** @param {Json} api @param {Section[]} all */
function drawProblems(api, all) {
  /** @type {Map<string, { statuses: Set<string>, title: string, who: Operation[] }>} */
  const codes = new Map();
  for (const operation of all.flatMap((section) => section.operations)) {
    for (const answer of answersOf(api, operation)) {
      for (const code of answer.codes) {
        const title = answer.description.match(new RegExp(`\`${code}\`: (.*)\\.`))?.[1] ?? "";
        const known = codes.get(code) ?? { statuses: new Set(), title, who: [] };
        known.statuses.add(answer.status);
        if (known.who.at(-1) !== operation) known.who.push(operation);
        codes.set(code, known);
      }
    }
  }
  const order = /** @type {string[]} */ (api.components.schemas.Problem.properties.code.enum);
  const rows = order.filter((code) => codes.has(code)).map((code) => {
    const { statuses, title, who } = codes.get(code) ?? { statuses: new Set(), title: "", who: [] };
    const count = all.reduce((sum, section) => sum + section.operations.length, 0);
    const by = who.length > count / 3 ? `${who.length} of ${count} operations` : who.flatMap((operation, at) => [at > 0 && ", ", h("a", { href: `#${operation.id}` }, operation.id)]);
    return h("tr", null, h("th", { scope: "row" }, h("code", null, code)), h("td", { class: "number" }, [...statuses].join(", ")), h("td", null, title), h("td", null, by));
  });
  const schema = api.components.schemas.Problem;
  fill(main,
    h("div", { class: "said wide" },
      h("h1", null, "Problems"), prose(schema.description), fields(api, schema, "Fields of a problem"),
      h("h2", null, "Codes"),
      h("div", { class: "scrolls", tabindex: 0, role: "region", "aria-label": "Codes" }, h("table", { class: "codes" }, h("thead", null, h("tr", null, ["Code", "Status", "Meaning", "Of"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", null, rows)))));
}

/** @param {Section[]} all */
function drawIndex(all) {
  const text = search.value;
  let count = 0;
  const groups = all.map((section) => {
    const found = section.operations.filter((operation) => matches(operation, text));
    count += found.length;
    return found.length > 0 && h("section", null,
      h("h2", null, h("a", { href: `#${section.name}` }, section.name)),
      h("ul", null, found.map((operation) => h("li", null, h("a", { href: `#${operation.id}`, title: `${operation.method} ${operation.path}` }, badge(operation.method), h("span", null, operation.name))))));
  });
  fill(index, text === "" && h("ul", null, h("li", null, h("a", { href: "#" }, "Overview")), h("li", null, h("a", { href: `#${PROBLEMS}` }, "Problems"))), groups, count === 0 && h("p", { class: "quiet" }, `Nothing has “${text}”.`));
  element("found").textContent = text === "" ? "" : `${count} operations`;
  mark();
}

/** Which part of the page is shown, as the address says. */
const shown = () => shownBy(location.hash);

function mark() {
  for (const link of index.querySelectorAll("a")) {
    const is = link.getAttribute("href") === `#${shown()}`;
    if (is) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    if (is && innerWidth > 900) link.scrollIntoView({ block: "nearest" });
  }
}

/** @param {boolean} isOpen */
function open(isOpen) {
  document.body.classList.toggle("open", isOpen);
  menu.setAttribute("aria-expanded", String(isOpen));
}

/** @param {Json} api */
function start(api) {
  const all = sections(api);
  const operations = all.flatMap((section) => section.operations);
  const show = (/** @type {boolean} */ isFirst) => {
    const name = shown();
    const operation = operations.find((one) => one.id === name);
    const section = all.find((one) => one.name === name);
    if (operation) drawOperation(api, operation);
    else if (section) drawSection(section);
    else if (name === PROBLEMS) drawProblems(api, all);
    else drawOverview(api, all);
    document.title = operation || section || name === PROBLEMS ? `${operation?.name ?? section?.name ?? "Problems"} · ${TITLE}` : TITLE;
    document.body.dataset.shown = operation?.id ?? section?.name ?? (name === PROBLEMS ? PROBLEMS : "overview");
    open(false);
    mark();
    main.scrollTop = 0;
    scrollTo(0, 0);
    // Whoever reads by ear is told of the new content; on the first sight of a page browsers do so.
    if (!isFirst) main.focus({ preventScroll: true });
  };
  drawIndex(all);
  show(true);
  addEventListener("hashchange", () => show(false));
  search.addEventListener("input", () => drawIndex(all));
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") /** @type {HTMLElement | null} */ (index.querySelector("li a"))?.click();
    if (event.key === "Escape" || event.key === "Enter") search.blur();
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    event.preventDefault();
    open(true);
    search.select();
  });
  side.addEventListener("keydown", (event) => {
    if (event.key === "Escape") open(false);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const links = [search, ...index.querySelectorAll("a")];
    const at = links.indexOf(/** @type {any} */ (document.activeElement));
    links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
    event.preventDefault();
  });
  menu.addEventListener("click", () => open(!document.body.classList.contains("open")));
}

try {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  start(await answer.json());
} catch (error) {
  document.body.dataset.shown = "trouble";
  fill(main, h("div", { class: "message", role: "alert" }, h("h1", null, "The document could not be read"), h("p", null, error instanceof Error ? error.message : String(error)), h("button", { type: "button", onclick: () => location.reload() }, "Try again")));
}
