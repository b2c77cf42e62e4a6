/** @import { Pen } from "./pen.js" */
/** @import { Drawing, Point } from "./drawing.js" */
import { drawInk, PEN_WIDTH } from "./ink.js";

/** Draws the strokes and the keyboard cursor on the canvas, sharp at every size, zoom level and theme. */
export class DrawingCanvas {
  #canvas; #context; #pen;
  /** @type {Point | null} */ #cursor = null;
  #frame = 0;

  /** @param {HTMLCanvasElement} canvas @param {Drawing} drawing @param {Pen} pen */
  constructor(canvas, drawing, pen) {
    this.#canvas = canvas;
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#pen = pen;
    const draw = () => this.draw();
    drawing.addEventListener("change", draw);
    for (const type of ["down", "move", "cancel"]) pen.addEventListener(type, draw);
    new ResizeObserver(() => this.#drawNow()).observe(canvas); // before the paint, otherwise one frame is stretched
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", draw);
    }
    this.#watchPixelRatio();
  }

  /** @param {Point | null} position of the keyboard cursor, null to hide it */
  showCursor(position) {
    this.#cursor = position;
    this.draw();
  }

  /** Redraws in the next frame, once, however often it is called before. */
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
    const color = getComputedStyle(this.#canvas).color;
    drawInk(this.#context, this.#pen.sheet.strokes, side, color);
    if (this.#cursor) this.#drawCursor(this.#cursor, side, color);
  }

  /** @param {Point} cursor @param {number} side @param {string} color */
  #drawCursor([x, y], side, color) {
    const context = this.#context;
    const [centerX, centerY, arm] = [x * side, y * side, PEN_WIDTH * side];
    context.strokeStyle = this.#pen.isDown ? getComputedStyle(this.#canvas).outlineColor : color;
    context.lineWidth = Math.max(2, side / 200);
    context.beginPath();
    context.arc(centerX, centerY, arm * 0.9, 0, 2 * Math.PI);
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(centerX + dx * arm * 0.9, centerY + dy * arm * 0.9);
      context.lineTo(centerX + dx * arm * 1.6, centerY + dy * arm * 1.6);
    }
    context.stroke();
  }

  /** Moving the window to another screen does not change its size in CSS pixels, so a ResizeObserver does not fire. */
  #watchPixelRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.draw();
      this.#watchPixelRatio();
    }, { once: true });
  }
}
