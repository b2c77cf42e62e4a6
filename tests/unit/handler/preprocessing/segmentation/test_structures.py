"""Lines of ruled and squared paper, frames and strips go; the strokes that cross them stay."""

import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import components_of
from handler.preprocessing.segmentation.structures import without_structures
from tests.unit.handler.preprocessing.segmentation import pictures

RULED = pictures.ink(*[[(0, y), (279, y + 6)] for y in range(20, 280, 50)], pen=2)


def mask_of(ink: Pixels) -> Pixels:
    return (ink > 64).astype(np.uint8)


SEVEN = mask_of(pictures.ink(pictures.SEVEN))


@pytest.mark.parametrize("lines", [RULED, RULED.T, RULED | RULED.T], ids=["ruled", "upright lines", "squared"])
def test_lines_of_paper_are_removed(lines: Pixels) -> None:
    rest = without_structures(mask_of(lines))
    assert rest.has_structures
    assert not rest.mask.any()


@pytest.mark.parametrize("lines", [RULED, RULED.T, RULED | RULED.T], ids=["ruled", "upright lines", "squared"])
def test_stroke_that_crosses_lines_is_kept(lines: Pixels) -> None:
    rest = without_structures(SEVEN | mask_of(lines))
    assert (rest.mask & SEVEN).sum() > 0.95 * SEVEN.sum()
    assert (rest.mask & (1 - SEVEN)).sum() < 0.1 * SEVEN.sum()
    assert components_of(rest.mask)[1][0].area > 0.95 * SEVEN.sum()


def test_frame_is_removed_and_what_is_inside_is_said() -> None:
    rest = without_structures(SEVEN | mask_of(pictures.frame(6)))
    np.testing.assert_array_equal(rest.mask, SEVEN)
    assert rest.inside == Box(6, 6, 268, 268)


def test_removed_and_left_ink_are_all_ink() -> None:
    mask = SEVEN | mask_of(RULED) | mask_of(pictures.frame(3))
    rest = without_structures(mask)
    assert rest.removed.any()
    np.testing.assert_array_equal(rest.mask + rest.removed, mask)


@pytest.mark.parametrize(
    "strokes",
    [[pictures.SEVEN], pictures.FIVE, [[(30, 140), (250, 140)]], [[(140, 30), (140, 250)]]],
    ids=["7", "5", "dash", "1"],
)
def test_drawing_that_does_not_run_into_the_border_is_kept(strokes: list[list[tuple[int, int]]]) -> None:
    mask = mask_of(pictures.ink(*strokes))
    rest = without_structures(mask)
    assert not rest.has_structures
    np.testing.assert_array_equal(rest.mask, mask)
    assert rest.inside == Box(0, 0, 280, 280)


def test_short_line_at_the_border_is_kept() -> None:
    mask = mask_of(pictures.ink([(0, 140), (150, 140)], pen=3))
    np.testing.assert_array_equal(without_structures(mask).mask, mask)


def test_line_that_runs_into_one_border_may_be_a_stroke() -> None:
    stem = mask_of(pictures.ink([(180, 60), (180, 279)], pen=10))
    rest = without_structures(SEVEN | stem)
    assert rest.with_strokes is not None
    np.testing.assert_array_equal(rest.with_strokes, SEVEN | stem)
    assert (rest.mask & (1 - SEVEN)).sum() < 0.1 * stem.sum()


@pytest.mark.parametrize("lines", [RULED, RULED.T, pictures.ink(pictures.SEVEN)], ids=["ruled", "upright lines", "7"])
def test_lines_from_border_to_border_are_no_strokes(lines: Pixels) -> None:
    assert without_structures(SEVEN | mask_of(lines)).with_strokes is None
