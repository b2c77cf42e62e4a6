"""What components are by their shape: straight strokes, slashes of a zero, underlines."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box, union
from handler.preprocessing.segmentation.components import Component, Labels

STRAIGHT = 0.2  # of a component's length: the width of a straight stroke is less, both as standard deviations
SHORT = 0.4  # the same, of a slash, which may be short
SLASH_TILT = 38  # degrees from the vertical: a 1 is steeper
ZERO_HEIGHT = 1.35  # of its width: a circle around a 1 is less high

# A patch fills so much of its convex hull, and is so wide for its length: the edge of a shadow, a sheet of paper.
PATCH_FILL = 0.88
PATCH_WIDTH = 0.3
PATCH_STRENGTH = 0.4  # of its strongest ink; what is fainter fills the holes of a small digit

UNDERLINE_SHAPE = 2.5  # an underline's width is at least so many times its height
UNDERLINE_WIDTH = 0.6  # of the width of what is above it, at least
UNDERLINE_TOP = 0.75  # of the height of what is above it, from the top; an underline begins below


def convex_hull(mask: Pixels) -> NDArray[np.int32]:
    """Return the convex hull of a mask, (height, width) uint8, that is not 0 all over: (n, 1, 2) columns and rows."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)  # few of a million points
    return np.asarray(cv2.convexHull(np.concatenate(contours)), np.int32)


def is_straight(labels: Labels, component: Component) -> bool:
    """Return whether a component is one straight stroke."""
    return _width_and_tilt(labels, component)[0] < STRAIGHT


def is_patch(ink: Pixels, labels: Labels, component: Component) -> bool:
    """Return whether a component of ink is one solid patch, as no stroke is, even without its fainter parts."""
    part = ink[component.box.slices] * (labels[component.box.slices] == component.label)
    mask = (part > PATCH_STRENGTH * int(part.max())).view(np.uint8)
    hull = convex_hull(mask)
    _, sides, _ = cv2.minAreaRect(hull)
    is_wide = min(sides) + 1 > PATCH_WIDTH * (max(sides) + 1)
    return is_wide and cv2.countNonZero(mask) > PATCH_FILL * cv2.contourArea(hull)


def is_slash(labels: Labels, inner: Sequence[Component], outline: Box) -> bool:
    """Return whether what is inside an outline is the slash of a zero rather than a 1 in a circle."""
    if len(inner) != 1:
        return False
    width, tilt = _width_and_tilt(labels, inner[0])
    return width < SHORT and (tilt > SLASH_TILT or outline.height > ZERO_HEIGHT * outline.width)


def underline_of(components: Sequence[Component]) -> Component | None:
    """Return the component that underlines all others, or None."""
    if len(components) < 2:
        return None
    lowest = max(components, key=lambda component: component.box.top)
    line = lowest.box
    above = union([component.box for component in components if component is not lowest])
    is_line = line.width >= UNDERLINE_SHAPE * line.height and line.width >= UNDERLINE_WIDTH * above.width
    is_below = line.top >= above.top + UNDERLINE_TOP * above.height
    return lowest if is_line and is_below and line.left < above.right and line.right > above.left else None


def _width_and_tilt(labels: Labels, component: Component) -> tuple[float, float]:
    """Return the ratio of the component's standard deviations, 0 to 1, and degrees from the vertical, 0 to 90."""
    rows, columns = np.nonzero(labels[component.box.slices] == component.label)
    if len(rows) < 3:
        return 1.0, 0.0
    variances, axes = np.linalg.eigh(np.cov(np.stack([columns, rows])))
    width = float(np.sqrt(max(variances[0], 0.1) / max(variances[1], 0.1)))
    return width, float(np.degrees(np.arctan2(abs(axes[0, 1]), abs(axes[1, 1]))))
