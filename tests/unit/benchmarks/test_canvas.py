"""The drawings that load tests and benchmarks send are what the page sends, so far as files can tell."""

import io
import random
import re

import numpy as np
import pytest
from PIL import Image, ImageOps

from benchmarks.canvas import INK_SIDE, MARGIN, PEN, canvas_png, page_png
from handler.preprocessing.pipeline import preprocess
from tools.stack import ROOT

INK = (ROOT / "web" / "public" / "scripts" / "ink.js").read_text("utf-8")


def constant(name: str) -> str:
    """Return what a constant of ink.js is set to."""
    found = re.search(rf"const {name} = ([^;]+);", INK)
    assert found is not None, name
    return found[1]


def test_pen_size_and_margin_are_those_of_the_page() -> None:
    assert (int(constant("INK_SIDE")), int(constant("MARGIN"))) == (INK_SIDE, MARGIN)
    pen, sheet = map(int, constant("PEN_WIDTH").split("/"))
    assert pytest.approx(pen / sheet) == PEN


@pytest.mark.parametrize("digit", range(10))
def test_page_drawing_is_grey_and_cropped_to_its_ink(digit: int) -> None:
    for seed in range(5):
        picture = Image.open(io.BytesIO(page_png(digit, random.Random(seed))))
        assert picture.mode == "L"
        assert max(picture.size) == INK_SIDE + 2 * MARGIN
        left, top, right, bottom = ImageOps.invert(picture).getbbox() or (0, 0, 0, 0)
        gaps = (left, top, picture.width - right, picture.height - bottom)
        assert MARGIN - 1 <= min(gaps) <= max(gaps) <= MARGIN + 2, gaps


def test_canvas_drawing_is_a_whole_opaque_canvas() -> None:
    picture = Image.open(io.BytesIO(canvas_png(7, random.Random(1))))
    assert (picture.mode, picture.size) == ("RGBA", (280, 280))
    assert picture.getchannel("A").getextrema() == (255, 255)


def test_page_and_canvas_show_the_same_drawing() -> None:
    for digit in range(10):
        page, canvas = page_png(digit, random.Random(digit)), canvas_png(digit, random.Random(digit))
        one, other = (preprocess(png) > 127 for png in (page, canvas))
        shifted = [np.roll(one, (dy, dx), axis=(0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
        assert max((each & other).sum() / (each | other).sum() for each in shifted) > 0.65, digit
