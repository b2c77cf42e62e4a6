/**
 * Says on the sheet whether the browser is offline, at once and not only when a request fails.
 *
 * @param {HTMLElement} frame around the canvas
 * @param {{announce(text: string): void, resume(): void}} page `resume` is called when the connection is back
 */
export function watchConnection(frame, { announce, resume }) {
  const update = () => { frame.dataset.offline = String(!navigator.onLine); };
  addEventListener("offline", () => {
    update();
    announce("You are offline. Your drawing is kept.");
  });
  addEventListener("online", () => {
    update();
    announce("You are online again.");
    resume();
  });
  update();
}
