"""Every failure says what happened and what to do, and keeps the drawing."""

from functools import partial
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, Route

from tests import drawings
from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.network import PREDICTIONS, aborting, refusing, requests_of, stop_clock
from tests.nginx_configuration import parse
from tools.stack import Stack, starting_stack


def can_retry(digit_page: DigitPage) -> bool:
    return digit_page.page.get_by_role("button", name="Try again").is_visible()


def draw_at_once(digit_page: DigitPage) -> None:
    """Draw before a tentative answer is asked for, on a busy machine too."""
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    digit_page.page.clock.resume()


@pytest.mark.parametrize(
    ("status", "headline", "advice", "retry_helps"),
    [
        (400, "This image can’t be read", "Open another, or draw the digit", False),
        (413, "This image is too large", "Open a smaller one, or draw", False),
        (415, "This file type is not supported", "Use a PNG, JPEG, WebP or GIF image", False),
        (422, "No digit found", "stands out from the background", False),
        (418, "The server rejected the request", "This is the server's message.", False),
        (429, "Too many requests", "limits how many", True),
        (500, "The server ran into an error", "report request abc-123", True),
        (503, "The server is busy", "starting or overloaded", True),
        (504, "The request timed out", "slow", True),
    ],
)
def test_an_error_status_says_what_happened_and_what_to_do(
    open_page: OpenPage, status: int, headline: str, advice: str, retry_helps: bool
) -> None:
    digit_page = open_page(before=refusing(status, {"X-Request-ID": "abc-123"}))
    digit_page.draw(SEVEN)
    message = digit_page.read()
    assert digit_page.state == "failure"
    assert headline in message
    assert advice in message
    assert can_retry(digit_page) is retry_helps
    assert digit_page.ink > 0


def test_a_failure_is_announced(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(504))
    digit_page.draw(SEVEN)
    digit_page.read()
    digit_page.wait_for_announcement(f"The request timed out. {digit_page.text('detail')}")


def test_the_next_stroke_replaces_the_message(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(503, {"Retry-After": "30"}))
    digit_page.draw(SEVEN)
    digit_page.wait_for("failure")
    digit_page.page.mouse.move(*digit_page.to_screen((0.2, 0.2)))
    digit_page.page.mouse.down()
    digit_page.wait_for("drawing")
    assert digit_page.text("headline") == "Keep going …"
    assert not can_retry(digit_page)


def test_the_button_to_try_again_gets_the_answer(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(500, times=1))
    draw_at_once(digit_page)
    digit_page.wait_for("failure")
    digit_page.press("Try again")
    digit_page.wait_for("digit", "unsure")
    assert digit_page.top_digit == "7"
    assert not can_retry(digit_page)


@pytest.mark.parametrize("status", [429, 503])
def test_the_page_retries_after_the_time_in_retry_after(open_page: OpenPage, status: int) -> None:
    digit_page = open_page(before=refusing(status, {"Retry-After": "1"}, times=1))
    draw_at_once(digit_page)
    assert "Trying again in 1 s." in digit_page.read("failure")
    digit_page.wait_for("digit", "unsure")
    assert digit_page.top_digit == "7"


def test_the_wait_counts_down(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(503, {"Retry-After": "3"}, times=1))
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    seconds = []
    for _ in range(3):
        digit_page.wait_for("failure")
        seconds.append(digit_page.text("detail").removesuffix(" s.").rsplit(maxsplit=1)[-1])
        digit_page.page.clock.run_for(1000)
    assert seconds == ["3", "2", "1"]
    digit_page.wait_for("digit", "unsure")


def test_a_server_that_cannot_be_reached_is_tried_again_until_it_answers(open_page: OpenPage) -> None:
    failures: list[Route] = []

    def fail_three_times(route: Route) -> None:
        if len(failures) == 3:
            return route.continue_()
        failures.append(route)
        return route.abort("connectionrefused")

    digit_page = open_page(before=lambda page: page.route(PREDICTIONS, fail_three_times))
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    for failed, seconds in enumerate((2, 4, 8), 1):
        digit_page.wait_until(partial(lambda sent: len(failures) == sent and digit_page.state == "failure", failed))
        assert f"Trying again in {seconds} s." in digit_page.text("detail")
        digit_page.page.clock.run_for(seconds * 1000)
    digit_page.wait_for("digit", "unsure")
    assert digit_page.top_digit == "7"


@pytest.mark.parametrize("status", [400, 413, 415, 422, 429, 500, 503, 504])
def test_the_words_of_a_refusal_fit_a_drawing_and_an_image(open_page: OpenPage, status: int) -> None:
    digit_page = open_page(before=refusing(status))
    digit_page.open_image(drawings.seven())
    message = digit_page.read("failure")
    assert "ink" not in message.split()
    assert "blank" not in message
    assert "drawing is kept" not in message


def test_the_page_retries_only_once(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(503, {"Retry-After": "0"}))
    sent = requests_of(digit_page.page)
    draw_at_once(digit_page)
    digit_page.wait_until(lambda: len(sent) == 2)
    digit_page.page.wait_for_timeout(500)  # a page that retries again does so at once
    assert len(sent) == 2
    assert "Trying again" not in digit_page.read("failure")
    assert can_retry(digit_page)


def test_a_long_retry_after_is_left_to_the_user(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(429, {"Retry-After": "3600"}))
    digit_page.draw(SEVEN)
    assert "Trying again" not in digit_page.read()
    assert can_retry(digit_page)


def test_clearing_the_canvas_cancels_the_retry(open_page: OpenPage) -> None:
    digit_page = open_page(before=refusing(503, {"Retry-After": "1"}))
    sent = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    digit_page.wait_for("failure")
    digit_page.press("New digit")
    digit_page.page.clock.run_for(5000)
    assert digit_page.state == "empty"
    assert len(sent) == 1


@pytest.mark.parametrize("reason", ["connectionrefused", "connectionreset", "connectionclosed"])
def test_a_broken_connection_is_reported_as_such(open_page: OpenPage, reason: str) -> None:
    digit_page = open_page(before=aborting(reason))
    digit_page.draw(SEVEN)
    assert "The server can’t be reached" in digit_page.read()
    assert can_retry(digit_page)


def test_a_request_without_an_answer_times_out(open_page: OpenPage) -> None:
    def shorten_timeout(page: Page) -> None:
        page.add_init_script(
            "const later = window.setTimeout;"
            "window.setTimeout = (task, ms, ...rest) => later(task, ms === 20000 ? 600 : ms, ...rest);"
        )
        page.route(PREDICTIONS, lambda route: None)

    digit_page = open_page(before=shorten_timeout)
    digit_page.draw(SEVEN)
    assert "The request timed out" in digit_page.read()
    assert can_retry(digit_page)


def test_the_page_waits_longer_than_nginx(digit_page: DigitPage, stack: Stack) -> None:
    """The message of the server's 504 must arrive first."""
    timeout_ms = digit_page.page.evaluate("import('/page.js').then(({ TIMEOUT_MS }) => TIMEOUT_MS)")
    longest = parse(stack.run_dir / "nginx" / "large.conf").seconds(
        "proxy_read_timeout"
    )  # as long as all tries of others
    assert timeout_ms / 1000 > longest


@pytest.mark.parametrize("body", ["<html>Sign in to the guest network</html>", "{}", '{"digit": 7}', "null", ""])
def test_a_response_that_is_not_a_recognition_is_reported(open_page: OpenPage, body: str) -> None:
    digit_page = open_page(
        before=lambda page: page.route(PREDICTIONS, lambda route: route.fulfill(status=200, body=body))
    )
    digit_page.draw(SEVEN)
    assert "Unexpected response" in digit_page.read()
    assert can_retry(digit_page)


def test_a_server_without_a_model_is_busy_and_a_stopped_one_unreachable(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "digits.mar").write_bytes(b"no archive")
    with starting_stack(MODEL_STORE=str(tmp_path)) as stack, browser.new_context() as context:
        digit_page = DigitPage(context.new_page())
        digit_page.wait_until(lambda: serves_the_page(stack.url))
        digit_page.page.goto(stack.url)
        digit_page.draw(SEVEN)
        assert "The server is busy" in digit_page.read()
        stack.process.terminate()
        stack.process.wait(timeout=60)
        digit_page.draw([[(0.2, 0.9), (0.8, 0.9)]])
        assert "The server can’t be reached" in digit_page.read()
        assert can_retry(digit_page)


def serves_the_page(address: str) -> bool:
    try:
        return requests.get(address, timeout=1).status_code == 200
    except requests.RequestException:
        return False
