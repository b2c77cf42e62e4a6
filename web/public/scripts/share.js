/** Copies what is on the sheet: as a link that draws it again, or as a command for a shell. */
/** @import { Drawing, Stroke } from "./drawing.js" */
import { toBase64 } from "./api.js";
import { fromFragment, toFragment } from "./drawing_link.js";
import { renderImage } from "./ink.js";

/** Linux takes an argument of 128 KiB at most. */
const MAX_COMMAND_LENGTH = 128_000;

const NOTES = {
  blank: "The sheet is blank.",
  picture: "A link can carry a drawing, but not an image.",
  long: "This is too long to be copied.",
  link: "Link copied. It carries the drawing itself; nothing is stored.",
  curl: "Command copied.",
  byHand: "This browser does not let the page copy. Copy this:",
};

/**
 * @param {HTMLElement} panel with the two buttons, a note and a text field
 * @param {Drawing} drawing
 * @param {{hasNumber(): boolean, announce(text: string): void}} page whether the answer is a number
 */
export function attachShare(panel, drawing, { hasNumber, announce }) {
  const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (panel.querySelector(selector));
  const [note, field] = [find(".note"), /** @type {HTMLTextAreaElement} */ (find("textarea"))];

  /** @param {keyof typeof NOTES} key @param {string} [text] to be copied by hand */
  const show = (key, text = "") => {
    note.textContent = NOTES[key];
    announce(NOTES[key]);
    field.hidden = !text;
    field.value = text;
    if (text) field.select();
  };

  /** @param {string | null} text @param {"link" | "curl"} kind */
  const copy = async (text, kind) => {
    if (text === null) return show("long");
    try {
      await navigator.clipboard.writeText(text);
      show(kind);
    } catch { // it is not there without HTTPS, and the user may refuse it
      show("byHand", text);
    }
  };

  find("#copy-link").addEventListener("click", () => {
    if (drawing.isBlank) return show("blank");
    if (drawing.picture) return show("picture");
    const fragment = toFragment(drawing.strokes);
    return copy(fragment && location.origin + location.pathname + fragment, "link");
  });
  find("#copy-curl").addEventListener("click", async () => {
    if (drawing.isBlank) return show("blank");
    const image = drawing.picture?.blob ?? (await renderImage(drawing.strokes));
    const command = toCommand(hasNumber() ? "/predictions/numbers" : "/predictions/digits", await toBase64(image));
    return copy(command.length > MAX_COMMAND_LENGTH ? null : command, "curl");
  });
}

/**
 * Draws what the page's own address carries, now and when a link is opened in its place.
 *
 * @param {(strokes: Stroke[]) => void} draw @param {() => void} refuse called for a link that is damaged
 */
export function followLinks(draw, refuse) {
  const follow = () => {
    const strokes = fromFragment(location.hash);
    if (strokes === "invalid") refuse();
    else if (strokes !== "none") draw(strokes);
  };
  addEventListener("hashchange", follow);
  follow();
}

/** @param {string} path @param {string} base64 */
function toCommand(path, base64) {
  return `curl '${location.origin}${path}' -H 'Content-Type: application/json' -d '{"image": "${base64}"}'`;
}
