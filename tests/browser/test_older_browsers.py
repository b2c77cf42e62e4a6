"""The page works in browsers that lack newer interfaces, and no failure leaves it silent."""

import pytest
from playwright.sync_api import Page

from handler.preprocessing.formats.png import PlainPng
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN
from tests.browser.test_upload import KEEP_SENT_IMAGE

# What is in the newest browsers and not in all that the page supports: Safari 15.4, Firefox 100, Chrome 100.
NEWER = {
    "AbortSignal.any": "delete AbortSignal.any;",
    "AbortSignal.timeout": "delete AbortSignal.timeout;",
    "ARIA as properties": "delete Element.prototype.ariaDisabled;",
    "Array.prototype.at": "delete Array.prototype.at;",
    "Array.prototype.findLast": "delete Array.prototype.findLast;",
    "coalesced events": "delete PointerEvent.prototype.getCoalescedEvents;",
    "CompressionStream": "delete window.CompressionStream;",
    "OffscreenCanvas": "delete window.OffscreenCanvas;",
    "pointer capture": "delete Element.prototype.setPointerCapture;",
    "structuredClone": "delete window.structuredClone;",
}


@pytest.mark.parametrize("interface", NEWER)
def test_a_browser_without_a_newer_interface_recognizes_a_drawing(open_page: OpenPage, interface: str) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script(NEWER[interface]))
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    assert digit_page.text("headline") == "It’s a 7"
    assert digit_page.page.locator("#undo").get_attribute("aria-disabled") == "false"
    digit_page.press("Undo")
    assert digit_page.state == "empty"


def test_without_pointer_capture_a_stroke_may_end_outside_the_canvas(open_page: OpenPage) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script(NEWER["pointer capture"]))
    digit_page.draw([[(0.5, 0.2), (0.5, 1.4)]])
    digit_page.draw([[(0.2, 0.5), (0.4, 0.5)]])
    assert digit_page.ink_in(0.2, 0.45, 0.2, 0.1) > 0
    assert digit_page.ink_in(0.45, 0.7, 0.1, 0.1) > 0
    assert digit_page.ink_in(0.3, 0.3, 0.1, 0.1) == 0  # where a line between the strokes would be


def test_without_compression_the_server_reads_the_image_as_fast(open_page: OpenPage) -> None:
    def prepare(page: Page) -> None:
        page.add_init_script(NEWER["CompressionStream"])
        page.add_init_script(KEEP_SENT_IMAGE)

    digit_page = open_page(before=prepare)
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()
    plain = PlainPng.parse(bytes(digit_page.page.evaluate("sent.bytes")))
    assert plain is not None
    pixels = plain.decode()
    assert pixels is not None
    assert pixels.shape == (plain.height, plain.width)


def test_a_drawing_that_cannot_be_prepared_gets_a_sentence(open_page: OpenPage) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script("console.error = () => {}; delete window.Blob;"))
    digit_page.draw(SEVEN)
    assert "This page ran into an error" in digit_page.read("failure")
