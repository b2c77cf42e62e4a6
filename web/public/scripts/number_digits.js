/** @import { Digit } from "./api.js" */
import { createSpan } from "./chart.js";
import { digitLabel, percent } from "./readings.js";

/**
 * Creates a button that picks a number's digit, with what the network saw of it and what it recognized.
 *
 * @param {Digit} digit
 * @param {number} index in reading order
 * @returns {HTMLElement}
 */
export function createDigitButton(digit, index) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.verdict = digit.verdict;
  const image = new Image(28, 28);
  image.src = digit.input;
  image.alt = `Digit ${index + 1} as the network sees it`;
  button.append(
    image,
    createSpan("label", digitLabel(digit)),
    createSpan("visually-hidden", ": "),
    createSpan("value", percent(digit.confidence)),
    createSpan("visually-hidden", "%"),
  );
  return button;
}
