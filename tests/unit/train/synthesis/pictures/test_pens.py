import numpy as np
import pytest

from tests.unit.train.synthesis.pictures.written import SEVEN
from train.data.strokes import points_of
from train.synthesis.pictures import pens
from train.synthesis.pictures.pens import Pen, contrast, dense, trace, unit, write

LINE = [np.array([[20, 10], [20, 90]], np.float32)]


def white(height: int = 100, width: int = 60) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.ones((height, width, 3), np.float32)


@pytest.mark.parametrize("width", [1.5, 2.0, 3.3, 8.0, 15.0])
def test_line_is_as_wide_as_the_pen(width: float) -> None:
    cover = trace((100, 60), LINE, Pen(width), np.random.default_rng(0))
    assert cover[50].sum() == pytest.approx(width, rel=0.12)
    assert cover[50].argmax() == pytest.approx(20, abs=width / 2 + 1)


def test_uneven_line_varies_in_width() -> None:
    cover = trace((100, 60), LINE, Pen(6, unevenness=0.2), np.random.default_rng(0))
    widths = cover[20:80].sum(axis=1)
    assert widths.std() > 0.4
    assert 4 < widths.mean() < 8


def test_ink_colors_what_it_covers_and_nothing_else() -> None:
    surface = white() * np.float32(0.5)
    write(surface, LINE, Pen(6, (0.2, 0.4, 1.0)), np.random.default_rng(0))
    np.testing.assert_allclose(surface[50, 20], [0.1, 0.2, 0.5], atol=1e-3)
    assert (surface[:, 30:] == 0.5).all()


def test_chalk_hides_the_board() -> None:
    surface = white() * np.float32(0.1)
    write(surface, LINE, Pen(6, (0.9, 0.9, 0.9), opaque=True), np.random.default_rng(0))
    np.testing.assert_allclose(surface[50, 20], 0.9, atol=1e-3)


def test_weak_and_grainy_pen_leaves_paper_free() -> None:
    surface = white()
    write(surface, LINE, Pen(8, strength=0.5, graininess=0.5), np.random.default_rng(0))
    inked = surface[15:85, 18:22, 0]
    assert 0.45 < inked.min() < 0.55
    assert inked.std() > 0.03


def test_stroke_outside_the_picture_is_cut_off() -> None:
    surface = white()
    write(surface, [np.array([[-50, 50], [30, 50]], np.float32)], Pen(4), np.random.default_rng(0))
    assert surface[50, 0, 0] < 0.1
    write(surface, [np.array([[500, 500], [600, 600]], np.float32)], Pen(4), np.random.default_rng(0))


def test_dot_is_drawn() -> None:
    assert trace((40, 40), [np.array([[20, 20]], np.float32)], Pen(6), np.random.default_rng(0)).sum() > 15
    uneven = Pen(6, unevenness=0.1)
    assert trace((40, 40), [np.array([[20, 20]], np.float32)], uneven, np.random.default_rng(0)).sum() > 15


def test_unit_drawing_is_1_large_around_the_origin() -> None:
    points = points_of(unit(SEVEN))
    np.testing.assert_allclose(points.max(axis=0), [0.3, 0.5], atol=1e-6)
    np.testing.assert_allclose(points.min(axis=0), [-0.3, -0.5], atol=1e-6)


def test_dense_path_has_points_at_equal_distances() -> None:
    steps = np.linalg.norm(np.diff(dense(SEVEN[0], 2.0), axis=0), axis=1)
    assert steps.max() <= 2.05
    assert len(dense(np.array([[3, 4]], np.float32), 1.0)) == 2


def test_contrast_is_that_of_the_color_that_differs_most() -> None:
    surface = white() * np.array([1.0, 0.5, 0.2], np.float32)
    assert contrast(surface, Pen(5, (1.0, 0.2, 0.5), strength=0.5)) == pytest.approx(0.5 * 0.5 * 0.8)


@pytest.mark.parametrize("choose", [pens.ballpoint_or_felt_tip, pens.pencil, pens.marker, pens.colored_pen, pens.chalk])
def test_pen_fits_the_size_of_the_digit(choose: object) -> None:
    chosen = [choose(200.0, np.random.default_rng(seed)) for seed in range(100)]  # type: ignore[operator]
    widths = [pen.width for pen in chosen]
    assert 200 * 0.025 < min(widths) < max(widths) < 200 * 0.14
    assert len({pen.strength for pen in chosen}) == 100
