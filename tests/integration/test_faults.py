"""A fault in the handler, seen by the client: a row that breaks the recognizer of a real worker."""

import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests import drawings, served_model
from tests.integration.api import SINGLE, assert_error, post
from tools.stack import Stack, ready_stack

POISON = b"poison"
FAULTY = f"""

def preprocess_requests(requests, original=preprocess_requests):
    if any({POISON!r} in images for images in requests):
        raise ZeroDivisionError("a fault")
    return original(requests)
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a service whose recognizer fails on one body."""
    folder = tmp_path_factory.mktemp("store")
    with (
        zipfile.ZipFile(served_model.archive()) as source,
        zipfile.ZipFile(folder / "digits.mar", "w") as archive,
    ):
        for name in source.namelist():
            fault = FAULTY.encode() if name == "digit_handler.py" else b""
            archive.writestr(name, source.read(name) + fault)
    with ready_stack(MODEL_STORE=str(folder)) as stack:
        yield stack


def test_fault_is_a_500_without_retry_and_affects_no_other_request(faulty: Stack) -> None:
    bodies = [drawings.seven(), POISON] * 20
    with ThreadPoolExecutor(max_workers=8) as clients:
        answers = list(clients.map(lambda body: post(faulty, SINGLE, body), bodies))
    for body, answer in zip(bodies, answers, strict=True):
        if body == POISON:
            assert_error(answer, 500, "InternalServerError")
            assert "Retry-After" not in answer.headers
            assert "X-Fault" not in answer.headers
        else:
            assert (answer.status_code, answer.json()["digit"]) == (200, 7)
