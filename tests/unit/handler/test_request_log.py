import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from handler import request_log
from handler.request_log import MAX_WAITING, RequestLog


class Written(logging.Handler):
    """Collects what is written, and can be held up as by a reader that does not read."""

    def __init__(self) -> None:
        super().__init__()
        self.messages: list[str] = []
        self.may_write = threading.Event()
        self.may_write.set()

    def emit(self, record: logging.LogRecord) -> None:
        self.may_write.wait()
        self.messages.append(record.getMessage())

    def numbers(self) -> list[int]:
        return [json.loads(line)["number"] for message in self.messages for line in message.splitlines()]

    def wait_for(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.numbers()) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.numbers()) == count


@pytest.fixture
def written() -> Iterator[Written]:
    handler, logger = Written(), logging.getLogger("digits")
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield handler
    handler.may_write.set()
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_lines_are_written_in_order_and_some_at_a_time(written: Written) -> None:
    log = RequestLog()
    log.start()
    for number in range(200):
        log.add({"number": number})
        time.sleep(0.001)
    written.wait_for(200)
    assert written.numbers() == list(range(200))
    assert 2 <= len(written.messages) <= 20


def test_first_line_is_written_at_once_and_the_next_after_the_pause(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(request_log, "PAUSE_SECONDS", 60)
    log = RequestLog()
    log.start()
    log.add({"number": 0})
    written.wait_for(1)
    log.add({"number": 1})
    time.sleep(0.2)
    assert written.numbers() == [0]


def test_adding_does_not_wait_for_a_log_that_nobody_reads_and_the_latest_lines_are_kept(written: Written) -> None:
    log = RequestLog()
    log.start()
    written.may_write.clear()
    log.add({"number": -1})
    time.sleep(0.05)  # its write is held up
    began = time.monotonic()
    for number in range(2 * MAX_WAITING):
        log.add({"number": number})
    assert time.monotonic() - began < 5
    written.may_write.set()
    written.wait_for(1 + MAX_WAITING)
    assert written.numbers() == [-1, *range(MAX_WAITING, 2 * MAX_WAITING)]


def test_lines_that_wait_are_written_when_the_process_ends() -> None:
    code = (
        "import logging, sys, time; logging.basicConfig(stream=sys.stdout, format='%(message)s', level=logging.INFO);"
        "from handler import request_log; request_log.PAUSE_SECONDS = 60;"
        "log = request_log.RequestLog(); log.start(); log.add({'number': 0}); time.sleep(0.5);"
        "[log.add({'number': number}) for number in range(1, 1000)]"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert [json.loads(line)["number"] for line in result.stdout.splitlines()] == list(range(1000))
