/** @import { Pen } from "./pen.js" */
/** @import { Point } from "./strokes.js" */

/** One cell of the 28 × 28 grid that the network sees, as a share of the sheet's side. */
const CELL = 1 / 28;
const FINE = CELL / 4;

/** @type {Record<string, Point>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Arrow keys move the pen and Space puts it down, while the canvas has the focus.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {{recognise(): void, clear(): void, say(text: string): void, showCursor(at: Point | null): void}} page
 */
export function attachKeyboardPen(canvas, pen, page) {
  /** @type {Point} */
  let at = [0.5, 0.5];
  /** Arrow keys held down now: two of them go aslant. @type {Set<string>} */
  const held = new Set();

  /** @param {number} step */
  const move = (step) => {
    const [dx, dy] = sum([...held].map((key) => DIRECTIONS[key]));
    at = [within(at[0] + dx * step), within(at[1] + dy * step)];
    pen.move([at]);
    page.say(`${pen.isDown ? "Pen down, " : ""}column ${cellOf(at[0])}, row ${cellOf(at[1])} of 28`);
  };

  const togglePen = () => {
    if (pen.isDown) pen.up();
    else pen.down(at);
    page.say(pen.isDown ? "Pen down" : "Pen up");
  };

  /** @type {Record<string, () => void>} */
  const actions = {
    " ": togglePen,
    Enter() { pen.up(); page.recognise(); },
    Escape() { pen.cancel(); page.clear(); },
  };

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in DIRECTIONS) {
      held.add(event.key);
      move(event.shiftKey ? FINE : CELL);
    } else if (event.key in actions) {
      if (!event.repeat) actions[event.key]();
    } else return;
    event.preventDefault();
    page.showCursor(at);
  });
  canvas.addEventListener("keyup", (event) => held.delete(event.key));
  canvas.addEventListener("focus", () => page.showCursor(canvas.matches(":focus-visible") ? at : null));
  canvas.addEventListener("pointerdown", () => page.showCursor(null));
  canvas.addEventListener("blur", () => {
    held.clear();
    pen.up();
    page.showCursor(null);
  });
}

/** @param {Point[]} vectors @returns {Point} */
function sum(vectors) {
  return vectors.reduce(([x, y], [dx, dy]) => [x + dx, y + dy], [0, 0]);
}

/** @param {number} share */
function within(share) {
  return Math.min(1, Math.max(0, share));
}

/** @param {number} share @returns {number} 1 to 28 */
function cellOf(share) {
  return Math.min(28, Math.floor(share * 28) + 1);
}
