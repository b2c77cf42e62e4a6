"""The size and rate limits of the API: just within and just over each limit."""

import contextlib
import itertools
import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

import psutil
import pytest
import requests
from PIL import Image

from tests import drawings
from tests.integration.api import BATCH, SINGLE, assert_error, base64_of, batch_of, post
from tools.stack import Stack, ready_stack

MIB = 1 << 20
# Both max_conns in web/local/deployment.conf.
MAX_MEDIUM = 32  # of one client
MAX_LARGE = 2


def padded(size: int) -> bytes:
    """Return a 7 as PNG of exactly this many bytes (bytes after a PNG's end are ignored)."""
    image = drawings.seven()
    return image + bytes(size - len(image))


def test_image_of_exactly_1_mib_is_recognized_as_bytes_and_as_base64(stack: Stack) -> None:
    assert post(stack, SINGLE, padded(MIB)).json()["digit"] == 7
    url = "data:image/png;base64," + base64_of(padded(MIB))
    assert post(stack, SINGLE, {"image": url}).json()["digit"] == 7


def test_image_over_1_mib_is_rejected_with_413(stack: Stack) -> None:
    assert_error(post(stack, SINGLE, padded(MIB + 1)), 413, "ImageTooLarge")
    assert_error(post(stack, SINGLE, {"image": base64_of(padded(MIB + 1))}), 413, "ImageTooLarge")
    assert_error(post(stack, SINGLE, padded(2 * MIB)), 413, "PayloadTooLarge")


def test_chunked_body_over_the_limit_is_rejected_with_413_too(stack: Stack) -> None:
    parts = (bytes(65536) for _ in range(40))
    assert_error(post(stack, SINGLE, parts), 413, "PayloadTooLarge")


def test_image_of_4096_by_4096_is_recognized_and_one_column_more_is_413(stack: Stack) -> None:
    largest = drawings.drawing(drawings.SEVEN, mode="1", ink=0, paper=1).resize((4096, 4096))
    assert post(stack, SINGLE, drawings.encoded(largest)).json()["digit"] == 7
    wider = Image.new("1", (4097, 4096))
    assert_error(post(stack, SINGLE, drawings.encoded(wider)), 413, "ImageTooLarge")


def test_batch_of_exactly_8_mib_is_answered_and_one_byte_more_is_413(stack: Stack) -> None:
    body = json.dumps(batch_of([drawings.seven(), padded(MIB), padded(MIB), padded(MIB), padded(MIB), padded(MIB)]))
    assert len(body) < 8 * MIB
    response = post(stack, BATCH, body.ljust(8 * MIB).encode(), "application/json")
    assert [prediction["digit"] for prediction in response.json()["predictions"]] == [7] * 6
    too_large = post(stack, BATCH, body.ljust(8 * MIB + 1).encode(), "application/json")
    assert_error(too_large, 413, "PayloadTooLarge")


@contextlib.contextmanager
def stopped(workers: list[psutil.Process]) -> Iterator[None]:
    """Stop the workers meanwhile, so that no request can finish before the others arrive."""
    assert workers
    for worker in workers:
        worker.suspend()
    try:
        yield
    finally:
        for worker in workers:
            worker.resume()


@pytest.mark.parametrize(("size", "most"), [(8 * MIB, MAX_LARGE), (4000, MAX_MEDIUM)], ids=["large", "medium"])
def test_batches_beyond_the_limit_of_their_size_class_are_refused_at_once_and_the_others_answered(
    stack: Stack, size: int, most: int
) -> None:
    body = json.dumps(batch_of([drawings.seven()])).ljust(size).encode()
    with ThreadPoolExecutor(max_workers=most + 4) as clients:
        with stopped(stack.workers()):
            requests_ = [clients.submit(post, stack, BATCH, body, "application/json") for _ in range(most + 4)]
            refused = [future.result() for future in itertools.islice(as_completed(requests_, timeout=10), 4)]
        for response in refused:
            assert_error(response, 503, "ServiceUnavailable")
            assert response.headers["Retry-After"]
        statuses = [future.result().status_code for future in requests_]
    assert (statuses.count(200), statuses.count(503)) == (most, 4)


def test_small_images_are_not_refused_for_the_sake_of_large_batches(stack: Stack) -> None:
    body = json.dumps(batch_of([drawings.seven()])).ljust(8 * MIB).encode()
    with ThreadPoolExecutor(max_workers=MAX_LARGE + 8) as clients:
        with stopped(stack.workers()):
            large = [clients.submit(post, stack, BATCH, body, "application/json") for _ in range(MAX_LARGE + 4)]
            refused = [future.result() for future in itertools.islice(as_completed(large, timeout=10), 4)]
            small = [clients.submit(post, stack, SINGLE, drawings.seven()) for _ in range(4)]
        assert {response.status_code for response in refused} == {503}
        assert [future.result().status_code for future in small] == [200] * 4


def test_request_that_its_client_has_given_up_keeps_its_place(stack: Stack) -> None:
    """TorchServe has the body until a worker has read it, so nginx must count it."""
    body = json.dumps(batch_of([drawings.seven()])).ljust(2 * MIB).encode()
    head = f"POST {BATCH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with stopped(stack.workers()):
        for _ in range(MAX_LARGE):
            with socket.create_connection(("127.0.0.1", stack.ports["PORT"])) as client:
                client.sendall(head.encode() + body)
                time.sleep(0.5)  # until TorchServe has it
        assert_error(post(stack, BATCH, body, "application/json"), 503, "ServiceUnavailable")
    deadline = time.monotonic() + 20
    while post(stack, BATCH, body, "application/json").status_code != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_large_images_of_one_client_do_not_fail_requests_of_another(stack: Stack) -> None:
    """32 images of 16 megapixels at once would keep the worker busy for longer than responseTimeout."""
    largest = drawings.encoded(Image.new("RGBA", (4096, 4096)))
    with ThreadPoolExecutor(max_workers=8) as clients:
        greedy = [clients.submit(post, stack, BATCH, batch_of([largest] * 4)) for _ in range(8)]
        modest = [post(stack, SINGLE, drawings.seven()) for _ in range(5)]
        types = {prediction["type"] for future in greedy for prediction in future.result().json()["predictions"]}
    assert [response.json()["digit"] for response in modest] == [7] * 5
    assert types <= {"BlankImage", "ServiceUnavailable"}


@pytest.fixture(scope="module")
def strict_stack() -> Iterator[Stack]:
    """Start a service that allows a client one request a minute, and three more at once."""
    with ready_stack(WORKERS="1", RATE_LIMIT="1r/m", RATE_BURST="3") as running:
        yield running


def test_client_over_the_rate_gets_429_with_retry_after_and_still_the_page(strict_stack: Stack) -> None:
    with ThreadPoolExecutor(max_workers=8) as clients:
        responses = list(clients.map(lambda _: post(strict_stack, SINGLE, drawings.seven()), range(8)))
    refused = [response for response in responses if response.status_code == 429]
    served = [response for response in responses if response.status_code == 200]
    assert (len(served), len(refused)) == (4, 4)
    for response in refused:
        assert_error(response, 429, "TooManyRequests")
        assert int(response.headers["Retry-After"]) >= 1
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert [requests.get(f"{strict_stack.url}/", timeout=10).status_code for _ in range(10)] == [200] * 10
