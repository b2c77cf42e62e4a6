"""Frames, circles, lines and specks are told from the digit, and the digit keeps all its strokes."""

from collections.abc import Callable

import numpy as np
import pytest

from handler.preprocessing import Pixels, normalize
from handler.preprocessing.segmentation.candidates import MAX_CANDIDATES, find_candidates
from handler.preprocessing.segmentation.component_search import WITH_UNDERLINE, Candidate
from tests.unit.handler.preprocessing.segmentation import pictures

SEVEN = pictures.ink(pictures.SEVEN)
UNDERLINE = pictures.ink([(80, 250), (200, 250)])
RULED = pictures.ink(*[[(0, y), (279, y + 6)] for y in range(20, 280, 50)], pen=2)
SPECKS = pictures.ink([(30, 30), (31, 30)], [(250, 200), (251, 200)], pen=4)


def best(ink: Pixels) -> Candidate:
    return min(find_candidates(ink, is_plain=True).candidates, key=lambda candidate: candidate.penalty)


def difference(ink: Pixels, other: Pixels) -> float:
    return float(np.abs(normalize(ink).astype(int) - normalize(other)).mean())


@pytest.mark.parametrize(
    "around",
    [pictures.frame(1), pictures.frame(3), pictures.circle(110), RULED, RULED.T, RULED | RULED.T, SPECKS, UNDERLINE],
    ids=["thin frame", "frame", "circle", "ruled", "upright lines", "squared", "specks", "underline"],
)
def test_what_is_around_a_digit_is_told_from_it(around: Pixels) -> None:
    assert difference(best(SEVEN | around).ink, SEVEN) < 5


def test_underline_is_told_from_a_digit_whose_strokes_may_be_two() -> None:
    four = pictures.ink([(95, 62), (100, 155), (150, 160)], [(175, 60), (185, 220)])
    found = find_candidates(four | UNDERLINE, is_plain=True)
    assert found.several
    assert difference(best(four | UNDERLINE).ink, four) < 1


@pytest.mark.parametrize("place", [(277, 277), (2, 140), (8, 20)], ids=["corner", "edge", "far"])
def test_speck_far_from_a_digit_is_not_part_of_its_picture(place: tuple[int, int]) -> None:
    speck = pictures.ink([place, place], pen=5)
    found = find_candidates(SEVEN | speck, is_plain=True)
    assert not found.is_whole
    assert not found.several
    assert difference(best(SEVEN | speck).ink, SEVEN) < 1


@pytest.mark.parametrize("top", [80, 105, 120])
def test_dot_near_a_stroke_is_part_of_its_picture(top: int) -> None:
    letter = pictures.ink([(140, top + 28), (140, 200)], [(140, top), (140, top)], pen=8)
    assert find_candidates(letter, is_plain=True).is_whole


@pytest.mark.parametrize("turn", [lambda ink: ink, np.transpose], ids=["upright", "level"])
def test_line_of_a_cell_that_ends_before_the_border_is_told_from_the_digit(turn: Callable[[Pixels], Pixels]) -> None:
    cell = pictures.ink([(46, 20), (48, 255)], pen=4)
    digit = turn(SEVEN)
    assert difference(find_candidates(digit | turn(cell), is_plain=False).candidates[0].ink, digit) < 5


@pytest.mark.parametrize(
    "stem", [[(230, 60), (230, 250)], [(200, 30), (200, 250)]], ids=["not above it", "not at edge"]
)
def test_stem_of_a_four_beside_its_other_stroke_stays(stem: list[tuple[int, int]]) -> None:
    four = pictures.ink([(110, 60), (100, 150), (180, 150)], stem)
    assert difference(find_candidates(four, is_plain=False).candidates[0].ink, four) < 5


@pytest.mark.parametrize(
    "ink",
    [
        SEVEN,
        pictures.ink(pictures.SEVEN, [(110, 140), (190, 140)]),
        pictures.ink(*pictures.FIVE),
        pictures.ink([(110, 60), (100, 150), (185, 150)], [(160, 90), (160, 220)]),
        pictures.ink([(110, 60), (100, 150), (150, 150)], [(166, 90), (166, 220)]),
        pictures.circle(50, height=80) | pictures.ink([(180, 70), (100, 210)], pen=8),
        pictures.circle(60, height=90) | pictures.ink([(155, 115), (125, 165)], pen=8),
        pictures.ink([(120, 80), (145, 60), (145, 210)], [(110, 212), (180, 212)]),
    ],
    ids=[
        "7",
        "crossed 7",
        "5 with a flag",
        "4",
        "4 of two parts",
        "slashed 0",
        "0 with a slash in it",
        "1 with a base",
    ],
)
def test_digit_alone_stays_as_it_is(ink: Pixels) -> None:
    assert best(ink).ink is ink


def test_digit_is_told_from_fainter_lines_that_cannot_be_removed() -> None:
    printed = RULED | pictures.ink([(20, 0), (279, 250)], pen=3)
    faint = np.maximum(SEVEN, (0.3 * printed).astype(np.uint8))
    assert difference(best(faint).ink, SEVEN) < 5
    assert difference(best(SEVEN | printed).ink, SEVEN) > 5


def test_circle_with_a_digit_in_it_never_counts_as_a_zero() -> None:
    candidates = find_candidates(SEVEN | pictures.circle(110), is_plain=True).candidates
    assert [candidate.penalty > 5 for candidate in candidates if candidate.ink.shape == (280, 280)] == [True]


def test_candidate_says_where_its_ink_is() -> None:
    found = best(SEVEN | pictures.frame(2))
    height, width = found.ink.shape
    around = SEVEN[found.top : found.top + height, found.left : found.left + width]
    np.testing.assert_array_equal(found.ink > 128, around > 128)


def test_digits_side_by_side_are_several() -> None:
    pair = pictures.ink([(60, 70), (120, 70), (80, 200)], [(180, 70), (240, 70), (200, 200)])
    assert find_candidates(pair, is_plain=True).several
    assert not find_candidates(SEVEN, is_plain=True).several


def test_noise_has_few_candidates() -> None:
    noise = (np.random.default_rng(1).random((1000, 1000)) > 0.7).astype(np.uint8) * 255
    assert 1 <= len(find_candidates(noise, is_plain=True).candidates) <= MAX_CANDIDATES


def test_underline_costs_as_much_beside_specks() -> None:
    ink = SEVEN | UNDERLINE | SPECKS
    candidates = find_candidates(ink, is_plain=True).candidates
    assert min(one.penalty for one in candidates if one.ink is ink) > WITH_UNDERLINE


FOUR_CUT_BELOW = pictures.ink([(110, 100), (100, 210), (230, 210)], [(190, 70), (190, 279)])


def test_stem_that_the_border_cuts_off_stays_with_its_digit() -> None:
    assert difference(best(FOUR_CUT_BELOW).ink, FOUR_CUT_BELOW) < 5


def test_stem_that_the_border_cuts_off_may_also_be_a_line() -> None:
    without_stem = pictures.ink([(110, 100), (100, 210), (230, 210)])
    candidates = find_candidates(FOUR_CUT_BELOW, is_plain=True).candidates
    assert min(difference(candidate.ink, without_stem) for candidate in candidates) < 5


@pytest.mark.parametrize("line", [[(279, 150), (60, 150)], [(0, 240), (200, 240)]], ids=["through", "below"])
def test_line_of_paper_that_ends_is_told_from_the_digit_in_a_candidate(line: list[tuple[int, int]]) -> None:
    candidates = find_candidates(SEVEN | pictures.ink(line, pen=4), is_plain=True).candidates
    assert min(difference(candidate.ink, SEVEN) for candidate in candidates) < 5
