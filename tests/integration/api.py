"""A client of the API, and the checks that all its tests share."""

import base64
import json
import re
import socket
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from tools.stack import Stack

SINGLE = "/predictions/digits"
NUMBERS = "/predictions/numbers"
BATCH = "/v1/models/digits:predict"
EXPLAIN = "/v1/models/digits:explain"
INFER = "/v2/models/digits/infer"
TIMEOUT_S = 30
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def post(
    stack: Stack, path: str, body: Any, content_type: str | None = "image/png", **headers: str
) -> requests.Response:
    """POST a body with a content type. An object is sent as JSON, an iterator as a chunked body."""
    if not isinstance(body, bytes) and not hasattr(body, "__next__"):
        body, content_type = json.dumps(body).encode(), "application/json"
    sent = {"Content-Type": content_type, **headers} if content_type else headers
    return requests.post(stack.url + path, data=body, headers=sent, timeout=TIMEOUT_S)


def base64_of(image: bytes) -> str:
    """Return standard base64."""
    return base64.b64encode(image).decode()


def batch_of(images: list[bytes]) -> dict[str, Any]:
    """Return the KServe V1 request body for these images."""
    return {"instances": [{"image": {"b64": base64_of(image)}} for image in images]}


def raw(stack: Stack, request: bytes) -> tuple[int, Mapping[str, str], bytes]:
    """Send bytes that an HTTP library would not send, and return status, headers (in lower case) and body."""
    with socket.create_connection(("127.0.0.1", stack.ports["PORT"]), timeout=TIMEOUT_S) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in lines), body


def lines_with(text: str, log: Path) -> list[str]:
    """Wait for lines with this text in a log: both servers write them after the response."""
    until = time.monotonic() + 10
    while not (lines := [line for line in log.read_text().splitlines() if text in line]):
        assert time.monotonic() < until, f"{text} is not in {log}"
        time.sleep(0.02)
    return lines


def assert_error(response: requests.Response, code: int, type_: str) -> dict[str, Any]:
    """Check the format that every error has, and return the error."""
    assert response.status_code == code, response.text[:500]
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["X-Request-ID"]
    error: dict[str, Any] = response.json()
    assert error.keys() == {"code", "type", "message"}
    assert (error["code"], error["type"]) == (code, type_)
    assert error["message"].endswith(".")
    return error
