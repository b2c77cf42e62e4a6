"""What the page makes of a drawing and sends: small, and to the network the same as the drawing itself."""

import base64
import io
import struct
import zlib
from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from PIL import Image

from benchmarks.samples import drawings
from handler.preprocessing.pipeline import preprocess
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.handwriting import Digit, Point, Stroke, sample

LONGER_SIDE = 84  # pixels: 80 of ink, a margin of 2 around it
MAX_BYTES = 1600

# Chromium tells nobody outside what is in a blob that it sends.
KEEP_WHAT_IS_SENT = """
    const send = window.fetch;
    window.fetch = async (address, request) => {
        const bytes = new Uint8Array(await request.body.arrayBuffer());
        window.sent = { type: request.headers["Content-Type"], bytes: [...bytes] };
        return send(address, request);
    };
"""

IN_BASE64 = "async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())))"
PICTURE_OF = f"""async (strokes) => {{
    const {{ pictureOf }} = await import("/scripts/ink.js");
    return ({IN_BASE64})(await pictureOf(strokes));
}}"""
CANVAS_OF = f"""async ([strokes, side]) => {{
    const {{ drawInk }} = await import("/scripts/ink.js");
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    context.fillStyle = "white";
    context.fillRect(0, 0, side, side);
    drawInk(context, strokes, side, "black");
    return ({IN_BASE64})(await new Promise((resolve) => canvas.toBlob(resolve)));
}}"""


def picture_of(sheet: DigitPage, strokes: Sequence[Stroke]) -> bytes:
    """Return what the page would send of these strokes, in shares of the sheet's side."""
    return base64.b64decode(sheet.page.evaluate(PICTURE_OF, strokes))


def canvas_of(sheet: DigitPage, strokes: Sequence[Stroke], side: int) -> bytes:
    """Return the whole sheet as the page's own ink shows it, on so many pixels, as Chromium encodes a canvas."""
    return base64.b64decode(sheet.page.evaluate(CANVAS_OF, [strokes, side]))


def scaled(strokes: Sequence[Stroke], size: float, centre: Point = (0.5, 0.5)) -> list[Stroke]:
    return [[(centre[0] + (x - 0.5) * size, centre[1] + (y - 0.5) * size) for x, y in stroke] for stroke in strokes]


def size_of(png: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(png)).size


def difference(one: bytes, other: bytes) -> float:
    """Return the ink in which the judged pictures differ, as a share of all."""
    a, b = preprocess(one).astype(int), preprocess(other).astype(int)
    return float(np.abs(a - b).sum() / b.sum())


def chunks_of(png: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the kind and the data of each chunk of a PNG whose checksums are right."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert png[at + 8 + length : at + 12 + length] == struct.pack(">I", zlib.crc32(kind + data))
        yield kind.decode(), data
        at += 12 + length


def form_of(png: bytes) -> tuple[bytes, set[int]]:
    """Return a PNG's header but its size, and the filters of its rows."""
    chunks = list(chunks_of(png))
    header, rows = chunks[0][1], zlib.decompress(b"".join(data for kind, data in chunks if kind == "IDAT"))
    return header[8:], set(rows[:: len(rows) // struct.unpack(">I", header[4:8])[0]])


def test_the_drawing_is_sent_as_a_small_grey_png_black_on_white_whatever_the_theme(open_page: OpenPage) -> None:
    pictures = []
    for scheme in ("light", "dark"):
        sheet = open_page(before=lambda page: page.add_init_script(KEEP_WHAT_IS_SENT), color_scheme=scheme)
        sheet.draw(SEVEN)
        sheet.read()
        sent = sheet.page.evaluate("sent")
        png = bytes(sent["bytes"])
        assert sent["type"] == "image/png"
        assert [kind for kind, _ in chunks_of(png)] == ["IHDR", "IDAT", "IEND"]
        picture = Image.open(io.BytesIO(png))
        assert picture.mode == "L"
        assert max(picture.size) == LONGER_SIDE
        assert len(png) < MAX_BYTES
        pictures.append(np.asarray(picture))
    light, dark = pictures
    assert (light == dark).all()
    assert light.min() == 0
    for edge in (light[:2], light[-2:], light[:, :2].T, light[:, -2:].T):
        assert (edge == 255).all()


def test_real_digits_of_any_size_are_small_uploads_that_show_the_network_the_drawing(
    sheet: DigitPage, unseen_digits: list[Digit]
) -> None:
    differences = {}
    for size in (0.15, 0.4, 0.85):
        uploads, canvases = [], []
        for digit in sample(unseen_digits, 20, seed=5):
            strokes = digit.placed(size=size)
            uploads.append(picture_of(sheet, strokes))
            canvases.append(canvas_of(sheet, strokes, 560))
        assert {max(size_of(upload)) for upload in uploads} == {LONGER_SIDE}
        assert max(map(len, uploads)) < MAX_BYTES
        differences[size] = float(np.median(list(map(difference, uploads, canvases))))
    print("Ink that differs from a canvas of 560:", differences)
    assert max(differences.values()) < 0.06


def test_the_place_on_the_sheet_makes_no_difference(sheet: DigitPage) -> None:
    middle = picture_of(sheet, scaled(SEVEN, 0.5))
    for centre in ((0.3, 0.3), (0.613, 0.377), (0.7, 0.7)):
        assert difference(picture_of(sheet, scaled(SEVEN, 0.5, centre)), middle) < 0.005


def test_a_small_digit_and_a_large_one_are_read_alike(sheet: DigitPage) -> None:
    """To the network they differ by the pen, which is the same for both."""
    small, large = (picture_of(sheet, scaled(SEVEN, size)) for size in (0.6, 1.2))
    assert max(size_of(small)) == max(size_of(large)) == LONGER_SIDE
    ink_small, ink_large = (preprocess(png) > 127 for png in (small, large))
    assert (ink_small & ink_large).sum() > 0.8 * ink_large.sum()
    for size in (0.3, 1.2):
        sheet.draw(scaled(SEVEN, size))
        sheet.read()
        assert sheet.top_digit == "7"
        sheet.canvas.press("Escape")


def test_a_straight_line_is_as_wide_as_the_pen(sheet: DigitPage) -> None:
    upright = picture_of(sheet, ONE)
    lying = picture_of(sheet, [[(y, x) for x, y in stroke] for stroke in ONE])
    width = round(80 * (15 / 280) / (0.6 + 15 / 280)) + 4
    assert size_of(upright) == (width, LONGER_SIDE)
    assert size_of(lying) == (LONGER_SIDE, width)
    sheet.draw(ONE)
    sheet.read()
    assert sheet.top_digit == "1"
    sheet.canvas.press("Escape")
    sheet.draw([[(y, x) for x, y in stroke] for stroke in ONE])
    sheet.read()
    assert sheet.state == "not_a_digit"


@pytest.mark.parametrize("place", [(0.5, 0.5), (0.003, 0.4), (0.994, 0.3), (0.6, 0.004), (0.003, 0.994)])
def test_a_tap_is_no_digit_wherever_it_is(sheet: DigitPage, place: Point) -> None:
    sheet.draw([[place]])
    sheet.read()
    assert sheet.state == "not_a_digit"


def test_what_is_drawn_outside_the_sheet_is_not_sent(sheet: DigitPage) -> None:
    outside = picture_of(sheet, [[(0.4, 0.5), (5.0, 0.5), (5.0, 0.52), (0.4, 0.52)]])
    assert size_of(outside) == size_of(picture_of(sheet, [[(0.4, 0.5), (1.0, 0.5), (1.0, 0.52), (0.4, 0.52)]]))


def test_benchmarks_send_what_chromium_sends(sheet: DigitPage) -> None:
    page = picture_of(sheet, SEVEN)
    assert all(form_of(image) == form_of(page) for _, image in drawings())
    data = dict(chunks_of(page))["IDAT"]
    assert data == zlib.compress(zlib.decompress(data), 6)
