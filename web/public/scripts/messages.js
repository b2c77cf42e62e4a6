/** All texts about outcomes. Uses no DOM. */
/** @import { Answered, Explanation, NumberReading, Outcome, Recognition, Refusal } from "./api.js" */
/** @import { ItemKind } from "./image_file.js" */
import { digitLabel, percent, readings, withArticle } from "./readings.js";

/**
 * @typedef {object} Message
 * @property {string} headline what happened
 * @property {string} detail what it means or what to do
 * @property {boolean} [canRetry] whether the same image may succeed on another try
 */

/** @type {Message} */
export const NOTHING_YET = {
  headline: "Nothing drawn yet",
  detail: "The answer appears while you draw.",
};

/** @type {Message} */
export const DRAWING = { headline: "Keep going …", detail: "The answer may change until you lift the pen." };

/** @type {Message} */
export const WAITING = { headline: "Recognizing …", detail: "This is taking longer than usual." };

/** @type {Message} */
export const BLANK = { headline: "The canvas is blank", detail: "Draw a digit first. Nothing was sent." };

/** @type {Message} */
export const NO_DRAWING = { headline: "This link holds no drawing", detail: "It may have been cut off. Copy the whole link, or draw a digit." };

/** @type {Message} */
export const NOT_LOADED = { headline: "The photograph did not load", detail: "Check the connection, and choose it again." };

const LIST = new Intl.ListFormat("en");

/** @param {number} probability */
const inWords = (probability) => `${percent(probability).replace(">", "over ")}%`;

/** @param {string} text @returns {string} for the live region: percentages as they are spoken */
export const spoken = (text) => text.replace(/(\.0)?%/g, " percent");

/** @param {Recognition} recognition @returns {Message} */
export function recognitionMessage(recognition) {
  const { digit, verdict, probabilities, hint } = recognition;
  const percentOf = (/** @type {number} */ each) => inWords(probabilities[each]);
  if (verdict === "digit") return { headline: `It’s ${withArticle(digit)}`, detail: `${percentOf(digit)} sure` };
  if (verdict === "unsure") {
    const [first, second] = readings(recognition);
    const again = "Write it again with clear corners and loops.";
    return second === undefined
      ? { headline: `Perhaps ${withArticle(first)}`, detail: `If it is a digit at all. ${again}` }
      : {
        headline: `${capitalize(withArticle(first))} or ${withArticle(second)}?`,
        detail: `${percentOf(first)} versus ${percentOf(second)}. ${again}`,
      };
  }
  if (hint) return { headline: "Not a digit", detail: "There seem to be several. Try a single, large digit." };
  return {
    headline: "Not a digit",
    detail: `It looks like none of the ten digits. The closest is ${withArticle(digit)}. Try a single, large digit.`,
  };
}

/** @param {NumberReading} number @returns {string} its lines */
function numberText({ lines, digits }) {
  return LIST.format(lines.map((line) => line.map((index) => digitLabel(digits[index])[0]).join("")));
}

/** @param {NumberReading} number @returns {Message} */
function numberMessage(number) {
  const { lines, digits, verdict, confidence } = number;
  const headline = `The ${lines.length > 1 ? "numbers" : "number"} ${numberText(number)}`;
  const sure = `${inWords(confidence)} sure`;
  if (verdict === "digit") return { headline, detail: sure };
  if (verdict === "not_a_digit") {
    const count = digits.filter((digit) => digit.verdict === verdict).length;
    return { headline, detail: `${count} of ${digits.length} ${count > 1 ? "are not digits" : "is not a digit"}.` };
  }
  const doubts = digits.filter((digit) => digit.verdict === verdict).map((digit) => readings(digit).join(" or "));
  return { headline: `${headline}?`, detail: `${sure}. Not clear: ${doubts.join(", ")}.` };
}

/** @param {Answered} outcome @returns {Message} while the drawing goes on */
export function tentativeMessage(outcome) {
  if (outcome.kind === "number") return { ...DRAWING, headline: `Perhaps ${numberText(outcome.number)}` };
  const { digit, verdict } = outcome.recognition;
  return verdict === "not_a_digit" ? DRAWING : { ...DRAWING, headline: `Perhaps ${withArticle(digit)}` };
}

/** @param {number} digit @param {Explanation | null} explanation @returns {string} */
export function whyMessage(digit, explanation) {
  if (!explanation) return "The reason did not arrive. Try again.";
  const colors = `Blue ink speaks for ${digit}, red ink for ${explanation.runner_up}.`;
  return `${colors} ${explanation.removal ? `Without what is framed: ${explanation.removal.digit}.` : "No small part of it decides."}`;
}

/** @param {string} text */
const capitalize = (text) => text[0].toUpperCase() + text.slice(1);

/** @type {Record<string, Message>} */
const FAILURES = {
  offline: {
    headline: "You are offline",
    detail: "Your drawing or image is kept. It is sent when the connection is back.",
    canRetry: true,
  },
  unreachable: {
    headline: "The server can’t be reached",
    detail: "It may be restarting. Your drawing or image is kept.",
    canRetry: true,
  },
  timeout: {
    headline: "The request timed out",
    detail: "The server or the connection is slow. Your drawing or image is kept.",
    canRetry: true,
  },
  broken: {
    headline: "This page ran into an error",
    detail: "Your drawing could not be sent. Reload the page, or use a newer browser.",
  },
  invalid: {
    headline: "Unexpected response",
    detail: "Something between this page and the server answered instead. Try again, or reload the page.",
    canRetry: true,
  },
};

/** @type {Record<number, Message>} */
const REFUSALS = {
  400: { headline: "This image can’t be read", detail: "The file may be damaged. Open another, or draw the digit." },
  413: { headline: "This image is too large", detail: "At most 1 MiB and 4096 × 4096 pixels. Open a smaller one, or draw the digit." },
  415: { headline: "This file type is not supported", detail: "Use a PNG, JPEG, WebP or GIF image, or draw the digit." },
  422: { headline: "No digit found", detail: "Nothing stands out from the background. A darker pen or more light may help." },
  429: { headline: "Too many requests", detail: "The server limits how many requests it takes.", canRetry: true },
  503: { headline: "The server is busy", detail: "It is starting or overloaded.", canRetry: true },
  504: FAILURES.timeout,
};

/** @param {Refusal} refusal @returns {Message} */
function refusalMessage({ status, message, requestId }) {
  const known = REFUSALS[status];
  if (known) return known;
  if (status < 500) {
    return { headline: "The server rejected the request", detail: message || `It answered with error ${status}.` };
  }
  return {
    headline: "The server ran into an error",
    detail: `Your drawing or image is kept.${requestId ? ` If it keeps failing, report request ${requestId}.` : ""}`,
    canRetry: true,
  };
}

/** What each kind of item is, if this browser cannot open it: its headline and what would do. @type {Record<string, Message>} */
const ITEMS = {
  pdf: { headline: "A PDF is not an image", detail: "Take a screenshot of the page and paste it, or draw the digit." },
  text: { headline: "This is text, not an image", detail: "Open a picture of the digit, or draw it." },
  link: { headline: "A link can’t be opened", detail: "Copy the image itself and paste it, or save it and open the file." },
  other: { headline: "This file is not an image", detail: "Open a PNG, JPEG, WebP or GIF, or draw the digit." },
};

/** @param {ItemKind} kind @returns {Message} */
export function itemMessage(kind) {
  if (ITEMS[kind]) return ITEMS[kind];
  const name = { jpeg: "JPEG", webp: "WebP" }[/** @type {string} */ (kind)] ?? kind.toUpperCase();
  if (["heic", "avif", "tiff"].includes(kind)) {
    return { headline: `This browser can’t open ${name} images`, detail: "Save it as JPEG or PNG, or paste a screenshot of it." };
  }
  return { headline: `This ${name} image can’t be read`, detail: "The file may be damaged. Open another, or draw the digit." };
}

/** @param {Outcome} outcome @returns {Message} */
export function outcomeMessage(outcome) {
  if (outcome.kind === "recognition") return recognitionMessage(outcome.recognition);
  if (outcome.kind === "number") return numberMessage(outcome.number);
  return outcome.kind === "refusal" ? refusalMessage(outcome) : FAILURES[outcome.kind];
}
