"""Surroundings in which a start has failed before: paths, addresses and the environment."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests import drawings
from tests.integration.api import SINGLE, post
from tests.ipv6 import has_ipv6
from tools.run.__main__ import answers
from tools.run.servers import start_nginx
from tools.run.settings import ROOT, Settings
from tools.stack import free_ports, ready_stack, starting_stack

OWNER = 12345


def copy_checkout(folder: Path) -> Path:
    """Copy what a run needs, but for the virtual environment and the archive."""
    folder.mkdir()
    for name in ("handler", "tools", "torchserve", "web"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_path_with_special_characters_works_in_every_language_and_for_its_owner(tmp_path: Path) -> None:
    root = copy_checkout(tmp_path / "Übung 1; 100% $HOME '#{x}")
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", f"{OWNER}:{OWNER}", root], check=True)
    temporary = tmp_path / ("a path that is too long for sockets " * 3)
    temporary.mkdir()
    with ready_stack(
        root, RUN_DIR="", WORKERS="1", MODEL_STORE=str(ROOT / "model_store"), LC_ALL="C", TMPDIR=str(temporary)
    ) as stack:
        assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7
        expected = OWNER if os.geteuid() == 0 else os.geteuid()
        assert {process.uids().effective for process in stack.processes()} == {expected}
        assert (root / ".run" / "torchserve.log").stat().st_uid == expected


def test_proxy_java_options_python_paths_and_a_missing_temporary_folder_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "orjson.py").write_text("raise SystemExit('a module of another project')")
    proxy = dict.fromkeys(("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
    surroundings = {
        **proxy,
        "no_proxy": "",
        "NO_PROXY": "",
        "JAVA_TOOL_OPTIONS": "-Duser.language=de",
        "PYTHONPATH": str(tmp_path),
        "TMPDIR": str(tmp_path / "missing"),
    }
    with starting_stack(HOST="127.0.0.2", WORKERS="1", **surroundings) as stack:
        assert f"{stack.url}  (Ctrl-C stops it)" in stack.wait_for_line("Ready after")
        assert post(stack, SINGLE, drawings.seven()).json()["digit"] == 7


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::"])
def test_nginx_listens_on_every_kind_of_address(host: str, tmp_path: Path) -> None:
    if ":" in host and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    settings = Settings(host, host, free_ports(), 1, tmp_path, tmp_path)
    server = start_nginx(settings)
    try:
        deadline = time.monotonic() + 60
        while not answers(settings, "/healthz"):
            assert server.process.poll() is None, server.log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        server.process.terminate()
        server.process.wait(60)


def test_make_keeps_settings_of_another_python_from_its_commands() -> None:
    shown = subprocess.run(
        ["make", "--silent", "--eval", "show: ; @env", "show"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHOME": "/nonexistent", "PYTHONPATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=True,
    )
    names = {line.partition("=")[0] for line in shown.stdout.splitlines()}
    assert "PATH" in names
    assert names.isdisjoint({"PYTHONHOME", "PYTHONPATH"})
