"""Lines that touch ink from outside and make one component with it: an underline, or a box."""

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

EDGE = 0.15  # of a side of the ink: how far from its end a line may be
LOW = 0.04  # of the height, from below: a row in which a line leaves few gaps, even if it is tilted
MAX_GAPS = 0.35  # of the width
COVER = 0.9  # of a line: where it has ink
OVERHANG = 0.12  # of the width: how far an underline reaches beyond what is above it, on both sides
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
    return _has_line_below(part) and (_overhangs(part) or _is_box(part))


def without_underline(mask: Pixels) -> Pixels | None:
    """Return a component without the line that its lowest pixels are, or None if they are no line.

    Args:
        mask: (height, width) uint8, 1 where the component is, which touches every side.
    """
    if not (_has_line_below(mask) and _overhangs(mask)):
        return None
    height = len(mask)
    lowest = mask[: height - 1 - int((MAX_THICKNESS + EDGE) * height) : -1]  # rows from below
    start = lowest.argmax(axis=0)
    rows = np.arange(len(lowest))[:, None]
    ends = (rows >= start) & (lowest == 0)
    runs = np.where(ends.any(axis=0), ends.argmax(axis=0), height) - start
    thickness = float(np.median(runs))
    if thickness > MAX_THICKNESS * height:
        return None
    left = mask.copy()
    left[: height - 1 - len(lowest) : -1] &= rows >= start + thickness + 1
    return left


def _has_line_below(part: Pixels) -> bool:
    return _covers(part[-_depth(part) :], 0)


def _overhangs(part: Pixels) -> bool:
    """Return whether both ends of the line below are free of what is above it, which is wider than a 1."""
    height, width = part.shape
    above = part[: height - 2 * _depth(part)]
    margin = max(1, round(OVERHANG * width))
    if not above.size or cv2.countNonZero(above[:, :margin]) or cv2.countNonZero(above[:, -margin:]):
        return False
    return bool(cv2.countNonZero(cv2.reduce(above, 0, cv2.REDUCE_MAX)) >= MIN_ABOVE * width)


def _is_box(part: Pixels) -> bool:
    depth, breadth = _depth(part), _depth(part.T)
    sides = _covers(part[:depth], 0) and _covers(part[:, :breadth], 1) and _covers(part[:, -breadth:], 1)
    return sides and cv2.countNonZero(part) < MAX_INK * part.size


def _depth(part: Pixels) -> int:
    return 1 + int(EDGE * len(part))


def _covers(strip: Pixels, axis: int) -> bool:
    """Return whether a strip has ink nearly all along the other axis."""
    along = cv2.reduce(strip, axis, cv2.REDUCE_MAX)
    return cv2.countNonZero(along) >= COVER * along.size
