"""The rendered alert rules fire when clients are affected and only then, checked by promtool."""

import shutil
from pathlib import Path

import yaml

from handler.observations import BINS
from tests.manifests.rendering import manifests, of_kind, output

CASES = Path(__file__).parent / "alerts.yaml"


def write_rules(folder: Path) -> Path:
    """Write the rules in Prometheus's own format, without the Kubernetes object around them."""
    rules = of_kind(manifests("local", ("monitoring",)), "PrometheusRule")
    file = folder / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [group for rule in rules for group in rule["spec"]["groups"]]}))
    return file


def test_rules_are_valid(tmp_path: Path) -> None:
    count = 21 + sum(map(len, BINS.values()))
    assert f"SUCCESS: {count} rules found" in output("promtool", "check", "rules", write_rules(tmp_path))


def test_alerts_fire_when_clients_are_affected_and_only_then(tmp_path: Path) -> None:
    write_rules(tmp_path)
    shutil.copy(CASES, tmp_path)
    assert "SUCCESS" in output("promtool", "test", "rules", tmp_path / CASES.name)
    names = {
        case["alertname"] for test in yaml.safe_load(CASES.read_text())["tests"] for case in test["alert_rule_test"]
    }
    rules = [
        item for group in yaml.safe_load((tmp_path / "rules.yaml").read_text())["groups"] for item in group["rules"]
    ]
    assert names == {item["alert"] for item in rules if "alert" in item} - {"DigitsDrift"}  # test_drift.py
