/** Pictures from elsewhere: opened, pasted or dropped. */

const ACCEPTED = ["image/png", "image/jpeg", "image/webp"];
const MAX_BYTES = 1024 * 1024;

/** Side in pixels that a picture is reduced to if the server would not take it as it is. */
const REDUCED_SIDE = 1024;

/** A picture lying on the sheet in place of strokes. */
export class Picture {
  #sheet;
  /** @type {Blob | null} */ #blob = null;
  #image = new Image();

  /** @param {HTMLElement} sheet */
  constructor(sheet) {
    this.#sheet = sheet;
    this.#image.alt = "The picture you chose";
    this.#image.className = "picture";
  }

  /** What to send, null when there is no picture. */
  get blob() { return this.#blob; }

  /** @param {File} file */
  async show(file) {
    this.remove();
    this.#blob = await fitForSending(file);
    this.#image.src = URL.createObjectURL(this.#blob);
    this.#sheet.append(this.#image);
  }

  remove() {
    if (!this.#blob) return;
    this.#blob = null;
    this.#image.remove();
    URL.revokeObjectURL(this.#image.src);
  }
}

/**
 * @param {{input: HTMLInputElement, target: HTMLElement}} where
 * @param {(file: File) => void} onPicture
 */
export function attachPictureInput({ input, target }, onPicture) {
  const take = (/** @type {FileList | null | undefined} */ files) => {
    if (files?.length) onPicture(files[0]);
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files));
  target.addEventListener("dragover", (event) => event.preventDefault());
  target.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer?.files);
  });
}

/**
 * As it is where the server takes it so, else reduced to a JPEG on white. What this browser cannot decode is sent as it
 * is: the server's answer says what is wrong with it.
 *
 * @param {File} file @returns {Promise<Blob>}
 */
async function fitForSending(file) {
  if (ACCEPTED.includes(file.type) && file.size <= MAX_BYTES) return file;
  try {
    return await reduced(await createImageBitmap(file));
  } catch {
    return file;
  }
}

/** @param {ImageBitmap} bitmap @returns {Promise<Blob>} */
function reduced(bitmap) {
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
