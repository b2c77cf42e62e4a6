"""checkov finds nothing, apart from exceptions that state their reason where they are made."""

import json
from pathlib import Path

from tests.manifests.rendering import COMBINATIONS, ROOT, output, render, tool


def failures(framework: str, folder: Path) -> list[str]:
    """Return checkov's failed checks of all files in a folder, and make sure that it made some."""
    report = json.loads(
        output(
            tool("checkov"), "--framework", framework, "--directory", folder, "--output", "json", "--quiet", check=False
        )
    )
    assert report["summary"]["resource_count"] > 0
    assert report["summary"]["parsing_errors"] == 0
    return [
        f"{item['check_id']} {item['resource']} {item['check_name']}" for item in report["results"]["failed_checks"]
    ]


def test_checkov_finds_nothing_in_any_combination(tmp_path: Path) -> None:
    for overlay, components in COMBINATIONS:
        (tmp_path / f"{'-'.join((overlay, *components))}.yaml").write_text(render(overlay, components))
    assert failures("kubernetes", tmp_path) == []


def test_checkov_finds_nothing_in_the_dockerfile(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text((ROOT / "Dockerfile").read_text())
    assert failures("dockerfile", tmp_path) == []


def test_checkov_would_find_a_privileged_container(tmp_path: Path) -> None:
    manifest = render("local", ()).replace("allowPrivilegeEscalation: false", "privileged: true")
    (tmp_path / "broken.yaml").write_text(manifest)
    assert any("CKV_K8S_16 " in failure for failure in failures("kubernetes", tmp_path))
