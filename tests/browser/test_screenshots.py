"""The pictures in README. `SCREENSHOTS=docs make test` renews them; without it they go to a temporary folder."""

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import DigitPage
from tests.browser.handwriting import Digit
from tools.stack import ROOT

DESKTOP = {"viewport": {"width": 1200, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
SHOTS: dict[str, dict[str, Any]] = {
    "screenshot": {**DESKTOP, "color_scheme": "light"},
    "screenshot-dark": {**DESKTOP, "color_scheme": "dark"},
    "screenshot-phone": {**PHONE, "color_scheme": "light"},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    wanted = os.environ.get("SCREENSHOTS")
    if not wanted:
        return tmp_path
    (ROOT / wanted).mkdir(exist_ok=True)
    return ROOT / wanted


@pytest.mark.parametrize("name", SHOTS)
def test_a_screenshot_shows_a_drawing_and_its_answer(
    open_page: OpenPage, unseen_digits: list[Digit], folder: Path, name: str
) -> None:
    sheet = open_page(**SHOTS[name])
    seven = next(digit for digit in unseen_digits if digit.label == "7" and len(digit.strokes) == 2)
    sheet.draw(seven.placed(size=0.68))
    sheet.wait_for("digit")
    assert sheet.top_digit == "7"
    sheet.page.wait_for_timeout(600)  # until the bars have grown
    sheet.page.screenshot(path=folder / f"{name}.png")
    assert_looks_like_the_page(folder / f"{name}.png", sheet)


def assert_looks_like_the_page(path: Path, sheet: DigitPage) -> None:
    """A blank or half-drawn page has hardly any contrast."""
    with Image.open(path) as picture:
        size = sheet.page.viewport_size
        assert size is not None
        assert picture.width % size["width"] == 0
        assert ImageStat.Stat(picture.convert("L")).stddev[0] > 20
