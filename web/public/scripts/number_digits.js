/** @import { Digit } from "./api.js" */
import { createSpan } from "./chart.js";
import { digitLabel, percent } from "./messages.js";

/**
 * Creates a list item with what the network saw of a number's digit, and what it recognized.
 *
 * @param {Digit} digit
 * @param {number} index in reading order
 */
export function createDigitItem(digit, index) {
  const item = document.createElement("li");
  item.dataset.verdict = digit.verdict;
  const image = new Image(28, 28);
  image.src = digit.input;
  image.alt = `Digit ${index + 1} as the network sees it`;
  item.append(
    image,
    createSpan("label", digitLabel(digit)),
    createSpan("visually-hidden", ": "),
    createSpan("value", percent(digit.confidence)),
    createSpan("visually-hidden", "%"),
  );
  return item;
}
