"""The sizes and the rate that the contract names, one step below and one above."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from PIL import Image

from tests import drawings
from tests.integration.api import BATCH, SINGLE, assert_error, base64_of, batch_of, post
from tools.stack import Stack, ready_stack

MIB = 1 << 20


def padded(size: int) -> bytes:
    """Return a 7 as PNG of exactly so many bytes (what follows a PNG's end is ignored)."""
    image = drawings.seven()
    return image + bytes(size - len(image))


def test_image_of_exactly_1_mib_is_recognised_as_bytes_and_as_base64(stack: Stack) -> None:
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


def test_image_of_4096_by_4096_is_recognised_and_one_column_more_is_413(stack: Stack) -> None:
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


def test_more_large_batches_than_memory_holds_are_refused_and_the_rest_answered(stack: Stack) -> None:
    body = json.dumps(batch_of([drawings.seven()])).ljust(8 * MIB).encode()
    with ThreadPoolExecutor(max_workers=24) as clients:
        responses = list(clients.map(lambda _: post(stack, BATCH, body, "application/json"), range(48)))
    assert {200} <= {response.status_code for response in responses} <= {200, 503}
    assert all(response.headers["Retry-After"] for response in responses if response.status_code == 503)
    assert post(stack, BATCH, body, "application/json").json()["predictions"][0]["digit"] == 7


def test_large_images_of_one_client_fail_no_request_of_another(stack: Stack) -> None:
    """32 images of 16 megapixels at once would keep the worker busy past responseTimeout."""
    largest = drawings.encoded(Image.new("RGBA", (4096, 4096)))
    with ThreadPoolExecutor(max_workers=8) as clients:
        greedy = [clients.submit(post, stack, BATCH, batch_of([largest] * 4)) for _ in range(8)]
        modest = [post(stack, SINGLE, drawings.seven()) for _ in range(5)]
        types = {prediction["type"] for future in greedy for prediction in future.result().json()["predictions"]}
    assert [response.json()["digit"] for response in modest] == [7] * 5
    assert types <= {"BlankImage", "ServiceUnavailable"}


@pytest.fixture(scope="module")
def strict_stack() -> Iterator[Stack]:
    """Start a service that lets a client have a request every second, and three at once."""
    with ready_stack(RATE_LIMIT="1r/s", RATE_BURST="3") as running:
        yield running


def test_client_over_the_rate_gets_429_with_retry_after_and_the_page_stays(strict_stack: Stack) -> None:
    with ThreadPoolExecutor(max_workers=8) as clients:
        responses = list(clients.map(lambda _: post(strict_stack, SINGLE, drawings.seven()), range(8)))
    refused = [response for response in responses if response.status_code == 429]
    served = [response for response in responses if response.status_code == 200]
    assert len(refused) + len(served) == 8
    assert len(served) >= 1
    assert len(refused) >= 4
    for response in refused:
        assert_error(response, 429, "TooManyRequests")
        assert int(response.headers["Retry-After"]) >= 1
        assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert [requests.get(f"{strict_stack.url}/", timeout=10).status_code for _ in range(10)] == [200] * 10
