"""The screenshots in README. `SCREENSHOTS=docs make test` renews them; otherwise they go to a temporary folder."""

import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageStat

from tests.browser.conftest import OpenPage
from tests.browser.handwriting import Digit
from tools.stack import ROOT

DESKTOP = {"viewport": {"width": 1200, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True}
SCREENSHOTS: dict[str, dict[str, Any]] = {
    "screenshot": {**DESKTOP, "color_scheme": "light"},
    "screenshot-dark": {**DESKTOP, "color_scheme": "dark"},
    "screenshot-phone": {**PHONE, "color_scheme": "light"},
}
FINISH_ANIMATIONS = "Promise.all(document.getAnimations().map((animation) => animation.finished)).then(() => null)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    target = os.environ.get("SCREENSHOTS")
    if not target:
        return tmp_path
    (ROOT / target).mkdir(exist_ok=True)
    return ROOT / target


@pytest.mark.parametrize("name", SCREENSHOTS)
def test_a_screenshot_shows_a_drawing_and_its_answer(
    open_page: OpenPage, unseen_digits: list[Digit], folder: Path, name: str
) -> None:
    digit_page = open_page(**SCREENSHOTS[name])
    seven = next(digit for digit in unseen_digits if digit.label == "7" and len(digit.strokes) == 2)
    digit_page.draw(seven.placed(size=0.68))
    digit_page.wait_for("digit")
    assert digit_page.top_digit == "7"
    digit_page.page.evaluate(FINISH_ANIMATIONS)
    digit_page.page.screenshot(path=folder / f"{name}.png")
    with Image.open(folder / f"{name}.png") as image:
        assert image.width % SCREENSHOTS[name]["viewport"]["width"] == 0
        # A blank or half-drawn page has hardly any contrast.
        assert ImageStat.Stat(image.convert("L")).stddev[0] > 20
