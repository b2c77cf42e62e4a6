/** Drawings and a photograph to try, for somebody who does not draw. */
/** @import { Stroke } from "./drawing.js" */

/** Side of the icons' view box. */
const ICON_SIDE = 280;

/**
 * The icons are the drawings: a button's polylines are its strokes. The button of the photograph names its file, which is
 * loaded only then.
 *
 * @param {HTMLElement} group of buttons
 * @param {{draw(strokes: Stroke[]): void, open(photograph: Promise<Blob>): void}} sheet
 */
export function attachExamples(group, { draw, open }) {
  for (const button of group.querySelectorAll("button")) {
    const { photograph } = button.dataset;
    button.addEventListener("click", () => (photograph ? open(load(photograph)) : draw(strokesOf(button))));
  }
}

/** @param {Element} button @returns {Stroke[]} */
function strokesOf(button) {
  return [...button.querySelectorAll("polyline")].map((line) => {
    const points = /** @type {string} */ (line.getAttribute("points")).split(" ");
    return points.map((point) => {
      const [x, y] = point.split(",");
      return [Number(x) / ICON_SIDE, Number(y) / ICON_SIDE];
    });
  });
}

/** @param {string} address */
async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.blob();
}
