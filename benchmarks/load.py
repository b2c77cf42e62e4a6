"""Load: closed loop by wrk, and open loop, which does not wait for a slow server before it sends the next request."""

import asyncio
import json
import math
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("post.lua")
MAX_CONNECTIONS = 256  # of the open loop; a server that needs more is far behind
DRAIN_S = 5  # that the open loop waits for late answers
PERCENTILES = (50, 95, 99)


@dataclass(frozen=True)
class Work:
    """What is sent to a server.

    Attributes:
        url: Where to.
        content_type: Of every body.
        bodies: Files, sent in turn.
    """

    url: str
    content_type: str
    bodies: Sequence[Path]


@dataclass(frozen=True)
class Measured:
    """What came back: answers with status 200 a second, and latencies."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    errors: int


def closed_loop(work: Work, clients: int, seconds: float) -> Measured:
    """Have `clients` send a request each, and the next as soon as it is answered."""
    options = ["-t1", f"-c{clients}", f"-d{math.ceil(seconds)}s", "--timeout", "10s", "-s", str(SCRIPT), work.url]
    command = ["wrk", *options, "--", work.content_type, *map(str, work.bodies)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures = json.loads(output.strip().splitlines()[-1])
    good = figures["requests"] - figures["errors"]
    times = (figures[f"p{percent}_ms"] for percent in PERCENTILES)
    return Measured(good / figures["seconds"], *times, figures["errors"])


def open_loop(work: Work, per_second: float, seconds: float) -> Measured:
    """Send requests at a constant rate, whatever comes back.

    A latency counts from when the request was due, not from when a connection was free for it, so that a stall of the
    server is seen by every request that fell into it. Requests unanswered at the end count as errors.
    """
    return asyncio.run(_send_all(work, per_second, seconds))


async def _send_all(work: Work, per_second: float, seconds: float) -> Measured:
    address = urlsplit(work.url)
    requests = [_request(work, body.read_bytes()) for body in work.bodies]
    free: asyncio.LifoQueue[_Connection] = asyncio.LifoQueue()
    for _ in range(MAX_CONNECTIONS):
        free.put_nowait(_Connection(address.hostname or "", address.port or 80))
    latencies: list[float] = []

    async def send(due: float, request: bytes) -> None:
        connection = await free.get()
        try:
            if await connection.send(request) == 200:
                latencies.append(time.perf_counter() - due)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            free.put_nowait(connection)

    count = round(per_second * seconds)
    start = time.perf_counter()
    unanswered: set[asyncio.Task[None]] = set()
    for index in range(count):
        due = start + index / per_second
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        task = asyncio.create_task(send(due, requests[index % len(requests)]))
        unanswered.add(task)
        task.add_done_callback(unanswered.discard)
    late = (await asyncio.wait(unanswered, timeout=DRAIN_S))[1] if unanswered else set()
    took = time.perf_counter() - start
    for task in late:
        task.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    if not latencies:
        return Measured(0.0, *(math.inf for _ in PERCENTILES), count)
    ordered = sorted(latencies)
    times = (1000 * ordered[min(len(ordered) - 1, percent * len(ordered) // 100)] for percent in PERCENTILES)
    return Measured(len(ordered) / took, *times, count - len(ordered))


class _Connection:
    """One kept-alive connection, opened when it is first needed."""

    def __init__(self, host: str, port: int) -> None:
        self._address = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: bytes) -> int:
        """Send a request, read the whole response and return its status."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(*self._address)
            reader, writer = self._streams
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(head.split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
        except BaseException:
            self._close()
            raise
        if b"connection: close" in head:
            self._close()
        return int(head[9:12])

    def _close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _request(work: Work, body: bytes) -> bytes:
    address = urlsplit(work.url)
    lines = [
        f"POST {address.path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Content-Type: {work.content_type}",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
