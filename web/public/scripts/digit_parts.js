/** Tells strokes of several digits, side by side, from those of one. Uses no DOM. */
/** @import { Stroke } from "./drawing.js" */

/** A part as high as this share of the highest may be a digit of its own. */
const DIGIT_HEIGHT = 0.5;

/**
 * Returns whether strokes are several parts with empty columns between them, each as high as a digit. A digit of several
 * strokes is one part, but for a few 4s.
 *
 * @param {readonly Stroke[]} strokes
 * @param {number} penWidth as a fraction of the canvas side, like the points
 */
export function areSeveralDigits(strokes, penWidth) {
  const heights = findParts(strokes, penWidth).map(({ top, bottom }) => bottom - top + penWidth);
  return heights.filter((height) => height >= DIGIT_HEIGHT * Math.max(...heights)).length > 1;
}

/** @param {readonly Stroke[]} strokes @param {number} penWidth */
function findParts(strokes, penWidth) {
  /** @type {{left: number, right: number, top: number, bottom: number}[]} */
  const parts = [];
  for (const stroke of strokes.map(extentOf).sort((a, b) => a.left - b.left)) {
    const last = parts[parts.length - 1];
    if (!last || stroke.left - last.right >= penWidth) parts.push(stroke);
    else {
      last.right = Math.max(last.right, stroke.right);
      last.top = Math.min(last.top, stroke.top);
      last.bottom = Math.max(last.bottom, stroke.bottom);
    }
  }
  return parts;
}

/** @param {Stroke} stroke */
function extentOf(stroke) {
  const [xs, ys] = [stroke.map(([x]) => x), stroke.map(([, y]) => y)];
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) };
}
