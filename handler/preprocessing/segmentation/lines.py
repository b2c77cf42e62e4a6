"""Long, straight, thin lines that run into the border: of ruled and squared paper, of cells and of frames.

As in the removal of staff lines from music, only those pixels of a line go where no stroke crosses it: there the run of
ink across the line is longer than the line is thick.
"""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels

MAX_LINES = 32  # of one direction
MAX_POINTS = 20_000  # of lines' edges that vote; columns are skipped beyond it
SLOPES = np.tan(np.radians(np.arange(-6, 6.1, 0.5)))
THICKNESS = 0.1  # of the shorter side, at most
BEND = 0.008  # of the line's length: how far from straight its points may be when they vote

Floats = NDArray[np.float64]


class Line(NamedTuple):
    """A line that is nearly horizontal.

    Attributes:
        start, end: The first column of its ink, and the last plus one.
        curve: Coefficients of the row of its middle, of at most the second degree in the column.
        thickness: Pixels.
        cover: The share of columns from `start` to `end` where only the line is.
    """

    start: int
    end: int
    curve: Floats
    thickness: float
    cover: float


def horizontal_lines(mask: Pixels, min_length: int) -> list[Line]:
    """Find lines that are nearly horizontal; those of a transposed mask are the vertical ones.

    Args:
        mask: (height, width) uint8, 1 where ink is.
        min_length: Columns that a line has at least.

    Returns:
        At most `MAX_LINES`, the longest first.
    """
    limit = max(2, round(THICKNESS * min(mask.shape)))
    thin = _thin(mask, limit)
    edges = thin.copy()
    edges[1:] &= 1 - thin[:-1]
    rows, columns = np.nonzero(edges)
    step = -(-len(rows) // MAX_POINTS)
    if step > 1:
        chosen = columns % step == 0
        rows, columns = rows[chosen], columns[chosen]
    return list(_vote(thin, rows, columns, max(step, 1), min_length))


def _thin(mask: Pixels, limit: float) -> Pixels:
    """Return 1 where the run of ink across a horizontal line has at most `limit` pixels."""
    kernel = np.ones((int(limit) + 1, 1), np.uint8)
    thick = cv2.morphologyEx(mask, cv2.MORPH_OPEN, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    return mask & (1 - np.asarray(thick, np.uint8))


def _vote(thin: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64], step: int, min_length: int) -> list[Line]:
    height, width = thin.shape
    reach = int(np.ceil(width * SLOPES[-1])) + 1
    bins = height + 2 * reach
    offsets = (
        np.rint(rows - SLOPES[:, None] * columns).astype(np.int64) + reach + bins * np.arange(len(SLOPES))[:, None]
    )
    votes = np.bincount(offsets.ravel(), minlength=bins * len(SLOPES)).reshape(len(SLOPES), bins)
    tolerance = max(1, round(BEND * width))
    window = np.ones(2 * tolerance + 1)
    lines: list[Line] = []
    for _ in range(MAX_LINES):
        smooth = cv2.filter2D(
            votes.astype(np.float32), -1, window[None].astype(np.float32), borderType=cv2.BORDER_CONSTANT
        )
        best = int(smooth.argmax())
        slope, offset = divmod(best, bins)
        if smooth.flat[best] * step < 0.6 * min_length:
            break
        near = np.abs(rows - SLOPES[slope] * columns + reach - offset) <= 2 * tolerance + 1
        line = _fit(thin, rows[near], columns[near], tolerance, step)
        votes -= np.bincount(offsets[:, near].ravel(), minlength=bins * len(SLOPES)).reshape(len(SLOPES), bins)
        rows, columns, offsets = rows[~near], columns[~near], offsets[:, ~near]
        if line is not None and line.end - line.start >= min_length:
            lines.append(line)
    return lines


def _fit(thin: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64], tolerance: int, step: int) -> Line | None:
    """Fit a curve through the upper edges of a line, twice: points that are far from the first fit are left out."""
    for _ in range(2):
        if len(rows) < 8:
            return None
        degree = 2 if np.ptp(columns) > 0.5 * thin.shape[1] else 1
        curve = np.polyfit(columns, rows, degree)
        close = np.abs(np.polyval(curve, columns) - rows) <= tolerance + 0.5
        rows, columns = rows[close], columns[close]
    if len(rows) < 8:
        return None
    runs = _run_lengths(thin, rows, columns)
    thickness = float(np.median(runs))
    curve[-1] += (thickness - 1) / 2
    start, end = int(columns.min()), int(columns.max()) + 1
    return Line(start, end, curve, thickness, len(np.unique(columns)) * step / (end - start))


def _run_lengths(thin: Pixels, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many pixels of ink there are from each upper edge downward."""
    depth = np.arange(max(2, round(THICKNESS * min(thin.shape))) + 1)
    below = np.minimum(rows[:, None] + depth, thin.shape[0] - 1)
    inked = thin[below, columns[:, None]] * (rows[:, None] + depth < thin.shape[0])
    return np.asarray(np.cumprod(inked, axis=1).sum(axis=1))


def on_lines(mask: Pixels, lines: list[Line], *, solid: bool = False) -> Pixels:
    """Return 1 on lines, (height, width) uint8: where no stroke crosses them, or `solid` all along them."""
    found = np.zeros_like(mask)
    for line in lines:
        first, last = max(0, line.start - 2), min(mask.shape[1], line.end + 2)
        middle = np.polyval(line.curve, np.arange(first, last))
        reach = line.thickness / 2 + 1.5
        margin = 2 * reach + 3  # more than a run that is removed
        top = max(0, int(middle.min() - margin))
        bottom = min(mask.shape[0], int(middle.max() + margin) + 1)
        if bottom <= top:
            continue
        part = mask[top:bottom, first:last]
        near = np.abs(np.arange(top, bottom)[:, None] - middle) <= reach
        found[top:bottom, first:last] |= part * near if solid else _thin(part, 1.5 * line.thickness + 1.5) * near
    return found
