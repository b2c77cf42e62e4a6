"""How nginx follows the answers of a name server, and what it does if there are none."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import yaml

from tests.containers.load import Load
from tests.containers.name_server import TTL_S
from tools.cluster import Cluster, running
from tools.docker import HARDENED, ROOT, TORCHSERVE, address_of, docker, logs

# No container has these names, so Docker asks the name server below. In Kubernetes the second is a Service with all
# pods, also those that are not ready.
NAME = "replicas.digits.test"
FALLBACK = "all.digits.test"
UNREACHABLE = "192.0.2.1"
STARTED_WITHIN_S = 20  # the startup probe in k8s/base/web/deployment.yaml


class NamedCluster(Cluster):
    """A cluster whose web container uses a name server with answers that the test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.name_server = f"{self._name}-name-server"

    def start(self, replicas: int) -> None:
        """Start the replicas, and then web with the name server."""
        docker("network", "create", self._name)
        script = Path(__file__).with_name("name_server.py")
        docker(
            *("run", "--detach", "--name", self.name_server, "--network", self._name, *HARDENED),
            *("--sysctl", "net.ipv4.ip_unprivileged_port_start=0", "--tmpfs", "/tmp"),
            *("--volume", f"{script}:/name_server.py:ro", "--entrypoint", "/opt/venv/bin/python", TORCHSERVE),
            *("/name_server.py", "/tmp/answers"),
        )
        for name in [self.start_replica() for _ in range(replicas)]:
            self.wait_until_healthy(name)
        self.answer(*map(address_of, self.replicas))
        self.start_web()
        self.wait_until_ready()

    def start_web(self, *options: str) -> None:
        """Start the web container, as if its pod were new."""
        docker("rm", "--force", self.web, check=False)
        super().start_web(
            *("--dns", address_of(self.name_server), "--env", f"TORCHSERVE={NAME}"),
            *("--env", f"TORCHSERVE_FALLBACK={FALLBACK}", *options),
        )

    def answer(self, *addresses: str, fallback: Sequence[str] = ()) -> None:
        """Let the name server answer with these addresses from now on."""
        answers = json.dumps({NAME: addresses, FALLBACK: fallback})
        docker("exec", self.name_server, "bash", "-c", f"echo '{answers}' > /tmp/new && mv /tmp/new /tmp/answers")

    def silence(self) -> None:
        """Let the name server not answer at all."""
        docker("exec", self.name_server, "rm", "/tmp/answers")

    def is_started(self) -> bool:
        """Whether the startup probe would succeed."""
        probe = "/opt/digits/web/container/probe /readyz 20 && echo started"
        return docker("exec", self.web, "bash", "-c", probe, check=False) == "started"

    def wait_until_started(self) -> float:
        """Wait until the startup probe succeeds, and return how many seconds that took."""
        began = time.monotonic()
        while not self.is_started():
            assert time.monotonic() - began < 2 * STARTED_WITHIN_S
            time.sleep(0.2)
        return time.monotonic() - began

    def remove(self) -> None:
        """Remove all containers and the network."""
        docker("rm", "--force", self.name_server)
        super().remove()


@pytest.fixture(scope="module")
def shared_cluster() -> Iterator[NamedCluster]:
    cluster = NamedCluster()
    with running(cluster, replicas=1):
        yield cluster


def pre_stop() -> list[str]:
    """Return the command that Kubernetes runs in a replica before it sends SIGTERM."""
    deployment = yaml.safe_load((ROOT / "k8s" / "base" / "torchserve" / "deployment.yaml").read_text())
    [container] = deployment["spec"]["template"]["spec"]["containers"]
    return list(container["lifecycle"]["preStop"]["exec"]["command"])


@pytest.fixture
def cluster(shared_cluster: NamedCluster) -> NamedCluster:
    """A cluster with one replica, whose address nginx knows."""
    shared_cluster.answer(address_of(shared_cluster.replicas[0]))
    shared_cluster.wait_until_ready()
    return shared_cluster


def test_replica_that_is_out_of_the_service_gets_requests_while_there_is_no_other(cluster: NamedCluster) -> None:
    with Load(cluster.url) as load:
        load.keep_up(2)
        cluster.answer(fallback=[address_of(cluster.replicas[0])])
        load.keep_up(5)
    assert load.failures == []
    assert len(load.versions) > 50


def test_without_an_address_the_response_is_503_at_once(cluster: NamedCluster) -> None:
    cluster.answer()
    time.sleep(3)
    began = time.monotonic()
    assert requests.get(f"{cluster.url}/readyz", timeout=10).status_code == 503
    assert time.monotonic() - began < 0.5


def test_replica_that_kubernetes_stops_has_no_requests_left_when_it_ends(cluster: NamedCluster) -> None:
    """It leaves the Service, runs preStop, gets SIGTERM. The name server's answer changes as late as caches allow."""
    stopped = cluster.start_replica()
    cluster.wait_until_healthy(stopped)
    stays = cluster.replicas[0]
    cluster.answer(address_of(stays), address_of(stopped))
    with Load(cluster.url) as load, ThreadPoolExecutor() as kubelet:
        load.keep_up(3)
        hook = kubelet.submit(docker, "exec", stopped, *pre_stop())
        load.keep_up(TTL_S)
        assert logs(stopped).count('"status":200') > 50
        cluster.answer(address_of(stays))
        hook.result()
        load.keep_up(0.5)
        before = logs(stopped).count('"status":200')
        load.keep_up(1)
        assert logs(stopped).count('"status":200') == before
        cluster.stop(stopped)
        load.keep_up(1)
    assert load.failures == []


def test_name_server_that_does_not_answer_changes_nothing(cluster: NamedCluster) -> None:
    with Load(cluster.url) as load:
        load.keep_up(1)
        cluster.silence()
        load.keep_up(6)
    assert load.failures == []
    assert len(load.versions) > 50


def test_new_web_container_is_not_started_before_it_reaches_a_replica(cluster: NamedCluster) -> None:
    cluster.answer(UNREACHABLE)
    cluster.start_web()
    time.sleep(4)
    assert not cluster.is_started()
    cluster.answer(address_of(cluster.replicas[0]))
    cluster.wait_until_started()
    with Load(cluster.url) as load:
        load.keep_up(2)
    assert load.failures == []
    assert len(load.versions) > 20


def test_new_web_container_is_started_in_the_end_if_the_name_server_does_not_answer(cluster: NamedCluster) -> None:
    cluster.silence()
    cluster.start_web()
    began = time.monotonic()
    cluster.wait_until_started()
    assert STARTED_WITHIN_S - 2 < time.monotonic() - began < STARTED_WITHIN_S + 5
    assert requests.get(cluster.url, timeout=10).status_code == 200
