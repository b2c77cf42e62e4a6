/** Connects the parts of the page; each part is in the file of its name. */
/** @import { Outcome } from "./api.js" */
/** @import { ItemKind } from "./image_file.js" */
/** @import { OutcomeDetail } from "./recognition_flow.js" */
import { Answer } from "./answer.js";
import { DrawingCanvas } from "./canvas.js";
import { FoundBoxes } from "./found_boxes.js";
import { readImageFile } from "./image_file.js";
import { attachImageInput, ChosenImage } from "./image_input.js";
import { canvasInImage, renderImage } from "./ink.js";
import { attachKeyboardInput } from "./keyboard_input.js";
import { LiveRegion } from "./live_region.js";
import { BLANK, itemMessage, NOTHING_YET } from "./messages.js";
import { Pen } from "./pen.js";
import { attachPointerInput } from "./pointer_input.js";
import { RecognitionFlow } from "./recognition_flow.js";
import { attachShortcuts } from "./shortcuts.js";
import { Strokes } from "./strokes.js";
import { clearPenUp, markPenUp, measureAnswer } from "./timing.js";

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const canvasElement = /** @type {HTMLCanvasElement} */ (byId("canvas"));
const fileInput = /** @type {HTMLInputElement} */ (byId("image"));

const strokes = new Strokes();
const pen = new Pen(strokes);
const canvas = new DrawingCanvas(canvasElement, strokes, pen);
const chosenImage = new ChosenImage(byId("canvas-frame"));
const foundBoxes = new FoundBoxes(byId("found-boxes"));
const answer = new Answer(byId("answer"));
const liveRegion = new LiveRegion(byId("announcement"));
const flow = new RecognitionFlow(async () => chosenImage.blob ?? renderImage(strokes.all));
let lastOutcome = "";

const isBlank = () => strokes.isBlank && !chosenImage.blob;

const undo = () => (pen.isDown ? pen.cancel() : strokes.undo());
const redo = () => strokes.redo();

/** The drawing has changed: it replaces the image, and the boxes belong to an older answer. */
function removeImage() {
  chosenImage.remove();
  foundBoxes.clear();
}

function clear() {
  pen.cancel();
  removeImage();
  if (strokes.isBlank) update();
  else strokes.clear();
}

function recognize() {
  if (!isBlank()) return flow.request();
  answer.showEmpty(BLANK);
  liveRegion.announce(`${BLANK.headline}. ${BLANK.detail}`);
}

/** The item is not an image; what is on the sheet stays. @param {ItemKind} kind */
function refuse(kind) {
  flow.cancel();
  liveRegion.announce(answer.showFailure(itemMessage(kind)));
}

/** Shows where on the sheet each digit was found. A drawing of one digit needs no box. @param {Outcome} outcome */
function showBoxes(outcome) {
  const sheet = chosenImage.blob ? chosenImage.sheet : canvasInImage(strokes.all);
  if (outcome.kind === "number") foundBoxes.show(sheet, outcome.number.digits);
  else if (outcome.kind === "recognition" && chosenImage.blob) foundBoxes.show(sheet, [outcome.recognition]);
  else foundBoxes.clear();
}

/** Updates everything that depends on what is on the canvas. */
function update() {
  const blank = isBlank();
  byId("canvas-frame").dataset.blank = String(blank && !pen.isDown);
  byId("undo").ariaDisabled = String(!strokes.canUndo);
  byId("redo").ariaDisabled = String(!strokes.canRedo);
  byId("clear").ariaDisabled = String(blank);
  if (blank) {
    flow.cancel();
    answer.showEmpty(NOTHING_YET);
  }
}

pen.addEventListener("down", () => {
  removeImage();
  flow.cancel();
  answer.showDrawing();
  update();
});
pen.addEventListener("up", markPenUp);
pen.addEventListener("cancel", () => {
  update();
  if (!isBlank()) flow.requestWhenIdle();
});

strokes.addEventListener("change", () => {
  clearPenUp();
  removeImage();
  update();
  if (isBlank()) return liveRegion.announce("The canvas is blank");
  answer.showDrawing();
  flow.requestWhenIdle();
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
addEventListener("online", () => { if (lastOutcome === "offline" && !isBlank()) flow.request(); });

attachPointerInput(canvasElement, pen);
attachKeyboardInput(canvasElement, pen, {
  recognize,
  clear,
  announce: (text) => liveRegion.announce(text),
  showCursor: (position) => canvas.showCursor(position),
});
attachShortcuts({ undo, redo });
attachImageInput({ input: fileInput, frame: byId("canvas-frame") }, async (file) => {
  flow.cancel();
  answer.showWaiting();
  const image = await readImageFile(file);
  if (typeof image === "string") return refuse(image);
  clear();
  await chosenImage.show(image);
  update();
  if (!isBlank()) flow.request();
}, refuse);
for (const [id, action] of Object.entries({ undo, redo, clear, recognize, retry: recognize })) {
  byId(id).addEventListener("click", action);
}
update();
