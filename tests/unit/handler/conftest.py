"""A handler as TorchServe loads it."""

import pytest

from handler.digit_handler import DigitHandler
from handler.preprocessing import pipeline
from tests.unit.handler.batches import FakeContext


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
