"""Metrics have the same names where they are exported, recorded, alerted on and drawn."""

import json
import re
import socket
from typing import Any

import pytest
import requests
import yaml

from tests.manifests.rendering import K8S, ROOT, manifests, of_kind, render
from tests.manifests.web_container import running_nginx


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return what nginx exports after a request."""
    with (
        socket.create_server(("127.0.0.1", 0)) as replica,
        running_nginx(tmp_path_factory.mktemp("nginx"), replica.getsockname()[1]) as (url, metrics_url),
    ):
        assert requests.get(url, timeout=10).status_code == 200
        return requests.get(f"{metrics_url}/metrics", timeout=10).text


def test_queried_metrics_are_exported(exported: str) -> None:
    declared = yaml.safe_load((ROOT / "torchserve" / "metrics.yaml").read_text())["ts_metrics"]
    known = {metric["name"] for kind in declared.values() for metric in kind}
    known |= set(re.findall(r"^# TYPE (\w+)", exported, re.MULTILINE))
    texts = [path.read_text() for path in (K8S / "components").rglob("*.*")]
    queried = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for text in texts
        for name in re.findall(r"\b((?:digits|ts)_[a-z_]+)\{", text)
    }
    assert queried
    assert queried - known == set()


def test_queried_recording_rules_exist() -> None:
    [rule] = of_kind(manifests("local", ("monitoring",)), "PrometheusRule")
    rules: list[dict[str, Any]] = [item for group in rule["spec"]["groups"] for item in group["rules"]]
    recorded = {item["record"] for item in rules if "record" in item}
    dashboard = json.loads((K8S / "components" / "monitoring" / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += [item["expr"] for item in rules if "alert" in item]
    queried = {name for text in expressions for name in re.findall(r"digits:[\w:]+", text)}
    assert queried
    assert queried <= recorded


def test_latency_objective_is_a_bucket_of_the_histogram(exported: str) -> None:
    objectives = set(re.findall(r'le="([\d.]+)"', render("local", ("monitoring",))))
    assert len(objectives) == 1
    assert objectives <= set(re.findall(r'le="([\d.]+)"', exported))
