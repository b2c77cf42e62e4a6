"""Where digits that touch may be cut: paths from the top to the bottom of a component that cross little ink."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from handler.preprocessing.pixels import Pixels

ROWS = 40  # a component is scaled to so many rows before its cuts are sought
MAX_COLUMNS = 10 * ROWS  # wider components are compressed, which bounds the work
STEP = 3  # columns between the ends of paths
REACH = 27  # columns between the two ends of a path, at most
BEND = 0.05  # what a step to the side costs
ENTRY = 3.0  # what it costs to enter ink: a path that crosses one stroke is better than one that crosses two
CORNER_ENTRY = 1.0  # the same at a concave corner
CORNER = 0.55  # of the pixels around a pixel beside ink, that have ink there
INSIDE = 0.2  # what each row in ink costs
MAX_COST = 14.0  # of a path that is a cut
MIN_SHARE = 0.07  # of the ink of a component, on each side of a cut
MIN_CHANGE = 0.035  # of the ink, that is on different sides of two cuts

Floats = NDArray[np.float32]
Paths = NDArray[np.int64]  # (n, ROWS): the first column right of the path, in each row


class Cut(NamedTuple):
    """A path through a component from top to bottom.

    Attributes:
        columns: (height,) int64, the first column right of the path, in each row of the component.
        middle: Their mean.
        cost: What the path costs, about 0.1 for each stroke that it crosses.
    """

    columns: NDArray[np.int64]
    middle: float
    cost: float


def find_cuts(mask: Pixels, limit: int) -> list[Cut]:
    """Find the places where a component may be cut in two, those through the least ink.

    Args:
        mask: (height, width) uint8, 1 where the component has ink, else 0.
        limit: How many cuts are returned at most.

    Returns:
        Cuts, ordered by their mean column.
    """
    height, width = mask.shape
    size = (min(max(round(width * ROWS / height), 2 * STEP), MAX_COLUMNS), ROWS)
    ink = np.asarray(cv2.resize(mask * np.uint8(255), size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(255)
    paths, crossed = _cheapest_paths(ink)
    left = np.pad(np.cumsum(ink, axis=1), ((0, 0), (1, 0)))[np.arange(ROWS), paths]  # (n, ROWS): ink left of the path
    total = float(ink.sum())
    shares = left.sum(axis=1) / total
    possible = (np.minimum(shares, 1 - shares) >= MIN_SHARE) & (crossed <= MAX_COST)
    chosen: list[int] = []
    while possible.any() and len(chosen) < limit:
        index = int(np.where(possible, crossed, np.inf).argmin())
        chosen.append(index)
        possible &= np.abs(left - left[index]).sum(axis=1) >= MIN_CHANGE * total
    rows = ((np.arange(height) + 0.5) * ROWS / height).astype(np.int64)
    ratio = width / size[0]
    columns = [np.rint(paths[i][rows] * ratio).astype(np.int64) for i in chosen]
    cuts = [Cut(path, float(path.mean()), float(crossed[i]) / ROWS) for path, i in zip(columns, chosen, strict=True)]
    return sorted(cuts, key=lambda cut: cut.middle)


def _entries(ink: Floats) -> Floats:
    """Return what it costs a path to enter the ink at each pixel: less at corners, which digits that touch have."""
    depth = cv2.distanceTransform(np.pad((ink > 0.5).astype(np.uint8), 1), cv2.DIST_L2, 3)
    stroke = max(2 * float(np.median(depth[depth > 0])), 1.5) if depth.any() else 1.5  # half of the usual width
    around = cv2.GaussianBlur(ink, (0, 0), stroke, borderType=cv2.BORDER_CONSTANT)
    corners = ((ink < 0.5) & (around > CORNER)).astype(np.uint8)
    return np.where(cv2.dilate(corners, np.ones((5, 5), np.uint8)) > 0, np.float32(CORNER_ENTRY), np.float32(ENTRY))


def _cheapest_paths(ink: Floats) -> tuple[Paths, Floats]:
    """Return the cheapest path between each column of the top and each of the bottom that is near it, and its cost."""
    rows, width = ink.shape
    entries = _entries(ink)
    tops = np.arange(STEP // 2, width, STEP)
    total = np.full((len(tops), width + 2), np.inf, np.float32)  # with a wall on each side
    total[np.arange(len(tops)), tops + 1] = ink[0, tops] * (entries[0, tops] + INSIDE)
    steps = np.zeros((rows, len(tops), width), np.int8)
    for row in range(1, rows):
        before = np.pad(ink[row - 1], 1)
        best = np.full((len(tops), width), np.inf, np.float32)
        for step in range(3):
            entered = np.maximum(ink[row] - before[step : step + width], 0) * entries[row]
            option = total[:, step : step + width] + (entered + BEND * (step != 1))
            steps[row][option < best] = step  # faster than `argmin` over so few
            np.minimum(best, option, out=best)
        np.add(best, INSIDE * ink[row], out=total[:, 1:-1])
    start, bottom = np.nonzero(np.abs(tops[:, None] - tops[None]) <= REACH)
    place = tops[bottom]
    crossed = total[start, place + 1]
    paths = np.empty((len(start), rows), np.int64)
    for row in range(rows - 1, -1, -1):
        paths[:, row] = place
        if row:
            place = place + steps[row, start, place] - 1
    return paths, crossed
