"""The images hold what production needs, and nothing else."""

import os
import shutil
from pathlib import Path

import pytest

import handler
from tools.docker import ROOT, TORCHSERVE, WEB, docker, inspect, run

MB = 1000 * 1000
# The published base image. The one that tools/docker-engine makes may be larger: it can carry packages for the build.
BASE_MB = 80
LIMITS_MB = {TORCHSERVE: 1250, WEB: 150}

both = pytest.mark.parametrize("image", [TORCHSERVE, WEB])


def base_layers(image: str) -> list[str]:
    """Return the layers that both images share: those of the base."""
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
def test_image_is_labeled_with_its_name_version_and_revision(image: str) -> None:
    labels = inspect(image, "--type", "image")["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == handler.__version__
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert labels["org.opencontainers.image.title"] == image.split(":")[0]


@both
def test_image_runs_as_an_unprivileged_user(image: str) -> None:
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
def test_user_cannot_change_what_runs(image: str) -> None:
    search = "find /opt /usr /etc -writable -not -type l 2>/dev/null || true"
    found = docker("run", "--rm", "--entrypoint", "bash", image, "-c", search)
    assert found == ""


@pytest.mark.parametrize(
    ("image", "names"), [(TORCHSERVE, ["openjdk-", "python3", "libpython3"]), (WEB, ["nginx", "libnginx-mod-"])]
)
def test_image_has_the_newest_security_updates(image: str, names: list[str]) -> None:
    """An old image fails here too: build it again without the builder's cache."""
    script = "dpkg-query --show --showformat '${Package}\\n'; echo; apt-get update -qq >&2; apt list --upgradable"
    output = docker(*("run", "--rm", "--network", "host", "--user", "0", "--entrypoint", "bash", image, "-ec"), script)
    installed, _, upgradable = output.partition("\n\n")
    for name in names:
        assert f"\n{name}" in installed
        assert f"\n{name}" not in upgradable


def test_image_built_from_a_clone_that_only_its_owner_can_read_starts(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "web", tmp_path / "web")
    shutil.copy(ROOT / "Dockerfile", tmp_path)
    run("chmod", "--recursive", "go=", tmp_path)
    arguments = [f"--build-arg=DEBIAN={os.environ['DEBIAN']}"] if os.environ.get("DEBIAN") else []
    image = "digits-web:private"
    docker("build", "--network", "host", "--target", "web", "--tag", image, *arguments, tmp_path)
    search = "find /opt/digits ! -readable 2>&1; test -x web/container/entrypoint"
    assert docker("run", "--rm", "--entrypoint", "bash", image, "-ec", search) == ""
