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
        inside: The rectangle that strips at the edges leave.
        has_structures: Whether anything was removed.
    """

    mask: Pixels
    removed: Pixels
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
    lined = on_lines(part, rows) | _turned(on_lines(_turned(part), columns))
    if rows and columns:
        lined |= (
            part
            & on_lines(np.ones_like(part), rows, solid=True)
            & _turned(on_lines(_turned(np.ones_like(part)), columns, solid=True))
        )
    left = np.zeros_like(mask)
    left[inside.slices] = part & (1 - lined)
    removed = mask & (1 - left)
    return Rest(left, removed, inside, bool(removed.any()))


def _turned(mask: Pixels) -> Pixels:
    return np.ascontiguousarray(mask.T)


def _running_into_border(lines: list[Line], length: int) -> list[Line]:
    reach = max(2, AT_BORDER * length)
    return [line for line in lines if line.cover > MIN_COVER and (line.start <= reach or line.end >= length - reach)]
