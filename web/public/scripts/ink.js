/** How strokes become ink: the same curves on the screen and in the picture that is judged. */
/** @import { Stroke } from "./strokes.js" */
import { encodePng } from "./png.js";

/**
 * Pen width as a share of the sheet's side. On digits drawn large this leaves about the ink that MNIST's digits have;
 * a thicker pen costs more accuracy than a thinner one.
 */
export const PEN_WIDTH = 15 / 280;

/**
 * The ink's longer side in the judged picture, in pixels, however large it was drawn: four for each of the 20 that the
 * server averages it to. What it then judges is as near to the drawing as from a canvas of 280; docs/benchmarks.md has
 * the figures.
 */
const INK_SIDE = 80;

/** Pixels of plain paper around the ink: the server takes the border's colour for the paper's. */
const MARGIN = 2;

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} context
 * @param {readonly Stroke[]} strokes
 * @param {number} side of the drawing surface in its own pixels
 * @param {string} colour
 */
export function drawInk(context, strokes, side, colour) {
  context.strokeStyle = colour;
  context.lineWidth = PEN_WIDTH * side;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    trace(context, stroke, side);
    context.stroke();
  }
}

/**
 * Curves through the middles of the segments, so that fast strokes with few points stay round.
 *
 * @param {Context} context @param {Stroke} stroke @param {number} side
 */
function trace(context, stroke, side) {
  const points = stroke.map(([x, y]) => [x * side, y * side]);
  const [firstX, firstY] = points[0];
  const [lastX, lastY] = points[points.length - 1];
  context.moveTo(firstX, firstY);
  for (let i = 1; i < points.length - 1; i++) {
    const [x, y] = points[i];
    const [nextX, nextY] = points[i + 1];
    context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
  }
  // Some browsers draw nothing for a line of no length: a dot is made a hair long.
  context.lineTo(lastX + (points.length === 1 ? 0.01 : 0), lastY);
}

/**
 * The drawing as the server gets it: the ink and a margin as a grey PNG, black on white whatever the theme.
 *
 * @param {readonly Stroke[]} strokes
 * @returns {Promise<Blob>}
 */
export async function pictureOf(strokes) {
  const box = boxOf(strokes);
  const side = INK_SIDE / Math.max(box.width, box.height); // of the whole sheet, in pixels of the picture
  const canvas = document.createElement("canvas");
  const width = canvas.width = Math.round(box.width * side) + 2 * MARGIN;
  const height = canvas.height = Math.round(box.height * side) + 2 * MARGIN;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.translate(MARGIN - box.left * side, MARGIN - box.top * side);
  context.rect(box.left * side, box.top * side, box.width * side, box.height * side);
  context.clip(); // a stroke may have gone on outside the sheet, where nobody sees it
  drawInk(context, strokes, side, "black");
  const { data } = context.getImageData(0, 0, width, height);
  return encodePng(Uint8Array.from({ length: width * height }, (_, pixel) => data[4 * pixel]), width);
}

/**
 * The box of all that is drawn on the sheet, in shares of its side. At the sheet's edge the pen keeps its whole width, or
 * a tap there would be half a dot, which the network may take for a 1.
 *
 * @param {readonly Stroke[]} strokes
 */
function boxOf(strokes) {
  let [left, top, right, bottom] = [1, 1, 0, 0];
  for (const [x, y] of strokes.flat()) {
    left = Math.min(left, Math.max(0, x));
    top = Math.min(top, Math.max(0, y));
    right = Math.max(right, Math.min(1, x));
    bottom = Math.max(bottom, Math.min(1, y));
  }
  return {
    left: left - PEN_WIDTH / 2,
    top: top - PEN_WIDTH / 2,
    width: right - left + PEN_WIDTH,
    height: bottom - top + PEN_WIDTH,
  };
}
