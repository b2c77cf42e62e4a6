import numpy as np
import pytest

from handler.choice import choose


def surely(*digits: int) -> np.ndarray:
    """Return the probabilities of alternatives that are each surely one digit."""
    return np.eye(10)[list(digits)]


def test_alternative_most_like_a_digit_is_chosen() -> None:
    assert choose((0.0, 0.0, 0.0), np.array([0.5, 0.1, 0.3]), surely(1, 2, 3))[0] == 1


def test_penalty_outweighs_a_slightly_better_score() -> None:
    assert choose((0.0, 5.0, 5.0), np.array([0.5, 0.1, 0.3]), surely(1, 2, 3))[0] == 0


def test_each_alternative_counts_by_its_odds_of_being_the_digit() -> None:
    best, probabilities = choose((0.0, np.log(3)), np.array([0.2, 0.2]), surely(7, 1))
    assert best == 0
    assert probabilities[[7, 1]] == pytest.approx([0.75, 0.25])
    assert probabilities.sum() == pytest.approx(1)


def test_alternatives_that_agree_make_each_other_no_less_sure() -> None:
    each = np.full((3, 10), 0.01)
    each[:, 4] = 0.91
    assert choose((0.0, 1.0, 2.0), np.array([0.1, 0.2, 0.3]), each)[1] == pytest.approx(each[0])


def test_two_that_agree_outweigh_one_that_is_slightly_more_like_a_digit() -> None:
    best, probabilities = choose((0.0, 0.0, 0.0), np.array([0.1, 0.11, 0.12]), surely(1, 9, 9))
    assert (best, int(probabilities.argmax())) == (1, 9)


def test_scores_beyond_the_best_make_no_difference() -> None:
    _, probabilities = choose((0.0, 0.0), np.array([1e-12, 1e-4]), surely(3, 8))
    assert probabilities[3] == pytest.approx(0.5)
