"""What a picture would be without what is drawn on it: strokes filled, shadows and other wide dark things not."""

from collections.abc import Sequence

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

# Windows, of the shorter side. What is dark and wider than WIDE is background; what is narrower than NARROW is not; in
# between, it is background where it goes on into what is as dark and wider, such as the corner of a shadow.
NARROW = 1 / 8
WIDE = 2 / 5
ALONG_BORDER = 3 / 5  # what is dark along the border for longer is background as well, such as a scanner's edge

SMALL = 128  # pixels, the longer side of the picture in which it is found out what goes on into what
MAX_STEPS = 64  # pixels, how far; less than WIDE is not filled in any case

_NEIGHBORS = np.ones((3, 3), np.uint8)


def closed(plane: Pixels, window: float, *, dark_outside: bool = True) -> Pixels:
    """Fill what is dark and narrower than a window on one axis.

    Args:
        plane: (height, width, …) uint8.
        window: The side of the window, of the plane's shorter side.
        dark_outside: What is dark along the border for longer than the window stays; otherwise it is filled as well.
    """
    side = max(3, int(min(plane.shape[:2]) * window)) | 1
    kernel = np.ones((side, side), np.uint8)
    if not dark_outside:
        return np.asarray(cv2.morphologyEx(plane, cv2.MORPH_CLOSE, kernel), np.uint8)
    padded = cv2.copyMakeBorder(plane, side, side, side, side, cv2.BORDER_CONSTANT, value=(0, 0, 0))
    return np.asarray(cv2.morphologyEx(padded, cv2.MORPH_CLOSE, kernel)[side:-side, side:-side], np.uint8)


def filled_backgrounds(planes: Sequence[Pixels]) -> list[Pixels]:
    """Raise what is dark, and not wide, to the lightest level on the way out of it.

    Args:
        planes: At most three, (height, width) uint8 each.

    Returns:
        The planes, reduced to `SMALL`; no pixel is lighter than the background near it.
    """
    height, width = planes[0].shape
    scale = min(1.0, SMALL / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.stack(
        [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes], axis=2, dtype=np.uint8
    )
    level = np.minimum(_deep(closed(small, WIDE, dark_outside=False)), _deep(closed(small, ALONG_BORDER)))
    for _ in range(MAX_STEPS):
        lower = np.maximum(_eroded(level), small)
        if np.array_equal(lower, level):
            break
        level = lower
    return list(np.moveaxis(_eroded(level), 2, 0).copy())


def _eroded(planes: Pixels) -> Pixels:
    return _deep(np.asarray(cv2.erode(planes, _NEIGHBORS), np.uint8))


def _deep(planes: Pixels) -> Pixels:
    return planes[..., None] if planes.ndim == 2 else planes  # OpenCV drops the axis of a single plane
