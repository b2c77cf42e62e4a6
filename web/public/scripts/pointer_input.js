/** @import { Pen } from "./pen.js" */
/** @import { Point } from "./drawing.js" */

/** A touch within this time after the last pen event, hovering included, is the palm of the hand that holds the pen. */
const PALM_MS = 3000;

/** Two fingers pinch if the first has not drawn farther than this, in fractions of the canvas side, before the second lands. */
const PINCH_TRAVEL = 0.1;

/**
 * Draws with mouse, finger or stylus. One pointer draws at a time, and two fingers at once draw nothing.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Pen} pen
 * @param {PointerEvent | null} early the pointer that draws already
 */
export function attachPointerInput(canvas, pen, early) {
  let activePointer = early;
  let lastPenTime = -Infinity;
  let isPinch = false;
  /** The fingers on the canvas. @type {Set<number>} */
  const fingers = new Set();

  /** @param {PointerEvent} event */
  const isPalm = (event) => event.pointerType === "touch" && event.timeStamp - lastPenTime < PALM_MS;

  /** @param {PointerEvent} event */
  const notePen = (event) => {
    if (event.pointerType === "pen") lastPenTime = event.timeStamp;
  };

  /** @param {PointerEvent} event */
  const noteFinger = (event) => {
    if (event.pointerType !== "touch") return;
    if (fingers.size === 0) isPinch = false;
    fingers.add(event.pointerId);
    if (activePointer?.pointerType !== "touch" || extent(pen.stroke ?? []) > PINCH_TRAVEL) return;
    isPinch = true;
    activePointer = null;
    pen.cancel();
  };

  canvas.addEventListener("pointerdown", (event) => {
    notePen(event);
    if (event.button !== 0 || isPalm(event)) return;
    noteFinger(event);
    if (isPinch && event.pointerType === "touch") return;
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

  /** @param {PointerEvent} event */
  const end = (event) => {
    notePen(event);
    fingers.delete(event.pointerId);
    if (event.pointerId !== activePointer?.pointerId) return;
    activePointer = null;
    // Where the system cancels a touch says nothing of the stroke, which is kept: undo removes it.
    if (event.type === "pointerup") pen.move(toPoints(event, canvas));
    pen.up();
  };
  for (const type of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) addEventListener(type, end);

  // Scribble on iPadOS takes a stroke of the Apple Pencil for handwriting unless the page handles its touches.
  for (const type of ["touchstart", "touchmove"]) {
    canvas.addEventListener(type, (event) => { if (event.cancelable) event.preventDefault(); }, { passive: false });
  }
}

/** @param {Point[]} points @returns {number} the longer side of their bounding box */
function extent(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
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
