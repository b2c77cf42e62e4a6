import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.run.settings import ROOT


def install(*names: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run the installer in an environment of these variables only."""
    command = [str(ROOT / "tools" / "install"), *names]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_installer_says_what_to_do_about_a_python_of_another_version(tmp_path: Path) -> None:
    other = tmp_path / "python3.10"
    other.write_text('#!/bin/sh\ncase "$1" in -V) echo Python 3.10.1;; *) exit 1;; esac\n')
    other.chmod(0o755)
    answer = install("python", **{**os.environ, "PYTHON": str(other)})
    assert answer.returncode == 1
    assert "Python 3.10.1, but the pinned packages are for Python 3.11" in answer.stderr
    assert "make run PYTHON=" in answer.stderr


def test_installer_is_silent_and_quick_when_all_is_there() -> None:
    began = time.monotonic()
    answer = install("java", "nginx", "python", **{**os.environ, "PYTHON": sys.executable})
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert time.monotonic() - began < 5


def test_installer_without_root_and_sudo_says_what_to_ask_for(tmp_path: Path) -> None:
    for program in ("bash", "sed", "apt-get"):
        found = shutil.which(program)
        assert found is not None
        (tmp_path / program).symlink_to(found)
    nobody = tmp_path / "id"
    nobody.write_text("#!/bin/bash\necho 1000\n")
    nobody.chmod(0o755)
    answer = install("java", "nginx", PATH=str(tmp_path))
    assert answer.returncode == 1
    assert "apt-get install default-jre-headless nginx" in answer.stderr
    assert "no sudo" in answer.stderr
