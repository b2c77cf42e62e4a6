"""Invalid requests, and the format of their errors."""

import json
from typing import Any

import pytest
import requests

from tests import drawings
from tests.integration.api import BATCH, SINGLE, assert_error, base64_of, batch_of, post, raw
from tools.stack import Stack


@pytest.mark.parametrize(
    ("body", "content_type", "code", "type_"),
    [
        (b"", "image/png", 400, "InvalidImage"),
        (b"hello", "image/png", 400, "InvalidImage"),
        (drawings.seven()[:120], "image/png", 400, "InvalidImage"),
        (b"%PDF-1.4", "application/octet-stream", 400, "InvalidImage"),
        (b"", "application/json", 400, "MalformedRequest"),
        (b"{", "application/json", 400, "MalformedRequest"),
        (b"\xff\xfe", "application/json", 400, "MalformedRequest"),
        (b"[" * 100_000, "application/json", 400, "MalformedRequest"),
        (b"[]", "application/json; charset=utf-8", 400, "MalformedRequest"),
        (b"{}", "application/json", 400, "MalformedRequest"),
        (b'{"image": 7}', "application/json", 400, "MalformedRequest"),
        (b'{"image": "====x"}', "application/json", 400, "MalformedRequest"),
        (b'{"image": "aGVsbG8="}', "application/json", 400, "InvalidImage"),
        (drawings.blank(), "image/png", 422, "BlankImage"),
        (drawings.seven(), "image/tiff", 415, "UnsupportedMediaType"),
        (drawings.seven(), "image/pngs", 415, "UnsupportedMediaType"),
        (drawings.seven(), "text/plain", 415, "UnsupportedMediaType"),
        (b"--x\r\n\r\n\r\n--x--", "multipart/form-data; boundary=x", 400, "MalformedRequest"),
        (b"image=QQ%3D%3D", "application/x-www-form-urlencoded", 400, "InvalidImage"),
    ],
)
def test_invalid_single_request_gets_its_error(
    stack: Stack, body: bytes, content_type: str | None, code: int, type_: str
) -> None:
    assert_error(post(stack, SINGLE, body, content_type), code, type_)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"instances": []},
        {"instances": {}},
        {"instances": [{"image": {"b64": ""}}] * 257},
        {"image": base64_of(drawings.seven())},
    ],
)
def test_batch_that_is_not_a_list_of_1_to_256_instances_is_rejected_with_400(stack: Stack, body: Any) -> None:
    assert_error(post(stack, BATCH, body), 400, "MalformedRequest")


def test_batch_must_be_json(stack: Stack) -> None:
    error = assert_error(post(stack, BATCH, drawings.seven(), "image/png"), 415, "UnsupportedMediaType")
    assert "application/json" in error["message"]


def test_batch_of_256_is_accepted(stack: Stack) -> None:
    response = post(stack, BATCH, batch_of([drawings.one()] * 256))
    assert response.status_code == 200
    assert [prediction["digit"] for prediction in response.json()["predictions"]] == [1] * 256


@pytest.mark.parametrize(
    ("request_", "code", "type_"),
    [
        (b"garbage\r\n\r\n", 400, "MalformedRequest"),
        (b"get / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest"),
        (b"GET /../secret HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest"),
        (b"GET /..%2fnginx/nginx.conf HTTP/1.1\r\nHost: x\r\n\r\n", 400, "MalformedRequest"),
        (b"GET / HTTP/1.1\r\n\r\n", 400, "MalformedRequest"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400, "MalformedRequest"),
        (
            b"POST /predictions/digits HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
            400,
            "MalformedRequest",
        ),
        (b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414, "UriTooLong"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 40_000 + b"\r\n\r\n", 431, "HeadersTooLarge"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "NotImplemented"),
        (b"GET / HTTP/4.0\r\n\r\n", 505, "HttpVersionNotSupported"),
    ],
    ids=lambda value: value[:30].decode() if isinstance(value, bytes) else None,
)
def test_invalid_http_gets_an_error_in_the_same_format(stack: Stack, request_: bytes, code: int, type_: str) -> None:
    status, headers, body = raw(stack, request_)
    assert status == code
    assert headers["content-type"] == "application/json"
    assert headers["x-request-id"]
    assert headers["x-content-type-options"] == "nosniff"
    assert body.startswith(f'{{"code":{code},"type":"{type_}","message":"'.encode())


CHUNKED = b"Host: x\r\nContent-Type: %s\r\nTransfer-Encoding: chunked\r\n\r\n"
BROKEN_CHUNKS = [b"zz\r\n", b"5\r\nabcdefgh\r\n0\r\n\r\n", b"ffffffffffffffff\r\n", b"5\r\nabcde\r\n-1\r\n"]


@pytest.mark.parametrize("chunks", BROKEN_CHUNKS)
@pytest.mark.parametrize(("path", "content_type"), [(SINGLE, b"image/png"), (BATCH, b"application/json")])
def test_broken_chunk_gets_an_error_in_the_same_format(
    stack: Stack, path: str, content_type: bytes, chunks: bytes
) -> None:
    status, headers, body = raw(stack, b"POST %s HTTP/1.1\r\n" % path.encode() + CHUNKED % content_type + chunks)
    assert status == 400
    assert headers["content-type"] == "application/json"
    assert headers["x-request-id"]
    assert json.loads(body)["type"] == "MalformedRequest"


@pytest.mark.parametrize(
    ("body", "code", "type_"),
    [
        (b"hello", 400, "InvalidImage"),
        (bytes((1 << 20) + 1), 413, "ImageTooLarge"),
        (drawings.blank(), 422, "BlankImage"),
    ],
)
def test_chunked_body_gets_the_handlers_error_unchanged(stack: Stack, body: bytes, code: int, type_: str) -> None:
    known = assert_error(post(stack, SINGLE, body), code, type_)
    assert assert_error(post(stack, SINGLE, iter([body])), code, type_) == known


@pytest.mark.parametrize(
    "headers", [{"If-Match": '"another"'}, {"If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT"}], ids=str
)
@pytest.mark.parametrize("path", ["/", "/openapi.json", "/page.css", "/favicon.svg"])
def test_condition_that_a_file_does_not_meet_gets_an_error_in_the_same_format(
    stack: Stack, path: str, headers: dict[str, str]
) -> None:
    response = requests.get(stack.url + path, headers=headers, timeout=10)
    assert_error(response, 412, "PreconditionFailed")
    assert response.headers["Cache-Control"] == "no-store"
