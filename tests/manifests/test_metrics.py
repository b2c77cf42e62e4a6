"""Metrics have the same names where they are exported, recorded, alerted on and drawn."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from tests.manifests.program_settings import nginx
from tests.manifests.rendering import K8S, ROOT, manifests, of_kind, render
from tests.manifests.web_container import FOLDER
from tools.run.metrics import PROBE_BYTES, AccessLog, NginxMetrics

# tests/containers compares this source with what nginx exports.
SOURCE = (FOLDER / "metrics.js").read_text()
TEXTS = [path.read_text().replace('\\"', '"') for path in (K8S / "components").rglob("*.*")]
QUERY = re.compile(r"\b(digits_\w+|ts_\w+)\{([^}]*)\}")
BOUNDS = re.compile(r"(?:BOUNDS|BUCKETS_S) = [\[(]([\d., ]+)[\])]")


def exported(source: str) -> set[str]:
    """Return the names of the metrics that a program exports."""
    return set(re.findall(r"(?:['\"]|# TYPE )(digits_\w+)", source))


def declared(section: str) -> list[dict[str, Any]]:
    """Return the metrics that TorchServe exports, of itself or of the handler."""
    kinds = yaml.safe_load((ROOT / "torchserve" / "metrics.yaml").read_text())[section]
    return [metric for kind in kinds.values() for metric in kind]


def test_queried_metrics_are_exported() -> None:
    known = {metric["name"] for metric in declared("ts_metrics") + declared("model_metrics")}
    known |= exported(SOURCE)
    queried = {re.sub(r"_(bucket|count|sum)$", "", name) for text in TEXTS for name, _ in QUERY.findall(text)}
    assert queried >= {"digits_requests_total", "digits_upstream_responses_total", "digits_disk_writable"}
    assert queried - known == set()


def test_queried_labels_are_exported() -> None:
    labels = set(re.findall(r"\b([a-z]+)=\"\$\{", SOURCE))
    labels |= {label for metric in declared("model_metrics") for label in metric["dimensions"]}
    scraped = {"namespace", "pod", "app_kubernetes_io_instance", "app_kubernetes_io_version"}
    queried = {
        label
        for text in TEXTS
        for name, selector in QUERY.findall(text)
        if name.startswith("digits_")
        for label in re.findall(r"(\w+)[=!]", selector)
    }
    assert {"route", "status", "upstream", "le"} <= queried
    assert queried - scraped - labels == set()


def test_queried_routes_are_those_that_nginx_counts() -> None:
    [routes] = [{item.arguments[0] for item in found.block} for found in nginx().all("map", "$uri", "$route")]
    queried = {
        route for text in TEXTS for values in re.findall(r'\broute=~?"([^"]+)"', text) for route in values.split("|")
    }
    assert queried
    assert queried <= routes


def test_queried_recording_rules_exist() -> None:
    objects = of_kind(manifests("local", ("monitoring",)), "PrometheusRule")
    groups = [group for item in objects for group in item["spec"]["groups"]]
    rules: list[dict[str, Any]] = [item for group in groups for item in group["rules"]]
    recorded = {item["record"] for item in rules if "record" in item}
    dashboard = json.loads((K8S / "components" / "monitoring" / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += [item["expr"] for item in rules if "alert" in item]
    queried = {name for text in expressions for name in re.findall(r"digits:[\w:]+", text)}
    assert queried
    assert queried <= recorded


def test_latency_objective_is_a_bucket_of_the_histogram() -> None:
    objectives = set(re.findall(r'le="([\d.]+)"', render("local", ("monitoring",))))
    [bounds] = BOUNDS.findall(SOURCE)
    assert len(objectives) == 1
    assert objectives <= set(bounds.split(", "))


def test_one_machine_exports_the_same_metrics_as_a_container(tmp_path: Path) -> None:
    source = (ROOT / "tools" / "run" / "metrics.py").read_text()  # its library adds _total to the names of counters
    names = {name.removesuffix("_total") for name in exported(SOURCE)}
    assert {"digits_requests", "digits_upstream_responses"} < exported(source) <= names
    assert BOUNDS.findall(source) == BOUNDS.findall(SOURCE)
    assert f"PROBE_BYTES = {PROBE_BYTES};" in SOURCE
    for metric in NginxMetrics(AccessLog(tmp_path / "access.log"), tmp_path).collect():
        assert metric.documentation in SOURCE
