/** @import { Pen } from "./pen.js" */
/** @import { Point, Strokes } from "./strokes.js" */
import { drawInk, PEN_WIDTH } from "./ink.js";

/** Shows strokes, pen and keyboard cursor on the canvas, sharp at every size, zoom and theme. */
export class Sheet {
  #canvas; #context; #strokes; #pen;
  /** @type {Point | null} */ #cursor = null;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas @param {Strokes} strokes @param {Pen} pen */
  constructor(canvas, strokes, pen) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#strokes = strokes;
    this.#pen = pen;
    const draw = () => this.draw();
    strokes.addEventListener("change", draw);
    for (const what of ["down", "move", "cancel"]) pen.addEventListener(what, draw);
    new ResizeObserver(() => this.#drawNow()).observe(canvas); // before the paint, else a stretched frame is seen
    for (const theme of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(theme).addEventListener("change", draw);
    }
    this.#followPixelRatio();
  }

  /** @param {Point | null} at where the keyboard's pen is, null to hide it */
  showCursor(at) {
    this.#cursor = at;
    this.draw();
  }

  /** Redraws with the next frame, however often it is called before. */
  draw() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawNow() {
    const side = Math.round(this.#canvas.clientWidth * devicePixelRatio);
    if (this.#canvas.width !== side) this.#canvas.width = this.#canvas.height = side;
    this.#context.clearRect(0, 0, side, side);
    const live = this.#pen.stroke ? [this.#pen.stroke] : [];
    const colour = getComputedStyle(this.#canvas).color;
    drawInk(this.#context, [...this.#strokes.all, ...live], side, colour);
    if (this.#cursor) this.#drawCursor(this.#cursor, side, colour);
  }

  /** @param {Point} cursor @param {number} side @param {string} colour */
  #drawCursor([x, y], side, colour) {
    const context = this.#context;
    const [centreX, centreY, arm] = [x * side, y * side, PEN_WIDTH * side];
    context.strokeStyle = this.#pen.isDown ? getComputedStyle(this.#canvas).outlineColor : colour;
    context.lineWidth = Math.max(2, side / 200);
    context.beginPath();
    context.arc(centreX, centreY, arm * 0.9, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(centreX + dx * arm * 0.9, centreY + dy * arm * 0.9);
      context.lineTo(centreX + dx * arm * 1.6, centreY + dy * arm * 1.6);
    }
    context.stroke();
  }

  /** A window moved to another screen keeps its size in CSS pixels: no ResizeObserver tells of it. */
  #followPixelRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.draw();
      this.#followPixelRatio();
    }, { once: true });
  }
}
