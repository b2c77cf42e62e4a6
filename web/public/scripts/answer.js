/** @import { Outcome, Recognition } from "./api.js" */
/** @import { Message } from "./messages.js" */
import { Chart } from "./chart.js";
import { DRAWING, messageOf, percent, ranked, THINKING } from "./messages.js";

/** An answer later than this is awaited in words. */
const SLOW_MS = 600;

/**
 * The right-hand page. What it shows is one of these states, in `data-state` for the stylesheet:
 * empty, drawing, thinking (in both an older answer fades), digit, unsure, not_a_digit, failure.
 */
export class Answer {
  #root; #numeral; #headline; #detail; #retry; #pixels; #meta; #chart;
  #slow = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    const part = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
    this.#root = root;
    this.#numeral = part("numeral");
    this.#headline = part("headline");
    this.#detail = part("detail");
    this.#retry = part("retry");
    this.#pixels = part("pixels");
    this.#meta = part("meta");
    this.#chart = new Chart(part("chart"));
  }

  /** @param {Message} message */
  showEmpty(message) {
    this.#write("empty", "?", message);
    this.#showEvidence(null);
  }

  /** An answer that stands is about a drawing that has changed since: it fades. */
  showDrawing() {
    if (this.#root.dataset.state === "empty") this.#write("drawing", "?", DRAWING);
    else this.#turnTo("drawing");
  }

  /** Most answers come before anybody could read that they are awaited. */
  showThinking() {
    this.#turnTo("thinking");
    this.#slow = setTimeout(() => this.#write("thinking", "?", THINKING), SLOW_MS);
  }

  /**
   * @param {Outcome} outcome @param {number | null} retryInSeconds
   * @returns {string} the same, to be said
   */
  show(outcome, retryInSeconds) {
    const message = messageOf(outcome);
    if (outcome.kind === "recognition") return this.#showRecognition(outcome.recognition, outcome.milliseconds, message);
    const wait = retryInSeconds === null ? "" : ` Trying again in ${Math.max(1, retryInSeconds)} s.`;
    const detail = message.detail + wait;
    this.#write("failure", "!", { ...message, detail });
    this.#showEvidence(null);
    return `${message.headline}. ${detail}`;
  }

  /** @param {Recognition} recognition @param {number} milliseconds @param {Message} message */
  #showRecognition(recognition, milliseconds, message) {
    const { verdict, digit, probabilities, model } = recognition;
    const [first, second] = ranked(probabilities);
    const numeral = { digit: `${digit}`, unsure: `${first}/${second}`, not_a_digit: "≠" }[verdict];
    this.#write(verdict, numeral, message);
    this.#showEvidence(recognition);
    this.#meta.textContent = `${model.name} ${model.version}, answered in ${Math.round(milliseconds)} ms`;
    const next = verdict === "digit" ? ` Next: ${second}, ${percent(probabilities[second])} %.` : "";
    return `${message.headline}, ${message.detail}.${next}`.replace("..", ".");
  }

  /** @param {string} state @param {string} numeral @param {Message} message */
  #write(state, numeral, { headline, detail, canRetry = false }) {
    this.#turnTo(state);
    const [first, second] = numeral.split("/");
    this.#numeral.replaceChildren(glyphOf(first), ...(second ? [orOf(), glyphOf(second)] : []));
    this.#headline.textContent = headline;
    this.#detail.textContent = detail;
    if (!canRetry && document.activeElement === this.#retry) this.#root.focus({ preventScroll: true });
    this.#retry.hidden = !canRetry;
  }

  /** @param {string} state */
  #turnTo(state) {
    clearTimeout(this.#slow);
    this.#root.dataset.state = state;
  }

  /** @param {Recognition | null} recognition */
  #showEvidence(recognition) {
    this.#chart.show(recognition?.probabilities ?? null);
    this.#pixels.replaceChildren(...(recognition ? [pixelsOf(recognition.input)] : []));
    this.#meta.textContent = "";
  }
}

/** @param {string} text */
function glyphOf(text) {
  const glyph = document.createElement("span");
  glyph.className = "glyph";
  glyph.textContent = text;
  return glyph;
}

function orOf() {
  const or = document.createElement("span");
  or.className = "or";
  or.textContent = "or";
  return or;
}

/** @param {string} source */
function pixelsOf(source) {
  const image = new Image(28, 28);
  image.src = source;
  image.alt = "The drawing as the network sees it: white ink on black, 28 by 28 pixels";
  return image;
}
