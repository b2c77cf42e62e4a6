"""The web container limits how many batches are in flight to a replica, for as long as they are in flight."""

import http.server
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.manifests.web_container import running_nginx

COUNTER_TTL_S = 5
MAX_BATCHES = 4  # max_requests in web/container/deployment.conf


class SlowReplica(http.server.ThreadingHTTPServer):
    """Holds every batch until it is told to answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), SlowAnswer)
        self.in_flight = threading.Semaphore(0)
        self.may_answer = threading.Event()


class SlowAnswer(http.server.BaseHTTPRequestHandler):
    """One connection to a SlowReplica."""

    server: SlowReplica
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.in_flight.release()
        self.server.may_answer.wait(timeout=12)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Do not log."""


@pytest.fixture
def replica() -> Iterator[SlowReplica]:
    with SlowReplica() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.may_answer.set()
        server.shutdown()


def send_batch(url: str) -> int:
    headers = {"Content-Type": "application/json"}
    return requests.post(f"{url}/v1/models/digits:predict", data=b"{}", headers=headers, timeout=30).status_code


def test_the_limit_holds_longer_than_the_counters_live(replica: SlowReplica, tmp_path: Path) -> None:
    """The counters are created, used for longer than their time to live, and then reach the limit."""
    with (
        running_nginx(tmp_path, replica.server_port, COUNTER_TTL_S=str(COUNTER_TTL_S)) as (url, _),
        ThreadPoolExecutor(max_workers=MAX_BATCHES) as clients,
    ):
        created_at = time.monotonic()
        first = clients.submit(send_batch, url)
        assert replica.in_flight.acquire(timeout=10)
        time.sleep(COUNTER_TTL_S * 0.5)
        others = [clients.submit(send_batch, url) for _ in range(MAX_BATCHES - 1)]
        for _ in others:
            assert replica.in_flight.acquire(timeout=10)
        time.sleep(max(0.0, created_at + COUNTER_TTL_S * 1.2 - time.monotonic()))
        assert send_batch(url) == 503
        replica.may_answer.set()
        assert [future.result() for future in (first, *others)] == [200] * MAX_BATCHES
        assert send_batch(url) == 200
