/**
 * Runs before page.js: keeps what is drawn until that is there, and says so if it never is. Its syntax is that of old
 * browsers, which cannot read page.js.
 */
var start = (function () {
  "use strict";

  /** As in ink.js, which is not there yet. */
  var PEN_WIDTH = 15 / 280;

  /** @type {[number, number][][]} */
  var strokes = [];
  /** @type {PointerEvent | null} the pointer that draws the last stroke */
  var pointer = null;

  /** @param {string} id */
  function byId(id) { return /** @type {HTMLElement} */ (document.getElementById(id)); }

  /** @param {PointerEvent} event @returns {[number, number]} */
  function toPoint(event) {
    var box = byId("canvas").getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  function draw() {
    var canvas = /** @type {HTMLCanvasElement} */ (byId("canvas"));
    var side = canvas.width = canvas.height = Math.round(canvas.clientWidth * devicePixelRatio);
    var context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = PEN_WIDTH * side;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    strokes.forEach(function (stroke) {
      context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
      stroke.forEach(function (point) { context.lineTo(point[0] * side + 0.01, point[1] * side); });
    });
    context.stroke();
    byId("canvas-frame").dataset.blank = "false";
  }

  /** @param {PointerEvent} event */
  function onDown(event) {
    if (event.target !== byId("canvas") || event.button !== 0 || pointer) return;
    pointer = event;
    strokes.push([toPoint(event)]);
    draw();
  }

  /** @param {PointerEvent} event */
  function onMove(event) {
    if (!pointer || event.pointerId !== pointer.pointerId) return;
    strokes[strokes.length - 1].push(toPoint(event));
    draw();
  }

  /** @param {PointerEvent} event */
  function onEnd(event) {
    if (pointer && event.pointerId === pointer.pointerId) pointer = null;
  }

  /** @param {string} headline @param {string} detail */
  function fail(headline, detail) {
    byId("answer").dataset.state = byId("answer").dataset.shown = "failure";
    byId("numeral").textContent = "!";
    byId("headline").textContent = headline;
    byId("detail").textContent = detail;
    byId("announcement").textContent = headline + ". " + detail;
  }

  function failAsTooOld() {
    fail("This browser is too old", "The page works in browsers from 2022 on. Update yours, or use another one.");
  }

  /** A file that does not load, or that this browser cannot read. @param {ErrorEvent} event */
  function onError(event) {
    if (event.error instanceof SyntaxError) failAsTooOld();
    else if (event.error || /** @type {Element} */ (event.target).tagName === "SCRIPT") {
      fail("The page did not load", "A part of it is missing or failed. Reload the page.");
    }
  }

  addEventListener("pointerdown", onDown);
  addEventListener("pointermove", onMove);
  addEventListener("pointerup", onEnd);
  addEventListener("pointercancel", onEnd);
  addEventListener("error", onError, true);
  document.addEventListener("DOMContentLoaded", function () {
    if (!("noModule" in document.createElement("script"))) failAsTooOld();
  });

  return {
    /** Ends the start: from now on page.js draws. Returns what was drawn, and the pointer that still draws, if any. */
    end: function () {
      removeEventListener("pointerdown", onDown);
      removeEventListener("pointermove", onMove);
      removeEventListener("pointerup", onEnd);
      removeEventListener("pointercancel", onEnd);
      removeEventListener("error", onError, true);
      return { strokes: strokes, pointer: pointer };
    },
  };
})();
