// Mouse, touch and keyboard on the map.

/** @typedef {import("./map.js").StarMap} StarMap */

/**
 * @param {StarMap} map
 * @param {HTMLElement} tip
 * @param {(id: string | null) => void} select
 */
export function connect(map, tip, select) {
  const { canvas, camera } = map;
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  let travelled = 0;

  const local = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, local(event));
    if (pointers.size === 1) travelled = 0;
  });
  canvas.addEventListener("pointermove", (event) => {
    const at = local(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      hover(at);
      return;
    }
    const others = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    if (others.length > 0) {
      const [other] = others;
      const spread = (/** @type {{ x: number, y: number }} */ point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      camera.zoom(spread(at) / spread(before), (at.x + other.x) / 2, (at.y + other.y) / 2);
    } else {
      camera.pan(at.x - before.x, at.y - before.y);
    }
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (travelled > 4) map.hasMoved = true;
    pointers.set(event.pointerId, at);
  });
  const lift = (/** @type {PointerEvent} */ event) => {
    const wasDown = pointers.delete(event.pointerId);
    if (event.type === "pointerup" && wasDown && travelled <= 4) {
      const { x, y } = local(event);
      select(map.stationAt(x, y));
    }
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("pointerleave", () => hover(null));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = local(event);
    zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), x, y);
  }, { passive: false });

  canvas.addEventListener("keydown", (event) => {
    const step = 60;
    const moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (move) {
      camera.pan(move[0], move[1]);
      map.hasMoved = true;
    } else if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") select(null);
    else return;
    event.preventDefault();
  });

  /** @param {number} factor @param {number} [x] @param {number} [y] */
  function zoom(factor, x, y) {
    camera.zoom(factor, x, y);
    map.hasMoved = true;
  }

  function fit() {
    map.hasMoved = false;
    map.fit();
  }

  /** @param {{ x: number, y: number } | null} at */
  function hover(at) {
    const id = at && map.stationAt(at.x, at.y);
    map.hovered = id;
    canvas.classList.toggle("is-over", id !== null);
    const station = id && map.store.stations.get(id);
    const spot = id && map.spots.get(id);
    tip.hidden = !station || !spot;
    if (station && spot) {
      tip.textContent = station.name;
      const left = Math.min(spot.x + 12, camera.width - tip.offsetWidth - 6);
      tip.style.transform = `translate(${Math.round(left)}px, ${Math.round(Math.max(4, spot.y - 34))}px)`;
    }
  }

  document.getElementById("zoom-in")?.addEventListener("click", () => zoom(1.6));
  document.getElementById("zoom-out")?.addEventListener("click", () => zoom(1 / 1.6));
  document.getElementById("zoom-fit")?.addEventListener("click", fit);
}
