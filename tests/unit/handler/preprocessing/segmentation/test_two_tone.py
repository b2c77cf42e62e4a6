"""A fat pen's digit that the edges cut gives its ink in both readings; photographs of paper give none."""

import cv2
import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.two_tone import MIN_AT_BORDER, WITH_PATCH, either_ink
from tests.unit.handler.preprocessing.segmentation import pictures

FAT_SEVEN = pictures.ink([(20, 0), (260, 0), (120, 279)], pen=80)


def paper(level: float, deviation: float = 2) -> Pixels:
    noise = np.random.default_rng(1).normal(level, deviation, (280, 280))
    return np.asarray(noise.clip(0, 255), np.uint8)


@pytest.mark.parametrize(("ink", "background"), [(0, 255), (255, 0), (60, 200), (150, 100)])
def test_digit_cut_by_the_edges_gives_dark_and_light_ink(ink: int, background: int) -> None:
    pixels = np.where(FAT_SEVEN > 128, np.uint8(ink), np.uint8(background))
    (dark, _), (light, _) = either_ink(pixels)
    np.testing.assert_array_equal(dark, np.where(pixels == min(ink, background), 255, 0))
    np.testing.assert_array_equal(light, np.where(pixels == max(ink, background), 255, 0))


def test_smooth_edges_of_strokes_stay_smooth() -> None:
    (dark, _), (light, _) = either_ink(255 - FAT_SEVEN)
    np.testing.assert_allclose(dark, FAT_SEVEN, atol=1)
    np.testing.assert_array_equal(light, 255 - dark)


def test_digit_of_another_color_gives_both_inks() -> None:
    pixels = np.full((3, 280, 280), 90, np.uint8)
    pixels[1][FAT_SEVEN > 128] = 200
    assert [float((ink[FAT_SEVEN > 128] > 0).mean()) for ink, _ in either_ink(pixels)] == [0, 1]


@pytest.mark.parametrize("turn", [0, 255], ids=["dark", "light"])
def test_digit_that_has_more_pixels_than_its_background_gives_both_inks(turn: int) -> None:
    fat = pictures.circle(62, 50, 80)[32:248, 54:229]
    border = np.concatenate([fat[0], fat[-1], fat[:, 0], fat[:, -1]]) > 128
    assert (fat > 128).mean() > 0.5
    assert 0 < border.mean() < MIN_AT_BORDER
    assert len(either_ink((255 - fat) ^ np.uint8(turn))) == 2


def test_thick_frame_gives_none() -> None:
    assert either_ink(255 - np.maximum(pictures.frame(20), pictures.ink(pictures.SEVEN, pen=30))) == []


@pytest.mark.parametrize("strokes", [[pictures.SEVEN], pictures.FIVE], ids=["7", "5"])
def test_tone_with_round_ends_is_the_likelier_ink(strokes: list[list[tuple[int, int]]]) -> None:
    crop = pictures.ink(*strokes, pen=50)[60:200, 70:210]
    [(_, dark_on_light), (_, light_on_dark)] = either_ink(255 - crop)
    assert dark_on_light == 0
    assert light_on_dark > 1
    assert [penalty for _, penalty in either_ink(crop)] == pytest.approx([light_on_dark, dark_on_light])


@pytest.mark.parametrize("sides", ["right", "top and right", "left, top and bottom"])
def test_plain_desk_around_a_sheet_of_paper_is_no_ink(sides: str) -> None:
    rows, columns = np.mgrid[:280, :280]
    slant = rows - columns / 8  # a sheet seldom lies straight
    desk = {
        "right": columns + rows / 8 > 190,
        "top and right": (slant < 60) | (columns + rows / 8 > 210),
        "left, top and bottom": (columns + rows / 8 < 60) | (slant < 50) | (slant > 210),
    }[sides]
    for pixels in (np.where(desk, 40, 220), np.where(desk, 220, 40)):
        assert all(not ink[desk].any() for ink, _ in either_ink(np.asarray(pixels, np.uint8)))


def test_slanted_1_from_edge_to_edge_is_the_only_ink() -> None:
    one = pictures.ink([(110, -60), (170, 340)], pen=120)[:, 60:220]
    [(ink, _)] = either_ink(255 - one)
    np.testing.assert_array_equal(ink > 128, one > 128)


def test_patch_is_a_less_likely_ink_than_a_fat_digit() -> None:
    patch = pictures.ink([(0, 150), (140, 140), (279, 150)], pen=150)
    assert [penalty >= WITH_PATCH for _, penalty in either_ink(255 - patch)] == [True, True]
    assert min(penalty for _, penalty in either_ink(255 - FAT_SEVEN)) == 0


@pytest.mark.parametrize("fat", [FAT_SEVEN, 255 - FAT_SEVEN], ids=["7", "white 7"])
def test_small_lossy_crop_gives_both_inks(fat: Pixels) -> None:
    crop = cv2.resize(255 - fat, (50, 50), interpolation=cv2.INTER_AREA)
    lossy = cv2.imdecode(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_GRAYSCALE)
    (dark, _), (light, _) = either_ink(np.asarray(lossy, np.uint8))
    assert np.abs(dark.astype(int) - (255 - crop)).mean() < 12
    np.testing.assert_array_equal(light, 255 - dark)


def test_thumbnail_of_paper_with_a_shadow_or_a_desk_gives_none() -> None:
    rows, columns = np.mgrid[:90, :110]
    for dark in (columns > 60, rows + columns > 120, (rows < 20) | (columns > 80)):
        pixels = np.where(dark, 90, 200) + np.random.default_rng(1).normal(0, 4, dark.shape)
        assert either_ink(np.asarray(pixels.clip(0, 255), np.uint8)) == []


@pytest.mark.parametrize("strokes", [[pictures.SEVEN], pictures.FIVE, [[(0, 140), (279, 140)]]], ids=["7", "5", "dash"])
def test_drawing_with_its_background_at_the_border_has_no_second_reading(strokes: list[list[tuple[int, int]]]) -> None:
    assert either_ink(255 - pictures.ink(*strokes)) == []


def test_fat_digit_inside_its_background_has_no_second_reading() -> None:
    fat = pictures.ink(pictures.SEVEN, pen=80)
    assert (fat > 128).mean() > 0.25
    assert either_ink(255 - fat) == []


def test_tones_that_hardly_differ_give_none() -> None:
    assert len(either_ink(np.where(FAT_SEVEN > 128, np.uint8(168), np.uint8(200)))) == 2
    assert either_ink(np.where(FAT_SEVEN > 128, np.uint8(169), np.uint8(200))) == []


def test_plain_picture_gives_none() -> None:
    assert either_ink(np.full((50, 50), 200, np.uint8)) == []


@pytest.mark.parametrize("depth", [0.3, 0.5, 0.7])
def test_paper_with_a_soft_shadow_gives_none(depth: float) -> None:
    edge = np.clip((np.arange(280) - 100) / 80, 0, 1)
    pixels = np.asarray(paper(220) * (1 - depth * edge), np.uint8)
    assert either_ink(pixels) == []


def test_paper_beside_a_dark_textured_desk_gives_none() -> None:
    pixels = paper(220)
    pixels[:, 170:] = paper(45, 14)[:, 170:]
    assert either_ink(pixels) == []
