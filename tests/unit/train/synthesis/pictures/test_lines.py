import numpy as np
import pytest

from train.synthesis.pictures.lines import position, print_lines, rule


def paper() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ones((300, 200, 3), np.float32)


def lines_of(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> int:
    """Count the dark stretches along a row or column."""
    dark = values < 0.97
    return int((dark[1:] & ~dark[:-1]).sum())


@pytest.mark.parametrize("seed", range(5))
def test_ruled_paper_has_a_line_at_every_spacing(seed: int) -> None:
    surface = paper()
    rule(surface, 30.0, np.random.default_rng(seed), squared=False)
    assert lines_of(surface[:, 100].min(axis=1)) == pytest.approx(10, abs=1)


@pytest.mark.parametrize("seed", range(5))
def test_squared_paper_has_lines_both_ways(seed: int) -> None:
    surface = paper()
    rule(surface, 20.0, np.random.default_rng(seed), squared=True)
    light = surface.min(axis=2)
    row = light[np.argmax(light.sum(axis=1))]  # between two lines
    column = light[:, np.argmax(light.sum(axis=0))]
    assert lines_of(column) == pytest.approx(15, abs=2)
    assert lines_of(row) == pytest.approx(10, abs=2)


@pytest.mark.parametrize(
    ("side", "where"),
    [("left", np.s_[150, 12]), ("right", np.s_[150, -13]), ("top", np.s_[12, 100]), ("bottom", np.s_[-13, 100])],
)
def test_line_is_at_its_distance_from_its_side(side: str, where: tuple[int, int]) -> None:
    surface = paper()
    print_lines(surface, [(side, 12.0, 6.0)], (0.1, 0.2, 0.3), np.random.default_rng(0))
    np.testing.assert_allclose(surface[where], [0.1, 0.2, 0.3], atol=1e-3)
    assert surface.mean() > 0.9


def test_position_is_turned_by_its_angle() -> None:
    at = position((50, 40), np.radians(10), 0.0)
    assert at[0, 0] == 0
    assert at[30, 20] == pytest.approx(30 * np.cos(np.radians(10)) - 20 * np.sin(np.radians(10)), abs=1e-4)
