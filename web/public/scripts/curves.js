/** The curves through a stroke's points, for the screen and for the image that is sent. Uses no DOM. */
/** @import { Point, Stroke } from "./drawing.js" */

/** @typedef {[start: Point, control: Point, end: Point]} Curve  quadratic */

/** A dot is a line of this length: some browsers draw nothing for a line of length 0. */
const DOT = 1e-5;

/**
 * Returns curves through the midpoints of the segments, so that fast strokes with few points look smooth.
 *
 * @param {Stroke} stroke @returns {Curve[]} the last one is straight
 */
export function toCurves(stroke) {
  /** @type {Curve[]} */
  const curves = [];
  let start = stroke[0];
  for (let i = 1; i < stroke.length - 1; i++) {
    const end = middle(stroke[i], stroke[i + 1]);
    curves.push([start, stroke[i], end]);
    start = end;
  }
  const [lastX, lastY] = stroke[stroke.length - 1];
  /** @type {Point} */
  const end = [lastX + (stroke.length === 1 ? DOT : 0), lastY];
  return [...curves, [start, middle(start, end), end]];
}

/** @param {Point} a @param {Point} b @returns {Point} */
const middle = ([ax, ay], [bx, by]) => [(ax + bx) / 2, (ay + by) / 2];
