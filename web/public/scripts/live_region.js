/** Changes closer than this are told as one, the last: a screen reader is not to be talked over. */
const QUIET_MS = 500;

/** The page's one live region. */
export class Announcer {
  #region;
  #timer = 0;

  /** @param {HTMLElement} region */
  constructor(region) { this.#region = region; }

  /** @param {string} text */
  say(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => { this.#region.textContent = text; }, QUIET_MS);
  }
}
