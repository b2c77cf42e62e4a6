/** @import { Explanation, Recognition } from "./api.js" */
import { SVG } from "./found_boxes.js";
import { whyMessage } from "./messages.js";
import { withArticle } from "./readings.js";

/** The button that explains an answer: it tints the network's input by what speaks for the digit, and says it in words. */
export class Why {
  #button; #words; #pixels; #explain; #announce;
  #overlay = document.createElementNS(SVG, "svg");
  #plainWords;
  /** @type {Recognition | null} */ #recognition = null;

  /**
   * @param {(id: string) => HTMLElement} byId
   * @param {() => Promise<Explanation | null>} explain @param {(text: string) => void} announce
   */
  constructor(byId, explain, announce) {
    this.#button = byId("why");
    this.#words = byId("seen");
    this.#pixels = byId("pixels");
    this.#plainWords = this.#words.textContent;
    this.#explain = explain;
    this.#announce = announce;
    this.#overlay.setAttribute("viewBox", "0 0 28 28");
    this.#overlay.setAttribute("aria-hidden", "true");
    this.#button.addEventListener("click", () => this.#toggle());
  }

  /** @param {Recognition | null} recognition null for none, or what is not a digit */
  offer(recognition) {
    this.#recognition = recognition?.verdict === "not_a_digit" ? null : recognition;
    this.#button.hidden = !this.#recognition;
    if (this.#recognition) this.#button.textContent = `Why ${withArticle(this.#recognition.digit)}?`;
    this.#hide();
  }

  async #toggle() {
    const recognition = this.#recognition;
    if (!recognition) return;
    if (this.#button.getAttribute("aria-pressed") === "true") return this.#hide();
    this.#button.setAttribute("aria-pressed", "true");
    const explanation = await this.#explain();
    const isWanted = recognition === this.#recognition && this.#button.getAttribute("aria-pressed") === "true";
    if (!isWanted) return;
    this.#words.textContent = whyMessage(recognition.digit, explanation);
    this.#announce(this.#words.textContent);
    if (!explanation) return this.#button.setAttribute("aria-pressed", "false");
    this.#overlay.replaceChildren(...tints(explanation), ...frame(explanation));
    this.#pixels.append(this.#overlay);
  }

  #hide() {
    this.#button.setAttribute("aria-pressed", "false");
    this.#words.textContent = this.#plainWords;
    this.#overlay.remove();
  }
}

/** @param {Explanation} explanation @returns {Element[]} one for each pixel that speaks for or against the digit */
function tints({ map }) {
  const most = Math.max(...map.flat().map(Math.abs));
  return map.flatMap((row, y) => row.flatMap((worth, x) => {
    if (worth === 0) return [];
    const tint = createBox(worth > 0 ? "for" : "against", { x, y, width: 1, height: 1 });
    tint.setAttribute("fill-opacity", (Math.abs(worth) / most).toFixed(2));
    return [tint];
  }));
}

/** @param {Explanation} explanation */
function frame({ removal }) {
  if (!removal) return [];
  const { left, top, width, height } = removal.box;
  return [createBox("frame", { x: left, y: top, width, height })];
}

/** @param {string} className @param {Record<string, number>} attributes */
function createBox(className, attributes) {
  const rect = document.createElementNS(SVG, "rect");
  rect.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes)) rect.setAttribute(name, String(value));
  return rect;
}
