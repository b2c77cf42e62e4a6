"""What an image is read as: pictures of its ink, of which the network chooses one."""

import json
from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np

from handler.errors import ApiError
from handler.preprocessing.normalization import SIZE
from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box


class Alternatives(NamedTuple):
    """Pictures of one image that may be its digit.

    Attributes:
        pictures: (n, 28, 28) uint8, n at least 1: white ink (255) on black (0). The first is the likeliest.
        boxes: Where in the upright image each of them is.
        penalties: Logits of "this is a digit" that each of them must be better than others by.
        several: Whether there may be several digits side by side.
        is_plain: Whether the first is all there is on a plain background: the others count if the network doubts it.
        look_again: Returns more alternatives of such an image, where they were not looked for yet.
    """

    pictures: Pixels
    boxes: tuple[Box, ...]
    penalties: tuple[float, ...] = (0.0,)
    several: bool = False
    is_plain: bool = True
    look_again: "Callable[[], Alternatives | ApiError] | None" = None

    def to_bytes(self) -> bytes:
        """Return a message that `from_bytes` reads; `look_again` is not in it."""
        fields = {name: getattr(self, name) for name in ("boxes", "penalties", "several", "is_plain")}
        return json.dumps(fields).encode() + b"\n" + self.pictures.tobytes()

    @classmethod
    def from_bytes(cls, message: bytes) -> Self:
        """Read what `to_bytes` wrote.

        Raises:
            ValueError: The message is not whole.
        """
        head, _, body = message.partition(b"\n")
        fields = json.loads(head)
        pictures = np.frombuffer(body, np.uint8).reshape(len(fields["boxes"]), SIZE, SIZE)
        boxes = tuple(Box(*box) for box in fields["boxes"])
        return cls(pictures, boxes, tuple(fields["penalties"]), fields["several"], fields["is_plain"])
