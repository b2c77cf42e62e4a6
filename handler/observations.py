"""What the model saw and answered, counted in bins. No picture is kept."""

from collections import Counter
from typing import NamedTuple

import cv2
import numpy as np

from handler.calibration import Floats
from handler.preprocessing import SIZE, Pixels

COUNTED_TOGETHER = 128
INK = 255 * SIZE * SIZE  # of a picture that is all ink
# The upper bounds of the bins of each number; one more bin is for larger values. Drawings of the validation writers are
# in several bins of each.
BOUNDS: dict[str, tuple[float, ...]] = {
    "confidence": (0.5, 0.9, 0.99, 0.999, 0.9999),
    "ood_score": (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3),
    "ink_share": (0.06, 0.08, 0.09, 0.1, 0.11, 0.12, 0.13, 0.15, 0.2),
    "pen_width": (0.7, 0.9, 1.05, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5),
}
BINS: dict[str, tuple[str, ...]] = {
    **{name: (*map(str, bounds), "inf") for name, bounds in BOUNDS.items()},
    "digit": tuple("0123456789"),
    "verdict": ("digit", "unsure", "not_a_digit"),
    "path": ("plain", "searched"),
}


class Observation(NamedTuple):
    """A (28, 28) uint8 picture, what was said of it, and whether it was searched for in its image."""

    picture: Pixels
    digit: int
    confidence: float
    ood_score: float
    verdict: str
    searched: bool


def ink_shares(pictures: Pixels) -> Floats:
    """Return how much of each of (n, 28, 28) uint8 pictures is ink: (n,) float64, 0 to 1."""
    return pictures.sum(axis=(1, 2)) / INK  # type: ignore[no-any-return]


def pen_widths(pictures: Pixels) -> Floats:
    """Return the mean width of the lines in each of (n, 28, 28) uint8 pictures, in its pixels: (n,) float64.

    A line of width w and length l has l × w ink and 2 × l of edges. With squares, a line thinner than a pixel, which is
    gray, has the width of its gray.
    """
    count = len(pictures)
    shifted = (pictures[:, 1:], pictures[:, :-1]), (pictures[:, :, 1:], pictures[:, :, :-1])
    edges = sum(cv2.absdiff(*two).reshape(count, -1).sum(axis=1, dtype=np.int32) for two in shifted)
    rows = pictures.reshape(count, -1).astype(np.int32)
    return 2 * np.einsum("ij,ij->i", rows, rows) / (255 * np.maximum(edges, 1))  # type: ignore[no-any-return]


class Observations:
    """Counts by property and bin, the names of `BINS`, since they were last taken."""

    def __init__(self) -> None:
        self._waiting: list[Observation] = []
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, observation: Observation) -> None:
        """Count a picture and its answer: many at once, which is faster."""
        self._waiting.append(observation)
        if len(self._waiting) >= COUNTED_TOGETHER:
            self._count()

    def take(self) -> dict[tuple[str, str], int]:
        """Return the counts and start over."""
        if self._waiting:
            self._count()
        counts, self._counts = dict(self._counts), Counter()
        return counts

    def _count(self) -> None:
        pictures, digits, confidences, ood_scores, verdicts, searched = zip(*self._waiting, strict=True)
        self._waiting = []
        stacked = np.stack(pictures)
        numbers = {
            "confidence": np.asarray(confidences),
            "ood_score": np.asarray(ood_scores),
            "ink_share": ink_shares(stacked),
            "pen_width": pen_widths(stacked),
        }
        for name, values in numbers.items():
            self._add(name, Counter(np.searchsorted(BOUNDS[name], values).tolist()))
        self._add("digit", Counter(digits))
        self._add("verdict", Counter(map(BINS["verdict"].index, verdicts)))
        self._add("path", Counter(searched))

    def _add(self, name: str, bins: Counter[int]) -> None:
        for index, count in bins.items():
            self._counts[name, BINS[name][index]] += count
