/** @import { Point, Stroke, Strokes } from "./strokes.js" */

/** Closer points than this, in shares of the sheet's side, are the tremor of the device and not of the hand. */
const MIN_STEP = 0.002;

/** The one pen that pointer and keyboard share. Tells of "down", "move", "up" (a stroke was added) and "cancel". */
export class Pen extends EventTarget {
  /** @type {Stroke | null} */ #stroke = null;
  /** @type {Strokes} */ #strokes;

  /** @param {Strokes} strokes where finished strokes go */
  constructor(strokes) {
    super();
    this.#strokes = strokes;
  }

  get isDown() { return this.#stroke !== null; }

  /** The stroke being drawn, if any. */
  get stroke() { return this.#stroke; }

  /** @param {Point} point */
  down(point) {
    this.up();
    this.#stroke = [point];
    this.#tell("down");
  }

  /** @param {Point[]} points */
  move(points) {
    const stroke = this.#stroke;
    if (!stroke) return;
    for (const [x, y] of points) {
      const [lastX, lastY] = stroke[stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= MIN_STEP) stroke.push([x, y]);
    }
    this.#tell("move");
  }

  up() {
    const stroke = this.#stroke;
    if (!stroke) return;
    this.#stroke = null;
    this.#strokes.add(stroke);
    this.#tell("up");
  }

  /** Drops the unfinished stroke. */
  cancel() {
    if (!this.#stroke) return;
    this.#stroke = null;
    this.#tell("cancel");
  }

  /** @param {string} what */
  #tell(what) { this.dispatchEvent(new Event(what)); }
}
