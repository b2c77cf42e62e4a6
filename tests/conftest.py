"""What all tests share: the running service, Chromium, and the rule that continuous integration skips nothing."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.chromium import CHROMIUM_OPTIONS, find_chromium
from tools.stack import ROOT, Stack, ready_stack

# Read when numpy is first imported. Preprocessing multiplies small matrices: threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Start TorchServe behind nginx, once for the whole run, with no rate limit to speak of."""
    with ready_stack(RATE_LIMIT="10000r/s", RATE_BURST="10000") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium: Playwright's interface can be there only once in a process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of MNIST and the pen strokes, or skip with the reason."""
    folder = Path(os.environ.get("DIGITS_DATA") or ROOT.parent / "shared" / "data")
    if not (folder / "MNIST").is_dir():
        pytest.skip(f"no real digits in {folder}: DIGITS_DATA names the folder that holds MNIST/raw and strokes/")
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run where nothing may be skipped."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and CI is set: every test must run.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
