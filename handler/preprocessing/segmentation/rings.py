"""Closed or nearly closed outlines around other ink: circles and boxes, whether or not the ink inside touches them."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.shapes import convex_hull

ANGLES = 256
MIN_COVER = 0.75  # of the angles: where the outermost ink lies on the outline
SLACK = 0.1  # of the radius: how far inside the convex hull the outline may lie
MAX_THICKNESS = 0.4  # of the radius
BOX_FILL = 0.88  # of the rectangle around the outline; an ellipse fills 0.79

_SAMPLING = cv2.INTER_NEAREST | cv2.WARP_FILL_OUTLIERS  # or pixels outside would keep what the memory held

Floats = NDArray[np.float64]


class Ring(NamedTuple):
    """The outline that a component is or has.

    Attributes:
        outline: (height, width) uint8, 1 where only the outline is.
        inside: (height, width) uint8, 1 where other ink of the component is.
        is_box: Whether it fills its rectangle's corners.
    """

    outline: Pixels
    inside: Pixels
    is_box: bool


def find_ring(component: Pixels) -> Ring | None:
    """Return the outline that surrounds the middle of a component, or None if there is none.

    Args:
        component: (height, width) uint8, 1 where the component is; it is not empty.
    """
    height, width = component.shape
    hull = convex_hull(component)
    filled = np.asarray(cv2.fillConvexPoly(np.zeros_like(component), hull, 1), np.uint8)
    center = ((width - 1) / 2, (height - 1) / 2)
    radius = int(np.hypot(width, height) / 2) + 2
    polar, hull_polar = (
        np.asarray(cv2.warpPolar(image, (radius, ANGLES), center, radius, _SAMPLING), np.uint8)
        for image in (component, filled)
    )
    outer = _last(polar)  # radius of the outermost ink, -1 where there is none
    hull_outer = _last(hull_polar)
    on_outline = (outer >= 0) & (outer >= (1 - SLACK) * hull_outer - 2)
    if on_outline.mean() < MIN_COVER:
        return None
    thicknesses = _outer_runs(polar, outer)
    thickness = float(np.percentile(thicknesses[on_outline], 40))
    if thickness > MAX_THICKNESS * min(height, width) / 2:
        return None
    cut = np.where(on_outline, outer - np.minimum(thicknesses, 1.35 * thickness + 1) - 0.5, radius)
    cut = np.minimum(np.minimum(cut, np.roll(cut, 1)), np.roll(cut, -1))
    y, x = np.mgrid[:height, :width]
    angle = np.rint(np.arctan2(y - center[1], x - center[0]) * ANGLES / (2 * np.pi)).astype(int) % ANGLES
    outside = np.hypot(x - center[0], y - center[1]) > cut[angle]
    return Ring(
        component * outside.astype(np.uint8), component * (~outside).astype(np.uint8), bool(filled.mean() > BOX_FILL)
    )


def _last(polar: Pixels) -> NDArray[np.int64]:
    """Return for each row the last column that is not 0, or -1."""
    reverse = polar[:, ::-1] > 0
    return np.where(reverse.any(axis=1), polar.shape[1] - 1 - reverse.argmax(axis=1), -1)


def _outer_runs(polar: Pixels, outer: NDArray[np.int64]) -> Floats:
    """Return for each row how many columns up to the last with ink have ink without a gap."""
    reverse = polar[:, ::-1] > 0
    start = polar.shape[1] - 1 - outer
    gaps = ~reverse & (np.arange(polar.shape[1]) > start[:, None])
    end = np.where(gaps.any(axis=1), gaps.argmax(axis=1), polar.shape[1])
    return np.asarray(end - start, np.float64)
