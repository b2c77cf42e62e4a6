"""The type of decoded images."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # gray levels 0 to 255; the last two dimensions are height and width
