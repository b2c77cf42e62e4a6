/**
 * Encodes a grayscale image as PNG. A canvas's own `toBlob` writes three or four bytes per pixel, so its files are larger.
 * Uses no DOM.
 */

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CRC_POLYNOMIAL = 0xedb88320;

/**
 * Needs CompressionStream, which every browser with AbortSignal.any (api.js) has.
 *
 * @param {Uint8Array<ArrayBuffer>} pixels row by row, 0 is black, 255 white
 * @param {number} width
 * @returns {Promise<Blob>} 8-bit grayscale, no filter, no ancillary chunk
 */
export async function encodePng(pixels, width) {
  const height = pixels.length / width;
  const header = new DataView(new ArrayBuffer(13)); // color type grayscale, compression, filter and interlace are all 0
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits per pixel
  const rows = new Uint8Array(height * (width + 1)); // each row starts with its filter type, 0: none
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  const chunks = [
    encodeChunk("IHDR", new Uint8Array(header.buffer)),
    encodeChunk("IDAT", await deflate(rows)),
    encodeChunk("IEND", new Uint8Array()),
  ];
  return new Blob([SIGNATURE, ...chunks], { type: "image/png" });
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function deflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate")); // zlib format, as in PNG
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} type @param {Uint8Array} data */
function encodeChunk(type, data) {
  const chunk = new Uint8Array(data.length + 12);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(data.length + 8, crc32(chunk.subarray(4, data.length + 8)));
  return chunk;
}

/** @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? CRC_POLYNOMIAL : 0);
  }
  return ~crc >>> 0;
}
