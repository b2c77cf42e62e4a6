/**
 * The client of the recognition API: sends an image, returns an outcome, never throws.
 *
 * @typedef {"digit" | "unsure" | "not_a_digit"} Verdict
 * @typedef {{left: number, top: number, width: number, height: number}} Box  in pixels of the image, turned upright
 * @typedef {{digit: number, confidence: number, probabilities: number[], verdict: Verdict, ood_score: number,
 *   input: string, box?: Box}} Digit  a server older than the page sends no box
 * @typedef {{name: string, version: string}} Model
 * @typedef {Digit & {hint?: string, model: Model}} Recognition  a hint: the image seems to have several digits
 *
 * @typedef {{confidence: number, verdict: Verdict, lines: number[][], digits: Digit[], model: Model}} NumberReading
 *   the digits in reading order; `lines` has their indices, line by line
 *
 * @typedef {{runner_up: number, map: number[][], removal: {digit: number, box: Box} | null}} Explanation
 *   map: of each pixel of the input, how much its ink speaks for the digit against the runner-up; removal: the ink without
 *   which it would be another digit
 *
 * @typedef {{kind: "recognition", recognition: Recognition, milliseconds: number}} Recognized
 * @typedef {{kind: "number", number: NumberReading, milliseconds: number}} NumberRead
 * @typedef {{kind: "refusal", status: number, message: string, retryAfterSeconds: number | null,
 *   requestId: string | null}} Refusal  the server answered with an error
 * @typedef {{kind: "timeout" | "offline" | "unreachable" | "invalid" | "aborted" | "broken"}} Failure
 *   broken: this browser could not prepare the image
 * @typedef {Recognized | Refusal | Failure} Recognizing
 * @typedef {Recognized | NumberRead} Answered
 * @typedef {Recognizing | NumberRead} Outcome
 */

/** Longer than the server's own timeouts, so that the server's 504 arrives first. */
export const TIMEOUT_MS = 20_000;

const VERDICTS = ["digit", "unsure", "not_a_digit"];

/** @param {Outcome} outcome @returns {outcome is Answered} */
export function isAnswer(outcome) { return outcome.kind === "recognition" || outcome.kind === "number"; }

/**
 * @param {Blob} image PNG, JPEG or WebP
 * @param {AbortSignal} signal aborts the request, for example when a newer one replaces it
 * @param {boolean} [isDraft] whether the digit is still being drawn; the service does not count it
 * @returns {Promise<Recognizing>}
 */
export async function recognizeDigit(image, signal, isDraft = false) {
  const response = await post("/predictions/digits", image, signal, isDraft ? { "X-Draft": "1" } : {});
  if (response.kind !== "body") return response;
  if (!isRecognition(response.body)) return { kind: "invalid" };
  return { kind: "recognition", recognition: response.body, milliseconds: response.milliseconds };
}

/**
 * @param {Blob} image PNG, JPEG or WebP
 * @param {AbortSignal} signal aborts the request
 * @returns {Promise<NumberRead | Refusal | Failure>}
 */
export async function readNumber(image, signal) {
  const response = await post("/predictions/numbers", image, signal);
  if (response.kind !== "body") return response;
  if (!isNumberReading(response.body)) return { kind: "invalid" };
  return { kind: "number", number: response.body, milliseconds: response.milliseconds };
}

/** @param {Blob} image PNG, JPEG or WebP @returns {Promise<Explanation | null>} null if there is none */
export async function explainDigit(image) {
  const body = JSON.stringify({ instances: [{ image: { b64: await toBase64(image) } }] });
  const response = await post("/v1/models/digits:explain", new Blob([body], { type: "application/json" }), new AbortController().signal);
  const explanation = response.kind === "body" ? /** @type {any} */ (response.body)?.predictions?.[0]?.explanation : null;
  return Array.isArray(explanation?.map) && Number.isInteger(explanation.runner_up) ? explanation : null;
}

/** @param {Blob} blob @returns {Promise<string>} */
export async function toBase64(blob) {
  let text = "";
  for (const byte of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(byte);
  return btoa(text);
}

/**
 * @param {string} path @param {Blob} image the body, with its type @param {AbortSignal} signal
 * @param {Record<string, string>} [headers]
 * @returns {Promise<{kind: "body", body: unknown, milliseconds: number} | Refusal | Failure>}
 */
async function post(path, image, signal, headers = {}) {
  const startedAt = performance.now();
  // AbortSignal.any and .timeout are newer than some of the browsers that the page supports.
  const request = new AbortController();
  const abort = () => request.abort();
  let isTimeout = false;
  const timer = setTimeout(() => { isTimeout = true; abort(); }, TIMEOUT_MS);
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) return { kind: "aborted" };
    const response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": image.type, ...headers },
      body: image,
      signal: request.signal,
    });
    const body = await response.json().catch(nullIfNotJson);
    if (!response.ok) return toRefusal(response, body);
    return { kind: "body", body, milliseconds: performance.now() - startedAt };
  } catch {
    if (signal.aborted) return { kind: "aborted" };
    if (isTimeout) return { kind: "timeout" };
    return { kind: navigator.onLine ? "unreachable" : "offline" };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** A body that is not JSON is an invalid response; one that did not arrive completely is a network failure. @param {unknown} error */
function nullIfNotJson(error) {
  if (error instanceof SyntaxError) return null;
  throw error;
}

/** @param {Response} response @param {any} body @returns {Refusal} */
function toRefusal(response, body) {
  return {
    kind: "refusal",
    status: response.status,
    message: typeof body?.message === "string" ? body.message : "",
    retryAfterSeconds: parseRetryAfter(response.headers.get("Retry-After")),
    requestId: response.headers.get("X-Request-ID"),
  };
}

/** @param {string | null} value seconds or an HTTP date @returns {number | null} seconds from now */
function parseRetryAfter(value) {
  if (!value) return null;
  const seconds = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

/** @param {any} body @returns {body is Recognition} */
function isRecognition(body) {
  return isDigit(body);
}

/** @param {any} body @returns {body is NumberReading} */
function isNumberReading(body) {
  return Array.isArray(body?.digits) && body.digits.length > 0 && body.digits.every(isDigit)
    && Array.isArray(body.lines)
    && body.lines.flat().every((/** @type {number} */ index) => index in body.digits)
    && typeof body.confidence === "number" && VERDICTS.includes(body.verdict);
}

/** @param {any} body @returns {body is Digit} */
function isDigit(body) {
  return Number.isInteger(body?.digit) && Array.isArray(body.probabilities) && body.probabilities.length === 10
    && VERDICTS.includes(body.verdict)
    && typeof body.input === "string" && body.input.startsWith("data:image/png;base64,");
}
