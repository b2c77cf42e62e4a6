/** A picture that the user opened, and its place on the sheet. */
/** @import { Sheet } from "./found_boxes.js" */

/** @typedef {{blob: Blob, image: HTMLImageElement}} Picture  what to send, and the same to show */

/** @param {Blob} blob @returns {Promise<Picture>} also of a picture that this browser cannot show */
export async function loadPicture(blob) {
  const image = new Image();
  image.alt = "The image you chose";
  image.className = "chosen-image";
  image.src = URL.createObjectURL(blob);
  await new Promise((resolve) => { image.onload = image.onerror = resolve; });
  URL.revokeObjectURL(image.src);
  return { blob, image };
}

/** @param {Picture} picture @returns {Sheet} the picture in its own pixels, upright; empty if this browser cannot show it */
export const sheetOf = ({ image }) => [0, 0, image.naturalWidth, image.naturalHeight];

/** Shows a picture in place of strokes, or none. @param {Element} frame around the canvas @param {Picture | null} picture */
export function showPicture(frame, picture) {
  const shown = frame.querySelector(".chosen-image");
  if (shown === (picture?.image ?? null)) return;
  shown?.remove();
  if (picture) frame.append(picture.image);
}
