"""Metrics are named alike by those who export them, record them, alert on them and draw them."""

import json
import re
from typing import Any

import yaml

from tests.manifests.rendering import K8S, ROOT, manifests, of_kind, render

METRICS_LUA = (ROOT / "web" / "container" / "metrics.lua").read_text()


def test_metrics_that_are_asked_for_are_those_that_there_are() -> None:
    declared = yaml.safe_load((ROOT / "torchserve" / "metrics.yaml").read_text())["ts_metrics"]
    known = {metric["name"] for kind in declared.values() for metric in kind}
    known |= set(re.findall(r"digits_[a-z_]+", METRICS_LUA))
    texts = [path.read_text() for path in (K8S / "components").rglob("*.*")]
    asked = {
        re.sub(r"_(bucket|count|sum)$", "", name)
        for text in texts
        for name in re.findall(r"\b((?:digits|ts)_[a-z_]+)\{", text)
    }
    assert asked
    assert asked - known == set()


def test_records_that_are_asked_for_are_those_that_there_are() -> None:
    [rule] = of_kind(manifests("local", ("monitoring",)), "PrometheusRule")
    rules: list[dict[str, Any]] = [item for group in rule["spec"]["groups"] for item in group["rules"]]
    records = {item["record"] for item in rules if "record" in item}
    dashboard = json.loads((K8S / "components" / "monitoring" / "dashboard.json").read_text())
    expressions = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    expressions += [item["expr"] for item in rules if "alert" in item]
    asked = {name for text in expressions for name in re.findall(r"digits:[\w:]+", text)}
    assert asked
    assert asked <= records


def test_latency_objective_is_a_bound_of_the_histogram() -> None:
    [bounds] = re.findall(r"^local BUCKETS = \{ (.*) \}", METRICS_LUA, re.MULTILINE)
    objectives = set(re.findall(r'le="([\d.]+)"', render("local", ("monitoring",))))
    assert len(objectives) == 1
    assert objectives <= set(bounds.split(", "))
