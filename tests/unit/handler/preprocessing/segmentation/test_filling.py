import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.filling import SMALL, closed, filled_backgrounds
from tests.unit.handler.preprocessing.segmentation import pictures

SEVEN = pictures.ink(pictures.SEVEN)
WINDOW = 1 / 8  # 35 pixels of 280


def paper(side: int = 128) -> Pixels:
    return np.full((side, side), 200, np.uint8)


def background(pixels: Pixels) -> Pixels:
    [filled] = filled_backgrounds([pixels])
    return filled


@pytest.mark.parametrize("turned", [False, True])
def test_what_is_narrower_than_the_window_on_one_axis_is_filled(*, turned: bool) -> None:
    pixels = paper(280)
    pixels[20:260, 100:130] = 40
    pixels = pixels.T if turned else pixels
    assert (closed(pixels, WINDOW) == 200).all()


def test_what_is_wider_than_the_window_stays() -> None:
    pixels = paper(280)
    pixels[100:140, 100:140] = 40
    np.testing.assert_array_equal(closed(pixels, WINDOW), pixels)


def test_light_ink_stays() -> None:
    pixels = paper(280)
    pixels[20:260, 100:104] = 250
    np.testing.assert_array_equal(closed(pixels, WINDOW), pixels)


def test_strip_along_the_border_stays_unless_it_is_to_be_filled() -> None:
    pixels = paper(280)
    pixels[:, :10] = 40
    np.testing.assert_array_equal(closed(pixels, WINDOW), pixels)
    assert (closed(pixels, WINDOW, dark_outside=False) == 200).all()


@pytest.mark.parametrize("side", [28, 100, SMALL])
def test_background_of_a_small_picture_has_its_shape(side: int) -> None:
    assert background(paper(side)).shape == (side, side)


def test_background_of_a_large_picture_is_reduced() -> None:
    assert background(np.full((600, 300), 200, np.uint8)).shape == (SMALL, SMALL // 2)


@pytest.mark.parametrize("pen", [4, 12, 40])
def test_strokes_are_filled(pen: int) -> None:
    assert (background(200 - pictures.ink(pictures.SEVEN, pen=pen) // 2) == 200).all()


def test_stroke_that_the_edge_cuts_off_is_filled() -> None:
    pixels = paper()
    pixels[40:54, :80] = 50
    assert (background(pixels) == 200).all()


def test_wide_shadow_is_background() -> None:
    pixels = paper()
    pixels[:, 64:] = 90
    filled = background(pixels)
    assert (filled[:, :62] == 200).all()
    assert (filled[:, 66:] == 90).all()


def test_corner_of_a_shadow_that_goes_on_into_it_is_background() -> None:
    pixels = paper()
    pixels[:, 64:] = 90
    pixels[50:74, 40:64] = 90
    assert (background(pixels)[54:70, 44:] == 90).all()


def test_stroke_in_a_shadow_is_filled_to_the_level_of_the_shadow() -> None:
    pixels = paper()
    pixels[:, 64:] = 90
    pixels[60:66, 20:110] = 20
    filled = background(pixels)
    assert (filled[60:66, 66:] == 90).all()
    assert filled.min() == 90


@pytest.mark.parametrize(("length", "is_background"), [(60, False), (100, True)])
def test_long_strip_along_the_border_is_background_and_a_stroke_there_is_not(
    length: int, *, is_background: bool
) -> None:
    pixels = paper()
    pixels[14 : 14 + length, :8] = 60
    filled = background(pixels)[20 : 8 + length, :6]
    assert (filled == (60 if is_background else 200)).all()


def test_edge_of_a_scan_is_background() -> None:
    pixels = paper()
    pixels[:, :8] = 60
    assert (background(pixels)[:, :6] == 60).all()


def test_planes_are_filled_one_by_one() -> None:
    pixels = paper()
    pixels[:, 64:] = 90
    together = filled_backgrounds([pixels, 255 - SEVEN[:128, :128], paper()])
    assert len(together) == 3
    np.testing.assert_array_equal(together[0], background(pixels))
    np.testing.assert_array_equal(together[2], paper())
