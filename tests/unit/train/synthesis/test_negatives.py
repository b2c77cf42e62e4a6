import itertools

import numpy as np
import pytest

from train.data.strokes import Drawing, points_of
from train.synthesis.negatives import (
    LOOK_ALIKES,
    PAGE_PENS,
    latin_letter,
    partial,
    scribble,
    sign,
    tap,
    taps,
    touches,
    two_digits,
)

L = [np.array([[0, 0], [0, 10]], np.float32), np.array([[0, 10], [5, 10], [10, 10]], np.float32)]


@pytest.mark.parametrize("make", [sign, latin_letter, scribble, tap, touches])
def test_made_drawings_are_finite_and_the_same_for_the_same_seed(make: object) -> None:
    for seed in range(50):
        strokes = make(np.random.default_rng(seed))  # type: ignore[operator]
        assert all(stroke.dtype == np.float32 and stroke.shape[1] == 2 and len(stroke) for stroke in strokes)
        assert np.isfinite(points_of(strokes)).all()
        again = make(np.random.default_rng(seed))  # type: ignore[operator]
        assert all(np.array_equal(a, b) for a, b in zip(strokes, again, strict=True))


def test_touches_do_not_meet() -> None:
    random = np.random.default_rng(0)
    counts = set()
    for _ in range(300):
        drawn = touches(random)
        counts.add(len(drawn))
        between = [np.linalg.norm(a[:, None] - b[None], axis=2).min() for a, b in itertools.pairwise(drawn)]
        assert np.median(between) > 1.0  # the width of the pen
    assert counts == {2, 3, 4}


def test_tap_is_about_as_small_as_the_pen() -> None:
    random = np.random.default_rng(0)
    sizes = [np.ptp(points_of(tap(random)), axis=0).max() for _ in range(500)]
    assert max(sizes) < 2.5
    assert np.median(sizes) < 0.5


def test_taps_are_drawn_with_the_pens_of_the_page() -> None:
    drawn = taps(300, np.random.default_rng(0))
    pens = [canvas["pen"] for _, canvas in drawn]
    assert PAGE_PENS[0] <= min(pens) < 7
    assert 27 < max(pens) <= PAGE_PENS[1]
    for strokes, canvas in drawn:
        assert canvas["length"] == pytest.approx(canvas["pen"] * np.ptp(strokes[0], axis=0).max())


def test_two_digits_stand_side_by_side_at_one_height() -> None:
    left, right = (Drawing("1", tuple(stroke * scale for stroke in L), "w", "s") for scale in (1, 70))
    pair = two_digits(left, right, np.random.default_rng(0))
    assert len(pair) == 4
    a, b = points_of(pair[:2]), points_of(pair[2:])
    assert a[:, 0].max() < b[:, 0].min()
    assert np.ptp(a, axis=0).max() == pytest.approx(1)
    assert np.ptp(b, axis=0).max() == pytest.approx(1)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.25, [[[0, 0], [0, 10]]]),
        (0.5, [[[0, 0], [0, 10]]]),
        (0.7, [[[0, 0], [0, 10]], [[0, 10], [5, 10]]]),
        (1.0, [[[0, 0], [0, 10]], [[0, 10], [5, 10], [10, 10]]]),
    ],
)
def test_partial_drawing_stops_at_the_point_that_reaches_its_share(share: float, expected: list[object]) -> None:
    assert [stroke.tolist() for stroke in partial(L, share)] == expected


def test_partial_dot_is_the_dot() -> None:
    dot = np.array([[3, 3]], np.float32)
    assert [stroke.tolist() for stroke in partial([dot], 0.5)] == [[[3, 3]]]


def test_look_alikes_are_letters() -> None:
    assert all(letter.isalpha() for letter in LOOK_ALIKES)
