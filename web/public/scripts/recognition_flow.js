/** @import { Outcome } from "./api.js" */
import { recognise } from "./api.js";

/** A pause this long after a stroke means that the digit is finished: 4, 5 and 7 have more than one. */
export const IDLE_MS = 200;

/** A Retry-After longer than this is left to the person. */
const MAX_WAIT_SECONDS = 30;

/**
 * Asks about the drawing as it is now, and only the newest question counts: asking anew aborts the one before.
 * Tells of "asking" and "outcome" ({outcome, retryInSeconds}).
 */
export class Enquiry extends EventTarget {
  #takePicture;
  #newest = 0;
  #timer = 0;
  #abort = new AbortController();

  /** @param {() => Promise<Blob>} takePicture */
  constructor(takePicture) {
    super();
    this.#takePicture = takePicture;
  }

  /** Asks once the pen has rested. */
  askWhenIdle() {
    this.abandon();
    this.#timer = setTimeout(() => this.ask(), IDLE_MS);
  }

  /** @param {{isRetry?: boolean}} [how] */
  async ask({ isRetry = false } = {}) {
    this.abandon();
    const number = this.#newest;
    const { signal } = this.#abort;
    this.#tell("asking");
    const outcome = await recognise(await this.#takePicture(), signal);
    if (number !== this.#newest) return;
    const retryInSeconds = isRetry ? null : waitOf(outcome);
    if (retryInSeconds !== null) {
      this.#timer = setTimeout(() => this.ask({ isRetry: true }), retryInSeconds * 1000);
    }
    this.#tell("outcome", { outcome, retryInSeconds });
  }

  /** Whatever was asked or planned no longer matters. */
  abandon() {
    this.#newest += 1;
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  /** @param {string} what @param {object} [detail] */
  #tell(what, detail) { this.dispatchEvent(new CustomEvent(what, { detail })); }
}

/** @param {Outcome} outcome @returns {number | null} seconds after which the server invites another try */
function waitOf(outcome) {
  const seconds = outcome.kind === "refusal" && [429, 503].includes(outcome.status) ? outcome.retryAfterSeconds : null;
  return seconds !== null && seconds <= MAX_WAIT_SECONDS ? seconds : null;
}
