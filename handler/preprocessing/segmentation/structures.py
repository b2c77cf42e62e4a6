"""Ink without what an image has at its edges and across it: frames, strips, the lines of paper and of cells."""

from typing import NamedTuple

import numpy as np

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.lines import Line, horizontal_lines, on_lines
from handler.preprocessing.segmentation.strips import inside_strips

MIN_SPAN = 0.65  # of the side that a line runs along
AT_BORDER = 0.03  # of the side: a line that ends so close to the border runs into it
MIN_COVER = 0.45  # of a line: where no stroke crosses it or runs in it


class Rest(NamedTuple):
    """Ink that is left.

    Attributes:
        mask: (height, width) uint8, 1 where ink is left.
        removed: (height, width) uint8, 1 where ink was removed.
        with_strokes: As `mask`, with those lines too that may be strokes cut off by a border; None if there are none.
        inside: The rectangle that strips at the edges leave.
        has_structures: Whether anything was removed.
    """

    mask: Pixels
    removed: Pixels
    with_strokes: Pixels | None
    inside: Box
    has_structures: bool


def without_structures(mask: Pixels) -> Rest:
    """Remove strips along the edges and long straight lines that run into the border.

    Args:
        mask: (height, width) uint8, 1 where ink is.
    """
    inside = inside_strips(mask)
    part = np.ascontiguousarray(mask[inside.slices])
    rows = _running_into_border(horizontal_lines(part, round(MIN_SPAN * inside.width)), inside.width)
    columns = _running_into_border(horizontal_lines(_turned(part), round(MIN_SPAN * inside.height)), inside.height)
    long_rows, long_columns = _across(rows, inside.width), _across(columns, inside.height)
    left = _placed(_without(part, rows, columns), inside, mask)
    with_strokes = None
    if len(long_rows) + len(long_columns) < len(rows) + len(columns):
        with_strokes = _placed(_without(part, long_rows, long_columns), inside, mask)
    removed = mask & (1 - left)
    return Rest(left, removed, with_strokes, inside, bool(removed.any()))


def _without(part: Pixels, rows: list[Line], columns: list[Line]) -> Pixels:
    """Return ink without lines, and without the places where two of them cross."""
    lined = on_lines(part, rows) | _turned(on_lines(_turned(part), columns))
    if rows and columns:
        lined |= (
            part
            & on_lines(np.ones_like(part), rows, solid=True)
            & _turned(on_lines(_turned(np.ones_like(part)), columns, solid=True))
        )
    return part & (1 - lined)


def _placed(part: Pixels, inside: Box, mask: Pixels) -> Pixels:
    whole = np.zeros_like(mask)
    whole[inside.slices] = part
    return whole


def _turned(mask: Pixels) -> Pixels:
    return np.ascontiguousarray(mask.T)


def _running_into_border(lines: list[Line], length: int) -> list[Line]:
    return [line for line in lines if line.cover > MIN_COVER and any(_ends_at_border(line, length))]


def _across(lines: list[Line], length: int) -> list[Line]:
    """Return the lines that run from border to border, as strokes seldom do."""
    return [line for line in lines if all(_ends_at_border(line, length))]


def _ends_at_border(line: Line, length: int) -> tuple[bool, bool]:
    reach = max(2, AT_BORDER * length)
    return line.start <= reach, line.end >= length - reach
