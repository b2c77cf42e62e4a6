/** Renders strokes: the same curves on the screen and in the image that is sent. */
/** @import { Sheet } from "./found_boxes.js" */
/** @import { Point, Stroke } from "./drawing.js" */
import { toCurves } from "./curves.js";
import { areSeveralDigits } from "./digit_parts.js";
import { encodePng } from "./png.js";
import { coverCurves, createRaster } from "./raster.js";

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

/** The same for a number, whose digits share it. */
const NUMBER_SIDE = 160;

/** Pixels of background around the ink: the server takes the color of the border for the background. */
const MARGIN = 2;

/**
 * @param {CanvasRenderingContext2D} context
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
    context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
    for (const [, [x, y], [endX, endY]] of toCurves(stroke)) {
      context.quadraticCurveTo(x * side, y * side, endX * side, endY * side);
    }
    context.stroke();
  }
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
  const [inkWidth, inkHeight] = [box.width * side, box.height * side];
  const [width, height] = [Math.round(inkWidth) + 2 * MARGIN, Math.round(inkHeight) + 2 * MARGIN];
  const paper = new Float32Array(width * height).fill(1);
  /** @param {Point} point @returns {Point} */
  const toPixels = ([x, y]) => [MARGIN + (x - box.left) * side, MARGIN + (y - box.top) * side];
  for (const stroke of strokes) {
    const raster = createRaster(width, height);
    coverCurves(raster, toCurves(stroke.map(toPixels)), PEN_WIDTH * side);
    raster.ink.forEach((covered, pixel) => { paper[pixel] *= 1 - covered; });
  }
  const pixels = Uint8Array.from(paper, (white, pixel) => {
    // A stroke may continue outside the canvas, where it is not visible.
    const visible = visiblePart(pixel % width, inkWidth) * visiblePart(Math.floor(pixel / width), inkHeight);
    return Math.round(255 * (1 - Math.min(1 - white, visible)));
  });
  return encodePng(pixels, width);
}

/** @param {number} index of a row or column @param {number} length of the ink's box @returns {number} its part within it */
function visiblePart(index, length) {
  return Math.max(0, Math.min(index + 1, MARGIN + length) - Math.max(index, MARGIN));
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
  const longerSide = isNumber(strokes) ? NUMBER_SIDE : INK_SIDE;
  return { box, side: longerSide / Math.max(box.width, box.height) }; // the side of the whole canvas in pixels of the image
}

/** Returns whether strokes are to be read as a number. @param {readonly Stroke[]} strokes */
export function isNumber(strokes) { return areSeveralDigits(strokes, PEN_WIDTH); }

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
