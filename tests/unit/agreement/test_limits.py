"""Sizes and times that one part promises and another part keeps."""

import json
import re

import pytest
import yaml

from handler.instances import MAX_EXPLAINED, MAX_INSTANCES
from handler.preprocessing.decoder_process import START_SECONDS
from handler.preprocessing.limits import (
    BATCH_CPU_SECONDS,
    LARGE_IMAGE_SECONDS,
    LARGE_SECONDS,
    MAX_BYTES,
    MAX_PIXELS,
    REQUEST_SECONDS,
    SMALL_CPU_SECONDS,
)
from handler.routes import MAX_BODY, MAX_SINGLE_BODY
from tests.integration.api import BATCH, EXPLAIN, INFER, NUMBERS, SINGLE
from tests.nginx_configuration import Directive, parse, unescaped
from tests.unit.agreement.conftest import Launch
from tools.run.settings import NGINX_SETTINGS, ROOT, Settings
from tools.run.torchserve import START_TIMEOUT_S

OPERATIONS = (ROOT / "docs" / "operations.md").read_text("utf-8")
OPENAPI = json.loads((ROOT / "web" / "public" / "openapi.json").read_text())
MODEL_CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())


def body_limit(site: Directive, path: str) -> int:
    return site.one("location", "=", path).size("client_max_body_size")


def slots(http: Directive, size_class: str) -> int:
    """Return how many requests of a size class nginx lets through to TorchServe at once."""
    servers = http.one("upstream", f"torchserve_{size_class}").all("server")
    return sum(int(server.arguments[-1].removeprefix("max_conns=")) for server in servers)


def size_classes(http: Directive) -> dict[str, str]:
    """Return the patterns of $size_class and what each one means."""
    table = http.table("$uri:$known_length", "$size_class")
    return {unescaped(name).removeprefix("~"): size_class for name, size_class in table.items()}


def test_body_limit_of_a_single_image_fits_1_mib_as_base64_and_little_more(site: Directive) -> None:
    assert MAX_BYTES == 1 << 20
    base64_url = 4 * -(-MAX_BYTES // 3) + len('{"image": "data:image/jpeg;base64,"}')
    assert base64_url < body_limit(site, SINGLE) < base64_url * 1.05
    assert body_limit(site, NUMBERS) == body_limit(site, SINGLE)


def test_torchserve_accepts_exactly_the_largest_batch_that_nginx_accepts(
    site: Directive, properties: dict[str, str]
) -> None:
    assert body_limit(site, BATCH) == int(properties["max_request_size"]) == 8 << 20
    assert body_limit(site, EXPLAIN) == body_limit(site, BATCH)


def test_decompressed_body_has_the_limit_of_one_that_is_not_compressed(site: Directive) -> None:
    assert body_limit(site, SINGLE) == MAX_SINGLE_BODY
    assert body_limit(site, BATCH) == MAX_BODY


@pytest.mark.parametrize(
    ("path", "length", "size_class"),
    [
        (SINGLE, "0", "small"),
        (SINGLE, "99999", "small"),
        (SINGLE, "100000", "medium"),
        (SINGLE, "", "medium"),
        (NUMBERS, "0", "medium"),
        (NUMBERS, "", "medium"),
        (BATCH, "2", "medium"),
        (BATCH, "999999", "medium"),
        (BATCH, "1000000", "large"),
        (BATCH, "", "large"),
        (INFER, "2", "medium"),
        (INFER, "", "large"),
        ("/v2/models/digits/versions/1.0.0/infer", "1000000", "large"),
        ("/v2/models/digits", "", "probe"),
        (EXPLAIN, "2", "medium"),
        (EXPLAIN, "1000000", "large"),
        (EXPLAIN, "", "large"),
    ],
)
def test_size_class_of_a_request_is_that_of_its_bytes(http: Directive, path: str, length: str, size_class: str) -> None:
    table = size_classes(http)
    default = table.pop("default")
    found = [size_class for pattern, size_class in table.items() if re.search(pattern, f"{path}:{length}")]
    assert [*found, default][0] == size_class


def test_java_has_the_memory_for_every_body_that_can_be_in_progress(
    http: Directive, site: Directive, launch: Launch
) -> None:
    """nginx bounds them by number and size. TorchServe keeps what nginx has given up, so each may be there twice."""
    sizes = {"small": 100_000, "medium": max(1_000_000, body_limit(site, SINGLE)), "large": body_limit(site, BATCH)}
    bodies = 2 * sum(slots(http, size_class) * size for size_class, size in sizes.items())
    assert 2 * bodies < launch.mebibytes("-Xmx") << 20
    assert bodies < launch.mebibytes("-XX:MaxDirectMemorySize=") << 20


def test_torchserves_queue_holds_every_request_that_nginx_lets_through(http: Directive) -> None:
    waiting = sum(slots(http, size_class) for size_class in ("small", "medium", "large"))
    assert waiting < MODEL_CONFIG["jobQueueSize"]


def test_worker_gives_up_an_image_before_torchserve_gives_up_the_worker() -> None:
    batch = BATCH_CPU_SECONDS + LARGE_SECONDS + REQUEST_SECONDS + START_SECONDS + LARGE_IMAGE_SECONDS
    assert batch < MODEL_CONFIG["responseTimeout"]


def test_limits_in_messages_and_descriptions_are_those_in_force(http: Directive) -> None:
    width = round(MAX_PIXELS**0.5)
    assert width * width == MAX_PIXELS
    assert f"{width}x{width}" in http.table("$status", "$error_message")["413"]
    assert f"{width}×{width}" in OPENAPI["paths"]["/predictions/digits"]["post"]["description"]
    for schema, most in (("BatchRequest", MAX_INSTANCES), ("ExplainRequest", MAX_EXPLAINED)):
        instances = OPENAPI["components"]["schemas"][schema]["properties"]["instances"]
        assert (instances["minItems"], instances["maxItems"]) == (1, most)


def test_every_connection_of_nginx_can_have_a_file_more(http: Directive, settings: Settings) -> None:
    main = parse(settings.run_dir / "nginx" / "nginx.conf")
    [connections] = main.one("events").one("worker_connections").arguments
    assert main.one("worker_rlimit_nofile").arguments == (str(2 * int(connections)),)
    assert f"`{connections}` per nginx process" in OPERATIONS


def test_nginx_has_the_same_settings_on_one_machine_and_in_a_container() -> None:
    entrypoint = (ROOT / "web" / "container" / "entrypoint").read_text()
    for name, value in NGINX_SETTINGS.items():
        assert f"[{name}]=${{{name}:-{value}}}\n" in entrypoint
        assert re.search(rf"^#   {name} .*\(default: {re.escape(value)}[;)]", entrypoint, re.MULTILINE)
        rows = [line for line in OPERATIONS.splitlines() if re.match(rf"\| (`\w+`, )?`{name}`", line)]
        assert len(rows) == 2
        assert all(f"`{value}`" in row for row in rows)


def test_operations_states_the_limits_in_force(http: Directive, site: Directive) -> None:
    single, batch = (site.one("location", "=", path) for path in (SINGLE, BATCH))
    [probes] = site.one("location", "=", "/readyz").all("limit_conn")
    stated = {
        "an idle connection": [http.one("keepalive_timeout").arguments[0]],
        "the headers in all, and a pause in a body": [
            http.one("client_header_timeout").arguments[0],
            http.one("client_body_timeout").arguments[0],
        ],
        "a pause while a response is read": [http.one("send_timeout").arguments[0]],
        "reading a body that is not needed": [http.one("lingering_time").arguments[0]],
        "a body in memory": [http.one("client_body_buffer_size").arguments[0]],
        "a body": [location.one("client_max_body_size").arguments[0] for location in (single, batch)],
        "predictions in progress": [batch.one("limit_conn", "clients").arguments[1]],
        "the same, medium": [batch.one("limit_conn", f"medium_{of}").arguments[1] for of in ("clients", "uploads")],
        "the same, large": [batch.one("limit_conn", f"large_{of}").arguments[1] for of in ("clients", "uploads")],
        "readiness probes in progress": [probes.arguments[1]],
        "TorchServe's queues": [str(MODEL_CONFIG["jobQueueSize"])],
        "images in a batch": [str(MAX_INSTANCES)],
        "images that a request has explained": [str(MAX_EXPLAINED)],
        "a batch of small requests": [str(SMALL_CPU_SECONDS)],
        **{
            f"{size_class} requests at TorchServe": [f"2 × {slots(http, size_class) // 2}"]
            for size_class in ("small", "medium", "large")
        },
    }
    cells = [line.removeprefix("| ").split(" | ") for line in OPERATIONS.splitlines() if line.startswith("| ")]
    limits = {what: limit for what, limit, *_ in cells}
    wrong = [
        (what, value) for what, values in stated.items() for value in values if f"`{value}`" not in limits.get(what, "")
    ]
    assert wrong == []


def test_outer_timeouts_are_longer_than_inner_ones(site: Directive) -> None:
    locations = {name: site.one("location", name) for name in ("@small", "@medium", "@large", "@retry")}
    read_s = {name: location.seconds("proxy_read_timeout") for name, location in locations.items()}
    for name in ("@medium", "@large"):
        assert MODEL_CONFIG["responseTimeout"] < read_s[name]
    tries = {name: int(location.one("proxy_next_upstream_tries").arguments[0]) for name, location in locations.items()}
    assert read_s["@small"] + tries["@retry"] * read_s["@retry"] == read_s["@medium"] == read_s["@large"]
    for name, location in locations.items():
        # A request whose worker did not answer in time is not tried again, except by @retry.
        assert ("timeout" in location.one("proxy_next_upstream").arguments) == (name == "@retry")
        assert location.seconds("proxy_connect_timeout") < location.seconds("proxy_next_upstream_timeout")
    assert read_s["@retry"] < locations["@retry"].seconds("proxy_next_upstream_timeout")
    assert MODEL_CONFIG["startupTimeout"] < START_TIMEOUT_S
