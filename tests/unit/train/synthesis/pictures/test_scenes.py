import numpy as np
import pytest

from tests.unit.train.synthesis.pictures.written import seven
from train.data.strokes import points_of
from train.synthesis.pictures.scenes import logarithmic, photograph_shape, place


@pytest.mark.parametrize("seed", range(30))
def test_digit_is_inside_its_part_of_the_picture_and_of_its_size(seed: int) -> None:
    at = place(seven(), (300, 400), np.random.default_rng(seed), sizes=(0.2, 0.6), inside=(50, 60, 350, 260))
    points = points_of(at.paths(seven()))
    assert points[:, 0].min() >= 50
    assert points[:, 0].max() <= 350
    assert points[:, 1].min() >= 60
    assert points[:, 1].max() <= 260
    assert 0.2 * 200 <= np.ptp(points[:, 1]) <= 0.6 * 200 + 1e-3
    assert at.length == pytest.approx(np.ptp(points[:, 1]), rel=1e-4)


def test_places_and_sizes_vary_over_the_whole_picture() -> None:
    places = [place(seven(), (300, 400), np.random.default_rng(seed)) for seed in range(100)]
    assert min(at.x for at in places) < 100
    assert max(at.x for at in places) > 300
    assert max(at.length for at in places) > 4 * min(at.length for at in places)


def test_smaller_side_of_a_photograph_is_within_its_limits() -> None:
    shapes = [photograph_shape(np.random.default_rng(seed), 240, 900) for seed in range(200)]
    assert all(239 <= min(shape) <= 901 for shape in shapes)
    assert {np.sign(shape[0] - shape[1]) for shape in shapes} == {-1, 0, 1}


def test_numbers_are_even_on_a_logarithmic_scale() -> None:
    random = np.random.default_rng(0)
    numbers = [logarithmic(1, 100, random) for _ in range(1000)]
    assert 1 <= min(numbers) <= max(numbers) <= 100
    assert np.mean(np.array(numbers) < 10) == pytest.approx(0.5, abs=0.05)
