"""Image bytes → the picture that the model judges, by the procedure that made MNIST.

The ink's tight box is scaled, its aspect kept, into 20×20 by area-weighted resampling, the brightest pixel becomes
white, and a whole-pixel shift brings the centre of mass to the centre of 28×28. This is QMNIST's reconstruction of
NIST's procedure (Yadav and Bottou, "Cold Case: the Lost MNIST Digits", 2019); on MNIST's own images it is the identity.

Two rules are ours: whatever differs from the background colour is ink, so polarity and colour do not
matter; and the grid of the 20×20 box is anchored at the box's top left corner, so place and scale do not either.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from handler.decoding import MAX_PIXELS, Opened, decode, is_lossy, open_image
from handler.errors import BlankImage
from handler.png import Pixels

SIZE = 28  # side of the picture
BOX = 20  # side of the box that the ink is scaled into
CENTRE = 14  # pixel index that the centre of mass is brought to, both axes

MIN_CONTRAST = 10  # grey levels between background and ink, of 255; below is blank
BOX_CONTRAST = 1 / 16  # of the strongest ink: fainter fringes do not widen the box
LOSSY_NOISE = 1 / 8  # of the strongest ink: the ringing of JPEG and WebP around strokes stays below
NOISE_FACTOR = 8  # times the border's median deviation: over five standard deviations of Gaussian noise

# The grid starts this many pixels before the box: room to bring any centre of mass, of a thin 1 too, to CENTRE.
LEAD = CENTRE
GRID = LEAD + SIZE
MAX_KNOWN = 256  # pixels of an axis whose weights are kept: 512 of them take 22 MB at the most
_POSITIONS = np.arange(GRID, dtype=np.float64)


def preprocess(data: bytes, max_pixels: int = MAX_PIXELS) -> Pixels:
    """Turn an encoded image into the model's input picture.

    Args:
        data: A PNG, JPEG, WebP or GIF image: any size, colour, polarity and transparency.
        max_pixels: The largest width × height accepted.

    Returns:
        (28, 28) uint8: white ink (255) on black (0).

    Raises:
        ImageTooLarge: Over 1 MiB or over `max_pixels`.
        InvalidImage: Not an image, or a damaged one.
        BlankImage: Nothing is drawn on it.
    """
    return preprocess_image(open_image(data, max_pixels))


def preprocess_image(image: Opened) -> Pixels:
    """Decode an image that `open_image` has opened, and turn it into the model's input picture.

    Args:
        image: Within the limits.

    Returns:
        (28, 28) uint8: white ink (255) on black (0).

    Raises:
        InvalidImage: The pixel data is damaged.
        BlankImage: Nothing is drawn on it.
    """
    return normalize(find_ink(decode(image), lossy=is_lossy(image)))


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
    ink = np.zeros(planes.shape[1:], np.uint8)
    for plane in planes:
        background = np.uint8(_median(_border(plane)))
        np.maximum(ink, np.maximum(plane, background) - np.minimum(plane, background), out=ink)
    contrast = int(ink.max())
    noise = NOISE_FACTOR * _median(_border(ink))
    if contrast <= max(MIN_CONTRAST, noise):
        raise BlankImage("Nothing is drawn on the image; draw one digit that stands out from its background.")
    if lossy:
        noise = max(noise, LOSSY_NOISE * contrast)
    if noise > 0:
        ink[ink <= noise] = 0
    return ink


def normalize(ink: Pixels) -> Pixels:
    """Scale and centre ink as MNIST did.

    Args:
        ink: (height, width) uint8, 0 is background; some pixel is not 0.

    Returns:
        (28, 28) uint8: white ink (255) on black (0).
    """
    row_peaks, column_peaks = ink.max(axis=1), ink.max(axis=0)
    faint = BOX_CONTRAST * int(row_peaks.max())
    top, bottom = _extent(row_peaks > faint)
    left, right = _extent(column_peaks > faint)
    side = max(bottom - top, right - left)
    if ink.shape == (SIZE, SIZE) and side == BOX - 1:
        side = BOX  # MNIST has a few digits of 19 pixels: they are MNIST pictures already
    rows, y = _area_weights(_extent(row_peaks > 0), top, side)  # rows without ink add nothing
    columns, x = _area_weights((0, ink.shape[1]), left, side)  # all: of fewer, BLAS may add up in another order
    grey = rows @ ink[y, x].astype(np.float32) @ columns.T  # (GRID, GRID)
    peak = float(grey.max())
    if peak < 254:  # MNIST's own peaks are 254 and 255
        grey *= 255 / peak
    picture = np.rint(np.minimum(grey, 255)).astype(np.uint8)
    y0 = _window(picture.sum(axis=1, dtype=np.float64), (bottom - top) * BOX / side)
    x0 = _window(picture.sum(axis=0, dtype=np.float64), (right - left) * BOX / side)
    window: Pixels = picture[y0 : y0 + SIZE, x0 : x0 + SIZE]
    return window


def _border(plane: Pixels) -> Pixels:
    return np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])


def _median(values: Pixels) -> float:
    """NumPy's own takes five times as long on some hundred values."""
    ordered = np.sort(values)
    return (int(ordered[(len(values) - 1) // 2]) + int(ordered[len(values) // 2])) / 2


def _extent(occupied: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the first occupied index and the one after the last."""
    return int(occupied.argmax()), len(occupied) - int(occupied[::-1].argmax())


def _area_weights(extent: tuple[int, int], start: int, side: int) -> tuple[NDArray[np.float32], slice]:
    """Return `_new_area_weights`, from memory where the axis is short: the page's drawings share half of theirs."""
    return (_known_area_weights if extent[1] <= MAX_KNOWN else _new_area_weights)(extent, start, side)


def _new_area_weights(extent: tuple[int, int], start: int, side: int) -> tuple[NDArray[np.float32], slice]:
    """Weights that average an axis over the grid anchored at `start`, `side / BOX` pixels a cell.

    Args:
        extent: The first pixel to average, and the one after the last.
        start: The pixel where the box begins.
        side: Pixels, the box's longer side.

    Returns:
        (GRID, n) float32, each row the share of its cell that each source pixel covers, and the slice of the n source
        pixels of `extent` that the grid reaches.
    """
    pitch = side / BOX
    edges = start + pitch * np.arange(-LEAD, SIZE + 1)
    first, last = max(extent[0], int(edges[0])), min(extent[1], math.ceil(edges[-1]))
    covered = np.minimum(np.maximum(np.arange(first, last + 1), edges[:-1, None]), edges[1:, None])  # up to each pixel
    return ((covered[:, 1:] - covered[:, :-1]) / pitch).astype(np.float32), slice(first, last)


_known_area_weights = functools.lru_cache(512)(_new_area_weights)


def _window(mass: NDArray[np.float64], extent: float) -> int:
    """Return where SIZE pixels of the grid begin so that the mass is centred and the box of `extent` pixels inside."""
    centre = float(mass @ _POSITIONS) / float(mass.sum())
    start = LEAD - math.ceil(CENTRE - (centre - LEAD) - 0.5)  # as MNIST: a centre of mass of 13.5 stays there
    return min(max(start, 0, math.ceil(extent) - CENTRE), LEAD)
