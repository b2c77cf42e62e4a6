"""The page says why an answer is what it is: in the network's input, and in words."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Route

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.network import answering, holding, recognition, refusing
from tests.browser.test_accessibility import violations
from tests.browser.test_number import seventy_one

EXPLANATIONS = "**/v1/models/digits:explain"
PLAIN_WORDS = "28 × 28 gray pixels, scaled and centered"


def why(digit_page: DigitPage) -> Locator:
    return digit_page.page.locator("#why")


def explanation(removal: dict[str, Any] | None) -> dict[str, Any]:
    """Return an answer with ink that speaks for the digit, ink that speaks against it, and none."""
    rows = [[0.0] * 28 for _ in range(28)]
    rows[3][4], rows[5][6] = 2.0, -1.0
    return {"predictions": [{"explanation": {"runner_up": 1, "map": rows, "removal": removal}}]}


def test_why_tints_the_picture_and_says_what_would_change_the_answer(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    assert why(digit_page).inner_text() == "Why a 7?"
    assert digit_page.text("seen") == PLAIN_WORDS
    why(digit_page).click()
    digit_page.page.locator("#pixels .for").first.wait_for()
    assert digit_page.text("seen").startswith("Blue ink speaks for 7, red ink for ")
    digit_page.wait_for_announcement("Blue ink speaks for 7")
    assert violations(digit_page.page) == []
    why(digit_page).click()
    assert digit_page.text("seen") == PLAIN_WORDS
    assert digit_page.page.locator("#pixels svg").count() == 0


@pytest.mark.parametrize(
    ("removal", "words"),
    [
        (
            {"digit": 1, "ink": 0.2, "box": {"left": 4, "top": 3, "width": 8, "height": 6}},
            "Blue ink speaks for 7, red ink for 1. Without what is framed: 1.",
        ),
        (None, "Blue ink speaks for 7, red ink for 1. No small part of it decides."),
    ],
)
def test_what_decides_is_framed_or_said_to_be_missing(
    open_page: OpenPage, removal: dict[str, Any] | None, words: str
) -> None:
    answer = explanation(removal)
    digit_page = open_page(before=lambda page: page.route(EXPLANATIONS, lambda route: route.fulfill(json=answer)))
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    why(digit_page).focus()
    digit_page.page.keyboard.press("Enter")
    digit_page.wait_until(lambda: digit_page.text("seen") == words)
    rects = digit_page.page.locator("#pixels rect")
    attributes = ("class", "x", "y", "width", "height", "fill-opacity")
    found = [tuple(rect.get_attribute(name) for name in attributes) for rect in rects.all()]
    assert found[:2] == [("for", "4", "3", "1", "1", "1.00"), ("against", "6", "5", "1", "1", "0.50")]
    assert found[2:] == ([("frame", "4", "3", "8", "6", None)] if removal else [])


def test_a_reason_that_arrives_for_an_older_drawing_is_ignored(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held, EXPLANATIONS))
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    why(digit_page).click()
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.press("New digit")
    digit_page.draw(ONE)
    digit_page.wait_for("digit")
    held[0].fulfill(json=explanation(None))
    digit_page.page.wait_for_timeout(300)
    assert digit_page.text("seen") == PLAIN_WORDS
    assert digit_page.page.locator("#pixels svg").count() == 0


def test_a_reason_that_does_not_arrive_is_said_and_can_be_asked_again(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(503, times=1, requests=EXPLANATIONS))
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    why(digit_page).click()
    digit_page.wait_until(lambda: digit_page.text("seen") == "The reason did not arrive. Try again.")
    why(digit_page).click()
    digit_page.wait_until(lambda: digit_page.text("seen").startswith("Blue ink"))


def test_what_is_not_a_digit_and_a_number_have_no_reason(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("not_a_digit", d2=0.6, d3=0.4)))
    digit_page.draw(ONE)
    digit_page.wait_for("not_a_digit")
    assert not why(digit_page).is_visible()
    digit_page.press("New digit")
    digit_page.draw(seventy_one())
    digit_page.wait_for("number")
    assert not why(digit_page).is_visible()


def test_a_tentative_answer_has_no_reason_yet(digit_page: DigitPage) -> None:
    digit_page.begin(SEVEN[0])
    digit_page.wait_until(lambda: digit_page.text("headline") == "Perhaps a 7")
    assert not why(digit_page).is_visible()
    digit_page.page.mouse.up()
    digit_page.wait_for("digit")
    assert why(digit_page).is_visible()
