/**
 * A drawing as the fragment of an address, which a browser does not send to the server. Uses no DOM.
 *
 * After the version come bytes in base64url. Of each stroke: the number of its points, then of each point its distance from
 * the point before, x and y. A number is a LEB128 varint, a distance is zigzag coded, in 1/1024 of the canvas side.
 */
/** @import { Stroke } from "./drawing.js" */

const PREFIX = "#drawing=1.";
const UNITS = 1024;

/** Longer ones are cut by programs that pass links on. */
const MAX_LENGTH = 8000;

/** Points closer together than this, in fractions of the canvas side, are left out: the curve through the others is the same. */
const LINK_STEP = 0.008;

/** How far a stroke may be outside the canvas, in sides. What is farther away is not visible. */
const OVERHANG = 1;

/** @param {readonly Stroke[]} strokes @returns {string | null} null if the drawing is too long for a link */
export function toFragment(strokes) {
  /** @type {number[]} */
  const bytes = [];
  let [lastX, lastY] = [0, 0];
  for (const points of strokes.map(thin)) {
    pushVarint(bytes, points.length);
    for (const [x, y] of points.map((point) => point.map(quantize))) {
      pushVarint(bytes, zigzag(x - lastX));
      pushVarint(bytes, zigzag(y - lastY));
      [lastX, lastY] = [x, y];
    }
    if (bytes.length > MAX_LENGTH) return null;
  }
  const base64 = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/[/]/g, "_").replace(/=+$/, "");
  return base64.length > MAX_LENGTH ? null : PREFIX + base64;
}

/**
 * @param {string} fragment with its "#"
 * @returns {Stroke[] | "none" | "invalid"} "none": the fragment is not that of a drawing
 */
export function fromFragment(fragment) {
  if (!fragment.startsWith("#drawing=")) return "none";
  const base64 = fragment.slice(PREFIX.length);
  if (!fragment.startsWith(PREFIX) || base64.length > MAX_LENGTH || !/^[\w-]+$/.test(base64)) return "invalid";
  try {
    const text = atob(base64.replace(/-/g, "+").replace(/_/g, "/"));
    return readStrokes(Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return "invalid";
  }
}

/** @param {number[]} bytes @returns {Stroke[]} Throws a RangeError if they are not a drawing. */
function readStrokes(bytes) {
  let place = 0;
  const readVarint = () => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (place === bytes.length) break;
      const byte = bytes[place++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError("not a number");
  };
  const readDistance = () => {
    const value = readVarint();
    return value & 1 ? -(value + 1) / 2 : value / 2;
  };
  /** @type {Stroke[]} */
  const strokes = [];
  let [x, y] = [0, 0];
  while (place < bytes.length) {
    const count = readVarint();
    if (count === 0) throw new RangeError("a stroke without points");
    /** @type {Stroke} */
    const stroke = [];
    while (stroke.length < count) {
      x += readDistance();
      y += readDistance();
      if (![x, y].every(isInReach)) throw new RangeError("too far away");
      stroke.push([x / UNITS, y / UNITS]);
    }
    strokes.push(stroke);
  }
  return strokes;
}

/** @param {number} value in units */
const isInReach = (value) => value >= -OVERHANG * UNITS && value <= (1 + OVERHANG) * UNITS;

/** @param {number} coordinate */
const quantize = (coordinate) => Math.round(UNITS * Math.min(1 + OVERHANG, Math.max(-OVERHANG, coordinate)));

/** @param {number} distance */
const zigzag = (distance) => (distance < 0 ? -2 * distance - 1 : 2 * distance);

/** @param {number[]} bytes @param {number} value 0 or more */
function pushVarint(bytes, value) {
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return bytes.push(rest);
    bytes.push((rest & 127) | 128);
  }
}

/** @param {Stroke} stroke @returns {Stroke} */
function thin(stroke) {
  const last = stroke[stroke.length - 1];
  /** @type {Stroke} */
  const kept = [];
  for (const point of stroke) {
    const [x, y] = kept[kept.length - 1] ?? [Infinity, 0];
    if (point === last || Math.hypot(point[0] - x, point[1] - y) >= LINK_STEP) kept.push(point);
  }
  return kept;
}
