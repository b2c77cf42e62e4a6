"""A handler as TorchServe loads it."""

import pytest

from handler.digit_handler import DigitHandler
from tests.unit.handler.batches import FakeContext


@pytest.fixture(scope="module")
def handler() -> DigitHandler:
    """Load the packed model, once for the tests of a module."""
    loaded = DigitHandler()
    loaded.initialize(FakeContext())
    return loaded
