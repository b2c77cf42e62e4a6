"""An image that is opened, pasted or dropped is shown and recognized like a drawing."""

from pathlib import Path

import pytest
from PIL import Image

from tests import drawings
from tests.browser.digit_page import SEVEN, DigitPage

ALT_TEXT = "The image you chose"


def test_an_opened_image_replaces_the_drawing_and_is_recognized(digit_page: DigitPage) -> None:
    digit_page.draw([[(0.2, 0.2), (0.8, 0.8)]])
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).is_visible()
    assert digit_page.ink == 0


@pytest.mark.parametrize("format_", ["BMP", "GIF"])
def test_an_image_of_a_type_that_the_server_does_not_accept_is_converted(digit_page: DigitPage, format_: str) -> None:
    content = drawings.encoded(drawings.drawing(drawings.SEVEN), format_)
    digit_page.open_image(content, "seven", f"image/{format_.lower()}")
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"


def test_an_image_that_is_too_large_for_the_server_is_reduced(digit_page: DigitPage) -> None:
    large = drawings.drawing(drawings.SEVEN).resize((1200, 1200)).convert("RGB")
    grain = Image.merge("RGB", [Image.effect_noise(large.size, 40) for _ in range(3)])
    content = drawings.encoded(Image.blend(large, grain, 0.1))
    assert len(content) > 1024 * 1024
    digit_page.open_image(content)
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"


@pytest.mark.parametrize(
    ("name", "headline"),
    [("notes.png", "This image can’t be read"), ("notes.txt", "This file type is not supported")],
)
def test_a_file_that_is_not_an_image_gets_an_error_message(
    digit_page: DigitPage, tmp_path: Path, name: str, headline: str
) -> None:
    (tmp_path / name).write_text("not an image")
    digit_page.page.set_input_files("#image", tmp_path / name)
    assert headline in digit_page.read()


@pytest.mark.parametrize(
    ("event", "property_", "target"), [("paste", "clipboardData", "body"), ("drop", "dataTransfer", "#canvas-frame")]
)
def test_a_pasted_or_dropped_image_is_recognized(
    digit_page: DigitPage, event: str, property_: str, target: str
) -> None:
    digit_page.page.evaluate(
        """([type, property, target, bytes]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(bytes)], "seven.png", { type: "image/png" }));
            const Constructor = type === "paste" ? ClipboardEvent : DragEvent;
            const event = new Constructor(type, { [property]: transfer, bubbles: true, cancelable: true });
            document.querySelector(target).dispatchEvent(event);
        }""",
        [event, property_, target, list(drawings.seven())],
    )
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    digit_page.press("Clear")
    assert digit_page.state == "empty"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).count() == 0


def test_drawing_replaces_an_opened_image(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.one())
    digit_page.wait_for("digit")
    digit_page.draw(SEVEN)
    digit_page.read()
    assert digit_page.top_digit == "7"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).count() == 0
