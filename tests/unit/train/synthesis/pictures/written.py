"""A digit to write in pictures, and how a picture is looked at."""

import numpy as np

from handler.preprocessing import Pixels
from handler.preprocessing.decoding import decode, open_image
from train.data.strokes import Drawing, Stroke
from train.synthesis.pictures.pens import unit

SEVEN: list[Stroke] = [np.array([[0, 0], [60, 0], [30, 60], [20, 100]], np.float32)]
ONE: list[Stroke] = [np.array([[0, 0], [0, 100]], np.float32)]
DRAWING = Drawing("7", tuple(SEVEN), "writer", "site")


def seven() -> list[Stroke]:
    """Return a 7 around the origin, 0.6 wide and 1 high."""
    return unit(SEVEN)


def gray(encoded: bytes) -> Pixels:
    """Decode a picture as the service does; of a colored one, return the green plane."""
    pixels = decode(open_image(encoded))
    return pixels if pixels.ndim == 2 else pixels[1]
