/** Images from files: opened, pasted or dropped. */
/** @import { Sheet } from "./found_boxes.js" */
/** @import { ItemKind } from "./image_file.js" */

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

  /** The image in its own pixels, upright. @returns {Sheet} */
  get sheet() { return [0, 0, this.#image.naturalWidth, this.#image.naturalHeight]; }

  /** @param {Blob} blob */
  async show(blob) {
    this.remove();
    this.#blob = blob;
    this.#frame.append(this.#image);
    await new Promise((resolve) => {
      this.#image.onload = this.#image.onerror = resolve;
      this.#image.src = URL.createObjectURL(blob);
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
 * @param {{input: HTMLInputElement, frame: HTMLElement}} elements the frame shows where to drop, but the whole page takes it
 * @param {(file: File) => void} onFile
 * @param {(kind: ItemKind) => void} onOther called for what is not a file
 */
export function attachImageInput({ input, frame }, onFile, onOther) {
  /** @param {DataTransfer | null} transfer */
  const take = (transfer) => {
    if (transfer?.files.length) onFile(transfer.files[0]);
    else if (transfer?.types.length) onOther(isLink(transfer) ? "link" : "text");
  };
  const hideDrop = () => { delete frame.dataset.drop; };

  input.addEventListener("change", () => {
    if (input.files?.length) onFile(input.files[0]);
    input.value = ""; // so that the same file can be chosen again
  });
  document.addEventListener("paste", (event) => take(event.clipboardData));
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    frame.dataset.drop = "";
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) hideDrop(); // it left the window
  });
  document.addEventListener("dragend", hideDrop);
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    hideDrop();
    take(event.dataTransfer);
  });
}

/** @param {DataTransfer} transfer */
function isLink(transfer) {
  return transfer.types.includes("text/uri-list") || /^https?:\S+$/i.test(transfer.getData("text/plain").trim());
}
