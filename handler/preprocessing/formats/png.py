"""Plain gray PNG files, read and written without Pillow, which takes several times as long for small images.

The format: https://www.w3.org/TR/png-3/. ISA-L inflates, deflates and checks faster than zlib.
"""

import functools
import struct
from typing import NamedTuple

import numpy as np
from isal import isal_zlib

from handler.preprocessing.pixels import Pixels

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FORM = bytes((8, 0, 0, 0, 0))  # of the header: 8 bits, gray, the one compression and filter method, no interlacing
_IHDR, _IDAT = 8, 33  # offsets of these chunks
_END = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", isal_zlib.crc32(b"IEND"))
_OVERHEAD = 12  # bytes of a chunk besides its data: length, type, checksum


class PlainPng(NamedTuple):
    """A PNG file of the simplest form, which the page sends: 8-bit gray, one IDAT chunk, nothing else.

    Attributes:
        width, height: Pixels, from the header.
        data: The file.
    """

    width: int
    height: int
    data: bytes

    @classmethod
    def parse(cls, data: bytes) -> "PlainPng | None":
        """Read the header of a file; None if it is damaged or of any other form, which is left to Pillow."""
        if data[:8] != _SIGNATURE or data[-_OVERHEAD:] != _END or len(data) < _IDAT + 2 * _OVERHEAD:
            return None
        if data[24:29] != _FORM or not (_is_chunk(data, _IHDR, b"IHDR", 13)):
            return None
        if not _is_chunk(data, _IDAT, b"IDAT", len(data) - _IDAT - 2 * _OVERHEAD):
            return None
        width, height = struct.unpack_from(">II", data, 16)
        return cls(width, height, data) if width and height else None

    def decode(self) -> Pixels | None:
        """Return the (height, width) uint8 pixels; None if rows are filtered or damaged, which is left to Pillow."""
        size = self.height * (self.width + 1)
        inflater = isal_zlib.decompressobj()
        try:
            # The header bounds the output.
            rows = inflater.decompress(memoryview(self.data)[_IDAT + 8 : -_OVERHEAD - 4], size)
        except isal_zlib.error:  # type: ignore[misc]  # its stubs declare an instance
            return None
        if len(rows) != size or rows[:: self.width + 1].count(0) != self.height:
            return None
        pixels: Pixels = np.frombuffer(rows, np.uint8).reshape(self.height, self.width + 1)[:, 1:]
        return pixels


def _is_chunk(data: bytes, start: int, kind: bytes, length: int) -> bool:
    end = start + 8 + length
    return (
        data[start : start + 8] == struct.pack(">I", length) + kind
        and isal_zlib.crc32(memoryview(data)[start + 4 : end]) == struct.unpack_from(">I", data, end)[0]
    )


def encode_png(pixels: Pixels) -> bytes:
    """Return (height, width) uint8 pixels as a PNG file: 8-bit gray, no filter, no ancillary chunk."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), np.uint8)  # the 0 before each row says that it is not filtered
    rows[:, 1:] = pixels
    return _header(width, height) + _chunk(b"IDAT", isal_zlib.compress(rows.tobytes(), 0)) + _END


@functools.lru_cache(8)
def _header(width: int, height: int) -> bytes:
    return _SIGNATURE + _chunk(b"IHDR", struct.pack(">II", width, height) + _FORM)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", isal_zlib.crc32(kind + data))
