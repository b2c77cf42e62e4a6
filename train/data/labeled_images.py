"""Images with their labels: what the network is trained and evaluated on."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from handler.preprocessing import Pixels

Labels = NDArray[np.int64]

NEGATIVE = -1  # the label of an image that is not a digit
PARTIAL = -2  # the label of an image that shows part of a digit
_READINGS = 10


def either(first: int, second: int) -> int:
    """Return the label of an image that is as well the one digit as the other; the digits differ."""
    low, high = sorted((first, second))
    return _READINGS * high + low


def readings(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return both digits that each of (n,) int64 labels from 0 on allows; mostly they are equal."""
    first = labels % _READINGS
    return first, torch.where(labels < _READINGS, first, labels // _READINGS)


@dataclass(frozen=True)
class LabeledImages:
    """Images and their labels.

    Attributes:
        pictures: (n, 28, 28) uint8, white ink on black.
        labels: (n,) int64: 0 to 9, `NEGATIVE`, `PARTIAL`, or one that `either` returns, from 10 on.
    """

    pictures: Pixels
    labels: Labels
