"""Recognitions of single images and of batches."""

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from handler import __version__
from tests import drawings
from tests.integration.api import BATCH, SINGLE, base64_of, batch_of, post
from tests.waiting import wait_until
from tools.stack import Stack


def assert_recognition(answer: dict[str, Any], digit: int) -> None:
    """Check every field of a confident recognition."""
    assert list(answer) == ["digit", "confidence", "probabilities", "verdict", "ood_score", "input", "box", "model"]
    assert answer["digit"] == digit
    assert len(answer["probabilities"]) == 10
    assert all(0 <= probability <= 1 for probability in answer["probabilities"])
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-9)
    assert answer["confidence"] == max(answer["probabilities"]) == answer["probabilities"][digit] > 0.8
    assert answer["verdict"] == "digit"
    assert 0 <= answer["ood_score"] < 0.5
    assert answer["model"] == {"name": "digits", "version": __version__}
    seen = Image.open(io.BytesIO(base64.b64decode(answer["input"].removeprefix("data:image/png;base64,"))))
    assert (seen.format, seen.mode, seen.size) == ("PNG", "L", (28, 28))
    assert seen.getpixel((0, 0)) == 0
    assert np.asarray(seen).max() > 200


@pytest.mark.parametrize(
    ("format_", "content_type"),
    [
        ("PNG", "image/png"),
        ("JPEG", "image/jpeg"),
        ("WEBP", "image/webp"),
        ("GIF", "image/gif"),
        ("PNG", "application/octet-stream"),
        ("GIF", "application/octet-stream"),
        ("PNG", "IMAGE/PNG; charset=binary"),
    ],
)
def test_image_bytes_are_recognized_in_every_format(stack: Stack, format_: str, content_type: str) -> None:
    image = drawings.encoded(drawings.drawing(drawings.SEVEN), format_)
    response = post(stack, SINGLE, image, content_type)
    assert response.status_code == 200, response.text
    assert response.headers["Content-Type"] == "application/json"
    assert_recognition(response.json(), 7)


@pytest.mark.parametrize("prefix", ["", "data:image/png;base64,"])
def test_base64_in_json_is_recognized_with_and_without_the_data_url_prefix(stack: Stack, prefix: str) -> None:
    response = post(stack, SINGLE, {"image": prefix + base64_of(drawings.seven())})
    assert response.status_code == 200, response.text
    assert_recognition(response.json(), 7)


def test_chunked_body_of_unknown_length_is_recognized(stack: Stack) -> None:
    response = post(stack, SINGLE, iter([drawings.seven()[:100], drawings.seven()[100:]]))
    assert response.status_code == 200, response.text
    assert_recognition(response.json(), 7)


def test_all_ways_to_send_an_image_give_the_same_answer(stack: Stack) -> None:
    image = drawings.seven()
    single = post(stack, SINGLE, image).json()
    assert post(stack, SINGLE, {"image": base64_of(image)}).json() == single
    assert post(stack, BATCH, batch_of([image])).json() == {"predictions": [single]}


def test_predictions_are_in_the_order_of_the_instances(stack: Stack) -> None:
    seven, one = drawings.seven(), drawings.one()
    response = post(stack, BATCH, batch_of([seven, one, one, seven]))
    assert response.status_code == 200, response.text
    assert [prediction["digit"] for prediction in response.json()["predictions"]] == [7, 1, 1, 7]
    assert_recognition(response.json()["predictions"][1], 1)


def test_invalid_instances_get_errors_and_the_others_are_recognized(stack: Stack) -> None:
    good = {"image": {"b64": base64_of(drawings.seven())}}
    instances = [
        good,
        {"image": {"b64": base64_of(drawings.blank())}},
        {"image": {"b64": base64_of(drawings.seven()[:60])}},
        {"image": {"b64": "!!!"}},
        {"image": {}},
        7,
        base64_of(b"no image"),
        {"image": {"b64": base64_of(bytes(drawings.encoded(Image.new("1", (5000, 5000)))))}},
        good,
    ]
    response = post(stack, BATCH, {"instances": instances})
    assert response.status_code == 200, response.text
    predictions = response.json()["predictions"]
    assert_recognition(predictions[0], 7)
    assert_recognition(predictions[-1], 7)
    assert [(error["code"], error["type"]) for error in predictions[1:-1]] == [
        (422, "BlankImage"),
        (400, "InvalidImage"),
        (400, "MalformedRequest"),
        (400, "MalformedRequest"),
        (400, "MalformedRequest"),
        (400, "InvalidImage"),
        (413, "ImageTooLarge"),
    ]


def test_valid_and_invalid_requests_in_one_worker_batch_are_independent(stack: Stack) -> None:
    kinds = [
        (drawings.seven(), "image/png", 200),
        (drawings.blank(), "image/png", 422),
        (b"not an image", "image/png", 400),
        (b"{", "application/json", 400),
        (drawings.one(), "application/octet-stream", 200),
    ]
    work = kinds * 40
    log = stack.run_dir / "torchserve.log"
    logged = log.stat().st_size
    with ThreadPoolExecutor(max_workers=32) as clients:
        responses = list(clients.map(lambda kind: post(stack, SINGLE, kind[0], kind[1]), work))
    assert [response.status_code for response in responses] == [status for _, _, status in work]
    assert {response.json()["digit"] for response in responses[::5]} == {7}
    assert {response.json()["digit"] for response in responses[4::5]} == {1}

    def has_mixed_batch() -> bool:
        """Whether a batch, for each of which the handler logs a line, had requests with different outcomes."""
        with log.open() as lines:
            lines.seek(logged)
            return any('"status":200' in line and '"status":422' in line for line in lines)

    wait_until(has_mixed_batch, timeout_s=10)


def test_real_digits_are_recognized_in_one_batch_of_256(stack: Stack, data_dir: Path) -> None:
    images, labels = drawings.mnist(data_dir, 256)
    response = post(stack, BATCH, batch_of(images))
    assert response.status_code == 200, response.text[:500]
    digits = [prediction["digit"] for prediction in response.json()["predictions"]]
    assert sum(digit == label for digit, label in zip(digits, labels, strict=True)) >= 252


def test_query_string_is_ignored(stack: Stack) -> None:
    assert post(stack, f"{SINGLE}?explain=1&describe=1", drawings.seven()).json()["digit"] == 7


@pytest.mark.parametrize("name", ["describe", "explain", "url_path", "X-Route"])
def test_headers_with_a_meaning_for_torchserve_are_not_forwarded(stack: Stack, name: str) -> None:
    response = post(stack, SINGLE, drawings.seven(), **{name: "ready"})
    assert_recognition(response.json(), 7)
