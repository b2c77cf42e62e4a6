/** Measures how long a user waits, from pen up to the answer on the page, with the browser's User Timing API. */
export const PEN_UP_TO_ANSWER = "pen up to answer";

const PEN_UP = "pen up";

export function markPenUp() {
  performance.mark(PEN_UP);
}

export function clearPenUp() {
  performance.clearMarks(PEN_UP);
}

/** Only the first answer after a pen up counts: a retry or an undo is a different wait. */
export function measureAnswer() {
  if (performance.getEntriesByName(PEN_UP).length === 0) return;
  performance.measure(PEN_UP_TO_ANSWER, PEN_UP);
  clearPenUp();
}
