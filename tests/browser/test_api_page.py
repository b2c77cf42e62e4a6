"""The page that shows openapi.json to people."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests import drawings
from tests.browser.conftest import PageMonitor
from tests.browser.digit_page import DigitPage
from tests.browser.test_accessibility import THEMES, violations
from tests.browser.test_start import COUNT_SHIFTS
from tools.stack import ROOT

OPENAPI = json.loads((ROOT / "web" / "public" / "openapi.json").read_text("utf-8"))
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in OPENAPI["paths"].items()
    for method, operation in methods.items()
    if method != "head"
]
OPEN_ALL = "document.querySelectorAll('details').forEach((details) => { details.open = true; })"


@pytest.fixture
def api_page(browser: Browser, address: str) -> Iterator[Page]:
    """Open the page in a new window and wait until it shows the description."""
    page = browser.new_page()
    monitor = PageMonitor(page, address)
    page.goto(f"{address}/api.html")
    page.locator("h2").first.wait_for()
    yield page
    page.close()
    assert monitor.violations == []


def test_the_drawing_page_links_to_it(digit_page: DigitPage) -> None:
    digit_page.page.get_by_role("link", name="API").click()
    digit_page.page.get_by_role("heading", name="POST /predictions/digits").wait_for()


def test_every_operation_is_there_with_its_responses(api_page: Page) -> None:
    for title, operation in OPERATIONS:
        article = api_page.locator("article", has=api_page.locator(f"h3#{operation['operationId']}"))
        text = article.inner_text()
        assert text.startswith(title)
        assert operation["summary"] in text
        for parameter in operation["parameters"]:
            found = OPENAPI["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            assert found["name"] in text
            assert found["description"].replace("`", "") in text
        assert set(operation["responses"]) <= set(re.findall(r"(?m)^(\d{3})\b", text))


def test_every_object_is_there_with_its_fields(api_page: Page) -> None:
    for name, schema in OPENAPI["components"]["schemas"].items():
        text = api_page.locator("article", has=api_page.locator(f"h3#{name}")).inner_text()
        for field in schema.get("properties", {}):
            assert re.search(rf"(?m)^{field}\b", text), (name, field)
        assert schema.get("description", "").replace("`", "") in text


def test_every_link_leads_somewhere(api_page: Page) -> None:
    dangling = """[...document.querySelectorAll("a[href^='#']")]
        .map((link) => link.hash.slice(1)).filter((id) => !document.getElementById(id))"""
    assert api_page.evaluate(dangling) == []


def test_no_text_is_undefined(api_page: Page) -> None:
    text = api_page.locator("main").inner_text()
    assert not re.search(r"undefined|\[object", text)
    assert "`" not in text


def test_every_command_works_where_it_is_pasted(api_page: Page, tmp_path: Path) -> None:
    (tmp_path / "digit.png").write_bytes(drawings.seven())
    commands = api_page.locator(".curl").all_inner_texts()
    assert len(commands) == len(OPERATIONS)
    for command in commands:
        output = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}"]
        result = subprocess.run(
            ["bash", "-c", f'{command} "$@"', "bash", *output], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert result.stdout == "200", command


def test_axe_finds_no_violation_in_either_theme_with_every_example_open(api_page: Page) -> None:
    api_page.emulate_media(reduced_motion="reduce")
    api_page.evaluate(OPEN_ALL)
    for scheme in THEMES:
        api_page.emulate_media(color_scheme=scheme)
        assert violations(api_page) == [], scheme


def test_no_window_scrolls_sideways(api_page: Page) -> None:
    api_page.evaluate(OPEN_ALL)
    for width in (320, 390, 768, 1280):
        api_page.set_viewport_size({"width": width, "height": 700})
        assert api_page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, width


def test_a_link_to_an_operation_shows_it(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/api.html#recognizeNumber")
    heading = page.locator("h3#recognizeNumber")
    heading.wait_for()
    page.wait_for_function("document.getElementById('recognizeNumber').getBoundingClientRect().top < 100")
    page.close()


@pytest.mark.parametrize("failure", ["missing", "unreachable"])
def test_a_description_that_does_not_load_is_reported(browser: Browser, address: str, failure: str) -> None:
    def answer(route: Route) -> None:
        if failure == "missing":
            route.fulfill(status=503)
        else:
            route.abort()

    page = browser.new_page()
    page.route("**/openapi.json", answer)
    page.goto(f"{address}/api.html")
    page.get_by_text("The description did not load.").wait_for()
    page.close()


def test_nothing_moves_when_the_description_is_shown(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(COUNT_SHIFTS)
    held: list[Route] = []
    page.route("**/openapi.json", lambda route: held.append(route))
    page.goto(f"{address}/api.html")
    page.wait_for_timeout(200)  # the page is painted
    held[0].continue_()
    page.locator("h2").first.wait_for()
    page.wait_for_timeout(200)  # the browser reports a shift after the frame
    assert page.evaluate("window.shifts") == []
    page.close()
