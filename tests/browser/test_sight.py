"""Sheet, tools and answer are in sight in every window, and nothing moves the sheet."""

import re

import pytest
from playwright.sync_api import Page, Route

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import Prepare, answering, recognition, refusing
from tests.browser.test_layout import resize
from tests.browser.written_numbers import written

ANSWERS: dict[str, Prepare | None] = {
    "digit": answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02)),
    "unsure": answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)),
    "not_a_digit": answering(recognition("not_a_digit", d2=0.6, d3=0.4)),
    "failure": refusing(503, {"Retry-After": "30"}),
    "tentative": answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02)),
    "number": None,
}
# The smallest phone upright and on its side, other phones, a laptop at a zoom of 200 %, then tablets and desktops.
SIZES = [
    (320, 480), (480, 320), (390, 664), (667, 331), (724, 325), (740, 360), (640, 400), (600, 500),
    (768, 1024), (1024, 600), (1366, 650), (1280, 800), (1920, 1080),
]  # fmt: skip
IN_SIGHT = ("#canvas", "#undo", "#redo", "#new-digit", "#headline", "#detail", "#retry")

FIND_OUT_OF_SIGHT = """(selectors) => selectors.filter((selector) => {
    const element = document.querySelector(selector);
    if (element.hidden) return false;
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
})"""
COUNT_SHIFTS = """() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries()) {
            shifts.push([value, ...sources.map(({ node }) => node?.id || node?.className || node?.nodeName)]);
        }
    }).observe({ type: "layout-shift", buffered: true });
}"""


def hidden_by_size(digit_page: DigitPage) -> dict[tuple[int, int], list[str]]:
    """Return what is out of sight in each window in which something is."""
    hidden = {}
    for size in SIZES:
        resize(digit_page, *size)
        if out_of_sight := digit_page.page.evaluate(FIND_OUT_OF_SIGHT, IN_SIGHT):
            hidden[size] = out_of_sight
    return hidden


def show(digit_page: DigitPage, state: str) -> None:
    """Bring the page into a state."""
    if state == "tentative":
        digit_page.begin(SEVEN[0])
        digit_page.wait_until(lambda: digit_page.text("headline") == "Perhaps a 7")
        return
    if state == "number":
        digit_page.open_image(drawings.encoded(written("202612", "345678")[0]))
    else:
        digit_page.draw(SEVEN)
    digit_page.wait_for(state)


def place_of_sheet(digit_page: DigitPage) -> list[float]:
    box = digit_page.canvas.bounding_box()
    assert box is not None
    return [box["x"], box["y"], box["width"], box["height"]]


# The syntax that the older of the supported browsers ignore, and a replacement that no browser knows.
NEWER_STYLES = {
    "svh": (r"\dsvh", "1xvh"),
    "container queries": (r"@container|container-type|\dcqi", "@x"),
    ":has()": (":has", ":x"),
    "round()": (r"round\(", "x("),
    "everything new": (r"\dsvh|@container|container-type|\dcqi|:has|round\(|text-box|text-wrap|scrollbar-gutter", "@x"),
}


def without(style: str) -> Prepare:
    """Serve the page's styles as a browser reads them that does not know some syntax."""
    pattern, unknown = NEWER_STYLES[style]

    def fulfill(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=re.sub(pattern, unknown, response.text()))

    return lambda page: page.route("**/page.css", fulfill)


@pytest.mark.parametrize("style", NEWER_STYLES)
@pytest.mark.parametrize("state", ["digit", "unsure", "number"])
def test_older_browsers_have_sheet_tools_and_answer_in_sight(open_page: OpenPage, style: str, state: str) -> None:
    def prepare(page: Page) -> None:
        without(style)(page)
        if answer := ANSWERS[state]:
            answer(page)

    digit_page = open_page(before=prepare, reduced_motion="reduce")
    show(digit_page, state)
    assert hidden_by_size(digit_page) == {}


@pytest.mark.parametrize("state", ANSWERS)
def test_sheet_tools_and_answer_are_in_sight_in_every_window(open_page: OpenPage, state: str) -> None:
    digit_page = open_page(before=ANSWERS[state], reduced_motion="reduce")
    show(digit_page, state)
    assert hidden_by_size(digit_page) == {}


def test_a_desktop_shows_the_whole_answer(open_page: OpenPage) -> None:
    digit_page = open_page(before=ANSWERS["digit"])
    show(digit_page, "digit")
    parts = ["#numeral", "#chart", "#pixels", "#image + label", "summary"]
    for size in ((1366, 650), (1280, 720), (1280, 800), (1920, 1080)):
        resize(digit_page, *size)
        assert digit_page.page.evaluate(FIND_OUT_OF_SIGHT, parts) == [], size


@pytest.mark.parametrize("state", ["unsure", "not_a_digit", "failure", "number", "tentative"])
def test_no_answer_moves_the_sheet(open_page: OpenPage, state: str) -> None:
    empty = open_page()
    answered = open_page(before=ANSWERS[state], reduced_motion="reduce")
    show(answered, state)
    for size in SIZES:
        places = []
        for digit_page in (empty, answered):
            resize(digit_page, *size)
            places.append(place_of_sheet(digit_page))
        assert places[0] == places[1], size


@pytest.mark.parametrize("state", ["unsure", "not_a_digit", "number"])
def test_an_answer_stays_in_its_place_while_the_next_stroke_is_drawn(open_page: OpenPage, state: str) -> None:
    digit_page = open_page(before=ANSWERS[state], viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    show(digit_page, state)
    parts = [digit_page.page.locator(part) for part in ("#numeral", "#headline", "#detail")]
    before = [part.bounding_box() for part in parts]
    digit_page.page.mouse.move(*digit_page.to_screen((0.2, 0.2)))
    digit_page.page.mouse.down()
    assert digit_page.wait_for("drawing")
    assert [part.bounding_box() for part in parts] == before


def test_a_desktop_shows_the_whole_keyboard_help(digit_page: DigitPage) -> None:
    digit_page.page.get_by_text("Keyboard", exact=True).click()
    for size in ((1366, 650), (1280, 800), (1920, 1080)):
        resize(digit_page, *size)
        assert digit_page.page.evaluate(FIND_OUT_OF_SIGHT, [".keys", "#canvas", "#headline"]) == [], size


def test_the_keyboard_help_moves_neither_sheet_nor_answer(open_page: OpenPage) -> None:
    closed, opened = open_page(), open_page()
    opened.page.get_by_text("Keyboard", exact=True).click()
    assert opened.page.get_by_text("puts the pen down").last.is_visible()
    for size in SIZES:
        places = []
        for digit_page in (closed, opened):
            resize(digit_page, *size)
            digit_page.page.evaluate("scrollTo(0, 0)")
            places.append((place_of_sheet(digit_page), digit_page.page.locator("#headline").bounding_box()))
        assert places[0] == places[1], size


@pytest.mark.parametrize("size", [(320, 480), (724, 325), (1280, 800)])
@pytest.mark.parametrize("state", ["unsure", "failure"])
def test_nothing_shifts_while_the_page_loads_and_answers(
    open_page: OpenPage, state: str, size: tuple[int, int]
) -> None:
    def prepare(page: Page) -> None:
        page.add_init_script(f"({COUNT_SHIFTS})()")
        answer = ANSWERS[state]
        assert answer is not None
        answer(page)

    digit_page = open_page(before=prepare, viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    digit_page.page.wait_for_timeout(100)  # the browser reports a shift after the frame
    assert digit_page.page.evaluate("shifts") == []
    show(digit_page, state)
    digit_page.page.wait_for_timeout(100)
    moved = {part for _, *parts in digit_page.page.evaluate("shifts") for part in parts}
    assert moved <= {"words", "numeral", "value"}  # centered text, and the numbers above the bars


def test_text_at_twice_the_size_keeps_the_sheet_where_it_is(open_page: OpenPage) -> None:
    places = []
    for state in ("digit", "failure"):
        digit_page = open_page(before=ANSWERS[state], viewport={"width": 1280, "height": 800})
        digit_page.page.evaluate("document.documentElement.style.fontSize = '200%'")
        show(digit_page, state)
        places.append(place_of_sheet(digit_page))
    assert places[0] == places[1]
