from collections.abc import Callable

import numpy as np
import pytest

from train.synthesis.pictures import surfaces
from train.synthesis.pictures.surfaces import Shape, Surface, clouds, grain

SHAPE = (90, 140)


def mean(make: Callable[[Shape, np.random.Generator], Surface], seed: int) -> float:
    return float(make(SHAPE, np.random.default_rng(seed)).mean())


@pytest.mark.parametrize(
    "make", [surfaces.paper, surfaces.colored_paper, surfaces.sheet, surfaces.whiteboard, surfaces.blackboard]
)
def test_surface_has_three_colors_of_about_0_to_1(make: Callable[[Shape, np.random.Generator], Surface]) -> None:
    for seed in range(10):
        surface = make(SHAPE, np.random.default_rng(seed))
        assert surface.shape == (*SHAPE, 3)
        assert surface.dtype == np.float32
        assert -0.05 <= surface.min() <= surface.max() <= 1.15


def test_paper_is_brighter_than_a_bright_desk_and_that_than_a_dark_one() -> None:
    paper = min(mean(surfaces.paper, seed) for seed in range(20))
    bright = [mean(surfaces.bright_desk, seed) for seed in range(20)]
    dark = max(mean(surfaces.dark_desk, seed) for seed in range(20))
    assert dark < paper - 0.3
    assert max(bright) < paper
    assert np.mean(bright) > dark


def test_paper_has_a_texture_and_a_sheet_has_none() -> None:
    assert surfaces.paper(SHAPE, np.random.default_rng(0))[..., 0].std() > 0.002
    assert np.ptp(surfaces.sheet(SHAPE, np.random.default_rng(0))[..., 0]) == 0


def test_grain_is_fine_and_clouds_are_smooth() -> None:
    fine, smooth = grain(SHAPE, np.random.default_rng(0)), clouds(SHAPE, 0.3, np.random.default_rng(0))
    assert fine.std() == pytest.approx(1, abs=0.05)
    assert np.abs(np.diff(fine)).mean() > 5 * np.abs(np.diff(smooth)).mean()


def test_grain_of_a_large_surface_covers_all_of_it() -> None:
    large = grain((700, 1300), np.random.default_rng(0))
    assert large.shape == (700, 1300)
    assert large[600:, 1200:].std() > 0.9
