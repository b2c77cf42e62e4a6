"""Drawing with mouse, finger and stylus: the ink appears, is recognized, and can be undone."""

import time

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.pointers import Fingers, Stylus

TOUCH = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 3}


def test_a_seven_drawn_with_the_mouse_is_recognized_without_pressing_anything(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()
    assert digit_page.top_digit == "7"


def test_the_answer_shows_ten_probabilities_the_networks_input_and_the_model(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.read()
    bars = digit_page.page.get_by_role("list", name="Probability of each digit").get_by_role("listitem").all()
    percentages = [float(bar.locator(".value").inner_text().lstrip(">")) for bar in bars]
    assert [bar.locator(".label").inner_text() for bar in bars] == list("0123456789")
    assert max(percentages) == percentages[7]
    assert sum(percentages) == pytest.approx(100, abs=1)
    image = digit_page.page.get_by_alt_text("as the network sees it")
    assert image.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [28, 28]
    assert image.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    assert digit_page.text("meta").startswith("digits ")
    assert digit_page.text("meta").endswith(" ms")


def test_a_finger_draws_without_scrolling_the_page(open_page: OpenPage) -> None:
    digit_page = open_page(**TOUCH)
    Fingers(digit_page).draw(SEVEN[0])
    digit_page.read()
    assert digit_page.top_digit == "7"
    assert digit_page.page.evaluate("scrollY") == 0


def test_a_second_finger_does_not_draw(open_page: OpenPage) -> None:
    digit_page = open_page(**TOUCH)
    fingers = Fingers(digit_page)
    fingers.draw(ONE[0])
    one_finger = digit_page.ink
    digit_page.press("New digit")
    fingers.send("touchStart", ONE[0][0])
    fingers.send("touchMove", ONE[0][1])
    fingers.send("touchMove", ONE[0][2])
    fingers.send("touchStart", ONE[0][2], (0.1, 0.9))
    for point in ONE[0][3:]:
        fingers.send("touchMove", point, (0.1 + point[1] * 0.5, 0.9))
    fingers.send("touchEnd")
    assert digit_page.ink == pytest.approx(one_finger, rel=0.02)


def test_a_touch_that_the_system_cancels_is_kept_and_can_be_undone(open_page: OpenPage) -> None:
    digit_page = open_page(**TOUCH)
    fingers = Fingers(digit_page)
    fingers.send("touchStart", (0.3, 0.3))
    fingers.send("touchMove", (0.6, 0.6))
    digit_page.wait_until(lambda: digit_page.ink_in(0.4, 0.4, 0.2, 0.2) > 0)
    fingers.send("touchCancel")
    assert digit_page.ink_in(0.4, 0.4, 0.2, 0.2) > 0
    digit_page.press("Undo")
    assert digit_page.ink == 0
    assert digit_page.state == "empty"


def test_a_pinch_leaves_no_ink_and_the_next_finger_draws(open_page: OpenPage) -> None:
    digit_page = open_page(**TOUCH)
    fingers = Fingers(digit_page)
    fingers.send("touchStart", (0.4, 0.4))
    fingers.send("touchStart", (0.4, 0.4), (0.6, 0.6))
    for distance in (0.1, 0.2, 0.3):
        fingers.send("touchMove", (0.4 - distance, 0.4 - distance), (0.6 + distance, 0.6 + distance))
    fingers.send("touchEnd")
    assert digit_page.ink == 0
    assert digit_page.state == "empty"
    fingers.draw(ONE[0])
    assert digit_page.ink > 0


def test_the_sheet_handles_its_touches_so_that_scribble_leaves_them_alone(digit_page: DigitPage) -> None:
    """Scribble on iPadOS, which takes strokes for handwriting, and the highlight of a tap; neither is in Chromium."""
    prevented = digit_page.canvas.evaluate(
        """(canvas) => ["touchstart", "touchmove"].map(
            (type) => !canvas.dispatchEvent(new Event(type, { bubbles: true, cancelable: true })))"""
    )
    assert prevented == [True, True]
    style = digit_page.canvas.evaluate(
        "(canvas) => (({ webkitTapHighlightColor, webkitUserSelect }) => "
        "[webkitTapHighlightColor, webkitUserSelect])(getComputedStyle(canvas))"
    )
    assert style == ["rgba(0, 0, 0, 0)", "none"]


def test_a_stylus_draws(digit_page: DigitPage) -> None:
    Stylus(digit_page).draw(SEVEN[0])
    digit_page.read()
    assert digit_page.top_digit == "7"


def test_the_palm_of_the_hand_that_holds_a_stylus_does_not_draw(open_page: OpenPage) -> None:
    digit_page = open_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    written_at = time.time()
    Stylus(digit_page).draw(ONE[0], timestamp=written_at)
    stylus_only = digit_page.ink
    Fingers(digit_page).draw([(0.8, 0.8), (0.85, 0.85), (0.9, 0.9)], timestamp=written_at + 0.5)
    assert digit_page.ink == stylus_only


def test_a_stylus_replaces_the_stroke_of_a_palm_that_landed_first(open_page: OpenPage) -> None:
    digit_page = open_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    Stylus(digit_page).draw(ONE[0])
    stylus_only = digit_page.ink
    digit_page.page.reload()
    palm = Fingers(digit_page)
    palm.send("touchStart", (0.8, 0.8))
    palm.send("touchMove", (0.9, 0.9))
    digit_page.wait_until(lambda: digit_page.ink > 0)
    Stylus(digit_page).draw(ONE[0])
    assert digit_page.ink == stylus_only


def test_a_dot_is_ink(digit_page: DigitPage) -> None:
    digit_page.draw([[(0.5, 0.5)]])
    assert digit_page.ink > 100


def test_a_stroke_continues_outside_the_canvas_and_back(digit_page: DigitPage) -> None:
    digit_page.draw([[(0.5, 0.5), (0.9, 0.5), (1.2, 0.5), (1.2, 0.8), (0.9, 0.8)]])
    assert digit_page.ink_in(0.99, 0, 0.01, 1) > 20


def test_the_right_button_does_not_draw(digit_page: DigitPage) -> None:
    digit_page.page.mouse.move(*digit_page.to_screen((0.3, 0.3)))
    digit_page.page.mouse.down(button="right")
    digit_page.page.mouse.move(*digit_page.to_screen((0.6, 0.6)))
    digit_page.page.mouse.up(button="right")
    assert digit_page.ink == 0


def test_undo_removes_one_stroke_and_redo_restores_it(digit_page: DigitPage) -> None:
    digit_page.draw(ONE)
    one_stroke = digit_page.ink
    digit_page.draw([[(0.2, 0.8), (0.8, 0.8)]])
    two_strokes = digit_page.ink
    assert two_strokes > one_stroke
    digit_page.press("Undo")
    assert digit_page.ink == one_stroke
    digit_page.press("Redo")
    assert digit_page.ink == two_strokes
    digit_page.press("Undo")
    digit_page.press("Undo")
    assert digit_page.ink == 0
    assert digit_page.state == "empty"


def test_undo_recognizes_the_remaining_strokes(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.draw([[(0.05, 0.95), (0.95, 0.95), (0.95, 0.05), (0.05, 0.05)]])
    digit_page.read()
    digit_page.press("Undo")
    digit_page.read()
    assert digit_page.top_digit == "7"


def test_clear_empties_canvas_and_answer_and_can_be_undone(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    digit_page.read()
    ink = digit_page.ink
    digit_page.press("New digit")
    assert digit_page.ink == 0
    assert digit_page.state == "empty"
    assert digit_page.page.get_by_alt_text("as the network sees it").count() == 0
    digit_page.press("Undo")
    assert digit_page.ink == ink
    digit_page.read()
    assert digit_page.top_digit == "7"


def test_the_drawing_survives_a_resize_and_stays_sharp(open_page: OpenPage) -> None:
    digit_page = open_page(viewport={"width": 1280, "height": 800}, device_scale_factor=2)
    digit_page.draw(SEVEN)
    fraction = digit_page.ink / digit_page.page.evaluate("canvas.width") ** 2
    digit_page.page.set_viewport_size({"width": 360, "height": 640})
    is_resized = "canvas.clientWidth < 360 && canvas.width === 2 * canvas.clientWidth"
    digit_page.wait_until(lambda: bool(digit_page.page.evaluate(is_resized)))
    assert digit_page.ink / digit_page.page.evaluate("canvas.width") ** 2 == pytest.approx(fraction, rel=0.03)


def test_the_ink_follows_the_theme(digit_page: DigitPage) -> None:
    digit_page.draw(ONE)
    assert digit_page.ink_brightness < 64
    digit_page.page.emulate_media(color_scheme="dark")
    digit_page.wait_until(lambda: digit_page.ink_brightness > 192)
