"""POST /predictions/numbers: the same bodies, limits and errors as for one digit, answered with a number."""

import pytest
import requests

from tests import drawings
from tests.integration.api import BATCH, NUMBERS, assert_error, base64_of, post
from tools.stack import Stack

FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "application/octet-stream": "GIF"}


def assert_is_17(response: requests.Response) -> None:
    assert response.status_code == 200, response.text[:500]
    answer = response.json()
    assert answer.keys() == {"number", "confidence", "verdict", "lines", "digits", "model"}
    assert (answer["number"], answer["verdict"], answer["lines"]) == ("17", "digit", [[0, 1]])
    assert [digit["digit"] for digit in answer["digits"]] == [1, 7]
    assert all(digit["box"].keys() == {"left", "top", "width", "height"} for digit in answer["digits"])
    assert 0 < answer["confidence"] <= 1


@pytest.mark.parametrize(("media_type", "format_"), FORMATS.items())
def test_number_is_read_from_every_format(stack: Stack, media_type: str, format_: str) -> None:
    image = drawings.encoded(drawings.row(drawings.ONE, drawings.SEVEN), format_)
    assert_is_17(post(stack, NUMBERS, image, media_type))


def test_number_is_read_from_base64(stack: Stack) -> None:
    assert_is_17(post(stack, NUMBERS, {"image": base64_of(drawings.number())}))


def test_number_is_read_from_a_chunked_body(stack: Stack) -> None:
    image = drawings.number()
    assert_is_17(post(stack, NUMBERS, iter([image[:100], image[100:]])))


def test_batch_may_ask_for_digits_and_numbers(stack: Stack) -> None:
    number, digit = {"b64": base64_of(drawings.number())}, {"b64": base64_of(drawings.seven())}
    instances = [{"image": number, "read": "number"}, {"image": digit}, {"image": digit, "read": "word"}]
    predictions = post(stack, BATCH, {"instances": instances}).json()["predictions"]
    assert [predictions[0]["number"], predictions[1]["digit"]] == ["17", 7]
    assert (predictions[2]["code"], predictions[2]["type"]) == (400, "MalformedRequest")


@pytest.mark.parametrize(
    ("body", "content_type", "code", "type_"),
    [
        (b"hello", "image/png", 400, "InvalidImage"),
        (b"{}", "application/json", 400, "MalformedRequest"),
        (drawings.blank(), "image/png", 422, "BlankImage"),
        (drawings.encoded(drawings.row(*[drawings.ONE] * 65, gap=20)), "image/png", 422, "TooManyDigits"),
        (drawings.seven(), "text/plain", 415, "UnsupportedMediaType"),
        (bytes((1 << 20) + 1), "image/png", 413, "ImageTooLarge"),
        (bytes(1_500_000), "image/png", 413, "PayloadTooLarge"),
    ],
)
def test_invalid_request_gets_its_error(stack: Stack, body: bytes, content_type: str, code: int, type_: str) -> None:
    assert_error(post(stack, NUMBERS, body, content_type), code, type_)


def test_client_cannot_choose_the_route_by_a_header(stack: Stack) -> None:
    answer = post(stack, "/predictions/digits", drawings.seven(), **{"X-Route": "numbers"}).json()
    assert answer["digit"] == 7
