/** Connects the parts of the page; each part is in the file of its name. */
/** @import { Answered } from "./api.js" */
/** @import { Step, Stroke } from "./drawing.js" */
/** @import { ItemKind } from "./image_file.js" */
/** @import { Message } from "./messages.js" */
/** @import { OutcomeDetail } from "./recognition_flow.js" */
import { Answer } from "./answer.js";
import { isAnswer } from "./api.js";
import { DrawingCanvas } from "./canvas.js";
import { watchConnection } from "./connection.js";
import { Drawing } from "./drawing.js";
import { EarlierDrawings } from "./earlier_drawings.js";
import { attachExamples } from "./examples.js";
import { FoundBoxes } from "./found_boxes.js";
import { readImageFile } from "./image_file.js";
import { attachImageInput } from "./image_input.js";
import { attachKeyboardInput } from "./keyboard_input.js";
import { LiveRegion } from "./live_region.js";
import { BLANK, itemMessage, NO_DRAWING, NOT_LOADED, NOTHING_YET, outcomeMessage } from "./messages.js";
import { Pen } from "./pen.js";
import { loadPicture, showPicture } from "./picture.js";
import { attachPointerInput } from "./pointer_input.js";
import { RecognitionFlow } from "./recognition_flow.js";
import { attachShare, followLinks } from "./share.js";
import { explainSheet } from "./sheet_reading.js";
import { attachShortcuts } from "./shortcuts.js";
import { clearPenUp, markPenUp, measureAnswer } from "./timing.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const canvasElement = /** @type {HTMLCanvasElement} */ (byId("canvas"));

const drawing = new Drawing();
const pen = new Pen(drawing);
const canvas = new DrawingCanvas(canvasElement, drawing, pen);
const foundBoxes = new FoundBoxes(byId("found-boxes"));
const liveRegion = new LiveRegion(byId("announcement"));
const answer = new Answer(byId("answer"), () => explainSheet(drawing.step), (text) => liveRegion.announce(text));
const flow = new RecognitionFlow(() => pen.sheet);
const earlier = new EarlierDrawings(byId("earlier"), byId("examples"), replace);
let lastOutcome = "";
let newestOpening = 0; // opening takes time, in which the user may open another image, draw or clear
const early = window.start?.end(); // what was drawn before this script ran

const undo = () => (pen.isDown ? pen.cancel() : drawing.undo());
const redo = () => drawing.redo();

/** Before something else takes its place. */
const keep = () => earlier.add(drawing.step, flow.answerTo(drawing.step));

function startNew() {
  pen.cancel();
  newestOpening += 1;
  keep();
  drawing.clear();
  update(); // it removes a message, too
  canvasElement.focus({ preventScroll: true });
  showSheet();
}

/**
 * Opens an image unless it is not wanted any more when it has been read.
 *
 * @param {Blob | Promise<Blob>} file @param {Message} [failure] what to say if it does not arrive
 */
async function openImage(file, failure = outcomeMessage({ kind: "broken" })) {
  pen.cancel();
  flow.cancel();
  answer.showWaiting();
  showSheet();
  disable("new-digit", false); // it stops the opening, too
  const opening = ++newestOpening;
  try {
    const image = await readImageFile(await file);
    if (opening !== newestOpening) return;
    if (typeof image === "string") return refuse(image);
    const picture = await loadPicture(image);
    if (opening !== newestOpening) return;
    keep();
    drawing.open(picture);
    if (failure === NOT_LOADED) earlier.exclude(drawing.step);
  } catch (error) {
    console.error(error);
    if (opening === newestOpening) liveRegion.announce(answer.showFailure(failure));
  }
}

/** On a phone the sheet may be out of sight. */
const showSheet = () => byId("canvas-frame").scrollIntoView({ block: "nearest" });

/** Replaces what is on the sheet. @param {Step} step @returns {Step} the same */
function replace(step) {
  pen.cancel();
  keep();
  drawing.restore(step);
  showSheet();
  return step;
}

/** @param {Stroke[]} strokes */
const drawStrokes = (strokes) => replace({ strokes, picture: null });

/** Gives the answer now, again if it was given before. */
function recognize() {
  if (!drawing.isBlank) return flow.request();
  answer.showEmpty(BLANK);
  liveRegion.announce(`${BLANK.headline}. ${BLANK.detail}`);
}

/** The item is not an image; what is on the sheet stays. @param {ItemKind} kind */
function refuse(kind) {
  flow.cancel();
  disable("new-digit", false); // it removes the message
  liveRegion.announce(answer.showFailure(itemMessage(kind)));
}

/** @param {string} id of a button @param {boolean} isDisabled */
function disable(id, isDisabled) {
  byId(id).setAttribute("aria-disabled", String(isDisabled)); // Firefox has had it as a property since version 119
}

/** Updates everything that depends on what is on the sheet. A stroke in progress replaces a picture. */
function update() {
  const blank = drawing.isBlank;
  showPicture(byId("canvas-frame"), pen.isDown ? null : drawing.picture);
  byId("canvas-frame").dataset.blank = String(blank && !pen.isDown);
  disable("undo", !drawing.canUndo);
  disable("redo", !drawing.canRedo);
  disable("new-digit", blank);
  if (blank && !pen.isDown) {
    flow.cancel();
    answer.showEmpty(NOTHING_YET);
  }
}

pen.addEventListener("down", () => {
  newestOpening += 1;
  if (drawing.picture) keep();
  foundBoxes.clear();
  flow.cancel();
  liveRegion.announce(""); // the answer to a part of a drawing
  answer.showDrawing();
  update();
});
pen.addEventListener("move", () => flow.sketch());
pen.addEventListener("up", markPenUp);
pen.addEventListener("cancel", () => {
  update();
  if (!drawing.isBlank) flow.request();
});

drawing.addEventListener("change", () => {
  clearPenUp();
  newestOpening += 1;
  foundBoxes.clear();
  update();
  if (drawing.isBlank) return liveRegion.announce("The canvas is blank");
  answer.showDrawing();
  flow.request();
});

flow.addEventListener("request", () => answer.showWaiting());
flow.addEventListener("tentative", (event) => answer.showTentative(/** @type {CustomEvent<Answered>} */ (event).detail));
flow.addEventListener("outcome", (event) => {
  const { outcome, retryInSeconds, isRetry } = /** @type {CustomEvent<OutcomeDetail>} */ (event).detail;
  const text = answer.show(outcome, retryInSeconds);
  if (!isRetry || outcome.kind !== lastOutcome) liveRegion.announce(text);
  lastOutcome = outcome.kind;
  foundBoxes.showOutcome(outcome, drawing.step);
  if (isAnswer(outcome)) measureAnswer();
});
watchConnection(byId("canvas-frame"), {
  announce: (text) => liveRegion.announce(text),
  resume() { if (["offline", "unreachable"].includes(lastOutcome) && !drawing.isBlank) flow.request(); },
});

attachPointerInput(canvasElement, pen, early?.pointer ?? null);
attachKeyboardInput(canvasElement, pen, {
  answer: recognize,
  startNew,
  announce: (text) => liveRegion.announce(text),
  showCursor: (position) => canvas.showCursor(position),
});
attachExamples(byId("examples"), {
  draw: (strokes) => earlier.exclude(drawStrokes(strokes)),
  open: (photograph) => openImage(photograph, NOT_LOADED),
});
attachShare(byId("share"), drawing, { hasNumber: () => lastOutcome === "number", announce: (text) => liveRegion.announce(text) });
attachShortcuts({ undo, redo });
attachImageInput({ input: /** @type {HTMLInputElement} */ (byId("image")), frame: byId("canvas-frame") }, openImage, refuse);
for (const [id, action] of Object.entries({ undo, redo, "new-digit": startNew, retry: recognize })) {
  byId(id).addEventListener("click", action);
}
update();
followLinks(drawStrokes, () => liveRegion.announce(answer.showFailure(NO_DRAWING)));
for (const [first, ...rest] of early?.strokes ?? []) {
  pen.down(first); // lifts the pen after the stroke before
  pen.move(rest);
}
if (!early?.pointer) pen.up();
