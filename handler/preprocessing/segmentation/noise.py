"""How much a picture varies where nothing is drawn, place by place."""

import cv2
import numpy as np
from numpy.typing import NDArray

BLOCKS = 6  # a side, in each of which level and noise are measured
SAMPLES = 32  # a side, of each block
DEVIATION = 1.4826  # standard deviations of Gaussian noise in a median deviation
MIN_NOISE = 1.0  # gray levels

Field = NDArray[np.float32]


def local_noise(contrast: Field) -> tuple[Field, Field]:
    """Measure the level and the noise around each pixel, whatever is drawn on less than half of it.

    Args:
        contrast: (height, width) float32, what is drawn being higher.

    Returns:
        Two (height, width) float32: the local median, and the standard deviation that the median deviation from it
        amounts to in Gaussian noise.
    """
    height, width = contrast.shape
    y = (np.arange(BLOCKS * SAMPLES) * height) // (BLOCKS * SAMPLES)
    x = (np.arange(BLOCKS * SAMPLES) * width) // (BLOCKS * SAMPLES)
    samples = contrast[y][:, x].reshape(BLOCKS, SAMPLES, BLOCKS, SAMPLES).swapaxes(1, 2)
    samples = samples.reshape(BLOCKS, BLOCKS, SAMPLES * SAMPLES)
    levels = np.median(samples, axis=2).astype(np.float32)
    levels = np.minimum(levels, cv2.medianBlur(levels, 5))
    noise = np.median(np.abs(samples - levels[..., None]), axis=2).astype(np.float32)
    noise = np.minimum(noise, cv2.medianBlur(noise, 5)) * DEVIATION + MIN_NOISE
    return _spread(levels, width, height), _spread(noise, width, height)


def _spread(blocks: Field, width: int, height: int) -> Field:
    return np.asarray(cv2.resize(blocks, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
