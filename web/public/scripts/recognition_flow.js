/** @import { Answered, Outcome } from "./api.js" */
/** @import { Step } from "./drawing.js" */
import { isAnswer } from "./api.js";
import { identityOf } from "./drawing.js";
import { readSheet } from "./sheet_reading.js";

/** While a stroke is drawn, the least pause between an answer and the next request. It is no shorter than the answer took. */
const PAUSE_MS = 100;

/** The same after a number, which costs the server many times as much. */
const NUMBER_PAUSE_MS = 400;

/** How long to wait before each new try when the server cannot be reached; the last one repeats. */
const RECONNECT_SECONDS = [2, 4, 8, 15, 30];

/** A Retry-After longer than this is not waited for; the user can retry by hand. */
const MAX_WAIT_SECONDS = 30;

/** @typedef {{outcome: Outcome, retryInSeconds: number | null, isRetry: boolean}} OutcomeDetail */
/** @typedef {{identity: object, tries: number, isTentative: boolean, abort: AbortController}} Asked */

/**
 * Asks what is on the sheet, one request at a time; a new one aborts the one before. Fires "request" when an answer is
 * asked for, "outcome" with an OutcomeDetail when it is there, and "tentative" with an Answered while a stroke is drawn.
 */
export class RecognitionFlow extends EventTarget {
  #getSheet;
  #timer = 0;
  #pause = PAUSE_MS;
  #isFailing = false;
  /** @type {Asked | null} */ #underWay = null;
  /** @type {WeakMap<object, Answered>} */ #answers = new WeakMap();

  /** @param {() => Step} getSheet returns what is on the sheet, with the stroke in progress */
  constructor(getSheet) {
    super();
    this.#getSheet = getSheet;
  }

  /** Asks for a tentative answer after a pause, unless one is on its way, or the last request failed. */
  sketch() {
    if (this.#underWay || this.#timer || this.#isFailing) return;
    this.#timer = setTimeout(() => this.#send(true), this.#pause);
  }

  /** Asks for the answer now. One that is there, or on its way, is not asked for again. */
  request(tries = 0) {
    const underWay = this.#underWay;
    if (underWay?.isTentative && underWay.identity === identityOf(this.#getSheet())) {
      underWay.isTentative = false;
      this.dispatchEvent(new Event("request"));
    } else {
      this.cancel();
      this.#send(false, tries);
    }
  }

  /** Aborts the current request and any scheduled one. */
  cancel() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#underWay?.abort.abort();
    this.#underWay = null;
  }

  /** @param {Step} step @returns {Answered | undefined} its answer, if it had one */
  answerTo(step) { return this.#answers.get(identityOf(step)); }

  /** @param {boolean} isTentative @param {number} [tries] how many automatic tries were before this one */
  async #send(isTentative, tries = 0) {
    const sheet = this.#getSheet();
    /** @type {Asked} */
    const request = { identity: identityOf(sheet), tries, isTentative, abort: new AbortController() };
    this.#timer = 0;
    this.#underWay = request;
    if (!isTentative) this.dispatchEvent(new Event("request"));
    const startedAt = performance.now();
    const outcome = await (this.answerTo(sheet) ?? this.#ask(sheet, request));
    if (request !== this.#underWay) return;
    this.#underWay = null;
    this.#pause = Math.max(outcome.kind === "number" ? NUMBER_PAUSE_MS : PAUSE_MS, performance.now() - startedAt);
    this.#isFailing = !isAnswer(outcome);
    if (isAnswer(outcome)) this.#answers.set(request.identity, outcome);
    if (request.isTentative) this.#goOn(outcome, request);
    else this.#settle(outcome, request);
  }

  /** @param {Step} sheet @param {Asked} request @returns {Promise<Outcome>} */
  async #ask(sheet, request) {
    try {
      return await readSheet(sheet, request.abort.signal, request.isTentative);
    } catch (error) {
      console.error(error);
      return { kind: "broken" };
    }
  }

  /** Nobody is told of a failure before the pen is lifted. @param {Outcome} outcome @param {Asked} request */
  #goOn(outcome, request) {
    if (this.#isFailing) return;
    this.dispatchEvent(new CustomEvent("tentative", { detail: outcome }));
    if (request.identity !== identityOf(this.#getSheet())) this.sketch();
  }

  /** @param {Outcome} outcome @param {Asked} request */
  #settle(outcome, { tries }) {
    const retryInSeconds = retryDelay(outcome, tries);
    if (retryInSeconds !== null) this.#timer = setTimeout(() => this.request(tries + 1), retryInSeconds * 1000);
    /** @type {OutcomeDetail} */
    const detail = { outcome, retryInSeconds, isRetry: tries > 0 };
    this.dispatchEvent(new CustomEvent("outcome", { detail }));
  }
}

/** @param {Outcome} outcome @param {number} tries @returns {number | null} seconds until the next try, null for none */
function retryDelay(outcome, tries) {
  if (outcome.kind === "unreachable") return RECONNECT_SECONDS[Math.min(tries, RECONNECT_SECONDS.length - 1)];
  const seconds = tries === 0 && outcome.kind === "refusal" && [429, 503].includes(outcome.status) ? outcome.retryAfterSeconds : null;
  return seconds !== null && seconds <= MAX_WAIT_SECONDS ? seconds : null;
}
