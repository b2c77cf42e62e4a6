"""A handler as TorchServe loads it."""

import json
import logging
from typing import Any

import pytest

from handler.digit_handler import DigitHandler
from handler.preprocessing import pipeline
from tests.unit.handler.batches import FakeContext, Logged


@pytest.fixture(autouse=True)
def _patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give large images more wall-clock time, for machines that run other tests as well; that of the CPU stays."""
    monkeypatch.setattr(pipeline.decoder, "_max_s", 60)


@pytest.fixture(scope="module")
def handler() -> DigitHandler:
    """Load the packed model, once for the tests of a module."""
    loaded = DigitHandler()
    loaded.initialize(FakeContext())
    return loaded


@pytest.fixture
def logged(handler: DigitHandler, caplog: pytest.LogCaptureFixture) -> Logged:
    """Return what reads the lines that the handler logs from now on."""

    def lines() -> list[dict[str, Any]]:
        return [json.loads(line) for record in caplog.records for line in record.getMessage().splitlines()]

    caplog.set_level(logging.INFO, "digits")
    caplog.clear()
    return lines
