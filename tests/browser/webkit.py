"""WebKitGTK, whose engine is Safari's, with the distribution's WebDriver and a display of its own."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.handwriting import Stroke

TIMEOUT_S = 30
KEEP_ERRORS = """
    window.errors = [];
    console.error = (...said) => errors.push(said.join(" "));
    addEventListener("error", (event) => errors.push(event.message));
    addEventListener("unhandledrejection", (event) => errors.push(String(event.reason)));
"""


class WebKit:
    """One window with the page."""

    def __init__(self, driver: webdriver.WebKitGTK, url: str) -> None:
        self._driver = driver
        driver.get(url)
        driver.execute_script(KEEP_ERRORS)
        self._canvas = driver.find_element(By.ID, "canvas")

    @property
    def errors(self) -> list[str]:
        """What scripts reported as an error, since the page was loaded."""
        errors: list[str] = self._driver.execute_script("return errors")
        return errors

    @property
    def is_dark(self) -> bool:
        """Whether the page is asked to be dark."""
        return bool(self._driver.execute_script("return matchMedia('(prefers-color-scheme: dark)').matches"))

    def draw(self, stroke: Stroke) -> None:
        """Draw with the mouse; points are in fractions of the canvas side."""
        side = self._canvas.size["width"]
        points = [(round((x - 0.5) * side), round((y - 0.5) * side)) for x, y in stroke]  # from the middle
        actions = ActionChains(self._driver, duration=20)
        for number, point in enumerate(points):
            actions.move_to_element_with_offset(self._canvas, *point)
            if number == 0:
                actions.click_and_hold()
        actions.release().perform()

    def press(self, *keys: str) -> None:
        """Press keys one after the other, with the canvas in focus."""
        self._driver.execute_script("arguments[0].focus()", self._canvas)
        ActionChains(self._driver).send_keys(*keys).perform()

    def open_file(self, path: Path) -> None:
        """Choose a file in the file dialog."""
        self._driver.find_element(By.ID, "image").send_keys(str(path))

    def wait_for_headline(self, text: str) -> None:
        """Wait until the answer has this headline."""
        headline = self._driver.find_element(By.ID, "headline")
        WebDriverWait(self._driver, TIMEOUT_S).until(lambda _: headline.text == text, f"no headline {text!r}")


@contextmanager
def webkit(url: str, environment: dict[str, str]) -> Iterator[WebKit]:
    """Open the page with these variables in the browser's environment."""
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as display:
        assert display.stdout is not None
        try:
            variables = {**os.environ, "DISPLAY": f":{display.stdout.readline().strip()}", **environment}
            with webdriver.WebKitGTK(service=Service(env=variables)) as driver:
                yield WebKit(driver, url)
        finally:
            display.terminate()
