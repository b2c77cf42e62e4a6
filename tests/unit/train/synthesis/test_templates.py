import string

import numpy as np
import pytest

from train.synthesis.digit_templates import DIGITS, ONE_OR_SEVEN
from train.synthesis.doodle_templates import DOODLES
from train.synthesis.latin_templates import LATIN
from train.synthesis.letter_templates import LETTERS
from train.synthesis.negatives import LOOK_ALIKES
from train.synthesis.sign_templates import SIGNS
from train.synthesis.templates import STEPS, Template, arc, choose, curve, line, smooth

ALL = [*(template for styles in DIGITS for template in styles), ONE_OR_SEVEN, *SIGNS.values(), *DOODLES.values()]
ALL += [*LETTERS.values(), *LATIN.values()]


@pytest.mark.parametrize("template", ALL)
@pytest.mark.parametrize("end", [0, 1])
def test_every_template_is_about_one_unit_large_at_both_ends_of_its_ranges(template: Template, end: int) -> None:
    strokes = template.strokes(**{name: limits[end] for name, limits in template.ranges.items()})
    points = np.concatenate([np.asarray(stroke) for stroke in strokes])
    assert np.isfinite(points).all()
    assert 0.3 < np.ptp(points, axis=0).max() < 2.5


def test_digits_are_as_tall_as_one_unit() -> None:
    for styles in DIGITS:
        for template in styles:
            middle = {name: (low + high) / 2 for name, (low, high) in template.ranges.items()}
            points = np.concatenate([np.asarray(stroke) for stroke in template.strokes(**middle)])
            assert 0.9 < np.ptp(points, axis=0)[1] < 1.15


def test_no_latin_letter_looks_like_a_digit_and_every_other_one_is_there() -> None:
    written = {name[0] for name in LATIN}
    assert not written & LOOK_ALIKES
    rest = set(string.ascii_letters) - LOOK_ALIKES - written
    assert rest == set()


def test_templates_are_chosen_by_weight() -> None:
    rare, common = (Template(lambda: [[(0, 0)]], weight=weight) for weight in (1.0, 4.0))
    random = np.random.default_rng(0)
    share = np.mean([choose([rare, common], random) is common for _ in range(3000)])
    assert share == pytest.approx(0.8, abs=0.03)


def test_parameters_are_varied_within_their_ranges() -> None:
    template = Template(lambda a: [[(a, 0)]], {"a": (2.0, 4.0)})
    random = np.random.default_rng(0)
    varied = [template.varied({"a": 2.1}, 0.2, random)["a"] for _ in range(500)]
    assert min(varied) == 2.0
    assert 2.4 < max(varied) <= 2.5


def test_arc_turns_clockwise_from_its_start() -> None:
    np.testing.assert_allclose(arc(1, 1, 2, 3, 0, 90)[0], (3, 1))
    np.testing.assert_allclose(arc(1, 1, 2, 3, 0, 90)[-1], (1, 4))


def test_line_rises_with_its_angle() -> None:
    np.testing.assert_allclose(line(0, 0, 2, 90), [(0, 1), (0, -1)], atol=1e-12)


def test_curve_goes_through_its_points_and_keeps_corners() -> None:
    points = [(0, 0), (1, 0), (1, 0), (1, 1), (0, 2)]
    path = curve(points)
    np.testing.assert_allclose(path[[0, STEPS, 2 * STEPS, -1]], [(0, 0), (1, 0), (1, 1), (0, 2)])
    assert np.abs(path[: STEPS + 1, 1]).max() < 1e-6  # straight up to the corner


def test_curve_without_roundness_is_straight_lines() -> None:
    path = curve([(0, 0), (1, 0), (1, 1)], roundness=0)
    assert ((path[:, 1] < 1e-6) | (np.abs(path[:, 0] - 1) < 1e-6)).all()


def test_smoothing_rounds_a_corner_and_keeps_the_ends() -> None:
    corner = curve([(0, 0), (1, 0), (1, 0), (1, 1)])
    rounded = smooth(corner, 0.1)
    np.testing.assert_allclose(rounded[[0, -1]], [(0, 0), (1, 1)], atol=1e-3)
    assert 0.03 < np.linalg.norm(rounded - [1, 0], axis=1).min() < 0.15
    assert smooth(corner, 0.0) is corner
