// What the graphics processor does: where each thing is now, and how its mark looks. Sizes are CSS
// pixels; shapes are signed distances, smoothed over a pixel, so that nothing needs multisampling.

import { FRESH_PART } from "./journey.js";

const COMMON = `precision highp float;
uniform mat4 camera;
uniform vec2 view;
uniform float ratio;
uniform float focal;
uniform float near;
uniform float unit;
// From 0.5, where marks would cover each other, to 1: of ships and of stations.
uniform vec2 sparse;

// Pixels from the middle of the screen, y upwards.
vec2 pixel(vec4 clip) { return clip.xy / clip.w * view * 0.5; }
// From 0, where neighbouring systems touch, to 1, where there is room between them.
float room(float w) { return smoothstep(log(5.0), log(90.0), log(unit * focal / w)); }
const vec4 NOWHERE = vec4(2.0, 2.0, 0.0, 1.0);
`;

const FRAGMENT = `precision highp float;
uniform float ratio;
uniform float opacity;
uniform vec3 ground;
uniform vec3 ink;
out vec4 colour;

float cover(float distance) { return clamp(0.5 - distance * ratio, 0.0, 1.0); }
`;

export const STATIONS = {
  vertex: `${COMMON}
in vec3 position;
in float kind;
flat out float shape;
flat out float size;
void main() {
  vec4 clip = camera * vec4(position, 1.0);
  shape = kind;
  size = mix(1.7, 4.6, room(clip.w)) * sparse.y;
  gl_Position = clip.w > near ? vec4(clip.xy, 0.0, clip.w) : NOWHERE;
  gl_PointSize = (size + 2.0) * 2.0 * ratio;
}`,
  fragment: `${FRAGMENT}
flat in float shape;
flat in float size;
void main() {
  vec2 p = abs(gl_PointCoord - 0.5) * (size + 2.0) * 2.0;
  float d;
  if (shape < 0.5) d = length(p) - size * 0.86;
  else if (shape < 1.5) {
    float arm = max(0.6, size * 0.26);
    d = min(max(p.x - size, p.y - arm), max(p.x - arm, p.y - size));
  } else if (shape < 2.5) d = (p.x + p.y - size * 1.06) * 0.7071;
  else d = abs(length(p) - size * 0.86) - max(0.55, size * 0.17);
  // Ground around a mark keeps it apart from the lanes that end in it.
  float edge = cover(shape < 2.5 ? d - 1.2 : length(p) - size - 1.2);
  colour = vec4(mix(ground, ink, cover(d)), max(cover(d), edge * 0.85));
}`,
};

export const SHIPS = {
  vertex: `${COMMON}
uniform float now;
uniform float pass;
in vec3 position;
in vec3 to;
in vec3 time;
in float look;
flat out float shape;
flat out float size;
flat out float isSolid;
flat out float strength;
flat out vec2 heading;
void main() {
  gl_Position = NOWHERE;
  gl_PointSize = 1.0;
  bool isDocked = look > 7.5;
  float condition = isDocked ? look - 8.0 : look;
  if (look >= 0.0 && now > time.z) condition = 2.0;
  bool isOrdinary = condition < 0.5;
  if (look < 0.0 || isOrdinary != (pass < 0.5)) return;
  float part = clamp((now - time.x) * time.y, 0.0, 1.0);
  vec4 clip = camera * vec4(mix(position, to, part), 1.0);
  if (clip.w <= near) return;
  vec4 goal = camera * vec4(to, 1.0);
  vec2 at = pixel(clip);
  vec4 behind = part < 1.0 ? clip : camera * vec4(position, 1.0);
  vec2 towards = (goal.xy * behind.w - behind.xy * goal.w) * view;
  float reach = length(towards);
  float turn = float(gl_VertexID) * 2.39996;
  heading = reach > 1e-9 ? towards / reach : vec2(cos(turn), sin(turn));
  float free = room(clip.w);
  size = isOrdinary ? mix(2.0, 5.0, free) * sparse.x : mix(3.0, 5.6, free) * mix(0.7, 1.0, sparse.x * 2.0 - 1.0);
  strength = isOrdinary ? sparse.x : 1.0;
  // What waits at its station stands beside the mark, not on it.
  float apart = mix(2.5, 10.0, free);
  if (goal.w > near) {
    float left = distance(pixel(goal), at);
    if (left < apart && (part >= 1.0 || isDocked)) at = pixel(goal) - heading * apart;
  }
  shape = condition;
  isSolid = isDocked || part < ${FRESH_PART} ? 1.0 : 0.0;
  gl_Position = vec4(at / (view * 0.5), 0.0, 1.0);
  gl_PointSize = (size + 1.5) * 2.0 * ratio;
}`,
  fragment: `${FRAGMENT}
uniform vec3 amber;
uniform vec3 vermilion;
flat in float shape;
flat in float size;
flat in float isSolid;
flat in float strength;
flat in vec2 heading;
void main() {
  vec2 p = (gl_PointCoord - 0.5) * vec2(1.0, -1.0) * (size + 1.5) * 2.0;
  vec3 paint = ink;
  float wall = clamp(size * 0.22, 0.75, 1.1);
  bool isHollow = isSolid < 0.5;
  float d;
  if (shape < 0.5) {
    vec2 q = vec2(dot(p, heading), abs(p.x * heading.y - p.y * heading.x)) / size;
    d = max(dot(q - vec2(1.1, 0.0), vec2(0.319, 0.948)), dot(q - vec2(-0.42, 0.0), vec2(-0.872, -0.49))) * size;
    isHollow = isHollow && size > 2.6;
  } else if (shape < 1.5) {
    paint = amber;
    d = max(0.866 * abs(p.x) + 0.5 * (p.y - size * 0.95), -p.y - size * 0.6);
  } else if (shape < 2.5) {
    paint = vermilion;
    d = max(abs(p.x), abs(p.y)) - size * 0.72;
    wall = size * 0.42;
  } else if (shape < 3.5) {
    paint = vermilion;
    d = max(abs(p.x), abs(p.y)) - size * 0.78;
    isHollow = true;
    wall = 1.15;
  } else {
    d = max(abs(abs(p.x) - size * 0.46) - size * 0.24, abs(p.y) - size * 0.8);
    isHollow = false;
  }
  float filled = isHollow ? 1.0 - cover(d + wall) : 1.0;
  colour = vec4(mix(ground, paint, filled), cover(d) * opacity * strength);
}`,
};

/** Lines between two places: lanes, and the ways of what is selected. Style: 0 a lane, 1 a way, 2 a way that is still to go. */
export const LINES = {
  vertex: `${COMMON}
in vec2 position;
in vec3 start;
in vec3 end;
in float weight;
in float style;
out float across;
out float along;
flat out float width;
flat out float kind;
flat out float strength;
void main() {
  gl_Position = NOWHERE;
  vec4 a = camera * vec4(start, 1.0);
  vec4 b = camera * vec4(end, 1.0);
  float least = max(near, 1e-6);
  if (a.w < least && b.w < least) return;
  if (a.w < least) a = mix(a, b, (least - a.w) / (b.w - a.w));
  else if (b.w < least) b = mix(b, a, (least - b.w) / (a.w - b.w));
  vec2 from = pixel(a);
  vec2 to = pixel(b);
  float reach = max(length(to - from), 1e-3);
  vec2 ahead = (to - from) / reach;
  kind = style;
  strength = weight;
  width = style < 0.5 ? 0.6 + weight * weight * 1.5 : 1.1;
  across = position.y * (width * 0.5 + 1.0);
  along = position.x * reach;
  gl_Position = vec4((mix(from, to, position.x) + vec2(-ahead.y, ahead.x) * across) / (view * 0.5), 0.0, 1.0);
}`,
  fragment: `${FRAGMENT}
uniform vec3 line;
uniform vec3 blue;
in float across;
in float along;
flat in float width;
flat in float kind;
flat in float strength;
void main() {
  float alpha = cover(abs(across) - width * 0.5);
  if (kind > 1.5) alpha *= clamp(0.5 + (2.0 - abs(mod(along, 7.0) - 3.5)), 0.0, 1.0);
  colour = kind < 0.5 ? vec4(line, alpha * (0.35 + 0.6 * strength)) : vec4(blue, alpha * 0.9);
}`,
};

export const RINGS = {
  vertex: `${COMMON}
uniform float wall;
uniform float life;
in vec3 position;
in vec2 ring;
flat out float size;
flat out float part;
void main() {
  gl_Position = NOWHERE;
  gl_PointSize = 1.0;
  part = (wall - ring.x) / life;
  vec4 clip = camera * vec4(position, 1.0);
  if (ring.y <= 0.0 || part < 0.0 || part >= 1.0 || clip.w <= near) return;
  size = 4.0 + ring.y * (1.0 - (1.0 - part) * (1.0 - part)) * mix(0.5, 1.0, room(clip.w)) * sparse.y;
  gl_Position = vec4(clip.xy, 0.0, clip.w);
  gl_PointSize = (size + 2.0) * 2.0 * ratio;
}`,
  fragment: `${FRAGMENT}
flat in float size;
flat in float part;
void main() {
  float d = abs(length(gl_PointCoord - 0.5) * (size + 2.0) * 2.0 - size) - 0.6;
  colour = vec4(ink, cover(d) * (1.0 - part) * 0.9);
}`,
};

/** Rings around what is selected and what the pointer is on. */
export const MARKS = {
  vertex: `${COMMON}
in vec3 position;
in vec2 mark;
flat out float size;
flat out float isChosen;
void main() {
  vec4 clip = camera * vec4(position, 1.0);
  size = mark.x + 3.0 * room(clip.w);
  isChosen = mark.y;
  gl_Position = mark.x > 0.0 && clip.w > near ? vec4(clip.xy, 0.0, clip.w) : NOWHERE;
  gl_PointSize = (size + 3.0) * 2.0 * ratio;
}`,
  fragment: `${FRAGMENT}
uniform vec3 blue;
flat in float size;
flat in float isChosen;
void main() {
  float d = abs(length(gl_PointCoord - 0.5) * (size + 3.0) * 2.0 - size) - mix(0.5, 0.9, isChosen);
  colour = vec4(mix(ink, blue, isChosen), cover(d));
}`,
};
