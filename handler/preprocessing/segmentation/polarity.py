"""Whether ink is darker or lighter than what it is drawn on."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels

SIDE = 96  # pixels; strokes are seen at this size as well
# Pixels; a local median is taken over each. From a narrow one, of a fat stroke only the holes stand out.
WINDOWS = (13, 25, 49)
# Mean logarithm of the ratios. A plane with less goes with the one that shows most. If that has less too, ink is dark.
CLEAR = 2 / 3
# Only sharp edges count, unlike those of reflections and soft shadows: rises by this share of the sharpest.
SHARP = 0.3
SHARPEST = 99.5  # percentile
MARGIN = 4  # pixels at the border that are not judged: a frame or a scanner's edge is there

_INNER = slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN)


def as_dark_on_light(planes: Sequence[Pixels]) -> list[Pixels]:
    """Invert the planes in which lighter ink clearly stands out more from its surroundings than darker ink.

    Ink that differs in color only is lighter than its background in one plane and darker in another.

    Args:
        planes: (height, width) uint8 each, 0 to 255.

    Returns:
        The planes, those that are inverted being new.
    """
    small = [np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8) for plane in planes]
    rises = [_rises(plane) for plane in small]
    # In the plane of its own color ink has no edges, and the edges of reflections would count there.
    sharp = SHARP * max(1.0, *(float(np.percentile(rise[_INNER], SHARPEST)) for rise in rises))
    energies = np.array([_energies(plane, rise > sharp) for plane, rise in zip(small, rises, strict=True)])
    balances = np.log(energies[:, 1] / energies[:, 0]).mean(axis=1)
    clearest = balances[energies.sum(axis=(1, 2)).argmax()]
    judged = np.where(np.abs(balances) > CLEAR, balances, clearest)
    return [~plane if balance > CLEAR else plane for plane, balance in zip(planes, judged, strict=True)]


def _rises(plane: Pixels) -> Pixels:
    return np.asarray(cv2.morphologyEx(plane, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), np.uint8)


def _energies(plane: Pixels, at_edges: NDArray[np.bool_]) -> tuple[list[float], list[float]]:
    """Return by how much, squared, edges are darker, and lighter, than their local median in each of `WINDOWS`."""
    medians = [_local_median(plane, window) for window in WINDOWS]
    darker = [1 + _energy(np.asarray(cv2.subtract(median, plane), np.uint8) * at_edges) for median in medians]
    lighter = [1 + _energy(np.asarray(cv2.subtract(plane, median), np.uint8) * at_edges) for median in medians]
    return darker, lighter


def _local_median(plane: Pixels, window: int) -> Pixels:
    pad = window // 2
    padded = cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.medianBlur(padded, window)[pad:-pad, pad:-pad], np.uint8)


def _energy(difference: Pixels) -> float:
    inner = difference[_INNER].astype(np.float32)
    return float(np.vdot(inner, inner))
