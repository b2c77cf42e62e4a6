"""The page that the web container serves, in a real Chromium."""

from tests.browser.digit_page import SEVEN, DigitPage


def test_page_recognizes_a_drawn_digit(sheet: DigitPage) -> None:
    sheet.draw(SEVEN)
    assert sheet.wait_for("digit") == "digit"
    assert sheet.top_digit == "7"
