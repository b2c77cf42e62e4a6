import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.plain import plain_ink
from tests.unit.handler.preprocessing.segmentation import pictures

SEVEN = pictures.ink(pictures.SEVEN)


def noise(level: float, deviation: float) -> Pixels:
    values = np.random.default_rng(int(level)).normal(level, deviation, (280, 280))
    return np.asarray(np.rint(values).clip(0, 255), np.uint8)


def ink_of(pixels: Pixels, *, lossy: bool = False) -> Pixels:
    ink = plain_ink(pixels, lossy=lossy)
    assert ink is not None
    return ink


def test_ink_is_the_difference_from_the_background() -> None:
    np.testing.assert_array_equal(ink_of(SEVEN), SEVEN)
    np.testing.assert_array_equal(ink_of(255 - SEVEN), SEVEN)
    np.testing.assert_array_equal(ink_of(200 - SEVEN // 2), SEVEN // 2)


def test_background_is_found_though_a_frame_surrounds_it() -> None:
    ink = ink_of(255 - (SEVEN | pictures.frame(20)))
    np.testing.assert_array_equal(ink, SEVEN | pictures.frame(20))


def test_ink_that_differs_in_one_channel_is_found() -> None:
    pixels = np.full((3, 280, 280), 120, np.uint8)
    pixels[1] -= SEVEN // 4
    np.testing.assert_array_equal(ink_of(pixels), SEVEN // 4)


@pytest.mark.parametrize("deviation", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("level", [0, 20, 60, 128, 200, 235, 255])
def test_noise_is_not_plain(level: int, deviation: int) -> None:
    assert plain_ink(noise(level, deviation), lossy=True) is None


@pytest.mark.parametrize("deviation", [2, 3, 4, 5, 6])
@pytest.mark.parametrize(("level", "ink"), [(20, 140), (128, 10), (235, 100)])
def test_drawing_on_noise_is_not_plain(level: int, ink: int, deviation: int) -> None:
    assert plain_ink(np.where(SEVEN > 128, np.uint8(ink), noise(level, deviation)), lossy=True) is None


def test_gradient_is_not_plain() -> None:
    light = np.linspace(100, 250, 280).astype(np.uint8)
    assert plain_ink(np.minimum(np.tile(light, (280, 1)), 255 - SEVEN), lossy=False) is None


def test_color_picture_with_noise_in_one_channel_is_not_plain() -> None:
    pixels = np.stack([255 - SEVEN] * 3)
    assert plain_ink(pixels, lossy=False) is not None
    pixels[2] = noise(200, 4)
    assert plain_ink(pixels, lossy=False) is None


@pytest.mark.parametrize(("contrast", "is_blank"), [(0, True), (10, True), (11, False)])
def test_picture_without_contrast_has_no_ink(contrast: int, *, is_blank: bool) -> None:
    pixels = np.full((50, 50), 200, np.uint8)
    pixels[20:30, 24:26] -= contrast
    assert (plain_ink(pixels, lossy=False) is None) == is_blank


def test_ringing_of_a_lossy_format_is_removed() -> None:
    pixels = 255 - SEVEN
    pixels[60, 90:110] = 245
    assert not ink_of(pixels, lossy=True)[60, 90:110].any()
    assert ink_of(pixels, lossy=False)[60, 90:110].all()
    assert (ink_of(pixels, lossy=True) > 128).sum() == (SEVEN > 128).sum()
