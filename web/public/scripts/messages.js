/** All texts about outcomes. Uses no DOM. */
/** @import { Outcome, Recognition, Refusal } from "./api.js" */

/**
 * @typedef {object} Message
 * @property {string} headline what happened
 * @property {string} detail what it means or what to do
 * @property {boolean} [canRetry] whether the same image may succeed on another try
 */

/** @type {Message} */
export const NOTHING_YET = {
  headline: "Nothing drawn yet",
  detail: "The answer appears a moment after you lift the pen.",
};

/** @type {Message} */
export const DRAWING = { headline: "Keep going …", detail: NOTHING_YET.detail };

/** @type {Message} */
export const WAITING = { headline: "Recognizing …", detail: "This is taking longer than usual." };

/** @type {Message} */
export const BLANK = { headline: "The canvas is blank", detail: "Draw a digit first. Nothing was sent." };

/** @param {number} probability @returns {string} as a percentage without the percent sign */
export function percent(probability) {
  if (probability > 0.9995) return ">99.9";
  return probability < 0.0005 ? "0" : (probability * 100).toFixed(1);
}

/** @param {number} digit */
const withArticle = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** @param {number[]} probabilities @returns {number[]} the digits, most likely first */
export function rankDigits(probabilities) {
  return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
}

/** @param {Recognition} recognition @returns {Message} */
export function recognitionMessage({ digit, verdict, probabilities }) {
  const [first, second] = rankDigits(probabilities);
  const percentOf = (/** @type {number} */ each) => `${percent(probabilities[each]).replace(">", "over ")}%`;
  if (verdict === "digit") return { headline: `It’s ${withArticle(digit)}`, detail: `${percentOf(digit)} sure` };
  if (verdict === "unsure") {
    return {
      headline: `${capitalize(withArticle(first))} or ${withArticle(second)}?`,
      detail: `${percentOf(first)} versus ${percentOf(second)}. Draw it again with clear corners and loops.`,
    };
  }
  return {
    headline: "Not a digit",
    detail: `It looks like none of the ten digits. The closest is ${withArticle(digit)}. Draw a single, large digit.`,
  };
}

/** @param {string} text */
const capitalize = (text) => text[0].toUpperCase() + text.slice(1);

/** @type {Record<string, Message>} */
const FAILURES = {
  offline: {
    headline: "You are offline",
    detail: "Your drawing is kept. It is sent when the connection is back.",
    canRetry: true,
  },
  unreachable: {
    headline: "The server can’t be reached",
    detail: "It may be restarting. Your drawing is kept. Try again in a moment.",
    canRetry: true,
  },
  timeout: {
    headline: "The request timed out",
    detail: "The server or the connection is slow. Your drawing is kept.",
    canRetry: true,
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
  413: { headline: "This image is too large", detail: "At most 1 MiB and 4096 × 4096 pixels. Open a smaller one." },
  415: { headline: "This file type is not supported", detail: "Use a PNG, JPEG or WebP image, or draw the digit." },
  422: { headline: "The image is blank", detail: "Draw a digit that stands out from the background." },
  429: { headline: "Too many requests", detail: "The server limits how often you can send a drawing.", canRetry: true },
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
    detail: `Your drawing is kept. Try again.${requestId ? ` If it keeps failing, report request ${requestId}.` : ""}`,
    canRetry: true,
  };
}

/** @param {Outcome} outcome @returns {Message} */
export function outcomeMessage(outcome) {
  if (outcome.kind === "recognition") return recognitionMessage(outcome.recognition);
  return outcome.kind === "refusal" ? refusalMessage(outcome) : FAILURES[outcome.kind];
}
