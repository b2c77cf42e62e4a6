/** Every sentence that an outcome is told with. No DOM. */
/** @import { Outcome, Recognition, Refusal } from "./api.js" */

/**
 * @typedef {object} Message
 * @property {string} headline what happened
 * @property {string} detail what it means or what to do
 * @property {boolean} [canRetry] whether the same picture may fare better
 */

/** @type {Message} */
export const NOTHING_YET = {
  headline: "Nothing drawn yet",
  detail: "The answer comes by itself, a moment after you lift the pen.",
};

/** @type {Message} */
export const DRAWING = { headline: "Go on …", detail: NOTHING_YET.detail };

/** @type {Message} */
export const THINKING = { headline: "Reading it …", detail: "This takes longer than usual." };

/** @type {Message} */
export const BLANK = { headline: "The sheet is blank", detail: "Draw a digit on it first: nothing was sent." };

/** @param {number} probability @returns {string} in per cent */
export function percent(probability) {
  if (probability > 0.9995) return ">99.9";
  return probability < 0.0005 ? "0" : (probability * 100).toFixed(1);
}

/** @param {number} digit */
const withArticle = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

/** @param {number[]} probabilities @returns {number[]} the digits, likeliest first */
export function ranked(probabilities) {
  return [...probabilities.keys()].sort((a, b) => probabilities[b] - probabilities[a]);
}

/** @param {Recognition} recognition @returns {Message} */
export function messageOfRecognition({ digit, verdict, probabilities }) {
  const [first, second] = ranked(probabilities);
  const share = (/** @type {number} */ each) => `${percent(probabilities[each]).replace(">", "over ")} %`;
  if (verdict === "digit") return { headline: `It’s ${withArticle(digit)}`, detail: `${share(digit)} sure` };
  if (verdict === "unsure") {
    return {
      headline: `${capitalised(withArticle(first))} or ${withArticle(second)}?`,
      detail: `${share(first)} against ${share(second)}. Draw it once more with its corners and loops clear.`,
    };
  }
  return {
    headline: "Not a digit",
    detail: `Unlike any the network knows; at a pinch, ${withArticle(digit)}. Draw a single digit, large.`,
  };
}

/** @param {string} text */
const capitalised = (text) => text[0].toUpperCase() + text.slice(1);

/** @type {Record<string, Message>} */
const FAILURES = {
  offline: {
    headline: "You are offline",
    detail: "Your drawing is kept, and is sent by itself once the connection is back.",
    canRetry: true,
  },
  unreachable: {
    headline: "The server can’t be reached",
    detail: "It may be restarting. Your drawing is kept: try again in a moment.",
    canRetry: true,
  },
  timeout: {
    headline: "No answer in time",
    detail: "The server or the connection is slow now. Your drawing is kept.",
    canRetry: true,
  },
  garbled: {
    headline: "The answer makes no sense",
    detail: "Something between here and the recogniser replied in its place. Try again, or reload the page.",
    canRetry: true,
  },
};

/** @type {Record<number, Message>} */
const REFUSALS = {
  400: { headline: "That picture can’t be read", detail: "The file may be damaged. Open another, or draw the digit." },
  413: { headline: "That picture is too large", detail: "At most 1 MiB and 4096 × 4096 pixels. Open a smaller one." },
  415: { headline: "That kind of file won’t do", detail: "Use a PNG, JPEG or WebP picture, or draw the digit." },
  422: { headline: "There is no ink in it", detail: "Draw a digit with a stroke that can be seen." },
  429: { headline: "Too many at once", detail: "The server takes only so many drawings a minute.", canRetry: true },
  503: { headline: "The recogniser is busy", detail: "It is starting or has too much to do.", canRetry: true },
  504: FAILURES.timeout,
};

/** @param {Refusal} refusal @returns {Message} */
function messageOfRefusal({ status, message, requestId }) {
  const known = REFUSALS[status];
  if (known) return known;
  if (status < 500) return { headline: "The server declined", detail: message || `It answered with error ${status}.` };
  return {
    headline: "Something broke on the server",
    detail: `Your drawing is kept: try again.${requestId ? ` If it stays so, report request ${requestId}.` : ""}`,
    canRetry: true,
  };
}

/** @param {Outcome} outcome @returns {Message} */
export function messageOf(outcome) {
  if (outcome.kind === "recognition") return messageOfRecognition(outcome.recognition);
  return outcome.kind === "refusal" ? messageOfRefusal(outcome) : FAILURES[outcome.kind];
}
