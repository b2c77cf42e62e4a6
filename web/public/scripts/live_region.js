/** Messages closer together than this replace each other, so a screen reader reads only the last one. */
const DEBOUNCE_MS = 500;

/** The message is removed after this time: a reader that goes through the page finds the answer where it is, and only there. */
const REMOVE_MS = 5000;

/** The page's only ARIA live region. */
export class LiveRegion {
  #element;
  #timer = 0;

  /** @param {HTMLElement} element */
  constructor(element) { this.#element = element; }

  /** @param {string} text */
  announce(text) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#element.textContent = text;
      this.#timer = setTimeout(() => { this.#element.textContent = ""; }, REMOVE_MS);
    }, DEBOUNCE_MS);
  }
}
