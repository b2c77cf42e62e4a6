"""How the service starts and ends: readiness, Ctrl-C, its user, its logs, a server that dies."""

import os
import signal
import socket
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE, assert_error, post
from tests.waiting import wait_until
from tools.run.logs import LIMIT_BYTES
from tools.run.settings import PORTS
from tools.stack import Stack, free_ports, ready_stack, run_script, starting_stack

DAC_READ_SEARCH = 1 << 2  # to read every file


def wait_for_nginx(stack: Stack) -> None:
    """Wait until nginx answers."""

    def answers() -> bool:
        try:
            return requests.get(f"{stack.url}/healthz", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    wait_until(answers)


def survivors(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Return the processes that still run after half a minute."""
    _, alive = psutil.wait_procs(processes, timeout=30)
    return list(alive)


def capabilities(process: psutil.Process) -> int:
    """Return the effective capabilities of a process."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    [line] = [line for line in status.splitlines() if line.startswith("CapEff:")]
    return int(line.split()[1], 16)


def test_service_is_not_ready_before_the_model_is_loaded_and_ready_after() -> None:
    began = time.monotonic()
    with starting_stack(WORKERS="1") as stack:
        wait_for_nginx(stack)
        for path in ("/readyz", "/v1/models/digits"):
            assert_error(requests.get(stack.url + path, timeout=10), 503, "ServiceUnavailable")
        refused = post(stack, SINGLE, drawings.seven())
        assert_error(refused, 503, "ServiceUnavailable")
        assert refused.headers["Retry-After"]
        assert requests.get(f"{stack.url}/", timeout=10).status_code == 200
        stack.wait_until_ready()
        print(f"ready {time.monotonic() - began:.1f} s after the start")
        assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_when_the_script_ends(how: signal.Signals) -> None:
    with ready_stack(WORKERS="1") as stack:
        processes = stack.processes()
        names = [process.name() for process in processes]
        assert names.count("java") == 1
        assert names.count("nginx") >= 2
        assert len(names) >= 5  # the script, java, its Python worker, nginx and its worker
        folder = stack.run_dir / "torchserve"
        assert folder.is_dir()
        stack.process.send_signal(how)
        status = stack.process.wait(60)
        assert survivors(processes) == []
        # A script that is killed cannot remove its temporary folder; the next start does.
        assert folder.exists() == (how == signal.SIGKILL)
    assert status == (0 if how != signal.SIGKILL else -signal.SIGKILL)


def test_servers_are_not_root_and_their_files_are_theirs_only(stack: Stack) -> None:
    users = {process.uids().effective for process in stack.processes()}
    assert len(users) == 1
    assert 0 not in users
    assert {capabilities(process) for process in stack.processes()} <= {0, DAC_READ_SEARCH}
    files = [path for path in stack.run_dir.rglob("*") if path.is_file() and not path.is_symlink()]
    assert {"access.log", "nginx.log", "torchserve.log", "deployment.conf"} <= {path.name for path in files}
    assert [path for path in files if path.stat().st_mode & 0o077] == []
    assert stack.run_dir.stat().st_mode & 0o077 == 0


def test_new_folder_of_a_run_is_private(tmp_path: Path) -> None:
    with starting_stack(RUN_DIR=str(tmp_path / "new"), WORKERS="1") as stack:
        wait_for_nginx(stack)
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700


def test_logs_survive_the_next_start_and_stay_small(tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    with starting_stack(RUN_DIR=str(run_dir), WORKERS="1") as stack:
        wait_for_nginx(stack)
    for name in ("nginx", "torchserve"):
        with (run_dir / f"{name}.log").open("a") as log:
            log.write("evidence of a crash\n")
    with ready_stack(RUN_DIR=str(run_dir), WORKERS="1") as stack:
        for name in ("nginx", "torchserve"):
            assert "evidence of a crash\n" in (run_dir / f"{name}.log").read_text()
        for name in ("access", "torchserve"):
            log_file, old = run_dir / f"{name}.log", run_dir / f"{name}.log.1"
            os.truncate(log_file, LIMIT_BYTES + 1)  # as if it had grown
            wait_until(lambda log=log_file: log.stat().st_size < LIMIT_BYTES)  # type: ignore[misc]
            assert old.stat().st_size == LIMIT_BYTES + 1
            assert old.stat().st_mode & 0o077 == 0
            assert post(stack, SINGLE, drawings.seven()).status_code == 200
            wait_until(lambda log=log_file: b"}\n" in log.read_bytes())  # type: ignore[misc]
            assert b"\0" not in log_file.read_bytes()


@pytest.mark.parametrize("name", PORTS)
def test_port_in_use_ends_the_start_with_one_message(name: str, tmp_path: Path) -> None:
    ports = free_ports()
    with socket.create_server(("127.0.0.1", ports[name])):
        script = run_script(tmp_path, {key: str(port) for key, port in ports.items()})
        output, _ = script.communicate(timeout=60)
    assert script.returncode == 1
    assert output.splitlines()[-1].startswith(f"tools/run: port {ports[name]} is not free.")
    assert "Traceback" not in output


def test_there_are_as_many_workers_as_asked_for() -> None:
    with ready_stack(WORKERS="3") as stack:
        wait_until(lambda: len(stack.workers()) == 2 * 3)  # for small requests and for others


def test_archive_that_cannot_be_loaded_never_becomes_ready(tmp_path: Path) -> None:
    (tmp_path / "digits.mar").write_bytes(b"no archive")
    with starting_stack(MODEL_STORE=str(tmp_path)) as stack:
        wait_for_nginx(stack)
        log = stack.run_dir / "torchserve.log"
        wait_until(lambda: "Load model failed" in log.read_text())
        assert not stack.is_ready()
