"""New digit starts again and keeps what was answered in a strip, from which it can be brought back."""

from playwright.sync_api import Locator

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.network import holding, requests_of
from tests.browser.test_number import seventy_one


def strip(digit_page: DigitPage) -> Locator:
    return digit_page.page.get_by_role("list", name="Earlier drawings")


def names(digit_page: DigitPage) -> list[str]:
    buttons = strip(digit_page).get_by_role("button").all()
    return [(button.get_attribute("aria-label") or "").removeprefix("Bring back ") for button in buttons]


def answered(digit_page: DigitPage, strokes: list[list[tuple[float, float]]]) -> None:
    digit_page.draw(strokes)
    digit_page.read()


def test_new_digit_empties_the_sheet_and_goes_on_at_the_canvas(digit_page: DigitPage) -> None:
    button = digit_page.page.locator("#new-digit")
    assert button.get_attribute("aria-disabled") == "true"
    answered(digit_page, SEVEN)
    assert button.get_attribute("aria-disabled") == "false"
    button.focus()
    digit_page.page.keyboard.press("Enter")
    assert digit_page.ink_in(0, 0, 0.3, 1) == 0  # the cursor of the keyboard is in the middle
    assert digit_page.state == "empty"
    assert digit_page.page.evaluate("document.activeElement.id") == "canvas"
    assert button.get_attribute("aria-disabled") == "true"


def test_new_digit_brings_the_sheet_into_sight_on_a_phone(open_page: OpenPage) -> None:
    digit_page = open_page(viewport={"width": 390, "height": 500})
    answered(digit_page, SEVEN)
    digit_page.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert digit_page.canvas.bounding_box()["y"] < 0  # type: ignore[index]
    digit_page.page.evaluate("document.getElementById('new-digit').click()")  # a real click would scroll to the button
    assert digit_page.canvas.bounding_box()["y"] >= 0  # type: ignore[index]


def test_the_strip_has_the_last_five_answers_newest_first(digit_page: DigitPage) -> None:
    assert not strip(digit_page).is_visible()
    answered(digit_page, seventy_one())
    for strokes in (SEVEN, ONE, SEVEN, ONE):
        digit_page.press("New digit")
        answered(digit_page, strokes)
    digit_page.canvas.press("Escape")
    *digits, number = names(digit_page)
    assert digits == ["1", "7", "1", "7"]
    assert number in ("7, 1", "7 or 1, 1")  # which of them depends on how sure the model is
    answered(digit_page, SEVEN)
    digit_page.press("New digit")
    assert names(digit_page) == ["7", "1", "7", "1", "7"]


def test_a_drawing_is_brought_back_with_its_answer_by_one_step_that_can_be_undone(digit_page: DigitPage) -> None:
    answered(digit_page, SEVEN)
    seven = digit_page.ink
    digit_page.press("New digit")
    answered(digit_page, ONE)
    one = digit_page.ink
    requests = requests_of(digit_page.page)
    digit_page.press("Bring back 7")
    assert digit_page.ink == seven
    assert digit_page.read().startswith("It’s a 7")
    assert names(digit_page) == ["1", "7"]
    digit_page.press("Undo")
    assert digit_page.ink == one
    assert digit_page.read().startswith("It’s a 1")
    digit_page.press("Redo")
    assert digit_page.read().startswith("It’s a 7")
    digit_page.press("New digit")
    assert names(digit_page) == ["7", "1"]
    assert requests == []


def test_a_drawing_is_brought_back_with_the_keyboard_which_stays_at_its_button(digit_page: DigitPage) -> None:
    for strokes in (SEVEN, ONE, SEVEN, ONE, SEVEN):
        answered(digit_page, strokes)
        digit_page.press("New digit")
    answered(digit_page, ONE)
    last = strip(digit_page).get_by_role("button").last
    last.focus()
    digit_page.page.keyboard.press("Enter")
    assert digit_page.read().startswith("It’s a 7")
    assert digit_page.page.evaluate("document.activeElement.ariaLabel") == "Bring back 7"
    assert len(names(digit_page)) == 5


def test_a_picture_is_brought_back(digit_page: DigitPage) -> None:
    digit_page.open_image(drawings.seven())
    digit_page.wait_for("digit")
    answered(digit_page, ONE)
    assert names(digit_page) == ["7"]
    digit_page.press("Bring back 7")
    assert digit_page.page.get_by_alt_text("The image you chose").is_visible()
    assert digit_page.read().startswith("It’s a 7")
    assert names(digit_page) == ["1", "7"]


def test_a_drawing_without_an_answer_is_not_in_the_strip(open_page: OpenPage) -> None:
    digit_page = open_page(before=holding([]))
    digit_page.draw(SEVEN)
    digit_page.press("New digit")
    assert not strip(digit_page).is_visible()


def test_the_strip_is_in_memory_only(digit_page: DigitPage) -> None:
    answered(digit_page, SEVEN)
    digit_page.press("New digit")
    assert strip(digit_page).is_visible()
    assert digit_page.page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    digit_page.page.reload()
    assert not strip(digit_page).is_visible()


def test_the_strip_moves_neither_sheet_nor_answer_on_a_desktop(digit_page: DigitPage) -> None:
    answered(digit_page, SEVEN)
    parts = [digit_page.page.locator(part) for part in ("#canvas", "#chart", "#pixels", "footer")]
    before = [part.bounding_box() for part in parts]
    digit_page.press("New digit")
    answered(digit_page, SEVEN)
    assert strip(digit_page).is_visible()
    assert [part.bounding_box() for part in parts] == before
