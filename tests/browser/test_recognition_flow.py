"""When the page sends a drawing, that only the newest answer counts, and how each answer is shown."""

import json
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.network import PREDICTIONS, aborting, answering, holding, recognition, requests_of, stop_clock

KEEP_ANNOUNCEMENTS = """() => {
    window.announcements = [];
    const region = document.getElementById("announcement");
    new MutationObserver(() => announcements.push(region.textContent)).observe(region, { childList: true });
}"""

# A wrong page would show a response that it must ignore within this time.
IGNORED_MS = 300


def test_a_blank_canvas_asks_for_a_drawing_and_sends_nothing(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    digit_page.canvas.press("Enter")
    assert digit_page.text("headline") == "The canvas is blank"
    assert "Draw a digit" in digit_page.text("detail")
    digit_page.wait_for_announcement("Draw a digit")
    assert requests == []


def test_a_drawing_is_sent_as_soon_as_the_pen_is_lifted(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    assert len(requests) == 1


def test_each_stroke_is_sent_and_only_the_answer_to_all_of_them_is_announced(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("digit", d7=0.98, d1=0.02)))
    requests = requests_of(digit_page.page)
    digit_page.page.evaluate(KEEP_ANNOUNCEMENTS)
    stop_clock(digit_page.page)
    for sent, stroke in enumerate(([(0.3, 0.5), (0.7, 0.5)], [(0.5, 0.3), (0.5, 0.7)]), 1):
        digit_page.draw([stroke])
        digit_page.wait_for("digit")
        digit_page.page.clock.run_for(499)
        assert len(requests) == sent
    assert digit_page.page.evaluate("announcements") == []
    digit_page.page.clock.run_for(1)
    assert digit_page.page.evaluate("announcements") == ["It’s a 7, 98.0% sure. Next: 1, 2.0%."]


def test_enter_repeats_an_answer_without_asking_for_it_again(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    digit_page.page.evaluate(KEEP_ANNOUNCEMENTS)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    for times in (1, 2):
        digit_page.wait_for("digit")
        digit_page.page.clock.run_for(600)
        assert sum("It’s a 7" in text for text in digit_page.page.evaluate("announcements")) == times
        digit_page.canvas.press("Enter")
    assert len(requests) == 1


def test_a_late_answer_never_replaces_a_newer_one(open_page: OpenPage) -> None:
    old = recognition("digit", d1=0.99, d7=0.01)
    new = recognition("digit", d7=0.98, d1=0.02)
    held: list[Route] = []

    def answer(route: Route) -> None:
        if held:
            route.fulfill(status=200, body=json.dumps(new))
        held.append(route)

    digit_page = open_page(before=lambda page: page.route(PREDICTIONS, answer))
    digit_page.draw(ONE)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.draw(SEVEN)
    assert "It’s a 7" in digit_page.read()
    held[0].fulfill(status=200, body=json.dumps(old))
    digit_page.page.wait_for_timeout(IGNORED_MS)
    assert "It’s a 7" in digit_page.read()
    digit_page.wait_for_announcement("It’s a 7")


def test_an_answer_that_arrives_during_the_next_stroke_is_ignored(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    digit_page.draw(ONE)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.page.mouse.move(*digit_page.to_screen((0.2, 0.2)))
    digit_page.page.mouse.down()
    held[0].fulfill(status=200, body=json.dumps(recognition("digit", d1=1.0)))
    digit_page.page.wait_for_timeout(IGNORED_MS)
    assert digit_page.state == "drawing"


def test_a_slow_answer_is_announced_as_slow(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    digit_page.draw(SEVEN)
    digit_page.wait_until(lambda: digit_page.text("headline") == "Recognizing …")
    held[-1].fulfill(status=200, body=json.dumps(recognition("digit", d7=1.0)))
    assert "It’s a 7" in digit_page.read()


def test_an_answer_to_a_cleared_drawing_is_ignored(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    digit_page.draw(ONE)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.press("New digit")
    held[0].fulfill(status=200, body=json.dumps(recognition("digit", d1=1.0)))
    digit_page.page.wait_for_timeout(IGNORED_MS)
    assert digit_page.state == "empty"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (recognition("digit", d7=0.998, d1=0.002), "It’s a 7 99.8% sure"),
        (recognition("digit", d8=0.99991, d3=0.00009), "It’s an 8 over 99.9% sure"),
        (recognition("unsure", d4=0.52, d9=0.45, d7=0.03), "A 4 or a 9? 52.0% versus 45.0%."),
        (recognition("unsure", d8=0.5, d3=0.4), "An 8 or a 3? 50.0% versus 40.0%."),
        (recognition("unsure", d8=0.97, d3=0.03), "Perhaps an 8 If it is a digit at all."),
        (recognition("not_a_digit", d2=0.6, d3=0.4), "Not a digit"),
    ],
)
def test_each_verdict_is_put_into_words(open_page: OpenPage, answer: dict[str, Any], words: str) -> None:
    digit_page = open_page(before=answering(answer))
    digit_page.draw(ONE)
    assert digit_page.read().startswith(words)
    assert digit_page.state == answer["verdict"]


def test_an_unsure_answer_shows_both_digits_and_what_would_help(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)))
    digit_page.draw(ONE)
    assert "Write it again" in digit_page.read()
    assert digit_page.page.locator("#numeral .glyph").all_inner_texts() == ["4", "9"]
    highlighted = digit_page.page.locator('[data-rank="1"] .label, [data-rank="2"] .label')
    assert highlighted.all_inner_texts() == ["4", "9"]


def test_an_answer_that_is_unsure_whether_it_is_a_digit_shows_no_second_one(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("unsure", d4=0.95, d9=0.04, d7=0.01)))
    digit_page.draw(ONE)
    assert "Write it again" in digit_page.read()
    assert digit_page.page.locator("#numeral .glyph").all_inner_texts() == ["4?"]
    bars = digit_page.page.locator('[data-rank="2"] .fill, [data-rank="3"] .fill')
    assert len(set(bars.evaluate_all("all => all.map((bar) => getComputedStyle(bar).backgroundImage)"))) == 1


def test_a_drawing_that_is_not_a_digit_gets_advice_and_no_large_digit(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("not_a_digit", d2=0.6, d3=0.4)))
    digit_page.draw(ONE)
    assert "Try a single, large digit" in digit_page.read()
    assert not any(glyph.isdigit() for glyph in digit_page.page.locator("#numeral .glyph").all_inner_texts())


def test_an_answer_is_announced_with_the_second_most_likely_digit(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("digit", d7=0.98, d1=0.02)))
    digit_page.draw(SEVEN)
    digit_page.wait_for_announcement("It’s a 7, 98.0% sure. Next: 1, 2.0%.")


def test_an_answer_is_announced_once_and_then_is_on_the_page_once(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(recognition("digit", d7=0.98, d1=0.02)))
    digit_page.page.evaluate(KEEP_ANNOUNCEMENTS)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    digit_page.page.clock.run_for(600)
    assert digit_page.page.evaluate("announcements") == ["It’s a 7, 98.0% sure. Next: 1, 2.0%."]
    digit_page.page.clock.run_for(10_000)
    announcements = [text for text in digit_page.page.evaluate("announcements") if "It’s" in text]
    assert len(announcements) == 1
    assert digit_page.page.locator("body").aria_snapshot().count("It’s a 7") == 1


def test_a_failure_that_repeats_by_itself_is_announced_once(open_page: OpenPage) -> None:
    digit_page = open_page(before=aborting("connectionrefused"))
    requests = requests_of(digit_page.page)
    digit_page.page.evaluate(KEEP_ANNOUNCEMENTS)
    stop_clock(digit_page.page)
    digit_page.draw(SEVEN)
    for tries in (1, 2, 3):
        digit_page.wait_until(partial(lambda sent: len(requests) == sent and digit_page.state == "failure", tries))
        digit_page.page.clock.run_for(8000)
    announcements = [text for text in digit_page.page.evaluate("announcements") if "reached" in text]
    assert len(announcements) == 1


def test_of_several_announcements_at_once_only_the_last_is_made(digit_page: DigitPage) -> None:
    announced = digit_page.page.evaluate("""async () => {
        const { LiveRegion } = await import("/page.js");
        const announced = [];
        const region = new LiveRegion({ set textContent(text) { announced.push(text); } });
        for (const text of ["It’s a 1", "It’s a 7", "It’s a 2"]) region.announce(text);
        await new Promise((resolve) => setTimeout(resolve, 700));
        return announced;
    }""")
    assert announced == ["It’s a 2"]
