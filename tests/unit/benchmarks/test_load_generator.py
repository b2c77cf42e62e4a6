import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from benchmarks.load_generator import Measured, Work, open_loop

STALL_S = 0.5


class StallingServer(ThreadingHTTPServer):
    """Answers nobody for STALL_S from the first request on, and every tenth with 503."""

    request_queue_size = 300  # connections that wait to be accepted

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.turn, self.count = threading.Lock(), 0


class Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StallingServer

    def do_POST(self) -> None:
        assert self.rfile.read(int(self.headers["Content-Length"])) == b"drawing"
        with self.server.turn:
            self.server.count += 1
            if self.server.count == 1:
                time.sleep(STALL_S)
            status = 503 if self.server.count % 10 == 0 else 200
        self.send_response(status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    """Run the server, and return work for it."""
    body = tmp_path / "body"
    body.write_bytes(b"drawing")
    with StallingServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield Work(f"http://127.0.0.1:{server.server_port}/predictions/digits", "image/png", [body])
        server.shutdown()
        thread.join()


def test_a_stall_is_part_of_the_latency_of_every_request_that_was_due_in_it(work: Work) -> None:
    measured = open_loop(work, per_second=100, seconds=1)
    # Half of the requests were due in the stall and waited for the rest of it, the longest for all of it.
    assert measured.p95_ms > 1000 * STALL_S * 0.7
    assert measured.p99_ms > 1000 * STALL_S * 0.85


def test_answers_with_another_status_than_200_are_errors(work: Work) -> None:
    measured = open_loop(work, per_second=100, seconds=1)
    assert measured.errors == 10
    assert measured.per_second <= 91


def test_where_nobody_answers_every_request_is_an_error(tmp_path: Path) -> None:
    body = tmp_path / "body"
    body.write_bytes(b"drawing")
    measured = open_loop(Work("http://127.0.0.1:9/", "image/png", [body]), per_second=50, seconds=0.2)
    assert measured == Measured(0.0, float("inf"), float("inf"), float("inf"), errors=10)
