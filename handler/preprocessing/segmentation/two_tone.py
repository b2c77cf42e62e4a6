"""Pictures of two tones that a fat pen's digit fills: the border does not say which of them is the ink."""

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels

MIN_SHARE, MAX_SHARE = 0.2, 0.8  # of all pixels: each tone has so many
MIN_AT_BORDER, MAX_AT_BORDER = 0.1, 0.9  # the same, of the border
MIN_CONTRAST = 32  # gray levels between the tones
NEAR = 0.04  # of the contrast: what is so close to a tone has it
TWO_TONE = 0.85  # of the pixels have one of the tones: more than of paper with a shadow or beside a desk

# In a small picture, lossy compression reaches farther from an edge. If no tone is a patch, it may.
SMALL = 128  # pixels, the longer side
NEAR_IF_CLEAR = 0.12
PATCH_FILL = 0.92  # of its convex hull: a sheet of paper and a shadow fill more


def either_ink(pixels: Pixels) -> list[Pixels]:
    """Return the ink of a two-tone picture, taken for dark and for light ink; nothing for other pictures.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.

    Returns:
        Two (height, width) uint8, in which 0 is background and 255 is ink, or none.
    """
    planes = pixels if pixels.ndim == 3 else pixels[None]
    plane = max(planes, key=lambda plane: float(plane.std()))
    _, light = cv2.threshold(plane, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if not MIN_SHARE < light.mean() < MAX_SHARE:
        return []
    is_clear = max(plane.shape) <= SMALL and not (_is_patch(light) or _is_patch(1 - light))
    if not (is_clear or _shares_border(light)):
        return []
    low, high = float(np.median(plane[light == 0])), float(np.median(plane[light > 0]))
    if high - low < MIN_CONTRAST:
        return []
    lightness = (plane - np.float32(low)) / (high - low)
    near = np.minimum(abs(lightness), abs(lightness - 1)) < (NEAR_IF_CLEAR if is_clear else NEAR)
    if near.mean() < TWO_TONE:
        return []
    ink = np.rint(255 * np.clip(lightness, 0, 1)).astype(np.uint8)
    return [~ink, ink]


def _shares_border(light: Pixels) -> bool:
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]])
    return bool(MIN_AT_BORDER < border.mean() < MAX_AT_BORDER)


def _is_patch(mask: Pixels) -> bool:
    """Return whether a tone fills nearly all of its convex hull, or is nothing but specks."""
    smooth = cv2.medianBlur(mask, 5)
    points = cv2.findNonZero(smooth)
    return points is None or len(points) > PATCH_FILL * cv2.contourArea(cv2.convexHull(points))
