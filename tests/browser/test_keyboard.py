"""Everything can be done without a pointer."""

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage


def keys(sheet: DigitPage, *names: str) -> None:
    for name in names:
        sheet.page.keyboard.press(name)


def draw_one(sheet: DigitPage) -> None:
    """Draw a 1 from near the top to near the bottom."""
    sheet.canvas.focus()
    keys(sheet, *["ArrowUp"] * 10, "Space", *["ArrowDown"] * 20, "Space")


def test_a_one_drawn_with_the_arrow_keys_is_read(sheet: DigitPage) -> None:
    draw_one(sheet)
    assert "1" in sheet.read()
    assert sheet.top_digit == "1"


def test_two_arrows_at_once_go_aslant(sheet: DigitPage) -> None:
    """A 7: to the right along the top, then down and left."""
    sheet.canvas.focus()
    keys(sheet, *["ArrowUp"] * 9, *["ArrowLeft"] * 6, "Space", *["ArrowRight"] * 12)
    for _ in range(18):
        sheet.page.keyboard.down("ArrowDown")
        sheet.page.keyboard.up("ArrowDown")
    keys(sheet, "Space")
    upright = sheet.ink_in(0.6, 0.7, 0.4, 0.3)
    assert upright > 0
    keys(sheet, "Escape", *["ArrowUp"] * 18, *["ArrowLeft"] * 12, "Space", *["ArrowRight"] * 12)
    sheet.page.keyboard.down("ArrowLeft")
    for _ in range(9):
        sheet.page.keyboard.press("ArrowDown")
    sheet.page.keyboard.up("ArrowLeft")
    keys(sheet, "Space")
    assert sheet.ink_in(0.6, 0.7, 0.4, 0.3) == 0
    assert "7" in sheet.read()


def test_shift_moves_finely(sheet: DigitPage) -> None:
    sheet.canvas.focus()
    keys(sheet, "Space", *["ArrowRight"] * 4, "Space")
    coarse = sheet.ink
    keys(sheet, "Escape", "Space", *["Shift+ArrowRight"] * 4, "Space")
    assert 0 < sheet.ink < coarse


def test_enter_recognises_at_once_and_escape_clears(sheet: DigitPage) -> None:
    sheet.canvas.focus()
    keys(sheet, "Space", *["ArrowDown"] * 10)
    with sheet.page.expect_request("**/predictions/digits", timeout=1000):
        keys(sheet, "Enter")
    sheet.read()
    keys(sheet, "Escape")
    assert sheet.state == "empty"


def test_ctrl_z_takes_back_and_ctrl_y_and_ctrl_shift_z_return(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    ink = sheet.ink
    for redo in ("Control+y", "Control+Shift+Z"):
        keys(sheet, "Control+z")
        assert sheet.ink == 0
        keys(sheet, redo)
        assert sheet.ink == ink


def test_leaving_the_canvas_lifts_the_pen(sheet: DigitPage) -> None:
    sheet.canvas.focus()
    keys(sheet, "Space", *["ArrowDown"] * 10, "Tab")
    assert sheet.wait_for("digit", "unsure", "not_a_digit")


def test_the_pen_and_where_it_is_are_announced(sheet: DigitPage) -> None:
    sheet.canvas.focus()
    keys(sheet, "ArrowUp", "ArrowUp")
    assert sheet.announcement() == "column 15, row 13 of 28"
    keys(sheet, "Space")
    assert sheet.announcement() == "Pen down"


def test_a_cursor_shows_where_the_keyboards_pen_is_and_goes_with_the_focus(sheet: DigitPage) -> None:
    assert sheet.ink == 0
    sheet.page.keyboard.press("Tab")
    assert sheet.canvas.evaluate("canvas => canvas === document.activeElement")
    cursor = sheet.ink
    assert cursor > 0
    sheet.page.keyboard.press("Tab")
    sheet.wait_until(lambda: sheet.ink == 0)


def test_tab_reaches_every_control_and_each_shows_its_focus(sheet: DigitPage) -> None:
    describe = """() => {
        const element = document.activeElement;
        const shown = element.id === "canvas" ? element.parentElement
            : element.type === "file" ? element.nextElementSibling : element;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown);
        return [element.id || element.tagName.toLowerCase(), outlineStyle !== "none" && parseFloat(outlineWidth) >= 2];
    }"""
    reached = []
    for _ in range(8):
        sheet.page.keyboard.press("Tab")
        reached.append(sheet.page.evaluate(describe))
    names = ["canvas", "undo", "redo", "clear", "recognise", "picture", "summary", "a"]
    assert reached == [[name, True] for name in names]


def test_the_whole_page_works_on_a_phone_with_a_keyboard(open_page: OpenPage) -> None:
    sheet = open_page(viewport={"width": 390, "height": 844})
    draw_one(sheet)
    assert "1" in sheet.read()
    sheet.page.keyboard.press("Tab")
    sheet.page.keyboard.press("Enter")
    assert sheet.state == "empty"
