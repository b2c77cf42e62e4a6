"""The image that the page sends is the picture of a canvas, and no canvas is read: private browsers scramble those."""

import base64
import io
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.handwriting import Digit, Stroke, sample
from tests.browser.test_upload import IN_BASE64, sent_image

# The reference: the same frame, drawn and read by Chromium. It draws curves as polygons that may be a quarter of a
# pixel away, which is little at this multiple of the size.
SCALE = 8
RENDER_BY_CANVAS = f"""async ([strokes, width, height, scale]) => {{
    const {{ canvasInImage, drawInk }} = await import("/page.js");
    const canvas = Object.assign(document.createElement("canvas"), {{ width: width * scale, height: height * scale }});
    const context = canvas.getContext("2d", {{ alpha: false, willReadFrequently: true }});
    context.fillStyle = "white";
    context.fillRect(0, 0, canvas.width, canvas.height);
    const [left, top, side] = canvasInImage(strokes).map((pixels) => pixels * scale);
    context.translate(left, top);
    drawInk(context, strokes, side, "black");
    return ({IN_BASE64})(await new Promise((resolve) => canvas.toBlob(resolve)));
}}"""

# What Firefox does with privacy.resistFingerprinting: every pixel that is read is random.
SCRAMBLE_CANVASES = """
    const random = () => Math.floor(256 * Math.random());
    for (const Context of [CanvasRenderingContext2D, OffscreenCanvasRenderingContext2D]) {
        Context.prototype.getImageData = (x, y, width, height) =>
            new ImageData(Uint8ClampedArray.from({ length: 4 * width * height }, random), width, height);
    }
    HTMLCanvasElement.prototype.toBlob = (callback) => callback(new Blob([Uint8Array.from({ length: 500 }, random)]));
"""


Pixels = npt.NDArray[np.float64]


def gray(png: bytes) -> Pixels:
    return np.asarray(Image.open(io.BytesIO(png)).convert("L")).astype(float)


def by_canvas(digit_page: DigitPage, strokes: Sequence[Stroke], shape: tuple[int, ...]) -> Pixels:
    """Return the picture that Chromium draws, averaged from a larger one."""
    height, width = shape
    large = gray(base64.b64decode(digit_page.page.evaluate(RENDER_BY_CANVAS, [strokes, width, height, SCALE])))
    averaged: Pixels = large.reshape(height, SCALE, width, SCALE).mean((1, 3))
    return averaged


def test_the_image_is_the_picture_of_a_canvas(digit_page: DigitPage, unseen_digits: list[Digit]) -> None:
    differences = []
    shapes = [[[(0.5, 0.5)]], [[(0.2, 0.3), (0.8, 0.3)]], [[(0.3, 0.2), (0.7, 0.8)]], SEVEN]
    for strokes in shapes + [digit.placed(size=size) for size in (0.2, 0.8) for digit in sample(unseen_digits, 20, 7)]:
        sent = gray(sent_image(digit_page, strokes))
        differences.append(np.abs(sent - by_canvas(digit_page, strokes, sent.shape)).ravel())
    levels = np.concatenate(differences)
    above = {level: f"{(levels > level).mean():.3%}" for level in (2, 4, 8, 12)}
    print(f"Gray levels from Chromium's canvas: mean {levels.mean():.3f}, at most {levels.max():.0f}, above {above}.")
    assert levels.mean() < 0.2
    assert (levels > 12).mean() < 0.001


def test_a_private_browser_that_scrambles_canvases_recognizes_drawings(open_page: OpenPage) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script(SCRAMBLE_CANVASES))
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()
