"""Without a connection the page says so at once and keeps the drawing; with one again it asks by itself."""

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import PREDICTIONS, aborting, requests_of
from tests.browser.test_accessibility import THEMES, violations

NOTE = "offline – your drawing is kept"


def test_the_sheet_says_at_once_that_the_browser_is_offline(digit_page: DigitPage) -> None:
    note = digit_page.page.get_by_text(NOTE)
    assert not note.is_visible()
    digit_page.page.context.set_offline(True)
    note.wait_for()
    digit_page.wait_for_announcement("You are offline. Your drawing is kept.")
    assert digit_page.text("headline") == "Nothing drawn yet"
    digit_page.page.context.set_offline(False)
    note.wait_for(state="hidden")
    digit_page.wait_for_announcement("You are online again.")


def test_going_offline_leaves_drawing_and_answer_and_moves_nothing(digit_page: DigitPage) -> None:
    digit_page.draw(SEVEN)
    answer = digit_page.read()
    ink, place = digit_page.ink, digit_page.canvas.bounding_box()
    requests = requests_of(digit_page.page)
    digit_page.page.context.set_offline(True)
    digit_page.page.get_by_text(NOTE).wait_for()
    assert (digit_page.read(), digit_page.ink, digit_page.canvas.bounding_box()) == (answer, ink, place)
    digit_page.page.context.set_offline(False)
    digit_page.page.get_by_text(NOTE).wait_for(state="hidden")
    digit_page.page.wait_for_timeout(300)
    assert requests == []  # the answer is there


def test_what_is_drawn_offline_is_answered_when_the_connection_is_back(digit_page: DigitPage) -> None:
    digit_page.page.context.set_offline(True)
    digit_page.draw(SEVEN)
    assert "You are offline" in digit_page.read("failure")
    drawn = digit_page.ink
    digit_page.page.context.set_offline(False)
    assert "It’s a 7" in digit_page.read("digit")
    assert digit_page.ink == drawn


def test_a_connection_that_is_back_is_not_waited_for(open_page: OpenPage) -> None:
    """A request that failed before the browser noticed is not repeated after seconds only."""
    digit_page = open_page(before=aborting("failed"))
    digit_page.draw(SEVEN)
    assert "The server can’t be reached" in digit_page.read("failure")
    digit_page.page.evaluate("setTimeout = () => 0")  # no retry from now on
    digit_page.page.unroute(PREDICTIONS)
    digit_page.page.evaluate("dispatchEvent(new Event('online'))")
    assert "It’s a 7" in digit_page.read("digit")


def test_axe_finds_no_violation_offline_in_either_theme(open_page: OpenPage) -> None:
    digit_page = open_page(reduced_motion="reduce")
    digit_page.page.context.set_offline(True)
    digit_page.page.get_by_text(NOTE).wait_for()
    for scheme in THEMES:
        digit_page.page.emulate_media(color_scheme=scheme)
        assert violations(digit_page.page) == [], scheme


def test_browsers_can_install_the_page(digit_page: DigitPage) -> None:
    session = digit_page.page.context.new_cdp_session(digit_page.page)
    errors = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in errors} <= {"in-incognito"}  # as every page of a test is
    assert session.send("Page.getAppManifest")["errors"] == []
