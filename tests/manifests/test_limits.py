"""Sizes, memory and numbers of replicas fit together."""

import re
from pathlib import Path

import pytest

from handler.preprocessing.limits import DECODER_BYTES
from tests.manifests.program_settings import COMPOSE, MODEL_CONFIG, default, location, main, nginx
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
from tests.manifests.web_container import rendered
from tests.nginx_configuration import Directive, parse
from tools.run.servers import render_nginx
from tools.run.settings import LOOPBACK, PORTS, Settings

UNITS_MIB = {"Mi": 1, "Gi": 1024}
# Measured: what a worker and Java itself need beside the heap.
WORKER_MIB, JAVA_MIB = 250, 130
NGINX_MIB = 30  # measured, two processes under load


def mebibytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS_MIB[quantity[-2:]]


def largest_batch() -> int:
    return location("=", "/v1/models/digits:predict").size("client_max_body_size")


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
        # A worker for small requests, and one with a decoder for others.
        needed = heap + direct + JAVA_MIB + workers * (2 * WORKER_MIB + (DECODER_BYTES >> 20))
        assert needed <= mebibytes(resources["limits"]["memory"])
        assert mebibytes(resources["requests"]["memory"]) >= 310
        assert f"{mebibytes(resources['limits']['memory'])}m" == COMPOSE["services"]["torchserve"]["mem_limit"]


def size_class_of(route: str, body_bytes: int) -> str:
    """Return the size class that nginx gives a request (web/nginx/limits.conf)."""
    size_classes = {
        item.name: item.arguments[0] for item in nginx().one("map", "$uri:$known_length", "$size_class").block
    }
    default_class = size_classes.pop("default")
    request = f"{route}:{body_bytes}"
    return next(
        (size_class for pattern, size_class in size_classes.items() if re.search(pattern[1:], request)), default_class
    )


def largest_bodies() -> dict[str, int]:
    """Return the bytes of the largest request of each size class. Classes change at powers of ten."""
    found: dict[str, int] = {}
    for route in ("/predictions/digits", "/v1/models/digits:predict"):
        limit = location("=", route).size("client_max_body_size")
        sizes = [10**digits - 1 for digits in range(1, len(str(limit)))]
        for size in (*sizes, limit):
            size_class = size_class_of(route, size)
            found[size_class] = max(found.get(size_class, 0), size)
    return found


def connections_to_a_replica(http: Directive, size_class: str) -> int:
    """Return how many requests of a size class nginx sends to a stable replica at once, as a server and as a backup."""
    upstreams = [item for item in http.all("upstream") if item.arguments[0].endswith(f"_{size_class}")]
    servers = [server.arguments for upstream in upstreams for server in upstream.all("server")]
    return sum(
        int(argument.removeprefix("max_conns="))
        for arguments in servers
        if not arguments[0].startswith("torchserve-canary:")
        for argument in arguments
        if argument.startswith("max_conns=")
    )


def assert_memory_is_enough(http: Directive, web_containers: int, workers: int) -> None:
    """The heap holds all bodies, and twice the frame that carries a batch to a worker; direct memory each once."""
    bodies = [
        size
        for size_class, size in largest_bodies().items()
        for _ in range(web_containers * connections_to_a_replica(http, size_class))
    ]
    frames = sum(sorted(bodies, reverse=True)[: workers * MODEL_CONFIG["batchSize"]])
    assert sum(bodies) + 2 * frames <= torchserve_setting(r"-Xmx(\d+)m\b", "entrypoint") << 20
    assert sum(bodies) + frames <= torchserve_setting(r"MaxDirectMemorySize=(\d+)m\b", "entrypoint") << 20


def test_requests_of_all_web_containers_fit_into_the_memory_of_a_replica(tmp_path: Path) -> None:
    [autoscaler] = of_kind(manifests("local", ()), "HorizontalPodAutoscaler", "web")
    http = rendered(tmp_path, CANARY="torchserve-canary", CANARY_SHARE="5%").one("http")
    assert_memory_is_enough(http, autoscaler["spec"]["maxReplicas"], workers=1)


def test_requests_of_one_machine_fit_into_the_memory_of_torchserve(tmp_path: Path) -> None:
    workers = 2
    render_nginx(Settings(LOOPBACK, LOOPBACK, PORTS, workers, tmp_path, ROOT / "model_store"))
    assert_memory_is_enough(parse(tmp_path / "nginx" / "nginx.conf").one("http"), 1, workers)


def test_uploads_fit_onto_the_disk_and_into_the_memory_of_a_web_container() -> None:
    """Those of medium and large requests are limited by number, and the small ones by that of connections."""
    connections = int(default("WORKERS")) * int(main().one("events").one("worker_connections").arguments[0])
    limits = {item.arguments for item in nginx().walk() if item.name == "limit_conn"}
    [(_, medium)] = [arguments for arguments in limits if arguments[0] == "medium_uploads"]
    [(_, large)] = [arguments for arguments in limits if arguments[0] == "large_uploads"]
    number = {"small": connections, "medium": int(medium), "large": int(large)}
    on_disk = sum(number[size_class] * size for size_class, size in largest_bodies().items()) / (1 << 20)
    headers, header_bytes = re.findall(r"\d+", " ".join(nginx().one("large_client_header_buffers").arguments))
    request_bytes = (int(headers) * int(header_bytes) << 10) + nginx().size("client_body_buffer_size")
    [web] = deployments("production", (), "web")
    [volume] = web["spec"]["template"]["spec"]["volumes"]
    limits_of_pod = container(web)["resources"]["limits"]
    assert on_disk <= mebibytes(volume["emptyDir"]["sizeLimit"]) < mebibytes(limits_of_pod["ephemeral-storage"])
    assert connections * request_bytes / (1 << 20) + NGINX_MIB <= mebibytes(limits_of_pod["memory"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_keda_scales_between_the_same_numbers_as_the_autoscaler(overlay: str) -> None:
    [autoscaler] = of_kind(manifests(overlay, ("monitoring",)), "HorizontalPodAutoscaler", "torchserve")
    [scaled] = of_kind(manifests(overlay, ("monitoring", "keda")), "ScaledObject")
    assert scaled["spec"]["minReplicaCount"] == autoscaler["spec"]["minReplicas"] >= 2
    assert scaled["spec"]["maxReplicaCount"] == autoscaler["spec"]["maxReplicas"]
    assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == autoscaler["spec"]["behavior"]
