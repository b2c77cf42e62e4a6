"""Fixtures of the container tests: the images, and the service as compose.yaml runs it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import handler
from tests.browser.conftest import address, digit_page, open_page  # noqa: F401  fixtures
from tools.docker import DOCKER, ROOT, TORCHSERVE, docker, run
from tools.stack import Stack, free_ports

PROJECT = "digits-test"
NEW_VERSION = "99.0.0"


def is_engine_there() -> bool:
    """Whether there is a Docker client that reaches an engine."""
    if shutil.which(DOCKER) is None:
        return False
    return subprocess.run([DOCKER, "version"], capture_output=True, check=False).returncode == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip this folder's tests if no engine answers."""
    if not is_engine_there():
        reason = "no Docker engine answers: `make test-containers` starts one, as root on Debian or Ubuntu"
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason))


def compose_command(*arguments: str) -> list[str]:
    """Return a command line of Docker Compose: the plugin or, without it, version 1."""
    plugin = subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False).returncode == 0
    command = [DOCKER, "compose"] if plugin else ["docker-compose"]
    return [*command, "--project-name", PROJECT, "--file", str(ROOT / "compose.yaml"), *arguments]


def scale(replicas: int, port: int) -> None:
    """Set the number of TorchServe replicas, with a rate limit that no test reaches. Does not wait for them."""
    settings = {"PORT": str(port), "RATE_LIMIT": "10000r/s", "RATE_BURST": "10000"}
    run(*compose_command("up", "--detach", "--no-build", "--scale", f"torchserve={replicas}"), check=True, **settings)


def containers(service: str) -> list[str]:
    """Return the names of a service's containers."""
    labels = [f"label=com.docker.compose.{key}={value}" for key, value in (("project", PROJECT), ("service", service))]
    filters = [option for label in labels for option in ("--filter", label)]
    return docker("ps", *filters, "--format", "{{.Names}}").splitlines()


def workers_of(container: str) -> list[str]:
    """Return the process ids of a replica's workers, as seen inside the container."""
    search = "grep --files-with-matches '[m]odel_service_worker.py' /proc/[0-9]*/cmdline | cut --delimiter=/ --fields=3"
    return docker("exec", container, "bash", "-c", search).split()


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    """Build both images. What has not changed comes from the builder's cache."""
    run(ROOT / "tools" / "build-images")


@pytest.fixture(scope="session")
def new_image(images: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the image of the next release. Only the version in its archive differs."""
    folder = tmp_path_factory.mktemp("release")
    for name in ("handler", "train"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "model_store").mkdir()
    for name in ("digits.pt", "digits.json"):
        shutil.copy(ROOT / "model_store" / name, folder / "model_store")
    init = folder / "handler" / "__init__.py"
    init.write_text(init.read_text().replace(handler.__version__, NEW_VERSION))
    run("env", f"--chdir={folder}", sys.executable, "-m", "train.archive", PYTHONPATH=str(folder))
    run("env", f"--chdir={folder}/model_store", "bash", "-c", "sha256sum digits.mar > digits.mar.sha256")
    dockerfile = f"FROM {TORCHSERVE}\nCOPY digits.mar digits.mar.sha256 model_store/\n"
    (folder / "model_store" / "Dockerfile").write_text(dockerfile)
    image = f"digits-torchserve:{NEW_VERSION}"
    docker("build", "--tag", image, folder / "model_store")
    return image


@pytest.fixture(scope="session")
def stack(images: None) -> Iterator[Stack]:
    """Run compose.yaml with two replicas, and collect their logs."""
    ports = {"PORT": free_ports()["PORT"]}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "torchserve.log"
        try:
            scale(2, ports["PORT"])
            command = compose_command("logs", "--follow", "--no-color", "--no-log-prefix", "torchserve")
            with log.open("w") as output, subprocess.Popen(command, stdout=output, text=True) as follower:
                stack = Stack(f"http://127.0.0.1:{ports['PORT']}", ports, Path(folder), follower)
                try:
                    stack.wait_until_ready()
                    yield stack
                finally:
                    follower.terminate()
        finally:
            run(*compose_command("down", "--volumes", "--timeout", "5"))
