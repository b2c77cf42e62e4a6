"""Ink → candidates: which of it may be the one digit of the image."""

from typing import NamedTuple

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

MAX_CANDIDATES = 8


class Candidate(NamedTuple):
    """Ink that may be the digit.

    Attributes:
        ink: (height, width) uint8, only what belongs to it.
        box: Where its ink is, in pixels of `ink`.
        penalty: Logits that other candidates may be worse by, as their shape says.
    """

    ink: Pixels
    box: Box
    penalty: float
