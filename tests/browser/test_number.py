"""An image or a drawing of several digits is read as a number."""

from typing import Any

import pytest
from playwright.sync_api import Route

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.handwriting import Digit, Stroke
from tests.browser.network import NUMBERS, Prepare, aborting, holding, refusing, requests_of, stop_clock
from tests.browser.test_found_boxes import on_sheet, surrounds
from tests.browser.written_numbers import SIZE, written

# A wrong page would show a response that it must ignore within this time.
IGNORED_MS = 300

PROBABILITIES = {"digit": [0.0, 0.99, 0.01], "unsure": [0.0, 0.55, 0.45], "not_a_digit": [0.2, 0.4, 0.4]}
IS_NUMBER = "async (strokes) => (await import('/page.js')).isNumber(strokes)"
TEXT_OF = """async (number) => {
    const { outcomeMessage, spoken } = await import("/page.js");
    const { headline, detail } = outcomeMessage({ kind: "number", number });
    return spoken(`${headline} ${detail}`);
}"""


def seventy_one() -> list[Stroke]:
    """Return a 7 and a 1 side by side, in fractions of the canvas side."""
    return [
        [(0.5 * (x - 0.5) + center, 0.5 * (y - 0.5) + 0.5) for x, y in stroke]
        for center, digit in ((0.3, SEVEN), (0.7, ONE))
        for stroke in digit
    ]


def digit(verdict: str) -> dict[str, Any]:
    """Return a 1 with this verdict, as far as the page's texts need it."""
    return {"digit": 1, "verdict": verdict, "probabilities": PROBABILITIES[verdict] + [0.0] * 7}


def test_an_image_of_a_number_is_read_as_a_number(digit_page: DigitPage) -> None:
    picture, _ = written("2026")
    digit_page.open_image(drawings.encoded(picture))
    assert digit_page.read().startswith("The number 2026 ")
    assert digit_page.state == "number"
    assert digit_page.text("detail").endswith("% sure")
    assert digit_page.page.locator("#numeral .glyph").all_inner_texts() == list("2026")
    assert digit_page.text("meta").startswith("digits ")


def test_a_number_is_announced_as_a_sentence(digit_page: DigitPage) -> None:
    picture, _ = written("2026")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("number")
    sure = digit_page.text("detail").removesuffix("% sure").removesuffix(".0")
    digit_page.wait_for_announcement(f"The number 2026, {sure} percent sure.")


def test_each_digit_of_a_number_has_its_probability_and_network_input(digit_page: DigitPage) -> None:
    picture, _ = written("2026")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("number")
    items = digit_page.page.get_by_role("list", name="Each digit and its probability").get_by_role("listitem").all()
    assert [item.locator(".label").inner_text() for item in items] == list("2026")
    assert all(float(item.locator(".value").inner_text().lstrip(">")) > 50 for item in items)
    images = digit_page.page.locator("#digits").get_by_alt_text("as the network sees it").all()
    assert [image.evaluate("image => image.decode().then(() => image.naturalWidth)") for image in images] == [28] * 4


def shown_digit(digit_page: DigitPage) -> tuple[str, str]:
    """Return the digit of the highest bar, and the picture beside the bars."""
    picture = digit_page.page.locator("#pixels img").get_attribute("src") or ""
    return digit_page.page.locator('#chart [data-rank="1"] .label').inner_text(), picture


def test_a_digit_of_a_number_is_picked_to_see_its_bars_and_picture(digit_page: DigitPage) -> None:
    picture, _ = written("2068")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("number")
    buttons = digit_page.page.locator("#digits").get_by_role("button")
    pictures = [image.get_attribute("src") for image in digit_page.page.locator("#digits img").all()]

    def picked() -> list[bool]:
        return [button.get_attribute("aria-pressed") == "true" for button in buttons.all()]

    assert shown_digit(digit_page) == ("8", pictures[3])
    assert picked() == [False, False, False, True]
    buttons.first.click()
    assert shown_digit(digit_page) == ("2", pictures[0])
    digit_page.page.keyboard.press("Tab")
    digit_page.page.keyboard.press("Space")
    assert shown_digit(digit_page) == ("0", pictures[1])
    assert picked() == [False, True, False, False]


@pytest.mark.parametrize("strokes", [[[(0.3, 0.5)], [(0.7, 0.5)]], [[(0.3, 0.4)], [(0.7, 0.6)]]])
def test_two_dots_are_not_a_digit_and_not_several(digit_page: DigitPage, strokes: list[Stroke]) -> None:
    digit_page.draw(strokes)
    assert digit_page.read("not_a_digit").startswith("Not a digit It looks like none of the ten digits.")


def test_hardly_a_digit_is_taken_for_a_number(digit_page: DigitPage, unseen_digits: list[Digit]) -> None:
    apart = [digit for digit in unseen_digits if digit_page.page.evaluate(IS_NUMBER, digit.placed())]
    assert len(apart) < 0.002 * len(unseen_digits)


def test_a_four_in_two_parts_may_be_one_digit(digit_page: DigitPage) -> None:
    """Its strokes do not overlap, so the page asks for a number."""
    requests = requests_of(digit_page.page)
    digit_page.draw([[(0.36, 0.2), (0.33, 0.5), (0.36, 0.55), (0.48, 0.55)], [(0.62, 0.2), (0.58, 0.9)]])
    digit_page.read("digit")
    assert digit_page.top_digit == "4"
    assert any(request.url.endswith("/predictions/numbers") for request in requests)


def test_each_digit_of_a_number_has_its_box_in_reading_order(digit_page: DigitPage) -> None:
    picture, places = written("202612", "345678")
    digit_page.open_image(drawings.encoded(picture))
    assert digit_page.read("number").startswith("The numbers 202612 and 345678 ")
    boxes = digit_page.boxes
    assert len(boxes) == 12
    for box, place in zip(boxes, places, strict=True):
        assert surrounds(box, on_sheet(place, SIZE)), (box, place)


def test_a_drawing_of_several_digits_is_read_as_a_number(digit_page: DigitPage) -> None:
    digit_page.draw(seventy_one())
    assert digit_page.read("number").startswith("The number 71")
    seven, one = digit_page.boxes
    ink = [digit_page.ink_in(left, top, right - left, bottom - top) for left, top, right, bottom in (seven, one)]
    assert min(ink) > 0
    assert sum(ink) == pytest.approx(digit_page.ink, rel=0.01)
    digit_page.press("New digit")
    assert digit_page.boxes == []
    assert digit_page.page.get_by_alt_text("as the network sees it").count() == 0


def test_only_a_picture_of_several_digits_takes_a_second_request(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    digit_page.press("New digit")
    digit_page.draw(seventy_one())
    digit_page.wait_for("number")
    drawn = [request.url.rsplit("/")[-1] for request in requests]
    assert drawn[0] == "digits"
    assert drawn[-1] == "numbers"
    assert drawn.count("numbers") == 1  # the first of its two strokes may have been sent as a digit
    requests.clear()
    digit_page.open_image(drawings.one())
    digit_page.wait_for("digit")
    assert [request.url.rsplit("/")[-1] for request in requests] == ["digits"]
    requests.clear()
    picture, _ = written("17")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("number")
    assert [request.url.rsplit("/")[-1] for request in requests] == ["digits", "numbers"]


def test_a_digit_after_a_number_has_its_ten_probabilities_again(digit_page: DigitPage) -> None:
    picture, _ = written("17")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_for("number")
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    assert digit_page.page.get_by_role("list", name="Probability of each digit").is_visible()
    assert digit_page.page.get_by_alt_text("as the network sees it").count() == 1
    assert len(digit_page.boxes) == 1


@pytest.mark.parametrize(
    "failure",
    [
        refusing(429, {"Retry-After": "1"}, requests=NUMBERS),
        refusing(500, requests=NUMBERS),
        aborting("connectionreset", NUMBERS),
        lambda page: page.route(NUMBERS, lambda route: route.fulfill(status=200, body="{}")),
    ],
)
def test_the_first_answer_stands_when_the_number_cannot_be_read(open_page: OpenPage, failure: Prepare) -> None:
    digit_page = open_page(before=failure)
    picture, _ = written("2026")
    digit_page.open_image(drawings.encoded(picture))
    assert digit_page.read() == "Not a digit There seem to be several. Try a single, large digit."
    assert digit_page.state == "not_a_digit"
    assert len(digit_page.boxes) == 1


def test_a_number_that_is_read_after_the_canvas_was_cleared_is_ignored(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held, NUMBERS))
    picture, _ = written("2026")
    digit_page.open_image(drawings.encoded(picture))
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.press("New digit")
    held[0].continue_()
    digit_page.page.wait_for_timeout(IGNORED_MS)
    assert digit_page.state == "empty"
    assert digit_page.boxes == []


@pytest.mark.parametrize(
    ("verdicts", "lines", "verdict", "text"),
    [
        (["digit"] * 2, [[0, 1]], "digit", "The number 11 97 percent sure"),
        (["digit"] * 3, [[0, 1], [2]], "digit", "The numbers 11 and 1 97 percent sure"),
        (["digit", "unsure"], [[0, 1]], "unsure", "The number 11? 97 percent sure. Not clear: 1 or 2."),
        (["digit", "not_a_digit"], [[0, 1]], "not_a_digit", "The number 1? 1 of 2 is not a digit."),
    ],
)
def test_each_verdict_of_a_number_is_put_into_words(
    digit_page: DigitPage, verdicts: list[str], lines: list[list[int]], verdict: str, text: str
) -> None:
    number = {"digits": [digit(each) for each in verdicts], "lines": lines, "verdict": verdict, "confidence": 0.97}
    assert digit_page.page.evaluate(TEXT_OF, number) == text
