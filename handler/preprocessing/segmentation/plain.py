"""Pixels of a picture with a plain background → its ink. The background has the commonest level, not the border's."""

import cv2
import numpy as np

from handler.preprocessing.ink import LOSSY_NOISE, MIN_CONTRAST
from handler.preprocessing.pixels import Pixels

PLAIN = 0.4  # of the pixels have the commonest level where the background is plain
SPREAD = 2  # gray levels: how far others may be from the commonest level and count with it
NOISE_SPREAD = 12  # gray levels: noise goes farther, so that few of the pixels within are within SPREAD
PURE = 0.85  # of the pixels within NOISE_SPREAD are within SPREAD where there is no noise


def plain_ink(pixels: Pixels, *, lossy: bool) -> Pixels | None:
    """Return the ink on a plain background, or None where the background is not plain.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.
        lossy: Whether the image had a lossy format, whose noise around strokes is then removed.

    Returns:
        (height, width) uint8: 0 is background, larger values are stronger ink.
    """
    planes = pixels if pixels.ndim == 3 else pixels[None]
    differences = [_difference(plane) for plane in planes]
    if any(difference is None for difference in differences):
        return None
    ink = np.maximum.reduce([difference for difference in differences if difference is not None])
    contrast = int(ink.max())
    if contrast <= MIN_CONTRAST:
        return None
    if lossy:
        return np.where(ink > LOSSY_NOISE * contrast, ink, np.uint8(0))
    return np.asarray(ink, np.uint8)


def _difference(plane: Pixels) -> Pixels | None:
    """Return how far each pixel is from the commonest level, or None if it is not common enough."""
    counts = np.bincount(plane.ravel(), minlength=256)
    level = int(counts.argmax())
    plain, near = (counts[max(0, level - spread) : level + spread + 1].sum() for spread in (SPREAD, NOISE_SPREAD))
    if plain < max(PLAIN * plane.size, PURE * near):
        return None
    return np.asarray(cv2.absdiff(plane, np.full_like(plane, level)))
