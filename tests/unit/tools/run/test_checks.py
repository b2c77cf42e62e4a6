import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tools.run.checks import MIN_OPEN_FILES, OPEN_FILES, check_files, check_ports, claim
from tools.run.settings import PORTS, ROOT, Settings
from tools.stack import free_ports


def settings(run_dir: Path, host: str = "127.0.0.1") -> Settings:
    return Settings(host, host, free_ports(), 1, run_dir, run_dir)


@pytest.mark.parametrize("name", PORTS)
def test_port_in_use_is_named_with_the_way_out(tmp_path: Path, name: str) -> None:
    checked = settings(tmp_path)
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", checked.ports[name]))
        occupied.listen()
        with pytest.raises(SystemExit, match=rf"port {checked.ports[name]} is not free\. .*: make run {name}=\d+"):
            check_ports(checked)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1"])
def test_address_of_another_machine_is_named(tmp_path: Path, host: str) -> None:
    with pytest.raises(SystemExit, match=f"HOST={host} is not an address that this machine can listen on"):
        check_ports(settings(tmp_path, host))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "0.0.0.0"])
def test_free_ports_pass(tmp_path: Path, host: str) -> None:
    check_ports(settings(tmp_path, host))


def limited(limit: str) -> "subprocess.CompletedProcess[str]":
    """Check the limits where `ulimit` has set one that this process may not raise, and print the result."""
    code = "import resource, tools.run.checks as c; c.check_limits(); print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    command = ["bash", "-c", f'{limit}; exec "$@"', "bash", sys.executable, "-c", code]
    if os.geteuid() == 0:
        command = ["setpriv", "--bounding-set=-sys_resource", *command]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_limit_of_open_files_that_cannot_be_raised_is_named() -> None:
    result = limited("ulimit -n 40")
    message = (
        f"tools/run: the servers need {MIN_OPEN_FILES} open files; the limit is 40. Raise it: ulimit -n {OPEN_FILES}\n"
    )
    assert (result.returncode, result.stderr) == (1, message)


def test_limit_of_open_files_is_raised_where_that_is_allowed() -> None:
    result = limited("ulimit -n 18000; ulimit -Sn 40")
    assert (result.stdout, result.stderr) == (f"({OPEN_FILES}, 18000)\n", "")


def test_limit_of_open_files_that_is_low_is_used_and_named() -> None:
    result = limited("ulimit -n 4096; ulimit -Sn 1024")
    sentence, limits = result.stdout.splitlines()
    assert "The limit of open files is 4096, so nginx holds at most 2048 connections at once." in sentence
    assert (limits, result.stderr, result.returncode) == ("(4096, 4096)", "", 0)


def test_folder_that_cannot_be_written_is_named_with_the_way_out() -> None:
    with pytest.raises(SystemExit, match=r"/proc/digits cannot be written \(.*\)\. .*: make run RUN_DIR="):
        claim(Path("/proc/digits"))


def test_folder_of_another_run_is_not_used(tmp_path: Path) -> None:
    with claim(tmp_path), pytest.raises(SystemExit, match=r"another run uses .*: make run RUN_DIR="):
        claim(tmp_path)
    claim(tmp_path).close()


def test_java_home_without_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SystemExit, match=re.escape(f"there is no {tmp_path}/bin/java. Unset JAVA_HOME, or set it")):
        check_files(settings(tmp_path))


def test_missing_archive_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(SystemExit, match=r"digits\.mar is missing; `make archive` builds it"):
        check_files(settings(tmp_path))
