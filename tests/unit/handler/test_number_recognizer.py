from typing import Any

import cv2
import numpy as np
import pytest

from handler.errors import ApiError, BlankImage, ServiceUnavailable, TooManyDigits
from handler.number_recognizer import MAX_CUT, NumberRecognizer, number_confidence
from handler.preprocessing import Budget, Pixels, Segments, encode_png, preprocess_requests
from handler.preprocessing.decoding import open_image
from handler.preprocessing.preparation import prepare_segments
from handler.preprocessing.segmentation.number import Piece, Writing
from handler.reading import Judged, Reading
from tests import drawings, served_model

ONE, SEVEN = drawings.ONE, drawings.SEVEN


@pytest.fixture(scope="module")
def recognizer() -> NumberRecognizer:
    return NumberRecognizer(served_model.recognizer())


def ink(*lines: list[tuple[int, int]], gap: int = 40) -> Pixels:
    return 255 - np.asarray(drawings.row(*lines, gap=gap))


def segments(pixels: Pixels, factor: int = 1) -> Segments:
    height, width = pixels.shape
    return Segments(pixels, factor * width, factor * height)


def test_digits_are_read_from_the_left_each_with_its_box(recognizer: NumberRecognizer) -> None:
    answer = recognizer.read(segments(ink(SEVEN, ONE, SEVEN)))
    assert (answer["number"], answer["verdict"], answer["lines"]) == ("717", "digit", [[0, 1, 2]])
    assert answer["confidence"] > 0.7
    lefts = [digit["box"]["left"] for digit in answer["digits"]]
    assert lefts == sorted(lefts)
    assert lefts[0] == pytest.approx(60, abs=8)
    assert answer["digits"][0].keys() == {
        "digit", "confidence", "probabilities", "verdict", "ood_score", "input", "box",
    }  # fmt: skip


@pytest.mark.parametrize("flag", [0, 20, 35, 40, 70])  # pixels: a 1, nearly a 7, a 7
def test_number_is_no_surer_than_its_weakest_digit(recognizer: NumberRecognizer, flag: int) -> None:
    top, *stem = SEVEN[1:]
    answer = recognizer.read(segments(ink(ONE, [(top[0] - flag, top[1]), top, stem[-1]], SEVEN)))
    weakest = min(digit["confidence"] for digit in answer["digits"])
    assert 0.8 * weakest < answer["confidence"] <= weakest  # the ink itself is in no doubt


@pytest.mark.parametrize(("cuts", "is_surer"), [(0, True), (1, False)])
def test_number_whose_digit_was_cut_is_less_sure_than_its_share_and_others_are_surer(cuts: int, is_surer: bool) -> None:
    piece = Piece((0, 0), (1, 0), is_digit=True, height=1, width=0.6, gaps=(0, 0.0), cuts=(cuts, 0.0))
    confidence = number_confidence(Reading([Judged(piece, 0.0, 7, 0)], share=0.8), weakest=0.9)
    assert (confidence > 0.8 * 0.9) == is_surer
    assert 0.6 < confidence < 0.9


def test_lines_are_read_from_the_top(recognizer: NumberRecognizer) -> None:
    page = np.concatenate([ink(SEVEN, ONE), ink(ONE, SEVEN)])
    answer = recognizer.read(segments(page))
    assert (answer["number"], answer["lines"]) == ("7117", [[0, 1], [2, 3]])


def test_boxes_are_in_pixels_of_the_whole_image(recognizer: NumberRecognizer) -> None:
    [small] = recognizer.read(segments(ink(SEVEN)))["digits"]
    [large] = recognizer.read(segments(ink(SEVEN), 4))["digits"]
    assert large["box"] == {name: 4 * value for name, value in small["box"].items()}


@pytest.mark.parametrize(("width", "height"), [(301, 301), (2047, 1023)])  # reduced for its writing; for its pixels
def test_boxes_end_with_the_image(recognizer: NumberRecognizer, width: int, height: int) -> None:
    page = np.zeros((height, width), np.uint8)
    cv2.line(page, (width // 2, height // 8), (width // 2, height - 1), 255, 24)
    cv2.line(page, (width // 2, height // 2), (width - 1, height - 1), 255, 24)
    [digit] = recognizer.read(prepare_segments(open_image(encode_png(page))))["digits"]
    box = digit["box"]
    assert (box["left"] + box["width"], box["top"] + box["height"]) == (width, height)


def test_decimal_point_and_minus_are_left_out(recognizer: NumberRecognizer) -> None:
    page = ink(SEVEN, ONE, gap=120)
    page[205:228, 240:262] = 255
    page[130:146, 2:45] = 255
    assert recognizer.read(segments(page))["number"] == "71"


def test_digits_that_touch_are_separated(recognizer: NumberRecognizer) -> None:
    assert recognizer.read(segments(ink(ONE, SEVEN, gap=-4)))["number"] == "17"


def test_no_more_is_cut_than_the_network_sees(recognizer: NumberRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    labels: list[int] = []
    cut = Writing.cut

    def counted(writing: Writing, label: int) -> list[Piece]:
        labels.append(label)
        return cut(writing, label)

    monkeypatch.setattr(Writing, "cut", counted)
    recognizer.read(segments(np.concatenate([ink(*[SEVEN] * 6, gap=-4)] * MAX_CUT)))
    assert 0 < len(labels) < MAX_CUT / 2


def test_more_than_64_digits_are_refused(recognizer: NumberRecognizer) -> None:
    line = np.concatenate([ink(*[ONE] * 13, gap=30)] * 5)
    with pytest.raises(TooManyDigits, match="64"):
        recognizer.read(segments(line))


def test_64_digits_are_read(recognizer: NumberRecognizer) -> None:
    page = np.concatenate([ink(*[ONE] * 16, gap=30)] * 4)
    assert recognizer.read(segments(page))["number"] == "1" * 64


def test_image_without_ink_is_blank(recognizer: NumberRecognizer) -> None:
    with pytest.raises(BlankImage):
        recognizer.read(segments(np.zeros((40, 40), np.uint8)))


def test_errors_digits_and_numbers_stay_in_their_places(recognizer: NumberRecognizer) -> None:
    digit, error = preprocess_requests([[drawings.seven(), b"bad"]])[0]
    number, empty = segments(ink(ONE, SEVEN)), segments(np.zeros((9, 9), np.uint8))
    answers: Any = recognizer.infer([[number, digit, error], [empty, number]], Budget())
    [[first, second, third], [fourth, fifth]] = answers
    assert (first["number"], second["digit"], fifth["number"]) == ("17", 7, "17")
    assert third is error
    assert isinstance(fourth, BlankImage)


def test_numbers_that_come_too_late_are_refused(recognizer: NumberRecognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handler.preprocessing.budget.REQUEST_SECONDS", -10)
    monkeypatch.setattr("handler.preprocessing.budget.LARGE_SECONDS", 0)
    [[answer]] = recognizer.infer([[segments(ink(ONE))]], Budget())
    assert isinstance(answer, ServiceUnavailable)
    assert isinstance(answer, ApiError)


def test_dots_are_not_cut_into_digits(recognizer: NumberRecognizer) -> None:
    page = ink(SEVEN, SEVEN) * np.uint8(0)
    for center in ((100, 140), (250, 140)):
        cv2.circle(page, center, 12, 255, -1)
    assert [digit["verdict"] for digit in recognizer.read(segments(page))["digits"]] == ["not_a_digit"] * 2
