"""More requests than a replica can queue."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import requests
import yaml

from tests import drawings
from tests.containers.conftest import workers_of
from tests.integration.api import SINGLE
from tools.cluster import Cluster, running
from tools.docker import ROOT, docker, logs

CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())
HELD = CONFIG["jobQueueSize"] + CONFIG["batchSize"]
GREEDY = 20
SECONDS = 3


def test_replica_with_a_full_queue_gets_no_requests_for_a_moment() -> None:
    cluster = Cluster()

    def ask() -> int:
        headers = {"Content-Type": "image/png"}
        return requests.post(cluster.url + SINGLE, data=drawings.seven(), headers=headers, timeout=30).status_code

    def ask_on(until: float) -> list[int]:
        statuses = []
        while time.monotonic() < until:
            statuses.append(ask())
        return statuses

    with running(cluster, replicas=1), ThreadPoolExecutor(max_workers=HELD + GREEDY) as clients:
        [replica] = cluster.replicas
        workers = " ".join(workers_of(replica))
        docker("exec", replica, "bash", "-c", f"kill -STOP {workers}")
        held = [clients.submit(ask) for _ in range(HELD)]
        time.sleep(2)
        greedy = [clients.submit(ask_on, time.monotonic() + SECONDS) for _ in range(GREEDY)]
        refused = [status for future in greedy for status in future.result()]
        docker("exec", replica, "bash", "-c", f"kill -CONT {workers}")
        answered = [future.result() for future in held]
        lines = [json.loads(line) for line in logs(cluster.web).splitlines() if line.startswith('{"time"')]
    assert refused.count(503) > 100
    assert answered.count(200) > HELD / 2
    by_torchserve = [line for line in lines if "503" in line["upstream_status"]]
    assert len(by_torchserve) < refused.count(503) / 3
