/** @import { Answered, Digit, Explanation, NumberReading } from "./api.js" */
import { Chart } from "./chart.js";
import { createDigitButton } from "./number_digits.js";
import { Why } from "./why.js";

/** What an answer rests on: ten probabilities and the network's input, of the digit or of one that is picked from a number. */
export class Evidence {
  #chart; #number; #digits; #pixels; #meta; #why;
  #input = new Image(28, 28);
  /** @type {Answered | null} */ #shown = null;

  /**
   * @param {(id: string) => HTMLElement} byId
   * @param {() => Promise<Explanation | null>} explain @param {(text: string) => void} announce
   */
  constructor(byId, explain, announce) {
    this.#why = new Why(byId, explain, announce);
    this.#chart = new Chart(byId("chart"));
    this.#number = byId("number");
    this.#digits = byId("digits");
    this.#pixels = byId("pixels");
    this.#meta = byId("meta");
    this.#input.alt = "The drawing as the network sees it: white ink on black, 28 by 28 pixels";
  }

  /** @param {Answered | null} outcome */
  show(outcome) {
    if (outcome === this.#shown) return; // what is picked stays picked
    this.#shown = outcome;
    this.#number.hidden = outcome?.kind !== "number";
    this.#digits.replaceChildren();
    if (outcome?.kind === "number") this.#showNumber(outcome.number);
    else this.#showDigit(outcome?.recognition ?? null);
    this.#meta.textContent = outcome ? describeModel(outcome) : "";
    this.#why.offer(outcome?.kind === "recognition" ? outcome.recognition : null);
  }

  /** The last digit, which is the one that is being drawn, is picked at first. @param {NumberReading} number */
  #showNumber({ digits, lines }) {
    const inOrder = lines.flat().map((at) => digits[at]);
    const buttons = inOrder.map((digit, index) => {
      const button = createDigitButton(digit, index);
      button.addEventListener("click", () => pick(button));
      return button;
    });
    const pick = (/** @type {HTMLElement} */ picked) => {
      for (const button of buttons) button.setAttribute("aria-pressed", String(button === picked));
      this.#showDigit(inOrder[buttons.indexOf(picked)]);
    };
    this.#digits.append(...buttons.map(inItem));
    pick(buttons[buttons.length - 1]);
  }

  /** @param {Digit | null} digit */
  #showDigit(digit) {
    this.#chart.show(digit);
    if (digit) this.#input.src = digit.input;
    this.#pixels.replaceChildren(...(digit ? [this.#input] : []));
  }
}

/** @param {HTMLElement} content */
function inItem(content) {
  const item = document.createElement("li");
  item.append(content);
  return item;
}

/** @param {Answered} outcome */
function describeModel(outcome) {
  const { name, version } = outcome.kind === "number" ? outcome.number.model : outcome.recognition.model;
  return `${name} ${version}, answered in ${Math.round(outcome.milliseconds)} ms`;
}
