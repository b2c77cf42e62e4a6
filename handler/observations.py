"""What the model saw and answered, counted in bins. No picture is kept."""

from bisect import bisect_left
from collections import Counter

import cv2

from handler.preprocessing import SIZE, Pixels

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


def ink_share(picture: Pixels) -> float:
    """Return how much of a (28, 28) uint8 picture is ink, 0 to 1."""
    return float(cv2.norm(picture, cv2.NORM_L1)) / INK


def pen_width(picture: Pixels) -> float:
    """Return the mean width of the lines in a (28, 28) uint8 picture, in its pixels.

    A line of width w and length l has l × w ink and 2 × l of edges. With squares, a line thinner than a pixel, which is
    gray, has the width of its gray.
    """
    edges = cv2.norm(picture[1:], picture[:-1], cv2.NORM_L1) + cv2.norm(picture[:, 1:], picture[:, :-1], cv2.NORM_L1)
    return float(2 * cv2.norm(picture, cv2.NORM_L2SQR) / (255 * max(edges, 1)))


class Observations:
    """Counts by property and bin, the names of `BINS`, since they were last taken."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(
        self, picture: Pixels, *, searched: bool, digit: int, confidence: float, ood_score: float, verdict: str
    ) -> None:
        """Count a picture and its answer; `searched` says whether the picture was searched for in its image."""
        numbers = {
            "confidence": confidence,
            "ood_score": ood_score,
            "ink_share": ink_share(picture),
            "pen_width": pen_width(picture),
        }
        counts = self._counts
        for name, value in numbers.items():
            counts[name, BINS[name][bisect_left(BOUNDS[name], value)]] += 1
        counts["digit", BINS["digit"][digit]] += 1
        counts["verdict", verdict] += 1
        counts["path", "searched" if searched else "plain"] += 1

    def take(self) -> dict[tuple[str, str], int]:
        """Return the counts and start over."""
        counts, self._counts = dict(self._counts), Counter()
        return counts
