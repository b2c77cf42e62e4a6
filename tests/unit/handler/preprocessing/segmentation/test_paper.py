"""Paper is told from what it lies on; a shadow on it, or a drawing, is not taken for something that it lies on."""

import cv2
import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.paper import find_paper
from tests.unit.handler.preprocessing.segmentation import pictures

SHEET = np.zeros((280, 280), np.uint8)
cv2.fillConvexPoly(SHEET, np.array([(50, 40), (240, 60), (225, 240), (35, 220)], np.int32), 1)
HALF = np.zeros((280, 280), np.uint8)
HALF[:, :170] = 1
SEVEN = pictures.ink([(110, 110), (170, 110), (135, 190)])


def surface(level: float, deviation: float, seed: int = 0) -> Pixels:
    noise = np.random.default_rng(seed).normal(level, deviation, (280, 280))
    return np.asarray(noise.clip(0, 255), np.uint8)


def drawn_on(paper: Pixels) -> Pixels:
    return paper - SEVEN // 2


def on_desk(sheet: Pixels, paper: Pixels, desk: Pixels) -> Pixels:
    return np.where(sheet > 0, paper, desk)


def assert_is(found: Pixels | None, sheet: Pixels) -> None:
    assert found is not None
    assert not (found & (1 - sheet)).any()
    assert found.sum() > 0.8 * sheet.sum()


@pytest.mark.parametrize("sheet", [SHEET, HALF], ids=["whole", "cut by the picture"])
@pytest.mark.parametrize("paper", [surface(220, 2), drawn_on(surface(220, 2))], ids=["blank", "7"])
def test_paper_on_a_textured_desk_is_found(sheet: Pixels, paper: Pixels) -> None:
    assert_is(find_paper([on_desk(sheet, paper, surface(60, 14))]), sheet)


def test_dark_paper_on_a_light_desk_of_another_color_is_found() -> None:
    planes = [on_desk(SHEET, surface(paper, 2), surface(desk, 5)) for paper, desk in [(40, 200), (50, 170), (90, 120)]]
    assert_is(find_paper(planes), SHEET)


def test_paper_on_a_desk_of_another_color_is_found() -> None:
    desk = [surface(level, 2, level) for level in (170, 110, 70)]
    assert_is(find_paper([on_desk(SHEET, surface(220, 2), plane) for plane in desk]), SHEET)


def test_textured_desk_as_light_as_a_shadow_is_told_from_the_paper() -> None:
    assert_is(find_paper([on_desk(SHEET, surface(220, 2), surface(110, 25, seed=1))]), SHEET)


def test_paper_with_a_stroke_along_its_edge_is_found() -> None:
    sheet = np.zeros((280, 280), np.uint8)
    sheet[50:240, 40:240] = 1
    seven = pictures.ink([(100, 64), (180, 64), (130, 210)])
    paper = np.where(seven > 128, np.uint8(40), surface(220, 2))
    assert_is(find_paper([on_desk(sheet, paper, surface(60, 14))]), sheet)


def test_paper_on_a_black_desk_is_found() -> None:
    assert_is(find_paper([on_desk(SHEET, surface(220, 2), surface(30, 1))]), SHEET)


@pytest.mark.parametrize("depth", [0.3, 0.5])
def test_shadow_on_paper_is_not_what_it_lies_on(depth: float) -> None:
    paper = surface(220, 2)
    shadow = np.asarray(paper * (1 - depth), np.uint8)
    assert find_paper([on_desk(HALF, paper, shadow)]) is None


def test_shadow_with_the_noise_of_the_paper_is_not_what_it_lies_on() -> None:
    noise = surface(128, 9) - 128.0
    lit = np.where(HALF > 0, 200, 78) + noise
    assert find_paper([np.asarray(lit.clip(0, 255), np.uint8)]) is None


def test_plain_desk_of_the_color_of_the_paper_has_a_sheet_with_corners_on_it() -> None:
    assert_is(find_paper([on_desk(SHEET, surface(190, 3), surface(104, 3))]), SHEET)


def test_cell_with_its_lines_is_not_paper() -> None:
    pixels = surface(190, 3)
    for line in (20, 246):
        pixels[line : line + 14] = pixels[:, line : line + 14] = 40
    assert find_paper([pixels]) is None


def test_reflection_is_not_paper() -> None:
    y, x = np.mgrid[0:280, 0:280]
    glare = 130 * np.exp(-((((y - 150) / 70) ** 2 + ((x - 130) / 80) ** 2) ** 1.5))
    planes = [np.asarray((surface(level, 2) + glare).clip(0, 254), np.uint8) for level in (240, 200, 205)]
    assert find_paper(planes) is None


def test_dark_corner_of_the_picture_is_not_what_paper_lies_on() -> None:
    pixels = surface(220, 2)
    cv2.fillConvexPoly(pixels, np.array([(0, 0), (80, 0), (0, 80)], np.int32), 20)
    assert find_paper([pixels]) is None


def test_colored_light_that_fades_toward_a_corner_is_not_the_edge_of_paper() -> None:
    fade = np.add.outer(np.arange(280), np.arange(280)) / 558
    planes = [np.asarray(surface(220, 2) * (1 - share * fade), np.uint8) for share in (0.4, 0.6, 0.9)]
    assert find_paper(planes) is None


def test_paper_alone_has_nothing_beside_it() -> None:
    assert find_paper([surface(220, 2)]) is None
    assert find_paper([drawn_on(surface(220, 2))]) is None
    assert find_paper([np.full((50, 50), 200, np.uint8)]) is None


def test_fat_digit_is_not_paper() -> None:
    fat = pictures.ink(pictures.SEVEN, pen=60)
    assert find_paper([255 - fat]) is None
    assert find_paper([fat]) is None


def test_small_sheet_is_not_paper() -> None:
    small = np.zeros((280, 280), np.uint8)
    small[100:170, 100:170] = 1
    assert find_paper([on_desk(small, surface(220, 2), surface(60, 14))]) is None


def test_paper_is_found_in_the_shape_of_the_picture() -> None:
    pixels = on_desk(HALF, surface(220, 2), surface(60, 14))[:140]
    found = find_paper([pixels])
    assert_is(found, HALF[:140])
