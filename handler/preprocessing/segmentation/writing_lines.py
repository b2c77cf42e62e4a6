"""Components of ink → lines of writing, in reading order."""

import numpy as np
from numpy.typing import NDArray

MIN_TALL = 0.5  # of the height of writing; lower components are dots, dashes, flags or specks
MIN_OVERLAP = 0.4  # of the height of the lower of two neighbors in a line
MAX_DISTANCE = 0.5  # heights of writing between a low component and the nearest tall one; others are left out

Boxes = NDArray[np.int64]  # (n, 4): left, top, width, height, pixels


def height_of_writing(boxes: Boxes) -> float:
    """Return the height that half of the components, each counted as often as it is high, are at most: pixels."""
    heights = np.sort(boxes[:, 3])
    totals = np.cumsum(heights)
    return float(heights[np.searchsorted(totals, totals[-1] / 2)])


def lines_of(boxes: Boxes, height: float) -> list[list[int]]:
    """Return the components of each line of writing.

    A tall component continues the line whose last one is beside it, so lines may be slanted a little.

    Args:
        boxes: Of the components, at most some hundred.
        height: Pixels, `height_of_writing`.

    Returns:
        Lines from the top, each with the indices of its components from the left.
    """
    centers = boxes[:, :2] + boxes[:, 2:] / 2
    tall = np.flatnonzero(boxes[:, 3] >= MIN_TALL * height)
    line_of = np.full(len(boxes), -1)
    last: list[int] = []  # the last component of each line so far
    for index in tall[np.argsort(centers[tall, 0], kind="stable")].tolist():
        line = _line_beside(boxes, last, index)
        line_of[index] = line
        last[line : line + 1] = [index]
    low = np.flatnonzero(line_of < 0)
    if len(low):
        distances = _distances(boxes[low], boxes[tall])
        nearest = distances.argmin(axis=1)
        line_of[low] = np.where(distances.min(axis=1) <= MAX_DISTANCE * height, line_of[tall[nearest]], -1)
    order = np.argsort(centers[:, 0], kind="stable")
    lines = [order[line_of[order] == line] for line in range(len(last))]
    lines.sort(key=lambda line: float(np.median(centers[line, 1])))
    return [line.tolist() for line in lines]


def _line_beside(boxes: Boxes, last: list[int], index: int) -> int:
    """Return the line that a component continues, or the number of lines if it begins a new one."""
    if not last:
        return 0
    _, top, _, height = boxes[index]
    tops, heights = boxes[last, 1], boxes[last, 3]
    overlaps = np.minimum(tops + heights, top + height) - np.maximum(tops, top)
    shares = overlaps / np.minimum(heights, height)
    best = int(shares.argmax())
    return best if shares[best] >= MIN_OVERLAP else len(last)


def _distances(boxes: Boxes, others: Boxes) -> NDArray[np.int64]:
    """Return the gaps between boxes and other ones, the larger of both axes: (n, m), 0 where they overlap."""
    starts, ends = boxes[:, None, :2], boxes[:, None, :2] + boxes[:, None, 2:]
    gaps = np.maximum(others[None, :, :2] - ends, starts - (others[None, :, :2] + others[None, :, 2:]))
    distances: NDArray[np.int64] = np.maximum(gaps, 0).max(axis=2)
    return distances
