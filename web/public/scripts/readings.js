/** What a recognized digit may be, and how that is written. */
/** @import { Digit } from "./api.js" */

const COMPETING = 0.1; // the probability from which on a second digit is shown

/** @param {number} probability @returns {string} as a percentage without the percent sign */
export function percent(probability) {
  if (probability > 0.9995) return ">99.9";
  return probability < 0.0005 ? "0" : (probability * 100).toFixed(1);
}

/** @param {number} digit */
export const withArticle = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** @param {number[]} probabilities @returns {number[]} the digits, most likely first */
export function rankDigits(probabilities) {
  return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
}

/** @param {Digit} digit @returns {number[]} what it may be, most likely first: one digit, or two that compete */
export function readings({ verdict, probabilities }) {
  const [first, second] = rankDigits(probabilities);
  return verdict === "unsure" && probabilities[second] >= COMPETING ? [first, second] : [first];
}

/** @param {Digit} digit @returns {string} what it may be, such as "7", "7/1" or "7?"; "?" for no digit */
export function digitLabel(digit) {
  const read = readings(digit).join("/");
  return { digit: read, unsure: read.length > 1 ? read : `${read}?`, not_a_digit: "?" }[digit.verdict];
}
