/**
 * Undo and redo shortcuts, active on the whole page: Ctrl or Cmd with Z, Shift+Z or Y.
 *
 * @param {{undo(): void, redo(): void}} actions
 */
export function attachShortcuts({ undo, redo }) {
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) undo();
    else if (key === "y" || key === "z") redo();
    else return;
    event.preventDefault();
  });
}
