/** @import { Outcome } from "./api.js" */
import { readNumber, recognizeDigit } from "./api.js";

/** A pause this long after a stroke means that the digit is complete: 4, 5 and 7 often have more than one stroke. */
export const IDLE_MS = 200;

/** How long to wait before each new try when the server cannot be reached; the last one repeats. */
const RECONNECT_SECONDS = [2, 4, 8, 15, 30];

/** A Retry-After longer than this is not waited for; the user can retry by hand. */
const MAX_WAIT_SECONDS = 30;

/** @typedef {{outcome: Outcome, retryInSeconds: number | null, isRetry: boolean}} OutcomeDetail */

/**
 * Debounces, aborts and retries recognition requests. Only the newest request counts: a new one aborts the one before.
 * Fires "request" when a request starts, and "outcome" with an OutcomeDetail when it ends.
 */
export class RecognitionFlow extends EventTarget {
  #getImage;
  #newest = 0;
  #timer = 0;
  #abort = new AbortController();

  /** @param {() => Promise<Blob>} getImage returns the image to recognize */
  constructor(getImage) {
    super();
    this.#getImage = getImage;
  }

  /** Sends a request once nothing has been drawn for IDLE_MS. */
  requestWhenIdle() {
    this.cancel();
    this.#timer = setTimeout(() => this.request(), IDLE_MS);
  }

  /** @param {number} [tries] how many automatic tries were before this one */
  async request(tries = 0) {
    this.cancel();
    const number = this.#newest;
    const { signal } = this.#abort;
    this.dispatchEvent(new Event("request"));
    const outcome = await this.#ask(signal);
    if (number !== this.#newest) return;
    const retryInSeconds = retryDelay(outcome, tries);
    if (retryInSeconds !== null) {
      this.#timer = setTimeout(() => this.request(tries + 1), retryInSeconds * 1000);
    }
    /** @type {OutcomeDetail} */
    const detail = { outcome, retryInSeconds, isRetry: tries > 0 };
    this.dispatchEvent(new CustomEvent("outcome", { detail }));
  }

  /** @param {AbortSignal} signal @returns {Promise<Outcome>} */
  async #ask(signal) {
    try {
      return await recognizeOrRead(await this.#getImage(), signal);
    } catch (error) {
      console.error(error);
      return { kind: "broken" };
    }
  }

  /** Aborts the current request and any scheduled one. */
  cancel() {
    this.#newest += 1;
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}

/**
 * Reads an image of several digits as a number. If that fails, the recognition stands.
 *
 * @param {Blob} image @param {AbortSignal} signal @returns {Promise<Outcome>}
 */
async function recognizeOrRead(image, signal) {
  const recognizing = await recognizeDigit(image, signal);
  if (recognizing.kind !== "recognition" || !recognizing.recognition.hint) return recognizing;
  const reading = await readNumber(image, signal);
  if (reading.kind !== "number" || reading.number.digits.every(({ verdict }) => verdict === "not_a_digit")) return recognizing;
  return { ...reading, milliseconds: recognizing.milliseconds + reading.milliseconds };
}

/** @param {Outcome} outcome @param {number} tries @returns {number | null} seconds until the next try, null for none */
function retryDelay(outcome, tries) {
  if (outcome.kind === "unreachable") return RECONNECT_SECONDS[Math.min(tries, RECONNECT_SECONDS.length - 1)];
  const seconds = tries === 0 && outcome.kind === "refusal" && [429, 503].includes(outcome.status) ? outcome.retryAfterSeconds : null;
  return seconds !== null && seconds <= MAX_WAIT_SECONDS ? seconds : null;
}
