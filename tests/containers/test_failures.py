"""Replicas that are stopped, killed, replaced or paused under a steady load: no client gets an error.

Kubernetes is gentler: it takes a replica out of the Service before it sends SIGTERM. Here its name still resolves.
"""

import http.client
import itertools
import json
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pytest
import requests

import handler
from tests import drawings
from tests.containers.access_log import requests_logged
from tests.containers.conftest import NEW_VERSION, workers_of
from tests.containers.load import Load
from tests.integration.api import BATCH, SINGLE, assert_error, batch_of
from tools.cluster import Cluster, running
from tools.docker import ROOT, TORCHSERVE, docker, inspect, logs

FIRST_TRY_S = 2.5  # proxy_read_timeout in web/nginx/small.conf
SLOWEST_WHILE_PAUSED_S = 5
CONNECT_TIMEOUT_S = 1  # proxy_connect_timeout in web/nginx/torchserve.conf
LARGE_AT_ONCE = 2  # max_conns of torchserve_large and its backup in web/container/deployment.conf, for each replica
KEPT_CONNECTIONS = 30


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    with running(cluster, replicas=2):
        yield cluster


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Cluster:
    """Two healthy replicas. New ones take the place of those that an earlier test removed."""
    for name in [shared_cluster.start_replica() for _ in range(2 - len(shared_cluster.replicas))]:
        shared_cluster.wait_until_healthy(name)
    shared_cluster.wait_until_ready()
    return shared_cluster


def test_replica_is_ready_within_20_s_on_less_than_one_core(cluster: Cluster) -> None:
    name = cluster.start_replica()
    assert cluster.wait_until_healthy(name) < 20
    cluster.stop(name)


def test_replica_that_is_stopped_loses_no_request(cluster: Cluster) -> None:
    stopped = cluster.replicas[0]
    with Load(cluster.url) as load:
        load.keep_up(3)
        docker("stop", "--time", "30", stopped)
        load.keep_up(3)
    assert inspect(stopped)["State"]["ExitCode"] == 128 + signal.SIGTERM  # Java ended without being killed
    cluster.stop(stopped)
    assert load.failures == []
    assert len(load.versions) > 50


def test_replica_that_is_killed_loses_no_request(cluster: Cluster) -> None:
    with Load(cluster.url) as load:
        load.keep_up(3)
        cluster.kill(cluster.replicas[0])
        load.keep_up(5)
    assert load.failures == []
    assert len(load.versions) > 50
    # Longer takes only what was sent in the moment between the end of the process and that of its network.
    assert load.count_over(1.2 * CONNECT_TIMEOUT_S) <= 2


def test_rolling_update_loses_no_request_and_the_version_changes_over(cluster: Cluster, new_image: str) -> None:
    old = list(cluster.replicas)
    with Load(cluster.url) as load:
        load.keep_up(2)
        for name in old:
            cluster.wait_until_healthy(cluster.start_replica(new_image))
            cluster.stop(name)
        load.keep_up(3)
    assert load.failures == []
    assert load.versions[0] == handler.__version__
    assert load.versions[-1] == NEW_VERSION
    assert {version for version, _ in itertools.groupby(load.versions)} == {handler.__version__, NEW_VERSION}
    for name in list(cluster.replicas):
        cluster.kill(name)


def test_workers_that_are_killed_while_they_hold_requests_lose_none(cluster: Cluster) -> None:
    before = workers_of(cluster.replicas[0])
    with Load(cluster.url) as load:
        load.keep_up(3)
        # They are paused first, so that they hold requests when they die.
        workers = " ".join(before)
        docker("exec", cluster.replicas[0], "bash", "-c", f"kill -STOP {workers}; sleep 0.5; kill -KILL {workers}")
        load.keep_up(10)
    assert load.failures == []
    after = workers_of(cluster.replicas[0])
    assert len(after) == len(before)
    assert not {*before} & {*after}


def test_paused_replica_slows_a_few_requests_and_serves_again_afterwards(cluster: Cluster) -> None:
    paused = cluster.replicas[0]
    with Load(cluster.url) as load:
        load.keep_up(3)
        docker("pause", paused)
        load.keep_up(10)
        docker("unpause", paused)
        load.keep_up(5)
    assert load.failures == []
    assert FIRST_TRY_S < load.slowest_s < SLOWEST_WHILE_PAUSED_S
    # At first each client may hit it once. After that, one request every two seconds does.
    assert load.count_over(FIRST_TRY_S) < 20
    before = logs(paused).count('"status":200')
    with Load(cluster.url) as load:
        load.keep_up(2)
    assert logs(paused).count('"status":200') > before


def test_large_batches_beyond_the_bound_are_refused_at_once(cluster: Cluster) -> None:
    body = json.dumps(batch_of([drawings.seven()])).ljust(8 << 20).encode()

    def send(_: int) -> tuple[int, float]:
        began = time.monotonic()
        headers = {"Content-Type": "application/json"}
        response = requests.post(cluster.url + BATCH, data=body, headers=headers, timeout=30)
        return response.status_code, time.monotonic() - began

    workers = {name: " ".join(workers_of(name)) for name in cluster.replicas}
    with ThreadPoolExecutor(max_workers=12) as clients:
        try:
            for name in cluster.replicas:
                docker("exec", name, "bash", "-c", f"kill -STOP {workers[name]}")
            answers = [clients.submit(send, number) for number in range(12)]
            first = itertools.islice(as_completed(answers, timeout=20), 12 - LARGE_AT_ONCE * 2)
            refused = [future.result() for future in first]
        finally:
            for name in cluster.replicas:
                docker("exec", name, "bash", "-c", f"kill -CONT {workers[name]}")
        statuses = Counter(future.result()[0] for future in answers)
    assert {status for status, _ in refused} == {503}
    assert max(seconds for _, seconds in refused) < 3
    assert statuses == {200: LARGE_AT_ONCE * 2, 503: 12 - LARGE_AT_ONCE * 2}


def test_without_a_replica_the_response_is_503_at_once_until_one_is_back(cluster: Cluster) -> None:
    for name in list(cluster.replicas):
        cluster.kill(name)
    time.sleep(3)
    for _ in range(20):
        began = time.monotonic()
        response = requests.post(
            cluster.url + SINGLE, data=drawings.seven(), headers={"Content-Type": "image/png"}, timeout=30
        )
        assert_error(response, 503, "ServiceUnavailable")
        assert int(response.headers["Retry-After"]) >= 1
        assert time.monotonic() - began < 0.5
    assert requests.get(f"{cluster.url}/healthz", timeout=5).status_code == 200
    cluster.wait_until_healthy(cluster.start_replica())
    assert cluster.wait_until_ready() < 5


@pytest.mark.parametrize("damage", ["truncated", "other"])
def test_container_with_a_wrong_archive_ends_with_the_reason(cluster: Cluster, tmp_path: Path, damage: str) -> None:
    archive = (ROOT / "model_store" / "digits.mar").read_bytes()
    file = tmp_path / "digits.mar"
    file.write_bytes(archive[:-1000] if damage == "truncated" else b"PK\x05\x06" + bytes(18))
    file.chmod(0o644)
    tmp_path.chmod(0o755)
    name = cluster.start_replica(TORCHSERVE, "--volume", f"{file}:/opt/digits/model_store/digits.mar:ro")
    try:
        with Load(cluster.url) as load:
            load.keep_up(3)
        assert load.failures == []
        state = inspect(name)["State"]
        assert (state["Running"], state["ExitCode"]) == (False, 1)
        assert "is not the archive that this image was built with" in logs(name)
    finally:
        cluster.kill(name) if inspect(name)["State"]["Running"] else cluster.stop(name)


def test_web_container_that_is_stopped_loses_no_request_on_a_kept_connection(cluster: Cluster) -> None:
    """Each client has one connection, and pauses between its requests, until it is told to close the connection."""
    told: list[str] = []

    def use_one_connection(number: int) -> None:
        connection = http.client.HTTPConnection(cluster.url.removeprefix("http://"), timeout=10)
        headers = {"Content-Type": "image/png"}
        pauses = random.Random(number)
        while True:
            connection.request("POST", SINGLE, drawings.seven(), headers)
            response = connection.getresponse()
            assert json.load(response)["digit"] == 7
            if response.headers["Connection"] == "close":
                told.append("close")
                return
            time.sleep(pauses.uniform(0, 10))

    with ThreadPoolExecutor(max_workers=KEPT_CONNECTIONS) as clients:
        running = [clients.submit(use_one_connection, number) for number in range(KEPT_CONNECTIONS)]
        time.sleep(6)
        assert told == []
        docker("kill", "--signal", "QUIT", cluster.web)
        for future in running:
            future.result()
    assert docker("wait", cluster.web) == "0"
    assert len(told) == KEPT_CONNECTIONS
    lines = requests_logged(cluster.web)
    assert sum(line["client"] == lines[-1]["client"] for line in lines[-KEPT_CONNECTIONS:]) == KEPT_CONNECTIONS
    docker("start", cluster.web)
    cluster.wait_until_ready()
