"""PNG files of any form: their chunks are read here, and Pillow decodes them.

The format: https://www.w3.org/TR/png-3/.
"""

import struct
import zlib

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing.formats.encoded import Encoded, check_parts, exif_orientation
from handler.preprocessing.formats.png_rows import count_paeth_differences, layout, row_bytes
from handler.preprocessing.limits import (
    MAX_INTERLACED_ROW_BYTES,
    MAX_PAETH_DIFFERENCES,
    MAX_ROW_BYTES,
    UNCHECKED_ROW_BYTES,
)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_IHDR_END = 33
_END = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by color type


def read_png(data: bytes) -> Encoded:
    """Read a PNG's chunks; of an animation, those of its default image.

    Raises:
        ImageTooLarge: It has too many chunks, or too many bytes in its rows.
        InvalidImage: Its header is damaged, or it has no image data.
    """
    if data[8:16] != b"\0\0\0\rIHDR" or zlib.crc32(data[12:29]) != struct.unpack_from(">I", data, 29)[0]:
        raise InvalidImage("The PNG's header is damaged; send the whole file.")
    width, height, bits, color, interlaced = struct.unpack_from(">IIBBxxB", data, 16)
    if not width or not height or color not in _CHANNELS:
        raise InvalidImage("The PNG's header is damaged: it declares no valid size or color type.")
    bits *= _CHANNELS[color]
    size = row_bytes(width, height, bits)
    if size > (most := MAX_INTERLACED_ROW_BYTES if interlaced else MAX_ROW_BYTES):
        kind, remedy = ("interlaced PNG", "not interlaced") if interlaced else ("PNG", "with 8 bits a channel")
        raise ImageTooLarge(
            f"The {kind} has {width}×{height} pixels of {bits} bits, {size} bytes in all; at most {most} are accepted. "
            f"Send it {remedy}, or with fewer pixels."
        )
    before, pixels, exif = _chunks(data)
    if not pixels:
        raise InvalidImage("The PNG has no image data; send the whole file.")
    file = b"".join((data[:_IHDR_END], *before, *pixels, _END))
    return Encoded("PNG", width, height, file, exif_orientation(exif))


def check_filters(data: bytes) -> None:
    """Check how many bytes the Paeth filter changes in a large PNG that `read_png` has read; this inflates its rows.

    Raises:
        ImageTooLarge: Its rows would take too long to decode.
    """
    width, height, bits, color, interlaced = struct.unpack_from(">IIBBxxB", data, 16)
    bits *= _CHANNELS[color]
    if row_bytes(width, height, bits) <= UNCHECKED_ROW_BYTES:
        return
    _, pixels, _ = _chunks(data)
    rows = layout(width, height, bits, interlaced=bool(interlaced))
    compressed = b"".join(chunk[8:-4] for chunk in pixels)
    if count_paeth_differences(compressed, rows, MAX_PAETH_DIFFERENCES) > MAX_PAETH_DIFFERENCES:
        raise ImageTooLarge(
            "The PNG's rows would take too long to decode. Send it smaller, with at most "
            f"{UNCHECKED_ROW_BYTES} bytes of pixels, or as a JPEG."
        )


def _chunks(data: bytes) -> tuple[list[bytes], list[bytes], bytes]:
    """Return the chunks of palette and transparency, those of the pixels, and the contents of the EXIF chunk."""
    before: list[bytes] = []
    pixels: list[bytes] = []
    exif = b""
    ended = False  # the pixels' chunks follow one another
    place, count = _IHDR_END, 0
    while place + 8 <= len(data):
        check_parts(count := count + 1, "PNG chunks", len(data))
        length, kind = struct.unpack_from(">I4s", data, place)
        end = place + length + 12
        if kind == b"IDAT" and not ended:
            pixels.append(data[place:end])
        else:
            ended = bool(pixels)
        if kind in (b"PLTE", b"tRNS") and not pixels:
            before.append(data[place:end])
        elif kind == b"eXIf":
            exif = data[place + 8 : end - 4]
        elif kind == b"IEND":
            break
        place = end
    return before, pixels, exif
