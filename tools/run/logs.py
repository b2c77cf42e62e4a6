"""Logs of a bounded size: a log that is full becomes LOG.1."""

import contextlib
import os
import shutil
from pathlib import Path

LIMIT_BYTES = 20 << 20  # of each of three logs, and of what came before in LOG.1


def rotate(log: Path, limit_bytes: int = LIMIT_BYTES) -> None:
    """Move the content of a log that is over the limit to LOG.1.

    The server appends to the file that it has open. So its content is copied and the file is truncated; a line that is
    written between the two is lost. A full disk loses the content, not the service.
    """
    if not log.is_file() or log.stat().st_size <= limit_bytes:
        return
    try:
        with contextlib.suppress(OSError):
            shutil.copyfile(log, f"{log}.1")
    finally:
        os.truncate(log, 0)


def last_lines(log: Path, offset: int, count: int = 15) -> list[str]:
    """Return the last lines that were written after an offset; if the log has been rotated since, of all."""
    with log.open("rb") as file:
        if offset <= log.stat().st_size:
            file.seek(offset)
        return file.read().decode("utf-8", "replace").splitlines()[-count:]
