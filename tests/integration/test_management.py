"""Who can manage TorchServe: its own user, through a Unix socket, and nobody by gRPC."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests import drawings
from tests.integration.api import SINGLE, post
from tools.stack import Stack


def socket_of(stack: Stack) -> Path:
    return (stack.run_dir / "management.sock").resolve(strict=True)


def manage(stack: Stack, method: str, path: str, *become: str) -> "subprocess.CompletedProcess[str]":
    """Send a request to management, as another user perhaps; the output ends with a line for the status."""
    command = ["curl", "--silent", "--max-time", "20", "--unix-socket", str(socket_of(stack))]
    command += ["--request", method, "--write-out", "\n%{http_code}", f"http://localhost{path}"]
    return subprocess.run([*become, *command], cwd="/", capture_output=True, text=True, check=False)


def test_socket_is_for_the_servers_user_only(stack: Stack) -> None:
    socket, folder = socket_of(stack).stat(), socket_of(stack).parent.stat()
    assert stat.S_ISSOCK(socket.st_mode)
    assert (stat.S_IMODE(socket.st_mode), stat.S_IMODE(folder.st_mode)) == (0o700, 0o700)
    [java] = [process for process in stack.processes() if process.name() == "java"]
    assert {socket.st_uid, folder.st_uid} == {java.uids().effective}


def test_another_user_cannot_stop_the_model(stack: Stack) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can send a request as another user")
    other = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", "--inh-caps=-all"]
    result = manage(stack, "PUT", "/models/digits?min_worker=0&max_worker=0", *other)
    assert (result.returncode, result.stdout) == (7, "\n000")  # curl could not connect
    assert post(stack, SINGLE, drawings.seven()).status_code == 200


def test_owner_sees_the_workers(stack: Stack) -> None:
    body, status = manage(stack, "GET", "/models/digits").stdout.rsplit("\n", 1)
    assert status == "200"
    [model] = json.loads(body)
    assert {worker["status"] for worker in model["workers"]} <= {"READY", "UNLOADING"}
    assert model["workers"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/models?url=digits.mar"),
        ("DELETE", "/models/digits"),
        ("POST", "/models?url=http://127.0.0.1:9/x.mar"),
    ],
)
def test_owner_cannot_add_or_remove_models(stack: Stack, method: str, path: str) -> None:
    assert manage(stack, method, path).stdout.rsplit("\n", 1)[1] in ("403", "405")
    assert post(stack, SINGLE, drawings.seven()).status_code == 200
