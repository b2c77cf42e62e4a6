/**
 * The client of the recogniser: a picture goes out, an outcome comes back. It never throws.
 *
 * @typedef {{digit: number, confidence: number, probabilities: number[], ood_score: number, input: string,
 *   verdict: "digit" | "unsure" | "not_a_digit", model: {name: string, version: string}}} Recognition
 *
 * @typedef {{kind: "recognition", recognition: Recognition, milliseconds: number}} Recognised
 * @typedef {{kind: "refusal", status: number, message: string, retryAfterSeconds: number | null,
 *   requestId: string | null}} Refusal  the server answered with an error
 * @typedef {{kind: "timeout" | "offline" | "unreachable" | "garbled" | "superseded"}} Failure
 * @typedef {Recognised | Refusal | Failure} Outcome
 */

const ADDRESS = "/predictions/digits";

/** Longer than the server's own limits, so that its answer, also a 504, comes first. */
export const TIMEOUT_MS = 20_000;

/**
 * @param {Blob} picture PNG, JPEG or WebP
 * @param {AbortSignal} superseded aborted when a newer picture is on its way
 * @returns {Promise<Outcome>}
 */
export async function recognise(picture, superseded) {
  const startedAt = performance.now();
  try {
    const response = await fetch(ADDRESS, {
      method: "POST",
      headers: { "Content-Type": picture.type },
      body: picture,
      signal: AbortSignal.any([superseded, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    const body = await response.json().catch(whenGarbled);
    if (!response.ok) return refusalOf(response, body);
    if (!isRecognition(body)) return { kind: "garbled" };
    return { kind: "recognition", recognition: body, milliseconds: performance.now() - startedAt };
  } catch (error) {
    return { kind: failureOf(error) };
  }
}

/** A body that is no JSON is an outcome; one that never fully came is a failure. @param {unknown} error */
function whenGarbled(error) {
  if (error instanceof SyntaxError) return null;
  throw error;
}

/** @param {any} error @returns {Failure["kind"]} */
function failureOf(error) {
  if (error?.name === "AbortError") return "superseded";
  if (error?.name === "TimeoutError") return "timeout";
  return navigator.onLine ? "unreachable" : "offline";
}

/** @param {Response} response @param {any} body @returns {Refusal} */
function refusalOf(response, body) {
  return {
    kind: "refusal",
    status: response.status,
    message: typeof body?.message === "string" ? body.message : "",
    retryAfterSeconds: secondsOf(response.headers.get("Retry-After")),
    requestId: response.headers.get("X-Request-ID"),
  };
}

/** @param {string | null} retryAfter seconds or an HTTP date */
function secondsOf(retryAfter) {
  if (!retryAfter) return null;
  const seconds = /^\d+$/.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

/** @param {any} body @returns {body is Recognition} */
function isRecognition(body) {
  return Number.isInteger(body?.digit) && Array.isArray(body.probabilities) && body.probabilities.length === 10
    && ["digit", "unsure", "not_a_digit"].includes(body.verdict)
    && typeof body.input === "string" && body.input.startsWith("data:image/png;base64,");
}
