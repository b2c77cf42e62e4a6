import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.noise import MIN_NOISE, local_noise


def noisy(level: float, deviation: float, seed: int = 0) -> Pixels:
    values = np.random.default_rng(seed).normal(level, deviation, (300, 240))
    return np.asarray(np.rint(values).clip(0, 255), np.uint8)


@pytest.mark.parametrize("deviation", [3, 8, 15])
def test_level_and_noise_of_gaussian_noise_are_its_mean_and_deviation(deviation: int) -> None:
    level, noise = local_noise(noisy(80, deviation))
    assert level.shape == noise.shape == (300, 240)
    assert level.mean() == pytest.approx(80, abs=0.3 * deviation)
    assert noise.mean() == pytest.approx(deviation, rel=0.2)


def test_what_is_drawn_does_not_count() -> None:
    contrast = noisy(20, 4)
    contrast[40:260, 100:140] = 220
    contrast[120:170, 20:220] = 220
    level, noise = local_noise(contrast)
    assert level.max() < 30
    assert noise.max() < 8


def test_block_that_is_drawn_over_has_the_level_of_those_around_it() -> None:
    contrast = noisy(20, 4)
    contrast[100:150, 80:120] = 220
    level, _ = local_noise(contrast)
    assert level[125, 100] < 30


def test_noise_is_measured_place_by_place() -> None:
    contrast = noisy(60, 4)
    contrast[:, 120:] = noisy(60, 12, seed=1)[:, 120:]
    _, noise = local_noise(contrast)
    assert noise[:, :60].mean() < 0.6 * noise[:, 180:].mean()


def test_level_follows_the_light() -> None:
    contrast = noisy(40, 3)
    contrast[:150] += 50
    level, _ = local_noise(contrast)
    assert level[:100].mean() - level[200:].mean() == pytest.approx(50, abs=3)


def test_picture_without_noise_has_the_least() -> None:
    level, noise = local_noise(np.full((300, 240), 30, np.uint8))
    np.testing.assert_array_equal(noise, MIN_NOISE)
    np.testing.assert_allclose(level, 30, atol=1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (7, 5)])
def test_picture_smaller_than_the_blocks_is_measured(shape: tuple[int, int]) -> None:
    level, noise = local_noise(np.full(shape, 30, np.uint8))
    assert level.shape == noise.shape == shape
