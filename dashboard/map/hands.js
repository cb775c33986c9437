// Mouse, touch and keyboard on the map.

/** @typedef {import("./camera.js").Camera} Camera */

/** A pointer that went no farther than this was a click. */
const CLICK_PX = 4;
const STEP_PX = 60;
const ZOOM_STEP = 1.4;

/**
 * @typedef {object} Acts what hands may do besides moving the camera
 * @property {() => void} moved the camera was moved by hand
 * @property {() => void} fit
 * @property {(at: { x: number, y: number } | null) => void} hover
 * @property {(at: { x: number, y: number }) => void} click
 * @property {() => void} clear nothing is to be selected
 */

/**
 * @param {HTMLElement} canvas
 * @param {Camera} camera
 * @param {Acts} acts
 * @param {AbortSignal} signal ends it
 */
export function connect(canvas, camera, acts, signal) {
  /** @type {Map<number, { x: number, y: number }>} */
  const pointers = new Map();
  let travelled = 0;
  let isPanning = false;

  const local = (/** @type {MouseEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const on = (/** @type {string} */ type, /** @type {(event: any) => void} */ listener) => {
    canvas.addEventListener(type, listener, { signal, passive: false });
  };

  on("pointerdown", (/** @type {PointerEvent} */ event) => {
    canvas.setPointerCapture(event.pointerId);
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, local(event));
    isPanning = event.button !== 0 || event.shiftKey || event.ctrlKey || event.metaKey;
  });

  on("pointermove", (/** @type {PointerEvent} */ event) => {
    const at = local(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType !== "touch") acts.hover(at);
      return;
    }
    pointers.set(event.pointerId, at);
    travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (travelled <= CLICK_PX) return;
    acts.hover(null);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) pinch(other, before, at);
    else if (camera.isFlat || isPanning) camera.pan(at.x - before.x, at.y - before.y);
    else camera.orbit(at.x - before.x, at.y - before.y);
    acts.moved();
  });

  const lift = (/** @type {PointerEvent} */ event) => {
    const wasDown = pointers.delete(event.pointerId);
    if (event.type === "pointerup" && wasDown && event.button === 0 && travelled <= CLICK_PX) acts.click(local(event));
  };
  on("pointerup", lift);
  on("pointercancel", lift);
  on("pointerleave", () => acts.hover(null));
  on("contextmenu", (/** @type {Event} */ event) => event.preventDefault());

  on("wheel", (/** @type {WheelEvent} */ event) => {
    event.preventDefault();
    const { x, y } = local(event);
    camera.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.0016)), x, y);
    acts.moved();
  });

  on("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !press(event)) return;
    event.preventDefault();
  });

  /** Two fingers: their middle pans, their distance zooms. @param {{ x: number, y: number }} other @param {{ x: number, y: number }} before @param {{ x: number, y: number }} at */
  function pinch(other, before, at) {
    const spread = (/** @type {{ x: number, y: number }} */ point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    camera.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    camera.zoom(spread(at) / spread(before), (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key means something here */
  function press({ key, shiftKey }) {
    /** @type {Record<string, [number, number]>} */
    const arrows = { ArrowLeft: [STEP_PX, 0], ArrowRight: [-STEP_PX, 0], ArrowUp: [0, STEP_PX], ArrowDown: [0, -STEP_PX] };
    const arrow = arrows[key];
    if (arrow && shiftKey && !camera.isFlat) camera.orbit(arrow[0] / 2, arrow[1] / 2);
    else if (arrow) camera.pan(arrow[0], arrow[1]);
    else if (key === "+" || key === "=") camera.zoom(ZOOM_STEP);
    else if (key === "-" || key === "_") camera.zoom(1 / ZOOM_STEP);
    else if (key === "0" || key === "Home") {
      acts.fit();
      return true;
    } else if (key === "Escape") {
      acts.clear();
      return true;
    } else return false;
    acts.moved();
    return true;
  }
}
