/** Images from files: opened, pasted or dropped. */
/** @import { Sheet } from "./found_boxes.js" */

const ACCEPTED_TYPES = ["image/png", "image/jpeg", "image/webp"];
const MAX_BYTES = 1024 * 1024;

/** Longer side in pixels that an image is reduced to if the server would not accept it as it is. */
const REDUCED_SIDE = 1024;

/** The image that is shown on the canvas in place of strokes. */
export class ChosenImage {
  #frame;
  /** @type {Blob | null} */ #blob = null;
  #image = new Image();

  /** @param {HTMLElement} frame the element around the canvas */
  constructor(frame) {
    this.#frame = frame;
    this.#image.alt = "The image you chose";
    this.#image.className = "chosen-image";
  }

  /** What to send, null when no image is chosen. */
  get blob() { return this.#blob; }

  /** The image in its own pixels, upright; empty when the browser cannot decode it. @returns {Sheet} */
  get sheet() { return [0, 0, this.#image.naturalWidth, this.#image.naturalHeight]; }

  /** @param {File} file */
  async show(file) {
    this.remove();
    this.#blob = await prepareForSending(file);
    this.#frame.append(this.#image);
    await new Promise((resolve) => {
      this.#image.onload = this.#image.onerror = resolve;
      this.#image.src = URL.createObjectURL(/** @type {Blob} */ (this.#blob));
    });
  }

  remove() {
    if (!this.#blob) return;
    this.#blob = null;
    this.#image.remove();
    URL.revokeObjectURL(this.#image.src);
  }
}

/**
 * @param {{input: HTMLInputElement, dropTarget: HTMLElement}} elements
 * @param {(file: File) => void} onImage
 */
export function attachImageInput({ input, dropTarget }, onImage) {
  const takeFirst = (/** @type {FileList | null | undefined} */ files) => {
    if (files?.length) onImage(files[0]);
  };
  input.addEventListener("change", () => {
    takeFirst(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("paste", (event) => takeFirst(event.clipboardData?.files));
  dropTarget.addEventListener("dragover", (event) => event.preventDefault());
  dropTarget.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFirst(event.dataTransfer?.files);
  });
}

/**
 * Returns the file itself if the server accepts it, otherwise a reduced JPEG on white. A file that this browser cannot
 * decode is sent unchanged: the server's error says what is wrong with it.
 *
 * @param {File} file @returns {Promise<Blob>}
 */
async function prepareForSending(file) {
  if (ACCEPTED_TYPES.includes(file.type) && file.size <= MAX_BYTES) return file;
  try {
    return await toReducedJpeg(await createImageBitmap(file));
  } catch {
    return file;
  }
}

/** @param {ImageBitmap} bitmap @returns {Promise<Blob>} */
function toReducedJpeg(bitmap) {
  const scale = Math.min(1, REDUCED_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no JPEG"))), "image/jpeg", 0.9);
  });
}
