"""Images and labels have the version of the release, in every overlay and combination."""

import re

import pytest

import handler
from tests.manifests.program_settings import COMPOSE
from tests.manifests.rendering import COMBINATIONS, container, manifests, of_kind


@pytest.mark.parametrize(("overlay", "components"), COMBINATIONS)
def test_version_is_the_packages_version(overlay: str, components: tuple[str, ...]) -> None:
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


def test_production_images_are_pinned_by_digest() -> None:
    for deployment in of_kind(manifests("production", ("canary",)), "Deployment"):
        name = deployment["metadata"]["labels"]["app.kubernetes.io/name"]
        assert re.fullmatch(rf"\S+/digits-{name}@sha256:[0-9a-f]{{64}}", container(deployment)["image"])
