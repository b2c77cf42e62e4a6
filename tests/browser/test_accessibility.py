"""axe-core finds nothing, in any theme and state."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import answering, recognition, refusing
from tools.stack import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STATES = {
    "empty": None,
    "digit": answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02)),
    "unsure": answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)),
    "not_a_digit": answering(recognition("not_a_digit", d2=0.6, d3=0.4)),
    "failure": refusing(500),
}


def faults(page: Page) -> list[str]:
    """Run axe with every rule, best practices too, and return what it finds."""
    page.evaluate(AXE.read_text("utf-8"))  # through the debugger, which the page's policy does not bind
    found = page.evaluate("axe.run()")
    assert len(found["passes"]) > 20
    return [
        f"{fault['id']}: {fault['help']}: {json.dumps([node['html'] for node in fault['nodes']])}"
        for fault in found["violations"]
    ]


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_either_theme(open_page: OpenPage, state: str) -> None:
    sheet = open_page(before=STATES[state], reduced_motion="reduce")
    sheet.page.locator("summary").click()
    if state != "empty":
        sheet.draw(SEVEN)
    assert sheet.wait_for(state) == state
    for scheme in THEMES:
        sheet.page.emulate_media(color_scheme=scheme)
        assert faults(sheet.page) == [], scheme


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_nothing_with_forced_colours_and_on_a_small_phone(
    open_page: OpenPage, options: dict[str, object]
) -> None:
    sheet = open_page(before=STATES["digit"], reduced_motion="reduce", **options)
    sheet.draw(SEVEN)
    sheet.wait_for("digit")
    assert faults(sheet.page) == []


def test_forced_colours_leave_ink_and_bars_to_be_seen(open_page: OpenPage) -> None:
    sheet = open_page(before=STATES["digit"], forced_colors="active", reduced_motion="reduce")
    sheet.draw(SEVEN)
    sheet.wait_for("digit")
    canvas, page_, bar = sheet.page.evaluate("""() => [
        getComputedStyle(canvas).color,
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('[data-rank="1"] .ink')).backgroundColor,
    ]""")
    assert canvas != page_
    assert bar != page_


def test_the_answer_can_be_read_without_seeing_it(open_page: OpenPage) -> None:
    sheet = open_page(before=STATES["digit"])
    sheet.draw(SEVEN)
    sheet.wait_for("digit")
    tree = sheet.page.locator("#answer").aria_snapshot()
    for words in ("It’s a 7", "95.0 % sure", "7 : 95.0 %", "2 : 2.0 %", "The drawing as the network sees it"):
        assert words in tree, tree


def test_there_is_one_live_region_and_it_is_polite(sheet: DigitPage) -> None:
    regions = sheet.page.locator("[aria-live], [role=status], [role=alert], [role=log], output")
    assert regions.count() == 1
    assert regions.get_attribute("role") == "status"


def test_the_canvas_has_a_name_and_says_how_to_draw_by_keyboard(sheet: DigitPage) -> None:
    canvas = sheet.page.get_by_role("application", name="Drawing sheet")
    described_by = canvas.get_attribute("aria-describedby")
    words = sheet.page.locator(f"#{described_by}").text_content() or ""
    for key in ("Arrow keys", "Space", "Enter", "Esc", "Ctrl"):
        assert key in words
