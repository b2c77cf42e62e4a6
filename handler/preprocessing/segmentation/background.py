"""Pixels → ink, where the background is not plain: its light varies, has edges, and lies beside other things."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.errors import BlankImage
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.noise import local_noise

WINDOW = 1 / 3  # of the shorter side; what is dark for longer on both axes is background, such as a shadow or a desk

MIN_CONTRAST = 16  # of 255, ink against its background; a picture with no more is blank
STRONG = 9.0  # times the local noise: where ink begins to be found
WEAK = 4.5  # times the local noise: as far as ink that was found reaches
FAINT = 1 / 5  # of the typical contrast of the ink; the ringing of JPEG and WebP around strokes stays below it
TYPICAL = 75  # percentile of the contrast of what is strong

_BLANK = "Nothing is drawn on the image; draw one digit that stands out from its background."


def find_local_ink(pixels: Pixels, *, lossy: bool) -> Pixels:
    """Separate ink from a background whose light varies.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.
        lossy: Whether the image had a lossy format, whose noise around strokes is then removed.

    Returns:
        (height, width) uint8: 0 is background, larger values are stronger ink, relative to the light on it.

    Raises:
        BlankImage: Nothing stands out from the background.
    """
    planes = [cv2.GaussianBlur(plane, (3, 3), 0) for plane in (pixels if pixels.ndim == 3 else pixels[None])]
    if _is_light_on_dark(planes):
        planes = [~plane for plane in planes]
    contrast = _contrast(planes[0])
    for plane in planes[1:]:
        contrast = np.maximum(contrast, _contrast(plane))
    level, noise = local_noise(contrast)
    above = contrast - level
    strong = above > np.maximum(STRONG * noise, MIN_CONTRAST)
    if not strong.any():
        raise BlankImage(_BLANK)
    typical = float(np.percentile(above[strong], TYPICAL))
    faint = FAINT * typical
    strong &= above > faint
    weak = above > np.maximum(WEAK * noise, faint)
    kept = _connected(weak, strong)
    if not kept.any():
        raise BlankImage(_BLANK)
    around = cv2.dilate(kept.view(np.uint8), np.ones((3, 3), np.uint8))
    ink = np.clip(above * (255 / typical), 0, 255) * around
    return np.asarray(ink, np.uint8)


def _contrast(plane: Pixels) -> NDArray[np.float32]:
    """Return how much darker than its background each pixel is: 0 as light, 255 black."""
    side = max(3, int(min(plane.shape) * WINDOW)) | 1
    # Outside is as dark as can be: what is dark along the border for longer than the window is no ink.
    padded = cv2.copyMakeBorder(plane, side, side, side, side, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    background = np.maximum(closed[side:-side, side:-side], 1).astype(np.float32)
    return np.asarray(255 - plane * (255 / background), np.float32)


def _is_light_on_dark(planes: list[Pixels]) -> bool:
    dark = light = 0.0
    for plane in planes:
        small = cv2.resize(plane, (96, 96), interpolation=cv2.INTER_AREA)
        median = cv2.medianBlur(small, 49)
        above, below = cv2.subtract(small, median), cv2.subtract(median, small)
        light = max(light, float(np.square(above.astype(np.float32)).sum()))
        dark = max(dark, float(np.square(below.astype(np.float32)).sum()))
    return light > dark


def _connected(weak: NDArray[np.bool_], strong: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the connected regions of what is weak that hold something strong."""
    count, regions = cv2.connectedComponents(weak.view(np.uint8), connectivity=8)
    kept = np.zeros(count, np.bool_)
    kept[regions[strong]] = True
    kept[0] = False
    return np.asarray(kept[regions])
