// The address: which view, of what, with which filters. Links within the page do not load it anew.

/**
 * @typedef {object} Location
 * @property {string} path "/stations"
 * @property {string[]} parts ["stations"]
 * @property {URLSearchParams} query
 */

/** @param {string} href @param {string} [base] @returns {Location} */
export function parse(href, base) {
  const url = new URL(href, base);
  const path = url.pathname.replace(/\/+$/, "") || "/";
  const parts = path.split("/").filter(Boolean).map(decoded);
  return { path, parts, query: url.searchParams };
}

/** What is no encoding stands for itself. @param {string} part */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** A path with a query; what is null or empty is left out. @param {string} path @param {Record<string, string | number | null | undefined>} [query] */
export function link(path, query = {}) {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `${path}?${text}` : path;
}

export class Address {
  constructor() {
    /** @type {Set<(location: Location) => void>} */
    this.listeners = new Set();
    this.current = parse(window.location.href);
    addEventListener("popstate", () => this.read());
    document.addEventListener("click", (event) => this.click(event));
  }

  /** Told of each change. @param {(location: Location) => void} listener @returns {() => void} stops */
  onChange(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Goes to another address of this page. @param {string} href */
  go(href) {
    if (parse(href, window.location.href).path !== this.current.path) scrollTo(0, 0);
    history.pushState(null, "", href);
    this.read();
  }

  /**
   * Changes the query alone: null takes a parameter away. `replace` leaves no step to go back to.
   * @param {Record<string, string | number | null>} changes
   * @param {{ replace?: boolean }} [options]
   */
  change(changes, { replace = false } = {}) {
    const query = new URLSearchParams(this.current.query);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === "") query.delete(name);
      else query.set(name, String(value));
    }
    const href = link(this.current.path, Object.fromEntries(query));
    if (replace) history.replaceState(null, "", href);
    else history.pushState(null, "", href);
    this.read();
  }

  read() {
    this.current = parse(window.location.href);
    for (const listener of [...this.listeners]) listener(this.current);
  }

  /** @param {MouseEvent} event */
  click(event) {
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    const anchor = event.target instanceof Element ? event.target.closest("a") : null;
    if (event.defaultPrevented || !isPlain || !anchor || !anchor.href) return;
    const isOurs = anchor.origin === window.location.origin && !anchor.target && !anchor.hasAttribute("download");
    const isPage = !/^\/(api|docs|livez|readyz|metrics)(\/|$)/.test(anchor.pathname) && !/\.[a-z0-9]+$/.test(anchor.pathname);
    if (!isOurs || !isPage || (anchor.hash && anchor.pathname === window.location.pathname)) return;
    event.preventDefault();
    this.go(anchor.pathname + anchor.search);
  }
}
