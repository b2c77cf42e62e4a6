"""Probes: a question that is asked again and again while a server runs."""

import http.client
import threading
from collections.abc import Callable

from tools.run.settings import LOOPBACK

START_INTERVAL_S = 0.5  # soon known to work, a server that hangs right after its start is not taken for a slow one


class Probe:
    """Asks in a thread of its own and counts the failures since the last success.

    Counts failures instead of comparing times: time also passes while the process is stopped (Ctrl-Z) or the laptop
    sleeps.

    Attributes:
        failures: How often in a row the answer was no.
        has_succeeded: Whether the answer was ever yes.
    """

    def __init__(self, ask: Callable[[], bool | None], interval_s: float) -> None:
        """Start to ask.

        Args:
            ask: Returns whether the server is healthy; None if unknown.
            interval_s: The time between an answer and the next question, once an answer was yes.
        """
        self.failures = 0
        self.has_succeeded = False
        self._ask, self._interval_s = ask, interval_s
        self._stopped = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def stop(self) -> None:
        """Stop asking."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.wait(self._interval_s if self.has_succeeded else START_INTERVAL_S):
            answer = self._ask()
            if answer:
                self.failures, self.has_succeeded = 0, True
            elif answer is False:
                self.failures += 1


def status(port: int, path: str, timeout_s: float, host: str = LOOPBACK, **headers: str) -> int | None:
    """Return the status of a response; None if there is none in time. Proxies of the environment are ignored."""
    connection = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
