import cv2
import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.polarity import as_dark_on_light
from tests.unit.handler.preprocessing.segmentation import pictures


def paper(level: float, deviation: float = 2) -> Pixels:
    noise = np.random.default_rng(int(level)).normal(level, deviation, (280, 280))
    return np.asarray(noise.clip(0, 255), np.uint8)


def drawn(pixels: Pixels, level: int, pen: int = 12) -> Pixels:
    return np.where(pictures.ink(pictures.SEVEN, pen=pen) > 128, np.uint8(level), pixels)


@pytest.mark.parametrize("pen", [3, 12, 40, 80])
@pytest.mark.parametrize("background", [60, 120, 200])
def test_lighter_ink_is_inverted_and_darker_ink_is_not(background: int, pen: int) -> None:
    dark, light = drawn(paper(background), background - 50, pen), drawn(paper(background), background + 50, pen)
    np.testing.assert_array_equal(as_dark_on_light([dark]), [dark])
    np.testing.assert_array_equal(as_dark_on_light([light]), [255 - light])


@pytest.mark.parametrize("seed", range(10))
def test_where_the_texture_of_the_paper_hides_it_the_ink_is_darker(seed: int) -> None:
    texture = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=(280, 280)), (0, 0), 4)
    rough = np.asarray(180 + 8 * texture / texture.std(), np.uint8)
    pixels = np.where(pictures.ink(pictures.SEVEN, pen=1) > 128, rough - 15, rough)
    np.testing.assert_array_equal(as_dark_on_light([pixels]), [pixels])


def test_each_plane_of_colored_ink_is_judged() -> None:
    planes = [drawn(paper(100), 150), drawn(paper(140), 90)]
    np.testing.assert_array_equal(as_dark_on_light(planes), [255 - planes[0], planes[1]])


@pytest.mark.parametrize("level", [30, 230])
def test_plane_that_shows_nothing_goes_with_the_one_that_shows_most(level: int) -> None:
    planes = [paper(120), drawn(paper(130), level)]
    expected = [255 - plane if level > 130 else plane for plane in planes]
    np.testing.assert_array_equal(as_dark_on_light(planes), expected)


def test_frame_at_the_border_is_not_judged() -> None:
    pixels = drawn(paper(100), 140)
    pixels[pictures.frame(6) > 0] = 0
    np.testing.assert_array_equal(as_dark_on_light([pixels]), [255 - pixels])


def test_shadow_is_not_judged_as_ink() -> None:
    pixels = drawn(paper(180), 240)
    pixels[:, 200:] //= 2
    np.testing.assert_array_equal(as_dark_on_light([pixels]), [255 - pixels])


def test_reflection_is_not_judged_as_ink() -> None:
    y, x = np.mgrid[0:280, 0:280]
    glare = 100 * np.exp(-(((y - 90) / 60) ** 2) - ((x - 200) / 40) ** 2)
    pixels = np.asarray((paper(150) + glare).clip(0, 255), np.uint8)
    pixels[pictures.ink([(120, 180), (160, 180), (135, 240)], pen=4) > 128] = 90
    np.testing.assert_array_equal(as_dark_on_light([pixels]), [pixels])


def test_reflection_in_the_plane_of_the_color_of_the_ink_is_not_judged_as_ink() -> None:
    y, x = np.mgrid[0:280, 0:280]
    glare = 100 * np.exp(-(((y - 90) / 60) ** 2) - ((x - 200) / 40) ** 2)
    planes = [np.asarray((paper(level) + glare).clip(0, 255), np.uint8) for level in (150, 151, 152)]
    red = pictures.ink([(60, 180), (100, 180), (75, 240)], pen=6) > 128
    for plane in planes[1:]:
        plane[red] = 60
    np.testing.assert_array_equal(as_dark_on_light(planes), planes)


def test_given_planes_are_left_as_they_were() -> None:
    light = drawn(paper(100), 200)
    before = light.copy()
    as_dark_on_light([light])
    np.testing.assert_array_equal(light, before)


@pytest.mark.parametrize("level", [60, 160])
def test_small_hole_of_a_fat_loop_is_not_judged_as_ink(level: int) -> None:
    loop = pictures.circle(32, pen=38)
    pixels = np.where(loop > 128, np.uint8(level), paper(110))
    expected = 255 - pixels if level > 110 else pixels
    np.testing.assert_array_equal(as_dark_on_light([pixels]), [expected])
