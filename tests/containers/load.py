"""A steady load of drawn digits that checks every response."""

import threading
import time
from dataclasses import dataclass, field

import requests

from tests import drawings

CLIENTS = 6
PAUSE_S = 0.15
TIMEOUT_S = 30


@dataclass
class Load:
    """Clients that send requests over persistent connections inside a `with` block, and record every response.

    Attributes:
        url: The service's address.
        seconds: The time of each response, and how long it took.
        versions: The model's version in each response, in the order of arrival.
        failures: What was wrong with each response that was not right.
    """

    url: str
    seconds: list[tuple[float, float]] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._send_all, args=(number,)) for number in range(CLIENTS)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    @property
    def slowest_s(self) -> float:
        """How long the slowest response took."""
        return max(seconds for _, seconds in self.seconds)

    def count_over(self, limit_s: float) -> int:
        """Return how many responses took longer."""
        return sum(seconds > limit_s for _, seconds in self.seconds)

    def keep_up(self, seconds: float) -> None:
        """Let the load run for some time."""
        time.sleep(seconds)

    def _send_all(self, number: int) -> None:
        digits = [(7, drawings.seven()), (1, drawings.one())]
        with requests.Session() as session:
            while not self._stopped.wait(PAUSE_S):
                number += 1
                self._send(session, *digits[number % 2])

    def _send(self, session: requests.Session, digit: int, image: bytes) -> None:
        began = time.monotonic()
        try:
            response = session.post(
                f"{self.url}/predictions/digits", data=image, headers={"Content-Type": "image/png"}, timeout=TIMEOUT_S
            )
            answer = response.json()
            if response.status_code != 200 or answer["digit"] != digit:
                self.failures.append(f"{response.status_code} {response.text[:200]}")
            else:
                self.versions.append(answer["model"]["version"])
        except (requests.RequestException, ValueError, KeyError) as error:
            self.failures.append(repr(error))
        ended = time.monotonic()
        self.seconds.append((ended, ended - began))
