"""More requests than a replica may have in progress."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests import drawings
from tests.containers.access_log import requests_logged
from tests.containers.conftest import workers_of
from tests.integration.api import SINGLE
from tools.cluster import Cluster, running
from tools.docker import docker

AT_ONCE = 64  # max_conns of torchserve_small and of its backup in web/container/deployment.conf
CLIENTS = 160
SECONDS = 5


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    with running(cluster, replicas=1):
        yield cluster


def ask(cluster: Cluster) -> tuple[int, float]:
    """Send a drawing, and return the status and how many seconds it took."""
    began = time.monotonic()
    headers = {"Content-Type": "image/png"}
    response = requests.post(cluster.url + SINGLE, data=drawings.seven(), headers=headers, timeout=30)
    return response.status_code, time.monotonic() - began


@contextlib.contextmanager
def stopped_workers(cluster: Cluster) -> Iterator[None]:
    """Stop the replica's workers in the `with` block."""
    [replica] = cluster.replicas
    workers = " ".join(workers_of(replica))
    docker("exec", replica, "bash", "-c", f"kill -STOP {workers}")
    try:
        yield
    finally:
        docker("exec", replica, "bash", "-c", f"kill -CONT {workers}")


def test_requests_beyond_the_bound_are_refused_by_nginx_and_the_others_are_answered(cluster: Cluster) -> None:
    with ThreadPoolExecutor(max_workers=CLIENTS) as clients:
        with stopped_workers(cluster):
            answers = [clients.submit(ask, cluster) for _ in range(CLIENTS)]
            time.sleep(1.5)
            refused = [future.result() for future in answers if future.done()]
        statuses = [future.result()[0] for future in answers]
    time.sleep(2.5)  # in which the lines reach the engine's log
    lines = requests_logged(cluster.web)
    assert {status for status, _ in refused} == {503}
    assert (statuses.count(200), statuses.count(503)) == (AT_ONCE, CLIENTS - AT_ONCE)
    assert {line["upstream"] for line in lines if line["status"] == 503} == {"torchserve_small"}  # no replica


def test_overloaded_replica_answers_what_it_accepts_soon(cluster: Cluster) -> None:
    begun = threading.Event()  # busy threads would delay the start of the others

    def ask_on() -> list[tuple[int, float]]:
        answers = []
        begun.wait()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            answers.append(ask(cluster))
        return answers

    with ThreadPoolExecutor(max_workers=CLIENTS) as clients:
        running = [clients.submit(ask_on) for _ in range(CLIENTS)]
        begun.set()
        time.sleep(1)
        with stopped_workers(cluster):  # so that requests accumulate, however slow the clients are
            time.sleep(0.3)
        answers = [answer for future in running for answer in future.result()]
    accepted = sorted(seconds for status, seconds in answers if status == 200)
    assert {status for status, _ in answers} == {200, 503}
    assert len(accepted) > 50 * SECONDS
    assert accepted[len(accepted) * 99 // 100] < 2.5  # proxy_read_timeout in web/nginx/small.conf
