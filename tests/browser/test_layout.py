"""The page fits every window size, finger and font size."""

import pytest

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import answering, recognition, refusing
from tests.browser.written_numbers import written

SEVEN_ANSWER = answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02))
ANSWERS = {
    "digit": SEVEN_ANSWER,
    "unsure": answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)),
    "not a digit": answering(recognition("not_a_digit", d2=0.6, d3=0.4)),
    "failure": refusing(500, {"X-Request-ID": "0123456789abcdef0123456789abcdef"}),
}
FIND_SMALL_CONTROLS = """() => [...document.querySelectorAll("button, summary, label, a, canvas")]
    .filter((element) => !element.closest("[hidden]"))
    .map((element) => [element.id || element.textContent, element.getBoundingClientRect()])
    .filter(([, box]) => box.width < 44 || box.height < 44)
    .map(([name]) => name)"""
FIND_CLIPPED_TEXT = """() => [...document.querySelectorAll("main *:not(.visually-hidden), footer *")]
    .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
    .filter((element) => getComputedStyle(element).display !== "inline" && element.checkVisibility())
    .filter((element) => !element.matches(".chart > li, .track")) // a value may reach over the column beside it
    .map((element) => element.outerHTML.slice(0, 80))"""


def overflow(digit_page: DigitPage) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(digit_page.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def resize(digit_page: DigitPage, width: int, height: int) -> None:
    """Resize the window and wait until the page has the new size."""
    digit_page.page.set_viewport_size({"width": width, "height": height})
    digit_page.wait_until(lambda: bool(digit_page.page.evaluate(f"innerWidth === {width} && innerHeight === {height}")))


@pytest.mark.parametrize("answer", ANSWERS)
def test_no_window_from_320_pixels_up_scrolls_sideways(open_page: OpenPage, answer: str) -> None:
    digit_page = open_page(before=ANSWERS[answer])
    digit_page.draw(SEVEN)
    digit_page.read()
    for width in (320, 390, 600, 768, 800, 1024, 1280, 1920):
        resize(digit_page, width, 800)
        assert overflow(digit_page) <= 0, width


@pytest.mark.parametrize("answer", ANSWERS)
def test_text_at_twice_the_size_is_neither_clipped_nor_wider_than_the_window(open_page: OpenPage, answer: str) -> None:
    digit_page = open_page(before=ANSWERS[answer])
    digit_page.page.evaluate("document.documentElement.style.fontSize = '200%'")
    digit_page.draw(SEVEN)
    digit_page.read()
    for width in (390, 1280):
        resize(digit_page, width, 844)
        assert overflow(digit_page) <= 0, width
        assert digit_page.page.evaluate(FIND_CLIPPED_TEXT) == [], width
    digit_page.page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    for width in (1280, 390):
        resize(digit_page, width, 844)
        assert overflow(digit_page) <= 0, width


@pytest.mark.parametrize("font_size", ["100%", "200%"])
def test_a_number_of_two_lines_fits_every_window_at_either_font_size(digit_page: DigitPage, font_size: str) -> None:
    digit_page.page.evaluate(f"document.documentElement.style.fontSize = '{font_size}'")
    digit_page.open_image(drawings.encoded(written("202612", "345678")[0]))
    digit_page.wait_for("number")
    for width in (320, 390, 600, 768, 800, 1024, 1280, 1920):
        resize(digit_page, width, 844)
        assert overflow(digit_page) <= 0, width
        assert digit_page.page.evaluate(FIND_CLIPPED_TEXT) == [], width


@pytest.mark.parametrize("size", [(390, 844), (390, 664), (360, 640)])
def test_a_phone_shows_canvas_and_answer_without_scrolling(open_page: OpenPage, size: tuple[int, int]) -> None:
    width, height = size
    digit_page = open_page(before=SEVEN_ANSWER, viewport={"width": width, "height": height})
    digit_page.draw(SEVEN)
    digit_page.read()
    for part in ("#canvas", "#new-digit", "#headline", "#detail"):
        box = digit_page.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= height, part


def test_a_desktop_shows_everything_without_scrolling(open_page: OpenPage) -> None:
    digit_page = open_page(before=SEVEN_ANSWER, viewport={"width": 1280, "height": 800})
    digit_page.draw(SEVEN)
    digit_page.read()
    box = digit_page.page.get_by_alt_text("as the network sees it").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize("width", [320, 1280])
def test_every_control_is_at_least_44_pixels_high_and_wide(open_page: OpenPage, width: int) -> None:
    for answer in (refusing(500), SEVEN_ANSWER):
        digit_page = open_page(before=answer, viewport={"width": width, "height": 800})
        for _ in range(2):
            digit_page.canvas.press("Escape")
            digit_page.draw(SEVEN)
            digit_page.read()
        assert digit_page.page.evaluate(FIND_SMALL_CONTROLS) == []


COUNT_ANIMATIONS = """() => {
    window.animations = 0;
    for (const type of ["transitionrun", "animationstart"]) document.addEventListener(type, () => { animations += 1; });
}"""


def test_nothing_moves_with_reduced_motion(open_page: OpenPage) -> None:
    digit_page = open_page(before=SEVEN_ANSWER, reduced_motion="reduce")
    digit_page.page.evaluate(COUNT_ANIMATIONS)
    digit_page.draw(SEVEN)
    digit_page.read()
    digit_page.page.wait_for_timeout(300)  # animations would start with the next frame
    assert digit_page.page.evaluate("animations") == 0


def test_the_bars_move_without_reduced_motion(digit_page: DigitPage) -> None:
    digit_page.page.evaluate(COUNT_ANIMATIONS)
    digit_page.draw(SEVEN)
    digit_page.read()
    digit_page.wait_until(lambda: digit_page.page.evaluate("animations") > 0)


def test_the_page_can_be_zoomed(digit_page: DigitPage) -> None:
    viewport = digit_page.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
