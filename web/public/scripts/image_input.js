/** Images from files: opened, pasted or dropped. */

const ACCEPTED_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const MAX_BYTES = 1024 * 1024;

/** Longer side in pixels that an image is reduced to if the server would not accept it as it is. */
const REDUCED_SIDE = 1024;

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
export async function prepareForSending(file) {
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
