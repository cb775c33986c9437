// Finding a station by name: also the way to stations without the map.

/** @typedef {import("./store.js").Store} Store */

const FOUND_MAX = 8;

/**
 * @param {Store} store
 * @param {(id: string) => HTMLElement} element
 * @param {(id: string) => void} choose
 */
export function connect(store, element, choose) {
  const field = /** @type {HTMLInputElement} */ (element("query"));
  const list = element("found");

  const close = () => {
    list.hidden = true;
    list.replaceChildren();
  };
  const take = (/** @type {string} */ id) => {
    field.value = "";
    close();
    choose(id);
  };
  const found = () => {
    const words = field.value.trim().toLowerCase();
    if (!words) return [];
    const all = [...store.stations.values()];
    const begins = all.filter((station) => station.name.toLowerCase().startsWith(words));
    const holds = all.filter((station) => !begins.includes(station)
      && `${station.name} ${station.system} ${station.id}`.toLowerCase().includes(words));
    return [...begins, ...holds].slice(0, FOUND_MAX);
  };

  field.addEventListener("input", () => {
    const items = found().map((station) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      const where = document.createElement("small");
      where.textContent = store.systemName(station.system);
      button.append(station.name, where);
      button.addEventListener("click", () => take(station.id));
      item.append(button);
      return item;
    });
    list.replaceChildren(...items);
    list.hidden = items.length === 0;
  });
  element("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const [first] = found();
    if (first) take(first.id);
  });
  element("search").addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = /** @type {HTMLElement[]} */ ([field, ...list.querySelectorAll("button")]);
    const now = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    stops[Math.min(stops.length - 1, Math.max(0, now + step))]?.focus();
    event.preventDefault();
  });
}
