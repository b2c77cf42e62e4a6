"""What a client gets when TorchServe fails: the real nginx in front of a server that answers as TorchServe does.

TorchServe's failures (a dead worker, a full queue, a model that is still loading) are hard to cause, and its responses
to them are known, so this server sends those. All other tests use the real TorchServe.
"""

import http.server
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from handler import __version__
from handler.errors import NotSmall
from tests import drawings
from tests.integration.api import BATCH, SINGLE, assert_error
from tools.run.servers import start_nginx
from tools.run.settings import LOOPBACK, Settings
from tools.stack import ROOT, free_ports

ROUTES = {SINGLE: None, BATCH: "v1"}  # X-Route by path
SLOW_S = 3  # longer than nginx waits for the first try of a small request
MISLEADING = b'{"code":503,"type":"ServiceUnavailableException","message":"Model has no worker, use scale workers API"}'


class TorchServe(http.server.ThreadingHTTPServer):
    """Answers each request with the next entry of a script: a status, or None to close the connection; then with 200.

    A negative status is an error of the handler, which marks it with X-Fault. 0 is a 200 that takes SLOW_S.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.script: list[int | None] = []
        self.headers_seen: list[dict[str, str]] = []
        self.bodies_seen: list[bytes] = []
        self.paths_seen: list[str] = []

    def expect(self, *script: int | None) -> None:
        """Start over with this script."""
        self.script = list(script)
        self.headers_seen.clear()
        self.bodies_seen.clear()
        self.paths_seen.clear()


class Answer(http.server.BaseHTTPRequestHandler):
    """One connection to `TorchServe`."""

    server: TorchServe
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.server.paths_seen.append(self.path)
        self.server.headers_seen.append(dict(self.headers.items()))
        self.server.bodies_seen.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        status = self.server.script.pop(0) if self.server.script else 200
        if status == 0:
            time.sleep(SLOW_S)
            status = 200
        self.close_connection = status is None or abs(status) >= 400  # as TorchServe does
        if status is None:
            return
        is_handlers, status = status < 0, abs(status)
        body = b'{"digit":7}' if status == 200 else MISLEADING
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if is_handlers:
            self.send_header("X-Fault", "handler")
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Do not log."""


@pytest.fixture(scope="module")
def torchserve() -> Iterator[TorchServe]:
    with TorchServe() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def run_dir() -> Iterator[Path]:
    """Yield a folder that nginx's processes can reach if root starts them; pytest's own are closed to other users."""
    with tempfile.TemporaryDirectory(prefix="digits-nginx-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="module")
def nginx(torchserve: TorchServe, run_dir: Path) -> Iterator[str]:
    """Start nginx as tools/run does and return its address."""
    ports = {**free_ports(), "TORCHSERVE_PORT": torchserve.server_port}
    server = start_nginx(Settings(LOOPBACK, LOOPBACK, ports, 1, run_dir, ROOT / "model_store"))
    url = f"http://127.0.0.1:{ports['PORT']}"
    try:
        deadline = time.monotonic() + 10
        while True:
            try:
                requests.get(f"{url}/healthz", timeout=1)
                break
            except requests.ConnectionError:
                assert time.monotonic() < deadline, (run_dir / "nginx.log").read_text()
                time.sleep(0.05)
        yield url
    finally:
        server.stop(signal.SIGQUIT)


@pytest.mark.parametrize(
    ("theirs", "code", "type_"),
    [
        (404, 503, "ServiceUnavailable"),
        (500, 503, "ServiceUnavailable"),
        (-500, 500, "InternalServerError"),
        (502, 503, "ServiceUnavailable"),
        (503, 503, "ServiceUnavailable"),
        (507, 503, "ServiceUnavailable"),
        (None, 503, "ServiceUnavailable"),
    ],
    ids=["model loading", "worker died", "handler error", "bad gateway", "queue full", "worker killed", "closes"],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["known length", "chunked"])
def test_torchserves_error_is_replaced_by_nginxs(
    torchserve: TorchServe, nginx: str, theirs: int | None, code: int, type_: str, chunked: bool
) -> None:
    torchserve.expect(theirs, theirs)
    body = iter([drawings.seven()]) if chunked else drawings.seven()
    response = requests.post(nginx + SINGLE, data=body, headers={"Content-Type": "image/png"}, timeout=10)
    assert_error(response, code, type_)
    assert "scale workers" not in response.text
    assert response.headers.get("Retry-After") == ("1" if code == 503 else None)


@pytest.mark.parametrize("theirs", [500, 507, None], ids=["worker died", "worker killed", "closes"])
@pytest.mark.parametrize("path", [SINGLE, BATCH])
@pytest.mark.parametrize("chunked", [False, True], ids=["known length", "chunked"])
def test_prediction_is_retried_once(
    torchserve: TorchServe, nginx: str, path: str, theirs: int | None, chunked: bool
) -> None:
    torchserve.expect(theirs, 200)
    body = b"x" * 100_000
    sent = iter([body]) if chunked else body
    response = requests.post(nginx + path, data=sent, headers={"Content-Type": "application/json"}, timeout=10)
    assert (response.status_code, response.json()) == (200, {"digit": 7})
    assert torchserve.bodies_seen == [body, body]
    assert [headers.get("X-Route") for headers in torchserve.headers_seen] == [ROUTES[path]] * 2


def test_small_request_without_an_answer_is_tried_again_and_then_waited_for(torchserve: TorchServe, nginx: str) -> None:
    torchserve.expect(0, 0)
    began = time.monotonic()
    response = requests.post(nginx + SINGLE, data=b"x", headers={"Content-Type": "image/png"}, timeout=20)
    assert (response.status_code, response.json()) == (200, {"digit": 7})
    assert len(torchserve.bodies_seen) == 2
    assert SLOW_S < time.monotonic() - began < 2 * SLOW_S


@pytest.mark.parametrize(("path", "size"), [(SINGLE, 200_000), (BATCH, 100), (BATCH, 2_000_000)])
def test_larger_request_without_an_answer_is_waited_for(
    torchserve: TorchServe, nginx: str, path: str, size: int
) -> None:
    torchserve.expect(0)
    response = requests.post(nginx + path, data=bytes(size), headers={"Content-Type": "application/json"}, timeout=20)
    assert response.status_code == 200
    assert len(torchserve.bodies_seen) == 1


SMALL_PATH, BULK_PATH = f"/predictions/digits/{__version__}", f"/predictions/digits-bulk/{__version__}"


@pytest.mark.parametrize("failures", [[], [507]], ids=["at once", "after a worker that was killed"])
def test_small_request_with_a_costly_image_goes_to_the_other_workers(
    torchserve: TorchServe, nginx: str, failures: list[int]
) -> None:
    torchserve.expect(*failures, -NotSmall.code, 200)
    response = requests.post(nginx + SINGLE, data=b"x", headers={"Content-Type": "image/png"}, timeout=10)
    assert (response.status_code, response.json()) == (200, {"digit": 7})
    assert torchserve.paths_seen == [SMALL_PATH] * (1 + len(failures)) + [BULK_PATH]
    assert torchserve.bodies_seen == [b"x"] * len(torchserve.paths_seen)
    classes = [headers.get("X-Size-Class") for headers in torchserve.headers_seen]
    assert classes == ["small"] * (1 + len(failures)) + [None]


@pytest.mark.parametrize(("path", "size"), [(SINGLE, 200_000), (BATCH, 100), (BATCH, 2_000_000)])
def test_larger_request_goes_to_the_other_workers_in_each_try(
    torchserve: TorchServe, nginx: str, path: str, size: int
) -> None:
    torchserve.expect(507, 200)
    response = requests.post(nginx + path, data=bytes(size), headers={"Content-Type": "application/json"}, timeout=20)
    assert response.status_code == 200
    assert torchserve.paths_seen == [BULK_PATH] * 2


def test_larger_request_is_not_tried_again_if_the_queue_is_full(torchserve: TorchServe, nginx: str) -> None:
    torchserve.expect(503, 200)
    response = requests.post(nginx + BATCH, data=b"{}", headers={"Content-Type": "application/json"}, timeout=20)
    assert_error(response, 503, "ServiceUnavailable")
    assert len(torchserve.bodies_seen) == 1


@pytest.mark.parametrize("theirs", [500, 503, 507], ids=["worker died", "queue full", "worker killed"])
def test_prediction_that_gets_an_error_is_tried_twice_at_most(torchserve: TorchServe, nginx: str, theirs: int) -> None:
    torchserve.expect(theirs, theirs, 200)
    response = requests.post(nginx + SINGLE, data=b"x", headers={"Content-Type": "image/png"}, timeout=10)
    assert_error(response, 503, "ServiceUnavailable")
    assert len(torchserve.bodies_seen) == 2


def test_handlers_own_overload_is_not_retried(torchserve: TorchServe, nginx: str) -> None:
    """Another worker would spend the same time on the same image."""
    torchserve.expect(-503, 200)
    response = requests.post(nginx + SINGLE, data=b"x", headers={"Content-Type": "image/png"}, timeout=10)
    assert_error(response, 503, "ServiceUnavailable")
    assert response.headers["Retry-After"] == "1"
    assert len(torchserve.bodies_seen) == 1


@pytest.mark.parametrize("path", ["/readyz", "/v1/models/digits"])
def test_readiness_reads_no_body(torchserve: TorchServe, nginx: str, path: str) -> None:
    response = requests.get(nginx + path, data=b"xx", timeout=10)
    assert_error(response, 413, "PayloadTooLarge")


@pytest.mark.parametrize("code", [400, 413, 415, 422])
def test_handlers_errors_are_passed_on_unchanged_and_not_retried(torchserve: TorchServe, nginx: str, code: int) -> None:
    torchserve.expect(code)
    response = requests.post(nginx + SINGLE, data=b"x", headers={"Content-Type": "image/png"}, timeout=10)
    assert (response.status_code, response.content) == (code, MISLEADING)
    assert len(torchserve.bodies_seen) == 1


@pytest.mark.parametrize("path", ["/readyz", "/v1/models/digits"])
@pytest.mark.parametrize("theirs", [404, 422, 500, 503, None])
def test_not_ready_is_503_for_every_reason(torchserve: TorchServe, nginx: str, path: str, theirs: int | None) -> None:
    torchserve.expect(theirs, theirs)
    response = requests.get(nginx + path, timeout=10)
    assert_error(response, 503, "ServiceUnavailable")
    assert response.headers["Retry-After"] == "1"


def test_torchserve_gets_three_headers_of_the_client_and_the_length(torchserve: TorchServe, nginx: str) -> None:
    torchserve.expect(200)
    parts = iter([b"a" * 1000, b"b" * 1000])
    used = {"Content-Type": "image/png", "X-Request-ID": "mine", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    sent = {"Cookie": "secret", "describe": "True", **used}
    requests.post(nginx + SINGLE, data=parts, headers=sent, timeout=10)
    assert torchserve.headers_seen == [{"Host": "torchserve", "Content-Length": "2000", **used}]
    assert torchserve.bodies_seen == [b"a" * 1000 + b"b" * 1000]


@pytest.mark.parametrize(("mark", "size_class"), [(None, "small"), ("1", "draft"), ("draft", "small"), ("", "small")])
def test_worker_knows_what_the_page_asks_while_a_digit_is_drawn(
    torchserve: TorchServe, nginx: str, mark: str | None, size_class: str
) -> None:
    torchserve.expect(200)
    sent = {"Content-Type": "image/png"} | ({"X-Draft": mark} if mark is not None else {})
    requests.post(nginx + SINGLE, data=b"x", headers=sent, timeout=10)
    assert [seen["X-Size-Class"] for seen in torchserve.headers_seen] == [size_class]
    assert "X-Draft" not in torchserve.headers_seen[0]
