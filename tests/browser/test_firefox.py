"""The main flow in a real Firefox: dark, and with the protection against fingerprinting that scrambles a canvas."""

import shutil
from pathlib import Path

import pytest

from tests.browser.digit_page import SEVEN
from tests.browser.firefox import firefox
from tools.stack import ROOT

PREFERENCES: dict[str, dict[str, object]] = {
    "dark": {"ui.systemUsesDarkTheme": 1},
    "private": {"privacy.resistFingerprinting": True},
}
HEADLINE = "document.getElementById('headline').innerText"
IS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


@pytest.fixture
def executable() -> str:
    """Return the path of the system's Firefox, or skip with the reason."""
    path = shutil.which("firefox-esr")
    if path is None:
        pytest.skip("there is no firefox-esr; on Debian, `make test` installs it")
    return path


@pytest.mark.parametrize("kind", PREFERENCES)
def test_mouse_keyboard_and_file_are_recognized_in_firefox(
    executable: str, address: str, tmp_path: Path, kind: str
) -> None:
    with firefox(executable, f"{address}/", tmp_path, PREFERENCES[kind]) as browser:
        assert browser.evaluate(IS_DARK) is (kind == "dark")
        browser.draw(SEVEN[0])
        browser.wait_for(HEADLINE, "It’s a 7")
        browser.press(["Escape"])
        browser.wait_for(HEADLINE, "Nothing drawn yet")
        browser.press(["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16 + ["Space"])
        browser.wait_for(HEADLINE, "It’s a 1")
        browser.open_file(ROOT / "docs" / "seven.png")
        browser.wait_for(HEADLINE, "It’s a 7")
        assert browser.log == []
