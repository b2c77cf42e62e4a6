"""Fingers and a stylus, as the drivers of touch screens and tablets report them."""

from typing import Any

from tests.browser.digit_page import DigitPage
from tests.browser.handwriting import Point, Stroke

# Chromium merges moves within a frame, but no starts and ends.
COUNT_TOUCHES = """() => {
    if (window.touches !== undefined) return;
    window.touches = 0;
    for (const type of ["touchstart", "touchend", "touchcancel"]) {
        document.addEventListener(type, () => { window.touches += 1; });
    }
}"""


class Fingers:
    """One or more fingers on a touch screen."""

    def __init__(self, digit_page: DigitPage) -> None:
        self._page = digit_page
        self._session = digit_page.page.context.new_cdp_session(digit_page.page)
        digit_page.page.evaluate(COUNT_TOUCHES)

    def send(self, type_: str, *points: Point, **options: Any) -> None:
        """Send a touch event and wait until the page has handled it (a move: at the latest with the next end)."""
        handled = self._handled()
        places = [self._page.to_screen(point) for point in points]
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": type_, "touchPoints": touches, **options})
        if type_ != "touchMove":
            self._page.wait_until(lambda: self._handled() > handled)

    def _handled(self) -> int:
        return int(self._page.page.evaluate("touches"))

    def draw(self, stroke: Stroke, **options: Any) -> None:
        self.send("touchStart", stroke[0], **options)
        for point in stroke[1:]:
            self.send("touchMove", point, **options)
        self.send("touchEnd", **options)


class Stylus:
    """A pen that hovers and writes."""

    def __init__(self, digit_page: DigitPage) -> None:
        self._page = digit_page
        self._session = digit_page.page.context.new_cdp_session(digit_page.page)

    def draw(self, stroke: Stroke, **options: Any) -> None:
        self._send("mousePressed", stroke[0], clickCount=1, **options)
        for point in stroke[1:]:
            self._send("mouseMoved", point, buttons=1, **options)
        self._send("mouseReleased", stroke[-1], clickCount=1, **options)

    def _send(self, type_: str, point: Point, **options: Any) -> None:
        x, y = self._page.to_screen(point)
        event = {"type": type_, "x": x, "y": y, "pointerType": "pen", "force": 0.4, "button": "left", **options}
        self._session.send("Input.dispatchMouseEvent", event)
