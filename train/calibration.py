"""Logits → numbers that mean what they say: temperature and thresholds, fitted on writers that training did not see."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from train.model import CLASSES

KEPT = 0.993  # of the validation writers' digits; the goal is 99 % of any other writers'
# One in a hundred of UNIPEN's labels is wrong, and half of the drawings are UNIPEN's. Were all taken for right, a few
# would make every confidence too small: one drawing of 1 442 raised the temperature by a third.
WRONG_LABELS = 0.005
UNSURE_BELOW = 0.7  # confidence: below it a second digit has a real chance


@dataclass(frozen=True)
class Calibration:
    """What the recogniser does with logits.

    Attributes:
        temperature: The digits' logits are divided by it.
        ood_threshold: Scores from it on are no digit.
        unsure_below: Confidences below it are unsure.
    """

    temperature: float
    ood_threshold: float
    unsure_below: float


def calibrate(logits: Tensor, labels: Tensor) -> Calibration:
    """Fit the calibration.

    Args:
        logits: (N, 11) float32, the network's for drawings of writers that training did not see.
        labels: (N,) int64, what they show.

    Returns:
        The temperature of least negative log-likelihood, and the threshold that keeps `KEPT` of the drawings.
    """
    temperatures = np.geomspace(0.25, 4, 200)
    losses = [_loss(logits[:, :CLASSES].double() / float(temperature), labels) for temperature in temperatures]
    scores = torch.sigmoid(-logits[:, CLASSES].double())
    return Calibration(
        temperature=round(float(temperatures[int(np.argmin(losses))]), 4),
        ood_threshold=round(float(torch.quantile(scores, KEPT)), 6),
        unsure_below=UNSURE_BELOW,
    )


def _loss(logits: Tensor, labels: Tensor) -> float:
    """Return the mean negative log-likelihood of labels of which `WRONG_LABELS` say some other digit."""
    right = torch.softmax(logits, dim=1).gather(1, labels.unsqueeze(1))
    said = (1 - WRONG_LABELS) * right + WRONG_LABELS * (1 - right) / (CLASSES - 1)
    return -float(said.log().mean())
