"""Sizes and times that one part promises and another part keeps."""

import json

import yaml

from handler.payload import MAX_INSTANCES
from handler.preprocessing.limits import MAX_BYTES, MAX_PIXELS
from tests.nginx_configuration import Directive
from tests.unit.agreement.conftest import Launch
from tools.run.settings import MAX_DEFAULT_WORKERS, ROOT
from tools.run.torchserve import START_TIMEOUT_S

OPENAPI = json.loads((ROOT / "web" / "public" / "openapi.json").read_text())
MODEL_CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())


def body_limit(site: Directive, *location: str) -> int:
    return site.one("location", *location).size("client_max_body_size")


def buffer_size(site: Directive, *location: str) -> int:
    return site.one("location", *location).size("client_body_buffer_size")


def test_body_limit_of_a_single_image_fits_1_mib_as_base64_and_little_more(site: Directive) -> None:
    assert MAX_BYTES == 1 << 20
    base64_url = 4 * -(-MAX_BYTES // 3) + len('{"image": "data:image/jpeg;base64,"}')
    limits = {body_limit(site, "=", "/predictions/digits"), body_limit(site, "@single")}
    assert len(limits) == 1
    assert base64_url < max(limits) < base64_url * 1.05
    assert buffer_size(site, "@single") >= max(limits)


def test_torchserve_accepts_exactly_the_largest_batch_that_nginx_accepts(
    site: Directive, properties: dict[str, str]
) -> None:
    largest = body_limit(site, "=", "/v1/models/digits:predict")
    assert largest == body_limit(site, "@batch") == int(properties["max_request_size"]) == 8 << 20
    assert buffer_size(site, "@batch") >= largest


def test_java_has_the_memory_for_every_body_that_can_wait(http: Directive, site: Directive, launch: Launch) -> None:
    single, batch = body_limit(site, "@single"), body_limit(site, "@batch")
    servers = http.one("upstream", "torchserve_batches").all("server")
    slots = [int(server.arguments[-1].removeprefix("max_conns=")) for server in servers]
    waiting = MODEL_CONFIG["jobQueueSize"] * single + sum(slots) * batch
    in_frames = MAX_DEFAULT_WORKERS * MODEL_CONFIG["batchSize"] - sum(slots)
    frames = sum(slots) * batch + in_frames * single
    assert waiting + 2 * frames < launch.mebibytes("-Xmx") << 20
    assert sum(slots) * batch + 2 * frames < launch.mebibytes("-XX:MaxDirectMemorySize=") << 20


def test_limits_in_messages_and_descriptions_are_those_in_force(http: Directive) -> None:
    width = round(MAX_PIXELS**0.5)
    assert width * width == MAX_PIXELS
    assert f"{width}x{width}" in http.table("$status", "$error_message")["413"]
    assert f"{width}×{width}" in OPENAPI["paths"]["/predictions/digits"]["post"]["description"]
    instances = OPENAPI["components"]["schemas"]["BatchRequest"]["properties"]["instances"]
    assert (instances["minItems"], instances["maxItems"]) == (1, MAX_INSTANCES)


def test_timeouts_end_from_the_inside_out(site: Directive) -> None:
    predictions = [location for location in site.all("location") if location.all("proxy_next_upstream_timeout")]
    assert {location.arguments[-1] for location in predictions} >= {"@single", "@batch"}
    for location in predictions:
        assert MODEL_CONFIG["responseTimeout"] < location.seconds("proxy_read_timeout")
        # A request whose worker did not answer in time is not tried again.
        assert location.seconds("proxy_next_upstream_timeout") < MODEL_CONFIG["responseTimeout"]
        assert location.seconds("proxy_connect_timeout") < location.seconds("proxy_next_upstream_timeout")
    assert MODEL_CONFIG["startupTimeout"] < START_TIMEOUT_S
