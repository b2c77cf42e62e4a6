"""WebP files: their chunks are read here, and Pillow decodes them.

The format: https://developers.google.com/speed/webp/docs/riff_container.
"""

import struct
from collections.abc import Iterator

from handler.errors import InvalidImage
from handler.preprocessing.formats.encoded import Encoded, check_parts, exif_orientation

_HEADER = 12
_CANVAS = 10  # bytes of VP8X
_PLACE = 16  # bytes of a frame before its chunks
_ANIMATION, _EXIF, _ALPHA = 0x02, 0x08, 0x10  # flags of VP8X
_BITSTREAMS = (b"VP8 ", b"VP8L")

_Chunk = tuple[bytes, bytes]  # four letters, and the contents


def is_webp(data: bytes) -> bool:
    """Return whether a file has WebP's signature."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read_webp(data: bytes) -> Encoded:
    """Read a WebP's chunks; of an animation, those of the first frame.

    Raises:
        ImageTooLarge: It has too many chunks.
        InvalidImage: It is damaged, or its sizes contradict each other.
    """
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise InvalidImage("The WebP is truncated; send the whole file.")
    chunks = _chunks(data[_HEADER:end])
    kind, contents = next(chunks, (b"", b""))
    if kind in _BITSTREAMS:
        return Encoded("WEBP", *_size(kind, contents), _file((kind, contents)))
    if kind != b"VP8X" or len(contents) < _CANVAS:
        raise InvalidImage("The WebP's header is damaged; send the whole file.")
    return _read_extended(contents, list(chunks))


def _read_extended(canvas: bytes, chunks: list[_Chunk]) -> Encoded:
    """Read a file in the extended format."""
    flags = canvas[0]
    size = _u24(canvas, 4) + 1, _u24(canvas, 7) + 1
    head = (b"VP8X", bytes((flags & (_ALPHA | _ANIMATION),)) + canvas[1:_CANVAS])
    if flags & _ANIMATION:
        kept = [head, _first(chunks, b"ANIM"), (b"ANMF", _read_frame(_first(chunks, b"ANMF")[1]))]
    else:
        kept = [head, *_image(chunks, size)]
    exif = next((contents for kind, contents in chunks if kind == b"EXIF" and flags & _EXIF), b"")
    return Encoded("WEBP", *size, _file(*kept), exif_orientation(exif))


def _read_frame(frame: bytes) -> bytes:
    """Return a frame with only the chunks of its picture."""
    size = _u24(frame, 6) + 1, _u24(frame, 9) + 1
    image = _image(list(_chunks(frame[_PLACE:])), size)
    return frame[:_PLACE] + b"".join(_packed(chunk) for chunk in image)


def _image(chunks: list[_Chunk], size: tuple[int, int]) -> list[_Chunk]:
    """Return the chunks of a picture, whose own size is that of the canvas or frame around it."""
    kept = [chunk for chunk in chunks if chunk[0] == b"ALPH"][:1]
    picture = next((chunk for chunk in chunks if chunk[0] in _BITSTREAMS), (b"", b""))
    if _size(*picture) != size:
        raise InvalidImage("The WebP's picture has a different size than its header says; the file is damaged.")
    return [*kept, picture]


def _size(kind: bytes, contents: bytes) -> tuple[int, int]:
    """Return the width and height that a bitstream declares."""
    if kind == b"VP8 " and contents[3:6] == b"\x9d\x01\x2a" and len(contents) >= 10:
        width, height = struct.unpack_from("<HH", contents, 6)
        return width & 0x3FFF, height & 0x3FFF  # the two bits above ask for scaling, which no decoder does
    if kind == b"VP8L" and contents[:1] == b"\x2f" and len(contents) >= 5:
        (bits,) = struct.unpack_from("<I", contents, 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise InvalidImage("The WebP has no picture, or its header is damaged; send the whole file.")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    place, count = 0, 0
    while place + 8 <= len(data):
        check_parts(count := count + 1, "WebP chunks", len(data))
        kind, length = struct.unpack_from("<4sI", data, place)
        contents = data[place + 8 : place + 8 + length]
        if len(contents) < length:
            raise InvalidImage("The WebP is truncated; send the whole file.")
        yield kind, contents
        place += 8 + length + length % 2


def _first(chunks: list[_Chunk], kind: bytes) -> _Chunk:
    chunk = next((chunk for chunk in chunks if chunk[0] == kind), None)
    if chunk is None or len(chunk[1]) < (_PLACE if kind == b"ANMF" else 6):
        raise InvalidImage("The WebP is an animation without a frame; send the whole file.")
    return chunk


def _u24(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 3], "little")


def _packed(chunk: _Chunk) -> bytes:
    kind, contents = chunk
    return kind + struct.pack("<I", len(contents)) + contents + b"\0" * (len(contents) % 2)


def _file(*chunks: _Chunk) -> bytes:
    body = b"WEBP" + b"".join(_packed(chunk) for chunk in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body
