"""Examples to tap: each is answered as its name says, is one step of the history, and costs nothing before."""

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import holding

PHOTOGRAPH = "**/examples/photo.jpg"
EXAMPLES = {
    "A 3": ("digit", "It’s a 3"),
    "A 1 or a 7": ("unsure", "1 or a 7?|7 or a 1?"),
    "A star": ("not_a_digit", "Not a digit"),
    "A photograph": ("digit", "It’s a 5"),
    "The number 42": ("number", "The number 42"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_answered_as_its_name_says(digit_page: DigitPage, name: str) -> None:
    verdict, headlines = EXAMPLES[name]
    digit_page.press(name)
    text = digit_page.read(verdict, "failure")
    assert any(headline in text for headline in headlines.split("|")), text


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_one_step_of_the_history(digit_page: DigitPage, name: str) -> None:
    digit_page.draw(SEVEN)
    drawn = digit_page.ink
    digit_page.press(name)
    digit_page.wait_until(lambda: digit_page.ink != drawn)
    assert digit_page.page.locator(".chosen-image").count() == (name == "A photograph")
    digit_page.press("Undo")
    assert digit_page.ink == drawn
    digit_page.press("Redo")
    digit_page.wait_until(lambda: digit_page.ink != drawn)


def test_the_photograph_is_loaded_when_it_is_chosen(open_page: OpenPage) -> None:
    requested: list[str] = []
    digit_page = open_page(before=lambda page: page.on("request", lambda request: requested.append(request.url)))
    digit_page.press("A star")
    digit_page.wait_for("not_a_digit")
    assert not any("examples" in url for url in requested)
    digit_page.press("A photograph")
    digit_page.wait_for("digit")
    assert sum(url.endswith("/examples/photo.jpg") for url in requested) == 1


@pytest.mark.parametrize("reason", ["missing", "unreachable"])
def test_a_photograph_that_does_not_load_is_reported(open_page: OpenPage, reason: str) -> None:
    def prepare(page: Page) -> None:
        page.add_init_script("console.error = () => {};")
        page.route(PHOTOGRAPH, lambda route: route.fulfill(status=404) if reason == "missing" else route.abort())

    digit_page = open_page(before=prepare)
    digit_page.press("A photograph")
    assert "The photograph did not load Check the connection, and choose it again." in digit_page.read("failure")
    digit_page.press("A 3")
    assert "It’s a 3" in digit_page.read("digit")


def test_what_is_drawn_while_the_photograph_loads_stays(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held, PHOTOGRAPH))
    digit_page.press("A photograph")
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.draw(SEVEN)
    held[0].continue_()
    assert "It’s a 7" in digit_page.read("digit")
    assert digit_page.page.locator(".chosen-image").count() == 0


@pytest.mark.parametrize("name", ["A star", "A photograph"])
def test_on_a_small_phone_the_sheet_comes_into_sight(open_page: OpenPage, name: str) -> None:
    digit_page = open_page(viewport={"width": 320, "height": 480})
    button = digit_page.page.get_by_role("button", name=name)
    button.scroll_into_view_if_needed()
    assert digit_page.page.evaluate("scrollY") > 0
    button.click()
    digit_page.wait_for("digit", "not_a_digit")
    box = digit_page.canvas.bounding_box()
    assert box is not None
    assert box["y"] >= 0
