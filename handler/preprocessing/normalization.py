"""Ink → the picture that the model judges, by the procedure that made MNIST.

The ink's tight box is scaled, its aspect kept, into 20×20 by area-weighted resampling, the brightest pixel becomes
white, and a whole-pixel shift brings the centre of mass to the centre of 28×28. This is QMNIST's reconstruction of
NIST's procedure (Yadav and Bottou, "Cold Case: the Lost MNIST Digits", 2019); on MNIST's own images it is the identity.

One rule is ours: the grid of the 20×20 box is anchored at the box's top left corner, so that place and scale do not
matter.
"""

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.png import Pixels

SIZE = 28  # side of the picture
BOX = 20  # side of the box that the ink is scaled into
CENTRE = 14  # pixel index that the centre of mass is brought to, both axes

BOX_CONTRAST = 1 / 16  # of the strongest ink: fainter fringes do not widen the box

# The grid starts this many pixels before the box: room to bring any centre of mass, of a thin 1 too, to CENTRE.
LEAD = CENTRE
GRID = LEAD + SIZE
MAX_KNOWN = 256  # pixels of an axis whose weights are kept: 512 of them take 22 MB at the most
# What a picture of the grid is multiplied by to give its mass, and its mass times row and times column. All that comes
# of it are whole numbers below 2²⁴, which float32 adds up exactly.
_MOMENTS = np.stack([np.ones(GRID * GRID), *np.divmod(np.arange(GRID * GRID), GRID)], axis=1).astype(np.float32)

_Weights = tuple[NDArray[np.float32], slice, slice]


class Scaled(NamedTuple):
    """Ink on the grid, not yet centred.

    Attributes:
        grey: (GRID, GRID) float32, 0 to 255.
        height, width: The box's, in pixels of the grid; the longer is BOX.
    """

    grey: NDArray[np.float32]
    height: float
    width: float


def normalize(ink: Pixels) -> Pixels:
    """Scale and centre ink as MNIST did.

    Args:
        ink: (height, width) uint8, 0 is background; some pixel is not 0.

    Returns:
        (28, 28) uint8: white ink (255) on black (0).
    """
    picture: Pixels = centre([scale(ink)])[0]
    return picture


def scale(ink: Pixels) -> Scaled:
    """Scale ink so that its box's longer side is BOX pixels of the grid.

    Args:
        ink: (height, width) uint8, 0 is background; some pixel is not 0.
    """
    row_peaks, column_peaks = np.maximum.reduce(ink, axis=1), np.maximum.reduce(ink, axis=0)
    faint = BOX_CONTRAST * max(column_peaks.tobytes())
    top, bottom = _extent(row_peaks > faint)
    left, right = _extent(column_peaks > faint)
    side = max(bottom - top, right - left)
    if ink.shape == (SIZE, SIZE) and side == BOX - 1:
        side = BOX  # MNIST has a few digits of 19 pixels: they are MNIST pictures already
    height, width = ink.shape
    # Rows without ink add nothing; where there are few, to know which they are costs more than to add them.
    inked = (0, height) if height <= MAX_KNOWN else _extent(row_peaks > 0)
    rows, y, to_y = _area_weights(inked, top, side)
    columns, x, to_x = _area_weights((0, width), left, side)
    grey = np.zeros((GRID, GRID), np.float32)
    grey[to_y, to_x] = rows @ ink[y, x].astype(np.float32) @ columns.T
    return Scaled(grey, (bottom - top) * BOX / side, (right - left) * BOX / side)


def centre(scaled: Sequence[Scaled]) -> Pixels:
    """Make the brightest pixel of each picture white, and bring its centre of mass to CENTRE.

    Args:
        scaled: At least one; all together, since NumPy's calls take longer than their work on one.

    Returns:
        (n, 28, 28) uint8: white ink (255) on black (0).
    """
    grey = np.stack([ink.grey for ink in scaled]).reshape(-1, GRID * GRID)
    peaks = grey.max(axis=1).astype(np.float64)
    grey *= np.where(peaks < 254, 255 / peaks, 1).astype(np.float32)[:, None]  # MNIST's own peaks are 254 and 255
    np.rint(grey, out=grey)
    mass, *moments = (grey @ _MOMENTS).T.astype(np.float64)
    centres = np.stack(moments, axis=1) / mass[:, None]
    starts = LEAD - np.ceil(CENTRE - (centres - LEAD) - 0.5)  # as MNIST: a centre of mass of 13.5 stays there
    boxes = np.array([(ink.height, ink.width) for ink in scaled])
    starts = np.minimum(np.maximum(starts, np.maximum(np.ceil(boxes) - CENTRE, 0)), LEAD)  # the box stays inside
    pictures = np.empty((len(scaled), SIZE, SIZE), np.uint8)
    grids = grey.reshape(-1, GRID, GRID)
    for picture, grid, (y, x) in zip(pictures, grids, starts.astype(int).tolist(), strict=True):
        picture[:] = grid[y : y + SIZE, x : x + SIZE]
    return pictures


def _extent(occupied: NDArray[np.bool_]) -> tuple[int, int]:
    """Return the first occupied index and the one after the last."""
    flags = occupied.tobytes()
    return flags.find(1), flags.rfind(1) + 1


def _area_weights(extent: tuple[int, int], start: int, side: int) -> _Weights:
    """Return `_new_area_weights`, from memory where the axis is short: the page's drawings share half of theirs."""
    return (_known_area_weights if extent[1] <= MAX_KNOWN else _new_area_weights)(extent, start, side)


def _new_area_weights(extent: tuple[int, int], start: int, side: int) -> _Weights:
    """Weights that average an axis over the grid anchored at `start`, `side / BOX` pixels a cell.

    Args:
        extent: The first pixel to average, and the one after the last.
        start: The pixel where the box begins.
        side: Pixels, the box's longer side.

    Returns:
        (m, n) float32, each row the share of its cell that each source pixel covers; the slice of the n source pixels
        of `extent` that the grid reaches; and that of the m cells that they reach.
    """
    pitch = side / BOX
    edges = start + pitch * np.arange(-LEAD, SIZE + 1)
    first, last = max(extent[0], int(edges[0])), min(extent[1], math.ceil(edges[-1]))
    cells = slice(max(int((first - edges[0]) / pitch), 0), min(math.ceil((last - edges[0]) / pitch), GRID))
    edges = edges[cells.start : cells.stop + 1, None]
    covered = np.minimum(np.maximum(np.arange(first, last + 1), edges[:-1]), edges[1:])  # up to each pixel
    return ((covered[:, 1:] - covered[:, :-1]) / pitch).astype(np.float32), slice(first, last), cells


_known_area_weights = functools.lru_cache(512)(_new_area_weights)
