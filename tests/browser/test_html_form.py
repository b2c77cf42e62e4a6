"""The HTML form in docs/api.md works as it stands there."""

import re

from playwright.sync_api import Browser

from tools.stack import ROOT, Stack


def test_form_shows_the_answer(stack: Stack, browser: Browser) -> None:
    [form] = re.findall(
        r"^```html\n(.*?)^```$", (ROOT / "docs" / "api.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    page = browser.new_page()
    page.set_content(form.replace("http://localhost:8000", stack.url))
    page.set_input_files("input", ROOT / "docs" / "seven.png")
    with page.expect_navigation() as navigation:
        page.click("button")
    assert navigation.value.json()["digit"] == 7
    page.close()
