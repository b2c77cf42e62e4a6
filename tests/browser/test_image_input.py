"""An image that is opened, pasted or dropped is shown and recognized like a drawing."""

import io
from pathlib import Path

import pytest
from PIL import Image, features

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import requests_of
from tests.browser.test_upload import KEEP_SENT_IMAGE

ALT_TEXT = "The image you chose"


def test_an_opened_image_replaces_the_drawing_and_is_recognized(digit_page: DigitPage) -> None:
    digit_page.draw([[(0.2, 0.2), (0.8, 0.8)]])
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).is_visible()
    assert digit_page.ink == 0


SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 280 280"><path d="M70 60H205L125 225" fill="none"
    stroke="#000" stroke-width="22"/></svg>"""
FILE_OF: dict[str, bytes] = {
    **{
        format_.lower(): drawings.encoded(drawings.drawing(drawings.SEVEN), format_)
        for format_ in ("PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF")
        if features.check("avif") or format_ != "AVIF"
    },
    "svg+xml": SVG,
}
SERVED_AS_THEY_ARE = ("png", "jpeg", "webp", "gif")


@pytest.mark.parametrize("type_", FILE_OF)
def test_every_format_is_sent_as_it_is_or_converted(open_page: OpenPage, type_: str) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script(KEEP_SENT_IMAGE))
    content = FILE_OF[type_]
    digit_page.open_image(content, "seven", f"image/{type_}")
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    sent = digit_page.page.evaluate("sent")
    if type_ in SERVED_AS_THEY_ARE:
        assert sent["type"] == f"image/{type_}"
        assert bytes(sent["bytes"]) == content
    else:
        assert sent["type"] in ("image/png", "image/jpeg")


@pytest.mark.parametrize("name", ["seven.jpg", "seven"])
def test_the_content_of_a_file_decides_its_type_not_its_name(digit_page: DigitPage, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(drawings.seven())
    digit_page.page.set_input_files("#image", tmp_path / name)
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"


def test_an_image_with_more_pixels_than_the_server_takes_is_reduced(digit_page: DigitPage) -> None:
    content = drawings.encoded(drawings.drawing(drawings.SEVEN).convert("1").resize((9000, 9000)))
    assert len(content) < 1024 * 1024
    digit_page.open_image(content)
    assert digit_page.wait_for("digit", "failure") == "digit", digit_page.read()
    assert digit_page.top_digit == "7"


def test_an_image_that_is_reduced_keeps_its_transparency(open_page: OpenPage) -> None:
    """White ink on nothing would be white on white."""
    digit_page = open_page(before=lambda page: page.add_init_script(KEEP_SENT_IMAGE))
    wide = Image.new("RGBA", (4200, 280))
    wide.paste(drawings.drawing(drawings.SEVEN, ink=(255, 255, 255, 255), paper=(0, 0, 0, 0), mode="RGBA"), (2000, 0))
    digit_page.open_image(drawings.encoded(wide))
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    with Image.open(io.BytesIO(bytes(digit_page.page.evaluate("sent")["bytes"]))) as sent:
        assert max(sent.size) == 1024
        assert sent.getchannel("A").getextrema() == (0, 255)


def test_an_image_that_is_too_large_for_the_server_is_reduced(digit_page: DigitPage) -> None:
    large = drawings.drawing(drawings.SEVEN).resize((1200, 1200)).convert("RGB")
    grain = Image.merge("RGB", [Image.effect_noise(large.size, 40) for _ in range(3)])
    content = drawings.encoded(Image.blend(large, grain, 0.1))
    assert len(content) > 1024 * 1024
    digit_page.open_image(content)
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"


UNREADABLE = {
    "notes.png": (b"not an image", "This is text, not an image"),
    "notes.heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(60), "This browser can’t open HEIC images"),
    "notes.jpg": (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avif" + bytes(60), "This browser can’t open AVIF images"),
    "scan.tif": (drawings.encoded(drawings.drawing(drawings.SEVEN), "TIFF"), "This browser can’t open TIFF images"),
    "scan.pdf": (drawings.encoded(drawings.drawing(drawings.SEVEN), "PDF"), "A PDF is not an image"),
    "broken.png": (drawings.seven()[:20], "This PNG image can’t be read"),
    "broken.svg": (b"<svg xmlns='http://www.w3.org/2000/svg'><path", "This SVG image can’t be read"),
    "program.bin": (bytes(range(256)), "This file is not an image"),
    "empty.png": (b"", "This file is not an image"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_opened_gets_a_sentence_and_leaves_the_drawing(
    digit_page: DigitPage, tmp_path: Path, name: str
) -> None:
    content, headline = UNREADABLE[name]
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    requests = requests_of(digit_page.page)
    ink = digit_page.ink
    (tmp_path / name).write_bytes(content)
    digit_page.page.set_input_files("#image", tmp_path / name)
    assert headline in digit_page.read("failure")
    assert digit_page.text("detail")
    digit_page.wait_for_announcement(headline)
    assert requests == []
    assert digit_page.ink == ink
    assert digit_page.page.get_by_alt_text(ALT_TEXT).count() == 0


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
    digit_page.press("New digit")
    assert digit_page.state == "empty"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).count() == 0


TRANSFER = """([type, property, items]) => {
    const transfer = new DataTransfer();
    for (const [format, text] of items) transfer.setData(format, text);
    const Constructor = type === "paste" ? ClipboardEvent : DragEvent;
    const event = new Constructor(type, { [property]: transfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
}"""


@pytest.mark.parametrize(("event", "property_"), [("paste", "clipboardData"), ("drop", "dataTransfer")])
@pytest.mark.parametrize(
    ("items", "headline"),
    [
        ([["text/plain", "seven"]], "This is text, not an image"),
        ([["text/plain", "https://example.org/7.png"]], "A link can’t be opened"),
        ([["text/uri-list", "https://example.org/7.png"], ["text/plain", "seven"]], "A link can’t be opened"),
    ],
)
def test_text_or_a_link_gets_a_sentence(
    digit_page: DigitPage, event: str, property_: str, items: list[list[str]], headline: str
) -> None:
    digit_page.page.evaluate(TRANSFER, [event, property_, items])
    assert headline in digit_page.read("failure")


def test_dragging_shows_where_to_drop_until_it_ends(digit_page: DigitPage) -> None:
    frame = digit_page.page.locator("#canvas-frame")
    outline = "frame => getComputedStyle(frame).outlineStyle"
    words = "frame => getComputedStyle(frame, '::after').content"
    for end in ("dragleave", "drop", "dragend"):
        digit_page.page.evaluate(TRANSFER, ["dragover", "dataTransfer", [["text/plain", "seven"]]])
        assert frame.evaluate(outline) == "dashed"
        assert "drop" in frame.evaluate(words)
        digit_page.page.evaluate(TRANSFER, [end, "dataTransfer", []])
        assert frame.evaluate(outline) == "none"
        assert frame.evaluate(words) == "none"


def test_drawing_replaces_an_opened_image(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.one())
    digit_page.wait_for("digit")
    digit_page.draw(SEVEN)
    digit_page.read()
    assert digit_page.top_digit == "7"
    assert digit_page.page.get_by_alt_text(ALT_TEXT).count() == 0
