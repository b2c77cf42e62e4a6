import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handler.calibration import CLASSES, Calibration

CALIBRATION = Calibration(temperature=2.0, tap_penalty=1.5, ood_threshold=0.8, unsure_below=0.7)
NO_TAP = np.array([False])


@given(st.lists(st.floats(-60, 60, width=32), min_size=11, max_size=11), st.booleans())
def test_calibrated_numbers_are_probabilities(numbers: list[float], tap: bool) -> None:
    logits = np.array([numbers], np.float32)
    probabilities = CALIBRATION.probabilities(logits)
    assert probabilities.shape == (1, CLASSES)
    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.min() >= 0
    assert 0 <= CALIBRATION.ood_scores(logits, np.array([tap]))[0] <= 1


def test_logits_of_the_digits_are_divided_by_the_temperature() -> None:
    logits = np.zeros((1, 11), np.float32)
    logits[0, 3], logits[0, 10] = 2 * np.log(3), -np.log(4)
    probabilities = CALIBRATION.probabilities(logits)
    assert probabilities[0, 3] == pytest.approx(3 / 12)
    assert probabilities[0, 0] == pytest.approx(1 / 12)
    assert CALIBRATION.ood_scores(logits, NO_TAP)[0] == pytest.approx(4 / 5)


def test_penalty_applies_to_taps_alone() -> None:
    logits = np.zeros((2, 11), np.float32)
    scores = CALIBRATION.ood_scores(logits, np.array([False, True]))
    assert scores == pytest.approx([0.5, 1 / (1 + np.exp(-1.5))])
    assert not logits.any()


@pytest.mark.parametrize(
    ("confidence", "ood_score", "verdict"),
    [
        (1.0, 0.8, "not_a_digit"),
        (0.2, 0.9, "not_a_digit"),
        (0.7, 0.0, "digit"),
        (0.69, 0.0, "unsure"),  # it may be another digit
        (1.0, 0.3, "digit"),
        (1.0, 0.31, "unsure"),  # it may be none
        (0.8, 0.2, "unsure"),  # it may be either
    ],
)
def test_digit_is_unsure_if_it_may_be_another_one_or_none(confidence: float, ood_score: float, verdict: str) -> None:
    assert CALIBRATION.verdict(confidence, ood_score) == verdict
