"""The page that the web container serves, in a real Chromium."""

from tests.browser.digit_page import SEVEN, DigitPage


def test_page_recognizes_a_drawing(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    assert digit_page.wait_for("digit") == "digit"
    assert digit_page.top_digit == "7"
