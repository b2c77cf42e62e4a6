"""Pixels → ink: what differs from the color of the background, so that polarity and color do not matter."""

import cv2
import numpy as np

from handler.errors import BlankImage
from handler.preprocessing.pixels import Pixels

MIN_CONTRAST = 10  # gray levels between background and ink; an image with no more is blank
LOSSY_NOISE = 1 / 8  # of the strongest ink; the ringing of JPEG and WebP around strokes stays below it
MAX_AT_BORDER = 0.15  # of the border that is ink where the background is plain
MAX_INK = 0.75  # of the pixels: a dot fills less, but all that is within a frame fills more
MAX_INK_FROM_BORDER = 0.5  # the same, where ink is at the border
MAX_LABELED = 1 << 17  # pixels, of which labels of 16 bits can be taken
NOISE_FACTOR = 8  # times the median deviation of the border: over five standard deviations of Gaussian noise


def find_ink(pixels: Pixels, *, lossy: bool = False) -> Pixels:
    """Separate ink from background.

    The background is the median color of the border; ink is the largest difference from it in any channel.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.
        lossy: Whether the image had a lossy format, whose noise around strokes is then removed.

    Returns:
        (height, width) uint8: 0 is background, larger values are stronger ink.

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
        raise BlankImage
    if lossy:
        noise = max(noise, LOSSY_NOISE * contrast)
    return np.where(ink > noise, ink, np.uint8(0)) if noise > 0 else ink


def has_plain_surroundings(pixels: Pixels, ink: Pixels) -> bool:
    """Return whether ink lies on one color: most of the border has it, and little enough is ink, there and in all.

    Args:
        pixels: As `find_ink` takes them.
        ink: (height, width) uint8, what it returns.
    """
    border = _border(ink)
    inked = len(border) - border.count(0)
    most = MAX_INK_FROM_BORDER if inked else MAX_INK
    if inked > MAX_AT_BORDER * len(border) or cv2.countNonZero(ink) > most * ink.size:
        return False
    return all(_is_of_one_level(_border(plane)) for plane in (pixels if pixels.ndim == 3 else pixels[None]))


def is_one_drawing(ink: Pixels) -> bool:
    """Return whether ink, (height, width) uint8, is connected and off the border: nothing must be told from it."""
    if _border(ink).strip(b"\0"):
        return False
    # Half the time with labels of 16 bits, where they suffice for a component in every second row and column.
    labels = cv2.CV_16U if ink.size < MAX_LABELED else cv2.CV_32S
    return bool(cv2.connectedComponents(ink, connectivity=8, ltype=labels)[0] == 2)


def _difference(plane: Pixels) -> Pixels:
    """Return how far each pixel is from the background; for black and white ones, by a shortcut."""
    background = np.uint8(_median(_border(plane)))
    if background == 0:
        return plane
    if background == 255:
        return ~plane
    return np.maximum(plane, background) - np.minimum(plane, background)


def _border(plane: Pixels) -> bytes:
    return b"".join((plane[0].tobytes(), plane[-1].tobytes(), plane[:, 0].tobytes(), plane[:, -1].tobytes()))


def _is_of_one_level(values: bytes) -> bool:
    """Return whether most bytes are the median."""
    return 2 * values.count(int(_median(values))) > len(values)


def _median(values: bytes) -> float:
    """Return the median of bytes; faster than NumPy's on some hundred values."""
    if values.count(values[0]) == len(values):  # as in nearly every drawing
        return values[0]
    ordered = np.sort(np.frombuffer(values, np.uint8))
    return (int(ordered[(len(values) - 1) // 2]) + int(ordered[len(values) // 2])) / 2
