import numpy as np
import pytest

from train.synthesis.pictures.desks import paper_on
from train.synthesis.pictures.surfaces import dark_desk

SHAPE = (150, 200)


@pytest.mark.parametrize("seed", range(30))
def test_part_for_writing_is_paper_and_some_of_the_picture_is_desk(seed: int) -> None:
    random = np.random.default_rng(seed)
    surface, (left, top, right, bottom) = paper_on(dark_desk(SHAPE, random), random)
    inner = surface[int(top) + 2 : int(bottom) - 2, int(left) + 2 : int(right) - 2]
    assert inner.size > 0.05 * surface.size
    assert inner.min() > 0.5
    assert 0.01 < (surface.mean(axis=2) < 0.45).mean() < 0.9


def test_one_to_four_sides_show_the_desk() -> None:
    sides = set()
    for seed in range(60):
        random = np.random.default_rng(seed)
        dark = paper_on(dark_desk(SHAPE, random), random)[0].mean(axis=2) < 0.45
        borders = (dark[0], dark[-1], dark[:, 0], dark[:, -1])
        sides.add(sum(bool(border.mean() > 0.9) for border in borders))
    assert {1, 2, 3, 4} <= sides
