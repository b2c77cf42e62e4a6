"""What is on the sheet as a link and as a command: both work where they are pasted, and nothing is stored."""

import json
import subprocess

import pytest
from playwright.sync_api import Page

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.handwriting import Stroke
from tests.browser.test_accessibility import THEMES, violations

CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ROUND_TRIP = """async (strokes) => {
    const { fromFragment, toFragment } = await import("/page.js");
    const fragment = toFragment(strokes);
    return [fragment, fragment && fromFragment(fragment)];
}"""
SELECTED_BEGINS = """(beginning) => {
    const { value = "", selectionStart, selectionEnd } = document.activeElement;
    return value.startsWith(beginning) && selectionEnd - selectionStart === value.length;
}"""
TWO_DOTS: list[Stroke] = [[(0.25, 0.5)], [(0.75, 0.5)]]


def copied(digit_page: DigitPage, button: str) -> str:
    """Press a button of "Share" and return what is on the clipboard then."""
    if not digit_page.page.locator("#share").is_visible():
        digit_page.page.get_by_text("Share", exact=True).click()
    digit_page.press(button)
    digit_page.page.get_by_text("copied").wait_for()
    return str(digit_page.page.evaluate("navigator.clipboard.readText()"))


def open_link(digit_page: DigitPage, link: str) -> None:
    """Open a link to the page in its place."""
    digit_page.page.evaluate("(link) => { location.href = link; }", link)


def run(command: str) -> dict[str, object]:
    """Run a command in a shell, as if pasted there, and return the JSON that it prints."""
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


def test_a_link_draws_the_drawing_again(open_page: OpenPage) -> None:
    digit_page = open_page(**CLIPBOARD)
    digit_page.draw(SEVEN)
    answer = digit_page.read()
    link = copied(digit_page, "Copy link")
    assert len(link) < 200
    other = open_page()
    other.page.goto("about:blank")
    other.page.goto(link)
    assert other.read()[:9] == answer[:9] == "It’s a 7 "
    assert other.ink == pytest.approx(digit_page.ink, rel=0.02)


def test_a_link_opened_in_place_is_one_step_of_the_history(open_page: OpenPage, address: str) -> None:
    digit_page = open_page(**CLIPBOARD)
    digit_page.draw(TWO_DOTS)
    link = copied(digit_page, "Copy link")
    dots = digit_page.ink
    digit_page.press("Undo")
    digit_page.draw(SEVEN[:1])
    drawn = digit_page.ink
    open_link(digit_page, link)
    digit_page.wait_until(lambda: digit_page.ink == pytest.approx(dots, rel=0.02))
    digit_page.press("Undo")
    assert digit_page.ink == drawn


def test_what_is_drawn_early_is_added_to_what_a_link_draws(open_page: OpenPage, address: str) -> None:
    [fragment, _] = open_page().page.evaluate(ROUND_TRIP, [[[0.25, 0.5]]])
    digit_page = open_page()
    digit_page.page.goto("about:blank")
    digit_page.page.add_init_script("window.start = { end: () => ({ strokes: [[[0.75, 0.5]]], pointer: null }) };")
    digit_page.page.route("**/start.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    digit_page.page.goto(f"{address}/{fragment}")
    digit_page.wait_until(
        lambda: digit_page.ink_in(0.2, 0.45, 0.1, 0.1) > 0 and digit_page.ink_in(0.7, 0.45, 0.1, 0.1) > 0
    )


@pytest.mark.parametrize(
    "strokes",
    [
        SEVEN,
        TWO_DOTS,
        [[(0.0, 0.0), (1.0, 1.0)], [(0.5, 0.001 * y) for y in range(1000)]],
        [[(-0.4, 0.3), (1.9, -0.9)]],
    ],
)
def test_strokes_come_back_from_a_link(digit_page: DigitPage, strokes: list[Stroke]) -> None:
    [fragment, again] = digit_page.page.evaluate(ROUND_TRIP, strokes)
    assert fragment.startswith("#drawing=1.")
    assert len(again) == len(strokes)
    for stroke, read in zip(strokes, again, strict=True):
        for there, ends in ((read, stroke), (stroke, read)):
            for x, y in there:
                assert min(abs(x - a) + abs(y - b) for a, b in ends) < 0.01
        assert read[0] == pytest.approx(stroke[0], abs=0.0005)
        assert read[-1] == pytest.approx(stroke[-1], abs=0.0005)


def test_strokes_far_outside_the_canvas_are_brought_near(digit_page: DigitPage) -> None:
    [_, again] = digit_page.page.evaluate(ROUND_TRIP, [[(0.5, 0.5), (40.0, -7.0)]])
    assert again == [[[0.5, 0.5], [2, -1]]]


def test_a_drawing_that_is_too_long_is_not_made_a_link(digit_page: DigitPage) -> None:
    dots = [[(0.1 * (i % 10), 0.37 * (i % 3))] for i in range(4000)]
    assert digit_page.page.evaluate(ROUND_TRIP, dots) == [None, None]


@pytest.mark.parametrize(
    "rest",
    [
        "",
        "1",
        "1.",
        "2.AQgI",
        "1.A",
        "1.AQg",  # a point without its y
        "1.AA",  # a stroke without points
        "1.__________8",  # a number that does not end
        "1.Af__f_9_",  # far away
        "1.AQgI=",
        "1.AQgI.",
        "1.AQ gI",
        "1.<script>",
        "1." + "AQgI" * 3000,
    ],
)
def test_a_damaged_link_gets_a_sentence_and_leaves_the_drawing(digit_page: DigitPage, rest: str) -> None:
    digit_page.draw(SEVEN)
    digit_page.read()
    drawn = digit_page.ink
    open_link(digit_page, f"#drawing={rest}")
    assert "This link holds no drawing" in digit_page.read("failure")
    digit_page.wait_for_announcement("This link holds no drawing")
    assert digit_page.ink == drawn


def test_another_fragment_is_ignored(digit_page: DigitPage) -> None:
    open_link(digit_page, "#canvas")
    digit_page.page.wait_for_timeout(200)
    assert digit_page.state == "empty"
    assert digit_page.text("headline") == "Nothing drawn yet"


def test_the_command_gets_the_answer_of_the_page(open_page: OpenPage, address: str) -> None:
    digit_page = open_page(**CLIPBOARD)
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()
    command = copied(digit_page, "Copy as curl")
    assert address in command
    assert run(command)["digit"] == 7


def test_the_command_sends_a_photograph(open_page: OpenPage) -> None:
    digit_page = open_page(**CLIPBOARD)
    digit_page.press("A photograph")
    digit_page.wait_for("digit")
    assert run(copied(digit_page, "Copy as curl"))["digit"] == 5


def test_the_command_reads_a_number(open_page: OpenPage) -> None:
    digit_page = open_page(**CLIPBOARD)
    digit_page.press("The number 42")
    digit_page.wait_for("number")
    assert run(copied(digit_page, "Copy as curl"))["lines"] == [[0, 1]]


def test_without_a_clipboard_the_text_is_shown_selected(open_page: OpenPage) -> None:
    digit_page = open_page(before=lambda page: page.add_init_script("delete Navigator.prototype.clipboard;"))
    digit_page.draw(SEVEN)
    digit_page.page.get_by_text("Share", exact=True).click()
    for button, beginning in (("Copy link", "http://"), ("Copy as curl", "curl 'http://")):
        digit_page.press(button)
        digit_page.page.wait_for_function(SELECTED_BEGINS, arg=beginning)
    assert digit_page.page.get_by_text("Copy this:").is_visible()


def test_what_cannot_be_copied_says_why(digit_page: DigitPage) -> None:
    digit_page.page.get_by_text("Share", exact=True).click()
    note = digit_page.page.locator("#share .note")
    for button in ("Copy link", "Copy as curl"):
        digit_page.press(button)
        assert note.inner_text() == "The sheet is blank."
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    digit_page.press("Copy link")
    assert note.inner_text() == "A link can carry a drawing, but not an image."


def test_axe_finds_no_violation_with_the_text_to_copy(open_page: OpenPage) -> None:
    def prepare(page: Page) -> None:
        page.add_init_script("delete Navigator.prototype.clipboard;")

    digit_page = open_page(before=prepare, reduced_motion="reduce")
    digit_page.draw(SEVEN)
    digit_page.read()
    digit_page.page.get_by_text("Share", exact=True).click()
    digit_page.press("Copy as curl")
    digit_page.page.locator("#share textarea").wait_for()
    for scheme in THEMES:
        digit_page.page.emulate_media(color_scheme=scheme)
        assert violations(digit_page.page) == [], scheme
