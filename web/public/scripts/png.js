/**
 * Encodes a grayscale image as PNG. A canvas's own `toBlob` writes three or four bytes per pixel, so its files are larger.
 * Uses no DOM.
 */

const SIGNATURE = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const CRC_POLYNOMIAL = 0xedb88320;

/** The format's limit for a block of bytes that are not compressed. */
const STORED_BLOCK = 0xffff;

/**
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

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {Promise<Uint8Array>} */
async function deflate(bytes) {
  if (typeof CompressionStream === "undefined") return store(bytes); // Safari before 16.4, Firefox before 113
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate")); // zlib format, as in PNG
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Wraps bytes in the zlib format without compressing them. @param {Uint8Array} bytes */
function store(bytes) {
  const blocks = [];
  for (let at = 0; at < bytes.length; at += STORED_BLOCK) {
    const block = bytes.subarray(at, at + STORED_BLOCK);
    const isLast = at + STORED_BLOCK >= bytes.length;
    blocks.push(Number(isLast), ...littleEndian(block.length), ...littleEndian(~block.length), ...block);
  }
  const [high, low] = adler32(bytes);
  return Uint8Array.from([0x78, 0x01, ...blocks, high >> 8, high, low >> 8, low]);
}

/** @param {number} number of 16 bits */
const littleEndian = (number) => [number & 0xff, (number >> 8) & 0xff];

/** @param {Uint8Array} bytes @returns {[high: number, low: number]} */
function adler32(bytes) {
  let [high, low] = [0, 1];
  for (const byte of bytes) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return [high, low];
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
