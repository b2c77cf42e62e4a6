"""Every overlay and combination is valid for the supported Kubernetes versions: the oldest and the latest ones."""

from pathlib import Path

import pytest
import yaml

from tests.manifests.rendering import COMBINATIONS, manifests, output, tool

SUPPORTED = ("1.29", "1.33", "1.34", "1.35", "1.36", "1.37")
# Their schemas belong to operators, not to Kubernetes.
OPERATORS = {"PodMonitor", "PrometheusRule", "ScaledObject"}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Write the distinct objects of Kubernetes itself, one file per overlay."""
    folder = tmp_path_factory.mktemp("rendered")
    documents: dict[str, set[str]] = {}
    for overlay, components in COMBINATIONS:
        objects = [item for item in manifests(overlay, components) if item["kind"] not in OPERATORS]
        assert len(objects) >= 14
        documents.setdefault(overlay, set()).update(map(yaml.safe_dump, objects))
    files = [folder / f"{overlay}.yaml" for overlay in documents]
    for file in files:
        file.write_text("---\n".join(sorted(documents[file.stem])))
    return files


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_object_is_valid(rendered: list[Path], version: str) -> None:
    output(tool("kubernetes-validate"), "--strict", "--kubernetes-version", version, *rendered)


def test_an_unknown_field_is_detected(rendered: list[Path], tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(rendered[0].read_text().replace("maxUnavailable:", "maxUnavailabel:"))
    with pytest.raises(AssertionError, match="maxUnavailabel"):
        output(tool("kubernetes-validate"), "--strict", "--kubernetes-version", SUPPORTED[-1], broken)


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_only_components_need_custom_resources(overlay: str, components: tuple[str, ...]) -> None:
    kinds = {item["kind"] for item in manifests(overlay, components)} & OPERATORS
    custom = {"monitoring": {"PodMonitor", "PrometheusRule"}, "keda": {"ScaledObject"}}
    assert kinds == set().union(*(custom.get(name, set()) for name in components))


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_no_object_is_duplicated(overlay: str, components: tuple[str, ...]) -> None:
    objects = manifests(overlay, components)
    names = {(item["kind"], item["metadata"].get("namespace"), item["metadata"]["name"]) for item in objects}
    assert len(names) == len(objects)
    assert {namespace for kind, namespace, _ in names if kind != "Namespace"} == {"digits"}
