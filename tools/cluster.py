"""Containers that stand for a cluster: a web container and replicas of TorchServe to start, stop, kill and replace."""

import contextlib
import socket
import time
import uuid
from collections.abc import Iterator, Sequence

import requests

from tools.docker import HARDENED, TORCHSERVE, WEB, docker, is_healthy, logs

READY_TIMEOUT_S = 90
REPLICA_CPUS = 0.75


def free_url() -> str:
    """Return a URL on this machine with a port that is free now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


class Cluster:
    """A network with one web container and any number of TorchServe replicas, all under the name `torchserve`."""

    def __init__(self, cpus: float = REPLICA_CPUS, options: Sequence[str] = ()) -> None:
        self._cpus = cpus  # of each replica
        self._options = options  # for every container
        self._name = f"digits-test-{uuid.uuid4().hex[:8]}"
        self._count = 0
        self.replicas: list[str] = []
        self.web = f"{self._name}-web"
        self.url = free_url()

    def start(self, replicas: int) -> None:
        """Start the web container and the replicas, and wait until all of them can answer."""
        docker("network", "create", self._name)
        self.start_web()
        for name in [self.start_replica() for _ in range(replicas)]:
            self.wait_until_healthy(name)
        self.wait_until_ready()

    def start_web(self, *options: str) -> None:
        """Start the web container."""
        port = self.url.removeprefix("http://")
        docker(
            *("run", "--detach", "--name", self.web, "--network", self._name, "--publish", f"{port}:8080", *HARDENED),
            *("--tmpfs", "/run/digits:size=512m,uid=10001,gid=10001,mode=0700", "--cpus", "1", "--memory", "768m"),
            *self._options,
            *("--env", "RATE_LIMIT=10000r/s", "--env", "RATE_BURST=10000", *options, WEB),
        )

    def start_replica(self, image: str = TORCHSERVE, *options: str, alias: str = "torchserve") -> str:
        """Start one more replica, which may not be ready when this returns."""
        self._count += 1
        name = f"{self._name}-torchserve-{self._count}"
        docker(
            *("run", "--detach", "--name", name, "--network", self._name, "--network-alias", alias, *HARDENED),
            *("--tmpfs", "/tmp", "--cpus", str(self._cpus), "--memory", "2304m", *self._options),
            *(*options, image),
        )
        self.replicas.append(name)
        return name

    def wait_until_healthy(self, name: str) -> float:
        """Wait until the image's own health check passes, and return how many seconds that took."""
        began = time.monotonic()
        while not is_healthy(name):
            assert time.monotonic() - began < READY_TIMEOUT_S, logs(name)[-3000:]
            time.sleep(0.3)
        return time.monotonic() - began

    def wait_until_ready(self) -> float:
        """Wait until the service is ready, and return how many seconds that took."""
        began = time.monotonic()
        while not self.is_ready():
            assert time.monotonic() - began < READY_TIMEOUT_S, logs(self.web)[-3000:]
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self) -> bool:
        """Whether a worker behind nginx can answer."""
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(f"{self.url}/readyz", timeout=10).status_code == 200
        return False

    def stop(self, name: str) -> None:
        """Stop a replica with SIGTERM, as Kubernetes does, and remove it."""
        docker("stop", "--time", "30", name)
        docker("rm", name)
        self.replicas.remove(name)

    def kill(self, name: str) -> None:
        """Kill a replica and remove it."""
        docker("kill", name)
        docker("rm", name)
        self.replicas.remove(name)

    def remove(self) -> None:
        """Remove all containers and the network."""
        docker("rm", "--force", self.web, *self.replicas)
        docker("network", "rm", self._name)


@contextlib.contextmanager
def running(cluster: Cluster, replicas: int) -> Iterator[None]:
    """Start a cluster, and remove it at the end."""
    try:
        cluster.start(replicas)
        yield
    finally:
        cluster.remove()
