"""Real handwriting on the real page: how much of it is read right, and how long a person waits."""

import asyncio
import statistics
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from playwright.async_api import CDPSession, Page, async_playwright

from tests.browser.digit_page import DigitPage
from tests.browser.handwriting import Digit, Point, sample
from tools.chromium import CHROMIUM_OPTIONS, find_chromium

SAMPLE_SIZE = 200
SEED = 28
MIN_ACCURACY = 0.93

# Where people put a digit and how large, in shares of the sheet's side.
PLACES: list[tuple[Point, float]] = [
    ((0.5, 0.5), 0.7),
    ((0.45, 0.52), 0.6),
    ((0.56, 0.46), 0.5),
    ((0.5, 0.55), 0.8),
    ((0.4, 0.42), 0.4),
]

Result = TypeVar("Result")


def test_two_hundred_real_digits_are_read_right(address: str, unseen_digits: list[Digit]) -> None:
    drawn = sample(unseen_digits, SAMPLE_SIZE, SEED)
    read = in_a_loop_of_its_own(read_all(address, drawn))
    wrong = [
        f"{digit.label} by {digit.writer} as {answer}"
        for digit, answer in zip(drawn, read, strict=True)
        if answer != digit.label
    ]
    accuracy = 1 - len(wrong) / len(drawn)
    print(f"Read right on the page: {accuracy:.1%} of {len(drawn)} digits. Wrong: {', '.join(wrong) or 'none'}.")
    assert accuracy >= MIN_ACCURACY


def test_the_answer_comes_within_half_a_second_of_pen_up(sheet: DigitPage, unseen_digits: list[Digit]) -> None:
    for digit in sample(unseen_digits, 10, SEED + 1):
        sheet.draw(digit.placed())
        sheet.read()
        sheet.canvas.press("Escape")
    waits = sheet.page.evaluate("performance.getEntriesByName('pen up to answer').map(({ duration }) => duration)")
    print(f"Pen up to answer: median {statistics.median(waits):.0f} ms, slowest {max(waits):.0f} ms of {len(waits)}.")
    assert len(waits) == 10
    assert min(waits) >= 200  # the pause in which a digit may get another stroke
    assert statistics.median(waits) < 500


def in_a_loop_of_its_own(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run beside Playwright's blocking interface, whose event loop occupies this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def read_all(address: str, digits: list[Digit]) -> list[str]:
    """Draw one after the other on one page and return what it reads."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(address)
        session = await page.context.new_cdp_session(page)
        read = [await read_one(page, session, digit, PLACES[i % len(PLACES)]) for i, digit in enumerate(digits)]
        await browser.close()
        return read


async def read_one(page: Page, session: CDPSession, digit: Digit, place: tuple[Point, float]) -> str:
    """Draw a digit, ask at once, and return the digit written large: the first of two, none for no digit."""
    await draw(page, session, digit, place)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(
        ",".join(f'[data-state="{state}"]' for state in ("digit", "unsure", "not_a_digit", "failure"))
    )
    numeral = await page.locator("#numeral .glyph").first.inner_text()
    await page.keyboard.press("Escape")
    return numeral


async def draw(page: Page, session: CDPSession, digit: Digit, place: tuple[Point, float]) -> None:
    """Send the mouse events all at once, in order, as a fast hand does: the browser merges those within a frame."""
    box = await page.locator("#canvas").bounding_box()
    assert box is not None
    events = []
    for stroke in digit.placed(*place):
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        events += [
            ("mousePressed", points[0]),
            *(("mouseMoved", point) for point in points[1:]),
            ("mouseReleased", points[-1]),
        ]
    await asyncio.gather(
        *(
            session.send(
                "Input.dispatchMouseEvent",
                {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": int(kind != "mouseMoved")},
            )
            for kind, (x, y) in events
        )
    )
