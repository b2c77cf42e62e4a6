"""Ink → the 28×28 picture that the model sees, by the procedure that made MNIST.

The tight box of the ink is scaled into 20×20 by area-weighted resampling that keeps the aspect ratio, the brightest
pixel becomes white, and a shift by whole pixels brings the center of mass to the center of 28×28. This is QMNIST's
reconstruction of NIST's procedure (Yadav and Bottou, "Cold Case: the Lost MNIST Digits", 2019, arXiv:1905.10498). It
leaves MNIST's own images unchanged.

One rule is ours: the resampling grid starts at the top left corner of the box, so that place and scale do not matter.
"""

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels
from handler.preprocessing.segmentation.box import Box

SIZE = 28  # pixels, the side of the picture
BOX = 20  # pixels, the side of the box that the ink is scaled into
CENTER = 14  # pixel index that the center of mass is brought to, on both axes

BOX_CONTRAST = 1 / 16  # of the strongest ink; fainter fringes do not widen the box

# The grid starts this many pixels before the box: room to bring any center of mass to CENTER, even that of a thin 1.
LEAD = CENTER
GRID = LEAD + SIZE
MAX_CACHED = 256  # pixels of an axis whose weights are cached; 512 sets of them take 22 MB at most
# A picture on the grid times this matrix gives its mass, and the sums of mass times row and mass times column. All are
# whole numbers below 2²⁴, which float32 adds exactly.
_MOMENTS = np.stack([np.ones(GRID * GRID), *np.divmod(np.arange(GRID * GRID), GRID)], axis=1).astype(np.float32)

_Weights = tuple[NDArray[np.float32], slice, slice]


class Scaled(NamedTuple):
    """Ink on the grid, not yet centered.

    Attributes:
        gray: (GRID, GRID) float32, 0 to 255.
        height, width: Pixels of the grid, the sides of the box; the longer is BOX.
        box: The box in the ink that was scaled.
    """

    gray: NDArray[np.float32]
    height: float
    width: float
    box: Box


def normalize(ink: Pixels) -> Pixels:
    """Return the (28, 28) uint8 picture, white ink (255) on black (0), of ink as `scale` takes it."""
    picture: Pixels = center([scale(ink)])[0]
    return picture


def scale(ink: Pixels) -> Scaled:
    """Scale ink so that the longer side of its box is BOX pixels of the grid.

    Args:
        ink: (height, width) uint8; 0 is background, and not all pixels are.

    Returns:
        The ink on the grid, 0 to 255.
    """
    _, peak, _, _ = cv2.minMaxLoc(ink)
    box = Box(*cv2.boundingRect(cv2.threshold(ink, BOX_CONTRAST * peak, 1, cv2.THRESH_BINARY)[1]))
    side = max(box.width, box.height)
    if ink.shape == (SIZE, SIZE) and side == BOX - 1:
        side = BOX  # a few of MNIST's own digits have 19 pixels
    height, width = ink.shape
    # Rows without ink add nothing; where there are few, finding them costs more than adding them.
    inked = (0, height) if height <= MAX_CACHED else _inked_rows(ink)
    rows, y, to_y = _area_weights(inked, box.top, side)
    columns, x, to_x = _area_weights((0, width), box.left, side)
    gray = np.zeros((GRID, GRID), np.float32)
    gray[to_y, to_x] = rows @ ink[y, x].astype(np.float32) @ columns.T
    return Scaled(gray, box.height * BOX / side, box.width * BOX / side, box)


def center(scaled: Sequence[Scaled]) -> Pixels:
    """Make the brightest pixel of each picture white and bring its center of mass to CENTER.

    Args:
        scaled: At least one. Many at once are faster: on a single one NumPy's calls take longer than their work.

    Returns:
        (n, 28, 28) uint8: white ink (255) on black (0).
    """
    gray = np.stack([ink.gray for ink in scaled]).reshape(-1, GRID * GRID)
    peaks = gray.max(axis=1).astype(np.float64)
    gray *= np.where(peaks < 254, 255 / peaks, 1).astype(np.float32)[:, None]  # MNIST's own peaks are 254 or 255
    np.rint(gray, out=gray)
    pictures = np.empty((len(scaled), SIZE, SIZE), np.uint8)
    # Few numbers for each picture: NumPy would take longer for those of a single one.
    for picture, grid, ink, (mass, rows, columns) in zip(
        pictures, gray.reshape(-1, GRID, GRID), scaled, (gray @ _MOMENTS).tolist(), strict=True
    ):
        y, x = _start(rows / mass, ink.height), _start(columns / mass, ink.width)
        picture[:] = grid[y : y + SIZE, x : x + SIZE]
    return pictures


def _start(center_of_mass: float, side: float) -> int:
    """Return where on an axis of the grid the picture begins; the sides of the box stay inside."""
    start = LEAD - math.ceil(CENTER - (center_of_mass - LEAD) - 0.5)  # as MNIST: a center of mass of 13.5 stays there
    return min(max(start, math.ceil(side) - CENTER, 0), LEAD)


def _inked_rows(ink: Pixels) -> tuple[int, int]:
    """Return the first row with ink, and the last plus one."""
    _, top, _, height = cv2.boundingRect(ink)
    return top, top + height


def _area_weights(extent: tuple[int, int], start: int, side: int) -> _Weights:
    """Return `_new_area_weights`, cached where the axis is short: drawings from the page share many of theirs."""
    return (_cached_area_weights if extent[1] <= MAX_CACHED else _new_area_weights)(extent, start, side)


def _new_area_weights(extent: tuple[int, int], start: int, side: int) -> _Weights:
    """Return weights that average an axis over the cells of the grid, `side / BOX` pixels each.

    Args:
        extent: The first pixel to average, and the last plus one.
        start: The pixel where the box begins.
        side: Pixels, the longer side of the box.

    Returns:
        (m, n) float32, the share of each of m cells that each of n pixels covers, 0 to 1; the slice of these pixels of
        the axis; and the slice of these cells of the grid.
    """
    pitch = side / BOX
    edges = start + pitch * np.arange(-LEAD, SIZE + 1)
    first, last = max(extent[0], int(edges[0])), min(extent[1], math.ceil(edges[-1]))
    cells = slice(max(int((first - edges[0]) / pitch), 0), min(math.ceil((last - edges[0]) / pitch), GRID))
    edges = edges[cells.start : cells.stop + 1, None]
    covered = np.minimum(np.maximum(np.arange(first, last + 1), edges[:-1]), edges[1:])  # up to each pixel
    return ((covered[:, 1:] - covered[:, :-1]) / pitch).astype(np.float32), slice(first, last), cells


_cached_area_weights = functools.lru_cache(512)(_new_area_weights)
