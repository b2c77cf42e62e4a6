"""The worker's log of answered requests: one line of JSON for each batch."""

import contextlib
import logging
import os
from collections import deque
from collections.abc import Mapping
from typing import Any

import orjson

MAX_WAITING = 1_000  # lines, those of some seconds

logger = logging.getLogger("digits")


class RequestLog:
    """Appends lines to a file or pipe, past TorchServe, which reads what its workers print slowly.

    No request waits for the log. Lines that do not fit into the pipe, because nobody reads it, are written with the
    next one; of those that wait, the oldest are lost.

    Args:
        path: The file or pipe; without one, or if it cannot be opened, the lines are printed.
    """

    def __init__(self, path: str | None = None) -> None:
        self._waiting: deque[bytes] = deque(maxlen=MAX_WAITING)
        self._rest = b""  # of a line that has been begun
        self._descriptor: int | None = None
        if path:
            try:
                self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NONBLOCK)
            except OSError as error:
                logger.warning("REQUEST_LOG cannot be opened, so requests are logged by TorchServe: %s", error)

    def add(self, line: Mapping[str, Any]) -> None:
        """Log an object that can be written as JSON."""
        if self._descriptor is None:
            logger.info(orjson.dumps(line).decode())
            return
        self._waiting.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        with contextlib.suppress(OSError):  # the pipe or the disk is full, or nobody reads any more
            while self._rest or self._waiting:
                self._rest = self._rest or self._waiting.popleft()
                self._rest = self._rest[os.write(self._descriptor, self._rest) :]
