"""Mouse, finger, pen: what is drawn is seen, is what was meant, and can be taken back."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.handwriting import Point, Stroke

TOUCH = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 3}


class Fingers:
    """Touches as the screen's driver reports them."""

    def __init__(self, sheet: DigitPage) -> None:
        self._sheet = sheet
        self._session = sheet.page.context.new_cdp_session(sheet.page)

    def send(self, kind: str, *points: Point) -> None:
        places = [self._sheet.place(point) for point in points]
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def draw(self, stroke: Stroke) -> None:
        self.send("touchStart", stroke[0])
        for point in stroke[1:]:
            self.send("touchMove", point)
        self.send("touchEnd")


class Stylus:
    """A pen that hovers and writes."""

    def __init__(self, sheet: DigitPage) -> None:
        self._sheet = sheet
        self._session = sheet.page.context.new_cdp_session(sheet.page)

    def send(self, kind: str, point: Point) -> None:
        x, y = self._sheet.place(point)
        pressed = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
        event = {"type": kind, "x": x, "y": y, "pointerType": "pen", "force": 0.4, **pressed}
        self._session.send("Input.dispatchMouseEvent", event)

    def draw(self, stroke: Stroke) -> None:
        self.send("mousePressed", stroke[0])
        for point in stroke[1:]:
            x, y = self._sheet.place(point)
            event = {"type": "mouseMoved", "x": x, "y": y, "pointerType": "pen", "buttons": 1, "button": "left"}
            self._session.send("Input.dispatchMouseEvent", event)
        self.send("mouseReleased", stroke[-1])


def test_a_seven_drawn_with_the_mouse_is_read_without_pressing_anything(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    assert "7" in sheet.read()
    assert sheet.top_digit == "7"


def test_the_answer_shows_ten_probabilities_the_judged_picture_and_the_model(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    sheet.read()
    bars = sheet.page.get_by_role("list", name="How likely each digit is").get_by_role("listitem").all()
    shares = [float(bar.locator(".value").inner_text().lstrip(">")) for bar in bars]
    assert [bar.locator(".name").inner_text() for bar in bars] == list("0123456789")
    assert max(shares) == shares[7]
    assert sum(shares) == pytest.approx(100, abs=1)
    picture = sheet.page.get_by_alt_text("as the network sees it")
    assert picture.evaluate("image => image.decode().then(() => [image.naturalWidth, image.naturalHeight])") == [28, 28]
    assert picture.evaluate("image => getComputedStyle(image).imageRendering") == "pixelated"
    assert sheet.text("meta").startswith("digits ")
    assert sheet.text("meta").endswith(" ms")


def test_a_finger_draws_and_the_page_does_not_scroll_under_it(open_page: OpenPage) -> None:
    sheet = open_page(**TOUCH)
    Fingers(sheet).draw(SEVEN[0])
    assert "7" in sheet.read()
    assert sheet.page.evaluate("scrollY") == 0


def test_a_second_finger_does_not_draw(open_page: OpenPage) -> None:
    sheet = open_page(**TOUCH)
    fingers = Fingers(sheet)
    fingers.draw(ONE[0])
    one_finger = sheet.ink
    sheet.press("Clear")
    fingers.send("touchStart", ONE[0][0])
    fingers.send("touchStart", ONE[0][0], (0.1, 0.9))
    for point in ONE[0][1:]:
        fingers.send("touchMove", point, (0.1 + point[1] * 0.5, 0.9))
    fingers.send("touchEnd")
    assert sheet.ink == pytest.approx(one_finger, rel=0.02)


def test_a_touch_that_the_system_takes_away_leaves_no_ink(open_page: OpenPage) -> None:
    sheet = open_page(**TOUCH)
    fingers = Fingers(sheet)
    fingers.send("touchStart", (0.3, 0.3))
    fingers.send("touchMove", (0.6, 0.6))
    assert sheet.ink > 0
    fingers.send("touchCancel")
    assert sheet.ink == 0
    assert sheet.state == "empty"


def test_a_pen_draws(sheet: DigitPage) -> None:
    Stylus(sheet).draw(SEVEN[0])
    assert "7" in sheet.read()


def test_the_palm_beside_a_pen_does_not_draw(open_page: OpenPage) -> None:
    sheet = open_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    Stylus(sheet).draw(ONE[0])
    pen_only = sheet.ink
    Fingers(sheet).draw([(0.8, 0.8), (0.85, 0.85), (0.9, 0.9)])
    assert sheet.ink == pen_only


def test_a_pen_takes_over_from_the_palm_that_landed_first(open_page: OpenPage) -> None:
    sheet = open_page(viewport={"width": 1280, "height": 800}, has_touch=True)
    Stylus(sheet).draw(ONE[0])
    pen_only = sheet.ink
    sheet.page.reload()
    palm = Fingers(sheet)
    palm.send("touchStart", (0.8, 0.8))
    palm.send("touchMove", (0.9, 0.9))
    Stylus(sheet).draw(ONE[0])
    assert sheet.ink == pen_only


def test_a_dot_is_ink(sheet: DigitPage) -> None:
    sheet.draw([[(0.5, 0.5)]])
    assert sheet.ink > 100


def test_a_stroke_that_leaves_the_sheet_is_followed_outside(sheet: DigitPage) -> None:
    sheet.draw([[(0.5, 0.5), (0.9, 0.5), (1.2, 0.5), (1.2, 0.8), (0.9, 0.8)]])
    assert sheet.ink_in(0.99, 0, 0.01, 1) > 20


def test_the_right_button_does_not_draw(sheet: DigitPage) -> None:
    sheet.page.mouse.move(*sheet.place((0.3, 0.3)))
    sheet.page.mouse.down(button="right")
    sheet.page.mouse.move(*sheet.place((0.6, 0.6)))
    sheet.page.mouse.up(button="right")
    assert sheet.ink == 0


def test_undo_takes_back_one_stroke_and_redo_returns_it(sheet: DigitPage) -> None:
    sheet.draw(ONE)
    one_stroke = sheet.ink
    sheet.draw([[(0.2, 0.8), (0.8, 0.8)]])
    two_strokes = sheet.ink
    assert two_strokes > one_stroke
    sheet.press("Undo")
    assert sheet.ink == one_stroke
    sheet.press("Redo")
    assert sheet.ink == two_strokes
    sheet.press("Undo")
    sheet.press("Undo")
    assert sheet.ink == 0
    assert sheet.state == "empty"


def test_undo_asks_about_what_is_left(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    sheet.draw([[(0.05, 0.95), (0.95, 0.95), (0.95, 0.05), (0.05, 0.05)]])
    sheet.read()
    sheet.press("Undo")
    assert "7" in sheet.read()
    assert sheet.top_digit == "7"


def test_clear_empties_sheet_and_answer_and_can_be_undone(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    sheet.read()
    ink = sheet.ink
    sheet.press("Clear")
    assert sheet.ink == 0
    assert sheet.state == "empty"
    assert sheet.page.get_by_alt_text("as the network sees it").count() == 0
    sheet.press("Undo")
    assert sheet.ink == ink
    assert "7" in sheet.read()


def test_the_drawing_survives_a_resize_and_stays_sharp(open_page: OpenPage) -> None:
    sheet = open_page(viewport={"width": 1280, "height": 800}, device_scale_factor=2)
    sheet.draw(SEVEN)
    share = sheet.ink / sheet.page.evaluate("canvas.width") ** 2
    sheet.page.set_viewport_size({"width": 360, "height": 640})
    sheet.wait_until(lambda: sheet.page.evaluate("canvas.clientWidth < 360 && canvas.width === 2 * canvas.clientWidth"))
    assert sheet.ink / sheet.page.evaluate("canvas.width") ** 2 == pytest.approx(share, rel=0.03)


def test_the_ink_follows_the_theme(sheet: DigitPage) -> None:
    sheet.draw(ONE)
    assert sheet.ink_brightness < 64
    sheet.page.emulate_media(color_scheme="dark")
    sheet.wait_until(lambda: sheet.ink_brightness > 192)
