/** @import { Pen } from "./pen.js" */
/** @import { Point } from "./strokes.js" */

/** For so long after the pen was last seen (also hovering) a touch is the hand that holds it. */
const PALM_MS = 3000;

/**
 * Mouse, finger and stylus move the pen. One pointer at a time draws.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 */
export function attachPointerPen(canvas, pen) {
  /** @type {PointerEvent | null} */
  let drawing = null;
  let penSeenAt = -Infinity;

  /** @param {PointerEvent} event */
  const isPalm = (event) => event.pointerType === "touch" && event.timeStamp - penSeenAt < PALM_MS;

  /** @param {PointerEvent} event */
  const noticePen = (event) => {
    if (event.pointerType === "pen") penSeenAt = event.timeStamp;
  };

  canvas.addEventListener("pointerdown", (event) => {
    noticePen(event);
    if (event.button !== 0 || isPalm(event)) return;
    if (drawing) {
      // The palm often lands just before the tip of the pen: its stroke gives way.
      if (!(event.pointerType === "pen" && drawing.pointerType === "touch")) return;
      pen.cancel();
    }
    drawing = event;
    capture(canvas, event.pointerId);
    pen.down(positionOf(event, canvas.getBoundingClientRect()));
  });

  canvas.addEventListener("pointermove", (event) => {
    noticePen(event);
    if (event.pointerId === drawing?.pointerId) pen.move(positionsOf(event, canvas));
  });

  /** @param {"up" | "cancel"} how */
  const end = (how) => (/** @type {PointerEvent} */ event) => {
    noticePen(event);
    if (event.pointerId !== drawing?.pointerId) return;
    drawing = null;
    if (how === "up") pen.move(positionsOf(event, canvas));
    pen[how]();
  };
  canvas.addEventListener("pointerup", end("up"));
  canvas.addEventListener("pointercancel", end("cancel"));
  canvas.addEventListener("lostpointercapture", end("up")); // after pointerup this is for nobody
}

/** @param {HTMLCanvasElement} canvas @param {number} pointerId */
function capture(canvas, pointerId) {
  try {
    canvas.setPointerCapture(pointerId);
  } catch {
    // The pointer is gone already (a tap shorter than a frame): its pointerup still comes.
  }
}

/**
 * Every position since the last event, also those that the browser merged to keep pace with the screen.
 *
 * @param {PointerEvent} event @param {HTMLCanvasElement} canvas @returns {Point[]}
 */
function positionsOf(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const merged = event.getCoalescedEvents?.() ?? [];
  return (merged.length ? merged : [event]).map((each) => positionOf(each, box));
}

/** @param {PointerEvent} event @param {DOMRect} box @returns {Point} */
function positionOf(event, box) {
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}
