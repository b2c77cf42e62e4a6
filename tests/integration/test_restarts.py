"""Servers that die or hang under `make run` are restarted, a few times."""

import contextlib
import shutil
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE, assert_error, post
from tests.waiting import wait_until
from tools.run.supervision import MAX_RESTARTS
from tools.stack import Stack, ready_stack

RESTART_TIMEOUT_S = 300  # three failures of /ping, or a probe of each pool, and a start on a busy machine


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Start a service that these tests may break."""
    with ready_stack(WORKERS="1") as running:
        yield running


def process_of(stack: Stack, name: str) -> psutil.Process | None:
    """Return the oldest process of a server; None if there is none."""
    for process in stack.processes():
        with contextlib.suppress(psutil.NoSuchProcess):  # it may end meanwhile
            if process.name() == name:
                return process
    return None


def wait_for_another(stack: Stack, name: str, old: psutil.Process) -> psutil.Process:
    """Wait until a server has another process."""
    deadline = time.monotonic() + RESTART_TIMEOUT_S
    while (process := process_of(stack, name)) in (None, old):
        assert stack.process.poll() is None, stack.rest_of_output()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert process is not None
    return process


def remove_folder(stack: Stack, _: psutil.Process) -> None:
    """Remove TorchServe's folder at once: TorchServe may write into it meanwhile."""
    removed = (stack.run_dir / "torchserve").rename(stack.run_dir / "removed")
    shutil.rmtree(removed, ignore_errors=True)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda _, java: java.kill(), "torchserve ended by itself (status -9). Restarting it"),
        (lambda _, java: java.suspend(), "torchserve did not answer /ping 3 times in a row. Restarting it"),
        (remove_folder, "torchserve lost its temporary folder, "),
    ],
    ids=["killed", "hangs", "folder removed"],
)
def test_torchserve_comes_back_and_nginx_answers_meanwhile(
    stack: Stack, damage: Callable[[Stack, psutil.Process], None], reason: str
) -> None:
    stack.wait_until_ready()
    java, nginx = process_of(stack, "java"), process_of(stack, "nginx")
    assert java is not None
    log = (stack.run_dir / "torchserve.log").read_text()
    damage(stack, java)
    wait_for_another(stack, "java", java)
    refused = post(stack, SINGLE, drawings.seven())
    assert_error(refused, 503, "ServiceUnavailable")
    assert refused.headers["Retry-After"]
    assert requests.get(f"{stack.url}/", timeout=10).status_code == 200
    assert reason in stack.wait_for_line("torchserve ")
    stack.wait_until_ready()
    assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
    assert process_of(stack, "nginx") == nginx
    assert (stack.run_dir / "torchserve.log").read_text().startswith(log)
    assert (stack.run_dir / "management.sock").is_socket()


def test_workers_that_hang_are_replaced_before_a_request_meets_them() -> None:
    with ready_stack(WORKERS="1") as stack:
        wait_until(lambda: len(stack.workers()) == 2)  # for small requests and for others
        workers = stack.workers()
        for worker in workers:
            worker.suspend()
        wait_until(lambda: len({*stack.workers()} - {*workers}) == 2, RESTART_TIMEOUT_S)


def test_nginx_that_is_killed_comes_back(stack: Stack) -> None:
    stack.wait_until_ready()
    java, nginx = process_of(stack, "java"), process_of(stack, "nginx")
    assert nginx is not None
    nginx.kill()
    wait_for_another(stack, "nginx", nginx)
    assert "nginx ended by itself (status -9). Restarting it" in stack.wait_for_line("nginx ended")
    stack.wait_until_ready()
    assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
    assert process_of(stack, "java") == java


def test_nginx_that_lost_a_process_is_started_again(stack: Stack) -> None:
    """The requests that the process held would count as in progress forever."""
    stack.wait_until_ready()
    nginx = process_of(stack, "nginx")
    assert nginx is not None
    nginx.children()[0].kill()
    wait_for_another(stack, "nginx", nginx)
    assert "nginx lost one of its processes. " in stack.wait_for_line("nginx lost")
    stack.wait_until_ready()
    assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7


def test_script_ends_with_the_end_of_the_log_after_too_many_restarts() -> None:
    with ready_stack(WORKERS="1") as stack:
        java = process_of(stack, "java")
        for _ in range(MAX_RESTARTS):
            assert java is not None
            java.kill()
            java = wait_for_another(stack, "java", java)
        assert java is not None
        processes = stack.processes()
        java.kill()
        output, _ = stack.process.communicate(timeout=60)
        assert stack.process.returncode == 1
        assert output.count("Restarting it") == MAX_RESTARTS
        reason = "torchserve ended by itself (status -9), after 5 restarts within 30 minutes. The end of its log:"
        assert reason in output
        _, alive = psutil.wait_procs(processes, timeout=30)
        assert alive == []
