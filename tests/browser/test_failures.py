"""Every failure says what happened and what to do, and loses no drawing."""

from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import PREDICTIONS, Prepare, refusing, requests_of
from tools.stack import starting_stack


def aborting(reason: str) -> Prepare:
    return lambda page: page.route(PREDICTIONS, lambda route: route.abort(reason))


def can_retry(sheet: DigitPage) -> bool:
    return sheet.page.get_by_role("button", name="Try again").is_visible()


@pytest.mark.parametrize(
    ("status", "happened", "to_do", "retry_helps"),
    [
        (400, "That picture can’t be read", "Open another, or draw the digit", False),
        (413, "That picture is too large", "Open a smaller one", False),
        (415, "That kind of file won’t do", "Use a PNG, JPEG or WebP picture", False),
        (422, "There is no ink in it", "Draw a digit", False),
        (418, "The server declined", "Said by the server.", False),
        (429, "Too many at once", "only so many drawings", True),
        (500, "Something broke on the server", "report request abc-123", True),
        (503, "The recogniser is busy", "starting or has too much to do", True),
        (504, "No answer in time", "slow", True),
    ],
)
def test_a_refusal_says_what_happened_and_what_to_do(
    open_page: OpenPage, status: int, happened: str, to_do: str, retry_helps: bool
) -> None:
    sheet = open_page(before=refusing(status, {"X-Request-ID": "abc-123"}))
    sheet.draw(SEVEN)
    told = sheet.read()
    assert sheet.state == "failure"
    assert happened in told
    assert to_do in told
    assert can_retry(sheet) is retry_helps
    assert sheet.ink > 0


def test_a_failure_is_announced(open_page: OpenPage) -> None:
    sheet = open_page(before=refusing(504))
    sheet.draw(SEVEN)
    sheet.read()
    assert sheet.announcement() == f"No answer in time. {sheet.text('detail')}"


def test_trying_again_by_hand_gets_the_answer(open_page: OpenPage) -> None:
    sheet = open_page(before=refusing(500, times=1))
    sheet.draw(SEVEN)
    sheet.wait_for("failure")
    sheet.press("Try again")
    sheet.wait_for("digit", "unsure")
    assert sheet.top_digit == "7"
    assert not can_retry(sheet)


@pytest.mark.parametrize("status", [429, 503])
def test_the_page_tries_again_by_itself_after_the_time_the_server_names(open_page: OpenPage, status: int) -> None:
    sheet = open_page(before=refusing(status, {"Retry-After": "1"}, times=1))
    sheet.draw(SEVEN)
    assert "Trying again in 1 s." in sheet.read()
    sheet.wait_for("digit", "unsure")
    assert sheet.top_digit == "7"


def test_the_page_tries_again_by_itself_only_once(open_page: OpenPage) -> None:
    sheet = open_page(before=refusing(503, {"Retry-After": "0"}))
    asked = requests_of(sheet.page)
    sheet.draw(SEVEN)
    sheet.wait_until(lambda: len(asked) == 2)
    sheet.page.wait_for_timeout(500)
    assert len(asked) == 2
    assert "Trying again" not in sheet.read()
    assert can_retry(sheet)


def test_a_wait_too_long_to_sit_out_is_left_to_the_person(open_page: OpenPage) -> None:
    sheet = open_page(before=refusing(429, {"Retry-After": "3600"}))
    sheet.draw(SEVEN)
    assert "Trying again" not in sheet.read()
    assert can_retry(sheet)


def test_a_new_stroke_calls_off_the_retry(open_page: OpenPage) -> None:
    sheet = open_page(before=refusing(503, {"Retry-After": "1"}, times=1))
    sheet.draw(SEVEN)
    sheet.wait_for("failure")
    sheet.press("Clear")
    sheet.page.wait_for_timeout(1300)
    assert sheet.state == "empty"


def test_offline_says_so_and_asks_again_when_the_connection_is_back(sheet: DigitPage) -> None:
    sheet.page.context.set_offline(True)
    sheet.draw(SEVEN)
    assert "You are offline" in sheet.read()
    sheet.page.context.set_offline(False)
    sheet.wait_for("digit", "unsure")
    assert sheet.top_digit == "7"


@pytest.mark.parametrize("reason", ["connectionrefused", "connectionreset", "connectionclosed"])
def test_a_broken_connection_is_not_blamed_on_the_person(open_page: OpenPage, reason: str) -> None:
    sheet = open_page(before=aborting(reason))
    sheet.draw(SEVEN)
    assert "The server can’t be reached" in sheet.read()
    assert can_retry(sheet)


def test_an_answer_that_never_comes_ends_in_a_timeout(open_page: OpenPage) -> None:
    def hurry(page: Page) -> None:
        page.add_init_script(
            "const wait = AbortSignal.timeout; AbortSignal.timeout = (ms) => wait.call(AbortSignal, ms / 30);"
        )
        page.route(PREDICTIONS, lambda route: None)

    sheet = open_page(before=hurry)
    sheet.draw(SEVEN)
    assert "No answer in time" in sheet.read()
    assert can_retry(sheet)


@pytest.mark.parametrize("body", ["<html>Sign in to the guest network</html>", "{}", '{"digit": 7}', "null", ""])
def test_an_answer_that_is_no_recognition_is_not_taken_for_one(open_page: OpenPage, body: str) -> None:
    sheet = open_page(before=lambda page: page.route(PREDICTIONS, lambda route: route.fulfill(status=200, body=body)))
    sheet.draw(SEVEN)
    assert "The answer makes no sense" in sheet.read()
    assert can_retry(sheet)


def test_a_server_without_a_model_and_one_that_is_stopped_are_told_as_they_are(
    browser: Browser, tmp_path: Path
) -> None:
    """nginx serves the page though TorchServe cannot answer; later both are gone while the page is open."""
    (tmp_path / "digits.mar").write_bytes(b"no archive")
    with starting_stack(MODEL_STORE=str(tmp_path)) as stack, browser.new_context() as context:
        sheet = DigitPage(context.new_page())
        sheet.wait_until(lambda: serves_the_page(stack.url), timeout_ms=20_000)
        sheet.page.goto(stack.url)
        sheet.draw(SEVEN)
        assert "The recogniser is busy" in sheet.read()
        stack.process.terminate()
        stack.process.wait(timeout=60)
        sheet.draw([[(0.2, 0.9), (0.8, 0.9)]])
        assert "The server can’t be reached" in sheet.read()
        assert can_retry(sheet)


def serves_the_page(address: str) -> bool:
    try:
        return requests.get(address, timeout=1).status_code == 200
    except requests.ConnectionError:
        return False
