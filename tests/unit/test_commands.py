"""Every command that the documentation names begins, and says what it takes."""

import subprocess
import sys

import pytest

from tools.stack import ROOT

COMMANDS = ["train", "train.evaluate", "benchmarks"]
COMMANDS += [f"benchmarks.{name}" for name in ("capacity", "costs")]
COMMANDS += ["research.ablation"]


@pytest.mark.parametrize("module", COMMANDS)
def test_command_begins(module: str) -> None:
    command = [sys.executable, "-m", module, "--help"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.startswith("usage: ")
