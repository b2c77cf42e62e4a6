"""The answer moves while a stroke is drawn: tentative, at most ten times a second, one request at a time."""

import json
from functools import partial

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import SEVEN, DigitPage
from tests.browser.handwriting import Point
from tests.browser.network import answering, holding, recognition, refusing, requests_of, stop_clock
from tests.browser.test_number import seventy_one
from tests.browser.test_recognition_flow import KEEP_ANNOUNCEMENTS

PAUSE_MS = 100
NUMBER_PAUSE_MS = 400
SEVEN_ANSWER = recognition("digit", d7=0.98, d1=0.02)
START, REST = SEVEN[0][:6], SEVEN[0][6:]
IS_HATCHED = "getComputedStyle(document.querySelector('[data-rank=\"1\"] .fill')).backgroundImage !== 'none'"


def wiggle(step: int) -> Point:
    """Return a point that differs from the one before."""
    return 0.5, 0.6 + 0.02 * (step % 2)


def is_tentative(digit_page: DigitPage) -> bool:
    return digit_page.state == "drawing" and digit_page.text("headline").startswith("Perhaps ")


def test_the_answer_moves_while_the_stroke_is_drawn_and_settles_when_it_ends(digit_page: DigitPage) -> None:
    digit_page.page.evaluate(KEEP_ANNOUNCEMENTS)
    digit_page.begin(START)
    digit_page.wait_until(lambda: bool(digit_page.text("meta")))
    assert digit_page.state == "drawing"
    assert digit_page.page.get_by_alt_text("as the network sees it").count() == 1
    digit_page.go_on(REST)
    digit_page.wait_until(lambda: digit_page.text("headline") == "Perhaps a 7")
    assert digit_page.page.evaluate(IS_HATCHED)
    digit_page.page.mouse.up()
    assert digit_page.read().startswith("It’s a 7")
    assert not digit_page.page.evaluate(IS_HATCHED)
    digit_page.wait_for_announcement("It’s a 7")
    assert not any("Perhaps" in text for text in digit_page.page.evaluate("announcements"))


def test_what_is_asked_while_a_digit_is_drawn_is_marked_and_the_whole_digit_is_not(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(SEVEN_ANSWER))
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.begin(START)
    digit_page.page.clock.run_for(PAUSE_MS)
    digit_page.wait_until(lambda: bool(digit_page.text("meta")))
    digit_page.go_on(REST)
    digit_page.page.mouse.up()
    digit_page.wait_until(lambda: len(requests) == 2)
    assert [request.headers.get("x-draft") for request in requests] == ["1", None]


@pytest.mark.parametrize(
    ("answer", "headline"),
    [
        (recognition("unsure", d4=0.52, d9=0.45), "Perhaps a 4"),
        (recognition("digit", d8=0.9, d3=0.1), "Perhaps an 8"),
        (recognition("not_a_digit", d2=0.6, d3=0.4), "Keep going …"),
    ],
)
def test_a_tentative_answer_is_one_digit_or_none(open_page: OpenPage, answer: dict[str, object], headline: str) -> None:
    digit_page = open_page(before=answering(answer))
    digit_page.begin(START)
    digit_page.wait_until(lambda: bool(digit_page.text("meta")))
    assert digit_page.text("headline") == headline
    assert digit_page.page.locator("#numeral .glyph").count() == 1


def test_there_are_at_most_ten_requests_a_second(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(SEVEN_ANSWER))
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.begin(START)
    for sent in range(10):
        digit_page.page.clock.run_for(PAUSE_MS - 1)
        digit_page.page.wait_for_timeout(20)  # in which a page that asks too early does so
        assert len(requests) == sent
        digit_page.page.clock.run_for(1)
        digit_page.wait_until(partial(lambda count: len(requests) == count and bool(digit_page.text("meta")), sent + 1))
        digit_page.page.wait_for_timeout(20)
        digit_page.go_on([wiggle(sent)])


def test_one_request_is_under_way_and_the_newest_drawing_is_asked_next(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    digit_page.begin(START)
    digit_page.wait_until(lambda: len(held) == 1)
    for step in range(20):
        digit_page.go_on([wiggle(step)])
        digit_page.page.wait_for_timeout(20)
    assert len(held) == 1
    held[0].fulfill(json=SEVEN_ANSWER)
    digit_page.wait_until(lambda: len(held) == 2)
    assert held[1].request.post_data_buffer != held[0].request.post_data_buffer


def test_a_slow_link_is_asked_less_often(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    stop_clock(digit_page.page)
    digit_page.begin(START)
    digit_page.page.clock.run_for(PAUSE_MS)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.page.clock.run_for(700)
    held[0].fulfill(json=SEVEN_ANSWER)
    digit_page.wait_until(lambda: is_tentative(digit_page))
    digit_page.go_on(REST)
    digit_page.page.clock.run_for(699)
    digit_page.page.wait_for_timeout(PAUSE_MS)
    assert len(held) == 1
    digit_page.page.clock.run_for(10)
    digit_page.wait_until(lambda: len(held) == 2)


@pytest.mark.parametrize("status", [429, 503])
def test_after_a_refusal_the_page_asks_only_when_the_pen_is_lifted_until_it_succeeds(
    open_page: OpenPage, status: int
) -> None:
    digit_page = open_page(before=refusing(status, {"Retry-After": "60"}, times=2))
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)

    def draw_for_a_second(points: list[Point]) -> None:
        for point in points:
            digit_page.go_on([point])
            digit_page.page.clock.run_for(PAUSE_MS)
            digit_page.page.wait_for_timeout(20)

    digit_page.begin(START)
    draw_for_a_second(REST)
    assert len(requests) == 1
    assert digit_page.state == "drawing"
    digit_page.page.mouse.up()
    digit_page.wait_for("failure")
    digit_page.begin(START)
    draw_for_a_second(REST)
    assert len(requests) == 2
    digit_page.page.mouse.up()
    digit_page.wait_until(lambda: digit_page.state not in ("drawing", "waiting"))
    assert len(requests) == 3
    digit_page.begin(START)
    draw_for_a_second(REST)
    assert len(requests) > 3


def test_an_answer_to_exactly_this_drawing_settles_without_another_request(digit_page: DigitPage) -> None:
    requests = requests_of(digit_page.page)
    stop_clock(digit_page.page)
    digit_page.begin(SEVEN[0])
    digit_page.page.clock.run_for(PAUSE_MS)
    digit_page.wait_until(lambda: is_tentative(digit_page))
    digit_page.page.mouse.up()
    assert digit_page.read().startswith("It’s a 7")
    assert len(requests) == 1


def test_a_request_for_exactly_this_drawing_settles_when_it_is_answered(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    stop_clock(digit_page.page)
    digit_page.begin(SEVEN[0])
    digit_page.page.clock.run_for(PAUSE_MS)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.page.mouse.up()
    assert digit_page.state == "waiting"
    held[0].fulfill(json=SEVEN_ANSWER)
    assert digit_page.read().startswith("It’s a 7")
    assert len(held) == 1


def test_a_tentative_answer_that_arrives_after_the_pen_is_lifted_is_ignored(open_page: OpenPage) -> None:
    held: list[Route] = []
    digit_page = open_page(before=holding(held))
    digit_page.begin(START)
    digit_page.wait_until(lambda: len(held) == 1)
    digit_page.go_on(REST)
    digit_page.page.mouse.up()
    digit_page.wait_until(lambda: len(held) == 2)
    held[1].fulfill(json=SEVEN_ANSWER)
    assert digit_page.read().startswith("It’s a 7")
    held[0].fulfill(body=json.dumps(recognition("digit", d1=1.0)))
    digit_page.page.wait_for_timeout(300)
    assert digit_page.read().startswith("It’s a 7")


def test_undo_during_a_stroke_shows_the_answer_from_before_it(open_page: OpenPage) -> None:
    digit_page = open_page(before=answering(SEVEN_ANSWER))
    digit_page.draw(SEVEN)
    digit_page.wait_for("digit")
    requests = requests_of(digit_page.page)
    digit_page.begin([(0.5, 0.5), (0.6, 0.6)])
    digit_page.page.keyboard.press("Control+z")
    digit_page.wait_for("digit")
    assert len(requests) <= 1  # of the stroke


def test_a_number_is_asked_less_often_while_it_is_drawn(digit_page: DigitPage) -> None:
    stop_clock(digit_page.page)
    seven, one = seventy_one()
    digit_page.draw([seven])
    digit_page.wait_for("digit", "unsure")
    requests = requests_of(digit_page.page)
    digit_page.begin(one[:-1])
    digit_page.page.clock.run_for(PAUSE_MS)
    digit_page.wait_until(lambda: digit_page.text("headline") == "Perhaps 71")
    requests.clear()
    digit_page.go_on(one[-1:])
    digit_page.page.clock.run_for(NUMBER_PAUSE_MS - 1)
    digit_page.page.wait_for_timeout(50)
    assert requests == []
    digit_page.page.clock.run_for(1)
    digit_page.wait_until(lambda: len(requests) == 1 and bool(digit_page.text("meta")))
    assert [request.url.rsplit("/")[-1] for request in requests] == ["numbers"]
    digit_page.page.mouse.up()
    assert digit_page.read("number").startswith("The number 71")
    assert len(requests) == 1
