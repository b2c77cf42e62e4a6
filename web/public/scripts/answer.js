/** @import { Answered, Digit, Explanation, NumberReading, Outcome, Recognition } from "./api.js" */
/** @import { Message } from "./messages.js" */
import { isAnswer } from "./api.js";
import { Evidence } from "./evidence.js";
import { DRAWING, outcomeMessage, spoken, tentativeMessage, WAITING } from "./messages.js";
import { digitLabel, percent, rankDigits } from "./readings.js";

/** After this long without an answer, a message says that it takes longer than usual. */
const SLOW_MS = 600;

/** @typedef {"empty" | "drawing" | "waiting" | Recognition["verdict"] | "number" | "failure"} State */

/**
 * The answer panel. For the stylesheet, `data-state` is its state, and `data-shown` the state whose content is on display:
 * in "drawing" and "waiting" an older or tentative answer is there, in pencil.
 */
export class Answer {
  #root; #numeral; #headline; #detail; #retry; #evidence;
  #timer = 0;

  /**
   * @param {HTMLElement} root
   * @param {() => Promise<Explanation | null>} explain what is on the sheet @param {(text: string) => void} announce
   */
  constructor(root, explain, announce) {
    const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (root.querySelector(`#${id}`));
    this.#root = root;
    this.#numeral = byId("numeral");
    this.#headline = byId("headline");
    this.#detail = byId("detail");
    this.#retry = byId("retry");
    this.#evidence = new Evidence(byId, explain, announce);
  }

  /** @param {Message} message */
  showEmpty(message) {
    this.#render("empty", [createGlyph("?")], message);
    this.#evidence.show(null);
  }

  /** An answer on display is an older one, and a message is replaced: the drawing has changed since. */
  showDrawing() {
    const isMessage = ["empty", "waiting", "failure"].includes(this.#root.dataset.shown ?? "");
    if (isMessage) this.#render("drawing", [createGlyph("?")], DRAWING);
    else this.#setState("drawing");
  }

  /** Shows the answer to a drawing that goes on. It changes as little as possible: others follow. @param {Answered} outcome */
  showTentative(outcome) {
    if (outcome.kind === "number") this.#render("drawing", this.#toLines(outcome.number), tentativeMessage(outcome), "number");
    else this.#render("drawing", [createGlyph(digitLabel(outcome.recognition)[0])], tentativeMessage(outcome), "digit");
    this.#evidence.show(outcome);
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
    if (!isAnswer(outcome)) return this.showFailure(message, retryInSeconds);
    if (outcome.kind === "number") this.#render("number", this.#toLines(outcome.number), message);
    else this.#render(outcome.recognition.verdict, toGlyphs(outcome.recognition), message);
    this.#evidence.show(outcome);
    const text = `${message.headline}, ${message.detail}.`.replace("..", ".");
    return outcome.kind === "number" ? spoken(text) : text + runnerUp(outcome.recognition);
  }

  /** @param {Message} message @param {number | null} [retryInSeconds] @returns {string} the same as text */
  showFailure(message, retryInSeconds = null) {
    this.#render("failure", [createGlyph("!")], message);
    this.#evidence.show(null);
    if (retryInSeconds !== null) this.#countDown(message.detail, Math.max(1, retryInSeconds));
    return `${message.headline}. ${this.#detail.textContent}`;
  }

  /** @param {string} detail @param {number} seconds */
  #countDown(detail, seconds) {
    this.#detail.textContent = `${detail} Trying again in ${seconds} s.`;
    if (seconds > 1) this.#timer = setTimeout(() => this.#countDown(detail, seconds - 1), 1000);
  }

  /** @param {NumberReading} number @returns {Element[]} its lines, in a size at which the longest fits */
  #toLines({ lines, digits }) {
    this.#numeral.style.setProperty("--columns", String(Math.max(...lines.map((line) => line.length))));
    return lines.map((line) => createLine(line.map((index) => digits[index])));
  }

  /** @param {State} state @param {Element[]} numeral @param {Message} message @param {State} [shown] */
  #render(state, numeral, { headline, detail, canRetry = false }, shown = state) {
    this.#setState(state);
    this.#root.dataset.shown = shown;
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
}

/** @param {Recognition} recognition @returns {Element[]} */
function toGlyphs(recognition) {
  const [first, second] = (recognition.verdict === "not_a_digit" ? "≠" : digitLabel(recognition)).split("/").map(createGlyph);
  return second ? [first, createOr(), second] : [first];
}

/** @param {Recognition} recognition @returns {string} a sentence about the second digit, if only one is shown */
function runnerUp({ verdict, probabilities }) {
  const second = rankDigits(probabilities)[1];
  return verdict === "digit" ? ` Next: ${second}, ${percent(probabilities[second])}%.` : "";
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
