"""PNG files of any depth and color type, from the samples themselves."""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.hostile_images.png import GRAY, GRAY_ALPHA, RGB, RGBA, chunk, header

_COLOR_TYPES = {1: GRAY, 2: GRAY_ALPHA, 3: RGB, 4: RGBA}


def png_of_samples(samples: NDArray[Any], bits: int = 16, *, key: bytes = b"") -> bytes:
    """Return a PNG.

    Args:
        samples: (height, width) for gray, or (height, width, channels): 2 gray and alpha, 3 RGB, 4 RGBA.
        bits: Of a sample: 1, 2, 4, 8 or 16.
        key: The contents of tRNS: the color that is transparent, 16 bits a sample.
    """
    pixels = samples if samples.ndim == 3 else samples[..., None]
    height, width, channels = pixels.shape
    start = header(width, height, bits, _COLOR_TYPES[channels])
    transparency = chunk(b"tRNS", key) if key else b""
    return start + transparency + chunk(b"IDAT", zlib.compress(_rows(pixels, bits))) + chunk(b"IEND")


def _rows(pixels: NDArray[Any], bits: int) -> bytes:
    height = len(pixels)
    if bits >= 8:
        rows = np.ascontiguousarray(pixels, f">u{bits // 8}").view(np.uint8).reshape(height, -1)
    else:
        row_bits = np.unpackbits(pixels.astype(np.uint8).reshape(height, -1, 1), axis=2)[..., 8 - bits :]
        rows = np.packbits(row_bits.reshape(height, -1), axis=1)
    return np.pad(rows, ((0, 0), (1, 0))).tobytes()  # a 0 before each row: it is not filtered
