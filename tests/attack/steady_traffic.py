"""Correct traffic beside an attack: drawings, batches and the page, from several addresses. Every answer is checked.

    python -m tests.attack.steady_traffic http://127.0.0.1:8000

It is a process of its own, so that the attackers' work does not delay its clocks. It says "started" once every client
has had an answer, runs until its standard input ends, and prints what it saw as JSON.
"""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from benchmarks.samples import batch_body, drawings
from benchmarks.servers import BATCH, SINGLE
from tools.stack import ROOT

TIMEOUT_S = 30
BATCH_SIZE = 8
BATCHES_FROM = "127.0.0.6"
# Who sends what, and how often: together 20 drawings a second. A client keeps its connection, or opens one for each
# request.
CLIENTS = [
    ("127.0.0.2", "drawing", 0.2, "keeps"),
    ("127.0.0.3", "drawing", 0.2, "keeps"),
    ("127.0.0.4", "drawing", 0.2, "opens"),
    ("127.0.0.5", "drawing", 0.2, "opens"),
    (BATCHES_FROM, "batch", 1.0, "keeps"),
    ("127.0.0.7", "page", 0.5, "opens"),
]


@dataclass
class Seen:
    """What the clients saw.

    Attributes:
        answers: The client's address, and how long its answer took, for each answer.
        failures: What was wrong with each answer that was not right.
    """

    answers: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def slowest(self, count: int) -> list[tuple[str, float]]:
        """Return the slowest answers, the slowest first."""
        return sorted(self.answers, key=lambda answer: -answer[1])[:count]


class FromAddress(HTTPAdapter):
    """Connects from one address of this machine."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Make the pool of connections."""
        super().init_poolmanager(*arguments, source_address=(self._address, 0), **options)


class Client(threading.Thread):
    """A correct client: one request after another, each at its time, or at once if the last one took longer."""

    def __init__(self, url: str, address: str, what: str, every_s: float, connection: str) -> None:
        super().__init__(daemon=True)
        self.seen = Seen()
        self.answered = threading.Event()
        self.stopped = threading.Event()
        self._url = url
        self._send = {"drawing": self._draw, "batch": self._batch, "page": self._page}[what]
        self._every_s = every_s
        self._address = address
        self._headers = {"Connection": "close"} if connection == "opens" else {}
        self._drawings = itertools.cycle(drawings())
        self._body = batch_body(BATCH_SIZE)
        self._digits = [digit for digit, _ in drawings()[:BATCH_SIZE]]

    def run(self) -> None:
        """Send until stopped."""
        with requests.Session() as session:
            session.mount("http://", FromAddress(self._address))
            due = time.monotonic()
            while not self.stopped.wait(max(0.0, due - time.monotonic())):
                due += self._every_s
                self._ask(session)
                self.answered.set()

    def _ask(self, session: requests.Session) -> None:
        began = time.monotonic()
        try:
            fault = self._send(session)
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            fault = repr(error)
        took_s = time.monotonic() - began
        self.seen.answers.append((self._address, took_s))
        if fault:
            self.seen.failures.append(f"{self._address} after {took_s:.2f} s: {fault}")

    def _draw(self, session: requests.Session) -> str | None:
        digit, image = next(self._drawings)
        response = self._post(session, SINGLE, image, "image/png")
        return None if response.status_code == 200 and response.json()["digit"] == digit else told(response)

    def _batch(self, session: requests.Session) -> str | None:
        response = self._post(session, BATCH, self._body, "application/json")
        is_right = (
            response.status_code == 200
            and [prediction["digit"] for prediction in response.json()["predictions"]] == self._digits
        )
        return None if is_right else told(response)

    def _page(self, session: requests.Session) -> str | None:
        response = session.get(f"{self._url}/", headers=self._headers, timeout=TIMEOUT_S)
        return None if response.status_code == 200 and b"<canvas" in response.content else told(response)

    def _post(self, session: requests.Session, path: str, body: bytes, content_type: str) -> requests.Response:
        headers = {"Content-Type": content_type, **self._headers}
        return session.post(self._url + path, data=body, headers=headers, timeout=TIMEOUT_S)


def told(response: requests.Response) -> str:
    """Return a response in a line."""
    return f"{response.status_code} {response.text[:200]}"


@contextmanager
def steady_traffic(url: str) -> Iterator[Seen]:
    """Send correct traffic from a process of its own inside a `with` block; afterward `Seen` says what came of it."""
    command = [sys.executable, "-m", "tests.attack.steady_traffic", url]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen = Seen()
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        yield seen
    finally:
        output, _ = process.communicate()  # closes its standard input
    found = json.loads(output)
    seen.answers, seen.failures = found["answers"], found["failures"]


def main() -> None:
    """Run the clients until standard input ends."""
    clients = [Client(sys.argv[1], *about) for about in CLIENTS]
    for client in clients:
        client.start()
    for client in clients:
        client.answered.wait()
    print("started", flush=True)
    sys.stdin.read()
    for client in clients:
        client.stopped.set()
    for client in clients:
        client.join()
    answers = [answer for client in clients for answer in client.seen.answers]
    failures = [failure for client in clients for failure in client.seen.failures]
    print(json.dumps({"answers": answers, "failures": failures}))


if __name__ == "__main__":
    main()
