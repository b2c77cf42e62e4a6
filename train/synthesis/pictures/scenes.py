"""Where a digit is on a picture, and how large it and the picture are."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from train.data.strokes import Stroke, points_of
from train.synthesis.pictures.surfaces import Shape

ASPECTS = (1.0, 4 / 3, 3 / 4, 16 / 9, 9 / 16)  # width over height
MARGIN = 0.03  # of the smaller side, kept free around a digit


@dataclass(frozen=True)
class Place:
    """Where a drawing is on a picture.

    Attributes:
        length: Pixels of one unit of the drawing: the larger side of the digit's box.
        x: Pixels, the drawing's origin.
        y: Pixels, the drawing's origin.
    """

    length: float
    x: float
    y: float

    def paths(self, drawing: Sequence[Stroke]) -> list[Stroke]:
        """Return the strokes of a drawing in pixels of the picture."""
        return [(stroke * self.length + (self.x, self.y)).astype(np.float32) for stroke in drawing]


def photograph_shape(random: np.random.Generator, smallest: float = 240, largest: float = 900) -> Shape:
    """Return a height and width, the smaller of which is between two numbers of pixels, small ones more often."""
    side = logarithmic(smallest, largest, random)
    aspect = ASPECTS[int(random.integers(len(ASPECTS)))]
    return round(side / min(aspect, 1)), round(side * max(aspect, 1))


def place(
    drawing: Sequence[Stroke],
    shape: Shape,
    random: np.random.Generator,
    *,
    sizes: tuple[float, float] = (0.13, 0.7),
    inside: tuple[float, float, float, float] | None = None,
) -> Place:
    """Return a random place for a drawing around the origin.

    Args:
        drawing: One unit large; what is drawn around a digit makes it larger.
        shape: Height and width of the picture, pixels.
        random: Source of randomness.
        sizes: Smallest and largest share of the smaller side for the larger side of the drawing, small ones more often.
        inside: Left, top, right and bottom, pixels, of the part to be in; the whole picture if it is None.
    """
    left, top, right, bottom = inside or (0, 0, shape[1], shape[0])
    low, high = points_of(drawing).min(axis=0), points_of(drawing).max(axis=0)
    extent = np.maximum(high - low, 1e-3)
    smaller = min(right - left, bottom - top)
    length = logarithmic(*sizes, random) * smaller / float(extent.max())
    margin = MARGIN * smaller + 0.06 * length  # half a pen
    free = np.array([right - left, bottom - top]) - 2 * margin - extent * length
    x, y = np.array([left, top]) + margin - low * length + random.uniform(0, 1, 2) * np.maximum(free, 0)
    return Place(length, float(x), float(y))


def logarithmic(low: float, high: float, random: np.random.Generator) -> float:
    """Return a number between two positive ones, evenly on a logarithmic scale."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))
