"""Pixels → ink: whatever differs from the background's colour, so that polarity and colour do not matter."""

import numpy as np

from handler.errors import BlankImage
from handler.preprocessing.png import Pixels

MIN_CONTRAST = 10  # grey levels between background and ink, of 255; below is blank
LOSSY_NOISE = 1 / 8  # of the strongest ink: the ringing of JPEG and WebP around strokes stays below
NOISE_FACTOR = 8  # times the border's median deviation: over five standard deviations of Gaussian noise


def find_ink(pixels: Pixels, *, lossy: bool = False) -> Pixels:
    """Separate ink from background.

    The background is the border's median colour; ink is the largest difference from it in any channel.

    Args:
        pixels: (height, width) or (channels, height, width) uint8.
        lossy: The pixels went through a lossy format, whose noise around strokes is then removed.

    Returns:
        (height, width) uint8: 0 is background, the strongest ink is the largest value.

    Raises:
        BlankImage: Nothing stands out from the background.
    """
    planes = pixels if pixels.ndim == 3 else pixels[None]
    ink = _difference(planes[0])
    for plane in planes[1:]:
        ink = np.maximum(ink, _difference(plane))
    contrast = int(ink.max())
    noise = NOISE_FACTOR * _median(_border(ink))
    if contrast <= max(MIN_CONTRAST, noise):
        raise BlankImage("Nothing is drawn on the image; draw one digit that stands out from its background.")
    if lossy:
        noise = max(noise, LOSSY_NOISE * contrast)
    return np.where(ink > noise, ink, np.uint8(0)) if noise > 0 else ink


def _difference(plane: Pixels) -> Pixels:
    """Return how far each pixel is from the background. Most are black or white, for which one step or none will do."""
    background = np.uint8(_median(_border(plane)))
    if background == 0:
        return plane
    if background == 255:
        return ~plane
    return np.maximum(plane, background) - np.minimum(plane, background)


def _border(plane: Pixels) -> bytes:
    return b"".join((plane[0].tobytes(), plane[-1].tobytes(), plane[:, 0].tobytes(), plane[:, -1].tobytes()))


def _median(values: bytes) -> float:
    """NumPy's own takes five times as long on some hundred values."""
    if values.count(values[0]) == len(values):  # of nearly every drawing
        return values[0]
    ordered = np.sort(np.frombuffer(values, np.uint8))
    return (int(ordered[(len(values) - 1) // 2]) + int(ordered[len(values) // 2])) / 2
