"""The containers as compose.yaml runs them can do what they must and nothing else."""

import json
import time
import uuid

import pytest

from tests import drawings
from tests.containers.conftest import containers
from tests.integration.api import SINGLE, post
from tools.engine_client import address_of, docker, inspect, logs, opens, said_by
from tools.stack import Stack

SERVICES = ["torchserve", "web"]
INSIDE = {"management": 8081, "metrics": 8082, "gRPC inference": 7070, "gRPC management": 7071}

pytestmark = pytest.mark.usefixtures("stack")


def status(container: str) -> dict[str, str]:
    """Return the kernel's words on the process that a container is, whichever it is beside tini."""
    lines = docker("exec", container, "cat", "/proc/1/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


@pytest.mark.parametrize("service", SERVICES)
def test_process_is_nobody_with_no_capability_and_gets_none(service: str) -> None:
    for container in containers(service):
        found = status(container)
        assert found["Uid"].split() == ["10001"] * 4
        assert {found[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
        assert found["NoNewPrivs"] == "1"


@pytest.mark.parametrize(("service", "writable"), [("torchserve", "/tmp"), ("web", "/run/digits")])
def test_only_its_own_folder_can_be_written_to(service: str, writable: str) -> None:
    [container, *_] = containers(service)
    attempt = (
        'for folder in "$@"; do touch "$folder/.probe" 2>/dev/null && rm "$folder/.probe" && echo "$folder"; done; true'
    )
    folders = ["/", "/etc", "/opt/digits", "/usr/bin", "/var/tmp", "/home", writable]
    assert docker("exec", container, "bash", "-c", attempt, "probe", *folders) == writable


@pytest.mark.parametrize("service", SERVICES)
def test_tini_is_the_first_process(service: str) -> None:
    for container in containers(service):
        assert status(container)["Name"] == "tini"


def test_java_has_its_native_library_although_tmp_holds_no_programs() -> None:
    for container in containers("torchserve"):
        assert "Listening on port: /tmp/.ts.sock.9000" in logs(container)  # it would be a port of TCP without


def test_torchserve_answers_web_and_only_at_its_inference_port() -> None:
    [web] = containers("web")
    for replica in containers("torchserve"):
        assert opens(web, address_of(replica), 8080)
        for name, port in INSIDE.items():
            assert not opens(web, address_of(replica), port), name
            assert name == "metrics" or opens(replica, "127.0.0.1", port), name


def test_nothing_but_the_page_is_published(stack: Stack) -> None:
    for replica in containers("torchserve"):
        assert not any(inspect(replica)["NetworkSettings"]["Ports"].values())
    [web] = containers("web")
    published = inspect(web)["NetworkSettings"]["Ports"]
    assert published == {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": str(stack.ports["PORT"])}]}


def test_torchserve_has_no_way_out() -> None:
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
    time.sleep(1)
    [web] = containers("web")
    [line] = [json.loads(line) for line in logs(web).splitlines() if own in line]
    assert (line["request_id"], line["status"], line["upstream_status"]) == (own, 200, "200")
    assert sum(logs(replica).count(own) for replica in containers("torchserve")) == 1


def test_every_replica_gets_requests(stack: Stack) -> None:
    before = {replica: logs(replica).count('"requests"') for replica in containers("torchserve")}
    for _ in range(20):
        post(stack, SINGLE, drawings.seven())
    time.sleep(1)
    assert all(logs(replica).count('"requests"') - count >= 5 for replica, count in before.items())


def test_web_counts_what_clients_got(stack: Stack) -> None:
    post(stack, SINGLE, drawings.seven())
    post(stack, SINGLE, b"no image")
    [web] = containers("web")
    text = said_by(web, 9113, "/metrics")
    assert 'digits_requests_total{route="single",status="200"}' in text
    assert 'digits_requests_total{route="single",status="400"}' in text
    assert 'digits_replicas{name="torchserve",state="up"} 2' in text
    assert 'digits_replicas{name="torchserve",state="down"} 0' in text
