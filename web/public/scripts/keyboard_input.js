/** @import { Pen } from "./pen.js" */
/** @import { Point } from "./drawing.js" */

/** One cell of the network's 28 × 28 input, as a fraction of the canvas side. */
const STEP = 1 / 28;
const FINE_STEP = STEP / 4;

/** @type {Record<string, Point>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Draws with the keyboard while the canvas has the focus: arrow keys move the pen, Space puts it down or lifts it.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {{answer(): void, startNew(): void, announce(text: string): void,
 *   showCursor(position: Point | null): void}} page
 */
export function attachKeyboardInput(canvas, pen, page) {
  /** @type {Point} */
  let position = [0.5, 0.5];
  /** The arrow keys that are held down now; two of them move diagonally. @type {Set<string>} */
  const heldKeys = new Set();

  /** @param {number} step */
  const move = (step) => {
    const [dx, dy] = sum([...heldKeys].map((key) => DIRECTIONS[key]));
    position = [clamp(position[0] + dx * step), clamp(position[1] + dy * step)];
    pen.move([position]);
    page.announce(`${pen.isDown ? "Pen down, " : ""}column ${cellAt(position[0])}, row ${cellAt(position[1])} of 28`);
  };

  const togglePen = () => {
    if (pen.isDown) pen.up();
    else pen.down(position);
    page.announce(pen.isDown ? "Pen down" : "Pen up");
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    " ": togglePen,
    Enter() { pen.up(); page.answer(); },
    Escape() { pen.cancel(); page.startNew(); },
  };

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS) {
      heldKeys.add(event.key);
      move(event.shiftKey ? FINE_STEP : STEP);
    } else if (event.key in actions) {
      if (!event.repeat) actions[event.key]();
    } else return;
    event.preventDefault();
    page.showCursor(position);
  });
  canvas.addEventListener("keyup", (event) => heldKeys.delete(event.key));
  canvas.addEventListener("focus", () => page.showCursor(canvas.matches(":focus-visible") ? position : null));
  canvas.addEventListener("pointerdown", () => page.showCursor(null));
  canvas.addEventListener("blur", () => {
    heldKeys.clear();
    pen.up();
    page.showCursor(null);
  });
}

/** @param {Point[]} vectors @returns {Point} */
function sum(vectors) {
  return vectors.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
}

/** @param {number} fraction */
function clamp(fraction) {
  return Math.min(1, Math.max(0, fraction));
}

/** @param {number} fraction @returns {number} the grid cell, 1 to 28 */
function cellAt(fraction) {
  return Math.min(28, Math.floor(fraction * 28) + 1);
}
