/** @import { Digit, NumberReading, Outcome, Recognition } from "./api.js" */
/** @import { Message } from "./messages.js" */
import { Chart } from "./chart.js";
import { digitLabel, DRAWING, outcomeMessage, percent, rankDigits, spoken, WAITING } from "./messages.js";
import { createDigitItem } from "./number_digits.js";

/** After this long without an answer, a message says that it takes longer than usual. */
const SLOW_MS = 600;

/** @typedef {"empty" | "drawing" | "waiting" | Recognition["verdict"] | "number" | "failure"} State */

/**
 * The answer panel. For the stylesheet, `data-state` is its state, and `data-shown` the state whose content is on display:
 * in "drawing" and "waiting" an older answer stays, faded.
 */
export class Answer {
  #root; #numeral; #headline; #detail; #retry; #probabilities; #chart; #number; #digits; #pixels; #meta;
  #timer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
    this.#root = root;
    this.#numeral = byId("numeral");
    this.#headline = byId("headline");
    this.#detail = byId("detail");
    this.#retry = byId("retry");
    this.#probabilities = byId("probabilities");
    this.#chart = new Chart(byId("chart"));
    this.#number = byId("number");
    this.#digits = byId("digits");
    this.#pixels = byId("pixels");
    this.#meta = byId("meta");
  }

  /** @param {Message} message */
  showEmpty(message) {
    this.#render("empty", [createGlyph("?")], message);
    this.#renderEvidence(null);
  }

  /** Fades an answer on display, and replaces a message: the drawing has changed since. */
  showDrawing() {
    const isMessage = ["empty", "waiting", "failure"].includes(this.#root.dataset.shown ?? "");
    if (isMessage) this.#render("drawing", [createGlyph("?")], DRAWING);
    else this.#setState("drawing");
  }

  /** Shows a message only when the answer is slow: most answers arrive sooner than it could be read. */
  showWaiting() {
    this.#setState("waiting");
    this.#timer = setTimeout(() => this.#render("waiting", [createGlyph("?")], WAITING), SLOW_MS);
  }

  /**
   * @param {Outcome} outcome @param {number | null} retryInSeconds
   * @returns {string} the same as text, for the live region
   */
  show(outcome, retryInSeconds) {
    const message = outcomeMessage(outcome);
    if (outcome.kind === "recognition") return this.#showRecognition(outcome.recognition, outcome.milliseconds, message);
    if (outcome.kind === "number") return this.#showNumber(outcome.number, outcome.milliseconds, message);
    return this.showFailure(message, retryInSeconds);
  }

  /** @param {Message} message @param {number | null} [retryInSeconds] @returns {string} the same as text */
  showFailure(message, retryInSeconds = null) {
    this.#render("failure", [createGlyph("!")], message);
    this.#renderEvidence(null);
    if (retryInSeconds !== null) this.#countDown(message.detail, Math.max(1, retryInSeconds));
    return `${message.headline}. ${this.#detail.textContent}`;
  }

  /** @param {string} detail @param {number} seconds */
  #countDown(detail, seconds) {
    this.#detail.textContent = `${detail} Trying again in ${seconds} s.`;
    if (seconds > 1) this.#timer = setTimeout(() => this.#countDown(detail, seconds - 1), 1000);
  }

  /** @param {Recognition} recognition @param {number} milliseconds @param {Message} message */
  #showRecognition(recognition, milliseconds, message) {
    const { verdict, probabilities } = recognition;
    const second = rankDigits(probabilities)[1];
    const glyphs = (verdict === "not_a_digit" ? "≠" : digitLabel(recognition)).split("/").map(createGlyph);
    this.#render(verdict, glyphs.length > 1 ? [glyphs[0], createOr(), glyphs[1]] : glyphs, message);
    this.#renderEvidence(recognition);
    this.#renderMeta(recognition, milliseconds);
    const next = verdict === "digit" ? ` Next: ${second}, ${percent(probabilities[second])}%.` : "";
    return `${message.headline}, ${message.detail}.${next}`.replace("..", ".");
  }

  /** @param {NumberReading} number @param {number} milliseconds @param {Message} message */
  #showNumber(number, milliseconds, message) {
    const lines = number.lines.map((line) => line.map((index) => number.digits[index]));
    this.#render("number", lines.map(createLine), message);
    this.#numeral.style.setProperty("--columns", String(Math.max(...lines.map((line) => line.length))));
    this.#renderEvidence(null);
    this.#digits.replaceChildren(...lines.flat().map(createDigitItem));
    this.#probabilities.hidden = this.#pixels.hidden = true;
    this.#number.hidden = false;
    this.#renderMeta(number, milliseconds);
    return spoken(`${message.headline}, ${message.detail}.`.replace("..", "."));
  }

  /** @param {State} state @param {Element[]} numeral @param {Message} message */
  #render(state, numeral, { headline, detail, canRetry = false }) {
    this.#setState(state);
    this.#root.dataset.shown = state;
    this.#numeral.replaceChildren(...numeral);
    this.#headline.textContent = headline;
    this.#detail.textContent = detail;
    if (!canRetry && document.activeElement === this.#retry) this.#root.focus({ preventScroll: true });
    this.#retry.hidden = !canRetry;
  }

  /** @param {State} state */
  #setState(state) {
    clearTimeout(this.#timer);
    this.#root.dataset.state = state;
  }

  /** @param {Recognition | null} recognition */
  #renderEvidence(recognition) {
    this.#probabilities.hidden = this.#pixels.hidden = false;
    this.#number.hidden = true;
    this.#digits.replaceChildren();
    this.#chart.show(recognition?.probabilities ?? null);
    this.#pixels.replaceChildren(...(recognition ? [createNetworkInput(recognition.input)] : []));
    this.#meta.textContent = "";
  }

  /** @param {{model: Recognition["model"]}} answer @param {number} milliseconds */
  #renderMeta({ model }, milliseconds) {
    this.#meta.textContent = `${model.name} ${model.version}, answered in ${Math.round(milliseconds)} ms`;
  }
}

/** @param {Digit[]} digits of one line of a number */
function createLine(digits) {
  const line = document.createElement("span");
  line.className = "line";
  line.append(...digits.map((digit) => {
    const glyph = createGlyph(digitLabel(digit)[0]);
    glyph.dataset.verdict = digit.verdict;
    return glyph;
  }));
  return line;
}

/** @param {string} text */
function createGlyph(text) {
  const glyph = document.createElement("span");
  glyph.className = "glyph";
  glyph.textContent = text;
  return glyph;
}

function createOr() {
  const or = document.createElement("span");
  or.className = "or";
  or.textContent = "or";
  return or;
}

/** @param {string} dataUrl */
function createNetworkInput(dataUrl) {
  const image = new Image(28, 28);
  image.src = dataUrl;
  image.alt = "The drawing as the network sees it: white ink on black, 28 by 28 pixels";
  return image;
}
