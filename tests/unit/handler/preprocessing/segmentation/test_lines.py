import numpy as np
import pytest

from handler.preprocessing.segmentation.lines import horizontal_lines, on_lines
from tests.unit.handler.preprocessing.segmentation import pictures


@pytest.mark.parametrize("drop", [-20, -5, 0, 5, 20])
def test_line_that_is_not_quite_level_is_found(drop: int) -> None:
    mask = (pictures.ink([(0, 140), (279, 140 + drop)], pen=3) > 64).astype(np.uint8)
    [line] = horizontal_lines(mask, 200)
    assert line.end - line.start > 270
    assert np.polyval(line.curve, 0) == pytest.approx(140, abs=2)
    assert not (mask & (1 - on_lines(mask, [line]))).any()


def test_stroke_that_crosses_a_line_stays_whole() -> None:
    stroke = (pictures.ink([(140, 60), (150, 220)]) > 64).astype(np.uint8)
    mask = stroke | (pictures.ink([(0, 140), (279, 140)], pen=3) > 64)
    left = mask & (1 - on_lines(mask, horizontal_lines(mask, 200)))
    assert (left & stroke).sum() > 0.99 * stroke.sum()
    assert left.sum() < 1.1 * stroke.sum()


def test_digit_has_no_line_that_is_longer_than_it() -> None:
    assert horizontal_lines((pictures.ink(pictures.SEVEN) > 64).astype(np.uint8), 150) == []


def test_noise_has_a_bounded_number_of_lines() -> None:
    noise = (np.random.default_rng(1).random((1000, 1000)) > 0.5).astype(np.uint8)
    assert len(horizontal_lines(noise, 600)) <= 32
