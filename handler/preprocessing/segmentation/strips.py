"""Strips along the edges of an image: the frame of a screenshot, the dark edge of a scan."""

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

FILLED = 0.75  # of a row or a column
MAX_WIDTH = 0.3  # of the side that a strip lies across


def inside_strips(mask: Pixels, filled: float = FILLED) -> Box:
    """Return the rectangle that is left without rows and columns at the edges that are nearly filled.

    Args:
        mask: (height, width) uint8, 1 where ink is.
        filled: The share of a row or a column, from which on it is nearly filled.
    """
    height, width = mask.shape
    box = Box(0, 0, width, height)
    for _ in range(2):  # once for the strips, once for what they covered of each other
        part = mask[box.slices]
        top, bottom = _filled_ends(part, 1, filled, MAX_WIDTH * height)
        left, right = _filled_ends(part, 0, filled, MAX_WIDTH * width)
        box = Box(box.left + left, box.top + top, box.width - left - right, box.height - top - bottom)
    return box


def _filled_ends(mask: Pixels, axis: int, share: float, limit: float) -> tuple[int, int]:
    """Return how many rows (axis 1) or columns (axis 0) at each end are nearly filled, or 0 where a digit may be."""
    filled = mask.mean(axis=axis) > share
    if filled.all():
        return 0, 0
    first, last = int((~filled).argmax()), int((~filled[::-1]).argmax())
    return first if first <= limit else 0, last if last <= limit else 0
