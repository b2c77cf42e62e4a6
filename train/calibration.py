"""Fits the calibration of a network to drawings of writers that training did not see."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from handler.calibration import CLASSES, Calibration, Logits
from handler.onnx_model import OnnxModel
from handler.preprocessing import Pixels
from handler.tap_detection import look_like_taps
from train.data.labeled_images import Labels
from train.data.strokes import Drawing
from train.synthesis import negatives
from train.synthesis.rendering import labeled_pictures, picture_of

# How each digit is drawn, pixels on a canvas of 280: with medium, thin and thick pens, small and large.
CANVASES: tuple[dict[str, float], ...] = ({}, {"pen": 6}, {"pen": 28}, {"length": 42}, {"length": 220})
TAPS = 10_000

KEPT = 0.9925  # share of these digits that is not rejected
TAPS_KEPT = 0.002  # share of taps, made by rule, that may pass as digits
# About one in a hundred of UNIPEN's labels is wrong, and half of the drawings are UNIPEN's. If every label counted as
# right, these few would lower all confidences.
WRONG_LABELS = 0.005
UNSURE_BELOW = 0.6  # below this certainty it may well be another digit, or none: one in five such digits is misread

TEMPERATURES = np.geomspace(0.25, 4, 200).round(4)
PENALTIES = 200  # tap penalties that are tried

_START = Calibration(temperature=1.0, tap_penalty=0.0, ood_threshold=1.0, unsure_below=UNSURE_BELOW)


def calibration_of(network: OnnxModel, digits: Sequence[Drawing]) -> Calibration:
    """Draw digits and taps, and fit the calibration to a network's logits for them.

    Args:
        network: The network as it is served: exported, with weights of 8 bits.
        digits: Digits of writers that training did not see.
    """
    drawn = [labeled_pictures(digits, **canvas) for canvas in CANVASES]
    pictures, labels = (np.concatenate([getattr(x, name) for x in drawn]) for name in ("pictures", "labels"))
    made = negatives.taps(TAPS, np.random.default_rng(1))
    taps = np.stack([picture_of(strokes, **canvas) for strokes, canvas in made])
    logits = network.logits(pictures)
    return fit_rejection(fit_temperature(logits, labels), pictures, logits, taps, network.logits(taps))


def fit_temperature(logits: Logits, labels: Labels) -> float:
    """Return the temperature of least negative log-likelihood.

    Args:
        logits: (n, 11) float32, the network's for pictures of writers that training did not see.
        labels: (n,) int64, their digits.
    """

    def loss(temperature: float) -> float:
        right = replace(_START, temperature=temperature).probabilities(logits)[np.arange(len(labels)), labels]
        likelihoods = (1 - WRONG_LABELS) * right + WRONG_LABELS * (1 - right) / (CLASSES - 1)
        return -float(np.log(likelihoods).mean())

    return float(min(TEMPERATURES, key=loss))


def fit_rejection(
    temperature: float, digits: Pixels, digit_logits: Logits, taps: Pixels, tap_logits: Logits
) -> Calibration:
    """Fit the tap penalty, then the rejection threshold, as serving will apply them.

    Args:
        temperature: The calibration's.
        digits: (n, 28, 28) uint8, drawn digits of writers that training did not see.
        digit_logits: (n, 11) float32, the network's for `digits`.
        taps: (m, 28, 28) uint8, taps made by rule.
        tap_logits: (m, 11) float32, the network's for `taps`.

    Returns:
        The smallest tap penalty at which no more than `TAPS_KEPT` of the taps pass, and the threshold at which `KEPT`
        of the digits pass with this penalty.
    """
    digits_like_taps, detected_taps = look_like_taps(digits), look_like_taps(taps)

    def with_penalty(penalty: float) -> Calibration:
        penalized = replace(_START, temperature=temperature, tap_penalty=round(float(penalty), 3))
        scores = penalized.ood_scores(digit_logits, digits_like_taps)
        return replace(penalized, ood_threshold=round(float(np.quantile(scores, KEPT)), 6))

    def kept_taps(calibration: Calibration) -> float:
        return float((calibration.ood_scores(tap_logits, detected_taps) < calibration.ood_threshold).mean())

    largest = float(np.ptp(tap_logits[:, CLASSES]))  # a unit of this network's
    candidates = [with_penalty(share * largest) for share in np.linspace(0, 1, PENALTIES)]
    return min(candidates, key=lambda calibration: max(kept_taps(calibration), TAPS_KEPT))  # the first of the smallest
