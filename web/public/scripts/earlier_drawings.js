/** @import { Answered } from "./api.js" */
/** @import { Step, Stroke } from "./drawing.js" */
import { toCurves } from "./curves.js";
import { SVG } from "./found_boxes.js";
import { digitLabel } from "./readings.js";

const MAX_DRAWINGS = 5;

/** The last few drawings that had an answer, newest first. They are kept in this page's memory only. */
export class EarlierDrawings {
  #list; #place; #onPick;
  /** @type {WeakSet<Step>} */ #excluded = new WeakSet();
  /** @type {Map<Step, HTMLElement>} */ #items = new Map();

  /** @param {HTMLElement} list @param {HTMLElement} place of something else, until there are any @param {(step: Step) => void} onPick */
  constructor(list, place, onPick) {
    this.#list = list;
    this.#place = place;
    this.#onPick = onPick;
  }

  /** Never adds this one, which can be had again without. @param {Step} step */
  exclude(step) { this.#excluded.add(step); }

  /** Adds a drawing, if it has an answer, or moves it to the front. @param {Step} step @param {Answered | undefined} outcome */
  add(step, outcome) {
    if (!outcome || this.#excluded.has(step)) return;
    const item = this.#items.get(step) ?? this.#createItem(step, outcome);
    this.#items.delete(step);
    this.#items.set(step, item); // a map has the order of insertion
    this.#list.prepend(item);
    this.#list.hidden = false;
    this.#place.hidden = true;
    if (this.#items.size <= MAX_DRAWINGS) return;
    const [oldest] = [...this.#items.entries()].find(([, each]) => !each.contains(document.activeElement)) ?? [];
    if (!oldest) return;
    this.#items.get(oldest)?.remove();
    this.#items.delete(oldest);
  }

  /** @param {Step} step @param {Answered} outcome */
  #createItem(step, outcome) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", `Bring back ${nameOf(outcome)}`);
    button.append(step.picture ? createInput(outcome) : createInk(step.strokes));
    button.addEventListener("click", () => this.#onPick(step));
    item.append(button);
    return item;
  }
}

/** @param {Answered} outcome */
function nameOf(outcome) {
  const digits = outcome.kind === "number" ? outcome.number.digits : [outcome.recognition];
  const labels = digits.map(digitLabel).join(digits.length > 1 ? ", " : "");
  return labels === "?" ? "a drawing that is not a digit" : labels.replace(/[/]/g, " or ");
}

/** Of a picture, what the network saw of its first digit. @param {Answered} outcome */
function createInput(outcome) {
  const image = new Image(28, 28);
  image.src = (outcome.kind === "number" ? outcome.number.digits[0] : outcome.recognition).input;
  image.alt = "";
  return image;
}

/** @param {readonly Stroke[]} strokes */
function createInk(strokes) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 1 1");
  path.setAttribute("d", strokes.flatMap(toCurves).map(([start, control, end]) => `M${start}Q${control} ${end}`).join(""));
  svg.append(path);
  return svg;
}
