// The map's pictures on the graphics processor, one draw call a kind: lanes, ships, stations, rings,
// marks. Only what changed is uploaded; where ships are by now, the shaders find out themselves.

import {
  BufferAttribute, BufferGeometry, Camera, Color, DynamicDrawUsage, GLSL3, InstancedBufferGeometry, InstancedInterleavedBuffer,
  InterleavedBuffer, InterleavedBufferAttribute, Mesh, Points, RawShaderMaterial, SRGBColorSpace, Scene as Root, Vector2, Vector3, WebGLRenderer,
} from "./three.js";
import { STRIDE } from "./journey.js";
import { KINDS } from "./layout.js";
import { RINGS_MAX, RING_MS, RING_STRIDE } from "./rings.js";
import { LINES, MARKS, RINGS, SHIPS, STATIONS } from "./shaders.js";

/** @typedef {import("./slots.js").Slots} Slots */
/** @typedef {import("./layout.js").Layout} Layout */
/** @typedef {import("./colours.js").Colours} Colours */
/** @typedef {{ from: Point, to: Point, weight: number, style: 0 | 1 | 2 }} Line */
/** @typedef {{ x: number, y: number, z: number }} Point */
/** @typedef {{ place: Point, radius: number, isChosen: boolean }} Mark */

/** More dots a pixel than this nobody sees, and software pays for each. */
const RATIO_MAX = 2;
const MARKS_MAX = 2;
/** With fewer pixels than this from one ship or station to the next, on the whole, marks are smaller. */
const SHIP_PX = 15;
const STATION_PX = 20;
const LINE_STRIDE = 8;

export class Scene {
  /** @param {HTMLCanvasElement} canvas @param {WebGL2RenderingContext} context */
  constructor(canvas, context) {
    this.renderer = new WebGLRenderer({ canvas, context, antialias: false, alpha: false, depth: false, stencil: false });
    // Drawn in the order in which they were added.
    this.renderer.sortObjects = false;
    // The camera is ours: the shaders take its matrix as it is.
    this.camera = new Camera();
    this.root = new Root();
    this.root.matrixWorldAutoUpdate = false;
    /** What all shaders share. */
    this.uniforms = {
      camera: { value: new Float32Array(16) },
      view: { value: new Vector2(1, 1) },
      ratio: { value: 1 },
      focal: { value: 1 },
      near: { value: 0 },
      unit: { value: 1 },
      now: { value: 0 },
      wall: { value: 0 },
      life: { value: RING_MS / 1000 },
      sparse: { value: new Vector2(1, 1) },
      ground: { value: new Vector3() },
      ink: { value: new Vector3() },
      line: { value: new Vector3() },
      amber: { value: new Vector3() },
      vermilion: { value: new Vector3() },
      blue: { value: new Vector3() },
    };
    this.opacity = { value: 1 };
    this.shipCount = 0;
    this.markCount = 0;
    this.stationCount = 0;
    /** Of the whole network, in light-years. */
    this.radius = 1;
    this.lanes = this.lines();
    this.ways = this.lines();
    this.shipGeometry = new BufferGeometry();
    this.shipBuffer = /** @type {InterleavedBuffer | null} */ (null);
    this.stationGeometry = new BufferGeometry();
    this.ringBuffer = new InterleavedBuffer(new Float32Array(RINGS_MAX * RING_STRIDE), RING_STRIDE);
    this.markBuffer = new InterleavedBuffer(new Float32Array(MARKS_MAX * 5), 5);
    const rings = interleaved(this.ringBuffer, { position: [3, 0], ring: [2, 3] });
    const marks = interleaved(this.markBuffer, { position: [3, 0], mark: [2, 3] });
    const ordinary = this.material(SHIPS, { opacity: this.opacity, pass: { value: 0 } });
    const special = this.material(SHIPS, { opacity: this.opacity, pass: { value: 1 } });
    this.add(this.lanes.mesh, this.points(this.shipGeometry, ordinary), this.ways.mesh,
      this.points(this.stationGeometry, this.material(STATIONS)), this.points(this.shipGeometry, special),
      this.points(rings, this.material(RINGS)), this.points(marks, this.material(MARKS)));
  }

  /** In the order in which they are drawn. @param {...(Points | Mesh)} things */
  add(...things) {
    for (const thing of things) {
      thing.frustumCulled = false;
      this.root.add(thing);
    }
  }

  /** @param {{ vertex: string, fragment: string }} shader @param {Record<string, { value: any }>} [own] */
  material({ vertex, fragment }, own = {}) {
    const uniforms = { ...this.uniforms, opacity: { value: 1 }, ...own };
    return new RawShaderMaterial({ glslVersion: GLSL3, vertexShader: vertex, fragmentShader: fragment, uniforms, transparent: true, depthTest: false, depthWrite: false });
  }

  /** @param {BufferGeometry} geometry @param {RawShaderMaterial} material */
  points(geometry, material) {
    return new Points(geometry, material);
  }

  /** An empty set of lines, each a rectangle of two triangles. */
  lines() {
    const geometry = new InstancedBufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(Float32Array.of(0, -1, 1, -1, 1, 1, 0, -1, 1, 1, 0, 1), 2));
    geometry.instanceCount = 0;
    return { geometry, mesh: new Mesh(geometry, this.material(LINES)) };
  }

  /** @param {ReturnType<Scene["lines"]>} lines `lanes` or `ways` @param {Line[]} items */
  setLines({ geometry }, items) {
    const array = new Float32Array(items.length * LINE_STRIDE);
    items.forEach(({ from, to, weight, style }, index) => {
      array.set([from.x, from.y, from.z, to.x, to.y, to.z, weight, style], index * LINE_STRIDE);
    });
    // Rarely another set: the old buffers go at once, not when the collector comes.
    geometry.dispose();
    interleaved(new InstancedInterleavedBuffer(array, LINE_STRIDE), { start: [3, 0], end: [3, 3], weight: [1, 6], style: [1, 7] }, geometry);
    geometry.instanceCount = items.length;
  }

  /** @param {Layout} layout */
  setStations(layout) {
    const kinds = Float32Array.from(layout.stations, ({ kind }) => Math.max(0, KINDS.indexOf(kind)));
    this.stationGeometry.dispose();
    this.stationGeometry.setAttribute("position", new BufferAttribute(layout.places, 3));
    this.stationGeometry.setAttribute("kind", new BufferAttribute(kinds, 1));
    this.uniforms.unit.value = layout.unit;
    this.stationCount = layout.stations.length;
    this.radius = layout.radius;
  }

  /** Uploads what changed of the ships. @param {Slots} slots @param {number} count of ships in them */
  setShips(slots, count) {
    if (slots.hasGrown || !this.shipBuffer) {
      slots.hasGrown = false;
      slots.ranges();
      this.shipGeometry.dispose();
      this.shipBuffer = new InterleavedBuffer(slots.array, STRIDE);
      this.shipBuffer.setUsage(DynamicDrawUsage);
      interleaved(this.shipBuffer, { position: [3, 0], to: [3, 3], time: [3, 6], look: [1, 9] }, this.shipGeometry);
    } else if (slots.touched.size > 0) {
      for (const { start, count } of slots.ranges()) this.shipBuffer.addUpdateRange(start, count);
      this.shipBuffer.needsUpdate = true;
    }
    this.shipGeometry.setDrawRange(0, slots.end);
    this.shipCount = count;
  }

  /** @param {Float32Array} array */
  setRings(array) {
    this.ringBuffer.array.set(array);
    this.ringBuffer.needsUpdate = true;
  }

  /** @param {Mark[]} marks */
  setMarks(marks) {
    if (marks.length === 0 && this.markCount === 0) return;
    this.markCount = marks.length;
    const { array } = this.markBuffer;
    array.fill(0);
    marks.slice(0, MARKS_MAX).forEach(({ place, radius, isChosen }, index) => array.set([place.x, place.y, place.z, radius, isChosen ? 1 : 0], index * 5));
    this.markBuffer.needsUpdate = true;
  }

  /** @param {Colours} colours */
  setColours(colours) {
    for (const name of /** @type {const} */ (["ground", "ink", "line", "amber", "vermilion", "blue"])) {
      this.uniforms[name].value.fromArray(colours[name]);
    }
    const [red, green, blue] = colours.ground;
    this.renderer.setClearColor(new Color().setRGB(red, green, blue, SRGBColorSpace), 1);
  }

  /** @param {number} width @param {number} height CSS pixels */
  resize(width, height) {
    const ratio = Math.min(RATIO_MAX, devicePixelRatio || 1);
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.uniforms.view.value.set(width, height);
    this.uniforms.ratio.value = ratio;
  }

  /**
   * @param {import("./camera.js").Camera} camera
   * @param {number} now seconds of network time from the base of the ships
   * @param {number} wall seconds of wall time from the base of the rings
   * @param {number} opacity of the ships
   */
  draw(camera, now, wall, opacity) {
    const { uniforms } = this;
    uniforms.camera.value = camera.matrix;
    uniforms.focal.value = camera.focal;
    uniforms.near.value = camera.near;
    uniforms.now.value = now;
    uniforms.wall.value = wall;
    this.opacity.value = opacity;
    const area = Math.PI * Math.max(this.radius * camera.scale, 1) ** 2;
    uniforms.sparse.value.set(sparse(area, this.shipCount, SHIP_PX), sparse(area, this.stationCount, STATION_PX));
    this.renderer.render(this.root, this.camera);
  }

  end() {
    this.root.traverse((/** @type {any} */ thing) => {
      thing.geometry?.dispose();
      thing.material?.dispose();
    });
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}

/** From 0.5 to 1, by the room that there is for each. @param {number} area in square pixels @param {number} count @param {number} enough pixels */
const sparse = (area, count, enough) => Math.min(1, Math.max(0.5, Math.sqrt(area / Math.max(1, count)) / enough));

/** @param {InterleavedBuffer} buffer @param {Record<string, [number, number]>} parts size and offset @param {BufferGeometry} [geometry] */
function interleaved(buffer, parts, geometry = new BufferGeometry()) {
  for (const [name, [size, offset]] of Object.entries(parts)) {
    geometry.setAttribute(name, new InterleavedBufferAttribute(buffer, size, offset));
  }
  return geometry;
}
