"""The images are what production needs and nothing that it does not."""

import pytest

import handler
from tools.engine_client import TORCHSERVE, WEB, docker, inspect

MB = 1000 * 1000
# The published base. What stands in for it here may carry packages for the build (tools/engine).
BASE_MB = 80
LIMITS_MB = {TORCHSERVE: 1250, WEB: 150}

both = pytest.mark.parametrize("image", [TORCHSERVE, WEB])


def base_layers(image: str) -> list[str]:
    """Return the layers that both images have: those of the base."""
    layers = [inspect(name, "--type", "image")["RootFS"]["Layers"] for name in (TORCHSERVE, WEB)]
    common = [one for one, other in zip(*layers, strict=False) if one == other]
    assert common == inspect(image, "--type", "image")["RootFS"]["Layers"][: len(common)]
    return common


def own_bytes(image: str) -> int:
    """Return the bytes that an image adds to its base."""
    lines = docker("history", "--human=false", "--format", "{{.Size}}", image).splitlines()
    layers = [int(size) for size in lines if int(size)]
    return sum(layers[: -len(base_layers(image))])


@both
def test_image_is_small(image: str) -> None:
    assert 10 < own_bytes(image) / MB < LIMITS_MB[image] - BASE_MB


@both
def test_image_says_what_it_is(image: str) -> None:
    labels = inspect(image, "--type", "image")["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == handler.__version__
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert labels["org.opencontainers.image.title"] == image.split(":")[0]


@both
def test_image_runs_as_nobody_that_a_node_knows(image: str) -> None:
    config = inspect(image, "--type", "image")["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"][:2] == ["tini", "--"]
    assert config["Healthcheck"]["Test"][0] == "CMD"


@both
def test_image_has_no_build_tools(image: str) -> None:
    tools = "pip pip3 gcc cc make git curl wget javac nvcc ninja cmake"
    found = docker("run", "--rm", "--entrypoint", "bash", image, "-c", f"type -P {tools} || true")
    assert found == ""
    modules = "import importlib.util as u; print([m for m in ('pip', 'torchvision', 'onnx') if u.find_spec(m)])"
    if image == TORCHSERVE:
        assert docker("run", "--rm", "--entrypoint", "/opt/venv/bin/python", image, "-c", modules) == "[]"


@both
def test_user_can_change_nothing_that_runs(image: str) -> None:
    search = "find /opt /usr /etc -writable -not -type l 2>/dev/null || true"
    found = docker("run", "--rm", "--entrypoint", "bash", image, "-c", search)
    assert found == ""
