"""A child process for large images: where a decoder hangs or crashes, one image fails and nothing else."""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import handler
from handler import errors
from handler.errors import ApiError, InternalServerError, InvalidImage, ServiceUnavailable
from handler.preprocessing.alternatives import Alternatives
from handler.preprocessing.limits import DECODER_BYTES, LARGE_IMAGE_CPU_SECONDS, LARGE_IMAGE_SECONDS
from handler.preprocessing.messages import DIGIT, ERROR, NUMBER, receive, send
from handler.preprocessing.segmentation.segments import Segments

START_SECONDS = 3  # until a child that is not ready is replaced; a start takes 0.2 s of CPU time
_ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",  # each thread has address space of its own
    # Between images 32 MiB are kept, which is enough for a photograph; by default all of a large image's could stay.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(32 << 20),
}
_CRASHES = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGABRT, -signal.SIGFPE, -signal.SIGILL}
_BUSY = "The image could not be read in time; try again, or send a smaller one."

logger = logging.getLogger("digits")


class DecoderProcess:
    """Preprocesses one image at a time in a child process, which is replaced after it crashed or was killed.

    The child is started by `start`, or else by the first image.

    Args:
        max_cpu_s: Seconds of CPU time that one image may take.
        max_s: Seconds of wall-clock time that one image may take, on a machine that has other work as well.
        max_bytes: Address space of the child.
    """

    def __init__(
        self,
        max_cpu_s: float = LARGE_IMAGE_CPU_SECONDS,
        max_s: float = LARGE_IMAGE_SECONDS,
        max_bytes: int = DECODER_BYTES,
    ) -> None:
        self._limits = (str(max_cpu_s), str(max_bytes))
        self._max_s = max_s
        self._child: _Child | None = None
        self._lock = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The process id of the child, or None if there is none."""
        return self._child.process.pid if self._child else None

    def start(self) -> None:
        """Start the child if it does not run, without waiting until it is ready.

        Raises:
            OSError: The system has no room for another process.
        """
        with self._lock:
            self._running_child()

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end_child()

    def preprocess(self, data: bytes) -> Alternatives:
        """Return what the digit of one encoded image may be.

        Raises:
            ClientError: The image is refused, takes more than `max_cpu_s` or `max_bytes`, or crashes its decoder.
            ServiceUnavailable: There was no answer within `max_s`, or the child was killed by something else.
            InternalServerError: The child failed; the log says why.
        """
        return Alternatives.from_bytes(self._ask(DIGIT, data))

    def find_segments(self, data: bytes) -> Segments:
        """Return the ink of one encoded image in which a number may be, or raise what `preprocess` raises."""
        return Segments.from_bytes(self._ask(NUMBER, data))

    def _ask(self, reading: bytes, data: bytes) -> bytes:
        with self._lock:
            try:
                answer = self._running_child().ask(reading + data, self._max_s)
            except (OSError, EOFError) as error:
                raise self._failure(error) from error
        if answer[:1] != ERROR:
            return answer[1:]
        refusal = json.loads(answer[1:])
        raise getattr(errors, refusal["type"])(refusal["message"])

    def _running_child(self) -> "_Child":
        # In a fork, poll() reports the parent's child as ended.
        if self._child is None or self._child.process.poll() is not None:
            self._end_child()
            self._child = _Child(self._limits)
        return self._child

    def _end_child(self, timeout_s: float = 0) -> int | None:
        child, self._child = self._child, None
        return child.end(timeout_s) if child else None

    def _failure(self, error: Exception) -> ApiError:
        """Replace the child at once, so that the next image need not wait, and return the error of this one."""
        status = self._end_child(timeout_s=0 if isinstance(error, TimeoutError) else 1)
        logger.warning("The decoder process failed on an image: %r, status %s.", error, status)
        with contextlib.suppress(OSError):  # which the next image meets too
            self._running_child()
        if status == -signal.SIGPROF:
            return InvalidImage("The image takes too long to decode; save it again as a plain PNG or JPEG.")
        if status in _CRASHES:
            return InvalidImage("The image makes its decoder fail; save it again as a plain PNG or JPEG.")
        if status is not None and status > 0:
            return InternalServerError("The service failed on this image; its log says why.")
        return ServiceUnavailable(_BUSY)


class _Child:
    """A running `python -m handler.preprocessing.decoder_child`, connected by a socket, which nothing else inherits."""

    def __init__(self, limits: tuple[str, str]) -> None:
        path = filter(None, [str(Path(handler.__file__).parents[1]), os.environ.get("PYTHONPATH")])
        self._connection, theirs = socket.socketpair()
        with contextlib.ExitStack() as on_failure, theirs:
            on_failure.enter_context(self._connection)
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "handler.preprocessing.decoder_child", *limits],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(path), **_ENVIRONMENT},
            )
            on_failure.pop_all()
        self._is_ready = False

    def ask(self, data: bytes, timeout_s: float) -> bytes:
        """Return the answer to an image, or raise EOFError or OSError (TimeoutError, if the child lives)."""
        if not self._is_ready:
            self._connection.settimeout(START_SECONDS)
            receive(self._connection)
            self._is_ready = True
        self._connection.settimeout(timeout_s)
        send(self._connection, data)
        return receive(self._connection)

    def end(self, timeout_s: float) -> int:
        """Wait up to `timeout_s`, then kill it; return the exit status, negative for a signal."""
        self._connection.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout_s)
        self.process.kill()
        return self.process.wait()
