"""Lines that touch ink from outside and make one component with it: an underline, or a box."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

EDGE = 0.15  # of a side of the ink: how far from its end a line may be
LOW = 0.04  # of the height, from below: a row in which a line leaves few gaps, even if it is tilted
MAX_GAPS = 0.35  # of the width
COVER = 0.9  # of a line: where it has ink
FREE = 0.16  # of the width: each end of an underline that no other ink touches; the base of a 2 has one free end
CAP = 0.75  # of the thickness of an underline: its round end, and a little more, which is free at every corner
THICKER, SMOOTH = 1.3, 2  # times the thickness of an underline, plus pixels of edges: thicker ink stands on the line
MIN_ABOVE = 0.5  # of the width of an underline: what is above it; a 1 on its base is less wide
MAX_INK = 0.8  # of the rectangle around the ink: a single thick stroke, which is no box, fills more
MAX_THICKNESS = 0.25  # of the height of the ink


def has_touching_lines(ink: Pixels, box: Box) -> bool:
    """Return whether the lower side of ink is straight, and an underline or one of four sides of a box.

    Few digits have such a side; for the others, the test costs next to nothing.

    Args:
        ink: (height, width) uint8; 0 is background.
        box: The rectangle around the ink.
    """
    left, top, width, height = box
    low = ink[top + height - 1 - int(LOW * height), left : left + width]
    if low.tobytes().count(0) > MAX_GAPS * width:
        return False
    part = ink[box.slices]
    return _underline(part) is not None or _is_box(part)


def without_underline(mask: Pixels) -> Pixels | None:
    """Return a component without the line that its lowest pixels are, or None if they are no line.

    Args:
        mask: (height, width) uint8, 1 where the component is, which touches every side.
    """
    line = _underline(mask)
    if line is None:
        return None
    starts, thickness = line
    left = mask.copy()
    rows = np.arange(len(mask))[::-1, None]  # from below
    left &= rows >= starts + thickness + 1
    return left


def _underline(part: Pixels) -> tuple[NDArray[np.int64], float] | None:
    """Return the line that the lowest ink is if both its ends are free and what is above it is wider than a 1.

    Returns:
        (width,) int64, the first row of ink in each column, counted from below; and the line's thickness in pixels.
    """
    height, width = part.shape
    above = part[: height - 2 * _depth(part)]
    if not (above.size and _has_line_below(part)):
        return None
    lowest = part[: height - 1 - int((MAX_THICKNESS + EDGE) * height) : -1] > 0  # rows from below
    starts = lowest.argmax(axis=0)
    ends = (np.arange(len(lowest))[:, None] >= starts) & ~lowest
    runs = np.where(ends.any(axis=0), ends.argmax(axis=0), height) - starts
    ordered = np.sort(runs)
    thickness = int(ordered[(width - 1) // 2] + ordered[width // 2]) / 2  # the median, at a fourth of NumPy's cost
    is_free = runs <= THICKER * thickness + SMOOTH
    margin = round(max(FREE * width, CAP * thickness))
    if thickness > MAX_THICKNESS * height or not (is_free[:margin].all() and is_free[-margin:].all()):
        return None
    is_wide = np.count_nonzero(np.maximum.reduce(above, axis=0)) >= MIN_ABOVE * width
    return (starts, thickness) if is_wide else None


def _has_line_below(part: Pixels) -> bool:
    return _covers(part[-_depth(part) :], 0)


def _is_box(part: Pixels) -> bool:
    depth, breadth = _depth(part), _depth(part.T)
    return (
        _has_line_below(part)
        and _covers(part[:depth], 0)
        and _covers(part[:, :breadth], 1)
        and _covers(part[:, -breadth:], 1)
        and cv2.countNonZero(part) < MAX_INK * part.size
    )


def _depth(part: Pixels) -> int:
    return 1 + int(EDGE * len(part))


def _covers(strip: Pixels, axis: int) -> bool:
    """Return whether a strip has ink nearly all along the other axis."""
    along = np.maximum.reduce(strip, axis=axis)  # a fourth of the time of OpenCV's
    return bool(np.count_nonzero(along) >= COVER * along.size)
