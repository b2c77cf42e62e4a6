"""Whether ink is darker or lighter than what it is drawn on."""

from collections.abc import Sequence

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

SIDE = 96  # pixels; strokes are seen at this size as well
WINDOWS = (13, 25, 49)  # pixels; a local median is taken over each, so that thin and fat strokes are seen
CLEAR = 2.0  # sum of the logarithms of the ratios; a plane with less goes with the one that shows most
MARGIN = 4  # pixels at the border that are not judged: a frame or a scanner's edge is there


def as_dark_on_light(planes: Sequence[Pixels]) -> list[Pixels]:
    """Invert the planes in which lighter ink stands out more from its surroundings than darker ink.

    Ink that differs in color only is lighter than its background in one plane and darker in another.

    Args:
        planes: (height, width) uint8 each, 0 to 255.

    Returns:
        The planes, those that are inverted being new.
    """
    darker, lighter = (np.array(energies) for energies in zip(*map(_energies, planes), strict=True))
    balances = np.log(lighter / darker).sum(axis=1)
    clearest = balances[(darker + lighter).sum(axis=1).argmax()]
    judged = np.where(np.abs(balances) > CLEAR, balances, clearest)
    return [~plane if balance > 0 else plane for plane, balance in zip(planes, judged, strict=True)]


def _energies(plane: Pixels) -> tuple[list[float], list[float]]:
    """Return by how much, squared, the plane is darker, and lighter, than its local median in each of `WINDOWS`."""
    small = np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    medians = [_local_median(small, window) for window in WINDOWS]
    darker = [1 + _energy(np.asarray(cv2.subtract(median, small), np.uint8)) for median in medians]
    lighter = [1 + _energy(np.asarray(cv2.subtract(small, median), np.uint8)) for median in medians]
    return darker, lighter


def _local_median(plane: Pixels, window: int) -> Pixels:
    pad = window // 2
    padded = cv2.copyMakeBorder(plane, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
    return np.asarray(cv2.medianBlur(padded, window)[pad:-pad, pad:-pad], np.uint8)


def _energy(difference: Pixels) -> float:
    inner = difference[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.float32)
    return float(np.vdot(inner, inner))
