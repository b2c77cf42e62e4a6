/** Renders strokes: the same curves on the screen and in the image that is sent. */
/** @import { Sheet } from "./found_boxes.js" */
/** @import { Stroke } from "./strokes.js" */
import { encodePng } from "./png.js";

/**
 * Pen width as a fraction of the canvas side. Large digits then have about the stroke width of MNIST's digits. A thicker
 * pen costs more accuracy than a thinner one.
 */
export const PEN_WIDTH = 15 / 280;

/**
 * The longer side of the ink in the image that is sent, in pixels, whatever the size of the drawing: four pixels for each
 * of the 20 that the server averages it to.
 */
const INK_SIDE = 80;

/** Pixels of background around the ink: the server takes the color of the border for the background. */
const MARGIN = 2;

/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Context */

/**
 * @param {Context} context
 * @param {readonly Stroke[]} strokes
 * @param {number} side of the canvas, in pixels
 * @param {string} color
 */
export function drawInk(context, strokes, side, color) {
  context.strokeStyle = color;
  context.lineWidth = PEN_WIDTH * side;
  context.lineCap = context.lineJoin = "round";
  for (const stroke of strokes) {
    context.beginPath();
    trace(context, stroke, side);
    context.stroke();
  }
}

/**
 * Traces curves through the midpoints of the segments, so that fast strokes with few points look smooth.
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
  // Some browsers draw nothing for a line of length 0, so a dot is a very short line.
  context.lineTo(lastX + (points.length === 1 ? 0.01 : 0), lastY);
}

/**
 * Returns the image of the drawing that is sent to the server: the ink and a margin as a grayscale PNG, black on white in
 * every theme.
 *
 * @param {readonly Stroke[]} strokes
 * @returns {Promise<Blob>}
 */
export async function renderImage(strokes) {
  const { box, side } = uploadFrame(strokes);
  const canvas = document.createElement("canvas");
  const width = canvas.width = Math.round(box.width * side) + 2 * MARGIN;
  const height = canvas.height = Math.round(box.height * side) + 2 * MARGIN;
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  if (!context) throw new Error("this browser has no 2D canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.translate(MARGIN - box.left * side, MARGIN - box.top * side);
  context.rect(box.left * side, box.top * side, box.width * side, box.height * side);
  context.clip(); // a stroke may continue outside the canvas, where it is not visible
  drawInk(context, strokes, side, "black");
  const { data } = context.getImageData(0, 0, width, height);
  return encodePng(Uint8Array.from({ length: width * height }, (_, pixel) => data[4 * pixel]), width);
}

/**
 * Returns where the whole canvas is, in pixels of the image of the drawing. The image is a part of the canvas.
 *
 * @param {readonly Stroke[]} strokes @returns {Sheet}
 */
export function canvasInImage(strokes) {
  const { box, side } = uploadFrame(strokes);
  return [MARGIN - box.left * side, MARGIN - box.top * side, side, side];
}

/** @param {readonly Stroke[]} strokes */
function uploadFrame(strokes) {
  const box = boundingBox(strokes);
  return { box, side: INK_SIDE / Math.max(box.width, box.height) }; // the side of the whole canvas in pixels of the image
}

/**
 * Returns the bounding box of the ink on the canvas, in fractions of its side. At the edge of the canvas the pen keeps its
 * whole width. Otherwise a tap there would be half a dot, which the network may take for a 1.
 *
 * @param {readonly Stroke[]} strokes
 */
function boundingBox(strokes) {
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
