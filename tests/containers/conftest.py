"""The images and the service as compose.yaml runs it, in the place of `make run` for the contract's tests."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import handler
from tests.browser.conftest import address, digit_page, open_page  # noqa: F401  fixtures
from tools.engine_client import DOCKER, ROOT, TORCHSERVE, docker, run
from tools.stack import Stack, free_ports

PROJECT = "digits-test"
NEW_VERSION = "99.0.0"


def is_engine_there() -> bool:
    """Whether Docker's client is there and reaches an engine."""
    if shutil.which(DOCKER) is None:
        return False
    return subprocess.run([DOCKER, "version"], capture_output=True, check=False).returncode == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave this folder's tests out where there is no engine, and say so."""
    if not is_engine_there():
        reason = "no Docker engine answers: `make test-containers` starts one, as root on Debian or Ubuntu"
        for item in items:
            if item.path.parent == Path(__file__).parent:
                item.add_marker(pytest.mark.skip(reason))


def compose_command(*arguments: str) -> list[str]:
    """Return the command line of docker compose, whichever there is."""
    plugin = subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False).returncode == 0
    command = [DOCKER, "compose"] if plugin else ["docker-compose"]
    return [*command, "--project-name", PROJECT, "--file", str(ROOT / "compose.yaml"), *arguments]


def scale(replicas: int, port: int) -> None:
    """Have so many TorchServe replicas, with no rate limit to speak of, and do not wait for them."""
    settings = {"PORT": str(port), "RATE_LIMIT": "10000r/s", "RATE_BURST": "10000"}
    run(*compose_command("up", "--detach", "--no-build", "--scale", f"torchserve={replicas}"), **settings)


def containers(service: str) -> list[str]:
    """Return the names of a service's containers."""
    labels = [f"label=com.docker.compose.{key}={value}" for key, value in (("project", PROJECT), ("service", service))]
    filters = [option for label in labels for option in ("--filter", label)]
    return docker("ps", *filters, "--format", "{{.Names}}").splitlines()


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    """Build both images; what has not changed is not built again."""
    run(ROOT / "tools" / "build-images")


@pytest.fixture(scope="session")
def new_image(images: None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Build the next release: the same image with an archive of another version."""
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
    """Run compose.yaml with two replicas, and gather what they say."""
    ports = {"PORT": free_ports()["PORT"]}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "torchserve.log"
        try:
            scale(2, ports["PORT"])
            with log.open("w") as output:
                follower = subprocess.Popen(
                    compose_command("logs", "--follow", "--no-color", "--no-log-prefix", "torchserve"),
                    stdout=output,
                    text=True,
                )
            stack = Stack(f"http://127.0.0.1:{ports['PORT']}", ports, Path(folder), follower)
            stack.wait_until_ready()
            yield stack
        finally:
            run(*compose_command("down", "--volumes", "--timeout", "5"))
            follower.wait(timeout=30)  # ends with what it follows
