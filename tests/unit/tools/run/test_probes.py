import http.server
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.waiting import wait_until
from tools.run.probes import Probe, status


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def port() -> Iterator[int]:
    """Return the port of a server whose path is the status that it answers."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_status_is_none_without_an_answer_in_time(port: int) -> None:
    assert status(port, "/200", 20) == 200
    assert status(port, "/503", 20) == 503
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        silent_port = silent.getsockname()[1]
        assert status(silent_port, "/200", 0.2) is None
        assert time.monotonic() - began >= 0.2
    assert status(silent_port, "/200", 20) is None  # refused


def test_failures_are_counted_until_the_next_success(port: int) -> None:
    answers: list[str] = ["/500"]
    probe = Probe(lambda: {200: True, 500: False}.get(status(port, answers[-1], 20) or 0), 0.01)
    wait_until(lambda: probe.failures >= 3)
    assert not probe.has_succeeded
    answers.append("/200")
    wait_until(lambda: probe.has_succeeded)
    assert probe.failures == 0


def test_answer_that_says_nothing_counts_neither_way(port: int) -> None:
    asked = []

    def ask() -> bool | None:
        asked.append(status(port, "/503", 20))
        return None

    probe = Probe(ask, 0.01)
    wait_until(lambda: len(asked) > 5)
    assert (probe.failures, probe.has_succeeded) == (0, False)
    probe.stop()
    time.sleep(0.1)
    count = len(asked)
    time.sleep(0.1)
    assert len(asked) == count
