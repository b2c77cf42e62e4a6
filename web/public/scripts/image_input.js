/** Images from files: opened, pasted or dropped. */
/** @import { ItemKind } from "./image_file.js" */

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
