"""Fixtures that open the real page in a real Chromium and fail a test whose page breaks a general rule."""

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
    """Return the URL of the page, without a slash at the end."""
    return stack.url


class PageMonitor:
    """Collects errors, warnings and third-party requests of a page."""

    def __init__(self, page: Page, address: str) -> None:
        self.violations: list[str] = []
        self._address = address
        page.on("pageerror", lambda error: self.violations.append(f"uncaught: {error}"))
        page.on("console", lambda message: self._check_message(message.type, message.text))
        page.on("request", lambda request: self._check_request(request.url))

    def _check_message(self, kind: str, text: str) -> None:
        # Chromium logs "Failed to load resource" for every 4xx and 5xx. The page shows those errors itself.
        if kind in ("error", "warning") and not text.startswith("Failed to load resource"):
            self.violations.append(f"{kind}: {text}")

    def _check_request(self, url: str) -> None:
        if not url.startswith((f"{self._address}/", "data:", "blob:")):
            self.violations.append(f"third-party request: {url}")


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[OpenPage]:
    """Open the page in a new browser profile; the options are those of Playwright's `new_context`."""
    monitors = []
    contexts = []

    def open_one(*, before: Callable[[Page], object] | None = None, **options: Any) -> DigitPage:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        monitors.append(PageMonitor(page, address))
        if before:
            before(page)
        page.goto(f"{address}/")
        return DigitPage(page)

    yield open_one
    for context in contexts:
        context.close()
    assert [violation for monitor in monitors for violation in monitor.violations] == []


@pytest.fixture
def digit_page(open_page: OpenPage) -> DigitPage:
    """Open the page in a desktop window."""
    return open_page(viewport={"width": 1280, "height": 800})


@pytest.fixture(scope="session")
def unseen_digits(data_dir: Path) -> list[Digit]:
    """Return real handwriting of writers that training did not see."""
    return load_unseen(data_dir / "strokes")
