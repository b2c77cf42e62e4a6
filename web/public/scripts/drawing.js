/**
 * What is on the sheet, strokes or a picture, with undo history. Uses no DOM.
 *
 * @typedef {[x: number, y: number]} Point  In fractions of the canvas side; the top left is [0, 0], y points down.
 * @typedef {Point[]} Stroke  From pen down to pen up; one point is a dot.
 * @typedef {{strokes: readonly Stroke[], picture: Picture | null}} Step  There are no strokes on a picture.
 */
/** @import { Picture } from "./picture.js" */

/** Fires "change" after every change. */
export class Drawing extends EventTarget {
  /** @type {Step[]} */ #past = [];
  /** @type {Step} */ #present = { strokes: [], picture: null };
  /** @type {Step[]} */ #future = [];

  get step() { return this.#present; }
  get strokes() { return this.#present.strokes; }
  get picture() { return this.#present.picture; }
  get isBlank() { return this.strokes.length === 0 && !this.picture; }
  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  /** Adds a stroke, which replaces a picture. @param {Stroke} stroke */
  add(stroke) { this.#commit({ strokes: [...this.strokes, stroke], picture: null }); }

  /** Replaces everything by a picture. @param {Picture} picture */
  open(picture) { this.#commit({ strokes: [], picture }); }

  /** Replaces everything by strokes or a picture. @param {Step} step */
  restore(step) { if (step !== this.#present) this.#commit(step); }

  /** Clearing can be undone like any other change. */
  clear() { if (!this.isBlank) this.#commit({ strokes: [], picture: null }); }

  undo() { this.#step(this.#past, this.#future); }
  redo() { this.#step(this.#future, this.#past); }

  /** @param {Step} next */
  #commit(next) {
    this.#past.push(this.#present);
    this.#future = [];
    this.#setPresent(next);
  }

  /** @param {Step[]} from @param {Step[]} to */
  #step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.#present);
    this.#setPresent(next);
  }

  /** @param {Step} next */
  #setPresent(next) {
    this.#present = next;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * Returns an object that what is on the sheet has in common with nothing else: its picture or its last point. A stroke only
 * grows, and always follows the same strokes.
 *
 * @param {Step} step @returns {object} the strokes themselves, if there are none
 */
export function identityOf({ strokes, picture }) {
  const last = strokes[strokes.length - 1];
  return picture ?? last?.[last.length - 1] ?? strokes;
}
