"""Pictures that look like a stray tap: one solid, roundish patch of ink.

A solid patch has the area of the ellipse with its second moments; holes and bays spread the ink of a drawing further.
"""

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import SIZE, Pixels

# Chosen on digits of the training and validation writers and on taps made by rule.
MIN_COMPACTNESS = 0.94  # area over that of the ellipse: a disk has 1, a filled rectangle 0.955, a ring far less
MIN_ROUNDNESS = 0.4  # short axis of the ellipse over its long one: a thick 1 has 0.3
MIN_AREA = 100  # pixels; so compact and round a patch has more, since the ink of every picture is 20 pixels long

_Y, _X = np.divmod(np.arange(SIZE * SIZE, dtype=np.float64), SIZE)
_MOMENTS = np.stack([np.ones_like(_X), _X, _Y, _X * _X, _Y * _Y, _X * _Y], axis=1) / 255


def look_like_taps(pictures: Pixels) -> NDArray[np.bool_]:
    """Return which of (n, 28, 28) pictures, none without ink, are one solid, roundish patch: (n,) bool."""
    area, x, y, xx, yy, xy = (pictures.reshape(-1, SIZE * SIZE).astype(np.float64) @ _MOMENTS).T
    if area.max() < MIN_AREA:  # drawings with pens that are not thick
        return np.zeros(len(pictures), np.bool_)
    x, y = x / area, y / area
    xx, yy, xy = xx / area - x * x, yy / area - y * y, xy / area - x * y
    determinant = np.maximum(xx * yy - xy * xy, 1e-9)
    middle = (xx + yy) / 2
    spread = np.sqrt(np.maximum(middle * middle - determinant, 0))
    roundness = np.sqrt(np.maximum(middle - spread, 0) / (middle + spread))
    compact = area > MIN_COMPACTNESS * 4 * np.pi * np.sqrt(determinant)
    taps: NDArray[np.bool_] = compact & (roundness > MIN_ROUNDNESS)
    return taps
