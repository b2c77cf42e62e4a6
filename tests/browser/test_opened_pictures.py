"""Opening a picture is a step that can be undone, and a picture that is no longer wanted changes nothing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import requests_of

# A wrong page would show a picture that it must ignore within this time.
IGNORED_MS = 1000

# A picture that has to be reduced waits until the test goes on.
HOLD_READING = """
    const toBlob = HTMLCanvasElement.prototype.toBlob;
    window.reading = [];
    HTMLCanvasElement.prototype.toBlob = function (...given) { reading.push(() => toBlob.apply(this, given)); };
"""

# The first URL is for reading the file, the second for showing the picture.
FAIL_TO_SHOW = """
    console.error = () => {};
    const [create, ...urls] = [URL.createObjectURL];
    URL.createObjectURL = (blob) => {
        if (urls.push(create(blob)) > 1) throw new Error("no memory");
        return urls[0];
    };
"""

# What can happen while a picture is read, and the state in which it leaves the page.
MEANWHILE: dict[str, tuple[Callable[[DigitPage], object], str, str]] = {
    "draw": (lambda digit_page: digit_page.draw(SEVEN), "digit", "7"),
    "clear": (lambda digit_page: digit_page.press("New digit"), "empty", "?"),
    "open another": (lambda digit_page: digit_page.open_image(drawings.seven()), "digit", "7"),
}


def picture_of(digit_page: DigitPage) -> Locator:
    return digit_page.page.locator("#canvas-frame img")


def open_slowly(digit_page: DigitPage) -> None:
    """Open a picture of a 1 that has to be reduced first, because the server does not accept it as it is."""
    content = drawings.encoded(drawings.drawing(drawings.ONE), "BMP")
    digit_page.open_image(content, "one.bmp", "image/bmp")
    digit_page.wait_until(lambda: bool(digit_page.page.evaluate("reading.length")))


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_picture_that_is_no_longer_wanted_when_it_is_read_changes_nothing(open_page: OpenPage, what: str) -> None:
    act, state, numeral = MEANWHILE[what]
    digit_page = open_page(before=lambda page: page.add_init_script(HOLD_READING))
    open_slowly(digit_page)
    act(digit_page)
    digit_page.wait_until(lambda: (digit_page.state, digit_page.text("numeral")) == (state, numeral))
    sent = requests_of(digit_page.page)
    digit_page.page.evaluate("reading[0]()")
    digit_page.page.wait_for_timeout(IGNORED_MS)
    assert sent == []
    assert (digit_page.state, digit_page.text("numeral")) == (state, numeral)
    assert picture_of(digit_page).count() == (1 if what == "open another" else 0)
    assert (digit_page.ink > 0) is (what == "draw")


def test_a_picture_that_is_read_slowly_is_still_opened(open_page: OpenPage) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script(HOLD_READING))
    open_slowly(digit_page)
    digit_page.page.evaluate("reading[0]()")
    assert "It’s a 1" in digit_page.read()


def test_a_tap_on_a_picture_is_undone_and_the_picture_is_back(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    digit_page.draw([[(0.5, 0.5)]])
    assert picture_of(digit_page).count() == 0
    digit_page.press("Undo")
    assert picture_of(digit_page).is_visible()
    assert "It’s a 7" in digit_page.read()
    digit_page.press("Redo")
    assert picture_of(digit_page).count() == 0
    assert digit_page.ink > 0


def test_clearing_a_picture_can_be_undone(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    digit_page.press("New digit")
    assert digit_page.state == "empty"
    assert digit_page.page.locator("#undo").get_attribute("aria-disabled") == "false"
    digit_page.press("Undo")
    assert picture_of(digit_page).is_visible()
    assert "It’s a 7" in digit_page.read()


def test_opening_a_picture_can_be_undone_and_the_drawing_is_back(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.read()
    ink = digit_page.ink
    digit_page.open_image(drawings.one())
    digit_page.wait_until(lambda: digit_page.text("numeral") == "1")
    digit_page.press("Undo")
    assert digit_page.ink == ink
    assert picture_of(digit_page).count() == 0
    digit_page.wait_until(lambda: digit_page.text("numeral") == "7")


def test_a_picture_that_cannot_be_shown_gets_a_sentence(open_page: OpenPage) -> None:
    def prepare(page: Page) -> None:
        page.add_init_script(FAIL_TO_SHOW)

    digit_page = open_page(before=prepare)
    digit_page.open_image(drawings.seven())
    assert "This page ran into an error" in digit_page.read("failure")
