/**
 * The drawing: a list of strokes with undo history. Uses no DOM.
 *
 * @typedef {[x: number, y: number]} Point  In fractions of the canvas side; the top left is [0, 0], y points down.
 * @typedef {Point[]} Stroke  From pen down to pen up; one point is a dot.
 */

/** Fires "change" after every change. */
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
  add(stroke) { this.#commit([...this.#present, stroke]); }

  /** Clearing can be undone like any other change. */
  clear() { if (!this.isBlank) this.#commit([]); }

  undo() { this.#step(this.#past, this.#future); }
  redo() { this.#step(this.#future, this.#past); }

  /** @param {Stroke[]} next */
  #commit(next) {
    this.#past.push(this.#present);
    this.#future = [];
    this.#setPresent(next);
  }

  /** @param {Stroke[][]} from @param {Stroke[][]} to */
  #step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.#present);
    this.#setPresent(next);
  }

  /** @param {Stroke[]} next */
  #setPresent(next) {
    this.#present = next;
    this.dispatchEvent(new Event("change"));
  }
}
