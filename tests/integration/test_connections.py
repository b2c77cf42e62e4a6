"""TorchServe's connections: nginx keeps them for the next request, after an error too."""

import json
import socket
from contextlib import closing

import pytest

from tools.stack import Stack

MAX_BODY_BYTES = 8 << 20
PING = b"GET /ping HTTP/1.1\r\nHost: torchserve\r\n\r\n"


def connect(stack: Stack) -> "closing[socket.socket]":
    return closing(socket.create_connection(("127.0.0.1", stack.ports["TORCHSERVE_PORT"]), timeout=30))


def prediction(body: bytes) -> bytes:
    head = f"POST /predictions/digits HTTP/1.1\r\nHost: torchserve\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """Read one response; return its status and body."""
    with connection.makefile("rb", buffering=0) as file:
        status = int(file.readline().split()[1])
        length = 0
        while (line := file.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        body = b""
        while len(body) < length:
            body += file.read(length - len(body)) or b""
        return status, body


def is_closed(connection: socket.socket) -> bool:
    """Whether nothing more comes and the next request meets a closed connection."""
    try:
        connection.sendall(PING)
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_errors_of_the_handler_keep_the_connection(stack: Stack) -> None:
    with connect(stack) as connection:
        for _ in range(3):
            connection.sendall(prediction(b"no image"))
            status, body = answer(connection)
            assert (status, json.loads(body)["type"]) == (400, "InvalidImage")
        connection.sendall(PING)
        assert answer(connection)[0] == 200


def test_errors_of_the_front_end_keep_the_connection(stack: Stack) -> None:
    with connect(stack) as connection:
        for _ in range(2):
            connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: torchserve\r\n\r\n")
            assert answer(connection)[0] == 404


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"GET /" + b"x" * 5000 + b" HTTP/1.1\r\n\r\n",
        b"POST /predictions/digits HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /predictions/digits HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["no request line", "line too long", "no length", "no chunk"],
)
def test_broken_request_is_answered_and_its_connection_is_closed(stack: Stack, request_bytes: bytes) -> None:
    with connect(stack) as connection:
        connection.sendall(request_bytes)
        status, body = answer(connection)
        assert (status, json.loads(body)["message"]) == (400, "Invalid HTTP message.")
        assert is_closed(connection)


def test_body_over_the_limit_does_not_disturb_the_next_request(stack: Stack) -> None:
    with connect(stack) as connection:
        connection.sendall(prediction(b"x" * (MAX_BODY_BYTES + 1)))
        assert answer(connection)[0] == 413
        connection.sendall(PING)
        assert answer(connection)[0] == 200
    with connect(stack) as connection:
        head = f"POST /predictions/digits HTTP/1.0\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n"
        connection.sendall(head.encode())
        assert answer(connection)[0] == 413
        assert is_closed(connection)
