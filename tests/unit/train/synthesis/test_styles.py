import numpy as np

from train.data.strokes import points_of
from train.synthesis.styles import MORPH_POINTS, morph, restyle

CIRCLE = np.stack([np.cos(np.linspace(0, 6.2, 60)), 1.3 * np.sin(np.linspace(0, 6.2, 60))], axis=1).astype(np.float32)
ONE = np.stack([np.full(20, 4.0), np.linspace(0, 16, 20)], axis=1).astype(np.float32)
SEVEN = np.array([[0, 0], [10, 0], [4, 8], [3, 16]], np.float32)
NINE = np.array([[10, 2], [5, 0], [2, 4], [9, 5], [10, 2], [10, 18]], np.float32)


def test_zero_gets_a_slash_through_its_middle_at_any_angle() -> None:
    random = np.random.default_rng(0)
    slopes = []
    for _ in range(300):
        circle, slash = restyle("0", [CIRCLE], random)
        assert circle is CIRCLE
        assert np.abs(slash[[0, -1]].mean(axis=0)).max() < 0.6
        slopes.append(np.degrees(np.arctan2(*(slash[-1] - slash[0])[::-1] * [-1, 1])))
    assert np.mean(np.abs(slopes) < 12) > 0.1  # level
    assert np.mean((np.array(slopes) > 30) & (np.array(slopes) < 75)) > 0.3  # rising


def test_one_gets_a_flag_at_its_top_or_a_base_at_its_foot() -> None:
    random = np.random.default_rng(0)
    shapes = set()
    for _ in range(100):
        first, *base = restyle("1", [ONE], random)
        flag = first[: len(first) - len(ONE)]
        np.testing.assert_array_equal(first[len(flag) :], ONE)
        assert (flag[:, 0] <= 4.01).all()
        assert all(abs(stroke[:, 1].mean() - 16) < 1 and np.ptp(stroke[:, 0]) > 2 for stroke in base)
        shapes.add((len(flag) > 0, len(base)))
    assert shapes == {(True, 0), (True, 1), (False, 0), (False, 1)}


def test_one_that_has_a_flag_stays_as_it_is() -> None:
    flagged = np.array([[0, 8], [10, 0], [10, 16]], np.float32)
    [one] = restyle("1", [flagged], np.random.default_rng(0))
    assert one is flagged


def test_seven_gets_a_bar_across_its_stem() -> None:
    random = np.random.default_rng(0)
    heights = []
    for _ in range(100):
        _, bar = restyle("7", [SEVEN], random)
        heights.append(bar[:, 1].mean() / 16)
        assert np.ptp(bar[:, 0]) > np.ptp(bar[:, 1])
    assert 0.2 < min(heights) < 0.35
    assert 0.7 < max(heights) < 0.8


def test_nine_gets_a_tail_to_either_side_of_its_foot() -> None:
    random = np.random.default_rng(0)
    left = 0
    for _ in range(100):
        [nine] = restyle("9", [NINE], random)
        tail = nine[len(NINE) :]
        assert len(tail) == 7
        left += bool((np.diff(tail[:, 0]) < 0).all())
        assert (tail[:, 1] >= 18 - 1e-4).all()
    assert 50 < left < 95


def test_nine_that_does_not_end_at_its_foot_stays_as_it_is() -> None:
    [nine] = restyle("9", [NINE[::-1]], np.random.default_rng(0))
    np.testing.assert_array_equal(nine, NINE[::-1])


def test_morphing_gives_a_drawing_between_two() -> None:
    narrow, wide = ([(CIRCLE * [width, 1]).astype(np.float32)] for width in (0.8, 1.3))
    [between] = morph(narrow, wide, np.random.default_rng(0))
    assert between.shape == (MORPH_POINTS, 2)
    boxes = [np.ptp(points_of(drawing), axis=0) for drawing in (narrow, [between], wide)]
    widths = [width / height for width, height in boxes]
    assert widths == sorted(widths)


def test_drawings_of_different_styles_are_not_morphed() -> None:
    random = np.random.default_rng(0)
    for other in ([CIRCLE[::-1]], [CIRCLE, CIRCLE]):
        [same] = morph([CIRCLE], other, random)
        assert same is CIRCLE
