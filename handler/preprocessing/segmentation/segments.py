"""The ink of an image without structures, and its components: what a number is read from."""

from typing import NamedTuple, Self

import numpy as np

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.components import Component, Labels, find_components

_NUMBER = 4  # bytes


class Segments(NamedTuple):
    """Ink in which lines, frames and other structures are 0.

    Attributes:
        ink: (height, width) uint8, 0 = background, larger = stronger.
        width, height: Pixels of the whole upright image, of which the ink may be a reduction.
    """

    ink: Pixels
    width: int
    height: int

    @property
    def factor(self) -> int:
        """How many pixels of the upright image a pixel of the ink is wide and high."""
        longer: int = max(self.ink.shape)
        return round(max(self.width, self.height) / longer)

    def components(self) -> tuple[Labels, list[Component]]:
        """Return the labels and the components of the ink, as `find_components` does; boxes in pixels of `ink`."""
        return find_components(self.ink)

    def to_bytes(self) -> bytes:
        """Return a message that `from_bytes` reads."""
        numbers = (*self.ink.shape, self.width, self.height)
        return b"".join(number.to_bytes(_NUMBER, "big") for number in numbers) + self.ink.tobytes()

    @classmethod
    def from_bytes(cls, message: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: The message is not whole.
        """
        numbers = (int.from_bytes(message[_NUMBER * i : _NUMBER * (i + 1)], "big") for i in range(4))
        rows, columns, width, height = numbers
        return cls(np.frombuffer(message, np.uint8, offset=4 * _NUMBER).reshape(rows, columns), width, height)
