"""How long the images of a batch may be read, whose requests are answered together."""

import time

from handler.preprocessing.limits import BATCH_CPU_SECONDS, LARGE_SECONDS, REQUEST_SECONDS, SMALL_CPU_SECONDS


class Budget:
    """The time of a batch, from now on.

    It belongs to the thread that makes it, whose CPU time counts.
    """

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._thread_start = time.thread_time()
        self._large_end = self._start + LARGE_SECONDS
        self._end = self._large_end + REQUEST_SECONDS

    def end_starts(self) -> None:
        """Allow no request to be started with a large image any more."""
        self._large_end = min(self._large_end, time.monotonic())

    def allows(self, *, large: bool, started: bool, small: bool = False) -> bool:
        """Return whether another image may be started.

        Args:
            large: Whether decoding it may be costly.
            started: Whether an image of its request was started, and the request may go on.
            small: Whether other workers can take its request.
        """
        if small:
            return not large and self._has_used_at_most(SMALL_CPU_SECONDS)
        now = time.monotonic()
        if started and now <= self._end:
            return True
        return now <= self._large_end if large else self._has_used_at_most(BATCH_CPU_SECONDS)

    def _has_used_at_most(self, cpu_seconds: float) -> bool:
        """Compare the CPU time, which is a system call, only once so much time has passed at all."""
        if time.monotonic() - self._start <= cpu_seconds:
            return True
        return time.thread_time() - self._thread_start <= cpu_seconds
