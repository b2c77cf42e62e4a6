/** @import { Drawing, Point, Step, Stroke } from "./drawing.js" */

/** Points closer together than this, in fractions of the canvas side, are noise of the input device. */
const MIN_STEP = 0.002;

/**
 * The stroke in progress, for pointer and keyboard input alike. Fires "down", "move", "up" (the stroke was added to the
 * drawing) and "cancel".
 */
export class Pen extends EventTarget {
  /** @type {Stroke | null} */ #stroke = null;
  #drawing;

  /** @param {Drawing} drawing what finished strokes are added to */
  constructor(drawing) {
    super();
    this.#drawing = drawing;
  }

  get isDown() { return this.#stroke !== null; }

  /** The stroke in progress, if any. */
  get stroke() { return this.#stroke; }

  /** What is on the sheet, with the stroke in progress. @returns {Step} */
  get sheet() {
    if (!this.#stroke) return this.#drawing.step;
    return { strokes: [...this.#drawing.strokes, this.#stroke], picture: null };
  }

  /** @param {Point} point */
  down(point) {
    this.up();
    this.#stroke = [point];
    this.dispatchEvent(new Event("down"));
  }

  /** @param {Point[]} points */
  move(points) {
    const stroke = this.#stroke;
    if (!stroke) return;
    for (const [x, y] of points) {
      const [lastX, lastY] = stroke[stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= MIN_STEP) stroke.push([x, y]);
    }
    this.dispatchEvent(new Event("move"));
  }

  up() {
    const stroke = this.#stroke;
    if (!stroke) return;
    this.#stroke = null;
    this.#drawing.add(stroke);
    this.dispatchEvent(new Event("up"));
  }

  /** Discards the stroke in progress. */
  cancel() {
    if (!this.#stroke) return;
    this.#stroke = null;
    this.dispatchEvent(new Event("cancel"));
  }
}
