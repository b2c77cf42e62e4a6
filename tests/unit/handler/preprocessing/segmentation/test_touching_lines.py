"""An underline or a box that touches a digit is told from it; the digits' own lines are hardly ever taken for one."""

import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.normalization import scale
from handler.preprocessing.segmentation.touching_lines import has_touching_lines, without_underline
from tests.unit.handler.preprocessing.segmentation import pictures

EIGHT = [[(140, 140), (100, 100), (140, 60), (180, 100), (140, 140), (95, 180), (140, 220), (185, 180), (140, 140)]]
UNDERLINE = [(70, 226), (210, 230)]
BOX = [(60, 40), (220, 42), (218, 232), (58, 230), (60, 40)]


def is_lined(ink: Pixels) -> bool:
    return has_touching_lines(ink, scale(ink).box)


def mask_of(ink: Pixels) -> Pixels:
    left, top, width, height = scale(ink).box
    return (ink[top : top + height, left : left + width] > 16).view(np.uint8)


@pytest.mark.parametrize("pen", [6, 12, 20])
@pytest.mark.parametrize("line", [UNDERLINE, BOX], ids=["underline", "box"])
def test_touching_line_is_noticed(line: list[tuple[int, int]], pen: int) -> None:
    assert is_lined(pictures.ink(*EIGHT, line, pen=pen))
    assert not is_lined(pictures.ink(*EIGHT, pen=pen))


@pytest.mark.parametrize("pen", [6, 12, 20, 40])
@pytest.mark.parametrize(
    "strokes",
    [
        [[(140, 60), (140, 220)]],
        [[(170, 60), (110, 220)]],
        [[(95, 90), (140, 60), (180, 100), (95, 220), (185, 220)]],
        [[(100, 60), (185, 60), (130, 220)]],
        [[(130, 60), (90, 160), (190, 160)], [(160, 110), (160, 220)]],
        [[(125, 80), (145, 60), (145, 220)], [(70, 220), (220, 220)]],
    ],
    ids=["1", "slanted 1", "2", "7", "4", "1 on its base"],
)
def test_digit_without_such_a_line_is_not_searched(strokes: list[list[tuple[int, int]]], pen: int) -> None:
    assert not is_lined(pictures.ink(*strokes, pen=pen))


@pytest.mark.parametrize("pen", [6, 12, 20])
def test_underline_is_removed_and_the_digit_stays(pen: int) -> None:
    both = pictures.ink(*EIGHT, UNDERLINE, pen=pen)
    left = without_underline(mask_of(both))
    assert left is not None
    eight = pictures.ink(*EIGHT, pen=pen) > 16
    _, top, _, height = scale(both).box
    kept = np.count_nonzero(left) / np.count_nonzero(eight)
    assert 0.9 < kept <= 1.02
    assert np.flatnonzero(left.any(axis=1))[-1] < height - pen / 2
    assert top + np.flatnonzero(left.any(axis=1))[0] == np.flatnonzero(eight.any(axis=1))[0]


@pytest.mark.parametrize("pen", [6, 12, 20])
@pytest.mark.parametrize("line", [[(78, 226), (202, 226)], [(40, 222), (202, 226)]], ids=["as wide", "to one side"])
def test_underline_needs_to_be_no_wider_than_what_is_above_it(line: list[tuple[int, int]], pen: int) -> None:
    zero = np.maximum(pictures.circle(62, pen, 80), pictures.ink(line, pen=pen))
    assert is_lined(zero)
    left = without_underline(mask_of(zero))
    assert left is not None
    assert not left[-pen // 2 :].any()
    assert left[: len(left) // 2].any(axis=0).sum() > 120


@pytest.mark.parametrize("height", range(1, 8))
def test_low_bar_is_no_underline(height: int) -> None:
    bar = np.ones((height, 40), np.uint8)
    assert without_underline(bar) is None
    assert not is_lined(np.pad(bar, 5))


def test_drawing_without_an_underline_stays_whole() -> None:
    assert without_underline(mask_of(pictures.ink(*EIGHT))) is None
    assert without_underline(mask_of(pictures.ink(*EIGHT, BOX))) is None
