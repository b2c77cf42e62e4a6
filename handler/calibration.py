"""Logits → probabilities, ood scores and verdicts. Training fits a `Calibration`; serving applies the same one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLASSES = 10  # the digits; a network has one more output, "this is a digit"

Logits = NDArray[np.float32]  # (n, CLASSES + 1)
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """How a network's logits are read; the model card holds the numbers of its network.

    Attributes:
        temperature: Divides the logits of the digits; over 0.
        tap_penalty: Logits, 0 or more, subtracted from "this is a digit" where a picture looks like a stray tap: a tap
            and a tiny 8 of a fat pen look alike, so the network must be surer of such a picture.
        ood_threshold: The `ood_score`, 0 to 1, from which on a picture is `not_a_digit`.
        unsure_below: The certainty, 0 to 1, below which a digit is `unsure`: the chance that it is a digit,
            `1 - ood_score`, times the confidence that it is this one.
    """

    temperature: float
    tap_penalty: float
    ood_threshold: float
    unsure_below: float

    def probabilities(self, logits: Logits) -> Floats:
        """Return the probabilities of the digits, (n, 10) float64 with rows that sum to 1, of (n, 11) logits."""
        scaled = logits[:, :CLASSES].astype(np.float64) / self.temperature
        exponents = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return exponents / exponents.sum(axis=1, keepdims=True)  # type: ignore[no-any-return]

    def ood_scores(self, logits: Logits, taps: NDArray[np.bool_]) -> Floats:
        """Return how unlike a digit each picture is, (n,) float64, 0 to 1.

        `taps`, (n,) bool, says which pictures look like a tap.
        """
        return 1 / (1 + np.exp(logits[:, CLASSES].astype(np.float64) - self.tap_penalty * taps))

    def verdict(self, confidence: float, ood_score: float) -> str:
        """Return `digit`, `unsure` or `not_a_digit`; the confidence is the largest probability."""
        if ood_score >= self.ood_threshold:
            return "not_a_digit"
        return "unsure" if confidence * (1 - ood_score) < self.unsure_below else "digit"
