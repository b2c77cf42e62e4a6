"""The real page in a real Chromium. Every page is watched: a broken rule fails the test that broke it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.digit_page import DigitPage
from tests.browser.handwriting import Digit, load_unseen
from tools.stack import Stack

OpenPage = Callable[..., DigitPage]


@pytest.fixture(scope="session")
def address(stack: Stack) -> str:
    """Where the page is served, without a slash at the end."""
    return stack.url


class Watch:
    """Collects what must not happen on any page."""

    def __init__(self, page: Page, address: str) -> None:
        self.faults: list[str] = []
        self._address = address
        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("console", lambda message: self._see_message(message.type, message.text))
        page.on("request", lambda request: self._see_request(request.url))

    def _see_message(self, kind: str, text: str) -> None:
        # "Failed to load resource" is Chromium's own note on a 4xx or 5xx, which the page tells in words.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.faults.append(f"{kind}: {text}")

    def _see_request(self, url: str) -> None:
        if not url.startswith((f"{self._address}/", "data:", "blob:")):
            self.faults.append(f"third party: {url}")


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page in a browser profile of its own; the options are those of Playwright's `new_context`."""
    watches = []
    contexts = []

    def open_one(*, before: Callable[[Page], None] | None = None, **options: Any) -> DigitPage:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        watches.append(Watch(page, address))
        if before:
            before(page)
        page.goto(f"{address}/")
        return DigitPage(page)

    yield open_one
    for context in contexts:
        context.close()
    assert [fault for watch in watches for fault in watch.faults] == []


@pytest.fixture
def sheet(open_page: OpenPage) -> DigitPage:
    """The page as most people open it."""
    return open_page(viewport={"width": 1280, "height": 800})


@pytest.fixture(scope="session")
def unseen_digits(data_dir: Path) -> list[Digit]:
    """Real handwriting of writers that training never saw."""
    return load_unseen(data_dir / "strokes")
