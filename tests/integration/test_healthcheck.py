"""Docker's health check, which ends a TorchServe that hangs so that the restart policy starts another."""

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tools.run.servers import Server, start_torchserve
from tools.run.settings import LOOPBACK, ROOT, Settings
from tools.stack import free_ports

Check = Callable[[], "subprocess.CompletedProcess[str]"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(LOOPBACK, LOOPBACK, free_ports(), 1, tmp_path, ROOT / "model_store")


@pytest.fixture
def tmpdir() -> Iterator[str]:
    """Return a folder whose path is short enough for Unix sockets."""
    with tempfile.TemporaryDirectory(prefix="digits-") as folder:
        yield folder


@pytest.fixture
def server(settings: Settings, tmpdir: str) -> Iterator[Server]:
    """Start TorchServe."""
    server = start_torchserve(settings, tmpdir)
    yield server
    server.kill()


@pytest.fixture
def check(settings: Settings, tmpdir: str) -> Check:
    """Return the health check."""
    address = f"http://0.0.0.0:{settings.ports['TORCHSERVE_PORT']}"
    environment = {**os.environ, "TS_TMPDIR": tmpdir, "TS_INFERENCE_ADDRESS": address}
    command = [str(ROOT / "torchserve" / "healthcheck")]
    return lambda: subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=20)


def wait_until_healthy(check: Check, server: Server) -> None:
    deadline = time.monotonic() + 90
    while check().returncode != 0:  # also before anything listens, and more often than the limit
        assert server.process.poll() is None, server.log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_torchserve_that_hangs_is_ended_and_one_that_starts_is_not(server: Server, check: Check) -> None:
    wait_until_healthy(check, server)
    java = psutil.Process(server.process.pid)
    assert java.name() == "java"
    java.suspend()
    results = [check() for _ in range(5)]
    assert [result.returncode for result in results] == [1] * 5
    assert server.process.poll() is None
    java.resume()
    wait_until_healthy(check, server)  # which forgets the failures
    java.suspend()
    results = [check() for _ in range(6)]
    assert results[-1].stderr == "TorchServe did not answer /ping 6 times in a row; killing it.\n"
    assert server.process.wait(20) == -9
