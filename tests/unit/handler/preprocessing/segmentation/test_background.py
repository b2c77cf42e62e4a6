import contextlib

import cv2
import numpy as np
import pytest

from handler.errors import BlankImage
from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.background import find_local_ink


def paper(level: float, deviation: float, seed: int = 0, side: int = 200) -> Pixels:
    noise = np.random.default_rng(seed).normal(level, deviation, (side, side))
    return np.asarray(noise.clip(0, 255), np.uint8)


@pytest.mark.parametrize("level", [20, 90, 160, 240])
@pytest.mark.parametrize("deviation", [0, 2, 5, 10])
def test_blank_noisy_paper_is_blank(level: int, deviation: int) -> None:
    for seed in range(3):
        with pytest.raises(BlankImage):
            find_local_ink(paper(level, deviation, seed))


def test_the_edge_of_a_shadow_is_not_ink() -> None:
    pixels = paper(200, 2)
    pixels[60:140, 60:68] //= 4
    pixels[:, 110:] //= 2
    ink = find_local_ink(pixels)
    assert (ink[65:135, 62:66] > 128).all()
    assert not ink[:, 75:].any()


@pytest.mark.parametrize("center", [60, 100])
def test_the_round_edge_of_a_shadow_on_blank_paper_is_not_ink(center: int) -> None:
    y, x = np.mgrid[0:400, 0:400]
    shadow = np.hypot(y - 200, x - center) < 150
    pixels = np.asarray(paper(200, 2, side=400) * np.where(shadow, 0.5, 1), np.uint8)
    with pytest.raises(BlankImage):
        find_local_ink(pixels)


def test_ink_crosses_the_edge_of_a_shadow() -> None:
    pixels = paper(200, 2)
    pixels[96:104, 60:160] //= 4
    pixels[:, 110:] //= 2
    ink = find_local_ink(pixels)
    assert (ink[98:102, 64:156] > 128).all()
    assert not ink[:90].any()


def test_faint_pencil_is_found() -> None:
    pixels = paper(190, 2)
    pixels[40:160, 98:103] -= 35
    ink = find_local_ink(pixels)
    assert (ink[45:155, 99:102] > 0).all()
    assert not ink[:, :90].any()


@pytest.mark.parametrize(("background", "level"), [(40, 220), (120, 235), (120, 20), (220, 40)])
def test_ink_may_be_lighter_or_darker_than_its_background(background: int, level: int) -> None:
    pixels = paper(background, 2)
    pixels[50:150, 95:105] = level
    ink = find_local_ink(pixels)
    assert (ink[55:145, 97:103] > 128).all()
    assert not ink[:, :90].any()


def test_ink_that_differs_in_color_only_is_found() -> None:
    pixels = np.stack([paper(level, 2, level) for level in (100, 140, 120)])
    pixels[0, 50:150, 95:105] += 40
    pixels[1, 50:150, 95:105] -= 40
    ink = find_local_ink(pixels)
    assert (ink[55:145, 97:103] > 128).all()
    assert not ink[:, :90].any()


@pytest.mark.parametrize("desk_on_all_sides", [False, True])
def test_a_textured_desk_beside_the_paper_is_not_ink(desk_on_all_sides: bool) -> None:
    pixels = paper(35, 12)
    right = 170 if desk_on_all_sides else 200
    pixels[30:170, 30:right] = paper(200, 2)[30:170, 30:right]
    pixels[60:140, 96:104] = 50
    ink = find_local_ink(pixels)
    assert (ink[64:136, 98:102] > 128).all()
    ink[55:145, 90:110] = 0
    assert not ink.any()


def test_the_dark_edge_of_a_scan_is_not_ink() -> None:
    pixels = paper(240, 1)
    pixels[:, :14] = 60
    pixels[60:140, 96:104] = 30
    ink = find_local_ink(pixels)
    assert not ink[:, :90].any()
    assert (ink[64:136, 98:102] > 128).all()


def test_a_reflection_is_not_ink() -> None:
    y, x = np.mgrid[0:200, 0:200]
    glare = 90 * np.exp(-((y - 60) ** 2 + (x - 60) ** 2) / 30**2)
    pixels = np.asarray((paper(140, 2) + glare).clip(0, 255), np.uint8)
    with pytest.raises(BlankImage):
        find_local_ink(pixels)
    pixels[60:140, 136:144] = 40
    ink = find_local_ink(pixels)
    assert not ink[:, :130].any()
    assert (ink[64:136, 138:142] > 128).all()


def test_lines_on_the_paper_are_kept() -> None:
    pixels = paper(220, 1)
    pixels[50::50, :] = 120
    assert (find_local_ink(pixels)[50::50, 10:-10] > 0).all()


@pytest.mark.parametrize(("depth", "blur"), [(60, 5), (75, 8)])
def test_ink_that_joins_soft_lines_is_not_the_edge_of_a_shadow(depth: int, blur: int) -> None:
    lines = np.zeros((600, 600), np.float32)
    for top in (100, 300, 500):
        lines[top : top + 16] = depth
    pixels = np.asarray(paper(210, 2, side=600) - cv2.GaussianBlur(lines, (0, 0), blur), np.uint8)
    pixels[150:450, 300:312] = 40
    assert (find_local_ink(pixels)[160:440, 303:309] > 128).all()


def test_a_stroke_of_a_quarter_of_the_picture_is_filled() -> None:
    pixels = paper(220, 2)
    pixels[30:170, 75:125] = 30
    assert (find_local_ink(pixels)[35:165, 80:120] > 128).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (3, 5), (28, 28), (3, 2, 2), (3, 40, 9)])
def test_pictures_of_any_size_are_read(shape: tuple[int, ...]) -> None:
    with pytest.raises(BlankImage):
        find_local_ink(np.full(shape, 200, np.uint8))


def test_pixels_are_left_as_they_were() -> None:
    pixels = paper(200, 2)
    pixels[60:140, 60:68] = 40
    before = pixels.copy()
    find_local_ink(pixels)
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("height", [2, 12, 16, 51, 57])
@pytest.mark.parametrize("width", [2, 3, 4, 6])
def test_thin_picture_of_three_levels_has_ink_or_is_blank(height: int, width: int) -> None:
    for lit in range(1, height + 1):
        for column in range(width):
            pixels = np.zeros((height, width), np.uint8)
            pixels[:lit] = 255
            pixels[:, :column] = 40
            with contextlib.suppress(BlankImage):
                assert find_local_ink(pixels).shape == pixels.shape
