"""Metrics of predictions; shares have their confidence interval."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

BINS = 15  # of confidence, for the calibration error

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Share(TypedDict):
    """A share of n in percent, 0 to 100, with its 95 % Wilson interval."""

    percent: float
    low: float
    high: float
    n: int


def share(hits: Bools | Sequence[bool]) -> Share:
    """Return the share of (n,) bool `hits` that are true, with its interval; all zeros if n is 0."""
    n = len(hits)
    if n == 0:
        return {"percent": 0.0, "low": 0.0, "high": 0.0, "n": 0}
    p, z = float(np.mean(hits)), 1.96
    center = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    numbers = (100 * value for value in (p, max(0.0, center - half), min(1.0, center + half)))
    percent, low, high = (round(float(number), 2) for number in numbers)
    return {"percent": percent, "low": low, "high": high, "n": n}


def share_by(keys: Iterable[object], hits: Bools) -> dict[str, Share]:
    """Return the share of (n,) bool `hits` for each of n keys (digits, writers), sorted by key."""
    names = np.array([str(key) for key in keys])
    return {str(name): share(hits[names == name]) for name in sorted(set(names))}


def auroc(positives: Floats, negatives: Floats) -> float:
    """Return the area under the ROC curve in percent.

    This is the probability that a positive has a higher score than a negative, ties counting half; the scores are
    (n,) and (m,) float64.
    """
    pairs = positives[:, None], negatives
    return round(100 * float(np.greater(*pairs).mean() + np.equal(*pairs).mean() / 2), 2)


def reliability(confidences: Floats, hits: Bools) -> list[tuple[float, float, int]]:
    """Return mean confidence, accuracy and count of each bin of confidence, of `BINS` equal ones, that is not empty."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [
        (float(confidences[bins == b].mean()), float(hits[bins == b].mean()), int((bins == b).sum()))
        for b in range(BINS)
        if (bins == b).any()
    ]


def calibration_error(confidences: Floats, hits: Bools) -> float:
    """Return the expected calibration error in percent: the mean gap of confidence and accuracy over the bins."""
    rows = reliability(confidences, hits)
    return round(100 * sum(count * abs(mean - accuracy) for mean, accuracy, count in rows) / len(hits), 2)
