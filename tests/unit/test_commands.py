"""Every command that the Makefile or the documentation names starts and describes its arguments."""

import re
import runpy
import sys

import pytest

from tools.stack import ROOT

DOCUMENTS = [ROOT / "Makefile", *ROOT.glob("*.md"), *ROOT.glob("*/*.md")]
COMMAND = re.compile(r"python -m ((?:benchmarks|research|train)(?:\.[a-z_]+)*)")
COMMANDS = {name for document in DOCUMENTS for name in COMMAND.findall(document.read_text())}
COMMANDS -= {"benchmarks.load_test"}  # its arguments are locust's


def test_documents_name_commands() -> None:
    assert {"train", "train.archive", "train.evaluate", "benchmarks"} <= COMMANDS


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # another test may have imported the module that is now run
@pytest.mark.parametrize("module", sorted(COMMANDS))
def test_command_starts(module: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: ")
