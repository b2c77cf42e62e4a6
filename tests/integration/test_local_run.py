"""How the service starts and ends: readiness, Ctrl-C, ports in use, a server that dies."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
import requests

from tests import drawings
from tests.integration.api import SINGLE, assert_error, post
from tools.stack import PORTS, ROOT, Stack, free_ports, ready_stack, run_script, starting_stack


def wait_until_gone(processes: list[psutil.Process], timeout_s: float = 30) -> list[psutil.Process]:
    """Return who is still there after the time."""
    return psutil.wait_procs(processes, timeout=timeout_s)[1]


def wait_for_nginx(stack: Stack) -> None:
    """Wait until nginx itself lives."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            requests.get(f"{stack.url}/healthz", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.02)
        else:
            return
    pytest.fail("nginx did not start")


def test_service_is_not_ready_before_the_model_is_up_and_ready_after() -> None:
    began = time.monotonic()
    with starting_stack() as stack:
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
    # A script that is killed outright cannot tidy up: the folder is ours.
    with tempfile.TemporaryDirectory() as folder, ready_stack(TMPDIR=folder) as stack:
        processes = stack.processes()
        names = [process.name() for process in processes]
        assert names.count("java") == 1
        assert names.count("nginx") >= 2
        assert len(names) >= 5  # the script, java, its Python worker, nginx and its worker
        stack.process.send_signal(how)
        status = stack.process.wait(30)
        assert wait_until_gone(processes) == []
    assert status == (0 if how != signal.SIGKILL else -signal.SIGKILL)


def test_nothing_is_left_behind_in_the_temporary_folder() -> None:
    with tempfile.TemporaryDirectory() as folder:
        with ready_stack(TMPDIR=folder):
            assert any(Path(folder).iterdir())
        assert not any(Path(folder).iterdir())


@pytest.mark.parametrize("name", PORTS)
def test_port_in_use_is_named_with_the_way_out(name: str, tmp_path: Path) -> None:
    ports = free_ports()
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", ports[name]))
        occupied.listen()
        script = run_script(tmp_path, {key: str(port) for key, port in ports.items()})
        output, _ = script.communicate(timeout=30)
    assert script.returncode == 1
    assert f"port {ports[name]} is not free" in output
    assert f"make run {name}=" in output
    assert "Traceback" not in output


@pytest.mark.parametrize("port", ["0", "70000", "http", "-1"])
def test_number_that_is_no_port_is_rejected(port: str, tmp_path: Path) -> None:
    script = run_script(tmp_path, {"PORT": port})
    output, _ = script.communicate(timeout=30)
    assert (script.returncode, output) == (1, f"tools/run: PORT={port} is no port: give a number from 1 to 65535.\n")


@pytest.mark.parametrize("workers", ["0", "two", "-1"])
def test_number_that_is_no_number_of_workers_is_rejected(workers: str, tmp_path: Path) -> None:
    script = run_script(tmp_path, {**{name: str(port) for name, port in free_ports().items()}, "WORKERS": workers})
    output, _ = script.communicate(timeout=30)
    assert script.returncode == 1
    assert output.splitlines()[-1].startswith(f"tools/run: WORKERS={workers} is no number of processes: give 1 or more")


def test_there_are_as_many_workers_as_asked_for() -> None:
    with ready_stack(WORKERS="3") as stack:
        answer = requests.get(f"http://127.0.0.1:{stack.ports['MANAGEMENT_PORT']}/models/digits", timeout=10).json()
    assert len(answer[0]["workers"]) == 3


def test_missing_archive_is_named_with_the_way_out(tmp_path: Path) -> None:
    script = run_script(tmp_path, {"MODEL_STORE": str(tmp_path)})
    output, _ = script.communicate(timeout=30)
    assert (script.returncode, "make archive" in output, "Traceback" in output) == (1, True, False)


def test_script_ends_with_the_servers_last_words_when_one_of_them_dies() -> None:
    with ready_stack() as stack:
        processes = stack.processes()
        [java] = [process for process in processes if process.name() == "java"]
        java.kill()
        output, _ = stack.process.communicate(timeout=60)
        assert stack.process.returncode == 1
        assert "torchserve ended by itself" in output
        assert wait_until_gone(processes) == []


def test_archive_that_cannot_be_loaded_never_becomes_ready(tmp_path: Path) -> None:
    (tmp_path / "digits.mar").write_bytes(b"no archive")
    with starting_stack(MODEL_STORE=str(tmp_path)) as stack:
        wait_for_nginx(stack)
        deadline = time.monotonic() + 60
        while "Load model failed" not in (log := (stack.run_dir / "torchserve.log").read_text()):
            assert time.monotonic() < deadline, log
            time.sleep(0.2)
        assert not stack.is_ready()


def test_installer_says_what_to_do_about_a_python_of_another_version(tmp_path: Path) -> None:
    other = tmp_path / "python3.14"
    other.write_text('#!/bin/sh\ncase "$1" in -V) echo Python 3.14.1;; *) exit 1;; esac\n')
    other.chmod(0o755)
    answer = subprocess.run(
        [str(ROOT / "tools" / "install"), "python"],
        env={**os.environ, "PYTHON": str(other)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "Python 3.14.1, but the pinned packages are for Python 3.11" in answer.stderr
    assert "make run PYTHON=" in answer.stderr


def test_installer_is_silent_and_quick_when_all_is_there() -> None:
    began = time.monotonic()
    answer = subprocess.run(
        [str(ROOT / "tools" / "install"), "java", "nginx", "python"],
        env={**os.environ, "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (answer.stdout, answer.stderr) == ("", "")
    assert time.monotonic() - began < 5


def test_installer_without_root_and_sudo_says_what_to_ask_for(tmp_path: Path) -> None:
    for program in ("bash", "sed", "apt-get"):
        found = shutil.which(program)
        assert found is not None
        (tmp_path / program).symlink_to(found)
    nobody = tmp_path / "id"
    nobody.write_text("#!/bin/bash\necho 1000\n")
    nobody.chmod(0o755)
    answer = subprocess.run(
        ["bash", str(ROOT / "tools" / "install"), "java", "nginx"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "apt-get install default-jre-headless nginx" in answer.stderr
    assert "no sudo" in answer.stderr
