"""A fault in the handler, seen by the client: a row that breaks the recognizer or the decoder of a real worker."""

import contextlib
import signal
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests import drawings, served_model
from tests.integration.api import BATCH, SINGLE, assert_error, batch_of, post
from tools.stack import Stack, ready_stack

POISON = b"poison"
FAULTY = f"""

def preprocess_requests(requests, budget, small, original=preprocess_requests):
    if any({POISON!r} in images for images in requests):
        raise ZeroDivisionError("a fault")
    return original(requests, budget, small)
"""


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Start a service of one worker, whose recognizer fails on one body."""
    folder = tmp_path_factory.mktemp("store")
    with (
        zipfile.ZipFile(served_model.archive()) as source,
        zipfile.ZipFile(folder / "digits.mar", "w") as archive,
    ):
        for name in source.namelist():
            fault = FAULTY.encode() if name == "digit_handler.py" else b""
            archive.writestr(name, source.read(name) + fault)
    with ready_stack(MODEL_STORE=str(folder), WORKERS="1") as stack:
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


PHOTOGRAPH = drawings.encoded(drawings.drawing(drawings.SEVEN).resize((1600, 1200)), "JPEG")


def decoder_of(stack: Stack) -> psutil.Process:
    """Return the process that decodes large images. Its parent is the worker of large requests; the other has none."""
    assert post(stack, SINGLE, PHOTOGRAPH).json()["digit"] == 7
    [decoder] = [child for worker in stack.workers() for child in worker.children()]
    return decoder


@pytest.mark.parametrize(
    ("number", "code", "type_"),
    [
        (None, 503, "ServiceUnavailable"),
        (signal.SIGKILL, 503, "ServiceUnavailable"),
        (signal.SIGSEGV, 400, "InvalidImage"),
    ],
    ids=["hang", "kill", "crash"],
)
def test_image_whose_decoder_fails_costs_its_row_and_no_worker(
    faulty: Stack, number: int | None, code: int, type_: str
) -> None:
    workers, decoder = faulty.workers(), decoder_of(faulty)
    worker = decoder.parent()
    assert worker is not None
    decoder.suspend()
    worker.suspend()  # until all of them have come, so that they share a batch
    with ThreadPoolExecutor(max_workers=12) as clients:
        batch = clients.submit(post, faulty, BATCH, batch_of([drawings.one(), PHOTOGRAPH, drawings.seven()]))
        others = [clients.submit(post, faulty, BATCH, batch_of([drawings.seven()])) for _ in range(10)]
        time.sleep(0.5)
        worker.resume()
        if number:
            time.sleep(1)  # until it has the photograph
            decoder.send_signal(number)
            with contextlib.suppress(psutil.NoSuchProcess):  # SIGKILL does not wait for it
                decoder.resume()
        answers = [other.result().json()["predictions"] for other in others]
        assert [answer["digit"] for [answer] in answers] == [7] * 10
        one, failed, seven = batch.result().json()["predictions"]
    assert (one["digit"], seven["digit"]) == (1, 7)
    assert (failed["code"], failed["type"]) == (code, type_)
    assert faulty.workers() == workers
    assert not decoder.is_running()
    assert decoder_of(faulty) != decoder


def test_decoder_ends_with_its_worker(faulty: Stack) -> None:
    decoder = decoder_of(faulty)
    worker = decoder.parent()
    assert worker is not None
    worker.kill()
    decoder.wait(30)
    faulty.wait_until_ready()
