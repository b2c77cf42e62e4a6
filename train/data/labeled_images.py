"""Images with their labels: what the network is trained and evaluated on."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from handler.preprocessing import Pixels

Labels = NDArray[np.int64]

NEGATIVE = -1  # the label of an image that is not a digit
PART = -2  # the label of an image that shows part of a digit and could become several
_PART_OF_0 = -3  # the label of an image that shows part of a 0; that of another digit is lower by its value
_READINGS = 10


def either(first: int, second: int) -> int:
    """Return the label of an image that is as well the one digit as the other; the digits differ."""
    low, high = sorted((first, second))
    return _READINGS * high + low


def part_of(digit: int) -> int:
    """Return the label of an image that shows part of a digit and will probably become it."""
    return _PART_OF_0 - digit


def are_parts(labels: Tensor) -> Tensor:
    """Return which of (n,) int64 labels are of images that show part of a digit: (n,) bool."""
    return labels <= PART


def readings(labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return both digits that each of (n,) int64 labels allows; mostly they are equal.

    For `NEGATIVE` and `PART` they are any.
    """
    first = torch.where(labels <= _PART_OF_0, _PART_OF_0 - labels, labels % _READINGS)
    return first, torch.where(labels < _READINGS, first, labels // _READINGS)


@dataclass(frozen=True)
class LabeledImages:
    """Images and their labels.

    Attributes:
        pictures: (n, 28, 28) uint8, white ink on black.
        labels: (n,) int64: 0 to 9, one that `either` returns, from 10 on, `NEGATIVE`, `PART`, or one that `part_of`
            returns, below `PART`.
    """

    pictures: Pixels
    labels: Labels
