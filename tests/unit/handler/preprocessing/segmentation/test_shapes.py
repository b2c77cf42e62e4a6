"""Straight strokes, slashes, underlines and patches are told by their shape; thick digits are none of these."""

import cv2
import numpy as np
import pytest

from handler.preprocessing import Pixels
from handler.preprocessing.segmentation.box import Box
from handler.preprocessing.segmentation.components import Component, Labels, find_components
from handler.preprocessing.segmentation.shapes import is_patch, is_slash, is_straight, underline_of
from tests.unit.handler.preprocessing.segmentation import pictures

Stroke = list[tuple[int, int]]
ONE: list[Stroke] = [[(140, 70), (140, 210)]]
DIGITS: list[list[Stroke]] = [
    [[(140, 70), (105, 90), (95, 140), (105, 190), (140, 210), (175, 190), (185, 140), (175, 90), (140, 70)]],
    ONE,
    [[(98, 95), (120, 72), (160, 72), (180, 100), (165, 135), (100, 208), (185, 208)]],
    [[(100, 75), (150, 70), (180, 100), (140, 135), (185, 165), (165, 205), (98, 205)]],
    [[(120, 70), (95, 160), (190, 160)], [(160, 110), (160, 212)]],
    [[(180, 72), (110, 72), (102, 130), (150, 125), (184, 160), (160, 205), (98, 205)]],
    [[(165, 70), (120, 110), (97, 165), (115, 205), (160, 208), (182, 175), (160, 145), (110, 155)]],
    [pictures.SEVEN],
    [[(140, 135), (105, 105), (140, 70), (175, 105), (140, 135), (98, 175), (140, 210), (182, 175), (140, 135)]],
    [[(175, 105), (140, 135), (105, 110), (130, 72), (170, 80), (178, 110), (160, 210)]],
]
CIRCLE = Box(40, 40, 200, 200)
TALL_ZERO = Box(70, 40, 140, 200)


def only(ink: Pixels) -> tuple[Labels, Component]:
    labels, components = find_components(ink)
    [component] = components
    return labels, component


def rectangle(width: float, height: float, degrees: float = 0) -> Pixels:
    canvas = np.zeros((280, 280), np.uint8)
    corners = cv2.boxPoints(((140, 140), (width, height), degrees))
    return np.asarray(cv2.fillConvexPoly(canvas, np.rint(corners).astype(np.int32), 255), np.uint8)


@pytest.mark.parametrize("end", [(140, 210), (210, 140), (200, 200)])
def test_stroke_in_any_direction_is_straight(end: tuple[int, int]) -> None:
    assert is_straight(*only(pictures.ink([(80, 80), end])))


@pytest.mark.parametrize("digit", [0, 2, 3, 4, 5, 6, 7, 8, 9])
def test_digit_other_than_1_is_not_straight(digit: int) -> None:
    assert not is_straight(*only(pictures.ink(*DIGITS[digit])))


@pytest.mark.parametrize(
    "ink",
    [
        rectangle(200, 140),
        rectangle(200, 140, 25),
        rectangle(200, 90, -10),
        pictures.circle(80, pen=-1),
        pictures.circle(120, pen=-1, height=45),
    ],
    ids=["sheet", "turned sheet", "note", "round shadow", "long shadow"],
)
def test_sheet_and_shadow_are_patches(ink: Pixels) -> None:
    assert is_patch(ink, *only(ink))


@pytest.mark.parametrize("pen", [4, 12, 24, 32])
@pytest.mark.parametrize("digit", range(10))
def test_digit_of_any_pen_is_not_a_patch(digit: int, pen: int) -> None:
    ink = pictures.ink(*DIGITS[digit], pen=pen)
    labels, components = find_components(ink)
    assert not any(is_patch(ink, labels, component) for component in components)


@pytest.mark.parametrize("digit", [0, 6, 8, 9])
def test_small_digit_with_blurred_loops_is_not_a_patch(digit: int) -> None:
    small = cv2.resize(pictures.ink(*DIGITS[digit], pen=14), (34, 34), interpolation=cv2.INTER_AREA)
    ink = np.asarray(cv2.GaussianBlur(small, (0, 0), 1), np.uint8)
    assert not is_patch(ink, *only(ink))


def test_edge_of_a_sheet_is_not_a_patch() -> None:
    ink = rectangle(200, 140) & ~rectangle(184, 124)
    assert not is_patch(ink, *only(ink))


def test_tilted_stroke_in_an_outline_is_a_slash() -> None:
    labels, component = only(pictures.ink([(190, 95), (90, 185)]))
    assert is_slash(labels, [component], CIRCLE)


def test_upright_stroke_in_a_circle_is_a_1_and_in_a_tall_zero_a_slash() -> None:
    labels, component = only(pictures.ink([(160, 80), (120, 200)]))
    assert not is_slash(labels, [component], CIRCLE)
    assert is_slash(labels, [component], TALL_ZERO)


def test_digit_in_an_outline_is_no_slash() -> None:
    labels, component = only(pictures.ink(pictures.SEVEN))
    assert not is_slash(labels, [component], TALL_ZERO)


def test_two_strokes_in_an_outline_are_no_slash() -> None:
    labels, components = find_components(pictures.ink([(150, 95), (90, 155)], [(190, 125), (130, 185)]))
    assert len(components) == 2
    assert not is_slash(labels, components, CIRCLE)


def test_line_below_a_digit_underlines_it() -> None:
    _, components = find_components(pictures.ink(pictures.SEVEN, [(80, 240), (200, 246)]))
    underline = underline_of(components)
    assert underline is not None
    assert underline.box.top > 220


@pytest.mark.parametrize(
    "line",
    [
        [(170, 160), (250, 160)],
        [(115, 240), (150, 240)],
        [(210, 240), (275, 240)],
        [(100, 235), (170, 235), (100, 265), (170, 265)],
    ],
    ids=["in the middle", "short", "to the right", "zigzag"],
)
def test_other_line_is_no_underline(line: Stroke) -> None:
    assert underline_of(find_components(pictures.ink(pictures.SEVEN, line))[1]) is None


def test_single_dash_underlines_nothing() -> None:
    assert underline_of(find_components(pictures.ink([(80, 240), (200, 240)]))[1]) is None
