/** @import { Pen } from "./pen.js" */
/** @import { Point } from "./drawing.js" */

/** A touch within this time after the last pen event, hovering included, is the palm of the hand that holds the pen. */
const PALM_MS = 3000;

/**
 * Draws with mouse, finger or stylus. One pointer draws at a time.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {PointerEvent | null} early the pointer that draws already
 */
export function attachPointerInput(canvas, pen, early) {
  let activePointer = early;
  let lastPenTime = -Infinity;

  /** @param {PointerEvent} event */
  const isPalm = (event) => event.pointerType === "touch" && event.timeStamp - lastPenTime < PALM_MS;

  /** @param {PointerEvent} event */
  const notePen = (event) => {
    if (event.pointerType === "pen") lastPenTime = event.timeStamp;
  };

  canvas.addEventListener("pointerdown", (event) => {
    notePen(event);
    if (event.button !== 0 || isPalm(event)) return;
    if (activePointer) {
      // The palm often lands just before the tip of the pen: the pen replaces its stroke.
      if (!(event.pointerType === "pen" && activePointer.pointerType === "touch")) return;
      pen.cancel();
    }
    activePointer = event;
    capture(canvas, event.pointerId);
    pen.down(toPoint(event, canvas.getBoundingClientRect()));
  });

  // On the window, so that a stroke that leaves the canvas ends even where the pointer cannot be captured.
  addEventListener("pointermove", (event) => {
    notePen(event);
    if (event.pointerId === activePointer?.pointerId) pen.move(toPoints(event, canvas));
  });

  /** @param {"up" | "cancel"} action */
  const end = (action) => (/** @type {PointerEvent} */ event) => {
    notePen(event);
    if (event.pointerId !== activePointer?.pointerId) return;
    activePointer = null;
    if (action === "up") pen.move(toPoints(event, canvas));
    pen[action]();
  };
  addEventListener("pointerup", end("up"));
  addEventListener("pointercancel", end("cancel"));
  addEventListener("lostpointercapture", end("up")); // has no effect after pointerup
}

/** @param {HTMLCanvasElement} canvas @param {number} pointerId */
function capture(canvas, pointerId) {
  try {
    canvas.setPointerCapture(pointerId);
  } catch {
    // The pointer is already gone (a tap shorter than a frame). Its pointerup still arrives.
  }
}

/**
 * Returns all positions since the last event, including those that the browser merged into one event per frame.
 *
 * @param {PointerEvent} event @param {HTMLCanvasElement} canvas @returns {Point[]}
 */
function toPoints(event, canvas) {
  const box = canvas.getBoundingClientRect();
  const merged = event.getCoalescedEvents?.() ?? [];
  return (merged.length ? merged : [event]).map((each) => toPoint(each, box));
}

/** @param {PointerEvent} event @param {DOMRect} box @returns {Point} */
function toPoint(event, box) {
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}
