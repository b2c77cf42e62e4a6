"""The manifests as kubectl applies them: each overlay with each supported combination of components."""

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
K8S = ROOT / "k8s"
TOOLS = Path(os.environ.get("MANIFEST_TOOLS") or ROOT / ".venv-manifests" / "bin")

OVERLAYS = ("local", "production")
# keda queries Prometheus, so it needs monitoring. The order must not matter: the last combination is in reverse order.
COMPONENTS = (
    (),
    ("monitoring",),
    ("canary",),
    ("monitoring", "keda"),
    ("monitoring", "canary"),
    ("monitoring", "canary", "keda"),
    ("keda", "canary", "monitoring"),
    ("api-keys", "cors"),
    ("cors", "monitoring", "api-keys", "canary", "assigned-ids"),
)
COMBINATIONS = [(overlay, components) for overlay in OVERLAYS for components in COMPONENTS]

Manifest = dict[str, Any]


def tool(name: str) -> str:
    """Return the path of a tool of requirements/manifests.txt, or fail and say how to install it."""
    assert (TOOLS / name).is_file(), f"{name} is not in {TOOLS}: `make manifests` installs it"
    return str(TOOLS / name)


def output(*command: str | Path, check: bool = True) -> str:
    """Run a command and return its standard output; if it fails, the message has its output."""
    result = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert result.returncode == 0 or not check, f"{command}\n{result.stdout[-5000:]}\n{result.stderr[-5000:]}"
    return result.stdout


@functools.cache
def render(overlay: str, components: tuple[str, ...]) -> str:
    """Render the overlay with these components, each switched on by one line."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(K8S, Path(folder) / "k8s")
        target = Path(folder) / "k8s" / "overlays" / overlay
        kustomization = target / "kustomization.yaml"
        text = kustomization.read_text()
        assert "components: []\n" in text
        lines = "".join(f"  - ../../components/{name}\n" for name in components)
        kustomization.write_text(text.replace("components: []\n", f"components:\n{lines}") if components else text)
        return output(tool("kubectl"), "kustomize", target)


def manifests(overlay: str, components: tuple[str, ...]) -> list[Manifest]:
    """Return the rendered objects."""
    return list(yaml.safe_load_all(render(overlay, components)))


def of_kind(objects: list[Manifest], kind: str, name: str | None = None) -> list[Manifest]:
    """Return the objects of a kind, or only those with this name."""
    return [item for item in objects if item["kind"] == kind and name in (None, item["metadata"]["name"])]


def deployments(overlay: str, components: tuple[str, ...], name: str) -> list[Manifest]:
    """Return the deployments of a service, including the canary's."""
    return [
        item
        for item in of_kind(manifests(overlay, components), "Deployment")
        if item["metadata"]["labels"]["app.kubernetes.io/name"] == name
    ]


def container(deployment: Manifest) -> Manifest:
    """Return a deployment's only container."""
    [only] = deployment["spec"]["template"]["spec"]["containers"]
    return dict(only)


def environment(deployment: Manifest) -> dict[str, str]:
    """Return the environment variables that a deployment sets."""
    return {item["name"]: item["value"] for item in container(deployment).get("env", [])}


def matches(selector: Manifest, labels: dict[str, str]) -> bool:
    """Return whether a label selector matches these labels. As in Kubernetes, an empty one matches everything."""
    pairs = selector.get("matchLabels") or {}
    for expression in selector.get("matchExpressions", []):
        assert expression["operator"] == "In"
        if labels.get(expression["key"]) not in expression["values"]:
            return False
    return all(labels.get(key) == value for key, value in pairs.items())


def pods(objects: list[Manifest]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each deployment's name and the labels of its pods."""
    for deployment in of_kind(objects, "Deployment"):
        yield deployment["metadata"]["name"], deployment["spec"]["template"]["metadata"]["labels"]


def selected(objects: list[Manifest], selector: Manifest) -> set[str]:
    """Return the names of the deployments whose pods a selector selects."""
    return {name for name, labels in pods(objects) if matches(selector, labels)}
