"""Sizes, memory and numbers of replicas fit together."""

import re
from pathlib import Path

import pytest

from tests.manifests.program_settings import COMPOSE, location, lua_number, nginx
from tests.manifests.rendering import (
    COMBINATIONS,
    OVERLAYS,
    ROOT,
    container,
    deployments,
    environment,
    manifests,
    of_kind,
)
from tests.nginx_configuration import parse
from tools.run.servers import render_nginx
from tools.run.settings import LOOPBACK, PORTS, Settings

UNITS_MIB = {"Mi": 1, "Gi": 1024}
# Measured: what a worker and Java itself need beside the heap.
WORKER_MIB, JAVA_MIB = 250, 130


def mebibytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS_MIB[quantity[-2:]]


def largest_batch() -> int:
    return location("@batch").size("client_max_body_size")


def torchserve_setting(pattern: str, file: str) -> int:
    """Return the number that a command line option or a property of TorchServe is set to."""
    [found] = set(re.findall(pattern, (ROOT / "torchserve" / file).read_text()))
    return int(found)


def test_ingress_accepts_the_largest_batch() -> None:
    [ingress] = of_kind(manifests("production", ()), "Ingress")
    size = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
    assert size == f"{largest_batch() >> 20}m"


def test_canary_gets_at_most_half_of_the_requests() -> None:
    [web] = deployments("local", ("canary",), "web")
    share = float(environment(web)["CANARY_SHARE"].removesuffix("%"))
    assert 0 < share <= 50


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_memory_limit_is_enough_for_java_and_the_worker(overlay: str, components: tuple[str, ...]) -> None:
    heap = torchserve_setting(r"-Xmx(\d+)m\b", "entrypoint")
    direct = torchserve_setting(r"MaxDirectMemorySize=(\d+)m\b", "entrypoint")
    workers = torchserve_setting(r"\bdefault_workers_per_model\s*=\s*(\d+)", "config.properties")
    for deployment in deployments(overlay, components, "torchserve"):
        resources = container(deployment)["resources"]
        assert heap + direct + JAVA_MIB + workers * WORKER_MIB <= mebibytes(resources["limits"]["memory"])
        assert mebibytes(resources["requests"]["memory"]) >= 310
        assert f"{mebibytes(resources['limits']['memory'])}m" == COMPOSE["services"]["torchserve"]["mem_limit"]


def test_batches_from_all_web_containers_fit_into_the_heap(tmp_path: Path) -> None:
    """The heap is sized for the batches that `make run` allows."""
    [autoscaler] = of_kind(manifests("local", ()), "HorizontalPodAutoscaler", "web")
    balancer = nginx().one("upstream", "torchserve_batches").one("balancer_by_lua_block")
    settings = Settings(LOOPBACK, LOOPBACK, PORTS, 1, tmp_path, ROOT / "model_store")
    render_nginx(settings)
    local = parse(tmp_path / "nginx" / "nginx.conf").one("http").one("upstream", "torchserve_batches")
    connections = [
        int(argument.removeprefix("max_conns="))
        for server in local.all("server")
        for argument in server.arguments
        if argument.startswith("max_conns=")
    ]
    per_container = lua_number(balancer, "max_bytes") // largest_batch()
    assert per_container * autoscaler["spec"]["maxReplicas"] == sum(connections)


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_keda_scales_between_the_same_numbers_as_the_autoscaler(overlay: str) -> None:
    [autoscaler] = of_kind(manifests(overlay, ("monitoring",)), "HorizontalPodAutoscaler", "torchserve")
    [scaled] = of_kind(manifests(overlay, ("monitoring", "keda")), "ScaledObject")
    assert scaled["spec"]["minReplicaCount"] == autoscaler["spec"]["minReplicas"] >= 2
    assert scaled["spec"]["maxReplicaCount"] == autoscaler["spec"]["maxReplicas"]
    assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == autoscaler["spec"]["behavior"]
