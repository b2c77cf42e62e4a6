"""Processes that end or cannot be started, under supervision."""

import signal
import time
from pathlib import Path

import psutil
import pytest

from tools.run.servers import start
from tools.run.supervision import MAX_RESTARTS, Supervised


def supervise(run_dir: Path, script: str) -> Supervised:
    return Supervised(lambda: start("program", ["sh", "-c", script], run_dir))


def end_of(supervised: Supervised) -> None:
    """Wait until the process has ended."""
    supervised.running.server.process.wait(20)


def test_program_that_runs_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervised = supervise(tmp_path, "sleep 60")
    first = supervised.running
    supervised.restart_on_fault()
    supervised.fail_on_fault()
    assert supervised.running is first
    assert capsys.readouterr().out == ""
    first.stop(signal.SIGTERM)


def test_program_that_ends_is_started_again_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    supervised = supervise(tmp_path, "echo started; sleep 60 & wait")
    first = supervised.running.server
    program = psutil.Process(first.process.pid)
    while not (children := program.children()):
        time.sleep(0.01)
    program.kill()
    end_of(supervised)
    supervised.restart_on_fault()
    assert supervised.running.server.process.poll() is None
    [line] = capsys.readouterr().out.splitlines()
    assert "program ended by itself (status -9). Restarting it (1 of 5 restarts within 30 minutes)" in line
    assert str(tmp_path / "program.log") in line
    assert psutil.wait_procs(children, timeout=20)[1] == []  # what it had started ended with it
    supervised.running.stop(signal.SIGTERM)


def test_program_that_always_ends_is_given_up_with_the_end_of_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    supervised = supervise(tmp_path, "echo what is wrong; exit 3")
    for _ in range(MAX_RESTARTS):
        end_of(supervised)
        supervised.restart_on_fault()
    end_of(supervised)
    with pytest.raises(SystemExit) as ended:
        supervised.restart_on_fault()
    assert str(ended.value).splitlines() == [
        "tools/run: program ended by itself (status 3), after 5 restarts within 30 minutes. The end of its log:",
        "what is wrong",
    ]
    assert len(capsys.readouterr().out.splitlines()) == MAX_RESTARTS
    assert (tmp_path / "program.log").read_text() == "what is wrong\n" * (MAX_RESTARTS + 1)


def test_restarts_of_long_ago_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tools.run.supervision.WINDOW_S", 0.05)
    supervised = supervise(tmp_path, "exit 3")
    for _ in range(2 * MAX_RESTARTS):
        end_of(supervised)
        time.sleep(0.05)
        supervised.restart_on_fault()
    end_of(supervised)


def test_program_that_ends_at_the_start_is_not_started_again(tmp_path: Path) -> None:
    supervised = supervise(tmp_path, "echo what is wrong; exit 3")
    end_of(supervised)
    with pytest.raises(SystemExit, match=r"program ended by itself \(status 3\)\. The end of its log:\nwhat is wrong"):
        supervised.fail_on_fault()
