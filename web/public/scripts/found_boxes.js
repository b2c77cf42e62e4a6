/** @import { Box, Outcome, Verdict } from "./api.js" */
/** @import { Step } from "./drawing.js" */
import { canvasInImage } from "./ink.js";
import { sheetOf } from "./picture.js";

export const SVG = "http://www.w3.org/2000/svg";

/** Space between a digit and the line of its box, as a fraction of the digit's longer side. */
const GAP = 0.06;

/**
 * @typedef {[left: number, top: number, width: number, height: number]} Sheet
 *   what the frame shows, in pixels of the image that was sent
 */

/** The boxes on the sheet around the digits that were found. They decorate: the answer says the same in words. */
export class FoundBoxes {
  #svg;

  /** @param {Element} svg an SVG that covers the canvas and fits its view box into it as the image is fitted */
  constructor(svg) { this.#svg = svg; }

  /** A drawing of one digit needs no box. @param {Outcome} outcome @param {Step} step */
  showOutcome(outcome, { strokes, picture }) {
    const sheet = picture ? sheetOf(picture) : canvasInImage(strokes);
    if (outcome.kind === "number") this.show(sheet, outcome.number.digits);
    else if (outcome.kind === "recognition" && picture) this.show(sheet, [outcome.recognition]);
    else this.clear();
  }

  /** @param {Sheet} sheet @param {{box?: Box, verdict: Verdict}[]} digits in reading order */
  show(sheet, digits) {
    this.#svg.setAttribute("viewBox", sheet.join(" "));
    this.#svg.replaceChildren(...digits.flatMap(({ box, verdict }) => (box ? [createRect(box, verdict)] : [])));
  }

  clear() { this.#svg.replaceChildren(); }
}

/** @param {Box} box @param {Verdict} verdict */
function createRect({ left, top, width, height }, verdict) {
  const gap = GAP * Math.max(width, height);
  const rect = document.createElementNS(SVG, "rect");
  const attributes = { x: left - gap, y: top - gap, width: width + 2 * gap, height: height + 2 * gap };
  for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, String(value));
  rect.dataset.verdict = verdict;
  return rect;
}
