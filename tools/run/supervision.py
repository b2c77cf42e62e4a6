"""Servers that are restarted when they end or hang, a few times."""

import signal
import time
from collections.abc import Callable
from typing import Protocol

from tools.run.logs import last_lines
from tools.run.servers import Server
from tools.run.settings import fail

MAX_RESTARTS, WINDOW_S = 5, 1800  # a start that is not ready in time takes 120 s


class Running(Protocol):
    """A server that runs."""

    @property
    def server(self) -> Server:
        """Its process."""

    def fault(self) -> str | None:
        """Return what is wrong with it; None if nothing is."""

    def kill(self) -> None:
        """End it at once."""

    def stop(self, how: signal.Signals) -> None:
        """Stop it."""


class Supervised:
    """A server that is restarted.

    Attributes:
        running: The server that runs now.
    """

    def __init__(self, start: Callable[[], Running]) -> None:
        """Start it for the first time."""
        self._start_once = start
        self._restarts: list[float] = []  # when
        self.running = self._start()

    def restart_on_fault(self) -> None:
        """If the server has a fault, say so and restart it; end the command if that has not helped before."""
        fault = self.running.fault()
        if fault is None:
            return
        now = time.monotonic()
        self._restarts = [*(at for at in self._restarts if now - at < WINDOW_S), now]
        if len(self._restarts) > MAX_RESTARTS:
            self.fail_on(f"{fault}, after {MAX_RESTARTS} restarts within {WINDOW_S // 60} minutes")
        server, count = self.running.server, len(self._restarts)
        print(
            f"{time.strftime('%H:%M:%S')} {server.name} {fault}. Restarting it "
            f"({count} of {MAX_RESTARTS} restarts within {WINDOW_S // 60} minutes). Its log: {server.log}",
            flush=True,
        )
        self.running.kill()
        self.running = self._start()

    def _start(self) -> Running:
        try:
            return self._start_once()
        except OSError as error:
            fail(f"a server cannot be started: {error}.")

    def fail_on_fault(self) -> None:
        """End the command if the server has a fault."""
        if fault := self.running.fault():
            self.fail_on(fault)

    def fail_on(self, fault: str) -> None:
        """End the command with the fault and the end of the log."""
        server = self.running.server
        lines = last_lines(server.log, server.log_offset)
        fail("\n".join([f"{server.name} {fault}. The end of its log:", *lines]))
