"""An image file that was read and checked, and not yet decoded."""

import struct
from dataclasses import dataclass

from handler.errors import ImageTooLarge
from handler.preprocessing.limits import BYTES_PER_PART, MAX_PARTS, SPARE_PARTS

ORIENTATION = 0x0112  # the tag
_INTEGERS = {1: "B", 3: "H", 4: "I"}  # the types of a tag that hold an integer


@dataclass(frozen=True)
class Encoded:
    """What decoding needs of a file: profiles, texts, further frames and padding are left out.

    Attributes:
        format: Pillow's name of the format.
        width, height: Pixels, of the frame that is decoded; not yet turned by `orientation`.
        data: A whole file.
        orientation: EXIF's, 1 (upright) to 8.
    """

    format: str
    width: int
    height: int
    data: bytes
    orientation: int = 1


def max_parts(size: int) -> int:
    """Return how many parts a file of `size` bytes may have."""
    return min(SPARE_PARTS + size // BYTES_PER_PART, MAX_PARTS)


def check_parts(count: int, parts: str, size: int) -> None:
    """Raise `ImageTooLarge` if a file has too many parts for its size.

    Args:
        count: Parts found so far.
        parts: What they are: "PNG chunks" or the like.
        size: Bytes of the file.
    """
    if count > (most := max_parts(size)):
        raise ImageTooLarge(
            f"The image has over {most} {parts}, which no picture of {size} bytes needs; "
            "save it again with any image editor."
        )


def exif_orientation(exif: bytes) -> int:
    """Return the orientation that EXIF data gives; 1 (upright) if it gives none, or is damaged.

    Args:
        exif: With or without the prefix that JPEG has before it.
    """
    exif = exif.removeprefix(b"Exif\0\0")
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(exif[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(order + "I", exif, 4)
        (count,) = struct.unpack_from(order + "H", exif, start)
        entries = exif[start + 2 : start + 2 + 12 * count]
        for tag, kind, values, field in struct.iter_unpack(order + "HHI4s", entries[: len(entries) // 12 * 12]):
            if tag == ORIENTATION and values == 1 and kind in _INTEGERS:
                (orientation,) = struct.unpack_from(order + _INTEGERS[kind], field)
                return orientation if 1 <= orientation <= 8 else 1
    except struct.error:
        pass
    return 1
