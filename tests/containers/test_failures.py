"""Replicas that are stopped, killed, replaced or paused under a steady load: no client gets an error.

Kubernetes is gentler: it takes a replica out of the Service before it sends SIGTERM. Here its name still resolves.
"""

import itertools
import json
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

import handler
from tests import drawings
from tests.containers.conftest import NEW_VERSION, workers_of
from tests.containers.load import Load
from tests.integration.api import BATCH, SINGLE, assert_error, batch_of
from tools.cluster import Cluster, running
from tools.docker import ROOT, TORCHSERVE, docker, inspect, logs

FIRST_READ_S = 2.5  # first_read_s in web/container/deployment.conf


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[Cluster]:
    cluster = Cluster()
    with running(cluster, replicas=2):
        yield cluster


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Cluster:
    """Two healthy replicas. New ones take the place of those that an earlier test removed."""
    for _ in range(2 - len(shared_cluster.replicas)):
        shared_cluster.wait_until_healthy(shared_cluster.start_replica())
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


def test_worker_that_is_killed_while_it_holds_requests_loses_none(cluster: Cluster) -> None:
    before = workers_of(cluster.replicas[0])
    with Load(cluster.url) as load:
        load.keep_up(3)
        # It is paused first, so that it holds requests when it dies.
        docker("exec", cluster.replicas[0], "bash", "-c", f"kill -STOP {before[0]}; sleep 0.5; kill -KILL {before[0]}")
        load.keep_up(10)
    assert load.failures == []
    after = workers_of(cluster.replicas[0])
    assert len(after) == len(before)
    assert before[0] not in after


def test_paused_replica_slows_a_few_requests_and_serves_again_afterwards(cluster: Cluster) -> None:
    paused = cluster.replicas[0]
    with Load(cluster.url) as load:
        load.keep_up(3)
        docker("pause", paused)
        load.keep_up(12)
        docker("unpause", paused)
        load.keep_up(5)
    assert load.failures == []
    slow = [seconds for _, seconds in load.seconds if seconds > FIRST_READ_S]
    assert slow
    assert max(slow) < FIRST_READ_S + 2
    # At first each client may hit it once. After that, one request every two seconds does.
    assert len(slow) < 20
    before = logs(paused).count('"status":200')
    with Load(cluster.url) as load:
        load.keep_up(2)
    assert logs(paused).count('"status":200') > before


def test_batches_that_replicas_lack_memory_for_are_refused_at_once(cluster: Cluster) -> None:
    body = json.dumps(batch_of([drawings.seven()])).ljust(8 << 20).encode()

    def send() -> tuple[int, float]:
        began = time.monotonic()
        response = requests.post(
            cluster.url + BATCH, data=body, headers={"Content-Type": "application/json"}, timeout=30
        )
        return response.status_code, time.monotonic() - began

    docker("pause", *cluster.replicas)
    try:
        with ThreadPoolExecutor(max_workers=4) as clients:
            # Two per replica: most_bytes in web/container/deployment.conf
            held = [clients.submit(send) for _ in range(4)]
            time.sleep(1.5)
            status, seconds = send()
            docker("unpause", *cluster.replicas)
            assert [future.result()[0] for future in held] == [200] * 4
    finally:
        docker("unpause", *cluster.replicas, check=False)
    assert status == 503
    assert seconds < 1


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


def test_draining_web_container_closes_connections_and_ends(cluster: Cluster) -> None:
    with requests.Session() as session:
        assert "close" not in session.get(f"{cluster.url}/", timeout=10).headers["Connection"]
        docker("exec", cluster.web, "touch", "/run/digits/draining")
        time.sleep(1.5)
        assert session.get(f"{cluster.url}/", timeout=10).headers["Connection"] == "close"
    docker("kill", "--signal", "QUIT", cluster.web)
    assert docker("wait", cluster.web) == "0"
    docker("start", cluster.web)
    cluster.wait_until_ready()
