"""Whether ink is darker or lighter than what it is drawn on."""

from collections.abc import Sequence

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

SIDE = 96  # pixels; strokes are seen at this size as well
WINDOWS = (13, 25, 37)  # pixels; a local median is taken over each, so that thin and fat strokes are seen
MARGIN = 4  # pixels at the border that are not judged: a frame or a scanner's edge is there


def is_light_on_dark(planes: Sequence[Pixels]) -> bool:
    """Return whether lighter ink stands out more from its surroundings than darker ink.

    Args:
        planes: (height, width) uint8 each, 0 to 255.
    """
    balance = 0.0
    small = [np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8) for plane in planes]
    for window in WINDOWS:
        darker = lighter = 1.0
        for plane in small:
            median = _local_median(plane, window)
            darker = max(darker, _energy(np.asarray(cv2.subtract(median, plane), np.uint8)))
            lighter = max(lighter, _energy(np.asarray(cv2.subtract(plane, median), np.uint8)))
        balance += float(np.log(lighter / darker))
    return balance > 0


def _local_median(plane: Pixels, window: int) -> Pixels:
    pad = window // 2
    padded = cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.medianBlur(padded, window)[pad:-pad, pad:-pad], np.uint8)


def _energy(difference: Pixels) -> float:
    inner = difference[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.float32)
    return float(np.vdot(inner, inner))
