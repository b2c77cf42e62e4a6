"""GIF files: their blocks are read here up to the first frame, and Pillow decodes that.

The format: https://www.w3.org/Graphics/GIF/spec-gif89a.txt.
"""

import re
import struct

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing.formats.encoded import Encoded, check_parts
from handler.preprocessing.limits import BYTES_PER_SUB_BLOCK, SPARE_PARTS

SIGNATURES = (b"GIF87a", b"GIF89a")
_SCREEN, _FRAME = 13, 10  # bytes of the headers of the screen and of a frame
_PALETTE, _PALETTE_BITS = 0x80, 0x07  # of both headers' flags
_CONTROL = 0xF9
_TRANSPARENT = 0x01  # of a control's flags
_INTRODUCER = re.compile(rb"[!,;]")
_END = b";"


def read_gif(data: bytes) -> Encoded:
    """Read a GIF's blocks; of an animation, those of the first frame.

    Raises:
        ImageTooLarge: It has too many blocks before the frame, or too many tiny sub-blocks.
        InvalidImage: It is damaged, or has no frame.
    """
    place = _after_palette(data, _SCREEN, data[10])
    screen, control, count = data[:place], b"", 0
    while (match := _INTRODUCER.search(data, place)) and match.group() != _END:
        check_parts(count := count + 1, "GIF blocks before its frame", len(data))
        place = match.start()
        if match.group() == b",":
            return _encoded(screen, control, data, place)
        end = _after_blocks(data, place + 2)
        if data[place + 1] == _CONTROL and data[place + 2] >= 4 and data[place + 3] & _TRANSPARENT:
            control = bytes((0x21, _CONTROL, 4)) + data[place + 3 : place + 7] + b"\0"
        place = end
    raise InvalidImage("The GIF has no picture; send the whole file.")


def _encoded(screen: bytes, control: bytes, data: bytes, place: int) -> Encoded:
    """Return a file of the frame that begins at `place`; a frame beyond its screen makes the screen larger."""
    width, height = struct.unpack_from("<HH", screen, 6)
    x, y, frame_width, frame_height, flags = struct.unpack_from("<HHHHB", data, place + 1)
    pixels = _after_palette(data, place + _FRAME, flags)
    end = _after_blocks(data, pixels + 1)  # the first byte is the size of the codes
    file = b"".join((screen, control, data[place:end], _END if end <= len(data) else b""))
    return Encoded("GIF", max(width, x + frame_width), max(height, y + frame_height), file)


def _after_palette(data: bytes, place: int, flags: int) -> int:
    return place + (3 << (flags & _PALETTE_BITS) + 1 if flags & _PALETTE else 0)


def _after_blocks(data: bytes, place: int) -> int:
    """Return where a row of sub-blocks ends, each of which starts with its size, the last with 0."""
    start, count = place, 0
    while place < len(data) and (size := data[place]):
        place += 1 + size
        count += 1
        if count > SPARE_PARTS + (place - start) // BYTES_PER_SUB_BLOCK:
            raise ImageTooLarge("The GIF's data is in too many tiny blocks; save it again with any image editor.")
    return place + 1
