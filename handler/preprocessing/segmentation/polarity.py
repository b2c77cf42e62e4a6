"""Whether ink is darker or lighter than what it is drawn on."""

from collections.abc import Sequence

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

SIDE = 96  # pixels; strokes are seen at this size as well
# Pixels, of the local median: of fat strokes, the ends and corners stand out from it, and wider ones would show
# reflections and shadows as well.
WINDOW = 13
CLEAR = 2 / 3  # logarithm of the ratio; a plane with less goes with the one that shows most
MARGIN = 4  # pixels at the border that are not judged: a frame or a scanner's edge is there


def as_dark_on_light(planes: Sequence[Pixels]) -> list[Pixels]:
    """Invert the planes in which lighter ink stands out more from its surroundings than darker ink.

    Ink that differs in color only is lighter than its background in one plane and darker in another.

    Args:
        planes: (height, width) uint8 each, 0 to 255.

    Returns:
        The planes, those that are inverted being new.
    """
    darker, lighter = np.array([_energies(plane) for plane in planes]).T
    balances = np.log(lighter / darker)
    clearest = balances[(darker + lighter).argmax()]
    judged = np.where(np.abs(balances) > CLEAR, balances, clearest)
    return [~plane if balance > 0 else plane for plane, balance in zip(planes, judged, strict=True)]


def _energies(plane: Pixels) -> tuple[float, float]:
    """Return by how much, squared, the plane is darker, and lighter, than its local median."""
    small = np.asarray(cv2.resize(plane, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
    pad = WINDOW // 2
    padded = cv2.copyMakeBorder(small, pad, pad, pad, pad, cv2.BORDER_REFLECT_101)
    median = cv2.medianBlur(padded, WINDOW)[pad:-pad, pad:-pad]
    darker, lighter = (np.asarray(cv2.subtract(*pair), np.uint8) for pair in ((median, small), (small, median)))
    return 1 + _energy(darker), 1 + _energy(lighter)


def _energy(difference: Pixels) -> float:
    inner = difference[MARGIN:-MARGIN, MARGIN:-MARGIN].astype(np.float32)
    return float(np.vdot(inner, inner))
