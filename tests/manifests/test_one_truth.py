"""A number, name, port or path that two files must agree on, in every overlay and combination."""

import re

import pytest
import yaml

import handler
from handler.digit_handler import READY
from tests.manifests.rendering import (
    COMBINATIONS,
    OVERLAYS,
    ROOT,
    Manifest,
    container,
    environment,
    manifests,
    of_kind,
)

DOCKERFILE = (ROOT / "Dockerfile").read_text()
TORCHSERVE_STAGE, WEB_STAGE = re.split(r"^FROM .* AS (?:torchserve|web)$", DOCKERFILE, flags=re.MULTILINE)[1:]
ENTRYPOINT = (ROOT / "web" / "container" / "entrypoint").read_text()
DEPLOYMENT_CONF = (ROOT / "web" / "container" / "deployment.conf").read_text()
PREDICTION_CONF = (ROOT / "web" / "nginx" / "prediction.conf").read_text()
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
MODEL_CONFIG = yaml.safe_load((ROOT / "handler" / "model-config.yaml").read_text())
UNITS = {"Mi": 1, "Gi": 1024}

every_combination = pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)


def one(pattern: str, text: str) -> str:
    """Return the pattern's group where it is found, once."""
    [found] = set(re.findall(pattern, text, re.MULTILINE))
    return str(found)


def default(variable: str) -> str:
    """Return what web's entrypoint takes for a variable that is not set."""
    return one(rf"\$\{{{variable}:-([^}}]*)\}}", ENTRYPOINT)


def deployments(overlay: str, components: tuple[str, ...], name: str) -> list[Manifest]:
    """Return the deployments of a service, the canary's included."""
    return [
        item
        for item in of_kind(manifests(overlay, components), "Deployment")
        if item["metadata"]["labels"]["app.kubernetes.io/name"] == name
    ]


def mebibytes(quantity: str) -> int:
    return int(quantity[:-2]) * UNITS[quantity[-2:]]


@every_combination
def test_version_is_the_packages_own(overlay: str, components: tuple[str, ...]) -> None:
    for item in manifests(overlay, components):
        labels = item["metadata"].get("labels", {})
        if labels.get("app.kubernetes.io/instance") != "canary":
            assert labels.get("app.kubernetes.io/version", handler.__version__) == handler.__version__
    for service, found in COMPOSE["services"].items():
        assert found["image"] == f"digits-{service}:${{VERSION:-{handler.__version__}}}"


@pytest.mark.parametrize("components", [components for overlay, components in COMBINATIONS if overlay == "local"])
def test_local_images_are_those_that_are_loaded(components: tuple[str, ...]) -> None:
    for deployment in of_kind(manifests("local", components), "Deployment"):
        labels = deployment["metadata"]["labels"]
        name, version = labels["app.kubernetes.io/name"], labels["app.kubernetes.io/version"]
        assert container(deployment)["image"] == f"digits-{name}:{version}"
        assert container(deployment)["imagePullPolicy"] == "Never"
        assert deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/version"] == version


def test_production_images_are_named_by_digest() -> None:
    for deployment in of_kind(manifests("production", ("canary",)), "Deployment"):
        name = deployment["metadata"]["labels"]["app.kubernetes.io/name"]
        assert re.fullmatch(rf"\S+/digits-{name}@sha256:[0-9a-f]{{64}}", container(deployment)["image"])


@every_combination
def test_ports_are_those_that_the_programs_listen_on(overlay: str, components: tuple[str, ...]) -> None:
    inference = one(r"TS_INFERENCE_ADDRESS=http://0\.0\.0\.0:(\d+)", TORCHSERVE_STAGE)
    assert inference == one(r"^EXPOSE (\d+)$", TORCHSERVE_STAGE) == default("TORCHSERVE_PORT")
    for deployment in deployments(overlay, components, "torchserve"):
        ports = {port["name"]: str(port["containerPort"]) for port in container(deployment)["ports"]}
        assert ports.pop("http") == inference
        assert environment(deployment) == {"TS_METRICS_ADDRESS": f"http://0.0.0.0:{ports['metrics']}"}
    [web] = deployments(overlay, components, "web")
    ports = {port["name"]: str(port["containerPort"]) for port in container(web)["ports"]}
    assert ports["http"] == one(r"^EXPOSE (\d+)$", WEB_STAGE) == default("LISTEN")
    assert ports["metrics"] == environment(web)["METRICS_LISTEN"] == default("METRICS_LISTEN").split(":")[-1]
    assert [port.split(":")[-1] for port in COMPOSE["services"]["web"]["ports"]] == [ports["http"]]


@every_combination
def test_web_asks_for_services_that_there_are(overlay: str, components: tuple[str, ...]) -> None:
    [web] = deployments(overlay, components, "web")
    variables = environment(web)
    services = {item["metadata"]["name"]: item["spec"] for item in of_kind(manifests(overlay, components), "Service")}
    names = {variables["TORCHSERVE"]} | ({variables["CANARY"]} if "CANARY" in variables else set())
    assert names == services.keys() - {"web"}
    for name in names:
        assert services[name]["clusterIP"] == "None"
        assert [str(port["port"]) for port in services[name]["ports"]] == [variables["TORCHSERVE_PORT"]]
    assert variables["TORCHSERVE"] == default("TORCHSERVE")
    assert default("TORCHSERVE") in COMPOSE["services"]


def test_ingress_takes_the_largest_batch() -> None:
    [ingress] = of_kind(manifests("production", ()), "Ingress")
    sizes = re.findall(r"client_max_body_size (\d+m);", (ROOT / "web" / "nginx" / "site.conf").read_text())
    assert ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"] == max(sizes)


def test_canary_has_a_share_of_the_requests() -> None:
    [web] = deployments("local", ("canary",), "web")
    share = float(environment(web)["CANARY_SHARE"].removesuffix("%"))
    assert 0 < share <= 50


@every_combination
def test_every_container_is_a_stranger_on_its_node(overlay: str, components: tuple[str, ...]) -> None:
    user = int(one(r"^USER (\d+):\d+$", DOCKERFILE))
    for deployment in of_kind(manifests(overlay, components), "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert {pod["securityContext"][key] for key in ("runAsUser", "runAsGroup", "fsGroup")} == {user}
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert pod["automountServiceAccountToken"] is False
        assert container(deployment)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    for service in COMPOSE["services"].values():
        assert service["read_only"]
        assert service["cap_drop"] == ["ALL"]


@every_combination
def test_writable_folders_are_those_that_the_programs_write_to(overlay: str, components: tuple[str, ...]) -> None:
    folders = {"torchserve": "/tmp", "web": default("RUN_DIR")}
    for name, folder in folders.items():
        assert [mount.split(":")[0] for mount in COMPOSE["services"][name]["tmpfs"]] == [folder]
        for deployment in deployments(overlay, components, name):
            [mount] = container(deployment)["volumeMounts"]
            assert mount["mountPath"] == folder


@every_combination
def test_probes_ask_what_the_handler_answers(overlay: str, components: tuple[str, ...]) -> None:
    path = one(r"default (/predictions/\w+);", DEPLOYMENT_CONF)
    for deployment in deployments(overlay, components, "torchserve"):
        item = container(deployment)
        for probe in ("startupProbe", "readinessProbe"):
            request = item[probe]["httpGet"]
            assert (request["path"], request["port"]) == (path, "http")
            assert request["httpHeaders"] == [{"name": "X-Route", "value": READY}]
        assert item["livenessProbe"]["httpGet"] == {"path": "/ping", "port": "http"}
        startup = item["startupProbe"]
        # The model's load may take startupTimeout, and Java itself some seconds before it.
        assert startup["periodSeconds"] * startup["failureThreshold"] >= MODEL_CONFIG["startupTimeout"] + 30
    assert f"GET {path} HTTP/1.0\\\\r\\\\nX-Route: {READY}\\\\r\\\\n" in TORCHSERVE_STAGE


@every_combination
def test_probes_ask_nginx_for_what_it_answers(overlay: str, components: tuple[str, ...]) -> None:
    [web] = deployments(overlay, components, "web")
    item = container(web)
    started = one(r"location = (/started) ", DEPLOYMENT_CONF)
    assert item["startupProbe"]["httpGet"] == {"path": started, "port": "metrics"}
    patience = int(one(r"^local MAX_START_S = (\d+)", (ROOT / "web" / "container" / "addresses.lua").read_text()))
    assert patience < item["startupProbe"]["periodSeconds"] * item["startupProbe"]["failureThreshold"]
    for probe in ("readinessProbe", "livenessProbe"):
        assert item[probe]["httpGet"] == {"path": "/healthz", "port": "http"}


def seconds(directive: str) -> float:
    return float(one(rf"^{directive} ([\d.]+)s;", PREDICTION_CONF))


def test_both_tries_of_a_request_end_with_nginxs_timeouts() -> None:
    first, last = (float(one(rf"{name} = ([\d.]+)", DEPLOYMENT_CONF)) for name in ("first_read_s", "last_read_s"))
    assert first < seconds("proxy_next_upstream_timeout")
    assert first + last == seconds("proxy_read_timeout")
    assert last > MODEL_CONFIG["responseTimeout"]


@every_combination
def test_pods_have_the_time_to_end_without_losing_a_request(overlay: str, components: tuple[str, ...]) -> None:
    for deployment in deployments(overlay, components, "torchserve"):
        pod = deployment["spec"]["template"]["spec"]
        command = container(deployment)["lifecycle"]["preStop"]["exec"]["command"]
        # Name servers keep an answer for up to 30 s, nginx asks every second; TorchServe ends within 6 s.
        assert 30 + 1 < int(command[-1]) <= pod["terminationGracePeriodSeconds"] - 6
    [web] = deployments(overlay, components, "web")
    pod = web["spec"]["template"]["spec"]
    script = container(web)["lifecycle"]["preStop"]["exec"]["command"][-1]
    assert one(r"touch (\S+)", script) == f"{default('RUN_DIR')}/draining"
    assert 'watch "@RUN_DIR@/draining"' in DEPLOYMENT_CONF
    wait = int(one(r"sleep (\d+)", script))
    assert wait + seconds("proxy_read_timeout") < pod["terminationGracePeriodSeconds"]
    assert "\nSTOPSIGNAL SIGQUIT\n" in WEB_STAGE


@every_combination
def test_memory_holds_java_and_the_worker(overlay: str, components: tuple[str, ...]) -> None:
    script = (ROOT / "torchserve" / "entrypoint").read_text()
    java = sum(int(one(rf"{option}(\d+)m\b", script)) for option in ("-Xmx", "MaxDirectMemorySize="))
    config = (ROOT / "torchserve" / "config.properties").read_text()
    workers, java_itself = 250 * int(one(r"default_workers_per_model=(\d+)", config)), 130
    for deployment in deployments(overlay, components, "torchserve"):
        resources = container(deployment)["resources"]
        assert java + workers + java_itself <= mebibytes(resources["limits"]["memory"])
        assert mebibytes(resources["requests"]["memory"]) >= 310
        assert f"{mebibytes(resources['limits']['memory'])}m" == COMPOSE["services"]["torchserve"]["mem_limit"]


def test_batches_that_web_lets_through_are_those_that_the_heap_holds() -> None:
    [web] = of_kind(manifests("local", ()), "HorizontalPodAutoscaler", "web")
    most_mib = int(one(r"max_bytes = (\d+) \* 1048576", DEPLOYMENT_CONF))
    batch_mib = int(one(r"client_max_body_size (\d+)m;", (ROOT / "web" / "nginx" / "site.conf").read_text()))
    local = re.findall(r"max_conns=(\d+)", (ROOT / "web" / "local" / "deployment.conf").read_text())
    assert most_mib // batch_mib * web["spec"]["maxReplicas"] == sum(map(int, local))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_keda_scales_between_the_same_numbers(overlay: str) -> None:
    [autoscaler] = of_kind(manifests(overlay, ("monitoring",)), "HorizontalPodAutoscaler", "torchserve")
    [scaled] = of_kind(manifests(overlay, ("monitoring", "keda")), "ScaledObject")
    assert scaled["spec"]["minReplicaCount"] == autoscaler["spec"]["minReplicas"] >= 2
    assert scaled["spec"]["maxReplicaCount"] == autoscaler["spec"]["maxReplicas"]
    assert scaled["spec"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"] == autoscaler["spec"]["behavior"]
