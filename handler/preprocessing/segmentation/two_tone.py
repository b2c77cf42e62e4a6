"""Pictures of two tones that a fat pen's digit fills: the border does not say which of them is the ink."""

import math

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.shapes import convex_hull

MIN_SHARE, MAX_SHARE = 0.2, 0.8  # of all pixels: each tone has so many
MIN_AT_BORDER, MAX_AT_BORDER = 0.1, 0.9  # the same, of the border
MIN_CONTRAST = 32  # gray levels between the tones
NEAR = 0.04  # of the contrast: what is so close to a tone has it
TWO_TONE = 0.85  # of the pixels have one of the tones: more than of paper with a shadow or beside a desk

# In a small picture, lossy compression reaches farther from an edge. If no tone is a patch, it may.
SMALL = 128  # pixels, the longer side
NEAR_IF_CLEAR = 0.12
DISC = 0.05  # of the shorter side, its radius: smaller than a fat pen's
ROUNDED = 256  # pixels, the longer side at which corners are looked for
# Of its convex hull: a shadow fills more than a PATCH_FILL, and a sheet of paper, which has straight sides, more than a
# SHEET_FILL. What is around a sheet is not ink. A 1 may be as straight, but then it is the ink itself.
PATCH_FILL = 0.92
WITH_PATCH = 3.0
SHEET_FILL = 0.98


def either_ink(pixels: Pixels) -> list[tuple[Pixels, float]]:
    """Return the ink of a two-tone picture, taken for dark and for light ink; nothing for other pictures.

    A pen is round, and so are the ends of its strokes. Between strokes, the background has sharp corners: more of it is
    where no disc fits.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.

    Returns:
        At most two (height, width) uint8, in which 0 is background and 255 is ink: none with a sheet of paper as its
        background. With each, how many logits of "this is a digit" it must be better than others by: the logarithm of
        how many times as much of it is where no disc fits, 0 for the rounder one; more for both if one tone is a patch.
    """
    planes = pixels if pixels.ndim == 3 else pixels[None]
    plane = max(planes, key=lambda plane: float(plane.std()))
    _, light = cv2.threshold(plane, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if not MIN_SHARE < light.mean() < MAX_SHARE:
        return []
    fill_of_dark, fill_of_light = _hull_fill(1 - light), _hull_fill(light)
    has_patch = max(fill_of_dark, fill_of_light) > PATCH_FILL
    is_clear = max(plane.shape) <= SMALL and not has_patch
    if not (is_clear or _is_ambiguous(plane, light)):
        return []
    low, high = float(np.median(plane[light == 0])), float(np.median(plane[light > 0]))
    if high - low < MIN_CONTRAST:
        return []
    lightness = (plane - np.float32(low)) / (high - low)
    near = np.minimum(abs(lightness), abs(lightness - 1)) < (NEAR_IF_CLEAR if is_clear else NEAR)
    if near.mean() < TWO_TONE:
        return []
    ink = np.rint(255 * np.clip(lightness, 0, 1)).astype(np.uint8)
    ratio = math.log(_corners(1 - light) / _corners(light))
    least = WITH_PATCH * has_patch
    inks = (fill_of_light, ~ink, ratio), (fill_of_dark, ink, -ratio)
    return [(tone, least + max(penalty, 0.0)) for fill, tone, penalty in inks if fill <= SHEET_FILL]


def _is_ambiguous(plane: Pixels, light: Pixels) -> bool:
    """Return whether the border does not say which tone is the background.

    It has much of both, or it has little but some of the one that has more of all pixels; a frame would have none.
    """
    share = float(_border(light).mean())
    is_outnumbered = (share > 1 / 2) != (float(light.mean()) > 1 / 2) and np.ptp(_border(plane)) > MIN_CONTRAST
    return bool(MIN_AT_BORDER < share < MAX_AT_BORDER or is_outnumbered)


def _border(plane: Pixels) -> Pixels:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _hull_fill(mask: Pixels) -> float:
    """Return how much of its convex hull a tone fills, 1 if it is nothing but specks."""
    smooth = np.asarray(cv2.medianBlur(mask, 5), np.uint8)
    area = cv2.countNonZero(smooth)
    return area / max(1.0, cv2.contourArea(convex_hull(smooth))) if area else 1.0


def _corners(mask: Pixels) -> float:
    """Return in how much of a tone no disc fits, as a share of all pixels; what meets the border goes on beyond it."""
    height, width = mask.shape
    scale = min(1.0, ROUNDED / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.uint8)
    radius = max(1, round(DISC * min(size)))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    padded = cv2.copyMakeBorder(small, radius, radius, radius, radius, cv2.BORDER_REPLICATE)
    rounded = cv2.morphologyEx(padded, cv2.MORPH_OPEN, disc)[radius:-radius, radius:-radius]
    return float(1 + cv2.countNonZero(small) - cv2.countNonZero(rounded)) / small.size
