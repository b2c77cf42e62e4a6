"""The access log is valid JSON whatever clients send, and nginx.log has no line for a client's mistake."""

import json
import random
import socket
import time
import uuid
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
import requests

from tests import drawings
from tests.integration.api import BATCH, SINGLE, TRACEPARENT, post
from tools.stack import Stack, ready_stack

FIELDS = {
    "time",
    "request_id",
    "traceparent",
    "client",
    "caller",
    "route",
    "method",
    "uri",
    "status",
    "bytes",
    "seconds",
    "upstream",
    "upstream_status",
    "upstream_seconds",
    "agent",
}
HEADERS = (b"User-Agent", b"X-Request-ID", b"traceparent", b"Host", b"X-Forwarded-For", b"Content-Length")
MAX_LINE_BYTES = 1500


@pytest.fixture(scope="module")
def own_stack() -> Iterator[Stack]:
    """Start a service whose logs have no lines of other tests."""
    with ready_stack(WORKERS="1", RATE_LIMIT="10000r/s", RATE_BURST="10000") as running:
        yield running


def send(stack: Stack, request: bytes) -> None:
    """Send bytes and read the answer, if there is one."""
    with socket.create_connection(("127.0.0.1", stack.ports["PORT"]), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass


def reject(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def logged(stack: Stack, last: str) -> list[dict[str, Any]]:
    """Return every line of the access log, once the line of a last request is there; each must be ASCII and JSON."""
    requests.get(f"{stack.url}/{last}", timeout=10)
    deadline = time.monotonic() + 20
    while last not in (text := (stack.run_dir / "access.log").read_bytes().decode("ascii")):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    lines = text.splitlines()
    assert max(map(len, lines)) < MAX_LINE_BYTES
    return [json.loads(line, parse_constant=reject) for line in lines]


def hostile_requests() -> list[bytes]:
    """Return requests with all bytes in all fields that reach the log."""
    source = random.Random(1)
    every_byte = bytes(set(range(1, 256)) - set(b"\r\n"))
    texts = [
        every_byte,
        b'"}, {"status": 200, "x": "',
        b"\\u0000\\",
        b"\x00",
        b"\xff\xfe\x80",
        "\u2028ä€😀".encode(),
        b"\xed\xa0\x80",
        b"\x1b[31m",
        b"a" * 7000,
        b"\x7f" * 300,
        *(source.randbytes(60) for _ in range(200)),
    ]
    sent = []
    for text in texts:
        sent.append(b"GET /%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % text)
        sent.append(b"GET /?%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % text)
        sent += [b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s: %s\r\n\r\n" % (name, text) for name in HEADERS]
        sent += [b"%s / HTTP/1.1\r\nHost: x\r\n\r\n" % text, text + b"\r\n\r\n", text]
    # HTTP/0.9, a body that does not come, and a connection that says nothing
    return [*sent, b"GET /\r\n", b"POST " + SINGLE.encode() + b" HTTP/1.0\r\nContent-Length: 9\r\n\r\n", b""]


def test_every_line_is_short_json_in_ascii_whatever_clients_send(own_stack: Stack) -> None:
    for request in hostile_requests():
        send(own_stack, request)
    lines = logged(own_stack, uuid.uuid4().hex)
    assert len(lines) > 500
    for line in lines:
        assert line.keys() == FIELDS
        assert isinstance(line["status"], int)
        assert max(len(line["uri"]), len(line["agent"])) <= 200
        assert TRACEPARENT.fullmatch(line["traceparent"])
    assert {200, 400} <= {line["status"] for line in lines}


def test_long_fields_are_cut_and_the_rest_of_the_line_is_there(own_stack: Stack) -> None:
    own = uuid.uuid4().hex
    headers = {"User-Agent": "agent" * 100, "X-Request-ID": own}
    requests.get(f"{own_stack.url}/{'a' * 500}", headers=headers, timeout=10)
    [line] = [line for line in logged(own_stack, uuid.uuid4().hex) if line["request_id"] == own]
    assert (line["uri"], line["agent"]) == ("/" + "a" * 199, "agent" * 40)
    assert (line["status"], line["route"]) == (404, "page")


def test_clients_mistakes_are_not_in_nginx_log(own_stack: Stack) -> None:
    """Unpatched, TorchServe resets the connection after each error, which nginx would log.

    So many errors are sent over one connection.
    """
    with requests.Session() as session:
        for body in [b"broken", drawings.blank(), b""] * 40:
            session.post(own_stack.url + SINGLE, data=body, headers={"Content-Type": "image/png"}, timeout=10)
    post(own_stack, SINGLE, bytes(3 << 20))
    post(own_stack, SINGLE, iter([bytes(3 << 20)]))
    post(own_stack, BATCH, bytes(9 << 20), "application/json")
    for request in hostile_requests():
        send(own_stack, request)
    assert (own_stack.run_dir / "nginx.log").read_text() == ""
