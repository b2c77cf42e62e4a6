"""How much a picture varies where nothing is drawn, place by place."""

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels

BLOCKS = 6  # a side, in each of which level and noise are measured
SAMPLES = 32  # a side, of each block

# What is drawn is above the noise, so the lower part of the values tells the noise of blocks that are drawn over for
# the most part. Of Gaussian noise, LOW is 1.282 and MIDDLE 0.524 standard deviations below the mean.
LOW, MIDDLE = 0.1, 0.3
BELOW_MEAN = 0.524
DEVIATION = 1 / (1.282 - BELOW_MEAN)

MIN_NOISE = 1.0  # gray levels
MIN_SHARE = 1 / 2  # of the whole picture's noise; a block has no less

_Field = NDArray[np.float32]


def local_noise(contrast: Pixels) -> tuple[_Field, _Field]:
    """Measure the level and the noise around each pixel, where something may be drawn.

    Args:
        contrast: (height, width) uint8, what is drawn being higher than what is not.

    Returns:
        Two (height, width) float32, in gray levels: the mean of what is not drawn, and its standard deviation.
    """
    height, width = contrast.shape
    y, x = (np.arange(BLOCKS * SAMPLES) * side // (BLOCKS * SAMPLES) for side in (height, width))
    samples = contrast[y][:, x].reshape(BLOCKS, SAMPLES, BLOCKS, SAMPLES).swapaxes(1, 2).reshape(BLOCKS, BLOCKS, -1)
    places = [int(samples.shape[-1] * share) for share in (LOW, MIDDLE)]
    low, middle = np.moveaxis(np.partition(samples, places, axis=2)[..., places], -1, 0).astype(np.float32)
    noise = (middle - low) * DEVIATION
    noise = np.maximum(np.minimum(noise, cv2.medianBlur(noise, 5)), MIN_SHARE * np.median(noise))
    noise = np.maximum(noise, MIN_NOISE).astype(np.float32)
    level = middle + BELOW_MEAN * noise
    level = np.minimum(level, cv2.medianBlur(level, 5))
    return _spread(level, width, height), _spread(noise, width, height)


def _spread(blocks: _Field, width: int, height: int) -> _Field:
    return np.asarray(cv2.resize(blocks, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
