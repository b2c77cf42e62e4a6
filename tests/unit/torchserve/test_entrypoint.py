"""The java command and environment that the entrypoint makes, with a program in Java's place that prints them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.unit.torchserve.installed_torchserve import copy_to, restore_worker
from tools.run.settings import ROOT
from torchserve.patches.apply import apply

PRINTER = """#!/bin/sh
umask
echo "process $$"
env
printf '%s\\n' "$@"
"""

# Prints how many MiB a process holds more after it had 40 large bodies at once, and something small since.
BURST = """
import ctypes
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]

def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 >> 20

def bodies(count):
    blocks = [libc.malloc(2 << 20) for _ in range(count)]
    for block in blocks:
        libc.memset(block, 1, 2 << 20)
    libc.malloc(1 << 16)
    for block in blocks:
        libc.free(block)

bodies(1)
before = held()
bodies(40)
print(held() - before)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with a Python, its site-packages, and a Java that prints what it gets."""
    site_packages = tmp_path / "site-packages"
    copy_to(site_packages)
    (tmp_path / "java" / "bin").mkdir(parents=True)
    (tmp_path / "temporary").mkdir()
    (tmp_path / "python").write_text(f'#!/bin/sh\nPYTHONPATH="{site_packages}" exec "{sys.executable}" "$@"\n')
    (tmp_path / "java" / "bin" / "java").write_text(PRINTER)
    for program in (tmp_path / "python", tmp_path / "java" / "bin" / "java"):
        program.chmod(0o755)
    return tmp_path


def run(place: Path, stdout: int | IO[str] = subprocess.PIPE, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run the entrypoint; its output is Java's umask, process, environment and arguments, a line each."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHON": str(place / "python"),
        "JAVA_HOME": str(place / "java"),
        "TS_TMPDIR": str(place / "temporary"),
        **settings,
    }
    command = [str(ROOT / "torchserve" / "entrypoint")]
    return subprocess.run(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True, check=False)


def class_path(result: "subprocess.CompletedProcess[str]") -> list[str]:
    lines = result.stdout.splitlines()
    return lines[lines.index("-cp") + 1].split(":")


def test_patched_classes_come_first_and_the_worker_is_patched_too(place: Path) -> None:
    apply(place / "site-packages")
    result = run(place)
    frontend = f"{place}/site-packages/ts/frontend"
    assert class_path(result) == [f"{frontend}/patches", f"{frontend}/patches/versioned.jar", f"{frontend}/*"]
    assert "TORCHSERVE_PATCHES=yes" in result.stdout.splitlines()
    assert result.stderr == ""


def test_workers_append_their_lines_to_the_standard_output_of_java_if_it_is_a_pipe(place: Path) -> None:
    lines = run(place).stdout.splitlines()
    [java] = [line.removeprefix("process ") for line in lines if line.startswith("process ")]
    assert f"REQUEST_LOG=/proc/{java}/fd/1" in lines


def test_log_of_requests_can_be_another_file(place: Path) -> None:
    assert "REQUEST_LOG=/some/file" in run(place, REQUEST_LOG="/some/file").stdout.splitlines()


def test_lines_that_java_could_overwrite_in_a_file_pass_through_it(place: Path) -> None:
    output = place / "output"
    with output.open("w") as file:
        assert run(place, stdout=file).returncode == 0
    assert "REQUEST_LOG" not in output.read_text()


def test_one_switch_turns_all_patches_off(place: Path) -> None:
    apply(place / "site-packages")
    result = run(place, TORCHSERVE_PATCHES="no")
    assert class_path(result) == [f"{place}/site-packages/ts/frontend/*"]
    assert "TORCHSERVE_PATCHES=no" in result.stdout.splitlines()
    assert result.stderr == ""


@pytest.mark.parametrize("reinstalled", [False, True], ids=["never patched", "installed again"])
def test_torchserve_that_is_not_patched_starts_with_one_warning(place: Path, reinstalled: bool) -> None:
    if reinstalled:
        apply(place / "site-packages")
        restore_worker(place / "site-packages")
    result = run(place)
    assert class_path(result) == [f"{place}/site-packages/ts/frontend/*"]
    assert "TORCHSERVE_PATCHES=no" in result.stdout.splitlines()
    assert result.stderr.startswith("entrypoint: TorchServe is not patched")
    assert result.stderr.count("\n") == 1


def test_files_and_sockets_are_for_the_servers_user_only(place: Path) -> None:
    lines = run(place).stdout.splitlines()
    assert lines[0] == "0077"
    assert f"TS_MANAGEMENT_ADDRESS=unix:{place}/temporary/management.sock" in lines


def test_language_of_the_terminal_and_settings_of_another_python_stay_outside(place: Path) -> None:
    lines = run(place, LC_ALL="C", PYTHONHOME="/nonexistent", PYTHONPATH="/nonexistent").stdout.splitlines()
    assert "LC_ALL=C.UTF-8" in lines
    assert not any(line.startswith(("PYTHONHOME=", "PYTHONPATH=/nonexistent")) for line in lines)


def test_temporary_folder_that_is_too_long_for_a_socket_is_named(place: Path) -> None:
    folder = place / ("long" * 20)
    folder.mkdir()
    result = run(place, TS_TMPDIR=str(folder))
    assert result.returncode == 1
    assert result.stderr == (
        f"entrypoint: TS_TMPDIR={folder} is too long for a Unix socket in it: use a path of at most 90 bytes.\n"
    )


def test_memory_of_large_bodies_goes_back_to_the_system(place: Path) -> None:
    settings = dict(line.split("=", 1) for line in run(place).stdout.splitlines() if line.startswith("MALLOC_"))
    kept = [
        int(subprocess.check_output([sys.executable, "-c", BURST], env={**os.environ, **more}))
        for more in ({}, settings)
    ]
    assert kept[0] > 40
    assert kept[1] <= 16
