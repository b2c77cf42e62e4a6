"""A picture from elsewhere goes the same way as a drawing."""

from pathlib import Path

import pytest
from PIL import Image

from tests import drawings
from tests.browser.digit_page import SEVEN, DigitPage


def test_an_opened_picture_is_shown_and_read(sheet: DigitPage) -> None:
    sheet.draw([[(0.2, 0.2), (0.8, 0.8)]])
    sheet.page.set_input_files("#picture", {"name": "seven.png", "mimeType": "image/png", "buffer": drawings.seven()})
    sheet.wait_for("digit")
    assert sheet.top_digit == "7"
    assert sheet.page.get_by_alt_text("The picture you chose").is_visible()
    assert sheet.ink == 0


@pytest.mark.parametrize("form", ["BMP", "GIF"])
def test_a_picture_of_a_kind_the_server_does_not_take_is_converted(sheet: DigitPage, form: str) -> None:
    content = drawings.encoded(drawings.drawing(drawings.SEVEN), form)
    sheet.page.set_input_files("#picture", {"name": "seven", "mimeType": f"image/{form.lower()}", "buffer": content})
    sheet.wait_for("digit")
    assert sheet.top_digit == "7"


def test_a_picture_too_large_for_the_server_is_reduced(sheet: DigitPage) -> None:
    large = drawings.drawing(drawings.SEVEN).resize((1200, 1200)).convert("RGB")
    grain = Image.merge("RGB", [Image.effect_noise(large.size, 40) for _ in range(3)])
    content = drawings.encoded(Image.blend(large, grain, 0.1))
    assert len(content) > 1024 * 1024
    sheet.page.set_input_files("#picture", {"name": "photo.png", "mimeType": "image/png", "buffer": content})
    sheet.wait_for("digit")
    assert sheet.top_digit == "7"


def test_a_file_that_is_no_picture_is_refused_in_words(sheet: DigitPage, tmp_path: Path) -> None:
    for name, told in (("notes.png", "That picture can’t be read"), ("notes.txt", "That kind of file won’t do")):
        (tmp_path / name).write_text("not a picture")
        sheet.page.set_input_files("#picture", tmp_path / name)
        assert told in sheet.read()


def test_a_pasted_picture_and_a_dropped_one_are_read(sheet: DigitPage) -> None:
    for event, carrier, target in (("paste", "clipboardData", "body"), ("drop", "dataTransfer", "#sheet")):
        sheet.page.evaluate(
            """([kind, carrier, target, bytes]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], "seven.png", { type: "image/png" }));
                const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
                const event = new Kind(kind, { [carrier]: transfer, bubbles: true, cancelable: true });
                document.querySelector(target).dispatchEvent(event);
            }""",
            [event, carrier, target, list(drawings.seven())],
        )
        sheet.wait_for("digit")
        assert sheet.top_digit == "7"
        sheet.press("Clear")
        assert sheet.state == "empty"
        assert sheet.page.get_by_alt_text("The picture you chose").count() == 0


def test_drawing_takes_the_place_of_a_picture(sheet: DigitPage) -> None:
    sheet.page.set_input_files("#picture", {"name": "one.png", "mimeType": "image/png", "buffer": drawings.one()})
    sheet.wait_for("digit")
    sheet.draw(SEVEN)
    sheet.read()
    assert sheet.top_digit == "7"
    assert sheet.page.get_by_alt_text("The picture you chose").count() == 0
