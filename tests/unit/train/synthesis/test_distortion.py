import numpy as np

from train.data.strokes import points_of
from train.synthesis.distortion import distort

LINE = np.stack([np.linspace(0, 300, 40), np.linspace(100, 700, 40)], axis=1).astype(np.float32)
STROKES = [LINE, LINE[:3] + 50, np.array([[9, 9]], np.float32)]


def test_same_randomness_gives_the_same_drawing_and_other_another() -> None:
    first, again, other = (distort(STROKES, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[1], other[1])


def test_drawing_stays_about_its_size_and_place() -> None:
    for seed in range(200):
        points = points_of(distort(STROKES, np.random.default_rng(seed)))
        assert np.isfinite(points).all()
        assert 0.6 < np.ptp(points, axis=0).max() < 1.5
        assert np.abs((points.max(axis=0) + points.min(axis=0)) / 2).max() < 0.2


def test_strokes_stay_strokes_with_their_ends_even_when_thinned_out() -> None:
    lengths = set()
    for seed in range(60):
        drawn = distort(STROKES, np.random.default_rng(seed))
        assert [len(stroke) for stroke in drawn[1:]] == [3, 1]
        lengths.add(len(drawn[0]))
    assert lengths == {40, 21, 14, 11}  # every point, every second, third, fourth; and always the last


def test_original_is_left_alone() -> None:
    before = [stroke.copy() for stroke in STROKES]
    distort(STROKES, np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip(before, STROKES, strict=True))


def test_single_point_is_finite() -> None:
    [point] = distort([np.array([[5, 5]], np.float32)], np.random.default_rng(0))
    assert np.isfinite(point).all()
