"""The rows of a PNG as its data holds them: counted and inflated, and not yet decoded.

The format: https://www.w3.org/TR/png-3/#9Filters. Undoing the Paeth filter takes three times as long where the
processor mispredicts its branches, which is where differences are not zero.
"""

from collections.abc import Iterator

import numpy as np
from isal import isal_zlib

from handler.preprocessing.pixels import Pixels

_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))  # of Adam7
_PAETH = 4
_BLOCK = 1 << 20  # bytes that are inflated at once

Layout = list[tuple[int, int]]  # for each pass: bytes of a row including its filter byte, and number of rows


def layout(width: int, height: int, bits: int, *, interlaced: bool) -> Layout:
    """Return the layout of an image of `width`×`height` pixels of `bits` bits."""
    if not interlaced:
        return [(1 + -(-width * bits // 8), height)]
    sizes = [(-(-(width - x) // step_x), -(-(height - y) // step_y)) for x, y, step_x, step_y in _PASSES]
    return [(1 + -(-columns * bits // 8), rows) for columns, rows in sizes if columns > 0 and rows > 0]


def row_bytes(width: int, height: int, bits: int) -> int:
    """Return how many bytes the rows of as many pixels of `bits` bits take, without those of the filters."""
    return -(-width * bits // 8) * height


def count_paeth_differences(data: bytes, rows: Layout, most: int) -> int:
    """Return how many bytes of rows with the Paeth filter are not zero; up to where the data is damaged or ends.

    Args:
        data: The contents of the IDAT chunks.
        rows: Their layout.
        most: A count above this is not continued.
    """
    count = 0
    for block in _blocks(data, rows):
        filtered = block[block[:, 0] == _PAETH, 1:]
        count += int(np.count_nonzero(filtered))
        if count > most:
            break
    return count


def _blocks(data: bytes, rows: Layout) -> Iterator[Pixels]:
    """Yield the inflated rows, some at a time, as (rows, bytes)."""
    inflater = isal_zlib.decompressobj()
    try:
        for length, count in rows:
            for start in range(0, count, step := max(_BLOCK // length, 1)):
                size = min(step, count - start) * length
                block = b""
                while len(block) < size:
                    part = inflater.decompress(data, size - len(block))
                    data = inflater.unconsumed_tail
                    if not part:
                        return
                    block += part
                yield np.frombuffer(block, np.uint8).reshape(-1, length)
    except isal_zlib.error:  # type: ignore[misc]  # its stubs declare an instance
        return
