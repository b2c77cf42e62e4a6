import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.evaluation.metrics import auroc, calibration_error, reliability, share, share_by


def test_share_of_8_in_10_has_wilsons_interval() -> None:
    # (0.8 + 1.96²/20 ± 1.96 √(0.16/10 + 1.96²/400)) / (1 + 1.96²/10)
    assert share([True] * 8 + [False] * 2) == {"percent": 80.0, "low": 49.02, "high": 94.33, "n": 10}


def test_share_of_all_or_none_stays_within_0_and_100() -> None:
    assert share([True] * 20) == {"percent": 100.0, "low": 83.89, "high": 100.0, "n": 20}
    assert share([False] * 20) == {"percent": 0.0, "low": 0.0, "high": 16.11, "n": 20}


def test_share_of_nothing_is_zeros() -> None:
    assert share([]) == {"percent": 0.0, "low": 0.0, "high": 0.0, "n": 0}


def test_share_by_key_counts_each_key_by_itself() -> None:
    shares = share_by(["b", "a", "b", 7], np.array([True, False, False, True]))
    assert {key: (value["percent"], value["n"]) for key, value in shares.items()} == {
        "7": (100.0, 1),
        "a": (0.0, 1),
        "b": (50.0, 2),
    }
    assert list(shares) == ["7", "a", "b"]


@pytest.mark.parametrize(
    ("positives", "negatives", "percent"),
    [
        ([3.0, 2.0], [1.0, 0.0], 100.0),
        ([0.0], [1.0, 2.0], 0.0),
        ([1.0, 1.0], [1.0], 50.0),
        ([0.9, 0.4], [0.5, 0.4, 0.1], 75.0),  # of 6 pairs 4 are won and 1 is a tie
    ],
)
def test_auroc_is_the_share_of_pairs_won(positives: list[float], negatives: list[float], percent: float) -> None:
    assert auroc(np.array(positives), np.array(negatives)) == percent


scores = st.lists(st.integers(0, 9).map(float), min_size=1, max_size=20)


@given(scores, scores)
def test_auroc_agrees_with_counting_pairs(positives: list[float], negatives: list[float]) -> None:
    pairs = [(a > b) + (a == b) / 2 for a in positives for b in negatives]
    assert auroc(np.array(positives), np.array(negatives)) == pytest.approx(100 * np.mean(pairs), abs=0.0051)


def test_reliability_has_a_row_for_each_bin_that_is_not_empty() -> None:
    rows = reliability(np.array([1.0, 0.99, 0.5, 0.52]), np.array([True, False, True, True]))
    assert rows[0] == pytest.approx((0.51, 1.0, 2))
    assert rows[1] == pytest.approx((0.995, 0.5, 2))
    assert len(rows) == 2


def test_calibration_error_weighs_the_gaps_by_count() -> None:
    confidences = np.array([0.95, 0.95, 0.95, 0.55])
    hits = np.array([True, True, False, True])
    # 3/4 × |0.95 − 2/3| + 1/4 × |0.55 − 1|
    assert calibration_error(confidences, hits) == 32.5
    assert calibration_error(np.ones(5), np.ones(5, bool)) == 0.0
