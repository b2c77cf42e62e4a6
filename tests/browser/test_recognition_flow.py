"""When is asked, and that only the newest answer counts."""

import json
from typing import Any

import pytest
from playwright.sync_api import Route

from tests.browser.conftest import OpenPage
from tests.browser.digit_page import ONE, SEVEN, DigitPage
from tests.browser.network import PREDICTIONS, answering, holding, recognition, requests_of


def test_a_blank_sheet_prompts_to_draw_and_sends_nothing(sheet: DigitPage) -> None:
    asked = requests_of(sheet.page)
    sheet.press("Recognise")
    sheet.canvas.press("Enter")
    assert sheet.text("headline") == "The sheet is blank"
    assert "Draw a digit" in sheet.text("detail")
    assert "Draw a digit" in sheet.announcement()
    assert asked == []


def test_nothing_is_sent_for_a_drawing_that_was_cleared_in_time(sheet: DigitPage) -> None:
    asked = requests_of(sheet.page)
    sheet.draw([[(0.5, 0.4), (0.5, 0.5)]])
    sheet.canvas.press("Escape")
    sheet.page.wait_for_timeout(500)
    assert asked == []


def test_two_strokes_in_quick_succession_are_one_question(sheet: DigitPage) -> None:
    asked = requests_of(sheet.page)
    sheet.draw([[(0.3, 0.5), (0.7, 0.5)], [(0.5, 0.3), (0.5, 0.7)]])
    sheet.read()
    assert len(asked) == 1


def test_a_late_answer_never_replaces_a_newer_one(open_page: OpenPage) -> None:
    old = recognition("digit", d1=0.99, d7=0.01)
    new = recognition("digit", d7=0.98, d1=0.02)
    held: list[Route] = []

    def answer(route: Route) -> None:
        if held:
            route.fulfill(status=200, body=json.dumps(new))
        held.append(route)

    sheet = open_page(before=lambda page: page.route(PREDICTIONS, answer))
    sheet.draw(ONE)
    sheet.wait_until(lambda: len(held) == 1)
    sheet.draw(SEVEN)
    assert "It’s a 7" in sheet.read()
    held[0].fulfill(status=200, body=json.dumps(old))
    sheet.page.wait_for_timeout(300)
    assert "It’s a 7" in sheet.read()
    assert "It’s a 7" in sheet.announcement()


def test_an_answer_that_comes_while_the_next_stroke_is_drawn_is_not_shown(open_page: OpenPage) -> None:
    held: list[Route] = []
    sheet = open_page(before=holding(held))
    sheet.draw(ONE)
    sheet.wait_until(lambda: len(held) == 1)
    sheet.page.mouse.move(*sheet.place((0.2, 0.2)))
    sheet.page.mouse.down()
    held[0].fulfill(status=200, body=json.dumps(recognition("digit", d1=1.0)))
    sheet.page.wait_for_timeout(300)
    assert sheet.state == "drawing"


def test_an_answer_that_takes_long_is_awaited_in_words(open_page: OpenPage) -> None:
    held: list[Route] = []
    sheet = open_page(before=holding(held))
    sheet.draw(SEVEN)
    sheet.wait_until(lambda: sheet.text("headline") == "Reading it …")
    held[0].fulfill(status=200, body=json.dumps(recognition("digit", d7=1.0)))
    assert "It’s a 7" in sheet.read()


def test_an_answer_to_a_drawing_that_was_cleared_is_not_shown(open_page: OpenPage) -> None:
    held: list[Route] = []
    sheet = open_page(before=holding(held))
    sheet.draw(ONE)
    sheet.wait_until(lambda: len(held) == 1)
    sheet.press("Clear")
    held[0].fulfill(status=200, body=json.dumps(recognition("digit", d1=1.0)))
    sheet.page.wait_for_timeout(300)
    assert sheet.state == "empty"


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (recognition("digit", d7=0.998, d1=0.002), "It’s a 7 99.8 % sure"),
        (recognition("digit", d8=0.99991, d3=0.00009), "It’s an 8 over 99.9 % sure"),
        (recognition("unsure", d4=0.52, d9=0.45, d7=0.03), "A 4 or a 9? 52.0 % against 45.0 %."),
        (recognition("unsure", d8=0.5, d3=0.4), "An 8 or a 3? 50.0 % against 40.0 %."),
        (recognition("not_a_digit", d2=0.6, d3=0.4), "Not a digit"),
    ],
)
def test_each_verdict_is_told_in_words(open_page: OpenPage, answer: dict[str, Any], told: str) -> None:
    sheet = open_page(before=answering(answer))
    sheet.draw(ONE)
    assert sheet.read().startswith(told)
    assert sheet.state == answer["verdict"]


def test_an_unsure_answer_shows_both_digits_and_says_what_would_help(open_page: OpenPage) -> None:
    sheet = open_page(before=answering(recognition("unsure", d4=0.52, d9=0.45, d7=0.03)))
    sheet.draw(ONE)
    assert "Draw it once more" in sheet.read()
    assert sheet.page.locator("#numeral .glyph").all_inner_texts() == ["4", "9"]
    assert [bar.inner_text() for bar in sheet.page.locator('[data-rank="1"] .name, [data-rank="2"] .name').all()] == [
        "4",
        "9",
    ]


def test_what_is_not_a_digit_gets_no_digit_and_advice(open_page: OpenPage) -> None:
    sheet = open_page(before=answering(recognition("not_a_digit", d2=0.6, d3=0.4)))
    sheet.draw(ONE)
    assert "Draw a single digit, large" in sheet.read()
    assert not any(glyph.isdigit() for glyph in sheet.page.locator("#numeral .glyph").all_inner_texts())


def test_an_answer_is_announced_with_the_runner_up(open_page: OpenPage) -> None:
    sheet = open_page(before=answering(recognition("digit", d7=0.98, d1=0.02)))
    sheet.draw(SEVEN)
    sheet.read()
    assert sheet.announcement() == "It’s a 7, 98.0 % sure. Next: 1, 2.0 %."


def test_of_many_things_to_announce_at_once_the_last_is_said(sheet: DigitPage) -> None:
    told = sheet.page.evaluate("""async () => {
        const { Announcer } = await import("/scripts/live_region.js");
        const told = [];
        const announcer = new Announcer({ set textContent(text) { told.push(text); } });
        for (const text of ["It’s a 1", "It’s a 7", "It’s a 2"]) announcer.say(text);
        await new Promise((resolve) => setTimeout(resolve, 700));
        return told;
    }""")
    assert told == ["It’s a 2"]
