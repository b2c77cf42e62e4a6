"""Fixtures for all tests: the running service, Chromium, real digits. REQUIRE_EVERY_TEST=1 makes a skip a failure."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tools.chromium import CHROMIUM_OPTIONS, find_chromium
from tools.stack import ROOT, Stack, ready_stack

# Read when numpy is first imported. Preprocessing multiplies small matrices: threads would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

REAL_DATA = (
    "MNIST/raw",
    "strokes/pendigits_train.json.gz",
    "strokes/unipen_digits_dev.json.gz",
    "strokes/unipen_letters_dev.json.gz",
)


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
    beside, cached = ROOT.parent / "shared" / "data", Path.home() / ".cache" / "digits"
    folder = Path(os.environ.get("DIGITS_DATA") or (beside if beside.is_dir() else cached))
    missing = [name for name in REAL_DATA if not (folder / name).exists()]
    if missing:
        pytest.skip(
            f"{folder} has no {missing[0]}. To download the data: .venv/bin/python -m train.data. "
            "To use another folder: DIGITS_DATA=/path"
        )
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that need real digits, so that `make unit` can leave them out."""
    for item in items:
        if isinstance(item, pytest.Function) and "data_dir" in item.fixturenames:
            item.add_marker("data")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that skipped a test if REQUIRE_EVERY_TEST is set. CI will not do: every hosting service sets it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("REQUIRE_EVERY_TEST") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("A test was skipped, and REQUIRE_EVERY_TEST is set.", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
