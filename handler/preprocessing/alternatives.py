"""What an image is read as: pictures of its ink, of which the network chooses one."""

import json
from typing import NamedTuple, Self

import numpy as np

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
        searched: Whether they were searched for in the image, which otherwise is one drawing on a plain background.
    """

    pictures: Pixels
    boxes: tuple[Box, ...]
    penalties: tuple[float, ...] = (0.0,)
    several: bool = False
    searched: bool = False

    def to_bytes(self) -> bytes:
        """Return a message that `from_bytes` reads."""
        fields = {name: getattr(self, name) for name in ("boxes", "penalties", "several", "searched")}
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
        return cls(pictures, boxes, tuple(fields["penalties"]), fields["several"], fields["searched"])
