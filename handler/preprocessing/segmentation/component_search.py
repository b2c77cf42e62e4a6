"""Components → candidates: each may be the digit with or without what surrounds it, underlines it or touches it."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import Component, Labels, components_of, pixels_of
from handler.preprocessing.segmentation.grouping import Group, group
from handler.preprocessing.segmentation.lines import horizontal_lines, on_lines
from handler.preprocessing.segmentation.rings import Ring, find_ring
from handler.preprocessing.segmentation.shapes import is_slash, is_straight, underline_of
from handler.preprocessing.segmentation.structures import Rest
from handler.preprocessing.segmentation.touching_lines import without_underline

# How many logits of "this is a digit" a candidate must be better than others, because its shape says that it is less
# likely the digit.
WITH_CUT_STROKES = -0.5  # with what runs into a border like a line
WITH_TOUCHING_BOX = 2.5
INSIDE_TOUCHING_RING = 0.5  # an outline and what touches it from inside, where it may be one drawing
WITHOUT_TOUCHING_LINES = 3.0  # strokes without their straight parts
MAIN_ALONE = 3.0  # one of several components
WITH_UNDERLINE = 5.0

# Of the shorter side of an outline: the size of a digit in it.
MIN_INSIDE = 0.3
MIN_INSIDE_TOUCHING = 0.45
SPAN = 0.8  # of the side of a component: a line that touches it or is part of it


class Candidate(NamedTuple):
    """Ink that may be the digit.

    Attributes:
        ink: (height, width) uint8; 0 where it does not belong to the digit.
        left, top: Where this ink is in the image's ink.
        penalty: Logits of "this is a digit" that it must be better than others by.
    """

    ink: Pixels
    left: int
    top: int
    penalty: float


class ComponentSearch:
    """What may be the digit among the components of one image's ink.

    Args:
        ink: (height, width) uint8; 0 is background.
        mask: (height, width) uint8, 1 where ink is.
        labels: (height, width) int32, the components' numbers.
    """

    def __init__(self, ink: Pixels, mask: Pixels, labels: Labels) -> None:
        self.ink = ink
        self.mask = mask
        self.labels = labels

    def everything(self, penalty: float) -> Candidate:
        """Return all ink."""
        return Candidate(self.ink, 0, 0, penalty)

    def inside_ring(self, components: Sequence[Component], chosen: Group, inside: Box) -> Group | None:
        """Return the components inside an outline that is apart from them, or None if there is no such outline."""
        ring = max(chosen.members, key=lambda component: component.box.width * component.box.height)
        inner = [component for component in components if component is not ring and _holds(ring.box, component.box)]
        outline = find_ring(self._mask_of(ring)) if inner else None
        if outline is None:
            return None
        content = group(inner, inside)
        is_small = max(content.main.box[2:]) < MIN_INSIDE * min(ring.box[2:])
        is_zero = not outline.is_box and is_slash(self.labels, content.members, ring.box)
        return None if is_small or is_zero else content

    def with_cut_strokes(self, chosen: Group, rest: Rest) -> list[Candidate]:
        """Return a group with the strokes that a border cuts off and that were taken for lines, if it has such."""
        if rest.with_strokes is None:
            return []
        labels, components = components_of(rest.with_strokes)
        joined = set(np.unique(labels[pixels_of(self.labels, chosen.members) > 0]).tolist())
        members = [component for component in components if component.label in joined]
        has_more = sum(one.area for one in members) > sum(one.area for one in chosen.members)
        return [self._of_mask(pixels_of(labels, members), WITH_CUT_STROKES)] if has_more else []

    def of_group(self, chosen: Group) -> list[Candidate]:
        """Return a group, first, and what may be the digit instead."""
        candidates = [self._of(chosen.members, 0.0)]
        underline = underline_of(chosen.members)
        if underline is not None:
            candidates[0] = candidates[0]._replace(penalty=WITH_UNDERLINE)
            candidates.append(self._of([member for member in chosen.members if member is not underline], 0.0))
        if chosen.several:
            return candidates
        if len(chosen.members) > 1:
            candidates.append(self._of([chosen.main], MAIN_ALONE))
        penalty, parts = self.inside(chosen.main)
        candidates[0] = candidates[0]._replace(penalty=max(penalty, candidates[0].penalty))
        return [*candidates, *parts]

    def inside(self, component: Component) -> tuple[float, list[Candidate]]:
        """Return the penalty of a component, and what may be the digit in it: without lines that touch it."""
        part = self._mask_of(component)
        above = without_underline(part)
        if above is not None:
            return 0.0, [self._of_part(above, component.box, WITHOUT_TOUCHING_LINES)]
        penalty, candidates = 0.0, []
        ring = find_ring(part)
        if ring is not None and (content := _content(ring, part)) is not None:
            penalty = WITH_TOUCHING_BOX if ring.is_box else 0.0
            candidates.append(self._of_part(content, component.box, 0.0 if ring.is_box else INSIDE_TOUCHING_RING))
        if (stroke := _without_lines(part)) is not None:
            candidates.append(self._of_part(stroke, component.box, WITHOUT_TOUCHING_LINES))
        return penalty, candidates

    def _mask_of(self, component: Component) -> Pixels:
        return np.asarray(self.labels[component.box.slices] == component.label, np.uint8)

    def _of(self, components: Sequence[Component], penalty: float) -> Candidate:
        return self._of_mask(pixels_of(self.labels, components), penalty)

    def _of_part(self, part: Pixels, box: Box, penalty: float) -> Candidate:
        belongs = np.zeros_like(self.mask)
        belongs[box.slices] = part
        return self._of_mask(belongs, penalty)

    def _of_mask(self, belongs: Pixels, penalty: float) -> Candidate:
        """Return the ink of a mask, and the faint fringes around it."""
        left, top, width, height = cv2.boundingRect(belongs)
        left, top = max(0, left - 1), max(0, top - 1)
        around = slice(top, top + height + 2), slice(left, left + width + 2)
        near = np.asarray(cv2.dilate(belongs[around], np.ones((3, 3), np.uint8)), np.uint8)
        kept = belongs[around] | (near & (1 - self.mask[around]))
        return Candidate(self.ink[around] * kept, left, top, penalty)


def _holds(outer: Box, inner: Box) -> bool:
    return (
        inner.left >= outer.left
        and inner.top >= outer.top
        and inner.right <= outer.right
        and inner.bottom <= outer.bottom
    )


def _content(ring: Ring, part: Pixels) -> Pixels | None:
    """Return the ink that an outline touches, if a digit of some size may be in it."""
    content, labels, components = _large_parts(ring.inside, MIN_INSIDE_TOUCHING * min(part.shape))
    if not components:
        return None
    is_zero = len(components) == 1 and not ring.is_box and is_straight(labels, components[0])
    return None if is_zero else content


def _without_lines(part: Pixels) -> Pixels | None:
    """Return a component without straight lines along all of it, if there are such lines and strokes beside them."""
    height, width = part.shape
    turned = np.ascontiguousarray(part.T)
    rows, columns = horizontal_lines(part, round(SPAN * width)), horizontal_lines(turned, round(SPAN * height))
    if not rows and len(columns) < 2:  # one upright line may be a 1, or the stem of a digit
        return None
    lined = on_lines(part, rows)
    if len(rows) + len(columns) > 2:
        lined |= on_lines(turned, columns).T
    left, _, components = _large_parts(part & (1 - lined), MIN_INSIDE * max(part.shape))
    return left if components else None


def _large_parts(mask: Pixels, min_size: float) -> tuple[Pixels, Labels, list[Component]]:
    labels, components = components_of(mask)
    components = [component for component in components if max(component.box[2:]) >= min_size]
    return pixels_of(labels, components), labels, components
