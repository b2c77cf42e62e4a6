import numpy as np
import pytest

from train.data.strokes import points_of
from train.synthesis.styles import OUTLINES, outline, restyle

CIRCLE = np.stack([np.cos(np.linspace(0, 6.2, 60)), 1.3 * np.sin(np.linspace(0, 6.2, 60))], axis=1).astype(np.float32)
SEVEN = np.array([[0, 0], [10, 0], [4, 8], [3, 16]], np.float32)
NINE = np.array([[10, 2], [5, 0], [2, 4], [9, 5], [10, 2], [10, 18]], np.float32)


@pytest.mark.parametrize("label", OUTLINES)
def test_outline_fills_about_a_unit_box(label: str) -> None:
    random = np.random.default_rng(0)
    for _ in range(30):
        points = points_of(outline(label, random))
        assert points.dtype == np.float32
        assert 0.8 < np.ptp(points, axis=0)[1] < 1.2
        assert len(points) >= 13


def test_zero_gets_a_slash_through_its_middle() -> None:
    random = np.random.default_rng(0)
    rising = 0
    for _ in range(300):
        circle, slash = restyle("0", [CIRCLE], random)
        assert circle is CIRCLE
        assert np.abs(slash[[0, -1]].mean(axis=0)).max() < 0.6
        rising += bool((slash[-1] - slash[0])[0] * (slash[-1] - slash[0])[1] < 0)
    assert 0.8 < rising / 300 < 0.97  # like /, rarely like \


def test_seven_gets_a_bar_across_its_stem() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        _, bar = restyle("7", [SEVEN], random)
        assert 0.2 * 16 < bar[:, 1].mean() < 0.8 * 16
        assert np.ptp(bar[:, 0]) > np.ptp(bar[:, 1])


def test_nine_gets_a_hook_to_the_left_of_its_foot() -> None:
    random = np.random.default_rng(0)
    for _ in range(50):
        [nine] = restyle("9", [NINE], random)
        hook = nine[len(NINE) :]
        assert len(hook) == 7
        assert (np.diff(hook[:, 0]) < 0).all()
        assert (hook[:, 1] >= 18 - 1e-4).all()


def test_nine_that_does_not_end_at_its_foot_stays_as_it_is() -> None:
    [nine] = restyle("9", [NINE[::-1]], np.random.default_rng(0))
    np.testing.assert_array_equal(nine, NINE[::-1])
