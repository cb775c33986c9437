// What the OpenAPI document says, in the terms of the page: pure functions, tested without a browser.

/** @typedef {Record<string, any>} Json */

/**
 * @typedef {object} Operation
 * @property {string} id
 * @property {string} method
 * @property {string} path
 * @property {string} name its id in words
 * @property {string} title its first sentence
 * @property {string} text the rest
 * @property {string} tag
 * @property {Json} raw
 */

/** @typedef {{ name: string, description: string, operations: Operation[] }} Section */

/** One field of an object, or of an object within: `depth` says how deep. */
/** @typedef {{ name: string, depth: number, type: string, required: boolean, description: string, bounds: string[] }} Field */

/** Characters of a body that is written on one line. */
const SHORT = 60;
/** How deep fields are shown within fields. */
const DEPTH_MAX = 4;

/** What a reference leads to. @param {Json} document @param {any} value @returns {any} */
export function resolve(document, value) {
  let found = value;
  for (let steps = 0; found?.$ref && steps < 16; steps += 1) {
    const path = String(found.$ref).replace(/^#\//, "").split("/");
    found = path.reduce((at, name) => at?.[name.replaceAll("~1", "/").replaceAll("~0", "~")], /** @type {any} */ (document));
  }
  return found ?? {};
}

/** The name a reference has. @param {any} value @returns {string | null} */
const nameOf = (value) => (value?.$ref ? String(value.$ref).split("/").at(-1) ?? null : null);

/** The operations by tag, in the document's order of tags. @param {Json} document @returns {Section[]} */
export function sections(document) {
  /** @type {Map<string, Section>} */
  const known = new Map();
  for (const tag of document.tags ?? []) known.set(tag.name, { name: tag.name, description: tag.description ?? "", operations: [] });
  for (const [path, item] of Object.entries(document.paths ?? {})) {
    for (const [method, raw] of Object.entries(item)) {
      if (!raw?.operationId) continue;
      const tag = raw.tags?.[0] ?? "other";
      if (!known.has(tag)) known.set(tag, { name: tag, description: "", operations: [] });
      known.get(tag)?.operations.push({
        id: raw.operationId,
        name: wordsOf(raw.operationId),
        method: method.toUpperCase(),
        path,
        title: String(raw.summary ?? raw.operationId).replace(/\.$/, ""),
        text: raw.description ?? "",
        tag,
        raw,
      });
    }
  }
  const order = ["POST", "GET", "PUT", "PATCH", "DELETE"];
  for (const section of known.values()) {
    section.operations.sort((a, b) => a.path.localeCompare(b.path) || order.indexOf(a.method) - order.indexOf(b.method));
  }
  return [...known.values()].filter((section) => section.operations.length > 0);
}

/** `createTrade` as it is said. @param {string} id */
export function wordsOf(id) {
  const words = id.replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Whether an operation has all these words somewhere. @param {Operation} operation @param {string} text */
export function matches(operation, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const codes = problems(operation.raw).join(" ");
  const said = `${operation.id} ${operation.method} ${operation.path} ${operation.title} ${operation.text} ${operation.tag} ${codes}`.toLowerCase();
  return words.every((word) => said.includes(word));
}

/** The codes of an operation's own problems; those of answers that many share are not its own. @param {Json} raw @returns {string[]} */
function problems(raw) {
  return Object.values(raw.responses ?? {}).flatMap((response) => codesOf(response));
}

/** The codes of a problem's answer. @param {Json} response @returns {string[]} */
function codesOf(response) {
  const schema = response.content?.["application/problem+json"]?.schema;
  return schema?.allOf?.[1]?.properties?.code?.enum ?? [];
}

/** The type of a schema, in a few words. @param {Json} document @param {any} schema @returns {string} */
export function typeOf(document, schema) {
  const found = resolve(document, schema);
  const variants = (found.oneOf ?? found.anyOf)?.filter((/** @type {Json} */ one) => one.type !== "null" && (one.$ref || one.type));
  if (found.type === undefined && variants?.length) return [...new Set(variants.map((/** @type {Json} */ one) => typeOf(document, one)))].join(" or ");
  const types = [found.type].flat().filter((type) => type && type !== "null");
  if (types[0] === "array") return `${typeOf(document, found.items ?? {})}[]`;
  const name = nameOf(schema);
  if (types[0] === "object" || found.allOf) return name ?? "object";
  if (found.format === "date-time") return "time";
  if (found.enum && found.enum.every((/** @type {any} */ word) => typeof word === "string")) return "word";
  return types.join(" or ") || name || "any";
}

/** What bounds a schema, in words. @param {Json} document @param {any} schema @returns {string[]} */
export function boundsOf(document, schema) {
  const variants = schema?.oneOf ?? schema?.anyOf;
  const nullable = [schema?.type].flat().includes("null") || variants?.some((/** @type {Json} */ one) => one.type === "null");
  const inner = variants?.find((/** @type {Json} */ one) => one.type !== "null");
  const base = nullable && inner ? { ...resolve(document, inner), ...rest(schema) } : resolve(document, schema);
  const of = base.type === "array" ? { ...resolve(document, base.items ?? {}), ...rest(base) } : base;
  /** @type {string[]} */
  const said = [];
  const number = (/** @type {number} */ value) => (Math.abs(value) === Number.MAX_SAFE_INTEGER ? `${value < 0 ? "-" : ""}(2^53-1)` : value.toLocaleString("en"));
  if (of.enum?.length) said.push(of.enum.map((/** @type {any} */ word) => `\`${word}\``).join(" "));
  if (of.const !== undefined) said.push(`\`${of.const}\``);
  if (of.minimum !== undefined && of.maximum !== undefined) said.push(`${number(of.minimum)} to ${number(of.maximum)}`);
  else if (of.minimum !== undefined) said.push(`at least ${number(of.minimum)}`);
  else if (of.maximum !== undefined) said.push(`at most ${number(of.maximum)}`);
  if (base.type === "array" && base.maxItems !== undefined) said.push(`${base.minItems ?? 0} to ${number(base.maxItems)} items`);
  if (of.maxLength !== undefined) said.push(`${of.minLength ?? 0} to ${number(of.maxLength)} characters`);
  if (of.pattern && of.maxLength === undefined) said.push(`matches \`${of.pattern}\``);
  if (of.default !== undefined) said.push(`${of.default} if left out`);
  return said;
}

/** The keywords that stand beside a choice or a list. @param {Json} schema */
function rest({ oneOf: _, anyOf: __, items: ___, type: ____, ...more }) {
  return more;
}

/** The fields of an object, those of objects within behind them. @param {Json} document @param {any} schema @returns {Field[]} */
export function fieldsOf(document, schema, depth = 0, within = /** @type {string[]} */ ([])) {
  const name = nameOf(schema);
  if (depth >= DEPTH_MAX || (name && within.includes(name))) return [];
  const path = name ? [...within, name] : within;
  const found = resolve(document, schema);
  if (found.type === "array") return fieldsOf(document, found.items ?? {}, depth, path);
  const parts = found.allOf ?? [];
  const variants = (found.oneOf ?? found.anyOf ?? []).filter((/** @type {Json} */ one) => one.$ref || one.allOf);
  const isNeeded = (/** @type {string} */ field) => (found.required ?? []).includes(field);
  // What must be there comes first.
  const entries = Object.entries(found.properties ?? {}).sort(([a], [b]) => Number(isNeeded(b)) - Number(isNeeded(a)));
  const own = entries.flatMap(([field, value]) => {
    const inner = resolve(document, value);
    const choice = (value.oneOf ?? inner.oneOf ?? inner.anyOf)?.find((/** @type {Json} */ one) => one.type !== "null");
    const description = value.description ?? choice?.description ?? inner.description ?? "";
    return [
      { name: field, depth, type: typeOf(document, value), required: isNeeded(field), description, bounds: boundsOf(document, value) },
      ...fieldsOf(document, choice?.$ref ? choice : value, depth + 1, path),
    ];
  });
  const others = [...parts, ...(own.length || parts.length ? [] : variants.slice(0, 1))].flatMap((/** @type {Json} */ part) => fieldsOf(document, part, depth, path));
  // What every event has comes last: it is the same everywhere.
  const seen = new Set(own.map((field) => field.name));
  return [...own, ...others.filter((/** @type {Field} */ field) => field.depth > depth || !seen.has(field.name))];
}

/** An answer: its status, what it means, its body's schema and example, and the codes it may have. */
/** @typedef {{ status: string, description: string, media: string, schema: any, example: any, headers: [string, string][], codes: string[] }} Answer */

/** The answers of an operation: those that say yes, then problems. @param {Json} document @param {Operation} operation @returns {Answer[]} */
export function answersOf(document, operation) {
  return Object.entries(operation.raw.responses ?? {}).map(([status, value]) => {
    const response = resolve(document, value);
    const [media, content] = Object.entries(response.content ?? {})[0] ?? ["", {}];
    const headers = Object.entries(response.headers ?? {}).map(([name, header]) => /** @type {[string, string]} */ ([name, resolve(document, header).description ?? ""]));
    return { status, description: response.description ?? "", media, schema: content.schema ?? null, example: content.example, headers, codes: codesOf(response) };
  });
}

/** The examples of an operation's body. @param {Operation} operation @returns {{ name: string, value: any }[]} */
export function bodiesOf(operation) {
  const [content] = Object.values(operation.raw.requestBody?.content ?? {});
  return Object.values(content?.examples ?? {}).map((/** @type {any} */ { summary, value }) => ({ name: summary, value }));
}

/** The request as a line for a shell. @param {Operation} operation @param {any} body @param {string} origin */
export function curl(operation, body, origin) {
  const filled = operation.path.replace(/\{(\w+)\}/g, (_, name) => {
    const parameter = (operation.raw.parameters ?? []).find((/** @type {Json} */ one) => one.in === "path" && one.name === name);
    return encodeURIComponent(String(parameter?.example ?? name));
  });
  const needed = (operation.raw.parameters ?? []).filter((/** @type {Json} */ one) => one.in === "query" && one.required);
  const query = needed.map((/** @type {Json} */ one) => `${one.name}=${encodeURIComponent(String(one.example ?? one.schema?.enum?.[0] ?? one.name))}`).join("&");
  const parts = [operation.method === "GET" ? "curl -sS" : `curl -sS -X ${operation.method}`];
  if (operation.id === "followEvents") parts[0] = "curl -sSN";
  parts.push(`${quoted(`${origin}${filled}${query ? `?${query}` : ""}`)}`);
  if (operation.raw.security?.some((/** @type {Json} */ one) => one.key)) parts.push('-H "Authorization: Bearer $KEY"');
  const media = Object.keys(operation.raw.requestBody?.content ?? {})[0];
  if (media && body !== undefined) {
    parts.push(`-H 'Content-Type: ${media}'`);
    // A body of lines must keep them: -d would join them.
    parts.push(`${typeof body === "string" ? "--data-binary" : "-d"} ${quoted(typeof body === "string" ? body.trimEnd() : compact(body))}`);
  }
  return parts.join(" \\\n  ");
}

/** JSON on one line where it is short. @param {any} body */
function compact(body) {
  const line = JSON.stringify(body);
  return line.length <= SHORT ? line : JSON.stringify(body, null, 2);
}

/** @param {string} text */
const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** Text with `code` in it, as parts; other marks stay text. @param {string} text @returns {{ code: boolean, strong: boolean, text: string }[]} */
export function inline(text) {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter(Boolean)
    .map((part) => {
      if (part.length > 2 && part.startsWith("`") && part.endsWith("`")) return { code: true, strong: false, text: part.slice(1, -1) };
      if (part.length > 4 && part.startsWith("**") && part.endsWith("**")) return { code: false, strong: true, text: part.slice(2, -2) };
      return { code: false, strong: false, text: part };
    });
}

/** Paragraphs and lists of a text. @param {string} text @returns {{ list: boolean, lines: string[] }[]} */
export function paragraphs(text) {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const lines = part.split("\n").map((line) => line.trim());
      const list = lines.every((line) => line.startsWith("- "));
      return { list, lines: list ? lines.map((line) => line.slice(2)) : [lines.join(" ")] };
    });
}

/** Which part the end of an address names; nothing, which is the overview, where it is no text. @param {string} hash */
export function shownBy(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return "";
  }
}
