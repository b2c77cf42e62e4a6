/** The time a person waits: from pen up until the answer is on the page, kept as the browser's own measures. */
export const PEN_UP_TO_ANSWER = "pen up to answer";

const PEN_UP = "pen up";

export function markPenUp() {
  performance.mark(PEN_UP);
}

export function forgetPenUp() {
  performance.clearMarks(PEN_UP);
}

/** Counts only the first answer after a pen up: a retry or an undo is another wait. */
export function measureAnswer() {
  if (performance.getEntriesByName(PEN_UP).length === 0) return;
  performance.measure(PEN_UP_TO_ANSWER, PEN_UP);
  forgetPenUp();
}
