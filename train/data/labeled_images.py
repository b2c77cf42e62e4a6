"""Images with their labels: what the network is trained and evaluated on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing import Pixels

Labels = NDArray[np.int64]

NEGATIVE = -1  # the label of an image that is not a digit
PARTIAL = -2  # the label of an image that shows part of a digit


@dataclass(frozen=True)
class LabeledImages:
    """Images and their labels.

    Attributes:
        pictures: (n, 28, 28) uint8, white ink on black.
        labels: (n,) int64: 0 to 9, `NEGATIVE` or `PARTIAL`.
    """

    pictures: Pixels
    labels: Labels
