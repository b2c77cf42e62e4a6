"""Everything can be done without a pointer."""

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import requests_of, stop_clock


def press(digit_page: DigitPage, *keys: str) -> None:
    for key in keys:
        digit_page.page.keyboard.press(key)


def draw_one(digit_page: DigitPage) -> None:
    """Draw a 1 from near the top to near the bottom."""
    digit_page.canvas.focus()
    press(digit_page, *["ArrowUp"] * 10, "Space", *["ArrowDown"] * 20, "Space")


def test_a_one_drawn_with_the_arrow_keys_is_recognized(digit_page: DigitPage) -> None:
    draw_one(digit_page)
    digit_page.read()
    assert digit_page.top_digit == "1"


def test_two_arrow_keys_at_once_move_diagonally(digit_page: DigitPage) -> None:
    """A 7: to the right along the top, then down and left."""
    digit_page.canvas.focus()
    press(digit_page, *["ArrowUp"] * 9, *["ArrowLeft"] * 6, "Space", *["ArrowRight"] * 12, *["ArrowDown"] * 18, "Space")
    straight_down = digit_page.ink_in(0.6, 0.7, 0.4, 0.3)
    assert straight_down > 0
    press(digit_page, "Escape", *["ArrowUp"] * 18, *["ArrowLeft"] * 12, "Space", *["ArrowRight"] * 12)
    digit_page.page.keyboard.down("ArrowLeft")
    press(digit_page, *["ArrowDown"] * 9)
    digit_page.page.keyboard.up("ArrowLeft")
    press(digit_page, "Space")
    assert digit_page.ink_in(0.6, 0.7, 0.4, 0.3) == 0
    digit_page.read()
    assert digit_page.top_digit == "7"


def test_shift_moves_in_fine_steps(digit_page: DigitPage) -> None:
    digit_page.canvas.focus()
    press(digit_page, "Space", *["ArrowRight"] * 4, "Space")
    coarse = digit_page.ink
    press(digit_page, "Escape", "Space", *["Shift+ArrowRight"] * 4, "Space")
    assert 0 < digit_page.ink < coarse


def test_enter_sends_the_drawing_at_once_and_escape_clears(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.canvas.focus()
    press(digit_page, "Space", *["ArrowDown"] * 10, "Enter")
    digit_page.read()
    assert len(requests) == 1
    press(digit_page, "Escape")
    assert digit_page.state == "empty"


def test_ctrl_z_undoes_and_ctrl_y_and_ctrl_shift_z_redo(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    ink = digit_page.ink
    for redo in ("Control+y", "Control+Shift+Z"):
        press(digit_page, "Control+z")
        assert digit_page.ink == 0
        press(digit_page, redo)
        assert digit_page.ink == ink


def test_leaving_the_canvas_lifts_the_pen(digit_page: DigitPage) -> None:
    digit_page.canvas.focus()
    press(digit_page, "Space", *["ArrowDown"] * 10, "Tab")
    assert digit_page.wait_for("digit", "unsure", "not_a_digit")


def test_the_pen_and_its_position_are_announced(digit_page: DigitPage) -> None:
    digit_page.canvas.focus()
    press(digit_page, "ArrowUp", "ArrowUp")
    digit_page.wait_for_announcement("column 15, row 13 of 28")
    press(digit_page, "Space")
    digit_page.wait_for_announcement("Pen down")


def test_a_cursor_shows_the_pens_position_while_the_canvas_has_the_focus(digit_page: DigitPage) -> None:
    assert digit_page.ink == 0
    press(digit_page, "Tab")
    assert digit_page.canvas.evaluate("canvas => canvas === document.activeElement")
    digit_page.wait_until(lambda: digit_page.ink > 0)
    press(digit_page, "Tab")
    digit_page.wait_until(lambda: digit_page.ink == 0)


def test_tab_reaches_every_control_and_each_shows_its_focus(digit_page: DigitPage) -> None:
    describe_focus = """() => {
        const element = document.activeElement;
        const shown = element.type === "file" ? element.nextElementSibling : element;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        return [element.id || element.tagName.toLowerCase(), outlineStyle !== "none" && parseFloat(outlineWidth) >= 2];
    }"""
    reached = []
    for _ in range(13):
        press(digit_page, "Tab")
        reached.append(digit_page.page.evaluate(describe_focus))
    names = ["canvas", "undo", "redo", "new-digit", "image", "summary", *5 * ["button"], "summary", "a"]
    assert reached == [[name, True] for name in names]


def test_a_phone_can_be_used_with_a_keyboard(open_page: OpenPage) -> None:
    digit_page = open_page(viewport={"width": 390, "height": 844})
    draw_one(digit_page)
    digit_page.read()
    assert digit_page.top_digit == "1"
    press(digit_page, "Tab", "Enter")
    assert digit_page.state == "empty"
