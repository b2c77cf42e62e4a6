/** @import { Explanation, NumberReading, Outcome, Recognizing } from "./api.js" */
/** @import { Step } from "./drawing.js" */
import { explainDigit, readNumber, recognizeDigit } from "./api.js";
import { isNumber, renderImage } from "./ink.js";

/**
 * Recognizes what is on the sheet: the one digit, or all digits of a number.
 *
 * @param {Step} step that is not blank @param {AbortSignal} signal @param {boolean} isDraft whether it is still being drawn
 * @returns {Promise<Outcome>}
 */
export async function readSheet({ strokes, picture }, signal, isDraft) {
  const image = picture?.blob ?? await renderImage(strokes);
  return !picture && isNumber(strokes) ? readOrRecognize(image, signal) : recognizeOrRead(image, signal, isDraft);
}

/** Explains the answer to what is on the sheet. @param {Step} step @returns {Promise<Explanation | null>} */
export async function explainSheet({ strokes, picture }) {
  return explainDigit(picture?.blob ?? await renderImage(strokes));
}

/**
 * Reads an image of several digits as a number. If that fails, the recognition stands, without a hint that was wrong.
 *
 * @param {Blob} image @param {AbortSignal} signal @param {boolean} isDraft @returns {Promise<Outcome>}
 */
async function recognizeOrRead(image, signal, isDraft) {
  const recognizing = await recognizeDigit(image, signal, isDraft);
  if (recognizing.kind !== "recognition" || !recognizing.recognition.hint) return recognizing;
  const reading = await readNumber(image, signal);
  if (reading.kind !== "number") return recognizing;
  if (!hasDigits(reading.number)) return withoutHint(recognizing);
  return { ...reading, milliseconds: recognizing.milliseconds + reading.milliseconds };
}

/**
 * Reads strokes that seem to be several digits. If they are none, they are recognized as a whole.
 *
 * @param {Blob} image @param {AbortSignal} signal @returns {Promise<Outcome>}
 */
async function readOrRecognize(image, signal) {
  const reading = await readNumber(image, signal);
  const isRefused = reading.kind === "refusal" && reading.status === 422;
  if (isRefused || (reading.kind === "number" && !hasDigits(reading.number))) return withoutHint(await recognizeDigit(image, signal));
  if (reading.kind !== "number" || reading.number.digits.length > 1) return reading;
  const { digits: [digit], model } = reading.number;
  return { kind: "recognition", recognition: { ...digit, model }, milliseconds: reading.milliseconds };
}

/** @param {Recognizing} outcome @returns {Recognizing} */
function withoutHint(outcome) {
  if (outcome.kind !== "recognition") return outcome;
  return { ...outcome, recognition: { ...outcome.recognition, hint: undefined } };
}

/** @param {NumberReading} number */
const hasDigits = ({ digits }) => digits.some(({ verdict }) => verdict !== "not_a_digit");
