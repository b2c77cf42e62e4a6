"""Pixels of a picture with two plain levels, paper and ink → its ink: the border alone does not say which is which."""

import cv2
import numpy as np

from handler.preprocessing.ink import LOSSY_NOISE, MIN_CONTRAST
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.components import components_of
from handler.preprocessing.segmentation.strips import inside_strips

PLAIN = 0.4  # of the pixels have the commonest level where the background is plain
SPREAD = 2  # gray levels: how far others may be from the commonest level and count with it
NOISE_SPREAD = 12  # gray levels: noise goes farther, so that few of the pixels within are within SPREAD
PURE = 0.85  # of the pixels within NOISE_SPREAD are within SPREAD where there is no noise
INK_AT_BORDER = 0.25  # of the border: with more ink there, ink and paper may be the other way around
FRAME = 0.97  # of a row or a column at the edge: with more ink it is a frame, not a fat pen
MIN_PAPER = 0.25  # of the pixels: lines and frames around a digit cover less
MIN_PART = 0.003  # of the pixels: what smaller parts of ink or paper are does not count


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
        ink = np.where(ink > LOSSY_NOISE * contrast, ink, np.uint8(0))
    return _inverted(ink) if _is_inverted(ink) else ink


def _difference(plane: Pixels) -> Pixels | None:
    """Return how far each pixel is from the commonest level, or None if it is not common enough."""
    counts = np.bincount(plane.ravel(), minlength=256)
    level = int(counts.argmax())
    plain, near = (counts[max(0, level - spread) : level + spread + 1].sum() for spread in (SPREAD, NOISE_SPREAD))
    if plain < max(PLAIN * plane.size, PURE * near):
        return None
    return np.asarray(cv2.absdiff(plane, np.full_like(plane, level)))


def _is_inverted(ink: Pixels) -> bool:
    """Return whether what differs from the commonest level is the paper around a fat pen's strokes.

    Strokes that reach the border cut the paper into more parts than they have themselves.
    """
    mask = (ink > int(ink.max()) // 2).view(np.uint8)
    border = np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]])
    height, width = mask.shape
    if border.mean() < INK_AT_BORDER or inside_strips(mask, FRAME)[2:] != (width, height):
        return False
    return _parts(mask) > _parts(1 - mask) and mask.mean() > MIN_PAPER


def _parts(mask: Pixels) -> int:
    return sum(component.area > MIN_PART * mask.size for component in components_of(mask)[1])


def _inverted(ink: Pixels) -> Pixels:
    return np.asarray(int(ink.max()) - ink, np.uint8)
