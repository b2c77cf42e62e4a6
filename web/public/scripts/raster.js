/**
 * Rasterizes strokes without a canvas: browsers that protect against fingerprinting return wrong pixels of a canvas.
 * Uses no DOM.
 */
/** @import { Curve } from "./curves.js" */

/** A curve may be this far from the straight segments that replace it, in pixels. */
const TOLERANCE = 0.02;

/** Half the diagonal of a pixel: an edge farther from its center does not cross it. */
const REACH = Math.SQRT1_2;

/**
 * @typedef {object} Raster
 * @property {number} width in pixels
 * @property {number} height
 * @property {Float32Array} ink how much of each pixel is covered, 0 to 1, row by row
 */

/** @param {number} width @param {number} height @returns {Raster} */
export function createRaster(width, height) {
  return { width, height, ink: new Float32Array(width * height) };
}

/**
 * Covers the pixels under a line of curves with round ends and joins.
 *
 * @param {Raster} raster
 * @param {Curve[]} curves in pixels, each beginning where the one before ends
 * @param {number} lineWidth in pixels
 */
export function coverCurves(raster, curves, lineWidth) {
  for (const [[startX, startY], [controlX, controlY], [endX, endY]] of curves) {
    const bend = Math.hypot(startX - 2 * controlX + endX, startY - 2 * controlY + endY);
    const count = Math.max(1, Math.ceil(Math.sqrt(bend / (4 * TOLERANCE))));
    let [x, y] = [startX, startY];
    for (let i = 1; i <= count; i++) {
      const t = i / count;
      const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
      const [nextX, nextY] = [a * startX + b * controlX + c * endX, a * startY + b * controlY + c * endY];
      coverSegment(raster, x, y, nextX, nextY, lineWidth / 2);
      [x, y] = [nextX, nextY];
    }
  }
}

/**
 * @param {Raster} raster @param {number} x @param {number} y @param {number} endX @param {number} endY
 * @param {number} radius
 */
function coverSegment({ width, height, ink }, x, y, endX, endY, radius) {
  const lengthX = endX - x;
  const lengthY = endY - y;
  const scale = 1 / (lengthX ** 2 + lengthY ** 2 || 1);
  const reach = radius + REACH;
  const left = Math.max(0, Math.floor(Math.min(x, endX) - reach));
  const right = Math.min(width, Math.max(x, endX) + reach);
  const bottom = Math.min(height, Math.max(y, endY) + reach);
  for (let row = Math.max(0, Math.floor(Math.min(y, endY) - reach)); row < bottom; row++) {
    for (let column = left; column < right; column++) {
      const pixel = row * width + column;
      if (ink[pixel] === 1) continue;
      const fromX = column + 0.5 - x;
      const fromY = row + 0.5 - y;
      const nearest = Math.min(1, Math.max(0, (fromX * lengthX + fromY * lengthY) * scale));
      ink[pixel] = Math.max(ink[pixel], coverage(fromX - nearest * lengthX, fromY - nearest * lengthY, radius));
    }
  }
}

/**
 * Returns how much of a pixel is within the radius, exactly for a straight edge.
 *
 * @param {number} dx from the nearest point of the line to the center of the pixel @param {number} dy @param {number} radius
 */
function coverage(dx, dy, radius) {
  const distance = Math.sqrt(dx * dx + dy * dy);
  const inside = radius - distance;
  if (inside >= REACH) return 1;
  if (inside <= -REACH) return 0;
  const a = Math.abs(dx) / distance; // the normal of the edge is (a, b)
  const b = Math.abs(dy) / distance;
  if (Math.abs(inside) <= Math.abs(a - b) / 2) return 0.5 + inside / Math.max(a, b);
  const corner = Math.max(0, (a + b) / 2 - Math.abs(inside)); // a triangle of the pixel is beyond the edge
  const triangle = corner && corner ** 2 / (2 * a * b);
  return inside > 0 ? 1 - triangle : triangle;
}
