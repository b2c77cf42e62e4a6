"""The images and the service as compose.yaml runs it, in the place of `make run` for the contract's tests."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import address, browser, open_page, sheet  # noqa: F401  fixtures
from tests.containers.engine_client import DOCKER, ROOT, docker, run
from tests.stack import Stack, free_ports

PROJECT = "digits-test"


def compose_command(*arguments: str) -> list[str]:
    """Return the command line of docker compose, whichever there is."""
    plugin = subprocess.run([DOCKER, "compose", "version"], capture_output=True, check=False).returncode == 0
    command = [DOCKER, "compose"] if plugin else ["docker-compose"]
    return [*command, "--project-name", PROJECT, "--file", str(ROOT / "compose.yaml"), *arguments]


def containers(service: str) -> list[str]:
    """Return the names of a service's containers."""
    labels = [f"label=com.docker.compose.{key}={value}" for key, value in (("project", PROJECT), ("service", service))]
    filters = [option for label in labels for option in ("--filter", label)]
    return docker("ps", *filters, "--format", "{{.Names}}").splitlines()


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    """Build both images; what has not changed is not built again. Without an engine, say so."""
    try:
        is_there = subprocess.run([DOCKER, "version"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        is_there = False
    if not is_there:
        pytest.skip("no Docker engine answers: `make test-containers` starts one, as root on Debian or Ubuntu")
    run(ROOT / "tests" / "containers" / "build")


@pytest.fixture(scope="session")
def stack(images: None) -> Iterator[Stack]:
    """Run compose.yaml with two replicas, with no rate limit to speak of, and gather what the replicas say."""
    ports = {"PORT": free_ports()["PORT"]}
    settings = {"PORT": str(ports["PORT"]), "RATE_LIMIT": "10000r/s", "RATE_BURST": "10000"}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "torchserve.log"
        try:
            run(*compose_command("up", "--detach", "--no-build", "--scale", "torchserve=2"), **settings)
            with log.open("w") as output:
                follower = subprocess.Popen(
                    compose_command("logs", "--follow", "--no-color", "--no-log-prefix", "torchserve"),
                    env={**os.environ, **settings},
                    stdout=output,
                    text=True,
                )
            stack = Stack(f"http://127.0.0.1:{ports['PORT']}", ports, Path(folder), follower)
            stack.wait_until_ready()
            yield stack
        finally:
            run(*compose_command("down", "--volumes", "--timeout", "5"), **settings)
            follower.wait(timeout=30)  # ends with what it follows
