"""A slow or broken start: nothing that is drawn is lost, and a page that does not come says so."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import holding

PAGE_SCRIPT = "**/page.js"
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
OLD_BROWSER = "let unreadable = ;"  # what a browser says of syntax that it does not know: SyntaxError

Start = Callable[..., DigitPage]

COUNT_SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
        .observe({ type: "layout-shift", buffered: true });
"""


@pytest.fixture
def start(browser: Browser, address: str) -> Iterator[Start]:
    """Open the page without waiting until it is loaded."""
    contexts = []

    def start_one(before: Callable[[Page], object], **options: Any) -> DigitPage:
        contexts.append(browser.new_context(**{"viewport": DESKTOP, **options}))
        page = contexts[-1].new_page()
        before(page)
        page.goto(f"{address}/", wait_until="commit")
        page.wait_for_selector("footer")
        return DigitPage(page)

    yield start_one
    for context in contexts:
        context.close()


def test_what_is_drawn_before_the_script_is_there_is_visible_and_recognized(start: Start) -> None:
    held: list[Route] = []
    digit_page = start(holding(held, PAGE_SCRIPT))
    assert digit_page.text("headline") == "Loading …"
    digit_page.draw([[(0.3, 0.25), (0.7, 0.25)], [(0.7, 0.25), (0.5, 0.8)]])
    early = digit_page.ink
    assert early > 0
    held[0].continue_()
    assert "7" in digit_page.read("digit", "unsure")
    assert digit_page.ink == pytest.approx(early, rel=0.03)
    digit_page.press("Undo")
    assert 0 < digit_page.ink < early


def test_a_stroke_goes_on_while_the_script_starts(start: Start) -> None:
    held: list[Route] = []
    digit_page = start(holding(held, PAGE_SCRIPT))
    mouse = digit_page.page.mouse
    mouse.move(*digit_page.to_screen((0.5, 0.2)))
    mouse.down()
    mouse.move(*digit_page.to_screen((0.5, 0.4)))
    held[0].continue_()
    digit_page.wait_for("drawing")
    mouse.move(*digit_page.to_screen((0.5, 0.8)))
    mouse.up()
    assert "It’s a 1" in digit_page.read()
    assert digit_page.ink_in(0.45, 0.75, 0.1, 0.04) > 0


def test_a_script_that_does_not_load_is_reported(start: Start) -> None:
    digit_page = start(lambda page: page.route(PAGE_SCRIPT, lambda route: route.abort()))
    assert "The page did not load A part of it is missing or failed. Reload the page." in digit_page.read("failure")


def test_a_browser_that_cannot_read_the_script_is_told_so(start: Start) -> None:
    def prepare(page: Page) -> None:
        page.route(PAGE_SCRIPT, lambda route: route.fulfill(content_type="text/javascript", body=OLD_BROWSER))

    digit_page = start(prepare)
    assert "This browser is too old" in digit_page.read("failure")


def test_a_browser_without_modules_is_told_so(start: Start) -> None:
    digit_page = start(lambda page: page.add_init_script("delete HTMLScriptElement.prototype.noModule;"))
    assert "This browser is too old" in digit_page.read("failure")


def test_the_page_works_without_what_runs_before_the_script(start: Start) -> None:
    digit_page = start(lambda page: page.route("**/start.js", lambda route: route.abort()))
    digit_page.wait_for("empty")
    digit_page.page.wait_for_load_state()
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_without_scripts_the_page_says_so_at_the_top(start: Start, viewport: dict[str, int]) -> None:
    digit_page = start(lambda page: None, java_script_enabled=False, viewport=viewport)
    box = digit_page.page.locator(".noscript").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < viewport["height"] / 3


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP])
def test_nothing_moves_when_the_script_starts(start: Start, viewport: dict[str, int]) -> None:
    held: list[Route] = []

    def prepare(page: Page) -> None:
        page.add_init_script(COUNT_SHIFTS)
        holding(held, PAGE_SCRIPT)(page)

    digit_page = start(prepare, viewport=viewport)
    digit_page.page.wait_for_timeout(200)  # the page is painted
    held[0].continue_()
    digit_page.wait_until(lambda: digit_page.text("headline") == "Nothing drawn yet")
    digit_page.page.wait_for_timeout(200)
    assert digit_page.page.evaluate("window.shifts") == []
