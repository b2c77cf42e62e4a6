"""Ports, probes and service names are those that the programs use, in every overlay and combination."""

import os
import re

import pytest

from handler.routes import READY
from tests.manifests.program_settings import COMPOSE, MODEL_CONFIG, default, instruction, location
from tests.manifests.rendering import COMBINATIONS, ROOT, container, deployments, environment, manifests, of_kind

pytestmark = pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)


def test_ports_are_those_that_the_programs_listen_on(overlay: str, components: tuple[str, ...]) -> None:
    found = re.search(r"TS_INFERENCE_ADDRESS=http://0\.0\.0\.0:(\d+)", instruction("torchserve", "ENV"))
    assert found is not None
    inference = found[1]
    assert inference == instruction("torchserve", "EXPOSE") == default("TORCHSERVE_PORT")
    for deployment in deployments(overlay, components, "torchserve"):
        ports = {port["name"]: str(port["containerPort"]) for port in container(deployment)["ports"]}
        assert ports.pop("http") == inference
        assert environment(deployment) == {"TS_METRICS_ADDRESS": f"http://0.0.0.0:{ports['metrics']}"}
    [web] = deployments(overlay, components, "web")
    ports = {port["name"]: str(port["containerPort"]) for port in container(web)["ports"]}
    assert ports["http"] == instruction("web", "EXPOSE") == default("LISTEN")
    assert ports["metrics"] == environment(web)["METRICS_LISTEN"] == default("METRICS_LISTEN").split(":")[-1]
    assert [port.split(":")[-1] for port in COMPOSE["services"]["web"]["ports"]] == [ports["http"]]


def test_web_sends_requests_to_services_that_exist(overlay: str, components: tuple[str, ...]) -> None:
    [web] = deployments(overlay, components, "web")
    variables = environment(web)
    services = {item["metadata"]["name"]: item["spec"] for item in of_kind(manifests(overlay, components), "Service")}
    names = {variables[key] for key in ("TORCHSERVE", "TORCHSERVE_FALLBACK", "CANARY") if key in variables}
    assert names == services.keys() - {"web"}
    fallback = services[variables["TORCHSERVE_FALLBACK"]]
    assert "clusterIP" not in fallback
    assert not fallback.get("publishNotReadyAddresses")  # it would lead to replicas that are still starting
    assert fallback["selector"] == services[variables["TORCHSERVE"]]["selector"]
    for name in names:
        assert (services[name].get("clusterIP") == "None") == (name != variables["TORCHSERVE_FALLBACK"])
        assert [str(port["port"]) for port in services[name]["ports"]] == [variables["TORCHSERVE_PORT"]]
    assert variables["TORCHSERVE"] == default("TORCHSERVE")
    assert default("TORCHSERVE") in COMPOSE["services"]


def test_torchserve_probes_use_the_handlers_readiness_route(overlay: str, components: tuple[str, ...]) -> None:
    paths = {
        name: location_.one("proxy_pass").arguments[0].partition("/predictions/")[2].partition("$")[0]
        for name, location_ in (("readinessProbe", location("=", "/readyz")), ("startupProbe", location("@medium")))
    }
    for deployment in deployments(overlay, components, "torchserve"):
        item = container(deployment)
        # A replica is ready when the workers of both names are: the second probe begins when the first has succeeded.
        for probe, name in paths.items():
            request = item[probe]["httpGet"]
            assert (request["path"], request["port"]) == (f"/predictions/{name}", "http")
            assert request["httpHeaders"] == [{"name": "X-Route", "value": READY}]
        assert item["livenessProbe"]["httpGet"] == {"path": "/ping", "port": "http"}
        startup = item["startupProbe"]
        # Loading the model may take startupTimeout, and Java some seconds before it.
        assert startup["periodSeconds"] * startup["failureThreshold"] >= MODEL_CONFIG["startupTimeout"] + 30
    script = instruction("torchserve", "WORKDIR") + "/torchserve/healthcheck"
    assert f'["{script}"]' in instruction("torchserve", "HEALTHCHECK")
    health_check = (ROOT / "torchserve" / "healthcheck").read_text()
    assert f"answer /predictions/{paths['readinessProbe']})" in health_check
    assert f"X-Route: {READY}" in health_check


def test_web_probes_use_nginxs_own_routes(overlay: str, components: tuple[str, ...]) -> None:
    [web] = deployments(overlay, components, "web")
    startup = container(web)["startupProbe"]
    script, path, without_replica_s = startup["exec"]["command"]
    assert script == instruction("web", "WORKDIR") + "/web/container/probe"
    assert os.access(ROOT / "web" / "container" / "probe", os.X_OK)
    assert int(without_replica_s) < startup["periodSeconds"] * startup["failureThreshold"]
    assert location("=", path).seconds("proxy_read_timeout") < startup["timeoutSeconds"]
    for probe in ("readinessProbe", "livenessProbe"):
        assert container(web)[probe]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert location("=", "/healthz")
