"""Components → those that may be the digit together, and whether they may be several digits."""

from collections.abc import Sequence
from typing import NamedTuple

from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import Component

# Shares of the size (the longer side of the box) of the main component.
MIN_SIZE = 0.12  # smaller components are specks
MAX_GAP = 0.4  # components that are farther from it belong to something else
DIGIT_SIZE = 0.5  # components as high as this may be digits of their own
# Shares of the width of the narrower of two components.
MAX_OVERLAP = 0.25  # components side by side have no more columns in common

AT_EDGE = 0.4  # what the size of a component counts that is cut off by the edge
FLAT = 5  # times its height: what is wider is no digit, but may be the rest of a line
IF_FLAT = 0.2  # what the size of such a component counts
SOLID = 0.7  # of its box: a component with so much ink that is not narrow is a dot or a patch
NARROW = 0.4  # of its longer side: a 1 may be as solid
MIN_SIZE_AT_EDGE = 0.9  # a smaller one belongs to a neighbor
ALONG_EDGE = 0.25  # of its length: what is thinner and lies along an edge is the rest of a strip
ALONG_SIDE = 0.65  # of a side of the image: a cell's line is at least as long
OUTER = 0.2  # of the side across: a cell's line lies so near an edge; the stem of a 4 seldom does
BEYOND = 0.05  # of its length: how far it reaches beyond both ends of the digit, as a 1 beside it seldom does


class Group(NamedTuple):
    """Components that may be the digit.

    Attributes:
        main: The largest of them that the edge does not cut off, if there is one.
        members: All of them.
        several: Whether two or more of them, side by side, may be a digit each.
        has_all_but_specks: Whether nothing but specks is left out.
    """

    main: Component
    members: list[Component]
    several: bool
    has_all_but_specks: bool

    def is_apart_from(self, components: Sequence[Component]) -> bool:
        """Return whether one of these components is far from it and does not belong to it."""
        return any(one not in self.members and not _is_near(one, self.main) for one in components)


def group(components: Sequence[Component], inside: Box) -> Group:
    """Choose the components that may be the digit.

    Args:
        components: At least one.
        inside: The part of the image that strips at the edges leave.
    """
    main = max(components, key=lambda component: _weight(component, inside))
    parts = [component for component in components if _size(component) >= MIN_SIZE * _size(main)]
    members, several = [main], False
    for component in parts:
        if component is main or _is_neighbor(component, main, inside):
            continue
        if _are_side_by_side(component.box, main.box):
            several |= not (_is_solid(component) or _is_solid(main))
        elif not _is_near(component, main):
            continue
        members.append(component)
    return Group(main, members, several, has_all_but_specks=len(members) == len(parts))


def _size(component: Component) -> int:
    return max(component.box.width, component.box.height)


def _is_solid(component: Component) -> bool:
    short, long = sorted((component.box.width, component.box.height))
    return short > NARROW * long and component.area > SOLID * short * long


def _weight(component: Component, inside: Box) -> float:
    """Return the size of a component, less if it is hardly a digit."""
    is_flat = component.box.width > FLAT * component.box.height
    return _size(component) * (AT_EDGE if _is_cut(component, inside) else 1) * (IF_FLAT if is_flat else 1)


def _is_cut(component: Component, inside: Box) -> bool:
    """Return whether the component reaches the edge, or the last pixel before it."""
    box = component.box
    return min(box.left - inside.left, box.top - inside.top, inside.right - box.right, inside.bottom - box.bottom) <= 1


def lies_along_edge(component: Component, inside: Box) -> bool:
    """Return whether a component is thin and lies along an edge, as the rest of a strip there does."""
    box = component.box
    is_at_side = min(box.left - inside.left, inside.right - box.right) <= 1 and box.width < ALONG_EDGE * box.height
    is_at_end = min(box.top - inside.top, inside.bottom - box.bottom) <= 1 and box.height < ALONG_EDGE * box.width
    return is_at_side or is_at_end


def without_lines_beside(components: Sequence[Component], inside: Box) -> list[Component]:
    """Leave out the lines of a cell: thin, long, beside the largest of the other components and beyond its ends.

    Args:
        components: At least one.
        inside: The part of the image that strips at the edges leave.
    """
    lines = [component for component in components if _is_line(component.box, inside)]
    others = [component for component in components if component not in lines]
    if not others:
        return lines
    main = max(others, key=lambda component: _weight(component, inside)).box
    return [one for one in components if one not in lines or not _runs_beside(one.box, main)]


def _is_line(box: Box, inside: Box) -> bool:
    if box.height >= ALONG_SIDE * inside.height and box.width < ALONG_EDGE * box.height:
        return min(box.right - inside.left, inside.right - box.left) < OUTER * inside.width
    if box.width >= ALONG_SIDE * inside.width and box.height < ALONG_EDGE * box.width:
        return min(box.bottom - inside.top, inside.bottom - box.top) < OUTER * inside.height
    return False


def _runs_beside(line: Box, main: Box) -> bool:
    beyond = BEYOND * max(line.width, line.height)
    if line.height > line.width:
        is_beside = line.right <= main.left or line.left >= main.right
        return is_beside and line.top + beyond <= main.top and line.bottom - beyond >= main.bottom
    is_beside = line.bottom <= main.top or line.top >= main.bottom
    return is_beside and line.left + beyond <= main.left and line.right - beyond >= main.right


def _is_neighbor(component: Component, main: Component, inside: Box) -> bool:
    """Return whether the edge cuts off a component that is smaller than the main one, which it does not cut off."""
    is_small = _size(component) < MIN_SIZE_AT_EDGE * _size(main)
    return is_small and _is_cut(component, inside) and not _is_cut(main, inside)


def _are_side_by_side(box: Box, other: Box) -> bool:
    overlap = min(box.right, other.right) - max(box.left, other.left)
    low, high = sorted((box.height, other.height))
    return low > DIGIT_SIZE * max(high, other.width) and overlap < MAX_OVERLAP * min(box.width, other.width)


def _is_near(component: Component, main: Component) -> bool:
    """Return whether the larger of the distances of their boxes across and down is small."""
    box, other = component.box, main.box
    across = max(box.left, other.left) - min(box.right, other.right)
    down = max(box.top, other.top) - min(box.bottom, other.bottom)
    return max(across, down) <= MAX_GAP * _size(main)
