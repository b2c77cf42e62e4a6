/** @import { Outcome, Recognition } from "./api.js" */
/** @import { Message } from "./messages.js" */
import { Chart } from "./chart.js";
import { DRAWING, outcomeMessage, percent, rankDigits, WAITING } from "./messages.js";

/** After this long without an answer, a message says that it takes longer than usual. */
const SLOW_MS = 600;

/** @typedef {"empty" | "drawing" | "waiting" | Recognition["verdict"] | "failure"} State */

/** The answer panel. Its state is in `data-state` for the stylesheet; in "drawing" and "waiting" an older answer fades. */
export class Answer {
  #root; #numeral; #headline; #detail; #retry; #pixels; #meta; #chart;
  #slowTimer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
    this.#root = root;
    this.#numeral = byId("numeral");
    this.#headline = byId("headline");
    this.#detail = byId("detail");
    this.#retry = byId("retry");
    this.#pixels = byId("pixels");
    this.#meta = byId("meta");
    this.#chart = new Chart(byId("chart"));
  }

  /** @param {Message} message */
  showEmpty(message) {
    this.#render("empty", "?", message);
    this.#renderEvidence(null);
  }

  /** Fades an answer on display: the drawing has changed since. */
  showDrawing() {
    if (this.#root.dataset.state === "empty") this.#render("drawing", "?", DRAWING);
    else this.#setState("drawing");
  }

  /** Shows a message only when the answer is slow: most answers arrive sooner than it could be read. */
  showWaiting() {
    this.#setState("waiting");
    this.#slowTimer = setTimeout(() => this.#render("waiting", "?", WAITING), SLOW_MS);
  }

  /**
   * @param {Outcome} outcome @param {number | null} retryInSeconds
   * @returns {string} the same as text, for the live region
   */
  show(outcome, retryInSeconds) {
    const message = outcomeMessage(outcome);
    if (outcome.kind === "recognition") return this.#showRecognition(outcome.recognition, outcome.milliseconds, message);
    const wait = retryInSeconds === null ? "" : ` Retrying in ${Math.max(1, retryInSeconds)} s.`;
    const detail = message.detail + wait;
    this.#render("failure", "!", { ...message, detail });
    this.#renderEvidence(null);
    return `${message.headline}. ${detail}`;
  }

  /** @param {Recognition} recognition @param {number} milliseconds @param {Message} message */
  #showRecognition(recognition, milliseconds, message) {
    const { verdict, digit, probabilities, model } = recognition;
    const [first, second] = rankDigits(probabilities);
    const numeral = { digit: `${digit}`, unsure: `${first}/${second}`, not_a_digit: "≠" }[verdict];
    this.#render(verdict, numeral, message);
    this.#renderEvidence(recognition);
    this.#meta.textContent = `${model.name} ${model.version}, answered in ${Math.round(milliseconds)} ms`;
    const next = verdict === "digit" ? ` Next: ${second}, ${percent(probabilities[second])}%.` : "";
    return `${message.headline}, ${message.detail}.${next}`.replace("..", ".");
  }

  /** @param {State} state @param {string} numeral @param {Message} message */
  #render(state, numeral, { headline, detail, canRetry = false }) {
    this.#setState(state);
    const [first, second] = numeral.split("/");
    this.#numeral.replaceChildren(createGlyph(first), ...(second ? [createOr(), createGlyph(second)] : []));
    this.#headline.textContent = headline;
    this.#detail.textContent = detail;
    if (!canRetry && document.activeElement === this.#retry) this.#root.focus({ preventScroll: true });
    this.#retry.hidden = !canRetry;
  }

  /** @param {State} state */
  #setState(state) {
    clearTimeout(this.#slowTimer);
    this.#root.dataset.state = state;
  }

  /** @param {Recognition | null} recognition */
  #renderEvidence(recognition) {
    this.#chart.show(recognition?.probabilities ?? null);
    this.#pixels.replaceChildren(...(recognition ? [createNetworkInput(recognition.input)] : []));
    this.#meta.textContent = "";
  }
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
