import itertools

import numpy as np

from train.data.strokes import points_of
from train.synthesis.digit_templates import DIGITS
from train.synthesis.doodle_templates import DOODLES
from train.synthesis.rendering import picture_of
from train.synthesis.sign_templates import SIGNS
from train.synthesis.writers import Writer


def pictures(seed: int, digit: int, count: int = 4) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    random = np.random.default_rng(9)
    writer = Writer(seed)
    return np.stack([picture_of(writer.digit(digit, random)) for _ in range(count)]) / 255


def test_same_seed_writes_the_same() -> None:
    np.testing.assert_array_equal(pictures(3, 4), pictures(3, 4))


def test_a_writer_differs_less_from_itself_than_from_others() -> None:
    within, between = [], []
    for digit in range(10):
        means = [pictures(seed, digit) for seed in range(12)]
        within += [np.abs(a[0] - a[1]).mean() for a in means]
        between += [np.abs(a[0] - b[1]).mean() for a, b in itertools.pairwise(means)]
    assert np.mean(within) < 0.7 * np.mean(between)


def test_writers_keep_their_number_of_strokes() -> None:
    random = np.random.default_rng(0)
    for seed in range(20):
        writer = Writer(seed)
        for digit in range(10):
            assert len({len(writer.digit(digit, random)) for _ in range(5)}) == 1


def test_writers_use_every_style() -> None:
    counts = {(digit, len(styles)) for digit, styles in enumerate(DIGITS)}
    used = {digit: {id(Writer(seed).style(digit)[0]) for seed in range(300)} for digit in range(10)}
    assert {(digit, len(templates)) for digit, templates in used.items()} == counts


def test_digits_and_signs_are_finite_and_of_about_one_unit() -> None:
    random = np.random.default_rng(0)
    for seed in range(60):
        writer = Writer(seed)
        drawn = [writer.digit(digit, random) for digit in range(10)]
        drawn += [writer.character(template, random) for template in SIGNS.values()]
        for strokes in drawn:
            points = points_of(strokes)
            assert points.dtype == np.float32
            assert np.isfinite(points).all()
            assert 0.2 < np.ptp(points, axis=0).max() < 3


def test_signs_that_turn_are_drawn_at_every_angle() -> None:
    random = np.random.default_rng(0)
    shafts = [Writer(1).character(DOODLES["arrow"], random)[0] for _ in range(100)]
    angles = np.degrees([np.arctan2(*(shaft[-1] - shaft[0])) for shaft in shafts])
    assert np.histogram(angles, bins=4, range=(-180, 180))[0].min() > 8
