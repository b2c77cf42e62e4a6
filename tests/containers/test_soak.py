"""Five minutes of large batches on two replicas: the limit holds, memory stays bounded and no worker is killed."""

import json
import random
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

import requests

from tests import drawings
from tests.containers.access_log import requests_logged
from tests.containers.conftest import workers_of
from tests.containers.load import Load
from tests.integration.api import BATCH, batch_of
from tools.cluster import Cluster, running
from tools.docker import docker, inspect, logs

SECONDS = 310
CLIENTS = 12
BATCH_BYTES = 7_600_000
IMAGES = 16
AT_ONCE = 2  # of each replica: max_conns of torchserve_large and its backup in web/container/deployment.conf
WINDOW_S = 30
MEMORY_MIB = 2304  # of a replica (tools/cluster.py)


def memory_mib(replica: str) -> float:
    """Return the memory that the processes of a replica hold."""
    script = "cat /proc/[0-9]*/smaps_rollup 2>/dev/null | grep ^Pss:"
    lines = docker("exec", replica, "bash", "-c", script, check=False).splitlines()
    return sum(int(line.split()[1]) for line in lines) / 1024


class Batches:
    """Clients that send large batches one after the other, and wait as long as a refusal asks them to."""

    def __init__(self, url: str) -> None:
        self._url = url + BATCH
        self._body = json.dumps(batch_of([drawings.seven()] * IMAGES)).ljust(BATCH_BYTES).encode()
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def send_until(self, until: float, number: int) -> None:
        """Send batches, each checked, until a time of time.monotonic()."""
        pauses = random.Random(number)
        with requests.Session() as session:
            while time.monotonic() < until:
                headers = {"Content-Type": "application/json"}
                response = session.post(self._url, data=self._body, headers=headers, timeout=60)
                self.statuses[response.status_code] += 1
                if response.status_code == 200:
                    if [answer["digit"] for answer in response.json()["predictions"]] != [7] * IMAGES:
                        self.wrong.append(response.text[:200])
                else:
                    time.sleep(float(response.headers.get("Retry-After", 1)) * pauses.uniform(0.5, 1.5))


def in_progress(cluster: Cluster) -> dict[tuple[str, int], float]:
    """Return from the access log how many batches each replica had in progress on average, in each span of WINDOW_S."""
    seconds: dict[tuple[str, int], float] = defaultdict(float)
    for request in requests_logged(cluster.web):
        if request["route"] == "batch" and request["status"] == 200:
            ended = time.mktime(time.strptime(request["time"][:19], "%Y-%m-%dT%H:%M:%S"))
            for upstream, took in zip(
                request["upstream"].split(", "), request["upstream_seconds"].split(", "), strict=True
            ):
                seconds[upstream, int(ended // WINDOW_S)] += float(took)
    return {key: total / WINDOW_S for key, total in seconds.items()}


def test_five_minutes_of_batches_keep_the_bound_and_kill_no_worker() -> None:
    cluster = Cluster()
    with running(cluster, replicas=2), ThreadPoolExecutor(max_workers=CLIENTS) as clients:
        batches = Batches(cluster.url)
        before = {name: workers_of(name) for name in cluster.replicas}
        until = time.monotonic() + SECONDS
        sending = [clients.submit(batches.send_until, until, number) for number in range(CLIENTS)]
        memory: list[float] = []
        with Load(cluster.url) as load:
            while time.monotonic() < until:
                load.keep_up(1)
                for name in cluster.replicas:
                    memory.append(memory_mib(name))
                    assert workers_of(name) == before[name], logs(name)[-5000:]
        for future in sending:
            future.result()
        killed = [name for name in (*cluster.replicas, cluster.web) if inspect(name)["State"]["OOMKilled"]]
        time.sleep(2.5)  # in which the last lines reach the engine's log
        means = in_progress(cluster)
    print(batches.statuses, f"{max(memory):.0f} MiB, {max(means.values()):.2f} in progress, {load.slowest_s:.2f} s")
    assert batches.wrong == []
    assert batches.statuses.keys() <= {200, 503}
    assert batches.statuses[200] > SECONDS / 5
    assert load.failures == []
    assert load.slowest_s < 10
    assert max(memory) < 0.9 * MEMORY_MIB
    assert killed == []
    assert len(means) >= 2 * SECONDS // WINDOW_S
    assert max(means.values()) < AT_ONCE * 1.2  # a batch counts in the span in which it ends
