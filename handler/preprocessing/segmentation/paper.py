"""Where the paper is, in a picture that shows what it lies on as well."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels

SIDE = 128  # pixels, the longer side of the picture in which paper is looked for
STROKE = 11  # pixels; a median over this window leaves no thin ink
EDGE = 3  # pixels; so far from the edge of the paper, nothing is taken for the paper or for what it lies on

MIN_SEPARATION = 0.75  # share of the variance between paper and the rest; 1 are two flat areas
MIN_SOLIDITY = 0.88  # area over that of the convex hull: paper has straight edges, which a stroke may notch
MIN_AREA = 0.1  # of the picture
MIN_DARK_AREA = 0.4  # of the picture, where the paper is darker than what it lies on

MIN_BORDER = 0.18  # of the picture's border, where what the paper lies on is seen; a cut digit takes less

SHARP = 0.65  # of the difference in light and color between paper and the rest: how much is at the edge

# What is so much lighter than the rest and has two corners is paper: few shadows leave such a sheet of light.
DARKER = 0.7  # the light of the rest, of the paper's; a cell's lines and its neighbors have more
MAX_COSINE = 0.35  # of the angle of a corner
MIN_SIDE = 16  # pixels, each side of a corner

# A shadow has the paper's color and texture, and leaves some of its light. What paper lies on differs in one of them.
MAX_SHADOW = 0.35  # its light, of the paper's
MIN_HUE = 0.05  # difference between shares of red, green and blue, 1 being a third
MIN_TEXTURE = 2.5  # times the paper's, relative to the light
MIN_DETAIL = 0.01  # of the light
_EDGES = np.ones((2 * EDGE + 1, 2 * EDGE + 1), np.uint8)
_NEXT = np.ones((3, 3), np.uint8)


def find_paper(planes: Sequence[Pixels]) -> Pixels | None:
    """Return where the paper is if it lies on something else that is in the picture as well.

    Args:
        planes: (height, width) uint8 each, 0 to 255.

    Returns:
        (height, width) uint8, 1 where paper is, without its edge; None if no other thing than paper is seen.
    """
    height, width = planes[0].shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    reduced = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes]
    small = np.stack(reduced, axis=2, dtype=np.uint8)
    surfaces = np.stack([cv2.medianBlur(plane, STROKE) for plane in reduced], axis=2, dtype=np.uint8)
    plane, bright = max(map(_split, np.moveaxis(surfaces, 2, 0)), key=lambda parts: _separation(*parts))
    if _separation(plane, bright) < MIN_SEPARATION:
        return None
    for region, min_area in ((bright, MIN_AREA), (1 - bright, MIN_DARK_AREA)):
        hull = _sheet(region, min_area)
        if hull is None:
            continue
        sheet = cv2.fillConvexPoly(np.zeros_like(bright), hull, 1)
        inside = np.asarray(cv2.erode(sheet, _EDGES, borderType=cv2.BORDER_CONSTANT, borderValue=1), np.uint8)
        outside = np.asarray(1 - cv2.dilate(sheet, _EDGES), np.uint8)
        if (
            inside.any()
            and _share_of_border(outside > 0) > MIN_BORDER
            and _has_sharp_edge(surfaces, inside, outside)
            and (_has_corners(hull, surfaces, inside, outside) or not _is_shadow(small, surfaces, inside, outside))
        ):
            return np.asarray(cv2.resize(inside, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    return None


def _split(plane: Pixels) -> tuple[Pixels, Pixels]:
    """Return a plane, and 1 where it is bright."""
    plane = np.ascontiguousarray(plane)
    _, bright = cv2.threshold(plane, 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return plane, np.asarray(bright, np.uint8)


def _separation(light: Pixels, bright: Pixels) -> float:
    """Return the share of the variance of the light that is between what is bright and the rest."""
    share = float(bright.mean())
    if share in (0, 1):
        return 0.0
    difference = float(light[bright > 0].mean()) - float(light[bright == 0].mean())
    return share * (1 - share) * difference**2 / float(light.var())


def _sheet(bright: Pixels, min_area: float) -> NDArray[np.int32] | None:
    """Return the convex hull of the largest region if it nearly fills it."""
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not contours:
        return None
    largest = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    area = cv2.contourArea(hull)
    if area < min_area * bright.size or cv2.contourArea(largest) < MIN_SOLIDITY * area:
        return None
    return np.asarray(hull, np.int32)


def _has_sharp_edge(surfaces: Pixels, inside: Pixels, outside: Pixels) -> bool:
    """Return whether most of the difference between the sheet and the rest is at its edge, unlike a reflection's."""
    rims = [region & np.asarray(cv2.dilate(1 - region, _NEXT), np.uint8) for region in (inside, outside)]
    step, difference = (
        float(np.abs(_color(surfaces, one) - _color(surfaces, other)).sum()) for one, other in (rims, (inside, outside))
    )
    return step > SHARP * difference


def _has_corners(hull: NDArray[np.int32], surfaces: Pixels, inside: Pixels, outside: Pixels) -> bool:
    """Return whether the sheet is much lighter than the rest and has two corners of about 90° inside the picture."""
    if _color(surfaces, outside).mean() > DARKER * _color(surfaces, inside).mean():
        return False
    points = cv2.approxPolyDP(hull, EDGE, closed=True)[:, 0]
    before, after = (np.roll(points, shift, axis=0) - points for shift in (1, -1))
    lengths = np.stack([np.linalg.norm(side, axis=1) for side in (before, after)])
    is_inner = ((points > EDGE) & (points < np.array(inside.shape[::-1]) - 1 - EDGE)).all(axis=1)
    is_right = np.abs((before * after).sum(axis=1)) < MAX_COSINE * lengths.prod(axis=0)
    return int((is_inner & is_right & (lengths.min(axis=0) >= MIN_SIDE)).sum()) >= 2


def _color(surfaces: Pixels, where: Pixels) -> NDArray[np.float64]:
    return np.asarray(np.median(surfaces[where > 0], axis=0), np.float64)


def _share_of_border(region: NDArray[np.bool_]) -> float:
    return float(np.concatenate((region[0], region[-1], region[:, 0], region[:, -1])).mean())


def _is_shadow(small: Pixels, surfaces: Pixels, inside: Pixels, outside: Pixels) -> bool:
    """Return whether what is outside the sheet may be the sheet as well, with less light on it."""
    paper, other = _color(surfaces, inside), _color(surfaces, outside)
    light, less_light = max(float(paper.mean()), 1.0), max(float(other.mean()), 1.0)
    hue = float(np.abs(paper / light - other / less_light).max())
    details = (np.maximum(small, surfaces) - np.minimum(small, surfaces)).max(axis=2)
    texture, own = (max(float(np.median(details[where > 0])), 1e-6) for where in (outside, inside))
    if less_light <= MAX_SHADOW * light or hue >= MIN_HUE:
        return False
    # Noise has the same number of gray levels in a shadow, and texture has fewer.
    return texture <= own or texture / less_light < MIN_TEXTURE * max(own / light, MIN_DETAIL)
