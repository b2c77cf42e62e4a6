"""JPEG files: their markers are read here, and Pillow decodes them.

The format: https://www.w3.org/Graphics/JPEG/itu-t81.pdf.
"""

import re
import struct
from collections.abc import Iterator
from typing import NamedTuple

from handler.errors import ImageTooLarge, InvalidImage
from handler.preprocessing.formats.encoded import Encoded, check_parts, exif_orientation
from handler.preprocessing.limits import MAX_PASSES, SMALL_BLOCKS

SIGNATURE = b"\xff\xd8\xff"
_SOI, _EOI, _SOS, _DQT, _DHT, _DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
_APP0, _APP1, _APP14 = 0xE0, 0xE1, 0xEE
_FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended and progressive, all of them Huffman-coded
_OTHER_FRAMES = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF, 0xDE)
_ALONE = (0x01, *range(0xD0, 0xD8))  # markers without a segment

_MARKER = re.compile(rb"\xff[^\x00\xff]")
_MARKER_AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # restarts belong to the scan


class _Segment(NamedTuple):
    """A marker's segment.

    Attributes:
        marker: The second byte of the marker.
        contents: What follows the length.
        data: All of it, with the marker before it and, of a scan, the coded picture behind it.
    """

    marker: int
    contents: bytes
    data: bytes


def read_jpeg(data: bytes) -> Encoded:
    """Read a JPEG's markers; those of the first image if there are more.

    Raises:
        ImageTooLarge: It has too many segments, or its scans go over the picture too often.
        InvalidImage: It is damaged, or of a form that is not served.
    """
    reader = _Reader()
    for segment in _segments(data):
        reader.read(segment)
    if reader.frame is None or not reader.visits:
        raise InvalidImage("The JPEG ends before its picture; send the whole file.")
    file = b"".join((data[:2], *reader.colors.values(), *reader.kept))
    return Encoded("JPEG", reader.frame.width, reader.frame.height, file, exif_orientation(reader.exif))


def _segments(data: bytes) -> Iterator[_Segment]:
    """Yield the segments up to the end of the image or of the file; fill bytes and junk between them are skipped."""
    place, count = 2, 0
    while match := _MARKER.search(data, place):
        check_parts(count := count + 1, "JPEG segments", len(data))
        start, marker = match.start(), data[match.start() + 1]
        place = match.end()
        if marker == _EOI:
            yield _Segment(marker, b"", data[start:place])
            return
        if marker in _ALONE:
            continue
        if marker < 0xC0 or marker == _SOI:
            raise InvalidImage("The JPEG has an unknown marker; the file is damaged.")
        length = int.from_bytes(data[place : place + 2])
        contents = data[place + 2 : place + length]
        if length < 2 or len(contents) < length - 2:
            raise InvalidImage("The JPEG is damaged or truncated; send the whole file.")
        place += length
        if marker == _SOS:
            end = _MARKER_AFTER_SCAN.search(data, place)
            place = end.start() if end else len(data)
        yield _Segment(marker, contents, data[start:place])


class _Frame(NamedTuple):
    """The header of the picture.

    Attributes:
        progressive: Whether scans bring parts of coefficients.
        width, height: Pixels.
        blocks: Of 8×8 pixels, of each component by its number.
    """

    progressive: bool
    width: int
    height: int
    blocks: dict[int, int]

    @classmethod
    def parse(cls, marker: int, contents: bytes) -> "_Frame":
        bits, height, width, count = struct.unpack_from(">BHHB", contents)
        if bits != 8:
            raise InvalidImage(f"The JPEG has {bits} bits a channel; send one of 8 bits.")
        if not height or not width:
            raise InvalidImage("The JPEG's header gives no size; save it again with any image editor.")
        if count not in (1, 3, 4) or len(contents) != 6 + 3 * count:
            raise InvalidImage("The JPEG is neither gray nor of three or four channels; save it as RGB.")
        samplings = [(contents[i], contents[i + 1] >> 4, contents[i + 1] & 15) for i in range(6, len(contents), 3)]
        if not all(1 <= factor <= 4 for _, *factors in samplings for factor in factors):
            raise InvalidImage("The JPEG's header is damaged; send the whole file.")
        columns = -(-width // (8 * max(x for _, x, _ in samplings)))
        rows = -(-height // (8 * max(y for _, _, y in samplings)))
        blocks: dict[int, int] = {}
        for number, x, y in samplings:
            blocks[number] = max(blocks.get(number, 0), columns * x * rows * y)
        return cls(marker == 0xC2, width, height, blocks)

    def visits(self, scan: bytes) -> int:
        """Return how many blocks a scan goes over; a scan that refines coefficients takes twice as long for each."""
        count = scan[0]
        first, last, bits = scan[2 * count + 1 : 2 * count + 4]
        refining = self.progressive and first > 0 and bits >> 4 > 0
        visited = sum(self.blocks[scan[2 * i + 1]] for i in range(count))
        return visited * 2 if refining and last > first else visited

    def check(self, visits: int) -> None:
        """Raise `ImageTooLarge` if scans that go over as many blocks cost too much."""
        blocks = -(-self.width // 8) * -(-self.height // 8)
        if visits > MAX_PASSES * max(blocks, SMALL_BLOCKS):
            raise ImageTooLarge(
                f"The JPEG's scans go over it more than {MAX_PASSES} times; save it again with any image editor."
            )


class _Reader:
    """Takes a JPEG's segments, counts the blocks of its scans and keeps what decoding needs.

    Attributes:
        frame: The header of the picture, once it was read.
        visits: How many blocks the scans go over.
        colors: The segments that say what the components are, by marker.
        kept: The other segments that are kept.
        exif: The contents of the EXIF segments.
    """

    def __init__(self) -> None:
        self.frame: _Frame | None = None
        self.visits = 0
        self.colors: dict[int, bytes] = {}
        self.kept: list[bytes] = []
        self.exif = b""
        self._quantization: dict[int, bytes] = {}

    def read(self, segment: _Segment) -> None:
        """Take the next segment."""
        marker, contents, data = segment
        if marker in _FRAMES:
            if self.frame is not None:
                raise InvalidImage("The JPEG has two frame headers; the file is damaged.")
            self.frame = _Frame.parse(marker, contents)
            self.kept.append(data)
        elif marker in _OTHER_FRAMES:
            raise InvalidImage("The JPEG is lossless, hierarchical or arithmetic-coded; save it as an ordinary one.")
        elif marker == _SOS:
            self._read_scan(contents, data)
        elif marker == _DQT:
            self._read_quantization(contents)
        elif marker in (_DHT, _DRI, _EOI):
            self.kept.append(data)
        elif marker == _APP1 and contents.startswith(b"Exif\0\0"):
            self.exif = self.exif or contents
        elif (marker == _APP0 and contents.startswith(b"JFIF")) or (marker == _APP14 and contents.startswith(b"Adobe")):
            self.colors[marker] = data

    def _read_scan(self, contents: bytes, data: bytes) -> None:
        if self.frame is None:
            raise InvalidImage("The JPEG has no frame header before its picture; the file is damaged.")
        self.visits += self.frame.visits(contents)
        self.frame.check(self.visits)
        if self._quantization:
            tables = b"".join(self._quantization.values())
            self.kept.append(struct.pack(">BBH", 0xFF, _DQT, 2 + len(tables)) + tables)
            self._quantization.clear()
        self.kept.append(data)

    def _read_quantization(self, contents: bytes) -> None:
        """Keep the last table of each number: Pillow reads every one in Python."""
        place = 0
        while place < len(contents):
            size = 129 if contents[place] >> 4 else 65
            self._quantization[contents[place] & 15] = contents[place : place + size]
            place += size
