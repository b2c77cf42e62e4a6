import numpy as np
import pytest

from train.data.strokes import Drawing, points_of
from train.synthesis.spoiled import NOT_STRUCK_OUT_BY_ONE_LINE, cut_off, overwrite, spoiled, strike_out, turn

RING = np.stack([np.cos(np.linspace(0, 6.2, 60)), 1.3 * np.sin(np.linspace(0, 6.2, 60))], axis=1).astype(np.float32)


def drawing(label: str) -> Drawing:
    return Drawing(label, (RING * 50,), "w", "s")


@pytest.mark.parametrize("label", list("0123456789"))
def test_a_digit_is_struck_out_across_its_whole_width(label: str) -> None:
    random = np.random.default_rng(0)
    for _ in range(100):
        digit, *lines = strike_out(drawing(label), random)
        low, high = digit.min(axis=0), digit.max(axis=0)
        struck = points_of(lines)
        assert np.ptp(struck[:, 0]) > 0.3 * (high - low)[0]
        assert (low - 0.8 < struck).all()
        assert (struck < high + 0.8).all()
        one_line = len(lines) == 1 and len(lines[0]) < 30
        assert not (one_line and label in NOT_STRUCK_OUT_BY_ONE_LINE)


def test_every_way_to_strike_out_is_used() -> None:
    random = np.random.default_rng(0)
    assert {len(strike_out(drawing("5"), random)) for _ in range(100)} == {2, 3}


@pytest.mark.parametrize(("label", "sign"), [("6", [-1, 1]), ("3", [-1, 1])])
def test_a_digit_is_turned_in_a_mirror(label: str, sign: list[int]) -> None:
    [turned] = turn(drawing(label))
    np.testing.assert_array_equal(turned, RING * 50 * np.array(sign, np.float32))


def test_a_digit_over_an_equal_one_is_beside_it() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        a, b = overwrite(drawing("8"), drawing("8"), random)
        assert 0.1 < abs((a - b).mean(axis=0)[0]) < 0.4


def test_what_is_cut_off_ends_at_a_straight_edge() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        left = points_of(cut_off([RING], 0.5, random))
        assert 20 <= len(left) <= 31
        cut = [np.ptp(left, axis=0)[axis] / np.ptp(RING, axis=0)[axis] for axis in (0, 1)]
        assert min(cut) < 0.75


def test_spoiled_digits_are_the_same_for_the_same_seed() -> None:
    for seed in range(30):
        first, again = (spoiled(drawing("4"), drawing("2"), np.random.default_rng(seed)) for _ in range(2))
        assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
        assert np.isfinite(points_of(first)).all()
