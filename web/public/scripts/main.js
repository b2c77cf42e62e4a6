/** Wires the parts of the page together; each part is in the file of its name. */
import { Announcer } from "./live_region.js";
import { Answer } from "./answer.js";
import { Enquiry } from "./recognition_flow.js";
import { pictureOf } from "./ink.js";
import { attachKeyboardPen } from "./keyboard_input.js";
import { BLANK, NOTHING_YET } from "./messages.js";
import { Pen } from "./pen.js";
import { attachPictureInput, Picture } from "./image_input.js";
import { attachPointerPen } from "./pointer_input.js";
import { Sheet } from "./canvas.js";
import { attachShortcuts } from "./shortcuts.js";
import { forgetPenUp, markPenUp, measureAnswer } from "./timing.js";
import { Strokes } from "./strokes.js";

const part = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));

const strokes = new Strokes();
const pen = new Pen(strokes);
const sheet = new Sheet(part("canvas"), strokes, pen);
const picture = new Picture(part("sheet"));
const answer = new Answer(part("answer"));
const announcer = new Announcer(part("announcement"));
const enquiry = new Enquiry(async () => picture.blob ?? pictureOf(strokes.all));
let lastKind = "";

const isBlank = () => strokes.isBlank && !picture.blob;

const undo = () => (pen.isDown ? pen.cancel() : strokes.undo());
const redo = () => strokes.redo();

function clear() {
  pen.cancel();
  picture.remove();
  if (strokes.isBlank) showContent();
  else strokes.clear();
}

function recognise() {
  if (!isBlank()) return enquiry.ask();
  answer.showEmpty(BLANK);
  announcer.say(`${BLANK.headline}. ${BLANK.detail}`);
}

/** Everything that follows from what is on the sheet now. */
function showContent() {
  const blank = isBlank();
  part("sheet").dataset.blank = String(blank && !pen.isDown);
  part("undo").ariaDisabled = String(!strokes.canUndo);
  part("redo").ariaDisabled = String(!strokes.canRedo);
  part("clear").ariaDisabled = String(blank);
  if (blank) {
    enquiry.abandon();
    answer.showEmpty(NOTHING_YET);
  }
}

pen.addEventListener("down", () => {
  picture.remove();
  enquiry.abandon();
  answer.showDrawing();
  showContent();
});
pen.addEventListener("up", markPenUp);
pen.addEventListener("cancel", () => {
  showContent();
  if (!isBlank()) enquiry.askWhenIdle();
});

strokes.addEventListener("change", () => {
  forgetPenUp();
  picture.remove();
  showContent();
  if (isBlank()) return announcer.say("The sheet is blank");
  answer.showDrawing();
  enquiry.askWhenIdle();
});

enquiry.addEventListener("asking", () => answer.showThinking());
enquiry.addEventListener("outcome", (/** @type {any} */ { detail: { outcome, retryInSeconds } }) => {
  lastKind = outcome.kind;
  announcer.say(answer.show(outcome, retryInSeconds));
  if (outcome.kind === "recognition") measureAnswer();
});
addEventListener("online", () => { if (lastKind === "offline" && !isBlank()) enquiry.ask(); });

attachPointerPen(part("canvas"), pen);
attachKeyboardPen(part("canvas"), pen, {
  recognise, clear, say: (text) => announcer.say(text), showCursor: (at) => sheet.showCursor(at),
});
attachShortcuts({ undo, redo });
attachPictureInput({ input: part("picture"), target: document.body }, async (file) => {
  clear();
  await picture.show(file);
  showContent();
  enquiry.ask();
});
for (const [id, action] of Object.entries({ undo, redo, clear, recognise, retry: recognise })) {
  part(id).addEventListener("click", action);
}
showContent();
