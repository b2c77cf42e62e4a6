/** Makes of a file an image that the service accepts, as far as this browser can decode it. */

const MAX_BYTES = 1024 * 1024;
const MAX_SIDE = 4096;

/** Longer side in pixels that an image is reduced to if the service would not accept it as it is. */
const REDUCED_SIDE = 1024;

/**
 * What a file or a pasted or dropped item is.
 *
 * @typedef {"png" | "jpeg" | "webp" | "gif" | "svg" | "avif" | "heic" | "tiff" | "bmp" | "pdf" | "text" | "link" |
 *   "other"} ItemKind
 */

/** The beginnings of files, as one character a byte. @type {[ItemKind, RegExp][]} */
const BEGINNINGS = [
  ["png", /^\x89PNG\r\n\x1a\n/],
  ["jpeg", /^\xff\xd8\xff/],
  ["webp", /^RIFF[^]{4}WEBP/],
  ["gif", /^GIF8[79]a/],
  ["avif", /^[^]{4}ftyp[^]{0,60}avi[fs]/],
  ["heic", /^[^]{4}ftyp(he|mif1|msf1)/],
  ["tiff", /^(II\*\0|MM\0\*)/],
  ["bmp", /^BM[^]{4}\0{4}/],
  ["pdf", /^%PDF-/],
  ["svg", /^(\xef\xbb\xbf)?\s*<(svg|\?xml[^]*<svg|!--[^]*<svg|!DOCTYPE svg)/i],
  ["text", /^[^\0-\x08\x0e-\x1a]+$/],
];

const ACCEPTED = ["png", "jpeg", "webp", "gif"];

/**
 * Returns the image to send: the file itself if the service accepts it, otherwise a reduced one. If the browser cannot
 * decode the file, returns what kind of file it is.
 *
 * @param {Blob} file @returns {Promise<Blob | ItemKind>}
 */
export async function readImageFile(file) {
  /** @type {ItemKind} */
  let kind = "other";
  try {
    kind = kindOf(new Uint8Array(await file.slice(0, 1024).arrayBuffer()));
    // The name decides the type that a file has; browsers need the right one for SVG, and the service for all.
    const type = ACCEPTED.includes(kind) ? `image/${kind}` : kind === "svg" ? "image/svg+xml" : file.type;
    const blob = new Blob([file], { type });
    return await decoded(blob, (image) => {
      const isAccepted = ACCEPTED.includes(kind) && file.size <= MAX_BYTES
        && Math.max(image.naturalWidth, image.naturalHeight) <= MAX_SIDE;
      return isAccepted ? blob : reduce(image, kind === "svg");
    });
  } catch {
    return kind;
  }
}

/** @param {Uint8Array} bytes @returns {ItemKind} */
function kindOf(bytes) {
  const beginning = String.fromCharCode(...bytes);
  return BEGINNINGS.find(([, pattern]) => pattern.test(beginning))?.[0] ?? "other";
}

/** @template T @param {Blob} blob @param {(image: HTMLImageElement) => T | Promise<T>} use */
async function decoded(blob, use) {
  const image = new Image();
  const url = URL.createObjectURL(blob);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = url;
    });
    return await use(image);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param {HTMLImageElement} image @param {boolean} isScalable @returns {Promise<Blob>} */
async function reduce(image, isScalable) {
  for (let side = REDUCED_SIDE; ; side /= 2) {
    const canvas = draw(image, side, isScalable);
    const blob = await encode(canvas, isOpaque(canvas) ? "image/jpeg" : "image/png");
    if (blob.size <= MAX_BYTES) return blob;
  }
}

/** @param {HTMLImageElement} image @param {number} side at most, in pixels @param {boolean} isScalable */
function draw(image, side, isScalable) {
  const [width, height] = [image.naturalWidth || side, image.naturalHeight || side]; // some SVGs have no size
  const fitting = side / Math.max(width, height);
  const scale = isScalable ? fitting : Math.min(1, fitting);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas */
function isOpaque(canvas) {
  const { data } = contextOf(canvas).getImageData(0, 0, canvas.width, canvas.height);
  for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha] < 255) return false;
  return true;
}

/** @param {HTMLCanvasElement} canvas */
function contextOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}

/** @param {HTMLCanvasElement} canvas @param {string} type @returns {Promise<Blob>} */
function encode(canvas, type) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error(`no ${type}`))), type, 0.9);
  });
}
