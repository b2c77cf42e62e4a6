"""TorchServe by itself under more bodies than nginx admits: it refuses them at once and works on."""

import socket
import threading
import time

import psutil

from tests import drawings
from tests.integration.api import SINGLE, post
from tools.run.probes import status
from tools.stack import Stack, ready_stack

BODY = bytes(8 << 20)
HEAD = f"POST /predictions/digits HTTP/1.1\r\nHost: torchserve\r\nX-Route: v1\r\nContent-Length: {len(BODY)}\r\n\r\n"
CLIENTS = 200  # all at once: four times what direct memory holds
MAX_PING_S = 15  # of a busy machine; where threads wait for memory, /ping takes minutes


def java_of(stack: Stack) -> psutil.Process:
    [java] = [process for process in stack.processes() if process.name() == "java"]
    return java


def send_and_leave(port: int, start: threading.Barrier) -> None:
    """Send a batch when all clients are there, and do not wait for the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        start.wait()
        try:
            connection.sendall(HEAD.encode())
            connection.sendall(BODY)
        except OSError:
            return  # refused


def test_bodies_beyond_all_memory_are_refused_and_nothing_waits() -> None:
    with ready_stack(WORKERS="1") as stack:
        java, port = java_of(stack), stack.ports["TORCHSERVE_PORT"]
        start = threading.Barrier(CLIENTS)
        clients = [threading.Thread(target=send_and_leave, args=(port, start)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        longest_s = 0.0
        while any(client.is_alive() for client in clients):
            began = time.monotonic()
            status(port, "/ping", timeout_s=60)
            longest_s = max(longest_s, time.monotonic() - began)
            time.sleep(0.1)
        stack.wait_until_ready()
        assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
        assert longest_s < MAX_PING_S
        assert java_of(stack) == java
