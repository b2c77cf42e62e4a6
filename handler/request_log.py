"""The worker's log of answered requests: one line of JSON for each batch."""

import atexit
import logging
import threading
import time
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

PAUSE_SECONDS = 0.1  # after lines were written; those of the meantime follow together
MAX_WAITING = 10_000  # lines; while nobody reads the log, older ones are dropped

logger = logging.getLogger("digits")


class RequestLog:
    """Writes lines in a thread of its own, the first at once and others some at a time.

    A write for each batch took an eighth of a busy worker's time, before the batch was answered. A worker that is
    killed loses the lines of its last tenth of a second; nginx's log has their requests.
    """

    def __init__(self) -> None:
        self._waiting: deque[Mapping[str, Any]] = deque(maxlen=MAX_WAITING)
        self._are_waiting = threading.Event()
        self._writing = threading.Lock()

    def start(self) -> None:
        """Write from now on, and what is left when the process ends."""
        threading.Thread(target=self._write, name="request log", daemon=True).start()
        atexit.register(self.flush)

    def add(self, line: Mapping[str, Any]) -> None:
        """Log an object that can be written as JSON."""
        self._waiting.append(line)
        if not self._are_waiting.is_set():
            self._are_waiting.set()

    def flush(self) -> None:
        """Write what was added."""
        with self._writing:
            lines = [orjson.dumps(self._waiting.popleft()) for _ in range(len(self._waiting))]
            if lines:
                logger.info(b"\n".join(lines).decode())

    def _write(self) -> None:
        while self._are_waiting.wait():
            self._are_waiting.clear()  # before the lines are taken, so that none is forgotten
            self.flush()
            time.sleep(PAUSE_SECONDS)
