"""Where in an image something is."""

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of whole pixels of an upright image.

    Attributes:
        left, top: The first column and row.
        width, height: At least 1.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The column after the last."""
        return self.left + self.width

    @property
    def bottom(self) -> int:
        """The row after the last."""
        return self.top + self.height

    def scaled(self, factor: int) -> "Box":
        """Return the same rectangle in an image with sides `factor` times as long."""
        return Box(*(factor * side for side in self))

    def moved(self, left: int, top: int) -> "Box":
        """Return the rectangle moved to the right and down."""
        return Box(self.left + left, self.top + top, self.width, self.height)

    def within(self, width: int, height: int) -> "Box":
        """Return the part of the rectangle that is in an image of `width`×`height` pixels; its first pixel must be."""
        return Box(self.left, self.top, min(self.right, width) - self.left, min(self.bottom, height) - self.top)

    @property
    def slices(self) -> tuple[slice, slice]:
        """The rows and columns of the rectangle, to index an array with."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


def union(boxes: "list[Box]") -> Box:
    """Return the smallest rectangle that holds all of at least one."""
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(left, top, right - left, bottom - top)
