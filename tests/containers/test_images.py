"""The images hold what production needs, and nothing else."""

import os
import shutil
from pathlib import Path

import pytest

import handler
from tools.docker import ROOT, TORCHSERVE, WEB, docker, inspect, run

MB = 1000 * 1000
# Without the base image. The one that tools/docker-engine makes may be larger than the published one.
BASES = {
    TORCHSERVE: os.environ.get("DEBIAN") or "debian:bookworm-slim",
    WEB: os.environ.get("NGINX") or "nginx:1.30",
}
LIMITS_MB = {TORCHSERVE: 1300, WEB: 1}

both = pytest.mark.parametrize("image", [TORCHSERVE, WEB])


def own_bytes(image: str) -> int:
    """Return the bytes that an image adds to its base, the first image from which it takes layers."""
    layers = inspect(image, "--type", "image")["RootFS"]["Layers"]
    base = inspect(BASES[image], "--type", "image")["RootFS"]["Layers"]
    assert layers[: len(base)] == base
    lines = docker("history", "--human=false", "--format", "{{.Size}}", image).splitlines()
    base_lines = docker("history", "--human=false", "--format", "{{.Size}}", BASES[image]).splitlines()
    return sum(map(int, lines[: len(lines) - len(base_lines)]))


@both
def test_image_is_small(image: str) -> None:
    assert 0 < own_bytes(image) / MB < LIMITS_MB[image]


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
    assert config["Healthcheck"]["Test"][0] == "CMD"


@both
def test_image_has_no_build_tools(image: str) -> None:
    tools = "pip pip3 gcc cc make git wget javac nvcc ninja cmake"  # nginx's own image has curl
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


def test_torchserve_image_has_the_newest_security_updates() -> None:
    """An old image fails here too: build it again without the builder's cache. web is as new as its base image."""
    script = "dpkg-query --show --showformat '${Package}\\n'; echo; apt-get update -qq >&2; apt list --upgradable"
    command = ("--network", "host", "--user", "0", "--entrypoint", "bash", TORCHSERVE, "-ec", script)
    installed, _, upgradable = docker("run", "--rm", *command).partition("\n\n")
    for name in ("openjdk-", "python3", "libpython3"):
        assert f"\n{name}" in installed
        assert f"\n{name}" not in upgradable


def test_nginx_is_new_enough_to_follow_replicas_and_to_end_gracefully() -> None:
    version = docker("run", "--rm", "--entrypoint", "bash", WEB, "-c", "nginx -v 2>&1").rpartition("/")[2]
    assert tuple(map(int, version.split()[0].split("."))) >= (1, 28)


def test_image_built_from_a_clone_that_only_its_owner_can_read_starts(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "web", tmp_path / "web")
    shutil.copy(ROOT / "Dockerfile", tmp_path)
    run("chmod", "--recursive", "go=", tmp_path)
    image = "digits-web:private"
    docker("build", "--network", "host", "--target", "web", "--tag", image, f"--build-arg=NGINX={BASES[WEB]}", tmp_path)
    search = "find /opt/digits ! -readable 2>&1; test -x web/container/entrypoint"
    assert docker("run", "--rm", "--entrypoint", "bash", image, "-ec", search) == ""
