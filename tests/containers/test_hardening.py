"""The containers that compose.yaml runs can do what they need to, and nothing else."""

import json
import re
import uuid

import pytest

from tests import drawings
from tests.containers.access_log import requests_logged
from tests.containers.conftest import containers, workers_of
from tests.integration.api import SINGLE, post
from tests.waiting import wait_until
from tools.docker import address_of, docker, inspect, is_healthy, logs, opens
from tools.stack import Stack

SERVICES = ["torchserve", "web"]
CLOSED = {"management": 8081, "gRPC inference": 7070, "gRPC management": 7071}  # TorchServe's own defaults

pytestmark = pytest.mark.usefixtures("stack")


def status(container: str) -> dict[str, str]:
    """Return the kernel's status of a container's first process."""
    lines = docker("exec", container, "cat", "/proc/1/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def listening_addresses(container: str) -> list[str]:
    """Return the address of each worker that a replica has started so far: the path of a socket, or a port."""
    return re.findall(r"Listening on port: (\S+)", logs(container))


@pytest.mark.parametrize("service", SERVICES)
def test_first_process_has_no_privileges_and_cannot_get_any(service: str) -> None:
    for container in containers(service):
        found = status(container)
        assert found["Uid"].split() == ["10001"] * 4
        assert {found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
        assert found["NoNewPrivs"] == "1"


@pytest.mark.parametrize(("service", "writable"), [("torchserve", "/tmp"), ("web", "/run/digits")])
def test_only_one_folder_is_writable(service: str, writable: str) -> None:
    [container, *_] = containers(service)
    attempt = (
        'for folder in "$@"; do touch "$folder/.probe" 2>/dev/null && rm "$folder/.probe" && echo "$folder"; done; true'
    )
    folders = ["/", "/etc", "/opt/digits", "/usr/bin", "/var/tmp", "/home", writable]
    assert docker("exec", container, "bash", "-c", attempt, "probe", *folders) == writable


@pytest.mark.parametrize("service", SERVICES)
def test_first_process_leaves_no_zombies(service: str) -> None:
    orphan = "(sleep 0.1 &) ; sleep 1; cat /proc/[0-9]*/status"
    for container in containers(service):
        processes = docker("exec", container, "bash", "-c", orphan, check=False)
        assert "State:" in processes
        assert "zombie" not in processes


def test_java_reaches_workers_over_unix_sockets_also_after_a_restart() -> None:
    """Without its native library, which it cannot unpack into a noexec /tmp, Java uses TCP."""
    [restarted, *_] = containers("torchserve")
    workers = workers_of(restarted)
    docker("exec", restarted, "bash", "-c", f"kill -KILL {' '.join(workers)}")
    wait_until(lambda: len({*workers_of(restarted)} - {*workers}) == len(workers))
    wait_until(lambda: len(listening_addresses(restarted)) == 2 * len(workers))
    for container in containers("torchserve"):
        addresses = listening_addresses(container)
        assert addresses
        assert all(address.startswith("/tmp/.ts.sock.") for address in addresses)
    wait_until(lambda: is_healthy(restarted))


def test_torchserve_accepts_connections_from_web_at_its_inference_port_alone() -> None:
    [web] = containers("web")
    for replica in containers("torchserve"):
        assert opens(web, address_of(replica), 8080)
        assert not opens(web, address_of(replica), 8082)
        for name, port in CLOSED.items():
            assert not opens(replica, "127.0.0.1", port), name


def test_nothing_but_the_page_is_published(stack: Stack) -> None:
    for replica in containers("torchserve"):
        assert not any(inspect(replica)["NetworkSettings"]["Ports"].values())
    [web] = containers("web")
    # The base image may name ports too, which are not published.
    published = {port: at for port, at in inspect(web)["NetworkSettings"]["Ports"].items() if at}
    assert published == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(stack.ports["PORT"])}]}


def test_torchserve_cannot_reach_other_networks() -> None:
    [replica, *_] = containers("torchserve")
    [(network, _)] = inspect(replica)["NetworkSettings"]["Networks"].items()
    assert inspect(network, "--type", "network")["Internal"]
    [web] = containers("web")
    addresses = {
        inspect(name, "--type", "network")["Internal"]: found["IPAddress"]
        for name, found in inspect(web)["NetworkSettings"]["Networks"].items()
    }
    assert opens(replica, addresses[True], 8080)
    assert not opens(replica, addresses[False], 8080)


def test_request_is_found_in_both_containers_logs(stack: Stack) -> None:
    own = f"order-{uuid.uuid4()}"
    assert post(stack, SINGLE, drawings.seven(), **{"X-Request-ID": own}).status_code == 200
    [web] = containers("web")
    wait_until(lambda: own in logs(web) and any(own in logs(replica) for replica in containers("torchserve")))
    [logged] = [request for request in requests_logged(web) if request["request_id"] == own]
    assert (logged["status"], logged["upstream_status"]) == (200, "200")
    [batch] = [line for replica in containers("torchserve") for line in logs(replica).splitlines() if own in line]
    [request] = [request for request in json.loads(batch)["requests"] if request["id"] == own]
    assert request["status"] == 200


def test_every_replica_gets_requests(stack: Stack) -> None:
    before = {replica: logs(replica).count('"requests"') for replica in containers("torchserve")}
    for _ in range(20):
        post(stack, SINGLE, drawings.seven())
    wait_until(lambda: all(logs(replica).count('"requests"') - count >= 5 for replica, count in before.items()))
