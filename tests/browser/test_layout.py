"""The page fits every window, finger and reader."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import answering, recognition, refusing

WIDEST_ANSWERS = {
    "an answer": None,
    "two digits": answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)),
    "no digit": answering(recognition("not_a_digit", d2=0.6, d3=0.4)),
    "a failure": refusing(500, {"X-Request-ID": "0123456789abcdef0123456789abcdef"}),
}


FIND_CUT_TEXT = """() => [...document.querySelectorAll("main *:not(.visually-hidden), footer *")]
    .filter((element) => element.clientWidth > 1 && element.scrollWidth > element.clientWidth + 1)
    .filter((element) => getComputedStyle(element).display !== "inline")
    .map((element) => element.outerHTML.slice(0, 80))"""


def overflow(sheet: DigitPage) -> int:
    """Return by how many pixels the page is wider than the window."""
    return int(sheet.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@pytest.mark.parametrize("answer", WIDEST_ANSWERS)
def test_no_window_from_320_pixels_up_scrolls_sideways(open_page: OpenPage, answer: str) -> None:
    sheet = open_page(before=WIDEST_ANSWERS[answer])
    sheet.draw(SEVEN)
    sheet.read()
    for width in (320, 390, 600, 768, 800, 1024, 1280, 1920):
        sheet.page.set_viewport_size({"width": width, "height": 800})
        assert overflow(sheet) <= 0, width


@pytest.mark.parametrize("answer", WIDEST_ANSWERS)
def test_text_at_twice_the_size_is_neither_cut_nor_wider_than_the_window(open_page: OpenPage, answer: str) -> None:
    sheet = open_page(before=WIDEST_ANSWERS[answer])
    sheet.page.evaluate("document.documentElement.style.fontSize = '200%'")
    sheet.draw(SEVEN)
    sheet.read()
    for width in (390, 1280):
        sheet.page.set_viewport_size({"width": width, "height": 844})
        assert overflow(sheet) <= 0, width
        assert sheet.page.evaluate(FIND_CUT_TEXT) == [], width


@pytest.mark.parametrize(
    "size", [{"width": 390, "height": 844}, {"width": 390, "height": 664}, {"width": 360, "height": 640}]
)
def test_a_phone_shows_sheet_and_answer_without_scrolling(open_page: OpenPage, size: dict[str, int]) -> None:
    sheet = open_page(viewport=size)
    sheet.draw(SEVEN)
    sheet.read()
    for part in ("#canvas", "#recognise", "#headline", "#detail"):
        box = sheet.page.locator(part).bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= size["height"], part


def test_a_desktop_shows_everything_without_scrolling(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    sheet.read()
    box = sheet.page.get_by_alt_text("as the network sees it").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 800


@pytest.mark.parametrize("width", [320, 1280])
def test_everything_to_press_is_at_least_44_pixels_high_and_wide(open_page: OpenPage, width: int) -> None:
    sheet = open_page(before=refusing(500), viewport={"width": width, "height": 800})
    sheet.draw(SEVEN)
    sheet.read()
    small = sheet.page.evaluate("""() => [...document.querySelectorAll("button, summary, label, a, canvas")]
        .map((element) => [element.id || element.textContent, element.getBoundingClientRect()])
        .filter(([, box]) => box.width < 44 || box.height < 44)
        .map(([name]) => name)""")
    assert small == []


def test_nothing_moves_for_those_who_asked_for_less_motion(open_page: OpenPage) -> None:
    sheet = open_page(reduced_motion="reduce")
    sheet.page.evaluate("""() => {
        window.moved = 0;
        for (const kind of ["transitionrun", "animationstart"]) document.addEventListener(kind, () => { moved += 1; });
    }""")
    sheet.draw(SEVEN)
    sheet.read()
    sheet.page.wait_for_timeout(300)
    assert sheet.page.evaluate("moved") == 0


def test_the_bars_move_for_everybody_else(sheet: DigitPage) -> None:
    sheet.page.evaluate(
        "() => { window.moved = 0; document.addEventListener('transitionrun', () => { moved += 1; }); }"
    )
    sheet.draw(SEVEN)
    sheet.read()
    sheet.wait_until(lambda: sheet.page.evaluate("moved") > 0)


def test_the_page_can_be_zoomed(sheet: DigitPage) -> None:
    viewport = sheet.page.locator("meta[name=viewport]").get_attribute("content") or ""
    assert "user-scalable" not in viewport
    assert "maximum-scale" not in viewport
