"""Pixels → ink: what differs from the color of the background, so that polarity and color do not matter."""

from typing import NamedTuple

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


class Ink(NamedTuple):
    """What differs from the color of the background.

    Attributes:
        levels: (height, width) uint8: 0 is background, larger values are stronger ink.
        border: The levels of the border, some of them twice.
        has_level_border: Whether most of the border of each channel has one level.
    """

    levels: Pixels
    border: bytes
    has_level_border: bool

    def has_plain_surroundings(self) -> bool:
        """Return whether it lies on one color: most of the border has it, and little is ink, there and in all."""
        inked = len(self.border) - self.border.count(0)
        most = MAX_INK_FROM_BORDER if inked else MAX_INK
        if inked > MAX_AT_BORDER * len(self.border) or cv2.countNonZero(self.levels) > most * self.levels.size:
            return False
        return self.has_level_border

    def is_one_drawing(self) -> bool:
        """Return whether it is connected and off the border: nothing must be told from it."""
        if self.border.strip(b"\0"):
            return False
        # Half the time with labels of 16 bits, where they suffice for a component in every second row and column.
        labels = cv2.CV_16U if self.levels.size < MAX_LABELED else cv2.CV_32S
        return bool(cv2.connectedComponents(self.levels, connectivity=8, ltype=labels)[0] == 2)


def find_ink(pixels: Pixels, *, lossy: bool = False) -> Ink:
    """Separate ink from background.

    The background is the median color of the border; ink is the largest difference from it in any channel.

    Args:
        pixels: (height, width) or (channels, height, width) uint8, 0 to 255.
        lossy: Whether the image had a lossy format, whose noise around strokes is then removed.

    Raises:
        BlankImage: Nothing stands out from the background.
    """
    planes = pixels if pixels.ndim == 3 else (pixels,)
    borders = [_border(plane) for plane in planes]
    ink = _difference(planes[0], borders[0])
    for plane, border in zip(planes[1:], borders[1:], strict=True):
        ink = np.maximum(ink, _difference(plane, border))
    # The ink of a border of one color, as nearly every drawing has it, is 0.
    is_constant = all(map(_is_constant, borders))
    ink_border = bytes(len(borders[0])) if is_constant else _border(ink)
    contrast = int(cv2.minMaxLoc(ink)[1])
    noise = NOISE_FACTOR * _median(ink_border)
    if contrast <= max(MIN_CONTRAST, noise):
        raise BlankImage
    if lossy:
        noise = max(noise, LOSSY_NOISE * contrast)
    if noise > 0:
        ink = np.where(ink > noise, ink, np.uint8(0))
        ink_border = _border(ink)
    return Ink(ink, ink_border, is_constant or all(map(_is_of_one_level, borders)))


def _difference(plane: Pixels, border: bytes) -> Pixels:
    """Return how far each pixel is from the background; for black and white ones, by a shortcut."""
    background = np.uint8(_median(border))
    if background == 0:
        return plane
    if background == 255:
        return np.asarray(cv2.bitwise_not(plane), np.uint8)
    return np.maximum(plane, background) - np.minimum(plane, background)


def _border(plane: Pixels) -> bytes:
    return b"".join((plane[0].tobytes(), plane[-1].tobytes(), plane[:, 0].tobytes(), plane[:, -1].tobytes()))


def _is_constant(values: bytes) -> bool:
    return values.count(values[0]) == len(values)


def _is_of_one_level(values: bytes) -> bool:
    """Return whether most bytes are the median."""
    return 2 * values.count(int(_median(values))) > len(values)


def _median(values: bytes) -> float:
    """Return the median of bytes; faster than NumPy's on some hundred values."""
    if _is_constant(values):
        return values[0]
    ordered = np.sort(np.frombuffer(values, np.uint8))
    return (int(ordered[(len(values) - 1) // 2]) + int(ordered[len(values) // 2])) / 2
