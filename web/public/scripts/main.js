/** Connects the parts of the page; each part is in the file of its name. */
/** @import { Outcome } from "./api.js" */
/** @import { Stroke } from "./drawing.js" */
/** @import { ItemKind } from "./image_file.js" */
/** @import { Message } from "./messages.js" */
/** @import { OutcomeDetail } from "./recognition_flow.js" */
import { Answer } from "./answer.js";
import { DrawingCanvas } from "./canvas.js";
import { watchConnection } from "./connection.js";
import { Drawing } from "./drawing.js";
import { attachExamples } from "./examples.js";
import { FoundBoxes } from "./found_boxes.js";
import { readImageFile } from "./image_file.js";
import { attachImageInput } from "./image_input.js";
import { canvasInImage, renderImage } from "./ink.js";
import { attachKeyboardInput } from "./keyboard_input.js";
import { LiveRegion } from "./live_region.js";
import { BLANK, itemMessage, NO_DRAWING, NOT_LOADED, NOTHING_YET, outcomeMessage } from "./messages.js";
import { Pen } from "./pen.js";
import { loadPicture, sheetOf, showPicture } from "./picture.js";
import { attachPointerInput } from "./pointer_input.js";
import { RecognitionFlow } from "./recognition_flow.js";
import { attachShare, followLinks } from "./share.js";
import { attachShortcuts } from "./shortcuts.js";
import { clearPenUp, markPenUp, measureAnswer } from "./timing.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const canvasElement = /** @type {HTMLCanvasElement} */ (byId("canvas"));
const fileInput = /** @type {HTMLInputElement} */ (byId("image"));

const drawing = new Drawing();
const pen = new Pen(drawing);
const canvas = new DrawingCanvas(canvasElement, drawing, pen);
const foundBoxes = new FoundBoxes(byId("found-boxes"));
const answer = new Answer(byId("answer"));
const liveRegion = new LiveRegion(byId("announcement"));
const flow = new RecognitionFlow(async () => drawing.picture?.blob ?? renderImage(drawing.strokes));
let lastOutcome = "";
let newestOpening = 0; // opening takes time, in which the user may open another image, draw or clear
const early = window.start?.end(); // what was drawn before this script ran

const undo = () => (pen.isDown ? pen.cancel() : drawing.undo());
const redo = () => drawing.redo();

function clear() {
  pen.cancel();
  newestOpening += 1;
  if (drawing.isBlank) update();
  else drawing.clear();
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
  disable("clear", false); // it stops the opening, too
  const opening = ++newestOpening;
  try {
    const image = await readImageFile(await file);
    if (opening !== newestOpening) return;
    if (typeof image === "string") return refuse(image);
    const picture = await loadPicture(image);
    if (opening === newestOpening) drawing.open(picture);
  } catch (error) {
    console.error(error);
    if (opening === newestOpening) liveRegion.announce(answer.showFailure(failure));
  }
}

/** On a phone the sheet may be out of sight. */
function showSheet() {
  byId("canvas-frame").scrollIntoView({ block: "nearest" });
}

/** Replaces what is on the sheet. @param {Stroke[]} strokes */
function drawStrokes(strokes) {
  pen.cancel();
  drawing.restore({ strokes, picture: null });
  showSheet();
}

function recognize() {
  if (!drawing.isBlank) return flow.request();
  answer.showEmpty(BLANK);
  liveRegion.announce(`${BLANK.headline}. ${BLANK.detail}`);
}

/** The item is not an image; what is on the sheet stays. @param {ItemKind} kind */
function refuse(kind) {
  flow.cancel();
  disable("clear", false); // it removes the message
  liveRegion.announce(answer.showFailure(itemMessage(kind)));
}

/** Shows where on the sheet each digit was found. A drawing of one digit needs no box. @param {Outcome} outcome */
function showBoxes(outcome) {
  const { picture } = drawing;
  const sheet = picture ? sheetOf(picture) : canvasInImage(drawing.strokes);
  if (outcome.kind === "number") foundBoxes.show(sheet, outcome.number.digits);
  else if (outcome.kind === "recognition" && picture) foundBoxes.show(sheet, [outcome.recognition]);
  else foundBoxes.clear();
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
  disable("clear", blank);
  if (blank && !pen.isDown) {
    flow.cancel();
    answer.showEmpty(NOTHING_YET);
  }
}

pen.addEventListener("down", () => {
  newestOpening += 1;
  foundBoxes.clear();
  flow.cancel();
  answer.showDrawing();
  update();
});
pen.addEventListener("up", markPenUp);
pen.addEventListener("cancel", () => {
  update();
  if (!drawing.isBlank) flow.requestWhenIdle();
});

drawing.addEventListener("change", () => {
  clearPenUp();
  newestOpening += 1;
  foundBoxes.clear();
  update();
  if (drawing.isBlank) return liveRegion.announce("The canvas is blank");
  answer.showDrawing();
  if (drawing.picture) flow.request();
  else flow.requestWhenIdle();
});

flow.addEventListener("request", () => answer.showWaiting());
flow.addEventListener("outcome", (event) => {
  const { outcome, retryInSeconds, isRetry } = /** @type {CustomEvent<OutcomeDetail>} */ (event).detail;
  const text = answer.show(outcome, retryInSeconds);
  if (!isRetry || outcome.kind !== lastOutcome) liveRegion.announce(text);
  lastOutcome = outcome.kind;
  showBoxes(outcome);
  if (outcome.kind === "recognition" || outcome.kind === "number") measureAnswer();
});
watchConnection(byId("canvas-frame"), {
  announce: (text) => liveRegion.announce(text),
  resume() { if (["offline", "unreachable"].includes(lastOutcome) && !drawing.isBlank) flow.request(); },
});

attachPointerInput(canvasElement, pen, early?.pointer ?? null);
attachKeyboardInput(canvasElement, pen, {
  recognize,
  clear,
  announce: (text) => liveRegion.announce(text),
  showCursor: (position) => canvas.showCursor(position),
});
attachExamples(byId("examples"), { draw: drawStrokes, open: (photograph) => openImage(photograph, NOT_LOADED) });
attachShare(byId("share"), drawing, { hasNumber: () => lastOutcome === "number", announce: (text) => liveRegion.announce(text) });
attachShortcuts({ undo, redo });
attachImageInput({ input: fileInput, frame: byId("canvas-frame") }, openImage, refuse);
for (const [id, action] of Object.entries({ undo, redo, clear, recognize, retry: recognize })) {
  byId(id).addEventListener("click", action);
}
update();
followLinks(drawStrokes, () => liveRegion.announce(answer.showFailure(NO_DRAWING)));
for (const [first, ...rest] of early?.strokes ?? []) {
  pen.down(first); // lifts the pen after the stroke before
  pen.move(rest);
}
if (!early?.pointer) pen.up();
