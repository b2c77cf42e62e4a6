"""The image that the page sends: it is small, and the network's input is the same as from the whole canvas."""

import base64
import io
import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from PIL import Image

from benchmarks.samples import drawings
from handler.preprocessing import preprocess
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.handwriting import Digit, Point, Stroke, sample

LONGER_SIDE = 84  # pixels: 80 of ink, a margin of 2 around it
MAX_BYTES = 1600

# Playwright cannot read a blob that Chromium sends.
KEEP_SENT_IMAGE = """
    const send = window.fetch;
    window.fetch = async (address, request) => {
        const bytes = new Uint8Array(await request.body.arrayBuffer());
        window.sent = { type: request.headers["Content-Type"], bytes: [...bytes] };
        return send(address, request);
    };
"""

IN_BASE64 = "async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())))"
RENDER_IMAGE = f"""async (strokes) => {{
    const {{ renderImage }} = await import("/page.js");
    return ({IN_BASE64})(await renderImage(strokes));
}}"""
RENDER_CANVAS = f"""async ([strokes, side]) => {{
    const {{ drawInk }} = await import("/page.js");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, side, side);
    drawInk(context, strokes, side, "black");
    return ({IN_BASE64})(await new Promise((resolve) => canvas.toBlob(resolve)));
}}"""


def sent_image(digit_page: DigitPage, strokes: Sequence[Stroke]) -> bytes:
    """Return the image that the page would send of these strokes, in fractions of the canvas side."""
    return base64.b64decode(digit_page.page.evaluate(RENDER_IMAGE, strokes))


def whole_canvas(digit_page: DigitPage, strokes: Sequence[Stroke], side: int) -> bytes:
    """Return the whole canvas, drawn by the page on side × side pixels, as Chromium encodes it."""
    return base64.b64decode(digit_page.page.evaluate(RENDER_CANVAS, [strokes, side]))


def scaled(strokes: Sequence[Stroke], size: float, center: Point = (0.5, 0.5)) -> list[Stroke]:
    return [[(center[0] + (x - 0.5) * size, center[1] + (y - 0.5) * size) for x, y in stroke] for stroke in strokes]


def size_of(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def difference(one: bytes, other: bytes) -> float:
    """Return how much of the ink differs between the network's inputs, as a fraction."""
    a, b = preprocess(one).astype(int), preprocess(other).astype(int)
    return float(np.abs(a - b).sum() / b.sum())


def chunks_of(png: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield type and data of each chunk of a PNG, and check the checksums."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert png[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(kind + data))
        yield kind.decode(), data
        at += 12 + length


def format_of(png: bytes) -> tuple[bytes, set[int]]:
    """Return a PNG's header without its size, and the filters of its rows."""
    chunks = list(chunks_of(png))
    header, rows = chunks[0][1], zlib.decompress(b"".join(data for kind, data in chunks if kind == "IDAT"))
    return header[8:], set(rows[:: len(rows) // struct.unpack(">I", header[4:8])[0]])


def test_the_drawing_is_sent_as_a_small_grayscale_png_black_on_white_in_every_theme(open_page: OpenPage) -> None:
    images = []
    for scheme in ("light", "dark"):
        digit_page = open_page(before=lambda page: page.add_init_script(KEEP_SENT_IMAGE), color_scheme=scheme)
        digit_page.draw(SEVEN)
        digit_page.read()
        sent = digit_page.page.evaluate("sent")
        png = bytes(sent["bytes"])
        assert sent["type"] == "image/png"
        assert [kind for kind, _ in chunks_of(png)] == ["IHDR", "IDAT", "IEND"]
        image = Image.open(io.BytesIO(png))
        assert image.mode == "L"
        assert max(image.size) == LONGER_SIDE
        assert len(png) < MAX_BYTES
        images.append(np.asarray(image))
    light, dark = images
    assert (light == dark).all()
    assert light.min() == 0
    for edge in (light[:2], light[-2:], light[:, :2].T, light[:, -2:].T):
        assert (edge == 255).all()


def test_real_digits_of_any_size_are_small_uploads_with_the_same_network_input(
    digit_page: DigitPage, unseen_digits: list[Digit]
) -> None:
    differences = {}
    for size in (0.15, 0.4, 0.85):
        uploads, canvases = [], []
        for digit in sample(unseen_digits, 20, seed=5):
            strokes = digit.placed(size=size)
            uploads.append(sent_image(digit_page, strokes))
            canvases.append(whole_canvas(digit_page, strokes, 560))
        assert {max(size_of(upload)) for upload in uploads} == {LONGER_SIDE}
        assert max(map(len, uploads)) < MAX_BYTES
        differences[size] = float(np.median(list(map(difference, uploads, canvases))))
    print("Fraction of the ink that differs from a canvas of 560 pixels:", differences)
    assert max(differences.values()) < 0.06


def test_the_position_on_the_canvas_makes_no_difference(digit_page: DigitPage) -> None:
    middle = sent_image(digit_page, scaled(SEVEN, 0.5))
    for center in ((0.3, 0.3), (0.613, 0.377), (0.7, 0.7)):
        assert difference(sent_image(digit_page, scaled(SEVEN, 0.5, center)), middle) < 0.005


def test_small_and_large_digits_are_recognized_alike(digit_page: DigitPage) -> None:
    """Their network inputs differ by the relative pen width only: the pen is the same for both."""
    small, large = (sent_image(digit_page, scaled(SEVEN, size)) for size in (0.6, 1.2))
    assert max(size_of(small)) == max(size_of(large)) == LONGER_SIDE
    ink_small, ink_large = (preprocess(png) > 127 for png in (small, large))
    assert (ink_small & ink_large).sum() > 0.8 * ink_large.sum()
    for size in (0.3, 1.2):
        digit_page.draw(scaled(SEVEN, size))
        digit_page.read()
        assert digit_page.top_digit == "7"
        digit_page.canvas.press("Escape")


def test_a_straight_line_is_as_wide_as_the_pen(digit_page: DigitPage) -> None:
    upright = sent_image(digit_page, ONE)
    lying = sent_image(digit_page, [[(y, x) for x, y in stroke] for stroke in ONE])
    width = round(80 * (15 / 280) / (0.6 + 15 / 280)) + 4
    assert size_of(upright) == (width, LONGER_SIDE)
    assert size_of(lying) == (LONGER_SIDE, width)
    digit_page.draw(ONE)
    digit_page.read()
    assert digit_page.top_digit == "1"
    digit_page.canvas.press("Escape")
    digit_page.draw([[(y, x) for x, y in stroke] for stroke in ONE])
    digit_page.read()
    assert digit_page.state == "not_a_digit"


@pytest.mark.parametrize("position", [(0.5, 0.5), (0.003, 0.4), (0.994, 0.3), (0.6, 0.004), (0.003, 0.994)])
def test_a_tap_is_not_a_digit_anywhere_on_the_canvas(digit_page: DigitPage, position: Point) -> None:
    digit_page.draw([[position]])
    digit_page.read()
    assert digit_page.state == "not_a_digit"


def test_ink_outside_the_canvas_is_not_sent(digit_page: DigitPage) -> None:
    outside = sent_image(digit_page, [[(0.4, 0.5), (5.0, 0.5), (5.0, 0.52), (0.4, 0.52)]])
    assert size_of(outside) == size_of(sent_image(digit_page, [[(0.4, 0.5), (1.0, 0.5), (1.0, 0.52), (0.4, 0.52)]]))


def test_benchmarks_send_what_chromium_sends(digit_page: DigitPage) -> None:
    page = sent_image(digit_page, SEVEN)
    assert all(format_of(image) == format_of(page) for _, image in drawings())
    data = dict(chunks_of(page))["IDAT"]
    assert data == zlib.compress(zlib.decompress(data), 6)
