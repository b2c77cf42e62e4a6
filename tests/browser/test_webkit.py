"""The main flow in WebKitGTK, whose engine is Safari's, light and dark."""

import shutil

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser.digit_page import SEVEN
from tests.browser.webkit import webkit
from tools.stack import ROOT

ENVIRONMENTS = {"light": {"GTK_THEME": "Adwaita"}, "dark": {"GTK_THEME": "Adwaita:dark"}}


@pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")  # within selenium
@pytest.mark.parametrize("kind", ENVIRONMENTS)
def test_mouse_keyboard_and_file_are_recognized_in_webkit(address: str, kind: str) -> None:
    if not shutil.which("WebKitWebDriver") or not shutil.which("Xvfb"):
        pytest.skip("there is no WebKitWebDriver or no Xvfb; `make test` installs them")
    with webkit(f"{address}/", ENVIRONMENTS[kind]) as browser:
        assert browser.is_dark is (kind == "dark")
        browser.draw(SEVEN[0])
        browser.wait_for_headline("It’s a 7")
        browser.press(Keys.ESCAPE)
        browser.wait_for_headline("Nothing drawn yet")
        browser.press(*[Keys.ARROW_UP] * 8, Keys.SPACE, *[Keys.ARROW_DOWN] * 16, Keys.SPACE)
        browser.wait_for_headline("It’s a 1")
        browser.open_file(ROOT / "docs" / "seven.png")
        browser.wait_for_headline("It’s a 7")
        assert browser.errors == []
