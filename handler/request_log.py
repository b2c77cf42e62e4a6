"""The worker's log of answered requests: one line of JSON for each batch."""

import contextlib
import logging
import os
from collections.abc import Mapping
from typing import Any

import orjson

logger = logging.getLogger("digits")


class RequestLog:
    """Appends lines to a file or pipe, past TorchServe, which reads what its workers print slowly.

    A line that does not fit into the pipe, because nobody reads it, is lost: no request waits for the log.

    Args:
        path: The file or pipe; without one, or if it cannot be opened, the lines are printed.
    """

    def __init__(self, path: str | None = None) -> None:
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
        with contextlib.suppress(OSError):  # the pipe or the disk is full, or nobody reads any more
            os.write(self._descriptor, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
