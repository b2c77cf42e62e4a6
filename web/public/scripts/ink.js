/** How strokes become ink: the same curves on the screen and in the picture that is judged. */
/** @import { Stroke } from "./strokes.js" */

/**
 * Pen width as a share of the sheet's side. On digits drawn large this leaves about the ink that MNIST's digits have;
 * a thicker pen costs more accuracy than a thinner one.
 */
export const PEN_WIDTH = 15 / 280;

/** Side of the judged picture in pixels: five times the 28 that the network sees, enough for area averaging. */
const PICTURE_SIDE = 140;

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
 * The drawing as the server gets it: an opaque PNG, black on white whatever the theme.
 *
 * @param {readonly Stroke[]} strokes
 * @returns {Promise<Blob>}
 */
export async function pictureOf(strokes) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = PICTURE_SIDE;
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no 2D canvas");
  context.fillStyle = "white";
  context.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  drawInk(context, strokes, PICTURE_SIDE, "black");
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png");
  });
}
