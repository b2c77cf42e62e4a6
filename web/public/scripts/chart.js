/** @import { Digit } from "./api.js" */
import { percent, rankDigits, readings } from "./readings.js";

/** A bar chart of the ten probabilities, each with its value as text. */
export class Chart {
  #list; #bars;

  /** @param {HTMLElement} list an empty list */
  constructor(list) {
    this.#list = list;
    this.#bars = Array.from({ length: 10 }, (_, digit) => createBar(digit));
    list.append(...this.#bars.map((bar) => bar.item));
  }

  /** @param {Digit | null} digit null empties the chart */
  show(digit) {
    const probabilities = digit?.probabilities;
    this.#list.dataset.verdict = digit?.verdict ?? "";
    this.#list.dataset.readings = digit ? `${readings(digit).length}` : "";
    const ranking = probabilities ? rankDigits(probabilities) : [];
    this.#bars.forEach(({ item, fill, value }, digit) => {
      const probability = probabilities?.[digit] ?? 0;
      fill.style.setProperty("--probability", String(probability));
      value.textContent = probabilities ? percent(probability) : "–";
      item.dataset.rank = String(ranking.indexOf(digit) + 1);
    });
  }
}

/** @param {number} digit */
function createBar(digit) {
  const item = document.createElement("li");
  const label = createSpan("label", `${digit}`);
  const value = createSpan("value", "–");
  const track = createSpan("track");
  const fill = createSpan("fill");
  track.append(fill, value, createSpan("visually-hidden", "%"));
  item.append(label, createSpan("visually-hidden", ": "), track);
  return { item, fill, value };
}

/** @param {string} className @param {string} [text] */
export function createSpan(className, text = "") {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}
