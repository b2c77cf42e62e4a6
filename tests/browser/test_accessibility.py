"""axe-core finds no violation in any theme and state, and the page works with a screen reader."""

import json
import re
from typing import Literal

import pytest
from playwright.sync_api import Page

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import answering, recognition, refusing
from tests.browser.test_sight import show
from tests.browser.written_numbers import written
from tools.stack import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
STATES = {
    "empty": None,
    "digit": answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02)),
    "unsure": answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)),
    "not_a_digit": answering(recognition("not_a_digit", d2=0.6, d3=0.4)),
    "failure": refusing(500),
    "tentative": answering(recognition("digit", d7=0.95, d1=0.03, d2=0.02)),
}


def violations(page: Page) -> list[str]:
    """Run axe with every rule, best practices included."""
    page.evaluate(AXE.read_text("utf-8"))  # through the debugger, to which the page's security policy does not apply
    result = page.evaluate("axe.run()")
    assert len(result["passes"]) > 20
    return [
        f"{found['id']}: {found['help']}: {json.dumps([node['html'] for node in found['nodes']])}"
        for found in result["violations"]
    ]


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_no_violation_in_either_theme(open_page: OpenPage, state: str) -> None:
    digit_page = open_page(before=STATES[state], reduced_motion="reduce")
    digit_page.page.get_by_text("Keyboard", exact=True).click()
    if state != "empty":
        show(digit_page, state)
    for scheme in THEMES:
        digit_page.page.emulate_media(color_scheme=scheme)
        assert violations(digit_page.page) == [], scheme


def test_axe_finds_no_violation_in_either_theme_beside_a_number_and_earlier_drawings(open_page: OpenPage) -> None:
    digit_page = open_page(reduced_motion="reduce")
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    digit_page.press("New digit")
    digit_page.open_image(drawings.encoded(written("2026")[0]))
    digit_page.wait_for("number")
    for scheme in THEMES:
        digit_page.page.emulate_media(color_scheme=scheme)
        assert violations(digit_page.page) == [], scheme


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"viewport": {"width": 320, "height": 640}}])
def test_axe_finds_no_violation_with_forced_colors_and_on_a_small_phone(
    open_page: OpenPage, options: dict[str, object]
) -> None:
    digit_page = open_page(before=STATES["digit"], reduced_motion="reduce", **options)
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    assert violations(digit_page.page) == []


def test_forced_colors_keep_ink_and_bars_visible(open_page: OpenPage) -> None:
    digit_page = open_page(before=STATES["digit"], forced_colors="active", reduced_motion="reduce")
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    ink, background, bar = digit_page.page.evaluate("""() => [
        getComputedStyle(canvas).color,
        getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('[data-rank="1"] .fill')).backgroundColor,
    ]""")
    assert ink != background
    assert bar != background


def test_a_screen_reader_can_read_the_answer(open_page: OpenPage) -> None:
    digit_page = open_page(before=STATES["digit"])
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    tree = digit_page.page.locator("#answer").aria_snapshot()
    for words in ("It’s a 7", "95.0% sure", "7 : 95.0 %", "2 : 2.0 %", "The drawing as the network sees it"):
        assert words in tree, tree


def test_there_is_one_live_region_and_it_is_polite(digit_page: DigitPage) -> None:
    regions = digit_page.page.locator("[aria-live], [role=status], [role=alert], [role=log], output")
    assert regions.count() == 1
    assert regions.get_attribute("role") == "status"


def test_the_canvas_has_a_name_and_a_description_of_its_keys_in_the_accessibility_tree(digit_page: DigitPage) -> None:
    """Text that is not rendered, as in closed details, may be in the document and yet not in the tree."""
    session = digit_page.page.context.new_cdp_session(digit_page.page)
    (canvas,) = [
        node
        for node in session.send("Accessibility.getFullAXTree")["nodes"]
        if node.get("role", {}).get("value") == "application"
    ]
    assert canvas["name"]["value"] == "Drawing canvas"
    for key in ("Arrow keys", "Space", "Enter", "Escape", "Control and Z"):
        assert key in canvas.get("description", {}).get("value", ""), canvas


FIND_BORDERS = """() => {
    const colorsOf = (selector, background) => {
        const style = getComputedStyle(document.querySelector(selector));
        const { backgroundColor } = getComputedStyle(document.querySelector(background));
        return [style.borderTopColor, style.borderTopWidth, backgroundColor];
    };
    return [
        colorsOf(".canvas-frame", ".panels"), colorsOf(".canvas-frame", ".canvas-frame"),
        colorsOf("#undo", ".panels"), colorsOf("#retry", ".panels"), colorsOf("#pixels", ".panels"),
        colorsOf("#new-digit", ".panels"),
    ];
}"""


def luminance(color: str) -> float:
    """Return the relative luminance of a color as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", THEMES)
def test_borders_of_sheet_and_buttons_have_a_contrast_of_3(
    open_page: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    digit_page = open_page(before=STATES["failure"], color_scheme=scheme, reduced_motion="reduce")
    digit_page.draw(SEVEN)
    digit_page.wait_for("failure")
    for border, width, background in digit_page.page.evaluate(FIND_BORDERS):
        assert width == "1px"
        dark, light = sorted((luminance(border), luminance(background)))
        assert (light + 0.05) / (dark + 0.05) >= 3, (border, background)
