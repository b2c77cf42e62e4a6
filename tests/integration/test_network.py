"""Ports, metrics, the log, and a worker that is killed."""

import re
import time

import psutil
import requests

from handler import __version__
from tests import drawings
from tests.integration.api import SINGLE, assert_error, lines_with, post
from tools.stack import Stack


def test_every_open_port_is_a_known_one_on_loopback(stack: Stack) -> None:
    listening = {
        (connection.laddr.ip.removeprefix("::ffff:"), connection.laddr.port)
        for process in stack.processes()
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {("127.0.0.1", port) for port in stack.ports.values()}


def test_metrics_count_requests_with_the_models_version(stack: Stack) -> None:
    def requests_total() -> float:
        metrics = requests.get(f"http://127.0.0.1:{stack.ports['METRICS_PORT']}/metrics", timeout=10).text
        label = f'model_name="digits",model_version="{re.escape(__version__)}"'
        [line] = re.findall(rf"^ts_inference_requests_total{{{label}.*}} (\S+)$", metrics, re.MULTILINE)
        return float(line)

    before = requests_total()
    for _ in range(3):
        post(stack, SINGLE, drawings.seven())
    assert requests_total() == before + 3


def test_log_has_one_line_per_batch(stack: Stack) -> None:
    log = stack.run_dir / "torchserve.log"
    ids = [post(stack, SINGLE, drawings.seven()).headers["X-Request-ID"] for _ in range(5)]
    own = {line for id_ in ids for line in lines_with(id_, log)}
    assert len(own) == 5  # sequential requests are batches of one
    lines = log.read_text().splitlines()
    places = [place for place, line in enumerate(lines) if line in own]
    assert places[-1] - places[0] == 4  # no other lines between them
    assert not list(stack.run_dir.glob("**/access_log*.log"))


def test_killed_worker_is_replaced_and_a_client_that_retries_is_answered(stack: Stack) -> None:
    """Usually nginx's second try reaches the new worker; if it starts slowly, the client gets 503 with Retry-After."""
    for worker in stack.workers():
        worker.kill()
    until = time.monotonic() + 60
    while (response := post(stack, SINGLE, drawings.seven())).status_code != 200:
        if response.status_code == 504:  # on a loaded machine a worker takes longer to start than nginx waits
            assert_error(response, 504, "GatewayTimeout")
        else:
            assert_error(response, 503, "ServiceUnavailable")
        assert time.monotonic() < until
        time.sleep(int(response.headers.get("Retry-After", 0)))
    assert response.json()["digit"] == 7
    assert stack.is_ready()
