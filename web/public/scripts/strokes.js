/**
 * What has been drawn, as a list of strokes that remembers its past. No DOM.
 *
 * @typedef {[x: number, y: number]} Point  In shares of the sheet's side; the top left is [0, 0], y points down.
 * @typedef {Point[]} Stroke  From pen down to pen up; one point is a dot.
 */

/** Tells of every change with a "change" event. */
export class Strokes extends EventTarget {
  /** @type {Stroke[][]} */ #past = [];
  /** @type {Stroke[]} */ #present = [];
  /** @type {Stroke[][]} */ #future = [];

  /** @returns {readonly Stroke[]} */
  get all() { return this.#present; }
  get isBlank() { return this.#present.length === 0; }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** @param {Stroke} stroke */
  add(stroke) { this.#turnTo([...this.#present, stroke]); }

  /** Clearing is a step like any other: undo brings the drawing back. */
  clear() { if (!this.isBlank) this.#turnTo([]); }

  undo() { this.#step(this.#past, this.#future); }
  redo() { this.#step(this.#future, this.#past); }

  /** @param {Stroke[]} next */
  #turnTo(next) {
    this.#past.push(this.#present);
    this.#future = [];
    this.#show(next);
  }

  /** @param {Stroke[][]} from @param {Stroke[][]} to */
  #step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.#present);
    this.#show(next);
  }

  /** @param {Stroke[]} next */
  #show(next) {
    this.#present = next;
    this.dispatchEvent(new Event("change"));
  }
}
