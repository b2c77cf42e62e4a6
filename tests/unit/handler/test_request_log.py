import contextlib
import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import pytest

from handler.request_log import MAX_WAITING, RequestLog


def numbers(text: bytes) -> list[int]:
    return [json.loads(line)["number"] for line in text.splitlines()]


def printed(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.levelno == logging.INFO]


@pytest.fixture(autouse=True)
def _level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "digits")


def test_lines_are_appended_to_a_file_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"number":0}\n')
    first, second = RequestLog(str(path)), RequestLog(str(path))
    first.add({"number": 1})
    second.add({"number": 2})
    assert numbers(path.read_bytes()) == [0, 1, 2]
    path.write_bytes(b"")  # as when it is rotated
    first.add({"number": 3})
    assert path.read_bytes() == b'{"number":3}\n'
    assert not caplog.records


@pytest.mark.parametrize("more", [0, 100, 6000], ids=["short", "medium", "longer than what a pipe takes at once"])
def test_adding_does_not_wait_for_a_pipe_that_nobody_reads(more: int) -> None:
    reader, writer = os.pipe()
    log = RequestLog(f"/proc/self/fd/{writer}")
    began = time.monotonic()
    for number in range(5 * MAX_WAITING):
        log.add({"number": number, "more": "x" * more})
    assert time.monotonic() - began < 5
    read = b""
    os.set_blocking(reader, False)
    while not read.endswith(b'{"number":-1}\n'):  # each line takes with it what waits, as far as it fits
        with contextlib.suppress(BlockingIOError):
            while True:
                read += os.read(reader, 1 << 20)
        log.add({"number": -1})
    os.close(writer)
    os.close(reader)
    written = [number for number in numbers(read) if number >= 0]
    assert written == sorted(written)
    assert written[0] == 0
    assert len(written) < 5 * MAX_WAITING
    assert set(range(4 * MAX_WAITING + 1, 5 * MAX_WAITING)) <= set(written)  # the latest


def test_adding_goes_on_when_the_reader_of_the_pipe_has_ended(caplog: pytest.LogCaptureFixture) -> None:
    reader, writer = os.pipe()
    log = RequestLog(f"/proc/self/fd/{writer}")
    os.close(writer)
    os.close(reader)
    log.add({"number": 0})
    assert not caplog.records


@pytest.mark.parametrize("kind", ["missing", "folder", "pipe without a reader"])
def test_lines_are_printed_if_the_file_cannot_be_opened(
    tmp_path: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "log"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe without a reader":
        os.mkfifo(path)
    log = RequestLog(str(path))
    assert "REQUEST_LOG cannot be opened, so requests are logged by TorchServe: [Errno" in caplog.text
    log.add({"number": 1})
    assert printed(caplog) == [{"number": 1}]


def test_lines_are_printed_without_a_file(caplog: pytest.LogCaptureFixture) -> None:
    RequestLog().add({"number": 1})
    assert printed(caplog) == [{"number": 1}]
