"""More requests than a replica may have in progress."""

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any

import pytest
import requests

from tests import drawings
from tests.containers.access_log import requests_logged
from tests.containers.conftest import workers_of
from tests.integration.api import SINGLE
from tests.waiting import wait_until
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


def ask(cluster: Cluster, agent: str) -> int:
    """Send a drawing, and return the status."""
    headers = {"Content-Type": "image/png", "User-Agent": agent}
    return requests.post(cluster.url + SINGLE, data=drawings.seven(), headers=headers, timeout=30).status_code


def logged(cluster: Cluster, agent: str, count: int) -> list[dict[str, Any]]:
    """Return an agent's requests in nginx's access log, once all of them are in the engine's log."""

    def lines() -> list[dict[str, Any]]:
        return [line for line in requests_logged(cluster.web) if line["agent"] == agent]

    wait_until(lambda: len(lines()) == count)
    return lines()


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
            answers = [clients.submit(ask, cluster, "crowd") for _ in range(CLIENTS)]
            first = itertools.islice(as_completed(answers, timeout=20), CLIENTS - AT_ONCE)
            refused = [future.result() for future in first]
        statuses = [future.result() for future in answers]
    assert set(refused) == {503}
    assert (statuses.count(200), statuses.count(503)) == (AT_ONCE, CLIENTS - AT_ONCE)
    refusals = [line for line in logged(cluster, "crowd", CLIENTS) if line["status"] == 503]
    assert {line["upstream"] for line in refusals} == {"torchserve_small"}  # no replica


def test_overloaded_replica_answers_what_it_accepts_soon(cluster: Cluster) -> None:
    begun = threading.Event()  # busy threads would delay the start of the others

    def ask_on() -> list[int]:
        answers = []
        begun.wait()
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            answers.append(ask(cluster, "overload"))
        return answers

    with ThreadPoolExecutor(max_workers=CLIENTS) as clients:
        running = [clients.submit(ask_on) for _ in range(CLIENTS)]
        begun.set()
        time.sleep(1)
        with stopped_workers(cluster):  # so that requests accumulate, however slow the clients are
            time.sleep(0.3)
        answers = [answer for future in running for answer in future.result()]
    # The log's times, since so many clients on one machine delay each other.
    lines = logged(cluster, "overload", len(answers))
    accepted = sorted(line["seconds"] for line in lines if line["status"] == 200)
    assert set(answers) == {200, 503}
    assert len(accepted) > 50 * SECONDS
    assert accepted[len(accepted) * 99 // 100] < 2.5  # proxy_read_timeout in web/nginx/small.conf
