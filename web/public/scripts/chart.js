import { percent, ranked } from "./messages.js";

/** Ten bars, one a digit, each with its value as text. */
export class Chart {
  #bars;

  /** @param {HTMLElement} list an empty list */
  constructor(list) {
    this.#bars = Array.from({ length: 10 }, (_, digit) => barOf(digit));
    list.append(...this.#bars.map((bar) => bar.item));
  }

  /** @param {number[] | null} probabilities null empties the chart */
  show(probabilities) {
    const order = probabilities ? ranked(probabilities) : [];
    this.#bars.forEach(({ item, ink, value }, digit) => {
      const share = probabilities?.[digit] ?? 0;
      ink.style.setProperty("--share", String(share));
      value.textContent = probabilities ? percent(share) : "–";
      item.dataset.rank = String(order.indexOf(digit) + 1);
    });
  }
}

/** @param {number} digit */
function barOf(digit) {
  const item = document.createElement("li");
  const name = spanOf("name", `${digit}`);
  const value = spanOf("value", "–");
  const track = spanOf("track");
  const ink = spanOf("ink");
  track.append(ink, value, spanOf("visually-hidden", " %"));
  item.append(name, spanOf("visually-hidden", ": "), track);
  return { item, ink, value };
}

/** @param {string} className @param {string} [text] */
function spanOf(className, text = "") {
  const span = document.createElement("span");
  span.className = className;
  span.textContent = text;
  return span;
}
